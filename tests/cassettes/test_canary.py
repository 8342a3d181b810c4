"""Secrets planted in every place that a request or response has are in no byte of anything that a command writes.

`matrix` is left out: it needs a registry. Its records are made of verdicts, which are redacted where they are made
(sdk/judging.py).
"""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from attrs import define, field
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.cli import main
from tests.cassettes.canary import (
    ACCOUNT,
    BABBLING_DRIVER,
    COOKIE,
    ENVIRONMENT,
    KEY,
    LEAKING_DRIVER,
    OTHER_KEY,
    PASSWORD,
    SECRET,
    TOKEN,
    Echo,
    echoing,
    forms,
    given,
    leaks,
    pieces,
)
from tests.cli.conftest import NO_KEY

MINIATURE = Path(__file__).parents[1] / "sdk" / "miniature.py"
PLANTED = {KEY, SECRET, TOKEN, ACCOUNT, COOKIE, OTHER_KEY, PASSWORD}
CHECKS = (
    "paging.total-counts*",
    "signatures.v1-awk*",
    "signatures.v3-awk*",
    "errors.leave-no-trace",
    "fields.unch*",
)
REPORTS = {"events.jsonl", "junit.xml", "summary.json", "report.html"}


@define
class Written:
    """A folder in which commands have run, what each said, and the secrets that must be nowhere in it."""

    folder: Path
    said: dict[str, str] = field(factory=dict)
    secrets: set[str] = field(factory=lambda: set(PLANTED))

    def acs(self, *words: object) -> int:
        """Run a command with the canary's credentials; its exit status. The endpoint begins with a result."""
        Echo.count = 0
        with chdir(self.folder):
            done = CliRunner().invoke(main, [*map(str, words)], env=ENVIRONMENT)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        self.said[" ".join(map(str, words))] = done.output
        return done.exit_code

    @property
    def leaks(self) -> set[tuple[str, str]]:
        return leaks(self.folder, self.secrets, self.said)

    def wrote(self) -> set[str]:
        return {p.name for p in self.folder.rglob("*") if p.is_file()}


Make = Callable[[str], Written]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return lambda name: Written(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="module", params=[("json", "POST"), ("xml", "GET")], ids="-".join)
def judged(request: pytest.FixtureRequest, make: Make) -> Written:
    """Every command about endpoints has run on one that repeats what it is sent, in one format, by one method."""
    written, (format, method) = make("endpoint"), request.param
    (written.folder / "known.yaml").write_text(
        "known_failures:\n- {requirement: errors.leave-no-trace, reason: known, owner: us, expires: 2099-01-01}\n"
    )
    few = [word for check in CHECKS for word in ("-k", check)]
    run = (*few, "--max-examples", "1", "--seed", "1", "--method", method, "--format", format)
    with echoing() as (url, signatures):
        assert written.acs("endpoint", url, *run, "--report-dir", "live", "--events", "copy.jsonl") in (1, 3)
        assert written.acs("record", url, *run, "-o", "c.yaml.gz", "--report-dir", "recorded") in (1, 3)
        short = ("-k", CHECKS[2], *run[-8:], "--report-dir", "short")
        assert written.acs("endpoint", url, *short, "--json", "--known-failing", "known.yaml") in (0, 1, 3)
        assert written.acs("endpoint", url, *short, "--quiet", "--region", "eu-west-1-no-such") == 2
    assert written.acs("replay", "c.yaml.gz", "--against", "strict", "--report-dir", "replayed") in (1, 3)
    assert written.acs("cassettes", "lint", ".") in (0, 1, 2)
    for rendering in ("html", "markdown", "junit", "summary", "badge", "badge-svg", "events"):
        written.acs("report", "live", "--format", rendering, "-o", f"out.{rendering}")
    written.acs("report", "live", "recorded")
    written.acs("compare", "live", "recorded")
    assert written.acs("certificate", "live", "-o", "certificate.json") == 1
    assert len(signatures) > 10
    written.secrets |= set(sorted(signatures)[::5])
    return written


def test_no_secret_in_anything_about_an_endpoint(judged: Written) -> None:
    assert judged.wrote() >= {"c.yaml.gz", "copy.jsonl", "differences.json", "out.html", "out.markdown", *REPORTS}
    assert not judged.leaks
    assert not pieces(judged.folder, (KEY, SECRET, TOKEN), judged.said)


def test_redaction_leaves_something_to_judge(judged: Written) -> None:
    assert '"curl"' in (judged.folder / "live" / "events.jsonl").read_text("utf-8")
    text = gzip.decompress((judged.folder / "c.yaml.gz").read_bytes()).decode()
    assert "The server string to sign is" in text
    assert "ACS3-HMAC-SHA256" in text
    assert text.count("REDACTED") > 100


@pytest.mark.parametrize("address", ["{}@127.0.0.1:1", "{}@127.0.0.1:x", "127.0.0.1:1/?k={}"])
@pytest.mark.parametrize("command", ["endpoint", "record"])
def test_no_secret_of_an_address_that_is_refused(make: Make, command: str, address: str) -> None:
    written = make("address")
    assert written.acs(command, f"http://{address.format(f'someone:{PASSWORD}')}") == 2
    written.said = {f"the refused {command}": "".join(written.said.values())}
    assert not written.leaks


def test_no_database_of_examples_is_written(judged: Written) -> None:
    assert not [p for p in judged.folder.rglob("*") if "hypothesis" in p.name.lower()]


def test_no_secret_in_a_certificate_and_what_else_a_green_run_leads_to(make: Make) -> None:
    written, key = make("green"), Ed25519PrivateKey.generate()
    pem = serialization.Encoding.PEM
    private = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (written.folder / "key.pem").write_bytes(key.private_bytes(*private))
    public = (pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (written.folder / "key.pub").write_bytes(key.public_key().public_bytes(*public))
    few = ("-k", "paging.repeatable", "-k", "signatures.wrong-signature*", "--max-examples", "1", "--seed", "1")
    assert written.acs("endpoint", *few, "--report-dir", "green") == 0, written.said
    assert written.acs("certificate", "--partial", "green", "-o", "certificate.json", "--key", "key.pem") == 0, (
        written.said
    )
    assert written.acs("verify", "certificate.json", "--events", "green", "--key", "key.pub") == 0
    assert written.acs("requirements", "signatures.*") == 0
    assert written.acs("explain", "signatures.v1-awkward-values") == 0
    assert not written.leaks


def test_no_secret_in_what_the_mock_server_says(make: Make) -> None:
    written = make("serve")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "conformance", "serve"], cwd=written.folder, text=True,
        env={**NO_KEY, **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    first = process.stdout.readline()
    url = next(word for word in first.split() if word.startswith("http"))
    query = f"Action=DescribeTasks&AccessKeyId={KEY}&Signature={quote(SECRET)}&SecurityToken={quote(TOKEN)}"
    headers = {"Authorization": f"ACS3-HMAC-SHA256 Credential={KEY},Signature={SECRET}", "Cookie": COOKIE}
    for body in (None, f"AccessKeySecret={quote(SECRET)}&OwnerId={ACCOUNT}".encode()):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(f"{url}/?{query}", body, headers), timeout=60)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    written.said["serve"] = first + rest
    assert "ended" in rest
    assert not written.leaks


# ---------------------------------------------------------------------------------------------------------- SDKs


@pytest.fixture(scope="module")
def driven(make: Make, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Every command about SDKs has run on one that leaks what it is given wherever it can."""
    written, elsewhere = make("sdk"), tmp_path_factory.mktemp("elsewhere")
    driver, notes = elsewhere / "driver.py", elsewhere / "notes.jsonl"
    driver.write_text(LEAKING_DRIVER)
    faults = ("secret-in-log", "secret-in-exception", "sends-secret", "follows-with-credentials", "token-unsigned")
    few = ("-k", "behaviour.*secret*", "-k", "signing.*", "-k", "errors.code", "-k", "responses.each-field")
    command = ("--", sys.executable, driver, notes, MINIATURE, *faults)
    few += ("-k", "behaviour.redirect*", "--report-dir")
    assert written.acs("sdk", *few, "live", "--record", "c.yaml.gz", *command) == 1, written.said
    assert written.acs("replay", "c.yaml.gz", "--report-dir", "replayed") == 1
    assert written.acs("replay", "--compare", "c.yaml.gz", "c.yaml.gz", "--report-dir", "compared") in (0, 3)
    assert written.acs("cassettes", "lint", "c.yaml.gz") == 0
    assert written.acs("sdk", "--self-test", "--", sys.executable, driver, notes, MINIATURE, "secret-in-log") in (0, 3)
    for rendering in ("html", "markdown", "junit", "summary", "events"):
        written.acs("report", "live", "--format", rendering, "-o", f"out.{rendering}")
    written.secrets |= given(notes)
    return written


def test_no_secret_in_anything_about_an_sdk(driven: Written) -> None:
    assert len(driven.secrets) > len(PLANTED) + 3
    assert driven.wrote() >= {"c.yaml.gz", "differences.json", "comparison.json", *REPORTS}
    assert not driven.leaks
    assert not pieces(driven.folder, driven.secrets - PLANTED, driven.said)


def test_no_secret_in_what_is_said_of_a_driver_at_fault(make: Make, tmp_path: Path) -> None:
    written, driver, notes = make("fault"), tmp_path / "driver.py", tmp_path / "notes.jsonl"
    driver.write_text(BABBLING_DRIVER)
    assert written.acs("sdk", "--report-dir", "x", "--record", "c.yaml.gz", "--", sys.executable, driver, notes) == 3
    said, secrets = "".join(written.said.values()), given(notes)
    assert "REDACTED" in said
    assert "garbage" in said
    written.secrets |= secrets | {secret[:20] for secret in secrets}
    assert not written.leaks
    assert not pieces(written.folder, secrets, written.said)


def test_the_leaks_of_the_sdk_were_seen(driven: Written) -> None:
    text = gzip.decompress((driven.folder / "c.yaml.gz").read_bytes()).decode()
    assert '"reveals": ["secret of the access key"' in text
    assert '["secret of the access key","headers"]' in text
    assert yaml.safe_load(text.partition("acs-digests:")[0])["acs-conformance"]["logged"]


# ------------------------------------------------------------------------------------------------ the canary itself


@pytest.mark.parametrize("secret", sorted(PLANTED))
def test_the_canary_sings(tmp_path: Path, secret: str) -> None:
    """In whatever form a secret is written, also in a file that is compressed, the search finds it."""
    for number, form in enumerate(sorted(forms(secret))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "plain.txt").write_bytes(b"some text, " + form + b" and more")
        (folder / "packed.gz").write_bytes(gzip.compress(b"some text, " + form))
        assert {name for name, _ in leaks(folder, {secret}, {"x": form.decode()})} == {
            "plain.txt", "packed.gz (decompressed)", "the output of x",
        }  # fmt: skip
    assert not leaks(tmp_path, {"what stands nowhere"}, {})
