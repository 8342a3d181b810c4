"""Requirement templates: the tables of both houses, made concrete for what the contract of an operation holds.

The tables are data, read as resources, so that neither house imports the other; the words that they use for subjects,
conditions, roles and citations are the tables of `subjects.py`, `roles.py` and `citations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

from attrs import frozen

from conformance.contract.model import Choice, Contract, ErrorCode, Field, Parameter
from conformance.contract.protocol import Protocol
from conformance.contract.scope import within_scope
from conformance.ledger import roles
from conformance.ledger.choices import kinds
from conformance.ledger.citations import cited, cited_by_sdk
from conformance.ledger.grounds import Ground, disagreement, ground_for_sdk, ground_of
from conformance.ledger.requirement import Level, Requirement
from conformance.ledger.subjects import SUBJECTS, WHERE, TemplateSubject, unique
from conformance.ledger.tables import RequirementTable, Row, shipped_table

ENDPOINT_SCHEMA = "requirements.schema.json"
SDK_SCHEMA = "sdk-requirements.schema.json"
# what a statement may name, besides what its kind of subject has
WORDS = ("subject", "value", "ids_limit")
# said of a requirement about what only older pages have, which is therefore no MUST
_NO_LONGER = "(The newest page no longer has it.)"
# the same of a limit, where the parameter is still there
_NOT_REPEATED = "(The newest page no longer states that limit.)"
# the same of a way that is the only one, and that no more than samples show
_SHOWN = "(Only samples show it.)"
# what there is one requirement for that only the whole contract has, and not what is left of it within its scope
WHOLE = ("scope", "span")
WORDS_OF = {"field": ("type",), "bound": ("field", "side"), "situation": ("situation", "codes"), "choice": ("choice",)}


@frozen
class Template:
    """One row of the endpoint's table, whose head says what each member means."""

    check: str
    level: Level
    each: str
    cites: tuple[str, ...]
    statement: str
    where: str | None = None
    needs: tuple[str, ...] = ()
    choice: str | None = None
    ground: Ground | None = None
    reason: str | None = None


@cache
def endpoint_templates() -> tuple[Template, ...]:
    """The requirement templates of the endpoint side, in the order of the table. Raises BadTable."""
    return templates_in(shipped_table("conformance.endpoint", "requirements.yaml", ENDPOINT_SCHEMA))


def templates_in(table: RequirementTable) -> tuple[Template, ...]:
    """The templates of a table. Raises BadTable."""
    return tuple(_template(table, number) for number in range(len(table.rows)))


def sdk_table() -> RequirementTable:
    """The table of the SDK side, in which `sdk` reads its cases. Raises BadTable."""
    return shipped_table("conformance.sdk", "requirements.yaml", SDK_SCHEMA)


@cache
def guarding() -> frozenset[str]:
    """The checks of an SDK that are about what must stay secret. Raises BadTable."""
    return frozenset(row["id"] for row in sdk_table().rows if row.get("guards") == "credentials")


def reason_of(requirement: Requirement) -> str | None:
    """Why a requirement is no MUST, as its row says; None where it is one, or where its subject alone makes it none."""
    if requirement.side == "sdk":
        row = next((r for r in sdk_table().rows if r["id"] == requirement.check), None)
        return row.get("reason") if row else None
    same = (t for t in endpoint_templates() if t.check == requirement.check and t.level == requirement.level)
    return next((t.reason for t in same), None)


def endpoint_requirements(contract: Contract, protocol: Protocol) -> Iterator[Requirement]:
    """What is required of an endpoint of the operation."""
    listed = within_scope(contract)
    for template in endpoint_templates():
        if all(roles.has(listed, role) for role in template.needs):
            yield from _instances(template, contract if template.each in WHOLE else listed, protocol)


def sdk_requirements(contract: Contract) -> Iterator[tuple[int, Requirement]]:
    """What is required of an SDK for the operation, each with the number of its row. Raises BadTable."""
    table = sdk_table()
    for number, row in enumerate(table.rows):
        if all(roles.has(contract, role) for role in row.get("needs", ())):
            yield number, _of_sdk(table, number, row, contract)


def _template(table: RequirementTable, number: int) -> Template:
    row = table.rows[number]
    template = Template(**{**row, "cites": tuple(row["cites"]), "needs": tuple(row.get("needs", ()))})
    if template.choice is not None and template.choice not in kinds():
        raise table.bad(number, f"{template.choice!r} is no kind of choice (see ledger/choices.yaml)", ("choice",))
    if odd := disagreement(template.level, ground_of(template.cites, template.ground)):
        raise table.bad(number, odd, ("level",))
    known = (*WORDS, *WORDS_OF.get(template.each, ()))
    for _, name, _, _ in Formatter().parse(template.statement):
        if name is not None and name not in known:
            said = f"{{{name}}} stands for nothing here; known: {', '.join(known)}"
            raise table.bad(number, said, ("statement",))
    return template


def _instances(template: Template, contract: Contract, protocol: Protocol) -> Iterator[Requirement]:
    theme, rest = template.check.split(".", 1)
    condition = WHERE[template.where] if template.where else None
    for subject in SUBJECTS[template.each](contract, protocol):
        if condition and not condition(contract, subject):
            continue
        name = f".{subject.name}" if subject.name else ""
        words = {**subject.words, "subject": subject.name, "ids_limit": _ids_limit(contract)}
        level, statement = template.level, template.statement.format(**words, value=_value(template, subject))
        if isinstance(subject.thing, Parameter | Field | ErrorCode) and contract.is_superseded(subject.thing):
            level, statement = "SHOULD" if level == "MUST" else level, f"{statement} {_NO_LONGER}"
        elif _limit_is_superseded(template, subject, contract):
            level, statement = "SHOULD" if level == "MUST" else level, f"{statement} {_NOT_REPEATED}"
        elif isinstance(subject.thing, Choice) and subject.thing.is_settled and _is_sample_only(subject.thing):
            level, statement = "SHOULD", f"{statement} {_SHOWN}"
        yield Requirement(
            id=f"{contract.operation}.{theme}{name}.{rest}",
            level=level,
            side="endpoint",
            statement=statement,
            check=template.check,
            citations=unique(c for word in template.cites for c in cited(word, subject, contract)),
            subject=subject.name,
            choice=_choice(template, subject, contract),
        )


def _is_sample_only(choice: Choice) -> bool:
    """Whether nothing but samples shows any alternative of a choice."""
    places = [c.section for a in choice.alternatives for c in a.citations]
    return bool(places) and all(section == "examples" for section in places)


def _limit_is_superseded(template: Template, subject: TemplateSubject, contract: Contract) -> bool:
    """Whether the limits that a template is about stand on pages before the newest alone."""
    limits = [word for word in template.cites if word.startswith("constraint:") or word == "ids-limit"]
    places = {c.revision for word in limits for c in cited(word, subject, contract)}
    return bool(places) and contract.current.isdisjoint(places)


def _choice(template: Template, subject: TemplateSubject, contract: Contract) -> str | None:
    """The choice that a template leaves open: about its subject, or about the one thing that the kind is about."""
    if template.choice is None:
        return None
    about = (subject.name,) if subject.name else roles.names(contract, kinds()[template.choice].subject)
    found = contract.choice_about(template.choice, about[0]) if about else None
    return found.id if found else None


def _ids_limit(contract: Contract) -> int | None:
    return contract.semantics.ids.limit if contract.semantics.ids else None


def _value(template: Template, subject: TemplateSubject) -> Any:
    for word in template.cites:
        if word.startswith("constraint:"):
            return subject.thing.value(word.removeprefix("constraint:"))
    return None


def _of_sdk(table: RequirementTable, number: int, row: Row, contract: Contract) -> Requirement:
    try:
        places = tuple(c for word in row.get("cites", ()) for c in cited_by_sdk(word, contract))
    except ValueError as error:
        raise table.bad(number, str(error), ("cites",)) from None
    if odd := disagreement(row["level"], ground_for_sdk(row.get("cites", ()), row.get("reason"), row.get("ground"))):
        raise table.bad(number, odd, ("level",))
    return Requirement(
        id=f"{contract.operation}.sdk.{row['id']}",
        level=row["level"],
        side="sdk",
        statement=row["statement"],
        check=row["id"],
        citations=places,
    )
