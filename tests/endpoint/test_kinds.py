"""Kinds of operation that once crashed the suite or were accused: their own references are conformant."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import ErrorCode, Field, Filter, IdList
from conformance.endpoint.traffic import Limits
from conformance.generate.required import allowed_value, required_values
from conformance.generate.values import above
from conformance.generate.views import filter_values
from conformance.ledger.files import ledger_of
from tests.gates.runs import certified
from tests.reference.contracts import HERE, choice, parameter, scalar
from tests.reference.small_contracts import ID, KEYED, NAME, PAGED, TOTAL, answering, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
REGION = parameter("RegionId", "string", required=True)
NO_SUCH_REGION = ErrorCode(404, "InvalidRegionId.NotFound", "There is no such region.", HERE, "RegionId")


def errors(*codes):
    return tuple(ErrorCode(status, code, f"{code} it is.", HERE, about) for code, status, about in codes)


def parcels(**parameters):
    """A listing that is filtered by a number within limits and by a flag, the one or the other with a default."""
    weight = parameter("Weight", "integer", minimum=1, maximum=50, **parameters.get("Weight", {}))
    others = [parameter(n, "boolean", **v) for n, v in parameters.items() if n == "Fragile"]
    others += [parameter(n, "string", **v) for n, v in parameters.items() if n == "Status"]
    members = (ID, NAME, scalar("Weight", "7", type="integer"), scalar("Fragile", "true", type="boolean"))
    fields = (*members, scalar("Status", "sent", enum=["sent", "lost"]))
    filters = tuple(Filter(p.name, p.name) for p in (weight, *others))
    return listing(*fields, parameters=(*pages(), weight, *others), response=TOTAL, filters=filters, **KEYED)


TENS = parameter("PageSize", "integer", minimum=10, maximum=50)
LOAD = scalar("Load", "7", type="integer")
KINDS = {
    "no-list-with-region": evolve(
        answering(LOAD, parameters=(REGION,), operation="DescribeLoad", region="RegionId"), errors=(NO_SUCH_REGION,)
    ),
    "what-is-required-has-no-example": answering(
        parameters=(
            REGION,
            parameter("BoatId", "string", required=True),
            parameter("Tag.N.Key", "string", required=True),
            parameter("Route.N.NextHop", "string", required=True),
            parameter("Speed", "integer", required=True, minimum=5, maximum=9),
            parameter("Since", "string", required=True, time_format="yyyy-MM-ddTHH:mmZ"),
            parameter("Fast", "boolean", required=True),
        ),
        region="RegionId",
    ),
    "filter-with-limits-and-flag-with-default": parcels(Fragile={"default": False}),
    "filter-whose-default-names-everything": parcels(Status={"default": "all", "enum": ["all", "sent", "lost"]}),
    "two-errors-about-one-region": evolve(
        listing(ID, NAME, parameters=(*pages(), REGION), response=TOTAL, region="RegionId", **KEYED),
        errors=errors(("RegionId.ApiNotSupported", 400, "RegionId"), ("InvalidRegionId.NotFound", 404, "RegionId")),
    ),
    "a-result-that-has-a-code": answering(
        scalar("Code", "200"), scalar("Message", "success"), parameters=(REGION,), region="RegionId"
    ),
    "an-answer-without-a-request-id": evolve(
        answering(LOAD, parameters=(REGION,), region="RegionId"), response=(LOAD,)
    ),
    "a-number-that-is-called-a-time": answering(
        LOAD, parameters=(parameter("Days", "integer", minimum=1, time_format="yyyy-MM-ddTHH:mm:ssZ"),)
    ),
    "times-in-milliseconds": answering(
        LOAD,
        parameters=(
            parameter("Since", "integer", required=True, minimum=0, time_format="epoch-milliseconds"),
            parameter("Until", "string", time_format="epoch-milliseconds"),
        ),
    ),
    "pages-that-have-to-be-numbered": listing(
        ID,
        NAME,
        parameters=(parameter("PageNumber", "integer", required=True, examples=("21",), maximum=5000), pages()[1]),
        response=TOTAL,
        **KEYED,
    ),
    "a-text-in-json-of-which-a-member-has-a-default": answering(
        LOAD, parameters=(parameter("Config", syntax="json", default="aes", examples=('{"Encryption":"aes"}',)),)
    ),
    "a-text-that-asks-for-a-number": listing(
        ID,
        NAME,
        scalar("SceneId", "20**40", type="integer"),
        parameters=(*pages(), parameter("SceneId", "string", required=True, examples=("36**01",))),
        response=TOTAL,
        filters=(Filter("SceneId", "SceneId"),),
        **KEYED,
    ),
    "pages-that-may-hold-nothing": listing(
        ID,
        NAME,
        parameters=(
            parameter("PageNumber", "integer", minimum=0, default=1),
            parameter("PageSize", "integer", minimum=-1, default=10),
        ),
        response=TOTAL,
        **KEYED,
    ),
    "a-page-of-at-least-ten": listing(
        ID,
        NAME,
        parameters=(pages()[0], parameter("PageSize", "integer", minimum=10, maximum=50)),
        response=TOTAL,
        **KEYED,
    ),
    "a-first-page-that-is-called-0": listing(
        ID,
        NAME,
        parameters=(parameter("PageNumber", "integer", default=0, maximum=1000), pages()[1]),
        response=TOTAL,
        **KEYED,
    ),
    "a-default-outside-of-its-limits": answering(
        LOAD, parameters=(parameter("Bandwidth", "integer", default=-1, minimum=1, maximum=5000),)
    ),
    "an-object-of-which-nothing-is-known": listing(
        ID,
        scalar("Orders", type="object"),
        Field("Crew", "array", HERE, (scalar("Papers", type="object"), NAME)),
        parameters=pages(),
        response=TOTAL,
        **KEYED,
    ),
    "ids-that-each-request-must-name": listing(
        ID,
        NAME,
        parameters=(*pages(), parameter("BoatIds", "string", required=True, max_items=5, separator=",")),
        response=TOTAL,
        ids=IdList("BoatIds", "BoatId", 5),
        **KEYED,
    ),
    "an-error-for-what-may-be-left-out": evolve(
        listing(ID, NAME, parameters=(*pages(), parameter("Pool", "string")), response=TOTAL, **KEYED),
        errors=errors(("MissingParameter.Pool", 400, "Pool")),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_its_reference_is_not_accused(kind, tmp_path):
    found = run(
        KINDS[kind],
        tmp_path,
        (
            "parameters.*",
            "errors.*",
            "*.agree",
            "filters.known-store",
            "envelope.success-*",
            "fields.*.type",
            "*beyond-the-end*",
        ),
    )
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")
    assert found.with_verdict("passed")


KEYLESS = evolve(
    listing(NAME, parameters=(*pages(), REGION), response=TOTAL, paging=PAGED, region="RegionId"),
    errors=errors(("MissingParameter.RegionId", 400, "RegionId")),
)


def test_what_an_error_leaves_is_seen_where_nothing_identifies_an_item(tmp_path):
    only = ["errors.leave-no-trace"]
    assert run(KEYLESS, tmp_path, only).with_verdict("passed")
    found = run(KEYLESS, tmp_path, only, faults=["page-after-an-error-lacks-an-item"])
    assert found.with_verdict("failed", "warned")


IN_COMMON = evolve(
    KINDS["two-errors-about-one-region"],
    errors=errors(("MissingParameter.RegionId", 400, "RegionId"), ("InvalidRegion.NotFound", 400, "RegionId")),
)


def test_the_tables_of_all_operations_are_no_worse_than_its_own_page(tmp_path):
    found = run(IN_COMMON, tmp_path, ["errors.*"], variants=["common-table-for-parameters"])
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")
    assert len(found.with_verdict("passed")) > 2


@pytest.mark.parametrize("fault", ["error-code-differs:InvalidRegion.NotFound", "missing-RegionId-means-any"])
def test_what_no_table_has_is_found_all_the_same(fault, tmp_path):
    found = run(IN_COMMON, tmp_path, ["errors.*.documented"], faults=[fault])
    assert len(found.with_verdict("failed", "warned")) == 1


WHO_OR_WHICH = evolve(
    answering(parameters=(REGION, parameter("BoatId", "string"), parameter("Crew", "string")), region="RegionId"),
    errors=errors(("MissingParameter.BoatIdOrCrew", 400, "BoatId")),
)


def test_what_may_be_left_out_and_has_an_error_for_that_is_not_accused(tmp_path):
    found = run(WHO_OR_WHICH, tmp_path, ["parameters.BoatId.*"], faults=["demanded:BoatId"])
    assert not found.with_verdict("failed", "warned")
    why = found.with_verdict("not-applicable")["ModifyBoat.parameters.BoatId.optional"]
    assert "MissingParameter.BoatIdOrCrew" in why


def test_what_may_be_left_out_and_has_none_is(tmp_path):
    found = run(WHO_OR_WHICH, tmp_path, ["parameters.Crew.optional"], faults=["demanded:Crew"])
    assert set(found.with_verdict("failed", "warned")) == {"ModifyBoat.parameters.Crew.optional"}


def test_of_ids_that_each_request_must_name_no_more_are_known_than_it_names(tmp_path):
    found = run(KINDS["ids-that-each-request-must-name"], tmp_path, ["filters.known-store"], max_examples=12)
    assert set(found.with_verdict("passed")) == {"DescribeBoats.filters.known-store"}


def test_a_getter_that_answers_otherwise_over_get_is_found(tmp_path):
    found = run(KINDS["no-list-with-region"], tmp_path, ["methods.agree"], faults=["get-counts-one-more"])
    assert set(found.with_verdict("failed")) == {"DescribeLoad.methods.agree"}


def test_a_number_over_its_maximum_says_nothing_of_pages_beyond_the_end(tmp_path):
    number = parameter("PageNumber", "integer", minimum=1, maximum=65535, default=1)
    boats = listing(ID, NAME, parameters=(number, pages()[1]), response=TOTAL, **KEYED)
    ways = choice("beyond-the-end", "PageNumber", "empty-page", "last-page", "rejected")
    over = choice("above-maximum", "PageNumber", "rejected", "clamped")
    found = run(evolve(boats, choices=(ways, over)), tmp_path, ("*beyond-the-end*",), max_examples=12)
    about = {"DescribeBoats.paging.beyond-the-end", "DescribeBoats.choices.PageNumber.beyond-the-end.one-alternative"}
    assert set(found.with_verdict("passed")) == about


def run(contract, folder, select=("parameters.*", "errors.*", "methods.agree", "envelope.success-*"), **settings):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    chosen = {"select": select, "traffic": select, "max_examples": 1, "seed": 3, **settings}
    return certified(folder, contract, PROTOCOL, folder, **chosen)


def test_what_is_required_has_an_allowed_value():
    sent = dict(required_values(KINDS["what-is-required-has-no-example"]))
    assert set(sent) == {"BoatId", "Tag.1.Key", "Route.1.NextHop", "Speed", "Since", "Fast"}
    assert 5 <= int(sent["Speed"]) <= 9
    assert sent["Since"].endswith("Z")
    assert sent["Fast"] == "true"


def test_an_example_that_breaks_a_rule_is_not_sent():
    assert allowed_value(evolve(parameter("Speed", "integer", maximum=9), examples=("120", "8"))) == "8"
    assert allowed_value(evolve(parameter("Fast", "boolean"), examples=("False",))) == "false"


def test_nothing_is_filtered_by_what_a_limit_or_a_default_rules_out():
    contract = parcels(Fragile={"default": False})
    items = [{"Weight": "7", "Fragile": "true"}, {"Weight": "100", "Fragile": "false"}]
    assert filter_values(contract, "Weight", items) == ["7"]
    assert filter_values(contract, "Fragile", items) == ["true"]


def test_a_budget_bounds_what_is_sent_and_says_what_it_left_out(tmp_path):
    found = run(KINDS["filter-whose-default-names-everything"], tmp_path, budget=30, limits=Limits(max_requests=30))
    assert found.requests <= 30
    assert found.with_verdict("passed")
    left = found.with_verdict("inconclusive")
    assert left
    assert all("budget" in why or "no exchange" in why for why in left.values())


@given(st.sampled_from([1, 100, 2**31 - 1, 10**12, 2**63 - 1]).flatmap(lambda m: st.tuples(st.just(m), above(m))))
def test_there_is_something_above_every_maximum(drawn):
    maximum, text = drawn
    assert int(text) > maximum


def test_a_request_id_is_required_where_it_is_documented():
    without = ledger_of(KINDS["an-answer-without-a-request-id"], PROTOCOL).ids
    assert not [id for id in without if ".envelope.request-id" in id]
    assert "ModifyBoat.envelope.request-id" in ledger_of(KINDS["a-number-that-is-called-a-time"], PROTOCOL).ids
