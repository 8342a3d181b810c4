"""Faults of paging and of the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.hooks import Hook, count, crash, every, in_xml, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import Item, ListingPage, time_field_of, value_at

PARTITION = ("paging.pages-partition-the-listing",)
# what no page ever shows is missing from any inventory too; the total alone tells
COUNTED = ("paging.total-counts-the-listing",)


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    if not (roles.contract.semantics.paging and roles.contract.semantics.items):
        return ()
    found = (*_pages(roles), *_totals(roles), *_beyond(), *_order(roles))
    return (*found, *_filtered()) if roles.contract.semantics.filters else found


def _pages(roles: FaultRoles) -> tuple[Fault, ...]:
    return (
        Fault(
            "pages-skip-an-item",
            "starts every page but the first one item late",
            PARTITION,
            {"page": _window(lambda q, n: (_first(q) + (q.number > 1), q.size))},
        ),
        Fault(
            "pages-overlap",
            "starts every page but the first with the last item of the one before",
            PARTITION,
            {"page": _window(lambda q, n: (_first(q) - (q.number > 1), q.size))},
        ),
        Fault(
            "full-last-page-is-empty",
            "shows nothing on the last page where it is full and not the first",
            PARTITION,
            {"page": _window(lambda q, n: (_first(q), 0 if q.number > 1 and q.number * q.size == n else q.size))},
        ),
        Fault(
            "last-page-short-of-one",
            "loses the last item of the last page where there are more than two",
            (*PARTITION, "paging.last-page-holds-the-rest"),
            {"page": _window(lambda q, n: (_first(q), min(q.size, n - 1 - _first(q)) if q.number > 2 else q.size))},
        ),
        Fault(
            "listing-of-one-full-page-loses-an-item",
            "loses an item where the listing fills one page exactly",
            _one_full_page(roles),
            {"page": _window(lambda q, n: (_first(q), q.size - (n == q.size > 1)))},
        ),
        Fault(
            "page-of-50-has-51",
            "shows 51 items where 50 are asked for",
            ("paging.page-size-bounds-the-page",),
            {"page": _window(lambda q, n: (_first(q), q.size + (q.size == 50)))},
        ),
        Fault(
            "page-of-1-has-2",
            "shows two items where one is asked for",
            ("paging.page-size-bounds-the-page",),
            {"page": _window(lambda q, n: (_first(q), q.size + (q.size == 1)))},
        ),
        Fault(
            "pages-of-50-have-49",
            "treats a page size of 50 as 49, and echoes 50",
            ("paging.pages-are-full",),
            {"page": _window(lambda q, n: (49 * (q.number - 1), 49) if q.size == 50 else (_first(q), q.size))},
        ),
        Fault(
            "first-page-short-of-one",
            "shows the last item of a full first page on the second instead",
            ("paging.pages-are-full",),
            {"page": _window(_late)},
        ),
        Fault(
            "nothing-beyond-100-items",
            "shows no item after the hundredth, on whatever page",
            COUNTED,
            {"page": _window(lambda q, n: (_first(q), max(0, min(q.size, 100 - _first(q)))))},
        ),
        Fault(
            "hundredth-item-is-skipped",
            "never shows the hundredth item of a listing",
            COUNTED,
            {
                "page": lambda inner, context, query, listing: evolve(
                    inner(context, query, [*listing[:99], *listing[100:]]), total=len(listing)
                )
            },
        ),
        Fault(
            "last-item-is-lost",
            "never shows the last item of a listing of several, and counts it",
            COUNTED,
            {
                "page": lambda inner, context, query, listing: evolve(
                    inner(context, query, listing[:-1] if len(listing) > 1 else listing), total=len(listing)
                )
            },
        ),
        Fault(
            "page-numbers-have-one-digit",
            "reads only the last digit of a page number of two",
            PARTITION,
            {"page": _window(lambda q, n: (((q.number - 1) % 10) * q.size, q.size))},
        ),
        Fault(
            "second-page-repeats-the-first-in-xml",
            "shows the first page in place of the second, in XML",
            PARTITION,
            {"page": only(in_xml, _window(lambda q, n: (0 if q.number == 2 < n else _first(q), q.size)))},
        ),
    )


def _one_full_page(roles: FaultRoles) -> tuple[str, ...]:
    """What must notice that one full page lacks an item: as many ids as a page holds fill one."""
    semantics = roles.contract.semantics
    size = roles.contract.parameter(semantics.paging.size)
    fills = semantics.ids is not None and size is not None and semantics.ids.limit == size.value("maximum", 0)
    return ("ids.up-to-the-limit",) if fills else PARTITION


def _first(query: Query) -> int:
    return (query.number - 1) * query.size


def _late(query: Query, total: int) -> tuple[int, int]:
    """Pages cut so that the first is one short and the second begins with what it lacks."""
    if query.size < 2 or total <= query.size:
        return _first(query), query.size
    return (_first(query), query.size - 1) if query.number == 1 else (_first(query) - 1, query.size)


def _window(bounds: Any) -> Hook:
    """A hook on the page that shows another window: `bounds(query, length)` is its first index and its length."""

    def page(inner: Hook, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        right = inner(context, query, listing)
        if _first(query) >= len(listing) > 0 and query.number > 1:
            return right
        first, length = bounds(query, len(listing))
        first = max(0, first)
        return evolve(right, items=tuple(listing[first : first + max(0, length)]))

    return page


def _totals(roles: FaultRoles) -> tuple[Fault, ...]:
    return (
        Fault(
            "total-is-of-the-page",
            "counts the items of the page as the total",
            ("paging.total-is-constant",),
            {"total": lambda inner, context, q, listing, items: len(items)},
        ),
        Fault(
            "total-drifts-on-the-last-page",
            "counts one more on the last page of several",
            ("paging.total-is-constant",),
            {
                "total": lambda inner, context, q, listing, items: (
                    len(listing) + (q.number > 1 and q.number * q.size >= len(listing))
                )
            },
        ),
        Fault(
            "total-depends-on-page-size",
            "counts one less where the page size is 100",
            ("paging.total-is-constant",),
            {"total": lambda inner, context, q, listing, items: len(listing) - (q.size == 100 and bool(listing))},
        ),
        Fault(
            "total-stops-at-100",
            "counts no more than 100 items",
            COUNTED,
            {"total": lambda inner, context, q, listing, items: min(100, len(listing))},
        ),
        Fault(
            "total-counts-one-too-many",
            "counts one item more than there are, where there are several pages",
            COUNTED,
            {"total": lambda inner, context, q, listing, items: len(listing) + (len(listing) > q.size)},
        ),
    )


def _beyond() -> tuple[Fault, ...]:
    killed_by = ("paging.beyond-the-end",)
    return (
        Fault(
            "beyond-the-end-crashes",
            "answers a page beyond the last with an internal error",
            killed_by,
            {"beyond_the_end": crash},
        ),
        Fault(
            "beyond-the-end-is-the-first-page",
            "answers a page beyond the last of several with the first",
            killed_by,
            {
                "beyond_the_end": lambda inner, context, query, listing: (
                    1 if len(listing) > query.size else inner(context, query, listing)
                )
            },
        ),
        Fault(
            "beyond-the-end-total-is-zero",
            "counts nothing on a page beyond the last",
            killed_by,
            {
                "total": lambda inner, context, query, listing, items: (
                    0 if _first(query) >= len(listing) else inner(context, query, listing, items)
                )
            },
        ),
    )


def _order(roles: FaultRoles) -> tuple[Fault, ...]:
    killed_by = ("paging.repeatable",)
    found = [
        Fault(
            "order-turns-every-other-time",
            "turns the order of the listing round in every second answer",
            killed_by,
            {"order": only(every(2, "order"), lambda inner, context, items: inner(context, items)[::-1])},
        ),
        Fault(
            "page-moves-by-one-every-third-time",
            "rotates the listing by one item in every third answer",
            killed_by,
            {"order": only(every(3, "rotation"), lambda inner, context, items: _rotated(inner(context, items)))},
        ),
    ]
    if time_field_of(roles.contract):
        found.append(
            Fault(
                "equal-times-change-places",
                "changes the order of items of the same time in every second answer",
                killed_by,
                {"order": only(every(2, "ties"), _ties_turned)},
            )
        )
    return tuple(found)


def _rotated(items: list[Item]) -> list[Item]:
    return items[1:] + items[:1]


def _ties_turned(inner: Hook, context: Context, items: list[Item]) -> list[Item]:
    ordered, time = inner(context, items), time_field_of(context.contract)
    prefix = context.contract.semantics.items
    turned: list[Item] = []
    while ordered:
        same = [i for i in ordered if value_at(i, time, prefix) == value_at(ordered[0], time, prefix)]
        ordered = [i for i in ordered if i not in same]
        turned += same[::-1]
    return turned


def _filtered() -> tuple[Fault, ...]:
    killed_by = ("paging.filtered-pages-partition",)
    return (
        Fault(
            "filter-after-paging",
            "cuts the page out of all items and filters it afterwards",
            killed_by,
            {"select": _unfiltered, "page": _filtered_page},
        ),
        Fault(
            "filter-on-the-first-page-only",
            "filters the first page only",
            killed_by,
            {"matches": lambda inner, context, *args: context.query.number > 1 or inner(context, *args)},
        ),
        Fault(
            "filtered-second-page-repeats",
            "shows the first page twice where a filter is given",
            killed_by,
            {
                "page": only(
                    lambda c: bool(c.query.filters),
                    _window(lambda q, n: (0 if q.number == 2 and n > q.size else _first(q), q.size)),
                )
            },
        ),
        Fault(
            "total-ignores-the-filter",
            "counts all items of the region where a filter is given",
            ("paging.total-follows-the-filter",),
            {"total": only(lambda c: bool(c.query.filters), _all_counted)},
        ),
        Fault(
            "rare-total-of-a-filter",
            "counts one more in every tenth answer to a filter",
            ("paging.total-follows-the-filter",),
            {
                "total": lambda inner, context, query, listing, items: (
                    inner(context, query, listing, items)
                    + (bool(query.filters) and count(context, "filtered total") % 10 == 0)
                )
            },
        ),
    )


def _unfiltered(inner: Hook, context: Context, query: Query) -> list[Item]:
    return inner(context, evolve(query, filters=(), nothing=False))


def _filtered_page(inner: Hook, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    kept = tuple(
        item
        for item in page.items
        if not query.nothing and all(context.steps.matches(context, f, v, item) for f, v in query.filters)
    )
    return evolve(page, items=kept)


def _all_counted(inner: Hook, context: Context, query: Query, *args: Any) -> int:
    return len(context.steps.stored(context, query.region))
