"""Texts that are too long, values that are not listed, ids that nothing has: refused where the page has an error for
them, and nobody's fault elsewhere.
"""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import dump_contract, load_contract, load_protocol, schemas_root
from conformance.contract.model import Constraint, ErrorCode, Parameter
from conformance.ledger.files import ledger_of
from conformance.reference import faults, variants
from tests.gates.runs import certified
from tests.reference.contracts import HERE, scalar
from tests.reference.small_contracts import ID, KEYED, TOTAL, answering, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
CHECK = "RenameBoat.parameters.Name.length"


def renaming(most=30, code="InvalidName.Malformed", about="Name", status=400):
    limits = () if most is None else (Constraint("max_length", most, HERE),)
    name = Parameter("Name", "string", False, HERE, limits, ("oak",))
    contract = answering(scalar("BoatId", "b-1"), operation="RenameBoat", parameters=(name,))
    return evolve(contract, errors=(ErrorCode(status, code, "The name is not formed as it should be.", HERE, about),))


def run(contract, folder, **settings):
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    return certified(folder, contract, PROTOCOL, folder, seed=1, **settings)


def requirements(contract):
    return {r.id: r for r in ledger_of(contract, PROTOCOL).requirements}


@pytest.mark.parametrize("code", ["InvalidName.Malformed", "Name.ExceedLimit", "InvalidName.MalFormed"])
def test_an_error_that_is_about_the_text_requires_it(code):
    assert requirements(renaming(code=code))[CHECK].statement.startswith("Name of more than 30 characters is rejected")


def test_it_is_a_must_where_the_newest_page_has_the_limit():
    contract = load_contract(schemas_root() / "ecs" / "2014-05-26" / "CreateDisk")
    assert requirements(contract)["CreateDisk.parameters.DiskName.length"].level == "MUST"


@pytest.mark.parametrize(
    "contract",
    [renaming(code="InvalidName.Duplicate"), renaming(about="Other"), renaming(status=500), renaming(most=None)],
)
def test_without_one_nothing_is_required(contract):
    assert CHECK not in requirements(contract)


@pytest.mark.parametrize("most", [30, 3_000])
def test_it_is_refused_by_the_reference_and_by_whatever_code(most, tmp_path):
    contract = renaming(most)
    for variant in ([], ["refuses-all-alike"]):
        found = run(contract, tmp_path, select=("*.parameters.*",), variants=variant)
        assert not found.with_verdict("failed", "warned", "errored")
        assert CHECK in found.with_verdict("passed")
    assert {v.name for v in variants.all_variants(contract)} >= {"refuses-all-alike"}


@pytest.mark.parametrize("budget", [None, 40])
def test_where_it_is_taken_that_is_found(budget, tmp_path):
    (fault,) = (f.name for f in faults.all_faults(renaming(), PROTOCOL) if f.name.startswith("too-long"))
    found = run(renaming(), tmp_path, select=("*.parameters.*",), faults=[fault], budget=budget)
    assert set(found.with_verdict("failed", "warned")) == {CHECK}
    assert (
        "Name of 31 characters, where 30 are allowed, is not refused" in found.with_verdict("failed", "warned")[CHECK]
    )


LISTED = "RenameBoat.parameters.Kind.listed-alone"


def listing_kinds(code="InvalidKind.ValueNotSupported", kind="string", contract=None):
    kinds = Parameter("Kind", kind, False, HERE, (Constraint("enum", ("sail", "steam"), HERE),), ("sail",))
    contract = contract or renaming()
    return evolve(
        contract,
        parameters=(*contract.parameters, kinds),
        errors=(ErrorCode(400, code, "There is no such kind.", HERE, "Kind"),),
    )


def test_a_value_that_is_not_listed_is_refused_where_no_list_is_filtered_by_it(tmp_path):
    assert LISTED in requirements(listing_kinds())
    assert LISTED not in requirements(listing_kinds(code="InvalidKind.Conflict"))
    boats = listing(ID, parameters=pages(), response=TOTAL, **KEYED)
    assert LISTED.replace("RenameBoat", "DescribeBoats") not in requirements(listing_kinds(contract=boats))
    for variant in ([], ["refuses-all-alike"]):
        found = run(listing_kinds(), tmp_path, select=("*.parameters.*",), variants=variant)
        assert not found.with_verdict("failed", "warned", "errored")
        assert LISTED in found.with_verdict("passed")


@pytest.mark.parametrize("budget", [None, 60])
def test_where_an_unlisted_value_is_taken_that_is_found(budget, tmp_path):
    found = run(listing_kinds(), tmp_path, select=("*.parameters.*",), faults=["unlisted-is-taken:Kind"], budget=budget)
    assert set(found.with_verdict("failed", "warned")) == {LISTED}


NOTHING = "RenameBoat.parameters.BoatId.names-nothing"


def about_a_boat(example="b-bp67acfmxazb4p****", code="InvalidBoatId.NotFound", required=True):
    boat = Parameter("BoatId", "string", required, HERE, (), (example,))
    error = ErrorCode(404, code, "There is no such boat.", HERE, "BoatId")
    return evolve(renaming(), parameters=(boat, *renaming().parameters), errors=(error,))


def test_an_id_that_nothing_has_is_refused_where_a_thing_has_to_be_named(tmp_path):
    for variant in ([], ["refuses-all-alike"]):
        found = run(about_a_boat(), tmp_path, select=("*.parameters.*",), variants=variant)
        assert not found.with_verdict("failed", "warned", "errored")
        assert NOTHING in found.with_verdict("passed")


@pytest.mark.parametrize("other", [{"example": "b-1"}, {"code": "InvalidBoatId.InUse"}, {"required": False}])
def test_what_is_nobodys_or_has_no_error_or_may_be_left_out_is_no_id_of_a_thing(other):
    assert NOTHING not in requirements(about_a_boat(**other))


@pytest.mark.parametrize("budget", [None, 60])
def test_where_an_unknown_id_is_taken_that_is_found(budget, tmp_path):
    faults = ["unknown-is-taken:BoatId"]
    found = run(about_a_boat(), tmp_path, select=("*.parameters.*",), faults=faults, budget=budget)
    assert set(found.with_verdict("failed", "warned")) == {NOTHING}
