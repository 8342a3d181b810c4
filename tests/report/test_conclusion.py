import pytest
from hypothesis import given, settings

from conformance.ledger.verdicts import ORDER, worst
from conformance.report.conclusion import conclude
from conformance.report.events import Verdict
from conformance.report.results import dialect, groups, results

from .streams import entry, run, runs, showcase


@pytest.mark.parametrize(
    ("verdicts", "status", "conformant"),
    [
        ([("a.b", "passed")], 0, True),
        ([("a.b", "passed", "json"), ("a.b", "not-applicable", "xml")], 0, True),
        ([("a.b", "passed"), ("a.c", "not-applicable")], 0, True),
        ([("a.b", "passed"), ("a.c", "known-failing")], 0, False),
        ([("a.b", "passed", "json"), ("a.b", "failed", "xml")], 1, False),
        ([("a.b", "failed"), ("a.c", "inconclusive")], 1, False),
        ([("a.b", "passed"), ("a.c", "unexpectedly-passed")], 1, False),
        ([("a.b", "passed", "json"), ("a.b", "inconclusive", "xml")], 3, False),
        ([("a.b", "known-failing", "json"), ("a.b", "inconclusive", "xml")], 3, False),
        ([("a.b", "passed"), ("a.c", "errored")], 3, False),
        ([("a.b", "not-applicable")], 3, False),
    ],
    ids=str,
)
def test_the_exit_status_follows_from_the_cases_of_the_musts(verdicts, status, conformant):
    conclusion = conclude(run(verdicts=verdicts))
    assert (conclusion.exit_status, conclusion.conformant) == (status, conformant)


@pytest.mark.parametrize("verdict", ["warned", "inconclusive", "errored", "known-failing", "failed"])
def test_a_should_never_decides(verdict):
    made = run([entry("a.b"), entry("a.c", "SHOULD")], [("a.b", "passed"), ("a.c", verdict)])
    assert conclude(made).exit_status == 0


def test_a_selected_must_without_a_verdict_is_not_established():
    conclusion = conclude(run([entry("a.b"), entry("a.c")], [("a.b", "passed")]))
    assert conclusion.exit_status == 3
    assert "1 of 2 MUST requirements could not be judged" in conclusion.sentence


def test_a_must_set_aside_without_a_reason_is_not_established():
    silent = Verdict("DescribeTasks.a.c", "", "not-applicable")
    assert conclude(run(verdicts=[("a.b", "passed"), silent])).exit_status == 3


def test_an_interrupted_run_is_not_established_whatever_it_found():
    conclusion = conclude(run(verdicts=[("a.b", "failed")], interrupted=True, reason="interrupted from the keyboard"))
    assert conclusion.exit_status == 3
    assert conclusion.sentence.startswith("Interrupted from the keyboard;")


def test_nothing_judged_is_not_established():
    assert conclude(run([], [], interrupted=True)).exit_status == 3
    assert conclude(run([entry("a.b", "SHOULD")], [("a.b", "not-applicable")])).exit_status == 3


@settings(deadline=None, max_examples=60)
@given(runs())
def test_never_0_unless_every_must_was_judged(made):
    conclusion = conclude(made)
    assert conclusion.conformant <= (conclusion.exit_status == 0)
    fine = {"passed", "not-applicable", "known-failing"}
    if conclusion.exit_status == 0:
        assert not made.footer.interrupted
        assert made.verdicts
        for result in results(made):
            if result.entry.level == "MUST":
                assert result.verdicts
                assert {verdict.verdict for verdict in result.verdicts} <= fine
    if conclusion.exit_status == 1:
        assert {"failed", "unexpectedly-passed"} & {verdict.verdict for verdict in made.verdicts}


def test_the_worst_verdict():
    assert [worst([name, "passed"]) for name in ORDER[:-2]] == list(ORDER[:-2])
    assert worst(["not-applicable", "passed"]) == "passed"
    assert worst(["inconclusive", "failed", "errored"]) == "failed"


def test_failures_of_one_cause_are_one_group():
    found = groups(results(showcase()))
    assert [[result.entry.id.split(".", 1)[1] for result in group.results] for group in found] == [
        ["paging.pages-are-full", "paging.last-page-holds-the-rest"],
        ["range.start"],
        ["errors.unknown-region"],
    ]


def test_the_dialect_takes_the_alternative_seen_most():
    assert dialect(showcase()) == {"TaskSet.list-form": "object", "SupportCancel.json-type": "string"}


def test_the_dialect_names_the_format_where_the_formats_differ():
    from conformance.report.events import ChoiceObserved

    seen = [
        ChoiceObserved("c", "x", "json"),
        ChoiceObserved("c", "y", "xml"),
        ChoiceObserved("c", "y", "xml"),
    ]
    assert dialect(run(verdicts=[("a.b", "passed")], observed=seen)) == {"c@json": "x", "c@xml": "y"}
