"""What cannot be asked of an SDK, or whose type nobody states, is neither its fault nor its merit."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.model import Citation, Parameter
from conformance.drivers.protocol import DriverAnswer, Ready, SdkError
from conformance.ledger.findings import Inconclusive, Violation
from conformance.sdk.cases import Case, _errors
from conformance.sdk.judges.finding import failed
from conformance.sdk.judges.requests import _says, arrives_unchanged
from conformance.sdk.judging import _alternative, _excused, certify
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


def test_what_only_earlier_pages_document_is_not_held_against_an_sdk(plan):
    old, new = (evolve(plan.contract.revisions[-1], id=name, date=f"20{name}-01-01") for name in ("20", "24"))
    own = tuple(
        Parameter(name, "string", False, (Citation(revision, "Request parameters"),))
        for name, revision in (("Given", "24"), ("GivenUp", "20"))
    )
    changed = evolve(plan, contract=evolve(plan.contract, revisions=(old, new), parameters=own))
    finding = failed("it did not arrive")
    assert _excused(finding, Case(subject="Given"), changed) is finding
    assert not isinstance(_excused(finding, Case(subject="GivenUp"), changed), Violation)


@pytest.mark.parametrize(
    ("got", "given", "documented", "right"),
    [
        ("True", True, Parameter("P", "boolean", False, (), examples=("true",)), False),
        ("True", True, Parameter("P", "boolean", False, ()), True),
        ("1", True, Parameter("P", "boolean", False, ()), False),
        ("0.970", 0.97, Parameter("P", "number", False, ()), True),
        ("0.9700000286", 0.97, Parameter("P", "number", False, ()), False),
        ("2.0", 2, Parameter("P", "number", False, ()), True),
        ("2.5", 2, Parameter("P", "number", False, ()), False),
        ("2.0", 2, Parameter("P", "integer", False, ()), False),
        ("4.0", 4, Parameter("P.N", "array", False, ()), True),
        ("4.5", 4, Parameter("P.N", "array", False, ()), False),
        ("4.0", "4", Parameter("P.N", "array", False, ()), False),
        ("1.0", True, Parameter("P", "number", False, ()), False),
        ('{"a":1}', {"a": 1}, None, True),
        ("a=1", {"a": 1}, None, False),
    ],
)
def test_a_value_may_be_written_in_any_way_that_the_documentation_leaves_open(got, given, documented, right):
    assert _says(got, given, documented) is right


def test_an_error_with_a_status_that_http_lacks_is_not_answered(plan):
    error = evolve(plan.contract.errors[0], code="Typed.Wrong", status=4003)
    contract = evolve(plan.contract, errors=(*plan.contract.errors, error))
    codes = {e.code for e in _errors(contract, plan.protocol)}
    assert "Typed.Wrong" not in codes
    assert {e.code for e in plan.contract.errors} <= codes


@pytest.mark.parametrize(
    ("faults", "verdicts"),
    [
        (("cannot-give-Tag.1.key",), ("passed", "not-applicable")),
        (("cannot-give-Tag.1.Key",), ("not-applicable", "passed")),
        (("cannot-give-Tag.1.key", "cannot-give-Tag.1.Key"), ("inconclusive", "inconclusive")),
        (("cannot-give-Tag.1.key", "loses-Tag.1.Key"), ("failed", "inconclusive")),
        (("loses-Tag.1.key",), ("passed", "failed")),
        (("cannot-give-Tag.1.Value",), ("passed", "passed")),
    ],
)
def test_of_two_names_that_differ_in_capitals_alone_an_sdk_needs_one(plan, miniature, faults, verdicts):
    names = ("Tag.N.Key", "Tag.N.key")
    own = tuple(Parameter(name, "string", False, (), examples=("k",)) for name in (*names, "Tag.N.Value"))
    asked = evolve(plan, contract=evolve(plan.contract, parameters=own), select=("requests.each-parameter",))
    found = {v.case: v for v in certify(miniature("structures", *faults), asked).verdicts}
    assert tuple(found[name].verdict for name in names) == verdicts
    assert found["Tag.N.Value"].verdict == ("inconclusive" if "cannot-give-Tag.1.Value" in faults else "passed")
