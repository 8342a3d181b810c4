"""Which verdict a finding about a requirement means."""

from __future__ import annotations

import pytest

from conformance.ledger.findings import Finding, Inconclusive, Met, NotApplicable, Violation
from conformance.ledger.requirement import Requirement
from conformance.ledger.verdicts import verdict_on


def requirement(level="MUST"):
    return Requirement("Op.a.b", level, "endpoint", "It holds.", "a.b")


@pytest.mark.parametrize(
    ("finding", "level", "verdict", "message"),
    [
        (None, "MUST", "passed", ""),
        (Met("another way is enough"), "MUST", "passed", "another way is enough"),
        (Violation("it does not"), "MUST", "failed", "it does not"),
        (Violation("it does not"), "SHOULD", "warned", "it does not"),
        (Violation("it does not"), "MAY", "warned", "it does not"),
        (Inconclusive("no data"), "MUST", "inconclusive", "no data"),
        (NotApplicable("one region"), "MUST", "not-applicable", "one region"),
    ],
)
def test_the_name_follows_from_finding_and_level(finding, level, verdict, message):
    made = verdict_on(requirement(level), "json", finding, examples=3)
    assert (made.requirement, made.case, made.verdict, made.message, made.examples) == (
        "Op.a.b", "json", verdict, message, 3,
    )  # fmt: skip


def test_a_warning_says_why_it_is_no_failure_and_a_failure_does_not():
    broken = Violation("it does not")
    warned = verdict_on(requirement("SHOULD"), "", broken, reason="No page says so.")
    assert warned.message == "it does not. The documentation leaves this open: No page says so."
    assert verdict_on(requirement(), "", broken, reason="No page says so.").message == "it does not"


@pytest.mark.parametrize(
    ("violation", "cause"),
    [
        (Violation("PageSize of 0: items are missing"), "items are missing"),
        (Violation("PageSize of 0 is not refused", received="status 502: <html>"), "status 502"),
        (Violation("the order matters", received="t-1"), "the order matters"),
        (Violation("of three", cause="one cause"), "one cause"),
    ],
)
def test_failures_of_one_cause_meet(violation, cause):
    assert verdict_on(requirement(), "", violation).cause == cause


def test_no_text_of_a_verdict_has_a_secret_in_it():
    broken = Violation("x with key", expected="key", received="no key", cause="key")
    made = verdict_on(requirement(), "", broken, safe=lambda text: text.replace("key", "***"))
    assert (made.message, made.expected, made.received, made.cause) == ("x with ***", "***", "no ***", "***")


def test_a_finding_of_no_kind_is_our_own_mistake():
    with pytest.raises(TypeError):
        verdict_on(requirement(), "", Finding("?"))
