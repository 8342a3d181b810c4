"""Variants that leave out what need not be there, and have nothing where nobody says that there is an error."""

from __future__ import annotations

from conformance.contract.model import Contract
from conformance.reference.context import Context, Query
from conformance.reference.listing import ListingPage
from conformance.reference.rendering import ItemPlan, Tree
from conformance.reference.steps import STEP, ItemStep, MembersStep, NamedCheckStep, replacing
from conformance.reference.store import Item
from conformance.reference.variants.variant import Variant


def omissions(contract: Contract) -> tuple[Variant, ...]:
    """What a list operation may leave out, and what it may not know."""
    if not contract.semantics.items:
        return ()
    found, region = [], contract.semantics.region
    if echoes := _optional_echoes(contract):
        found.append(
            Variant(
                "without-echoes",
                f"does not repeat what was asked: {', '.join(sorted(echoes))}",
                replacements=replacing(STEP.result).by(_without_echoes),
            )
        )
    if total := _optional_total(contract):
        found.append(
            Variant(
                "without-total",
                f"does not say how many items there are: {total}",
                replacements=replacing(STEP.result).by(_without_total),
            )
        )
    if filtered := _optional_filtered(contract):
        found.append(
            Variant(
                "without-filtered-members",
                f"does not show what it filters by: {', '.join(sorted(filtered))}",
                replacements=replacing(STEP.item).by(_without_filtered),
            )
        )
    if region and not any(e.parameter == region and "NotFound" in e.code for e in contract.errors):
        found.append(
            Variant(
                "unknown-region-brings-nothing",
                "answers a region that there is not as one without items",
                replacements=replacing(STEP.region).by(_unless_unwritable),
            )
        )
    return tuple(found)


def _optional_echoes(contract: Contract) -> set[str]:
    """The members at the top that repeat the request, and need not be there."""
    semantics, paging = contract.semantics, contract.semantics.paging
    names = {semantics.region_echo, *((paging.number_echo, paging.size_echo) if paging else ())}
    return {f.name for f in contract.response if f.name in names and f.presence == "sometimes"}


def _optional_total(contract: Contract) -> str | None:
    """The member that counts the items, where it is at the top and need not be there."""
    paging = contract.semantics.paging
    names = {f.name for f in contract.response if f.presence == "sometimes"}
    return paging.total if paging and paging.total in names else None


def _optional_filtered(contract: Contract) -> set[str]:
    """The members of an item that a filter is over, and that need not be there."""
    semantics = contract.semantics
    needed = {semantics.key, semantics.range.field if semantics.range else None}
    needed |= {semantics.ids.field if semantics.ids else None, *(s.field for s in semantics.selectors)}
    names = {f.field for f in semantics.filters} - needed
    return {f.name for f in contract.item_fields if f.name in names and f.presence == "sometimes"}


def _without_echoes(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    left_out = _optional_echoes(context.contract)
    return {name: value for name, value in inner(context, query, page).items() if name not in left_out}


def _without_total(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    left_out = _optional_total(context.contract)
    return {name: value for name, value in inner(context, query, page).items() if name != left_out}


def _without_filtered(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
    left_out = _optional_filtered(context.contract)
    return {name: value for name, value in inner(context, item, plan).items() if name not in left_out}


def _unless_unwritable(inner: NamedCheckStep, context: Context, name: str) -> None:
    """What cannot be written in an answer is refused: it would be repeated there."""
    if not name.isprintable():
        inner(context, name)
