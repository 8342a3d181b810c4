"""The SDK requirements: the table in sdk/requirements.yaml, made concrete for one operation."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from attrs import evolve, fields, frozen
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, override

from conformance.contract.files import parse_citation
from conformance.contract.model import Citation, Contract
from conformance.ledger.requirement import Ledger, Level, Requirement
from conformance.sdk.cases import CallSpec, Case, CaseSpec, ReplySpec
from conformance.sdk.roles import SdkRoles, roles

_TABLE = "requirements.yaml"
_OF_CASE = frozenset(a.name for a in fields(Case)) - {"subject", "options"}
_OF_ROW = frozenset(("parameters", "reply", "expand", "kind", "tails", "except"))


class BadTable(ValueError):
    """The table of requirements cannot be read; its text names the row."""


@frozen
class SdkRequirement:
    """A requirement with the cases that show it.

    `over` tells what the judge looks at: one case, or every request, every answer or the log of the whole
    run. `reason` says why a SHOULD or MAY is no MUST. `combine` any: it is enough that one of the cases passes.
    """

    requirement: Requirement
    judge: str
    over: Literal["case", "requests", "answers", "run"] = "case"
    cases: tuple[CaseSpec, ...] = ()
    problems: tuple[str, ...] = ()
    combine: Literal["all", "any"] = "all"
    reason: str | None = None

    @property
    def id(self) -> str:
        return self.requirement.id

    @property
    def level(self) -> Level:
        return self.requirement.level


def requirements(contract: Contract, roles: SdkRoles) -> tuple[SdkRequirement, ...]:
    """The requirements that make sense for the operation. Raises BadTable."""
    rows = yaml.load(table_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple(_read(row, contract) for row in rows if all(roles.has(r) for r in row.get("needs", ())))


def table_text() -> str:
    """The table as it is in its file."""
    return resources.files("conformance.sdk").joinpath(_TABLE).read_text(encoding="utf-8")


def _read(row: dict[str, Any], contract: Contract) -> SdkRequirement:
    try:
        if not row.get("cites") and not row.get("reason"):
            raise BadTable(f"{row['id']}: neither cites nor reason")
        requirement = Requirement(
            id=f"{contract.operation}.sdk.{row['id']}",
            level=row["level"],
            side="sdk",
            statement=row["statement"],
            check=row["id"],
            citations=tuple(c for words in row.get("cites", ()) for c in _citations(words, contract)),
        )
        return SdkRequirement(
            requirement,
            judge=row["judge"],
            over=row.get("over", "case"),
            cases=tuple(_case(c) for c in row.get("cases", ())),
            problems=tuple(row.get("problems", ())),
            combine=row.get("combine", "all"),
            reason=row.get("reason"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadTable(f"{_TABLE}: row {row.get('id', row)}: {error}") from error


def _case(data: dict[str, Any]) -> CaseSpec:
    unknown = set(data) - _OF_CASE - _OF_ROW
    if unknown:
        raise BadTable(f"unknown members of a case: {', '.join(sorted(unknown))}")
    members = {k: v for k, v in data.items() if k not in _OF_ROW | {"calls", "replies"}}
    calls = data.get("calls") or [{"parameters": data.get("parameters", {})}]
    replies = data.get("replies") or [data.get("reply", {})]
    converter = _converter()
    case = converter.structure({**members, "name": str(members.get("name", ""))}, Case)
    try:
        replies = converter.structure(replies, tuple[ReplySpec, ...])
    except Exception as error:
        raise BadTable("; ".join(transform_error(error))) from None
    return CaseSpec(
        case=evolve(case, calls=tuple(CallSpec(**c) for c in calls), replies=replies),
        expand=data.get("expand"),
        kind=data.get("kind"),
        tails=data.get("tails", {}),
        excluded=tuple(data.get("except", ())),
    )


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    hook = make_dict_structure_fn(ReplySpec, converter, format=override(rename="as"), _cattrs_forbid_extra_keys=True)
    converter.register_structure_hook(ReplySpec, hook)
    return converter


def _citations(words: str, contract: Contract) -> tuple[Citation, ...]:
    """A word for a part of the contract stands for where the documentation says it; anything else is a place."""
    semantics = contract.semantics
    match words:
        case "parameters":
            return tuple(Citation(r.id, "parameters") for r in contract.revisions)
        case "response":
            return tuple(Citation(r.id, "response") for r in contract.revisions)
        case "errors":
            return tuple(Citation(r.id, "errors") for r in contract.revisions)
        case "samples":
            return tuple(dict.fromkeys(c for s in contract.samples if s.role == "response" for c in s.citations))
        case "paging":
            paging = semantics.paging
            named = [
                contract.parameter(paging.number),
                contract.parameter(paging.size),
                contract.at(paging.total),
            ]
            return tuple(c for one in named if one for c in one.citations)
        case "ids":
            return contract.parameter(semantics.ids.parameter).citations
    return (parse_citation(words),)


def with_sdk_side(ledger: Ledger, contract: Contract) -> Ledger:
    """The ledger with what is required of an SDK beside what is required of an endpoint."""
    of_sdks = tuple(r.requirement for r in requirements(contract, roles(contract)))
    return evolve(ledger, requirements=(*ledger.requirements, *of_sdks))
