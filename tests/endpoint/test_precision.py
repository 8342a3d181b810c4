"""Values that are alike: which precision times have, where the documentation has one form of them, and what XML cannot
hold.
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from attrs import evolve

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import same_value
from conformance.endpoint.watch.observers import shown_alternatives
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from tests.reference.contracts import choice, scalar
from tests.reference.small_contracts import BUILT, ID, KEYED, MINUTES, SECONDS, TOTAL, listing, pages

CHOICE = choice("time-precision", "response", "minutes", "seconds")
BOAT = {"BoatId": "b-1", "Built": "2021-06-07T06:08:54Z", "Sold": "2021-07-07T16:00Z"}


@pytest.mark.parametrize(("sold", "seen"), [(SECONDS, {"minutes", "seconds"}), (MINUTES, set())])
def test_the_precision_of_all_times_shows_only_where_all_are_documented_alike(sold, seen):
    members = (ID, BUILT, scalar("Sold", time_format=sold))
    contract = evolve(listing(*members, parameters=pages(), response=TOTAL, **KEYED), choices=(CHOICE,))
    body = {"RequestId": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E", "Boats": {"Boat": [BOAT]}, "TotalCount": 1}
    response = HttpResponse(200, (), json.dumps(body).encode())
    answer = Answer(contract, Exchange(1, Call("DescribeBoats", "1"), HttpRequest("GET", "http://h/"), response))
    assert {s.alternative for s in shown_alternatives(answer, contract.choices)} == seen


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x\x1fy", "x\ufffdy", True),  # XML has no way to write it, and no page says what stands in its place
        ("x\ufffdy", "x y", False),
        ("x\ty", "x y", False),
        ("2021-06-07T06:08:54Z", "2021-06-07T06:08Z", True),
    ],
)
def test_what_xml_cannot_hold_is_like_whatever_stands_in_its_place(one, other, same):
    target = SimpleNamespace(contract=listing(ID, BUILT, parameters=pages(), response=TOTAL, **KEYED))
    assert same_value(target, "Name", one, other) == same_value(target, "Name", other, one) == same
