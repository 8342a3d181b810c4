"""Variants of the order of items, which no page ties to the page size or loosens from it."""

from __future__ import annotations

from conformance.contract.model import Contract
from conformance.reference.context import Context, Query
from conformance.reference.steps import STEP, SelectStep, replacing
from conformance.reference.store import Item
from conformance.reference.variants.variant import Variant

LARGE = 20


def orders(contract: Contract) -> tuple[Variant, ...]:
    """Where pages have numbers; those of one size hold together whatever the order of another."""
    if contract.semantics.paging is None:
        return ()
    reversed_pages = replacing(STEP.select).by(_reversed_where_large)
    return (Variant("large-pages-turn-round", f"pages of {LARGE} items and more begin at the end", {}, reversed_pages),)


def _reversed_where_large(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    return found[::-1] if query.size >= LARGE and not query.by_token else found
