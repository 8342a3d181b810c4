"""Pages by tokens: each fault of them is found by the requirement about it, and no conformant way is accused."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import Cursor, ErrorCode, Filter, IdList
from conformance.ledger.files import ledger_of
from conformance.reference.faults import cursor as faults_of_cursors
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.variants.cursor import cursors
from tests.gates.runs import certified
from tests.reference.contracts import HERE, parameter, scalar
from tests.reference.small_contracts import ID, NAME, PAGED, TOTAL, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
SIZE = parameter("MaxResults", "integer", default=10, minimum=1, maximum=100)
STATUS = parameter("Status", "string", enum=["sent", "lost"])
BY_TOKEN = listing(
    ID,
    NAME,
    scalar("Status", "sent", enum=["sent", "lost"]),
    parameters=(parameter("NextToken"), SIZE, STATUS),
    response=(scalar("NextToken", "e71d8a535bd9cc11"),),
    key="BoatId",
    cursor=Cursor("NextToken", "NextToken", "MaxResults"),
    filters=(Filter("Status", "Status"),),
)
WITH_NUMBERS_TOO = evolve(
    BY_TOKEN,
    parameters=(*BY_TOKEN.parameters, *pages()),
    response=(*BY_TOKEN.response, *TOTAL),
    semantics=evolve(BY_TOKEN.semantics, paging=PAGED),
)
WITHOUT_SIZE = evolve(
    BY_TOKEN,
    parameters=(BY_TOKEN.parameters[0], STATUS),
    semantics=evolve(BY_TOKEN.semantics, cursor=Cursor("NextToken", "NextToken")),
)
WITH_IDS = evolve(
    BY_TOKEN,
    parameters=(*BY_TOKEN.parameters, parameter("BoatIds", max_items=20, separator=",")),
    semantics=evolve(BY_TOKEN.semantics, ids=IdList("BoatIds", "BoatId", 20)),
)
DOCUMENTED = evolve(BY_TOKEN, errors=(ErrorCode(400, "InvalidParameter.NextToken", "", HERE, "NextToken"),))
FAULTS = faults_of_cursors.faults(FaultRoles(BY_TOKEN, PROTOCOL))


def run(contract, folder, select=("cursor.*",), examples=3, **settings):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    chosen = {"select": select, "traffic": select, "max_examples": examples, "seed": 3}
    return certified(folder, contract, PROTOCOL, folder, **chosen, **settings)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_the_fault_is_found(fault, tmp_path):
    found = run(BY_TOKEN, tmp_path, fault.killed_by, 8, faults=[fault.name])
    assert not found.breakdowns
    assert {f"DescribeBoats.{k}" for k in fault.killed_by} <= set(found.with_verdict("failed", "warned"))


def test_an_unknown_token_is_the_error_that_is_documented(tmp_path):
    fault = "unknown-token-is-the-first-page"
    assert fault not in {f.name for f in FAULTS}
    found = run(DOCUMENTED, tmp_path, ["cursor.foreign-token"], faults=[fault])
    assert "DescribeBoats.cursor.foreign-token" in found.with_verdict("failed", "warned")
    assert {v.name for v in cursors(BY_TOKEN)} - {v.name for v in cursors(DOCUMENTED)} == {
        "unknown-token-counts-as-none",
        "unknown-token-brings-nothing",
    }


def test_each_requirement_has_a_fault():
    required = {r.id.split(".", 1)[1] for r in ledger_of(BY_TOKEN, PROTOCOL).requirements if ".cursor." in r.id}
    assert required == {k for fault in FAULTS for k in fault.killed_by}


@pytest.mark.parametrize("variant", cursors(BY_TOKEN), ids=lambda v: v.name)
def test_a_conformant_way_is_not_accused(variant, tmp_path):
    found = run(WITH_IDS, tmp_path, ("cursor.*", "ids.*"), variants=[variant.name])
    assert not found.breakdowns
    assert not found.with_verdict("failed", "errored", "inconclusive")
    # that the last page has no token is recommended
    recommended = {"DescribeBoats.cursor.last-page-has-no-token"} if variant.name == "every-page-has-a-token" else set()
    assert set(found.with_verdict("warned")) == recommended


@pytest.mark.parametrize("contract", [BY_TOKEN, WITHOUT_SIZE, WITH_NUMBERS_TOO], ids=["token", "no size", "numbers"])
def test_the_reference_is_not_accused(contract, tmp_path):
    themes = ("cursor.*", "parameters.*", "filters.*", "paging.*", "emptiness.*", "isolation.mixed", "isolation.conc*")
    found = run(contract, tmp_path, (*themes, "stability.after-errors", "formats.agree"), 1)
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored", "inconclusive")
    assert "DescribeBoats.cursor.pages-partition-the-listing" in found.with_verdict("passed")
