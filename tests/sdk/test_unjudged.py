"""What cannot be asked of an SDK, or whose type nobody states, is neither its fault nor its merit."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.model import Parameter
from conformance.drivers.protocol import DriverAnswer, Ready, SdkError
from conformance.ledger.findings import Inconclusive, Violation
from conformance.sdk.cases import Case
from conformance.sdk.judges.requests import arrives_unchanged
from conformance.sdk.judging import _alternative
from conformance.sdk.observation import Observation, ObservedCall

READY = Ready("x", "1", "x", {}, "typed")
ERROR = SdkError("x.TypeError", True, message="int wanted")


def observed(plan, answer, **given):
    own = (
        Parameter("Flat", "string", False, (), examples=("x-1",)),
        Parameter("Shown.Nowhere", "string", False, ()),
        Parameter("Cores.N", "array", False, ()),
        Parameter("Shape", "object", False, ()),
        Parameter("Tag.N.Key", "string", False, ()),
    )
    roles = evolve(plan, contract=evolve(plan.contract, parameters=own)).roles()
    case = Case(subject="c", replies=(evolve(Case().replies[0], alternative={"c": "a"}),))
    return Observation(case, (ObservedCall(given, answer, (), (), ()),), roles, READY)


@pytest.mark.parametrize(
    ("answer", "given", "verdict"),
    [
        (DriverAnswer(unsupported="Tag.N.Key"), {"Tag.N.Key": "k"}, Inconclusive),
        (DriverAnswer(error=ERROR), {"Cores": ["x-1"]}, Inconclusive),
        (DriverAnswer(error=ERROR), {"Shape": "x-1"}, Inconclusive),
        (DriverAnswer(error=ERROR), {"Shown.Nowhere": "x-1"}, Inconclusive),
        (DriverAnswer(error=ERROR), {"Flat": "x-1"}, Violation),
        (DriverAnswer(result={}), {"Cores": ["x-1"]}, Violation),
    ],
)
def test_only_what_is_documented_is_held_against_an_sdk_that_sends_nothing(plan, answer, given, verdict):
    assert isinstance(arrives_unchanged(observed(plan, answer, **given)), verdict)


def test_an_sdk_that_has_no_such_plain_parameter_is_not_judged_by_it(plan):
    found = arrives_unchanged(observed(plan, DriverAnswer(unsupported="Flat"), Flat="x"))
    assert not isinstance(found, (Inconclusive, Violation))


def test_an_exception_is_no_understanding(plan):
    assert _alternative(observed(plan, DriverAnswer(error=ERROR))) is None
    assert _alternative(observed(plan, DriverAnswer(result={}))) == ("c", "a")
