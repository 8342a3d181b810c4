"""Faults of the total."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import count, only
from conformance.reference.steps import STEP, TotalStep, replacing
from conformance.reference.store import Item

# what no page ever shows is missing from any inventory too; the total alone tells
COUNTED = ("paging.total-counts-the-listing",)


def faults() -> tuple[Fault, ...]:
    """Faults of the total of a listing."""
    return (
        Fault(
            "total-is-of-the-page",
            "counts the items of the page as the total",
            ("paging.total-is-constant",),
            replacing(STEP.total).by(lambda inner, context, q, listing, items: len(items)),
        ),
        Fault(
            "total-drifts-on-the-last-page",
            "counts one more on the last page of several",
            ("paging.total-is-constant",),
            replacing(STEP.total).by(
                lambda inner, context, q, listing, items: (
                    len(listing) + (q.number > 1 and q.number * q.size >= len(listing))
                )
            ),
        ),
        Fault(
            "total-depends-on-page-size",
            "counts one less where the page size is 100",
            ("paging.total-is-constant",),
            replacing(STEP.total).by(
                lambda inner, context, q, listing, items: len(listing) - (q.size == 100 and bool(listing))
            ),
        ),
        Fault(
            "total-stops-at-100",
            "counts no more than 100 items",
            COUNTED,
            replacing(STEP.total).by(lambda inner, context, q, listing, items: min(100, len(listing))),
        ),
        Fault(
            "total-counts-one-too-many",
            "counts one item more than there are, where there are several pages",
            COUNTED,
            replacing(STEP.total).by(lambda inner, context, q, listing, items: len(listing) + (len(listing) > q.size)),
        ),
    )


def filtered() -> tuple[Fault, ...]:
    """Faults of the total of what a filter keeps."""
    return (
        Fault(
            "total-ignores-the-filter",
            "counts all items of the region where a filter is given",
            ("paging.total-follows-the-filter",),
            replacing(STEP.total).by(only(lambda c: bool(c.query.filters), _all_counted)),
        ),
        Fault(
            "rare-total-of-a-filter",
            "counts one more in every tenth answer to a filter",
            ("paging.total-follows-the-filter",),
            replacing(STEP.total).by(
                lambda inner, context, query, listing, items: (
                    inner(context, query, listing, items)
                    + (bool(query.filters) and count(context, "filtered total") % 10 == 0)
                )
            ),
        ),
    )


def _all_counted(inner: TotalStep, context: Context, query: Query, *listed: Sequence[Item]) -> int:
    return len(context.steps.stored(context, query.region))
