"""Roles of parameters that keep some of the items: lists of values, tags, bounds, patterns, and tries."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.model import Field
from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.derive.prose import findings
from conformance.derive.roles import semantics
from conformance.derive.text import sentences
from tests.reference.contracts import HERE, parameter, scalar
from tests.reference.small_contracts import ID, SECONDS, listing

TAG = Field("Tag", "array", HERE, (scalar("TagKey"), scalar("TagValue")))
MEMBERS = (
    ID,
    scalar("Colour"),
    scalar("HarbourId"),
    scalar("Length", type="integer"),
    scalar("SeenTime", time_format=SECONDS),
    Field("Tags", "object", HERE, (TAG,)),
)


def roles(*parameters, members=MEMBERS):
    return semantics(evolve(listing(*members), parameters=parameters))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (parameter("Colour.N", "array", max_items=5), Selector("Colour.N", "Colour", "repeated", 5)),
        (parameter("Colours.N", "array"), Selector("Colours.N", "Colour")),
        (parameter("HarbourIds", syntax="json-array"), Selector("HarbourIds", "HarbourId", "json-array")),
        (parameter("HarbourIds", examples=('["h-1", "h-2"]',)), Selector("HarbourIds", "HarbourId", "json-array")),
        (parameter("Harbour.Ids", syntax="json-array"), Selector("Harbour.Ids", "HarbourId", "json-array")),
        (parameter("Colours", separator=",", max_items=3), Selector("Colours", "Colour", "comma", 3)),
        (parameter("Colour.N", "array", required=True), None),
        (parameter("Mood.N", "array"), None),
        (parameter("Tags.N", "array"), None),
    ],
    ids=lambda one: getattr(one, "name", None) or str(one),
)
def test_lists_of_values(given, expected):
    assert roles(given).selectors == ((expected,) if expected else ())


def test_a_repeated_id_is_the_list_of_ids():
    found = roles(parameter("BoatId.N", "array", max_items=50), parameter("Colour.N", "array"))
    assert (found.ids.parameter, found.ids.field, found.ids.limit) == ("BoatId.N", "BoatId", 50)
    assert [s.parameter for s in found.selectors] == ["Colour.N"]


def test_tags_are_those_that_items_show():
    asked = (parameter("Tag.N.Key"), parameter("Tag.N.Value"))
    assert roles(*asked).tags == TagFilter("Tag.N.Key", "Tag.N.Value", "Tags.Tag", "TagKey", "TagValue")
    assert roles(*asked, members=(ID,)).tags is None
    assert roles(asked[0]).tags is None


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("MinLength", "integer", Bound("MinLength", "Length", "least")),
        ("MaximumLength", "integer", Bound("MaximumLength", "Length", "most")),
        ("SeenTime.Start", "time", Bound("SeenTime.Start", "SeenTime", "least")),
        ("SeenEndTime", "time", Bound("SeenEndTime", "SeenTime", "most")),
        ("MaxResults", "integer", None),
        ("MinLength", "string", None),
    ],
)
def test_least_and_greatest_values(name, kind, expected):
    given = parameter(name, time_format=SECONDS) if kind == "time" else parameter(name, kind)
    assert roles(given).bounds == ((expected,) if expected else ())


TEXT = parameter("Tags", syntax="json", examples=('[{"tagKey":"Key1","tagValue":"Value1"}]',))


def test_tags_may_be_one_text_in_json():
    expected = TagFilter("Tags", "Tags", "Tags.Tag", "TagKey", "TagValue", "tagKey", "tagValue")
    assert roles(TEXT).tags == expected
    assert roles(TEXT, members=(ID,)).tags is None
    assert roles(evolve(TEXT, constraints=())).tags is None
    assert roles(evolve(TEXT, examples=('{"key1":"value1"}',))).tags is None


def test_pairs_whose_keys_are_documented_words_are_bounds():
    pairs = [
        (parameter(f"Filter.{n}.Key", examples=(word,)), parameter(f"Filter.{n}.Value", time_format=SECONDS))
        for n, word in ((1, "SeenStartTime"), (2, "SeenEndTime"), (3, "Colour"))
    ]
    assert roles(*(p for pair in pairs for p in pair)).bounds == (
        Bound("Filter.1.Value", "SeenTime", "least", "Filter.1.Key", "SeenStartTime"),
        Bound("Filter.2.Value", "SeenTime", "most", "Filter.2.Key", "SeenEndTime"),
    )
    numbered = parameter("Filter.N.Key", examples=("SeenStartTime", "SeenEndTime"))
    assert [b.parameter for b in roles(numbered, parameter("Filter.N.Value", time_format=SECONDS)).bounds] == [
        "Filter.1.Value", "Filter.2.Value",
    ]  # fmt: skip
    assert roles(numbered).bounds == ()
    assert roles(numbered, parameter("Filter.N.Value")).bounds == ()


def test_what_tells_several_items_of_one_thing_apart_leaves_them_without_a_key():
    assert roles(members=(scalar("ResourceId"), scalar("TagKey"), scalar("TagValue"))).key is None
    assert roles(members=(scalar("TemplateId"), scalar("VersionNumber", type="integer"))).key is None
    assert roles(members=(scalar("CrewId"),)).key == "CrewId"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The name. You can use the wildcard * to search.", ("matching", "wildcard")),
        ("The name. Fuzzy match is supported.", ("matching", "part")),
        ("Wildcards are not supported.", None),
        ("名称，可以用通配符*查找。", ("matching", "wildcard")),
        ("名称，能进行模糊匹配。", ("matching", "part")),
        ("名称，不支持模糊查询。", None),
    ],
)
def test_how_a_text_is_looked_for(text, expected):
    found = {(f.kind, f.value) for f in findings("Name", "string", sentences(text)) if f.kind == "matching"}
    assert found == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("true: tries it. If it would succeed, the DryRunOperation error code is returned.", "DryRunOperation"),
        ("true：只检查。通过则返回错误码`DryRunOperation`。", "DryRunOperation"),
        ("true：只检查。通过则返回`DRYRUN.SUCCESS`。", "DRYRUN.SUCCESS"),
        ("Whether to try it only.", None),
    ],
)
def test_what_answers_a_try(text, code):
    found = [f.value for f in findings("DryRun", "boolean", sentences(text)) if f.kind == "dry_run_code"]
    assert found == ([code] if code else [])
    assert not [f for f in findings("Force", "boolean", sentences(text)) if f.kind == "dry_run_code"]
