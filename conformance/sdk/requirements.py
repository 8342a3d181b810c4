"""The SDK requirements: rows of `requirements.yaml` that make sense for an operation, with the cases that show each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, Literal

from attrs import evolve, fields, frozen
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, override

from conformance.contract.model import Contract
from conformance.ledger.choices import kinds
from conformance.ledger.requirement import Level, Requirement
from conformance.ledger.tables import Row
from conformance.ledger.templates import sdk_requirements, sdk_table
from conformance.sdk.cases import CallSpec, Case, CaseSpec, ReplySpec

_OF_CASE = frozenset(a.name for a in fields(Case)) - {"subject", "options", "calls", "replies"}


@frozen
class SdkRequirement:
    """A requirement with the cases that show it.

    `over` tells what the judge looks at: one case, or every request, every answer or the log of the whole
    run. `reason` says why a SHOULD or MAY is no MUST. `combine` any: it is enough that one of the cases passes.
    `shows` dialect: a case that passes shows that the SDK understands the alternative that it is about.
    """

    requirement: Requirement
    judge: str
    over: Literal["case", "requests", "answers", "run"] = "case"
    cases: tuple[CaseSpec, ...] = ()
    problems: tuple[str, ...] = ()
    combine: Literal["all", "any"] = "all"
    reason: str | None = None
    shows: Literal["dialect"] | None = None

    @property
    def id(self) -> str:
        """`<operation>.sdk.<id of the row>`."""
        return self.requirement.id

    @property
    def level(self) -> Level:
        """How binding it is; what is not met fails a release where it is a MUST."""
        return self.requirement.level


def requirements(contract: Contract) -> tuple[SdkRequirement, ...]:
    """The requirements that make sense for the operation, in the order of the table. Raises BadTable."""
    rows = _rows()
    return tuple(evolve(rows[number], requirement=requirement) for number, requirement in sdk_requirements(contract))


def raised(found: Iterable[SdkRequirement], checks: Collection[str]) -> tuple[SdkRequirement, ...]:
    """The same with a SHOULD as a MUST where its check is one of these."""
    return tuple(
        evolve(r, requirement=evolve(r.requirement, level="MUST"))
        if r.level == "SHOULD" and r.requirement.check in checks
        else r
        for r in found
    )


def table_text() -> str:
    """The table as it is in its file."""
    return sdk_table().text


@cache
def _rows() -> tuple[SdkRequirement, ...]:
    """What the rows say besides the requirement itself, which stands for none yet."""
    table = sdk_table()
    found = []
    for number, row in enumerate(table.rows):
        try:
            found.append(read_row(row))
        except ValueError as error:
            raise table.bad(number, str(error), ("cases",)) from None
    return tuple(found)


def read_row(row: Row) -> SdkRequirement:
    """One row, valid by its schema, with a requirement of no operation. Raises ValueError."""
    return SdkRequirement(
        Requirement(row["id"], row["level"], "sdk", row["statement"], row["id"]),
        judge=row["judge"],
        over=row.get("over", "case"),
        cases=tuple(_case(c) for c in row.get("cases", ())),
        problems=tuple(row.get("problems", ())),
        combine=row.get("combine", "all"),
        reason=row.get("reason"),
        shows=row.get("shows"),
    )


def _case(data: Mapping[str, Any]) -> CaseSpec:
    """Raises ValueError."""
    if data.get("kind") not in (None, *kinds()):
        raise ValueError(f"{data['kind']!r} is no kind of choice (see ledger/choices.yaml)")
    members = {k: v for k, v in data.items() if k in _OF_CASE}
    calls = data.get("calls") or [{"parameters": data.get("parameters", {})}]
    replies = data.get("replies") or [data.get("reply", {})]
    try:
        case = _converter().structure(members, Case)
        answers = _converter().structure(replies, tuple[ReplySpec, ...])
    except Exception as error:
        raise ValueError("; ".join(transform_error(error))) from None
    return CaseSpec(
        case=evolve(case, calls=tuple(CallSpec(**c) for c in calls), replies=answers),
        expand=data.get("expand"),
        kind=data.get("kind"),
        tails=data.get("tails", {}),
        excluded=tuple(data.get("except", ())),
        value=data.get("value", 0),
    )


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    hook = make_dict_structure_fn(ReplySpec, converter, format=override(rename="as"), _cattrs_forbid_extra_keys=True)
    converter.register_structure_hook(ReplySpec, hook)
    return converter
