"""Small contracts, each without something that the reference could take for granted, or with it in another form."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import (
    Contract,
    ErrorCode,
    Field,
    Filter,
    IdList,
    OptionalField,
    Paging,
    Semantics,
    TimeRange,
)
from tests.reference.contracts import HERE, choice, parameter, scalar

SECONDS, MINUTES, MILLISECONDS = "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mmZ", "epoch-milliseconds"
REQUEST_ID = scalar("RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E")
PAGED = Paging("PageNumber", "PageSize", "TotalCount", "PageNumber", "PageSize")
TOTAL = (
    scalar("TotalCount", "2", type="integer"),
    scalar("PageNumber", "1", type="integer"),
    scalar("PageSize", "2", type="integer"),
)


def pages(maximum=100, default=10):
    bounds = {k: v for k, v in (("default", default), ("maximum", maximum)) if v is not None}
    return (parameter("PageNumber", "integer", default=1, minimum=1), parameter("PageSize", "integer", **bounds))


def listing(*members, parameters=(), response=(), **semantics):
    """An operation that lists boats, of these members."""
    return Contract(
        product="Toy",
        version="2020-01-01",
        operation="DescribeBoats",
        revisions=(),
        parameters=parameters,
        response=(REQUEST_ID, Field("Boats", "object", HERE, (Field("Boat", "array", HERE, members),)), *response),
        errors=(),
        samples=(),
        semantics=Semantics(items="Boats.Boat", **semantics),
    )


ID, NAME, BUILT = scalar("BoatId", "b-12345678"), scalar("Name", "a boat"), scalar("Built", time_format=SECONDS)
KEYED = {"key": "BoatId", "paging": PAGED}


def answering(*response, parameters=(), operation="ModifyBoat", **semantics):
    """An operation that returns no list."""
    return evolve(
        listing(),
        operation=operation,
        parameters=parameters,
        response=(REQUEST_ID, *response),
        semantics=Semantics(**semantics),
    )


SAILOR = Field("Sailor", "array", HERE, (scalar("Name"), scalar("Age", type="integer")))
CREW = Field("Crew", "object", HERE, (SAILOR,))
TREE = (
    scalar("Speed", type="integer"),
    scalar("Depth", type="number"),
    scalar("Afloat", type="boolean"),
    scalar("Colour", enum=["Red", "Green"]),
    scalar("Launched", time_format=SECONDS),
    scalar("Sunk", "1~10", type="integer"),
    scalar("Chart", type="object"),
    Field("Hull", "object", HERE, (scalar("Material", "oak"), scalar("Planks", type="integer"))),
    CREW,
    Field("Flags", "array", HERE, item_type="string", xml_item="Flag"),
    Field("Depths", "array", HERE, item_type="integer", examples=("7",)),
)

CONTRACTS = {
    "neither key nor pages": listing(NAME, BUILT),
    "no key, pages": listing(NAME, BUILT, parameters=pages(), response=TOTAL, paging=PAGED),
    "no key, no time": listing(NAME, scalar("Weight", type="integer")),
    "key, no pages": listing(ID, NAME, key="BoatId"),
    "no echoes": listing(
        ID, parameters=pages(), response=TOTAL[:1], key="BoatId", paging=Paging("PageNumber", "PageSize", "TotalCount")
    ),
    "ids without a limit": listing(
        ID,
        NAME,
        parameters=(parameter("BoatIds"), *pages()),
        response=TOTAL,
        ids=IdList("BoatIds", "BoatId"),
        **KEYED,
    ),
    "five a page at most": listing(ID, parameters=pages(maximum=5, default=None), response=TOTAL, **KEYED),
    "pages of any size": listing(ID, parameters=pages(maximum=None, default=None), response=TOTAL, **KEYED),
    "a filter that is a truth value": listing(
        ID,
        scalar("Afloat", type="boolean"),
        parameters=(parameter("Afloat", "boolean"), *pages()),
        response=TOTAL,
        filters=(Filter("Afloat", "Afloat"),),
        **KEYED,
    ),
    "truth values and numbers that are listed": listing(
        ID,
        scalar("Afloat", type="boolean"),
        scalar("Masts", type="integer"),
        parameters=(
            parameter("Afloat", "boolean", enum=[True, False]),
            parameter("Masts", "integer", enum=[1, 2, 3]),
            *pages(),
        ),
        response=TOTAL,
        filters=(Filter("Afloat", "Afloat"), Filter("Masts", "Masts")),
        **KEYED,
    ),
    "required parameters": listing(
        ID,
        parameters=(
            parameter("HarbourId", required=True, examples=("h-1",)),
            parameter("Berth", "integer", required=True, minimum=1),
            parameter("Tag.N.Key", required=True),
            parameter("Routes", "array", required=True),
        ),
        key="BoatId",
    ),
    "a region that may be left out": evolve(
        listing(
            ID,
            parameters=(parameter("RegionId", examples=("cn-hangzhou",)), *pages()),
            response=(scalar("RegionId", "cn-hangzhou"), *TOTAL),
            region="RegionId",
            region_echo="RegionId",
            **KEYED,
        ),
        errors=(
            ErrorCode(404, "InvalidRegionId.NotFound", "The region does not exist.", HERE, "RegionId"),
            ErrorCode(403, "InvalidRegion.Closed", "The region is closed.", HERE, "RegionId"),
        ),
    ),
    "keys that are numbers": listing(
        scalar("BoatId", "1234", type="integer"),
        parameters=(parameter("BoatIds"), *pages()),
        response=TOTAL,
        ids=IdList("BoatIds", "BoatId", 20),
        **KEYED,
    ),
    "keys that are listed": listing(scalar("BoatId", enum=["Ark", "Argo", "Titanic"]), NAME, key="BoatId"),
    "times in milliseconds": listing(
        ID,
        scalar("Built", "1552199984000", type="integer", time_format=MILLISECONDS),
        parameters=(
            parameter("StartTime", time_format=MILLISECONDS),
            parameter("EndTime", "integer", time_format=MILLISECONDS),
            *pages(),
        ),
        response=TOTAL,
        range=TimeRange("StartTime", "EndTime", "Built"),
        **KEYED,
    ),
    "a range with a start alone": listing(
        ID,
        BUILT,
        parameters=(parameter("StartTime", time_format=MINUTES), *pages()),
        response=TOTAL,
        range=TimeRange("StartTime", None, "Built"),
        **KEYED,
    ),
    "a value that comes later": listing(
        ID,
        BUILT,
        scalar("Afloat", type="boolean"),
        scalar("Sunk", time_format=SECONDS),
        parameters=(parameter("Afloat", "boolean", enum=["true", "false"]),),
        key="BoatId",
        filters=(Filter("Afloat", "Afloat"),),
        optional_fields=(OptionalField("Sunk", "Afloat", ("false",)),),
    ),
    "items inside items": listing(
        ID,
        scalar("Chart", type="object"),
        CREW,
        Field("Flags", "array", HERE, item_type="string"),
        key="BoatId",
        response=(Field("Warnings", "array", HERE, (scalar("Text"),)),),
    ),
    "a list of texts": evolve(
        listing(),
        response=(
            REQUEST_ID,
            Field("Boats", "object", HERE, (Field("Boat", "array", HERE, item_type="string", examples=("b-1",)),)),
        ),
    ),
    "no list": answering(*TREE),
    "no list, a region and choices": evolve(
        answering(
            scalar("RegionId", "cn-hangzhou"),
            scalar("Afloat", "true"),
            parameters=(
                parameter("RegionId", required=True, examples=("cn-hangzhou",)),
                parameter("BoatId", required=True),
                parameter("Speed", "integer", minimum=1, maximum=30),
            ),
            region="RegionId",
            region_echo="RegionId",
        ),
        choices=(
            choice("json-type", "Afloat", "string", "boolean"),
            choice("above-maximum", "Speed", "rejected", "clamped"),
            choice("unknown-parameter", "request", "ignored", "rejected"),
        ),
    ),
    "nothing but an id": answering(),
    "nothing at all": evolve(answering(request_id=None), response=()),
}
