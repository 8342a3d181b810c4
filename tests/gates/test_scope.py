"""Listings within a scope: a required filter chooses the listing, and the rest is judged within it."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import Filter, TimeRange
from conformance.contract.scope import scopes
from conformance.endpoint.support import unsupported
from conformance.ledger.files import ledger_of
from conformance.reference.faults import all_faults
from conformance.reference.variants import all_variants
from tests.gates.runs import certified
from tests.reference.contracts import parameter, scalar
from tests.reference.small_contracts import ID, KEYED, NAME, TOTAL, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
STATUS = scalar("Status", "sent", enum=["sent", "lost"])


def crew(*chosen, others=()):
    fields = (ID, NAME, scalar("Harbour", "h-1"), STATUS)
    filters = tuple(Filter(p.name, p.name) for p in (*chosen, *others))
    asked = (*pages(), *chosen, *others)
    return listing(*fields, parameters=asked, response=TOTAL, filters=filters, **KEYED)


LISTED = crew(parameter("Status", "string", required=True, enum=["sent", "lost"]))
FREE = crew(parameter("Harbour", "string", required=True), others=(parameter("Status", enum=["sent", "lost"]),))
BOTH = crew(
    parameter("Harbour", "string", required=True),
    parameter("Status", required=True, enum=["sent", "lost"], default="sent"),
)
TO_THE_MINUTE, TO_THE_SECOND = "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ"
# an error log: a time range, and the ship that it is of, have to be given
LOG = listing(
    scalar("Text", "ahoy"),
    scalar("Created", "2022-09-08T12:11:04Z", time_format=TO_THE_SECOND),
    parameters=(
        *pages(),
        parameter("ShipId", required=True, examples=("s-1",)),
        parameter("Start", required=True, examples=("2022-09-07T04:04Z",), time_format=TO_THE_MINUTE),
        parameter("End", required=True, examples=("2022-09-08T04:04Z",), time_format=TO_THE_MINUTE),
    ),
    response=TOTAL,
    range=TimeRange("Start", "End", "Created"),
)
CONTRACTS = {"listed": LISTED, "free": FREE, "both": BOTH, "span": LOG}


def run(contract, folder, select, **settings):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    chosen = {"select": select, "traffic": select, "max_examples": 2, "seed": 3}
    return certified(folder, contract, PROTOCOL, folder, **chosen, **settings)


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_reference_is_not_accused(name, tmp_path):
    themes = (
        "filters.*", "paging.pages-*", "paging.total-counts-*", "parameters.*", "stability.after-errors", "emptiness.*",
        "range.*",
    )  # fmt: skip
    found = run(CONTRACTS[name], tmp_path, themes)
    assert unsupported(CONTRACTS[name]) is None
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")
    passed = found.with_verdict("passed")
    assert {f"DescribeBoats.filters.{f.parameter}.scope" for f in scopes(CONTRACTS[name])} <= set(passed)
    assert ("DescribeBoats.range.scope" in passed) == (name == "span")


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_required_filter_that_is_ignored_is_found(name, tmp_path):
    for chosen in scopes(CONTRACTS[name]):
        fault = f"required-filter-ignored:{chosen.parameter}"
        found = run(CONTRACTS[name], tmp_path, ("filters.*.scope",), faults=[fault])
        assert f"DescribeBoats.filters.{chosen.parameter}.scope" in found.with_verdict("failed", "warned")


@pytest.mark.parametrize("fault", ["required-start-ignored", "required-end-ignored"])
def test_a_required_range_that_is_ignored_is_found(fault, tmp_path):
    found = run(LOG, tmp_path, ("range.scope",), faults=[fault])
    assert set(found.with_verdict("failed")) == {"DescribeBoats.range.scope"}


def test_every_fault_is_about_what_is_required():
    for contract in CONTRACTS.values():
        required = set(ledger_of(contract, PROTOCOL).ids)
        assert {f"DescribeBoats.{k}" for f in all_faults(contract, PROTOCOL) for k in f.killed_by} <= required


def test_what_is_called_by_another_method_is_not_judged():
    assert unsupported(evolve(LISTED, methods=("PUT",))) == "it is called by PUT, and only POST and GET are sent yet"
    assert unsupported(evolve(LISTED, methods=("PUT", "GET"))) is None


@pytest.mark.parametrize("variant", ["extra-members", "progressing"])
def test_a_conformant_way_is_not_accused(variant, tmp_path):
    assert variant in {v.name for v in all_variants(LISTED, PROTOCOL)}
    found = run(LISTED, tmp_path, ("filters.*", "paging.pages-*"), variants=[variant])
    assert not found.with_verdict("failed", "warned", "errored")
