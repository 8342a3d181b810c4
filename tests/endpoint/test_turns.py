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


def test_musts_come_in_turns_cheap_ones_first_then_what_costs_much_then_what_is_no_must_then_all_of_it_again():
    checks = [
        item("parameters.listed-values", "9"), item("stability.order", "", path="test_stability.py"),
        item("a", "1", again=True), item("a", "1", path="test_ids.py"), item("a", "2", path="test_ids.py"),
        item("b", "1", level="SHOULD"), item("b", "2", level="SHOULD"),
        item("c", "1"), item("c", "2"), item("c", "3", path="test_ids.py"),
        item("parameters.optional", "1", path="test_ids.py"), item("parameters.optional", "2", path="test_ids.py"),
    ]  # fmt: skip
    assert told(in_turns(checks)) == [
        ("a", "1", False), ("c", "3", False),
        ("parameters.optional", "1", False), ("parameters.optional", "2", False),
        ("parameters.listed-values", "9", False), ("c", "1", False),
        ("a", "2", False), ("c", "2", False), ("stability.order", "", False),
        ("b", "1", False), ("b", "2", False), ("a", "1", True),
    ]  # fmt: skip


def test_what_may_have_broken_a_server_is_looked_at_next():
    items = [item("a", n) for n in "123456"]
    session = SimpleNamespace(items=items)
    for one in items:
        one.session, one.config = session, SimpleNamespace()
    bring_forward(items[0], frozenset({("a", "5"), ("b", "4")}))
    assert [i.callspec.params["acs_requirement"].subject for i in items] == ["1", "2", "5", "3", "4", "6"]


def test_what_has_a_meaning_comes_before_what_has_none():
    contract = listing(ID, parameters=(parameter("Note"), *pages()), response=TOTAL, **KEYED)
    named = ("Note", "PageNumber", "PageSize", "Colour", "Name")
    contract = evolve(
        contract, semantics=evolve(contract.semantics, filters=(Filter("Name", "Name"), Filter("Colour", "Colour")))
    )
    names = sorted(named, key=lambda name: place_of_role(contract, name))
    assert names == ["PageSize", "Name", "PageNumber", "Colour", "Note"]
