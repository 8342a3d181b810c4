from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.drivers.protocol import DriverOperation
from conformance.drivers.self_test import self_test

MINIATURE = Path(__file__).parents[1] / "sdk" / "miniature.py"
OPERATION = DriverOperation("Ecs", "2014-05-26", "DescribeTasks")


def steps(*faults: str, deadline: float = 60.0):
    return self_test([sys.executable, str(MINIATURE), *faults], OPERATION, {"RegionId": "r"}, deadline=deadline)


def test_a_right_driver_has_no_problem():
    assert [s for s in steps() if s.problem] == []
    assert len(steps()) == 6


@pytest.mark.parametrize("fault", ["crashes", "prints-garbage", "wrong-id", "calls-nobody"])
def test_a_broken_driver_is_told_what_is_wrong(fault):
    assert any(s.problem for s in steps(fault))


def test_a_wrong_sdk_is_no_problem_of_the_driver():
    assert [s for s in steps("raw-plus", "loses-last", "same-nonce") if s.problem] == []
