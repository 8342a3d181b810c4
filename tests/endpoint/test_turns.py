"""The order of the checks of a run that counts its requests."""

from __future__ import annotations

from types import SimpleNamespace

from attrs import evolve

from conformance.contract.model import Filter
from conformance.endpoint.turns import bring_forward, in_turns, place_of_role
from conformance.ledger.requirement import Requirement
from tests.reference.contracts import parameter
from tests.reference.small_contracts import ID, KEYED, TOTAL, listing, pages


class Item(SimpleNamespace):
    """As much of a test as its order takes."""

    def get_closest_marker(self, name):
        return None


def item(check, subject, level="MUST", again=False, path="test_forms.py"):
    requirement = Requirement(f"DescribeBoats.{check}.{subject}", level, "endpoint", "…", check, subject=subject)
    params = {"acs_requirement": requirement, "acs_again": again}
    return Item(name=check, originalname=check, path=path, callspec=SimpleNamespace(params=params))


def told(items):
    return [(i.name, i.callspec.params["acs_requirement"].subject, i.callspec.params["acs_again"]) for i in items]


def test_one_subject_of_each_check_comes_first_then_more_of_what_costs_little_then_what_costs_much():
    checks = [
        item("stability.order", "", path="test_stability.py"), item("a", "1", again=True),
        *(item("a", n, path="test_ids.py") for n in "12345"),
        item("b", "1", level="SHOULD", path="test_ids.py"), item("b", "2", level="SHOULD", path="test_ids.py"),
        *(item("forms", n) for n in "123"),
        *(item("parameters.hostile-text", n) for n in "1234"),
        item("parameters.optional", "1", path="test_ids.py"), item("parameters.optional", "2", path="test_ids.py"),
    ]  # fmt: skip
    assert told(in_turns(checks)) == [
        ("parameters.optional", "1", False), ("parameters.optional", "2", False),
        ("a", "1", False), ("stability.order", "", False), ("b", "1", False),
        ("a", "2", False), ("a", "3", False), ("b", "2", False),
        ("forms", "1", False), *(("parameters.hostile-text", n, False) for n in "123"),
        ("a", "4", False), ("a", "5", False), ("parameters.hostile-text", "4", False),
        ("forms", "2", False), ("forms", "3", False),
        ("a", "1", True),
    ]  # fmt: skip


def test_what_is_only_tried_comes_before_what_creates():
    checks = [item("parameters.optional", "1", path="test_ids.py"), item("parameters.dry-run", "", path="test_ids.py")]
    assert [name for name, _, _ in told(in_turns(checks))] == ["parameters.dry-run", "parameters.optional"]


def test_a_server_that_errors_change_is_seen_before_it_has_had_many():
    checks = [
        item("a", "1", path="test_ids.py"), item("stability.order", "", path="test_stability.py"),
        item("stability.after-errors", "", path="test_stability.py"),
        item("errors.documented", "X", path="test_errors.py"),
    ]  # fmt: skip
    assert [name for name, _, _ in told(in_turns(checks))] == [
        "stability.after-errors", "errors.documented", "a", "stability.order",
    ]  # fmt: skip


def test_what_may_have_broken_a_server_is_looked_at_next():
    items = [item("a", n) for n in "123456"]
    session = SimpleNamespace(items=items)
    for one in items:
        one.session, one.config = session, SimpleNamespace()
    bring_forward(items[0], frozenset({("a", "5"), ("b", "4")}))
    assert [i.callspec.params["acs_requirement"].subject for i in items] == ["1", "2", "5", "3", "4", "6"]


def test_the_requirement_that_a_violation_follows_from_is_looked_at_next():
    items = [item("a", n) for n in "1234"]
    session = SimpleNamespace(items=items)
    for one in items:
        one.session, one.config = session, SimpleNamespace()
    bring_forward(items[0], frozenset(), "DescribeBoats.a.4")
    assert [i.callspec.params["acs_requirement"].subject for i in items] == ["1", "2", "4", "3"]


def test_what_has_a_meaning_comes_before_what_has_none():
    contract = listing(ID, parameters=(parameter("Note"), *pages()), response=TOTAL, **KEYED)
    named = ("Note", "PageNumber", "PageSize", "Colour", "Name")
    contract = evolve(
        contract, semantics=evolve(contract.semantics, filters=(Filter("Name", "Name"), Filter("Colour", "Colour")))
    )
    names = sorted(named, key=lambda name: place_of_role(contract, name))
    assert names == ["PageSize", "Name", "PageNumber", "Colour", "Note"]
