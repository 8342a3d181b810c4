"""Two runs over a service beside each other: what failed anew, was fixed, or is no longer judged, each once."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.report.comparison import Incomparable, as_text
from conformance.report.service_causes import Failed
from conformance.report.service_comparison import compare_services
from conformance.report.service_run import OperationJudged, ServiceFinished, ServiceRun, ServiceStarted

STARTED = ServiceStarted({"version": "1"}, "Ecs", "2014-05-26", "sdk 1", 0, "2026-11-26T00:00:00Z", 2, ("A", "B"), ())


def judged(name: str, verdict: str = "conformant", *failed: Failed, reason: str = "") -> OperationJudged:
    return OperationJudged(name, "get", verdict, reason, digest="sha256:0", failed=failed)


def run(*operations: OperationJudged, **more) -> ServiceRun:
    return ServiceRun(STARTED, operations, (), ServiceFinished(1.0, **more))


def failed(requirement: str, *subjects: str, level: str = "MUST", standing: str = "failed") -> Failed:
    return Failed(requirement, level, "it arrived changed", "a cause", standing, subjects)


def kinds(base: ServiceRun, head: ServiceRun) -> list[tuple[str, str, str]]:
    return [(c.kind, c.requirement, c.case) for c in compare_services(base, head).changes]


BAD = failed("A.sdk.requests.each-parameter", "DryRun", "Force")


def test_a_failure_is_new_fixed_or_the_same_by_its_cases() -> None:
    good, bad = run(judged("A")), run(judged("A", "not-conformant", BAD))
    mine = [("A.sdk.requests.each-parameter", "DryRun"), ("A.sdk.requests.each-parameter", "Force")]
    assert kinds(good, bad) == [("new-failure", *one) for one in mine]
    assert kinds(bad, good) == [("fixed", *one) for one in mine]
    assert kinds(bad, bad) == [("still-failing", *one) for one in mine]
    assert kinds(good, good) == []
    assert compare_services(good, bad).exit_status == 1
    assert compare_services(bad, good).exit_status == 0
    # what came of the first is no word about the second
    assert [c.message for c in compare_services(good, bad).changes] == ["it arrived changed", ""]
    assert "New failures (2)" in as_text(compare_services(good, bad))


def test_what_is_known_or_recommended_is_no_regression() -> None:
    known = run(
        judged("A", "known-failing", failed("A.sdk.requests.each-parameter", "DryRun", standing="known-failing"))
    )
    warned = run(judged("A", "conformant", failed("A.sdk.requests.unlisted", "x", level="SHOULD", standing="warned")))
    assert kinds(run(judged("A")), known) == [("newly-known", "A.sdk.requests.each-parameter", "DryRun")]
    assert kinds(run(judged("A")), warned) == [("newly-warned", "A.sdk.requests.unlisted", "x")]
    assert compare_services(run(judged("A")), warned).exit_status == 0


def test_an_operation_that_is_no_longer_judged_is_one_change() -> None:
    base = run(judged("A", "not-conformant", BAD), judged("B"))
    assert kinds(base, run(judged("A", "not-established", reason="the driver broke"), judged("B"))) == [
        ("newly-inconclusive", "A", "")
    ]
    assert kinds(base, run(judged("A", "not-supported"), judged("B"))) == [("vanished", "A", "")]
    assert kinds(base, run(judged("B"))) == [("vanished", "A", "")]
    assert kinds(run(judged("B")), run(judged("A"), judged("B"))) == [("new", "A", "")]
    nothing = run(judged("A", "not-established"))
    assert kinds(nothing, nothing) == []


def test_what_proves_nothing_or_is_another_service_is_said() -> None:
    assert compare_services(run(judged("A")), run(judged("A"), interrupted=True)).exit_status == 3
    other = evolve(run(judged("A")), started=evolve(STARTED, product="Vpc"))
    with pytest.raises(Incomparable, match="Vpc"):
        compare_services(run(judged("A")), other)
