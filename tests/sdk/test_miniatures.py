"""Small wrong drivers are caught by the requirement meant for them, and the right one passes everything."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.drivers.process import DriverFault
from conformance.sdk import harness, observation
from conformance.sdk.judging import certify
from tests.sdk import faults


def test_there_are_enough_faults():
    assert len(faults.FAULTS) >= 90


def test_the_right_miniature_passes_everything(plan, miniature):
    done = certify(miniature(), plan, expected_version=faults.VERSION, workers=2)
    wrong = [
        (v.requirement, v.case, v.message, v.expected, v.received)
        for v in done.verdicts
        if v.verdict not in ("passed", "not-applicable")
    ]
    assert [w for w in wrong if "behaviour.connection-reuse" not in w[0]] == []
    assert done.conformant
    assert set(done.summary()) == {r.id for r in plan.requirements()}


@pytest.mark.parametrize(
    "custom",
    [
        "camel-case",
        "without-wrappers",
        "waits-with-jitter",
        "repeats-the-bytes",
        "sends-defaults",
        "leaves-out-nothing",
        "refuses-bytes",
        "bytes-in-base64",
        "typed-times",
    ],
)
def test_what_is_unusual_and_right_passes(custom, plan, miniature):
    select = (
        "requests.a*",
        "requests.each-parameter",
        "requests.nothing-*",
        "requests.bytes-for-text",
        "responses.*",
        "paging.*",
        "errors.*",
        "behaviour.retry*",
        "signing.fresh-nonce",
    )
    done = certify(miniature(custom), evolve(plan, select=select), expected_version=faults.VERSION, workers=2)
    wrong = [(v.requirement, v.case, v.message) for v in done.verdicts if v.verdict in ("failed", "warned")]
    assert wrong == []


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_each_fault_is_caught_by_the_requirement_meant_for_it(fault, plan, miniature):
    requirement, _ = faults.FAULTS[fault]
    needed = (requirement, *_needed_by(requirement))
    done = certify(miniature(fault), evolve(plan, select=needed), expected_version=faults.VERSION)
    verdict = done.summary()[f"{plan.contract.operation}.sdk.{requirement}"]
    level = done.levels[f"{plan.contract.operation}.sdk.{requirement}"]
    assert verdict == ("failed" if level == "MUST" else "warned")
    shown = next(v for v in done.verdicts if v.requirement.endswith(requirement) and v.verdict == verdict)
    assert shown.message
    assert ("leaves this open" in shown.message) == (level != "MUST")
    assert shown.expected is not None


def test_another_order_of_items_is_a_warning_and_nothing_else(plan, miniature):
    done = certify(miniature("reverses"), evolve(plan, select=("responses.*", "paging.*")), workers=2)
    [wrong] = {v.requirement for v in done.verdicts if v.verdict in ("failed", "warned")}
    assert wrong == "DescribeTasks.sdk.responses.item-order"


@pytest.mark.parametrize("broken", faults.BROKEN)
def test_a_broken_driver_is_a_fault_of_the_driver(broken, plan, miniature, monkeypatch):
    if faults.BROKEN[broken] == "hang":  # nothing else is waited for until a bound
        monkeypatch.setattr(observation, "DEADLINE", 1.0)
        monkeypatch.setattr(harness, "START_SECONDS", 1.0)
    with pytest.raises(DriverFault) as raised:
        certify(miniature(broken), evolve(plan, select=("requests.plus",)), expected_version=faults.VERSION)
    assert raised.value.kind == faults.BROKEN[broken]


def test_an_sdk_that_answers_by_itself_is_judged_in_every_case_and_breaks_nothing(plan, miniature):
    done = certify(miniature("asks-once"), plan, expected_version=faults.VERSION, workers=2)
    assert set(done.summary()) == {r.id for r in plan.requirements()}
    assert {v.message for v in done.verdicts if v.verdict == "failed"} >= {
        "The call succeeds, and no request for it reached the endpoint"
    }
    assert not done.conformant


def test_one_that_swallows_errors_fails_by_what_is_about_errors_and_by_nothing_else(plan, miniature):
    chosen = evolve(plan, select=("errors.*", "responses.many-items"))
    done = certify(miniature("swallows-errors"), chosen, expected_version=faults.VERSION, workers=2)
    assert {id.split(".sdk.")[1] for id, v in done.summary().items() if v == "failed"} == {"errors.code"}
    [cause] = {v.cause for v in done.verdicts if v.verdict == "failed"}
    assert cause == "an error reaches the caller as a success"


def test_a_field_that_the_sdk_does_not_know_fails_one_requirement_and_not_all(plan, miniature):
    done = certify(miniature("forgets-a-field"), evolve(plan, select=("responses.*", "paging.*")))
    assert {r for r, v in done.summary().items() if v == "failed"} == {"DescribeTasks.sdk.responses.each-field"}


def test_one_alternative_is_enough_and_the_others_are_not_taken_for_understood(plan, miniature):
    done = certify(miniature("no-result"), evolve(plan, select=("responses.list-form",)))
    assert [(v.case, v.verdict, bool(v.message)) for v in done.verdicts] == [
        ("TaskSet.list-form=object", "passed", False),
        ("TaskSet.list-form=array-of-one", "passed", True),
    ]
    assert done.dialect == {"TaskSet.list-form": ("object",)}


def test_evidence_names_no_secret(plan, miniature):
    select = evolve(plan, select=("behaviour.secret-not-in-exceptions", "errors.code", "signing.secret-stays-home"))
    done = certify(miniature("secret-in-exception", "sends-secret"), select)
    assert any(v.verdict == "failed" for v in done.verdicts)
    assert "TestSecret" not in repr(done.verdicts)


def _needed_by(requirement: str) -> tuple[str, ...]:
    """Requirements over the whole run see what others do; these make the requests and answers that show the fault."""
    return {
        "responses.no-silent-loss": ("responses.many-items",),
        "behaviour.secret-not-in-exceptions": ("errors.request-id",),
        "behaviour.secret-not-in-logs": ("errors.request-id",),
        "behaviour.token-not-in-exceptions": ("errors.with-a-token",),
        "signing.nonce-is-not-guessable": ("signing.nonces-of-threads",),
        "signing.secret-stays-home": ("requests.plus",),
        "signing.fresh-nonce": ("requests.calls-are-independent",),
    }.get(requirement, ())
