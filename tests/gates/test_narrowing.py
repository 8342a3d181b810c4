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
THEMES = ("selectors.*", "tags.*", "bounds.*", "*.pattern", "parameters.dry-run")
OPEN = ("several-tags", "tag-without-value")
VARIANTS = tuple(v for v in dialects(BOATS) if any(f".{kind}=" in v.name for kind in OPEN))


def run(folder, select=THEMES, examples=4, **settings):
    (folder / "contract.yaml").write_text(dump_contract(BOATS), "utf-8")
    chosen = {"select": select, "traffic": select, "max_examples": examples, "seed": 3, "formats": ("json",)}
    return certified(folder, BOATS, PROTOCOL, folder, **{**chosen, **settings})


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_the_fault_is_found(fault, tmp_path):
    found = run(tmp_path, fault.killed_by, 10, faults=[fault.name], shrinks=2)
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
