"""Variants of how times are written, where no page states it and only samples show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from conformance.contract.forms import states_time
from conformance.contract.model import Contract
from conformance.reference.context import Context
from conformance.reference.rendering import ItemPlan, Tree, is_text_time
from conformance.reference.steps import STEP, ItemStep, replacing
from conformance.reference.store import Item
from conformance.reference.variants.variant import Variant

EAST = timezone(timedelta(hours=8))


def times(contract: Contract) -> tuple[Variant, ...]:
    """Other forms of ISO 8601 for the times of items: none where an item has no such time."""
    names = [f.name for f in contract.item_fields if is_text_time(f) and not states_time(contract, f)]
    if not names:
        return ()
    return (
        Variant(
            "times-with-offset",
            "writes the times of items with an offset from UTC",
            replacements=replacing(STEP.item).by(_written(names, _in_the_east)),
        ),
        Variant(
            "times-with-fraction",
            "writes the times of items with a fraction of a second",
            replacements=replacing(STEP.item).by(_written(names, _with_fraction)),
        ),
    )


def _written(names: list[str], form: Callable[[datetime], str]) -> Callable[[ItemStep, Context, Item, ItemPlan], Tree]:
    """The times as they are stored, to the second, in another form."""

    def write(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
        shown = inner(context, item, plan).items()
        return {n: form(datetime.fromisoformat(item[n])) if v and n in names else v for n, v in shown}

    return write


def _in_the_east(moment: datetime) -> str:
    return moment.astimezone(EAST).isoformat(timespec="seconds")


def _with_fraction(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
