"""What level a requirement has: documented today, documented once, or left open by pages that contradict each other."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.contract.model import Alternative, Choice, Contract
from conformance.ledger.grounds import BINDING, ground_for_sdk, ground_of
from conformance.ledger.requirement import Requirement
from conformance.ledger.tables import BadTable, read_table
from conformance.ledger.templates import (
    ENDPOINT_SCHEMA,
    endpoint_requirements,
    endpoint_templates,
    reason_of,
    sdk_requirements,
    sdk_table,
    templates_in,
)

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
    assert not any("no longer has it" in r.statement for r in kept.values())


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


def limited_by(revision: str, name: str, kind: str) -> Contract:
    """The contract as it were, if only one revision stated this limit of a parameter that both have."""
    found = CONTRACT.parameter(name)
    assert found is not None
    limits = tuple(
        evolve(c, citations=tuple(x for x in c.citations if x.revision == revision)) if c.kind == kind else c
        for c in found.constraints
    )
    parameter = evolve(found, constraints=limits)
    return evolve(CONTRACT, parameters=tuple(parameter if p.name == name else p for p in CONTRACT.parameters))


@pytest.mark.parametrize(
    ("name", "kind", "checks"),
    [
        ("PageSize", "maximum", ("parameters.maximum", "parameters.above-maximum")),
        ("PageSize", "default", ("parameters.default",)),
        ("PageNumber", "minimum", ("parameters.minimum", "parameters.below-minimum")),
    ],
)
def test_a_limit_that_the_newest_page_does_not_repeat_is_no_must(name, kind, checks) -> None:
    dropped, kept = about(limited_by(OLD, name, kind), name), about(limited_by(NEW, name, kind), name)
    for check in checks:
        assert kept[check].level == "MUST"
        assert dropped[check].level == "SHOULD"
        assert "newest page no longer states that limit" in dropped[check].statement
    others = {check for check in kept if check not in checks}
    assert others
    assert {c: kept[c].level for c in others} == {c: dropped[c].level for c in others}


def test_the_number_of_ids_too() -> None:
    over = {c: r.level for c, r in ids_of(limited_by(OLD, "TaskIds", "max_items")).items()}
    assert over == dict.fromkeys(over, "SHOULD")
    assert {r.level for r in ids_of(limited_by(NEW, "TaskIds", "max_items")).values()} == {"MUST"}


def ids_of(contract: Contract) -> dict[str, Requirement]:
    found = endpoint_requirements(contract, PROTOCOL)
    return {r.check: r for r in found if r.check in ("ids.up-to-the-limit", "ids.over-the-limit")}


def test_each_level_follows_from_its_ground() -> None:
    grounds = {t.check: (t.level, ground_of(t.cites, t.ground)) for t in endpoint_templates()}
    rows = sdk_table().rows
    grounds |= {
        f"sdk.{r['id']}": (r["level"], ground_for_sdk(r.get("cites", ()), r.get("reason"), r.get("ground")))
        for r in rows
    }
    assert {ground for _, ground in grounds.values()} == {"states", "protocol", "sample-only", "open"}
    assert not {c for c, (level, ground) in grounds.items() if (level == "MUST") != (ground in BINDING)}
    assert sum(1 for _ in sdk_requirements(CONTRACT)) > 100  # which holds each row against its ground


def test_each_row_that_is_no_must_says_why() -> None:
    assert not [t.check for t in endpoint_templates() if (t.level == "MUST") == bool(t.reason)]
    found = [r for r in endpoint_requirements(CONTRACT, PROTOCOL) if r.level == "SHOULD"]
    told = {r.check: reason_of(r) for r in found if "The newest page" not in r.statement}
    assert len(told) > 20
    assert None not in told.values()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("errors.documented", "signatures.documented-code"),
        ("errors.documented", "protocol.documented-code"),
        ("envelope.error-body", "envelope.host-id"),
        ("ids.unknown-id", "ids.blank-id"),
        ("protocol.refused", "methods.other"),
        ("signatures.covers-headers", "signatures.more-signed-headers"),
        ("ids.over-the-limit", "parameters.above-maximum"),
    ],
)
def test_twins_have_one_level(one: str, other: str) -> None:
    levels = {t.check: t.level for t in endpoint_templates()}
    assert levels[one] == levels[other] == "MUST"


@pytest.mark.parametrize(
    ("level", "more", "problem"),
    [
        ("SHOULD", "cites: [subject]", "what stands on 'states' is a MUST"),
        ("SHOULD", "cites: ['protocol:methods']", "what stands on 'protocol' is a MUST"),
        ("MUST", "cites: [samples]", "what stands on 'sample-only' is no MUST"),
        ("MUST", "cites: [subject], ground: open", "what stands on 'open' is no MUST"),
    ],
)
def test_a_row_whose_level_is_no_consequence_of_its_ground_is_refused(level, more, problem) -> None:
    row = f"- {{check: fields.type, level: {level}, each: field, statement: It is so., {more}}}"
    with pytest.raises(BadTable, match=problem):
        templates_in(read_table(row, "rows.yaml", ENDPOINT_SCHEMA))
