"""`acs-conformance sdk` and `matrix` from the outside, on the miniature SDK; real releases are in tests/drivers."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.cli import sdk as command
from conformance.drivers.installation import Installation
from conformance.drivers.toolchain import InstallFailed

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
    ):
        done = acs(*words)
        assert done.returncode == 2, (words, done.stderr)
        assert named in done.stderr, (words, done.stderr)


@pytest.fixture
def releases(monkeypatch, tmp_path):
    """A right and a wrong release of the miniature SDK, and a registry that knows no other."""
    faults = {"right": (), "wrong": ("raw-plus",)}

    def install(recipe, release, cache=None, build=False):
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
