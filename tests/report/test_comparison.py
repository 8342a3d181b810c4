import json

import pytest
from attrs import evolve
from hypothesis import given, settings

from conformance.ledger.verdicts import ORDER
from conformance.report.comparison import KINDS, Incomparable, as_dict, as_text, compare
from conformance.report.events import Verdict

from .streams import entry, run, runs


def one(verdict, case="json"):
    return run([entry("a.b")], [("a.b", verdict, case)] if verdict else [], interrupted=verdict is None)


@pytest.mark.parametrize(
    ("before", "after", "kind", "status"),
    [
        ("passed", "failed", "new-failure", 1),
        ("passed", "errored", "new-failure", 1),
        ("known-failing", "failed", "new-failure", 1),
        ("inconclusive", "failed", "new-failure", 1),
        ("not-applicable", "failed", "new-failure", 1),
        ("failed", "failed", "still-failing", 0),
        ("failed", "passed", "fixed", 0),
        ("failed", "warned", "fixed", 0),
        ("known-failing", "passed", "fixed", 0),
        ("known-failing", "unexpectedly-passed", "fixed", 0),
        ("failed", "known-failing", "newly-known", 0),
        ("passed", "known-failing", "newly-known", 0),
        ("passed", "inconclusive", "newly-inconclusive", 1),
        ("failed", "inconclusive", "newly-inconclusive", 1),
        ("passed", "not-applicable", "vanished", 1),
        ("failed", "not-applicable", "vanished", 1),
        ("passed", "warned", "newly-warned", 0),
        ("passed", "passed", None, 0),
        ("warned", "passed", None, 0),
        ("inconclusive", "inconclusive", None, 0),
        ("inconclusive", "not-applicable", None, 0),
        ("not-applicable", "passed", None, 0),
    ],
)
def test_each_transition(before, after, kind, status):
    comparison = compare(one(before), one(after))
    assert [change.kind for change in comparison.changes] == ([kind] if kind else [])
    assert comparison.exit_status == status


def test_a_requirement_that_is_no_longer_selected_has_vanished():
    base = run([entry("a.b"), entry("a.c")], [("a.b", "passed"), ("a.c", "failed")])
    head = run([entry("a.b")], [("a.b", "passed")])
    left_out = evolve(head, header=evolve(head.header, deselected=("DescribeTasks.a.c",)))
    for newer, why in ((head, "does not know it"), (left_out, "left out")):
        comparison = compare(base, newer)
        assert [(change.kind, change.requirement) for change in comparison.changes] == [
            ("vanished", "DescribeTasks.a.c")
        ]
        assert why in comparison.changes[0].message
        assert comparison.exit_status == 1


def test_a_case_that_no_longer_runs_has_vanished():
    base = run(verdicts=[("a.b", "passed", "json"), ("a.b", "passed", "xml")])
    comparison = compare(base, one("passed"))
    assert [(change.kind, change.case) for change in comparison.changes] == [("vanished", "xml")]


def test_an_unjudged_requirement_is_a_regression_and_an_interrupted_run_is_unfit():
    base = run([entry("a.b"), entry("a.c")], [("a.b", "passed"), ("a.c", "passed")])
    head = run([entry("a.b"), entry("a.c")], [("a.b", "passed")])
    comparison = compare(base, head)
    assert [(change.kind, change.after) for change in comparison.changes] == [("newly-inconclusive", "not-judged")]
    assert comparison.exit_status == 1
    interrupted = evolve(head, footer=evolve(head.footer, interrupted=True))
    assert compare(base, interrupted).exit_status == 3


def test_a_new_requirement_that_fails_is_a_regression():
    base = one("passed")
    head = run([entry("a.b"), entry("a.c")], [("a.b", "passed", "json"), ("a.c", "failed")])
    assert compare(base, head).exit_status == 1
    fine = run([entry("a.b"), entry("a.c")], [("a.b", "passed", "json"), ("a.c", "passed")])
    assert compare(base, fine).exit_status == 0


def test_differences_that_matter_are_noted():
    base = one("passed")
    other = evolve(base, header=evolve(base.header, suite=evolve(base.header.suite, version="9", contract_digest="x")))
    notes = compare(base, other).notes
    assert any("suite: 0.1.0 and 9" in note for note in notes)
    assert any("contract" in note for note in notes)


def test_other_bytes_of_the_same_release_are_noted():
    base, head = (
        evolve(r, header=evolve(r.header, target=evolve(r.header.target, digest={"sha256": digest})))
        for r, digest in ((one("passed"), "aa"), (one("passed"), "bb"))
    )
    assert compare(base, base).notes == ()
    assert compare(base, head).notes == ("the runs differ in bytes of the package: aa and bb",)


def test_runs_of_different_operations_are_refused():
    other = one("passed")
    with pytest.raises(Incomparable, match="DescribeTasks"):
        compare(one("passed"), evolve(other, header=evolve(other.header, operation="Other")))


@settings(deadline=None, max_examples=60)
@given(runs(), runs())
def test_any_two_runs_compare(base, head):
    head = evolve(head, header=evolve(head.header, operation=base.header.operation))
    comparison = compare(base, head)
    json.dumps(as_dict(comparison))
    text = as_text(comparison)
    assert text.endswith(comparison.sentence + "\n")
    assert "\x1b" not in text
    regressed = any(KINDS[change.kind][1] for change in comparison.changes)
    assert comparison.exit_status == (3 if head.footer.interrupted else int(regressed))


@settings(deadline=None, max_examples=60)
@given(runs())
def test_a_run_does_not_regress_from_itself(made):
    comparison = compare(made, made)
    assert {change.kind for change in comparison.changes} <= {"still-failing"}
    assert comparison.exit_status in (0, 3)


def test_every_verdict_has_a_transition_to_every_other():
    for before in ORDER:
        for after in ORDER:
            made = [run([entry("a.b")], [Verdict("DescribeTasks.a.b", "", name, "why")]) for name in (before, after)]
            assert len(compare(*made).changes) <= 1
