"""The reference of any contract starts and answers: the documented shape, over HTTP, with every kind of parameter."""

from __future__ import annotations

import http.client
import json
import xml.etree.ElementTree as ET
from urllib.parse import urlencode

import pytest

from conformance.reference.application import Application
from conformance.reference.faults import all_faults
from conformance.reference.items import ItemsError, stocked
from conformance.reference.message import Request
from conformance.reference.progress import progressing
from conformance.reference.seeding import generated
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.steps import STEP, replacing
from conformance.reference.variants import all_variants
from tests.reference.small_contracts import CONTRACTS

TYPES = {"string": str, "integer": int, "number": int | float, "boolean": bool, "array": list, "object": dict}


def example(parameter):
    """A value that the documentation allows."""
    if parameter.examples:
        return parameter.examples[0]
    if parameter.value("enum"):
        return str(parameter.value("enum")[0]).lower() if parameter.type == "boolean" else parameter.value("enum")[0]
    times = {"epoch-milliseconds": "1450000000000", "yyyy-MM-ddTHH:mmZ": "2015-12-13T09:46Z"}
    if parameter.value("time_format"):
        return times.get(parameter.value("time_format"), "2015-12-13T09:46:40Z")
    return {"integer": "1", "number": "1.5", "boolean": "true"}.get(parameter.type, "b-12345678")


def sent(parameter):
    """The name that an element of a repeated parameter has on the wire."""
    name = parameter.name.replace(".N", ".1")
    return f"{name}.1" if parameter.type == "array" else name


def allowed(contract):
    """Parameter sets that the documentation allows: the required ones alone, with each other one, and with all."""
    needed = {sent(p): example(p) for p in contract.parameters if p.required}
    others = {sent(p): example(p) for p in contract.parameters if not p.required}
    return [needed, *({**needed, name: value} for name, value in others.items()), {**needed, **others}]


def query(contract, asked, format="JSON"):
    return urlencode({"Action": contract.operation, "Version": contract.version, "Format": format, **asked})


class Caller:
    """Calls an endpoint over HTTP, without signing."""

    def __init__(self, contract, url):
        self.contract = contract
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def body(self, format="JSON", status=200, **asked):
        self.connection.request("GET", f"/?{query(self.contract, asked, format)}")
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == status, body
        return ET.fromstring(body) if format == "XML" else json.loads(body)

    def boats(self, **asked):
        return self.body(**asked)["Boats"]["Boat"]


@pytest.fixture
def serve(request):
    """A caller of the endpoint of one small contract."""

    def start(name):
        endpoint = ReferenceEndpoint(CONTRACTS[name]).start()
        request.addfinalizer(endpoint.stop)
        caller = Caller(CONTRACTS[name], endpoint.url)
        request.addfinalizer(caller.connection.close)
        return caller

    return start


def differences(fields, tree, optional, path=""):
    """Where a tree has not the documented members, or not of their types."""
    yield from (f"{path}{name} is not documented" for name in tree if name not in {f.name for f in fields})
    for field in fields:
        here, value = f"{path}{field.name}", tree.get(field.name)
        if value is None:
            if field.presence == "always" and field.name not in optional:
                yield f"{here} is missing"
            continue
        kind, is_number = TYPES[field.type], field.type in ("integer", "number")
        if not isinstance(value, kind) or (is_number and isinstance(value, bool)):
            yield f"{here} is {value!r}"
        elif field.type == "array":
            for element in value:
                if field.members:
                    yield from differences(field.members, element, optional, f"{here}.")
                elif not isinstance(element, TYPES[field.item_type]):
                    yield f"{here} holds {element!r}"
        elif field.members:
            yield from differences(field.members, value, optional, f"{here}.")


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_allowed_request_is_answered_in_the_documented_shape(serve, name):
    contract, caller = CONTRACTS[name], serve(name)
    optional = {rule.field for rule in contract.semantics.optional_fields}
    for asked in allowed(contract):
        assert not list(differences(contract.response, caller.body(**asked), optional))
        assert caller.body("XML", **asked).tag == f"{contract.operation}Response"


@pytest.mark.parametrize("name", CONTRACTS)
def test_both_formats_have_the_same_members(serve, name):
    caller, asked = serve(name), allowed(CONTRACTS[name])[0]
    found = caller.body("XML", **asked)
    for member, value in caller.body(**asked).items():
        assert found.find(member) is not None
        if not isinstance(value, dict | list) and member != "RequestId":
            assert found.findtext(member) == (str(value).lower() if isinstance(value, bool) else str(value))


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_fault_and_variant_of_it_answers(name, protocol, capsys):
    contract = CONTRACTS[name]
    changes = [*all_faults(contract, protocol), *all_variants(contract, protocol)]
    assert len({change.name for change in changes}) == len(changes)
    store = generated(contract, protocol, sizes=(30, 5, 0, 1))
    for number, change in enumerate(changes):
        shown = store if not getattr(change, "restock", None) else change.store(store, contract, 0.0)
        server = Application(contract, protocol, shown, dialect=change.dialect, replacements=change.replacements)
        for turn, asked in enumerate(allowed(contract), number):
            request = Request("GET", "/", query(contract, asked, ("JSON", "XML")[turn % 2]))
            assert server.respond(request).body
    assert capsys.readouterr().err == "", "a fault is a wrong answer, not a failure of ours"


# ----------------------------------------------------------------------------------------------- what differs in each


def test_pages_without_a_key_hold_still_and_lose_nothing(serve):
    caller = serve("no key, pages")
    everything = caller.boats(PageSize=100) + caller.boats(PageSize=100, PageNumber=2)
    walked = [boat for number in range(1, 8) for boat in caller.boats(PageSize=20, PageNumber=number)]
    assert walked == everything
    assert len(walked) == caller.body()["TotalCount"] == 140


def test_a_listing_without_key_and_time_has_an_order(serve):
    caller = serve("no key, no time")
    assert caller.boats() == caller.boats()
    assert len(caller.boats()) == 140


def test_a_listing_without_pages_is_one_page(serve):
    assert len({boat["BoatId"] for boat in serve("key, no pages").boats()}) == 140


def test_ids_without_a_limit_are_all_found(serve):
    caller = serve("ids without a limit")
    ids = [boat["BoatId"] for boat in caller.boats(PageSize=100) if "," not in boat["BoatId"]]
    assert len(ids) == 100
    found = caller.boats(BoatIds=",".join(ids), PageSize=100)
    assert [boat["BoatId"] for boat in found] == ids


def test_a_page_has_at_most_the_documented_size(serve):
    caller = serve("five a page at most")
    assert len(caller.boats()) == len(caller.boats(PageSize=5)) == 5
    assert caller.body(PageSize=6, status=400)["Code"] == "InvalidParameter"


def test_without_a_maximum_a_page_holds_everything(serve):
    caller = serve("pages of any size")
    assert len(caller.boats()) == 10
    assert len(caller.boats(PageSize=10000)) == 140


@pytest.mark.parametrize("name", ["a filter that is a truth value", "truth values and numbers that are listed"])
def test_truth_values_part_the_listing(serve, name):
    caller = serve(name)
    for text, value in (("true", True), ("false", False)):
        found = caller.body(Afloat=text, PageSize=100)
        assert {boat["Afloat"] for boat in found["Boats"]["Boat"]} == {value}
    assert sum(caller.body(Afloat=text)["TotalCount"] for text in ("true", "false")) == 140


def test_listed_numbers_part_the_listing(serve):
    caller = serve("truth values and numbers that are listed")
    assert sum(caller.body(Masts=masts)["TotalCount"] for masts in (1, 2, 3)) == 140
    assert {boat["Masts"] for boat in caller.boats(Masts=2)} == {2}
    assert caller.body(Masts=4)["TotalCount"] == 0


def test_each_required_parameter_is_demanded(serve):
    caller = serve("required parameters")
    (needed,) = allowed(caller.contract)[:1]
    for name in needed:
        refused = caller.body(status=400, **{k: v for k, v in needed.items() if k != name})
        assert refused["Code"] == "MissingParameter", name
    assert caller.body(status=400, **{**needed, "Berth": "0"})["Code"] == "InvalidParameter"


def test_a_region_that_is_left_out_is_the_first(serve):
    caller = serve("a region that may be left out")
    assert caller.boats() == caller.boats(RegionId="cn-hangzhou")
    assert caller.body()["RegionId"] == "cn-hangzhou"
    assert caller.body(RegionId="nowhere", status=404)["Code"] == "InvalidRegionId.NotFound"


def test_keys_that_are_numbers_are_numbers_and_found_as_text(serve):
    caller = serve("keys that are numbers")
    first, second = (boat["BoatId"] for boat in caller.boats(PageSize=2))
    found = caller.boats(BoatIds=f"{second},{first}")
    assert sorted(boat["BoatId"] for boat in found) == sorted([first, second])


def test_keys_that_are_listed_occur_once_each(serve):
    assert sorted(boat["BoatId"] for boat in serve("keys that are listed").boats()) == ["Argo", "Ark", "Titanic"]


def test_times_in_milliseconds_bound_the_listing(serve):
    caller = serve("times in milliseconds")
    times = sorted(boat["Built"] for number in (1, 2) for boat in caller.boats(PageSize=100, PageNumber=number))
    assert len(times) == 140
    middle = times[70]
    assert caller.body(StartTime=middle)["TotalCount"] == sum(time >= middle for time in times)
    assert caller.body(EndTime=middle)["TotalCount"] == sum(time <= middle for time in times)
    assert caller.body(StartTime="9" * 18)["TotalCount"] == 0


def test_values_outside_the_list_are_like_the_documented_ones(serve):
    found = serve("no list").body()
    assert found["Colour"] == "Red"
    assert found["Hull"] == {"Material": "oak", "Planks": 1}
    assert found["Depths"] == [7]
    assert found["Crew"]["Sailor"][0]["Age"] == 1


# ------------------------------------------------------------------------------------------------------ what is stored


def test_items_without_a_key_may_be_alike():
    boat = {"Name": "a", "Built": "2020-01-01T00:00:00Z"}
    store = stocked({"items": [boat, boat]}, CONTRACTS["neither key nor pages"], "data")
    assert store.regions == {"": (boat, boat)}


def test_the_items_of_an_operation_without_a_list_are_refused():
    assert stocked({"items": []}, CONTRACTS["no list"], "data").regions == {"": ()}
    with pytest.raises(ItemsError, match="item 1: no such member: Speed"):
        stocked({"items": [{"Speed": 1}]}, CONTRACTS["no list"], "data")


def test_items_without_a_key_appear_with_the_clock():
    contract = CONTRACTS["neither key nor pages"]
    store = generated(contract, sizes=(30,))
    moving = progressing(store, contract, 1000.0, period=10)
    assert (len(moving.items("", 1000.0)), len(moving.items("", 1010.0))) == (30, 30)


def test_a_failure_of_ours_is_a_documented_500_and_told_on_standard_error(capsys):
    contract = CONTRACTS["key, no pages"]
    broken = replacing(STEP.order).by(lambda inner, context, items: [][0])
    server = Application(contract, None, generated(contract), replacements=broken)
    response = server.respond(Request("GET", "/", query(contract, {})))
    assert (response.status, json.loads(response.body)["Code"]) == (500, "InternalError")
    assert "IndexError" in capsys.readouterr().err
