"""What comes back is a finding; what changes and stays so is none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from conformance.contract.files import load_contract, schemas_root
from conformance.endpoint.checks.narrow import claim_steady
from conformance.endpoint.findings import Violation
from conformance.endpoint.watch.returning import ReturningTimes

CONTRACT = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")
ONE, LATER, TO_THE_SECOND = "2021-01-07T05:00Z", "2021-01-07T06:00Z", "2021-01-07T05:00:30Z"


def answer(*keys: str, time: str = ONE) -> Any:
    items = [{"TaskId": key, "CreationTime": time} for key in keys]
    return SimpleNamespace(
        contract=CONTRACT, kind="success", accepted=True, keys=keys, total=len(keys), items=items, exchange=None
    )


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ((ONE, LATER, ONE), True),
        ((ONE, LATER, LATER, TO_THE_SECOND), True),
        ((ONE, TO_THE_SECOND, ONE), False),
        ((ONE, LATER, LATER), False),
        ((ONE, ONE), False),
    ],
)
def test_a_time_that_comes_back(times, found) -> None:
    seen = ReturningTimes()
    for time in times:
        seen.see(answer("t-1", time=time))
    assert (seen.found is not None) == found


@pytest.mark.parametrize(
    ("row", "steady"),
    [
        ("aaaa", True),
        ("aabb", True),
        ("abbb", True),
        ("abcc", True),
        ("aaab", True),
        ("abaa", False),
        ("aabaaa", False),
        ("abbaa", False),
        ("aabab", True),  # at the end another than at first: something did change
    ],
)
def test_one_answer_among_many(row, steady) -> None:
    answers = [("a channel", answer(key)) for key in row]
    if steady:
        claim_steady("another", answers)
    else:
        with pytest.raises(Violation, match="another") as caught:
            claim_steady("another", answers)
        assert caught.value.certain
        assert (caught.value.expected, caught.value.received) == ("1 items, total 1: a", "1 items, total 1: b")


def test_each_way_of_asking_has_a_row_of_its_own() -> None:
    claim_steady("another", [(channel, answer(channel)) for channel in "xyxyxyxy"])
