"""Faults of choices: two documented alternatives in one run, by turns or by format."""

from __future__ import annotations

from conformance.contract.forms import have_one_time_format
from conformance.contract.model import Choice, Contract
from conformance.ledger.choices import kinds
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import count
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.steps import STEP, TakeStep, replacing

# a syntax that changes with every request could not be told from one that is not understood, nor an order of each size
# from one of each reading
BY_FORMAT = ("id-syntax", "order-over-sizes")


BY_WHAT_MATCHES = ("empty-value", "unknown-value")


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """A fault for each choice that has several alternatives, and for each that is settled."""
    listed = roles.contract.semantics.items is not None
    several = (c for c in roles.contract.choices if len(c.alternatives) > 1 and _can_be_seen(roles.contract, c))
    # whether a value is passed over or matches nothing only a listing shows
    turning = (_flip(c, _shown(roles, c)) for c in several if listed or c.kind not in BY_WHAT_MATCHES)
    return (*turning, *(_another(c) for c in roles.contract.choices if c.is_settled and _others(c)))


def _can_be_seen(contract: Contract, choice: Choice) -> bool:
    """Whether any answer shows which way is taken: of the precision of all times only where they have one."""
    about_all = choice.kind == "time-precision" and choice.subject == "response"
    return not about_all or have_one_time_format(contract)


def _others(choice: Choice) -> list[str]:
    """The ways of its kind that are not documented."""
    return [a for a in kinds()[choice.kind].ids if choice.alternative(a) is None]


def _another(choice: Choice) -> Fault:
    """Another way than the one that the pages leave."""
    other = _others(choice)[0]

    def take(inner: TakeStep, context: Context, kind: str, subjects: tuple[str, ...]) -> str | None:
        found, _ = context.server.dialect.alternative(kind, subjects, context.format)
        return other if found == choice.id else inner(context, kind, subjects)

    what = f"takes {other} as {choice.kind} of {choice.subject}, where only {choice.preferred} is documented"
    return Fault(
        f"choice-otherwise:{choice.id}",
        what,
        (f"choices.{choice.id}.one-alternative",),
        replacing(STEP.take).by(take),
    )


def _shown(roles: FaultRoles, choice: Choice) -> dict[str, str]:
    """The dialect in which a choice shows at all: what a response repeats after clamping needs clamping."""
    if choice.kind != "clamped-echo":
        return {}
    clamping = (roles.contract.choice_about(kind, choice.subject) for kind in ("above-maximum", "below-minimum"))
    return {c.id: "clamped" for c in clamping if c is not None and c.alternative("clamped")}


def _flip(choice: Choice, dialect: dict[str, str]) -> Fault:
    other = next(a.id for a in choice.alternatives if a.id != choice.preferred)

    def take(inner: TakeStep, context: Context, kind: str, subjects: tuple[str, ...]) -> str | None:
        found, taken = context.server.dialect.alternative(kind, subjects, context.format)
        if found != choice.id:
            return inner(context, kind, subjects)
        if choice.kind in BY_FORMAT:
            return other if context.format == "xml" else taken
        format = context.format if choice.per_format else ""
        return other if count(context, ("choice", choice.id, format)) % 2 == 0 else taken

    how = "in JSON and in XML" if choice.kind in BY_FORMAT else "by turns"
    what = f"takes {choice.preferred} and {other} {how} as {choice.kind} of {choice.subject}"
    killed_by = (f"choices.{choice.id}.one-alternative",)
    return Fault(f"choice-turns:{choice.id}", what, killed_by, replacing(STEP.take).by(take), dialect)
