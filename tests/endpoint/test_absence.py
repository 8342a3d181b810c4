"""What is refused for want of something that a page lets be left out, and for what is named and not there."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.model import ErrorCode
from conformance.endpoint.absence import is_wanted, names_nothing
from tests.reference.contracts import HERE, parameter
from tests.reference.small_contracts import answering

BOAT, KIND = parameter("BoatId", "string", required=True), parameter("Kind", "string", enum=["sail", "steam"])
CREW = parameter("Crew", "string")


def changing(*errors, operation="ModifyBoat"):
    documented = tuple(ErrorCode(404, code, "", HERE, about) for code, about in errors)
    return evolve(answering(parameters=(BOAT, KIND, CREW), operation=operation), errors=documented)


@pytest.mark.parametrize(
    ("error", "message", "sent", "wanted"),
    [
        (("MissingParameter.CrewOrKind", "Crew"), "", ("BoatId",), True),
        (("MissingParameter.CrewOrKind", "Crew"), "", ("BoatId", "Crew"), False),
        (("MissingParameter.Tags", None), "", ("BoatId",), True),
        (("MissingParameter", "Crew"), 'The input parameter "Crew" is needed.', ("BoatId",), True),
        (("MissingParameter", "Crew"), 'The input parameter "Kind" is needed.', ("BoatId",), False),
        (("MissingParameter", None), "", ("BoatId",), False),
        (("MissingParameter", "BoatId"), "", (), False),
        (("InvalidCrew", "Crew"), "", ("BoatId",), False),
    ],
)
def test_what_may_be_left_out_is_wanted_where_an_error_for_that_is_documented(error, message, sent, wanted):
    assert is_wanted(changing(error), error[0], message, sent) is wanted
    assert not is_wanted(changing(), error[0], message, sent)


GONE = ("InvalidBoatId.NotFound", "BoatId")


def test_what_changes_something_may_have_taken_away_what_it_names():
    assert names_nothing(changing(GONE), GONE[0], 404, ["BoatId"], ()) == "BoatId"
    assert names_nothing(changing(GONE), "InvalidCrew.NotFound", 404, ["BoatId"], ()) is None
    assert names_nothing(changing(("InvalidKind.NotFound", "Kind")), "InvalidKind.NotFound", 404, ["Kind"], ()) is None


def test_what_reads_finds_what_it_names_unless_something_else_is_varied():
    reading = changing(GONE, operation="DescribeBoatAttribute")
    assert names_nothing(reading, GONE[0], 404, ["BoatId"], ()) is None
    assert names_nothing(reading, GONE[0], 404, ["BoatId", "Kind"], ["Kind"]) == "BoatId"
    assert names_nothing(reading, GONE[0], 404, ["BoatId"], ["BoatId"]) is None


def test_what_takes_away_may_say_so_in_any_way():
    deleting = changing(operation="DeleteBoat")
    assert names_nothing(deleting, "BoatSank", 404, ["BoatId"], ()) == "BoatId"
    assert names_nothing(deleting, "BoatNotFound", 400, ["BoatId"], ()) == "BoatId"
    assert names_nothing(deleting, "BoatSank", 400, ["BoatId"], ()) is None
    assert names_nothing(changing(), "BoatNotFound", 404, ["BoatId"], ()) is None
