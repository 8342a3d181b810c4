"""The oracle: what a request must bring, what it may, and what the documentation does not decide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.endpoint.claims import claim_listing
from conformance.endpoint.findings import Violation
from conformance.endpoint.oracle import Oracle
from conformance.endpoint.watch.dialect import Dialect
from conformance.generate.views import View


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def item(id: str, created: str, action: str = "ImportImage", status: str = "Finished"):
    return {"TaskId": id, "CreationTime": created, "TaskAction": action, "TaskStatus": status}


ITEMS = [
    item("t-1", "2015-11-23T15:10Z"),
    item("t-2", "2015-11-23T15:11Z", action="EXPORT_IMAGE"),
    item("t-3", "2015-11-23T15:12Z", status="Failed"),
]


@pytest.fixture
def oracle(contract) -> Oracle:
    return Oracle(contract, Dialect(contract))


def keys(*numbers: int) -> frozenset[str]:
    return frozenset(f"t-{n}" for n in numbers)


def test_the_whole_listing_is_certain(oracle):
    wanted = oracle.expect(View(), ITEMS)
    assert wanted.certain == wanted.possible == keys(1, 2, 3)


def test_a_filter_is_met_under_every_spelling(oracle):
    assert oracle.expect(View({"TaskAction": "ExportImage"}), ITEMS).certain == keys(2)


def test_filters_intersect(oracle):
    wanted = oracle.expect(View({"TaskAction": "ImportImage", "TaskStatus": "Failed"}), ITEMS)
    assert wanted.certain == wanted.possible == keys(3)


def test_a_bound_within_the_shown_minute_decides_nothing(oracle):
    """Shown to the minute, an item may have been created on either side of a second within it."""
    wanted = oracle.expect(View(start=at("2015-11-23T15:11:30")), ITEMS)
    assert wanted.certain == keys(3)
    assert wanted.possible == keys(2, 3)


@pytest.mark.parametrize("listed", [["t-3"], ["t-2", "t-3"]])
def test_what_is_possible_may_come_or_not(oracle, listed):
    claim_listing("", oracle.expect(View(start=at("2015-11-23T15:11:30")), ITEMS), listed, None)


@pytest.mark.parametrize(
    ("listed", "what"),
    [(["t-2"], "missing"), (["t-1", "t-3"], "should not"), (["t-3", "t-3"], "twice")],
    ids=["without a certain one", "with an impossible one", "one twice"],
)
def test_another_listing_is_none(oracle, listed, what):
    with pytest.raises(Violation, match=what):
        claim_listing("", oracle.expect(View(start=at("2015-11-23T15:11:30")), ITEMS), listed, None)


def test_an_exact_time_decides(contract):
    oracle = Oracle(contract, Dialect(contract), {"t-2": at("2015-11-23T15:11:20")})
    assert oracle.expect(View(start=at("2015-11-23T15:11:30")), ITEMS[:2]).possible == frozenset()


@pytest.mark.parametrize(("taken", "certain"), [("inclusive", keys(2)), ("exclusive", frozenset())])
def test_an_item_on_the_bound_follows_the_dialect(contract, taken, certain):
    dialect = Dialect(contract)
    exact = {"t-2": at("2015-11-23T15:11:30")}
    view = View(end=at("2015-11-23T15:11:30"))
    undecided = Oracle(contract, dialect, exact).expect(view, ITEMS[1:2])
    assert undecided.certain == frozenset()
    assert undecided.possible == keys(2)
    dialect.observe("range-bound", "EndTime", taken, None)
    decided = Oracle(contract, dialect, exact).expect(view, ITEMS[1:2])
    assert decided.certain == decided.possible == certain


def test_totals_lie_between_what_is_certain_and_what_is_possible(oracle):
    wanted = oracle.expect(View(start=at("2015-11-23T15:11:30")), ITEMS)
    assert [wanted.admits_total(n) for n in (0, 1, 2, 3, None)] == [False, True, True, False, False]
