"""What follows from one cause is not judged, because of the requirement that is about it; and a second defect beside it
is found all the same.
"""

from __future__ import annotations

from collections import Counter

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint.run import Results
from conformance.report.events import Verdict
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
SEVERAL = ("filters.*", "range.*", "ids.with-*", "isolation.*", "emptiness.*")


def found(faults, asked, scratch, **settings):
    """What the faults fail, and how much is not judged because of what."""
    chosen = {"max_examples": 3, "shrinks": 2, "formats": ("json",), "signatures": ("v1",), "seed": 7, **settings}
    outcome = certified(FOLDER, CONTRACT, PROTOCOL, scratch, faults, select=asked, traffic=asked, **chosen)
    assert not outcome.with_verdict("errored")
    because = Counter(v.because.partition(".")[2] for v in outcome.verdicts if v.because)
    return {name.partition(".")[2] for name in outcome.with_verdict("failed", "warned")}, because


def gate(*values: object):
    """A case for the long gates."""
    return pytest.param(*values, marks=pytest.mark.gate)


@pytest.mark.parametrize(
    ("fault", "about", "asked", "least"),
    [
        ("order-turns-every-other-time", {"paging.repeatable", "stability.order"}, ("filters.*", "http.*-*"), 8),
        ("total-ignores-the-filter", {"paging.total-follows-the-filter"}, ("emptiness.*", "isolation.mixed"), 2),
        ("nothing-counts-one", {"emptiness.total"}, ("emptiness.*", "range.outside", "parameters.TaskIds.*"), 4),
        ("demanded:StartTime", {"parameters.StartTime.optional"}, ("ids.*", "paging.*"), 15),
        ("minimum-refused:PageNumber", {"parameters.PageNumber.minimum"}, ("ids.*", "range.*"), 12),
        ("end-ignored:EndTime", {"range.end"}, ("emptiness.*",), 4),
        gate("total-counts-requests", {"stability.total"}, ("http.*", "parameters.*.default", "isolation.mixed"), 5),
        gate("item-vanishes-once-looked-up", {"stability.items-stay"}, ("ids.*", *SEVERAL), 5),
        gate(
            "value-matches-nothing:TaskStatus", {"filters.TaskStatus.complete"}, ("filters.TaskStatus.*", *SEVERAL), 2
        ),
        gate("seconds-refused:EndTime", {"parameters.EndTime.time-format"}, SEVERAL, 4),
    ],
)
def test_one_cause_is_one_finding(fault, about, asked, least, tmp_path):
    failed, because = found([fault], (*about, *asked), tmp_path)
    assert failed - {"paging.total-follows-the-filter"} <= about | {"stability.order"}
    assert failed >= about
    assert sum(because[name] for name in about) >= least


@pytest.mark.parametrize(
    ("faults", "asked"),
    [
        (("total-is-of-the-page", "error-code-differs:MissingParameter"), ("paging.total-is-constant", "errors.*")),
        (
            ("order-turns-every-other-time", "filter-ignored:TaskAction"),
            ("paging.repeatable", "filters.TaskAction.selects"),
        ),
        (
            ("total-ignores-the-filter", "filter-ignored:TaskStatus"),
            ("paging.total-follows-the-filter", "filters.TaskStatus.selects", "filters.intersect"),
        ),
        gate(
            ("total-is-of-the-page", "accepted:wrong-signature"),
            ("paging.total-is-constant", "signatures.wrong-signature.refused"),
        ),
        gate(
            ("order-turns-every-other-time", "blank-size-means-all"),
            ("paging.repeatable", "parameters.PageSize.blank-value"),
        ),
        gate(
            ("order-turns-every-other-time", "total-ignores-the-filter"),
            ("paging.repeatable", "paging.total-follows-the-filter"),
        ),
        gate(
            ("total-counts-requests", "filter-lets-one-through:TaskAction"),
            ("stability.total", "filters.TaskAction.selects"),
        ),
        gate(
            ("item-vanishes-once-looked-up", "filter-ignored:TaskAction"),
            ("stability.items-stay", "filters.TaskAction.selects"),
        ),
        gate(
            ("filter-ignored-in-forms:TaskAction", "filter-loses-one:TaskStatus"),
            ("methods.form-body", "filters.TaskStatus.complete"),
        ),
        gate(
            ("field-missing:TaskSet.Task.TaskAction", "filter-ignored:TaskStatus"),
            ("fields.TaskSet.Task.TaskAction.present", "filters.TaskStatus.selects"),
        ),
        gate(
            ("page-after-an-error-lacks-an-item", "filter-ignored:TaskAction"),
            ("errors.leave-no-trace", "filters.TaskAction.selects"),
        ),
        gate(
            ("filter-ignored:TaskAction", "requests-share-the-region"),
            ("filters.TaskAction.selects", "isolation.mixed"),
        ),
        gate(
            ("pages-overlap", "range-loses-the-oldest"),
            ("paging.pages-partition-the-listing", "range.whole"),
        ),
    ],
    ids=lambda value: " and ".join(value) if isinstance(value, tuple) else str(value),
)  # fmt: skip
def test_two_defects_are_both_found(faults, asked, tmp_path):
    failed, _ = found(faults, asked, tmp_path, max_examples=16)
    wanted = {name for name in asked if "*" not in name and name != "filters.intersect"}
    assert failed >= wanted
    assert len(failed) >= 2


def test_a_choice_is_not_seen_over_a_way_that_is_not_served(tmp_path):
    failed, _ = found(["form-body-is-ignored"], ("choices.*", "methods.form-body"), tmp_path, signatures=("v1", "v3"))
    assert failed == {"methods.form-body"}


def test_nothing_follows_from_a_requirement_that_is_met():
    because = Verdict("Op.b", "json", "inconclusive", "not judged, because a", because="Op.a")
    instead = evolve(because, verdict="failed", message="b is wrong", because=None)
    for verdict, counts in (("failed", []), ("warned", []), ("inconclusive", []), ("passed", [instead])):
        results = Results([because, Verdict("Op.a", "json", verdict)], [instead])
        assert list(results.unexplained()) == counts
    # nor from one that was not judged
    assert list(Results([because], [instead]).unexplained()) == [instead]


def test_two_requirements_do_not_follow_from_each_other():
    first = Verdict("Op.a", "json", "inconclusive", "not judged, because b", because="Op.b")
    second = Verdict("Op.b", "json", "inconclusive", "not judged, because a", because="Op.a")
    instead = [evolve(v, verdict="failed", because=None) for v in (first, second)]
    assert list(Results([first, second], instead).unexplained()) == instead
    # one of them may follow from a third
    third = [evolve(second, because="Op.c"), Verdict("Op.c", "json", "failed")]
    assert list(Results([first, *third], instead).unexplained()) == []
