"""What level a requirement has: documented today, documented once, or left open by pages that contradict each other."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.contract.model import Alternative, Choice, Contract
from conformance.ledger.requirement import Requirement
from conformance.ledger.templates import endpoint_requirements

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
OLD, NEW = (r.id for r in CONTRACT.revisions)


def about(contract: Contract, subject: str) -> dict[str, Requirement]:
    found = (r for r in endpoint_requirements(contract, PROTOCOL) if r.subject == subject)
    return {r.check: r for r in found if r.citations}


def documented_by(revision: str, name: str) -> Contract:
    """The contract as it were, if only one revision had this parameter, field or error."""

    def cited(thing):
        return evolve(thing, citations=tuple(c for c in thing.citations if c.revision == revision))

    return evolve(
        CONTRACT,
        parameters=tuple(cited(p) if p.name == name else p for p in CONTRACT.parameters),
        response=tuple(cited(f) if f.name == name else f for f in CONTRACT.response),
        errors=tuple(cited(e) if e.code == name else e for e in CONTRACT.errors),
    )


@pytest.mark.parametrize("name", ["PageSize", "TaskStatus", "TotalCount", "InvalidRegionId.NotFound"])
def test_what_the_newest_page_no_longer_has_is_no_must(name: str) -> None:
    dropped, kept = about(documented_by(OLD, name), name), about(documented_by(NEW, name), name)
    musts = {check for check, r in kept.items() if r.level == "MUST"}
    assert musts
    assert {dropped[check].level for check in musts} == {"SHOULD"}
    assert all("newest page no longer has it" in dropped[check].statement for check in musts)
    assert not any("no longer" in r.statement for r in kept.values())


def test_pages_of_one_date_are_all_the_newest() -> None:
    both = documented_by(OLD, "PageSize")
    same_day = evolve(both, revisions=tuple(evolve(r, date=NEW) for r in both.revisions))
    assert about(same_day, "PageSize")["parameters.maximum"].level == "MUST"


@pytest.mark.parametrize("required", [True, False])
def test_whether_a_parameter_must_be_given_is_demanded_only_where_the_pages_agree(required: bool) -> None:
    stated = evolve(
        CONTRACT,
        parameters=tuple(evolve(p, required=required) if p.name == "PageSize" else p for p in CONTRACT.parameters),
    )
    demands = {"parameters.required", "parameters.optional"}
    assert demands & set(about(stated, "PageSize")) == {"parameters.required" if required else "parameters.optional"}
    ways = (Alternative("required", "It must be given."), Alternative("optional", "It may be left out."))
    left_open = Choice("PageSize.required", "required", "PageSize", "contradiction", "Must it?", ways, "required")
    assert not demands & set(about(evolve(stated, choices=(*stated.choices, left_open)), "PageSize"))
