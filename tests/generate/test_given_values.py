"""Values that somebody gave: which of them every request of an operation has."""

from __future__ import annotations

from attrs import evolve

from conformance.generate.required import given_values
from tests.reference.contracts import parameter
from tests.reference.small_contracts import ID, KEYED, NAME, TOTAL, answering, listing, pages

OWNER = parameter("OwnerId", "string", required=True)
CHANGING = answering(parameters=(OWNER, parameter("Tag.N.Key", "string"), parameter("Note", "string")))
LISTING = evolve(
    listing(ID, NAME, parameters=(*pages(), OWNER, parameter("Name", "string")), response=TOTAL, **KEYED),
    operation="DescribeBoats",
)


def test_what_is_given_for_all_is_sent_where_it_is_required():
    assert given_values(CHANGING, {"OwnerId": 7, "Note": "x", "Elsewhere": "y"}) == {"OwnerId": "7"}


def test_what_is_given_for_an_operation_is_sent_by_it_alone():
    given = {"OwnerId": "o-1", "ModifyBoat": {"OwnerId": "o-2", "Tag.2.Key": "a", "Note": "b"}, "Other": {"Note": "c"}}
    assert given_values(CHANGING, given) == {"OwnerId": "o-2", "Tag.2.Key": "a", "Note": "b"}


def test_what_keeps_some_items_of_a_list_is_no_part_of_every_request():
    assert given_values(LISTING, {"DescribeBoats": {"OwnerId": "o-1", "Name": "Ann"}}) == {"OwnerId": "o-1"}
