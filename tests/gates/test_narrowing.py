"""Lists of values, tags, bounds, patterns and tries: each fault is found, and no conformant way is accused."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import Field, Filter, IdList
from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.derive.choices import silences_anew
from conformance.ledger.files import ledger_of
from conformance.reference.faults import filters as faults_of_filters
from conformance.reference.faults import narrowing as faults_of_narrowing
from conformance.reference.faults import parameters as faults_of_parameters
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.variants.dialects import dialects
from tests.gates.runs import certified
from tests.reference.contracts import HERE, parameter, scalar
from tests.reference.small_contracts import ID, NAME, PAGED, SECONDS, TOTAL, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
TAG = Field("Tag", "array", HERE, (scalar("TagKey", "team"), scalar("TagValue", "red")))
COLOURS = ["red", "green", "blue", "white", "black", "grey"]
BOATS = listing(
    ID,
    NAME,
    scalar("Colour", "red"),
    scalar("Harbour", "north"),
    scalar("Length", "7", type="integer"),
    scalar("SeenTime", time_format=SECONDS),
    Field("Tags", "object", HERE, (TAG,)),
    parameters=(
        *pages(),
        parameter("BoatId.N", "array", max_items=20),
        parameter("Colour.N", "array", enum=COLOURS, max_items=10),
        parameter("Harbours", syntax="json-array", max_items=10),
        parameter("Name", matching="wildcard"),
        parameter("Tag.N.Key"),
        parameter("Tag.N.Value"),
        parameter("MinLength", "integer"),
        parameter("MaxLength", "integer"),
        parameter("SeenTime.Start", time_format=SECONDS),
        parameter("SeenTime.End", time_format=SECONDS),
        parameter("DryRun", "boolean", dry_run_code="DryRunOperation"),
    ),
    response=TOTAL,
    key="BoatId",
    paging=PAGED,
    ids=IdList("BoatId.N", "BoatId", 20),
    filters=(Filter("Name", "Name"),),
    selectors=(Selector("Colour.N", "Colour", limit=10), Selector("Harbours", "Harbour", "json-array", 10)),
    tags=TagFilter("Tag.N.Key", "Tag.N.Value", "Tags.Tag", "TagKey", "TagValue"),
    bounds=(
        Bound("MinLength", "Length", "least"),
        Bound("MaxLength", "Length", "most"),
        Bound("SeenTime.Start", "SeenTime", "least"),
        Bound("SeenTime.End", "SeenTime", "most"),
    ),
)
BOATS = evolve(BOATS, choices=silences_anew(BOATS, {}))
ROLES = FaultRoles(BOATS, PROTOCOL)
PATTERNS = tuple(f for f in faults_of_filters.faults(ROLES) if f.name.startswith("pattern-"))
FAULTS = (*faults_of_narrowing.faults(ROLES), *PATTERNS)
# tags as one text in JSON, and bounds whose word stands in a parameter beside them
IN_TEXT = listing(
    ID,
    scalar("SeenTime", time_format=SECONDS),
    Field("Tags", "object", HERE, (TAG,)),
    parameters=(
        *pages(),
        parameter("Tags", syntax="json", examples=('[{"tagKey":"a","tagValue":"b"}]',)),
        parameter("Filter.1.Key", examples=("SeenStartTime",)),
        parameter("Filter.1.Value", time_format=SECONDS),
        parameter("Pair.N.Key", examples=("SeenStartTime", "SeenEndTime")),
        parameter("Pair.N.Value", time_format=SECONDS),
    ),
    response=TOTAL,
    key="BoatId",
    paging=PAGED,
    tags=TagFilter("Tags", "Tags", "Tags.Tag", "TagKey", "TagValue", "tagKey", "tagValue"),
    bounds=(
        Bound("Filter.1.Value", "SeenTime", "least", "Filter.1.Key", "SeenStartTime"),
        Bound("Pair.2.Value", "SeenTime", "most", "Pair.2.Key", "SeenEndTime", any_number=True),
    ),
)
IN_TEXT = evolve(IN_TEXT, choices=silences_anew(IN_TEXT, {}))
ROLES_IN_TEXT = FaultRoles(IN_TEXT, PROTOCOL)
FAULTS_IN_TEXT = (
    *faults_of_narrowing.faults(ROLES_IN_TEXT),
    *(f for f in faults_of_parameters.faults(ROLES_IN_TEXT) if f.name == "malformed-crashes:Tags"),
)
THEMES = ("selectors.*", "tags.*", "bounds.*", "*.pattern", "parameters.dry-run")
OPEN = ("several-tags", "tag-without-value")
VARIANTS = tuple(v for v in dialects(BOATS) if any(f".{kind}=" in v.name for kind in OPEN))


def run(folder, select=THEMES, examples=4, contract=BOATS, **settings):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    chosen = {"select": select, "traffic": select, "max_examples": examples, "seed": 3, "formats": ("json",)}
    return certified(folder, contract, PROTOCOL, folder, **{**chosen, **settings})


# the others are judged as for tags that are repeated, and bounds that stand alone
QUICK = ("tags-ignored", "bound-ignored:Pair.2.Value", "malformed-crashes:Tags")
WAYS_IN_TEXT = tuple(v for v in dialects(IN_TEXT) if v.name.startswith("Tags.malformed="))


@pytest.mark.parametrize("variant", [None, *WAYS_IN_TEXT], ids=lambda v: v.name if v else "as documented")
def test_tags_in_a_text_and_pairs_are_no_accusation(variant, tmp_path):
    themes = ("tags.*", "bounds.*", "parameters.*", "*.one-alternative", "isolation.mixed")
    found = run(tmp_path, themes, 4, IN_TEXT, variants=[variant.name] if variant else [])
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored")
    passed = set(found.with_verdict("passed"))
    assert {f"DescribeBoats.{r}" for r in ("tags.complete", "bounds.Pair.2.Value.complete", "tags.several")} <= passed
    assert "DescribeBoats.choices.Tags.malformed.one-alternative" in passed


def test_there_is_a_variant_for_each_way_of_what_is_no_json():
    assert {v.name.split("=")[1] for v in WAYS_IN_TEXT} == {"ignored", "matches-nothing"}


@pytest.mark.parametrize(
    ("contract", "fault"),
    [
        *((BOATS, f) for f in FAULTS),
        *(pytest.param(IN_TEXT, f, marks=() if f.name in QUICK else pytest.mark.gate) for f in FAULTS_IN_TEXT),
    ],
    ids=lambda one: one.name if hasattr(one, "name") else "in-text" if one is IN_TEXT else "boats",
)
def test_the_fault_is_found(contract, fault, tmp_path):
    found = run(tmp_path, fault.killed_by, 10, contract, faults=[fault.name], shrinks=0)
    assert not found.breakdowns
    assert {f"DescribeBoats.{k}" for k in fault.killed_by} <= set(found.with_verdict("failed", "warned"))


def test_each_requirement_has_a_fault():
    themes = (".selectors.", ".tags.", ".bounds.", ".pattern", ".dry-run")
    required = {
        r.id.split(".", 1)[1]
        for r in ledger_of(BOATS, PROTOCOL).requirements
        if r.side == "endpoint" and any(theme in r.id for theme in themes)
    }
    assert required == {k for fault in FAULTS for k in fault.killed_by}


def test_the_reference_is_not_accused(tmp_path):
    themes = (*THEMES, "ids.*", "filters.*", "parameters.*", "paging.*", "emptiness.*", "isolation.mixed")
    found = run(tmp_path, themes, 1)
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")
    assert {"DescribeBoats.tags.several", "DescribeBoats.ids.complete"} <= set(found.with_verdict("passed"))


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_a_conformant_way_is_not_accused(variant, tmp_path):
    found = run(tmp_path, (*THEMES, "*.one-alternative", "filters.known-store"), variants=[variant.name])
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")


def test_there_is_a_variant_for_each_open_way():
    assert {v.name.split("=")[1] for v in VARIANTS} == {"any-of-them", "rejected", "matches-nothing"}
