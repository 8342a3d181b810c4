"""`acs-conformance sdk` and `matrix` from the outside, on the miniature SDK; real releases are in tests/drivers."""

from __future__ import annotations

import sys
from pathlib import Path

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
        assert done.returncode == 2 and named in done.stderr, (words, done.stderr)
