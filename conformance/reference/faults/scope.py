"""Faults of what chooses a listing: required filters, and a required time range."""

from __future__ import annotations

from conformance.contract.model import Contract, Filter
from conformance.contract.scope import scopes, span
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.steps import STEP, MatchesStep, Middleware, replacing
from conformance.reference.store import Item


def faults(contract: Contract) -> tuple[Fault, ...]:
    """Each required filter ignored, and the bounds of a required range."""
    ignored = tuple(
        Fault(
            f"required-filter-ignored:{filter.parameter}",
            f"demands {filter.parameter}, and lists what has another value too",
            (f"filters.{filter.parameter}.scope",),
            replacing(STEP.matches).by(_ignored(filter)),
        )
        for filter in scopes(contract)
    )
    if span(contract) is None:
        return ignored
    return (
        *ignored,
        Fault(
            "required-start-ignored",
            "demands a time range, and lists what was created before it, too",
            ("range.scope",),
            replacing(STEP.from_start).by(lambda inner, context, time, start: True),
        ),
        Fault(
            "required-end-ignored",
            "demands a time range, and lists what was created after it, too",
            ("range.scope",),
            replacing(STEP.to_end).by(lambda inner, context, time, end: True),
        ),
    )


def _ignored(filter: Filter) -> Middleware[[Filter, str, Item], bool]:
    def matches(inner: MatchesStep, context: Context, asked: Filter, value: str, item: Item) -> bool:
        return asked == filter or inner(context, asked, value, item)

    return matches
