"""Faults of required filters."""

from __future__ import annotations

from conformance.contract.model import Contract, Filter
from conformance.contract.scope import scopes
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.steps import STEP, MatchesStep, Middleware, replacing
from conformance.reference.store import Item


def faults(contract: Contract) -> tuple[Fault, ...]:
    """Each required filter ignored."""
    return tuple(
        Fault(
            f"required-filter-ignored:{filter.parameter}",
            f"demands {filter.parameter}, and lists what has another value too",
            (f"filters.{filter.parameter}.scope",),
            replacing(STEP.matches).by(_ignored(filter)),
        )
        for filter in scopes(contract)
    )


def _ignored(filter: Filter) -> Middleware[[Filter, str, Item], bool]:
    def matches(inner: MatchesStep, context: Context, asked: Filter, value: str, item: Item) -> bool:
        return asked == filter or inner(context, asked, value, item)

    return matches
