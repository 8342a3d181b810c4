"""`acs-conformance sdk` and `matrix` from the outside, on the miniature SDK; real releases are in tests/drivers."""

from __future__ import annotations

import json
import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from conformance.cli import main
from conformance.cli import sdk_subject as command
from conformance.drivers.installation import Installation
from conformance.drivers.toolchain import InstallFailed
from tests.cli.conftest import NO_KEY
from tests.fair import fair_in
from tests.packages import wheel

MINIATURE = Path(__file__).parents[1] / "sdk" / "miniature.py"
FEW = ("-k", "requests.plus", "-k", "signing.valid", "-k", "paging.*")


def test_a_right_driver_is_conformant(acs):
    done = acs("sdk", *FEW, "--", sys.executable, MINIATURE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Conformant" in done.stdout


def test_a_wrong_one_is_not_and_the_requirement_is_named(acs):
    done = acs("sdk", *FEW, "--", sys.executable, MINIATURE, "raw-plus")
    assert done.returncode == 1
    assert "requests.plus" in done.stdout


def test_a_service_is_certified_operation_by_operation(acs, tmp_path):
    few = ("-k", "requests.repeated-parameter", "-k", "requests.plus", "--workers", "1", "--report-dir", tmp_path)
    service = ("sdk", "--service", "ecs", "--operation", "St*Instances", *few, "--", sys.executable, MINIATURE)
    done = acs(*service)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 347 operations of Ecs 2014-05-26: 2 conformant" in done.stdout
    assert set(json.loads((tmp_path / "summary.json").read_text())["operations"]) == {"StartInstances", "StopInstances"}
    assert not (tmp_path / "certificate.json").exists(), "a command names no bytes"
    wrong = acs(*service, "lists-from-zero")
    assert wrong.returncode == 1
    assert "InstanceId.1 arrived changed" in wrong.stdout


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--service", "esc"), "ecs"),
        (("--service", "ecs", "--operation", "Bake*"), "Bake*"),
        (("--service", "ecs", "--operation", "*Disks", "-k", "requests.nowhere"), "requests.nowhere"),
        (("--service", "ecs", "--record", "x.yaml"), "about one operation"),
        (("--operation", "A", "--operation", "B"), "several are with --service"),
    ],
)
def test_what_is_asked_wrongly_of_a_service_is_2(acs, asked, said):
    done = acs("sdk", *asked, "--", sys.executable, MINIATURE)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr


def test_a_driver_that_is_none_is_a_driver_fault(acs):
    done = acs("sdk", "--", sys.executable, "-c", "print('hello')")
    assert done.returncode == 3
    assert "driver" in done.stderr


def test_the_self_test_of_a_driver(acs):
    done = acs("sdk", "--self-test", "--", sys.executable, MINIATURE)
    assert done.returncode == 0
    assert "✓" in done.stdout
    assert "✗" not in done.stdout


def test_misspelt_drivers_and_missing_words_are_2(acs):
    for words, named in (
        (["sdk", "python-ecs2014", "--release", "1.0"], "did you mean"),
        (["sdk"], "--list"),
        (["sdk", "python-ecs20140526"], "--release"),
        (["sdk", "-k", "no.such", "--", "true"], "no.such"),
        (["matrix", "--driver", "nodejs", "--releases", "latest:1"], "nodejs"),
        (
            ["matrix", "--driver", "go-legacy", "--releases", "latest:1", "--service", "ecs", "--operation", "Nope*"],
            "has no operation Nope*",
        ),
        (["sdk", "python-ecs20140526", "--release", "1", "--package", "vpc"], "no option '--package'"),
        (["sdk", "--relaese=1", "python-ecs20140526"], "did you mean --release?"),
        (["sdk", "python-ecs20140526", "go-legacy", "--release", "1"], "'go-legacy' is one word too many"),
    ):
        done = acs(*words)
        assert done.returncode == 2, (words, done.stderr)
        assert named in done.stderr, (words, done.stderr)


@pytest.mark.parametrize(
    "asked",
    [
        ("sdk", "python-vpc20160428", "--release", "1"),
        ("sdk", "node-vpc20160428", "--release", "1", "--operation", "DescribeVpcs"),
        ("sdk", "go-slb20140515", "--release", "1", "--service", "ecs"),
        ("matrix", "--driver", "java-vpc20160428", "--releases", "latest:1", "--service", "ecs"),
    ],
)
def test_the_package_of_one_api_is_not_judged_by_the_documentation_of_another(acs, asked):
    """DescribeVpcs is an operation of ECS, too, of another version: a right package of VPC would be called wrong."""
    done = acs(*asked)
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search(r"drives a package for (vpc|slb)\d{8}, and what would judge it is of Ecs 2014-05-26", done.stderr)
    assert "acs-conformance derive API-DOCS.json -o DIR" in done.stderr


def test_a_contract_whose_pages_do_not_name_their_api_is_no_measure_for_a_package_of_one(acs, tmp_path):
    page = "# WeighCrate\nWeighs a crate.\n## Request parameters\n|Parameter|Type|Required|Description|\n"
    (tmp_path / "page.md").write_text(
        page + "|---|---|---|---|\n|OwnerId|Long|Yes|Who owns the crate.|\n", encoding="utf-8"
    )
    done = acs("derive", tmp_path / "page.md", "-o", tmp_path / "crate")
    assert done.returncode == 0, done.stderr
    done = acs("sdk", "python-ecs20140526", "--release", "1", "--contract", tmp_path / "crate")
    assert done.returncode == 2
    assert "does not say of which API it is" in done.stderr
    assert "say product and version in an overlay" in done.stderr


@pytest.fixture
def releases(monkeypatch, tmp_path):
    """A right and a wrong release of the miniature SDK, and a registry that knows no other."""
    faults = {"right": (), "wrong": ("raw-plus",)}

    def install(recipe, release, cache=None, runtimes=None, build=False):
        if release not in faults:
            raise InstallFailed(f"the registry has no {release}")
        return Installation(recipe, "1.2.3", (sys.executable, str(MINIATURE), *faults[release]), {}, "Python")

    monkeypatch.setattr(command, "install", install)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("asked", "status", "judged"),
    [
        (("absent", "wrong", "right"), 1, 2),
        (("wrong", "absent"), 1, 1),
        (("absent", "right"), 3, 1),
        (("right", "right"), 0, 2),
        (("absent",), 3, 0),
    ],
)
def test_a_release_that_does_not_install_stops_no_other(releases, asked, status, judged):
    words = [word for release in asked for word in ("--release", release)]
    done = CliRunner().invoke(main, ["sdk", "python-legacy", *words, *FEW, "--report-dir", "reports"])
    assert done.exit_code == status, done.output
    assert len(re.findall(r"(?m)^\W*(?:Conformant|Not conformant)\b", done.stdout)) == judged, done.stdout
    assert ("the registry has no absent" in done.stderr) == ("absent" in asked)
    if len(asked) > 1 and "absent" in asked:
        assert "aliyun-python-sdk-core absent could not be judged" in done.stderr


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Options that certify a build of a package whose SDK is the miniature, with these faults."""
    monkeypatch.setitem(NO_KEY, "ACS_CONFORMANCE_CACHE", str(tmp_path / "cache"))
    mine = tmp_path / "tiny"
    mine.mkdir()
    (mine / "driver.yaml").write_text("ecosystem: pypi\npackage: tiny-sdk\nsource: driver.py\n", encoding="utf-8")
    lines = [
        "import runpy, sys, tiny_sdk",
        "sys.argv[1:] = tiny_sdk.FAULTS",
        f"runpy.run_path({str(MINIATURE)!r}, run_name='__main__')",
    ]
    (mine / "driver.py").write_text("\n".join(lines), encoding="utf-8")

    def options(name, *faults):
        built = wheel(tmp_path / name, f"FAULTS = {list(faults)!r}\n")
        return ["tiny", "--driver-dir", mine, "--artifact", built.parent, "--report-dir", tmp_path / f"reports-{name}"]

    return options


def test_a_build_is_certified_before_it_is_published_and_other_bytes_are_another_subject(acs, tmp_path, tiny):
    subjects = []
    for name, faults, status in (("good", [], 0), ("bad", ["raw-plus"], 1), ("fair", ["is-no-fault"], 0)):
        done = acs("sdk", *tiny(name, *faults), *FEW)
        assert done.returncode == status, done.stdout + done.stderr
        certificate = tmp_path / f"{name}.json"
        issued = acs("certificate", tmp_path / f"reports-{name}", "--partial", "-o", certificate)
        assert (issued.returncode == 0, certificate.exists()) == (status == 0, status == 0), issued.stderr
        if status == 0:
            subjects += json.loads(certificate.read_text(encoding="utf-8"))["subject"]
    assert [s["name"] for s in subjects] == ["tiny-sdk 1.2.3"] * 2
    assert subjects[0]["digest"] != subjects[1]["digest"]


def test_a_build_is_certified_over_a_service_of_ones_own_signed_and_verified(acs, tmp_path, tiny):
    """From metadata of a service that does not ship to a certificate that a stranger can check."""
    fair_in(tmp_path)
    words = tiny("own", "structures")
    few = ("--operation", "DescribeStalls", "--operation", "*Stall", "--workers", "1")
    over = (
        "--service",
        "fair",
        *few,
        "-k",
        "requests.each-parameter",
        "-k",
        "responses.each-field",
        "-k",
        "errors.code",
    )
    done = acs("sdk", *words, *over, "-k", "requests.bytes-for-text")
    assert done.returncode == 0, done.stdout + done.stderr
    run, key = tmp_path / "reports-own", Ed25519PrivateKey.generate()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pub").write_bytes(public)
    signed = acs("certificate", run, "-o", "signed.json", "--key", "key.pem")
    assert signed.returncode == 0, signed.stderr
    [built] = (tmp_path / "own").glob("*.whl")
    bytes_of_it = f"sha256:{sha256(built.read_bytes()).hexdigest()}"
    verify = ("verify", "signed.json", "--events", run, "--key", "key.pub", "--contract", "fair", "--subject")
    for subject in ("tiny-sdk", "tiny-sdk 1.2.3", bytes_of_it):
        done = acs(*verify, subject)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"It is about {subject}." in done.stdout
        assert "streams of operations are those that it names" in done.stdout
    other = acs(*verify, bytes_of_it[:-1] + ("0" if bytes_of_it[-1] != "0" else "1"))
    assert other.returncode == 1
    assert "The certificate is about tiny-sdk 1.2.3" in other.stdout
    refused = acs("sdk", *tiny("loses", "structures", "code-lost"), *over)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    issued = acs("certificate", tmp_path / "reports-loses", "-o", "no.json", "--key", "key.pem")
    assert issued.returncode == 1
    assert "not one of a conformant target" in issued.stderr
