from __future__ import annotations

import pytest

from conformance.drivers.releases import ReleaseRangeError, ordered, selected

KNOWN = ("1.10.0", "1.9.1", "2.0.0rc1", "2.0.0", "1.9.0", "2.0.0-20250416-hotfix", "10.0.0")


def test_numbers_are_compared_as_numbers_and_candidates_come_first():
    assert ordered(KNOWN) == (
        "1.9.0",
        "1.9.1",
        "1.10.0",
        "2.0.0rc1",
        "2.0.0",
        "2.0.0-20250416-hotfix",
        "10.0.0",
    )


def test_a_leading_v_does_not_count():
    assert ordered(("v1.63.107", "v1.61.1800", "v1.61.18")) == ("v1.61.18", "v1.61.1800", "v1.63.107")


@pytest.mark.parametrize(
    ("wanted", "picked"),
    [
        ("all", ordered(KNOWN)),
        ("latest:1", ("10.0.0",)),
        ("1.9.1..2.0.0", ("1.9.1", "1.10.0", "2.0.0rc1", "2.0.0")),
        ("..1.9.1", ("1.9.0", "1.9.1")),
        ("2.0.0,1.9.0", ("1.9.0", "2.0.0")),
        ("spread:3", ("1.9.0", "1.10.0", "10.0.0")),
    ],
)
def test_ranges(wanted, picked):
    assert selected(KNOWN, wanted) == picked


def test_latest_leaves_candidates_out():
    assert "2.0.0rc1" not in selected(KNOWN, "latest:6")


@pytest.mark.parametrize("wanted", ["3.0.0", "latest:0", "latest:x", "4..5", ""])
def test_what_picks_nothing_is_an_error_that_names_it(wanted):
    with pytest.raises(ReleaseRangeError) as raised:
        selected(KNOWN, wanted)
    assert wanted in str(raised.value)
