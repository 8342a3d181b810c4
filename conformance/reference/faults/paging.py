"""Faults of paging."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults import order, totals
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash, in_xml, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.steps import STEP, Middleware, PageStep, SelectStep, replacing
from conformance.reference.store import Item

PARTITION = ("paging.pages-partition-the-listing",)


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of pages, totals and order, where the operation has pages."""
    if not (roles.contract.semantics.paging and roles.contract.semantics.items):
        return ()
    found = (*_pages(roles), *totals.faults(), *_beyond(), *order.faults(roles))
    return (*found, *_filtered()) if roles.contract.semantics.filters else found


def _pages(roles: FaultRoles) -> tuple[Fault, ...]:
    return (
        Fault(
            "pages-skip-an-item",
            "starts every page but the first one item late",
            PARTITION,
            replacing(STEP.page).by(_window(lambda q, n: (_first(q) + (q.number > 1), q.size))),
        ),
        Fault(
            "pages-overlap",
            "starts every page but the first with the last item of the one before",
            PARTITION,
            replacing(STEP.page).by(_window(lambda q, n: (_first(q) - (q.number > 1), q.size))),
        ),
        Fault(
            "full-last-page-is-empty",
            "shows nothing on the last page where it is full and not the first",
            PARTITION,
            replacing(STEP.page).by(
                _window(lambda q, n: (_first(q), 0 if q.number > 1 and q.number * q.size == n else q.size))
            ),
        ),
        Fault(
            "last-page-short-of-one",
            "loses the last item of the last page where there are more than two",
            (*PARTITION, "paging.last-page-holds-the-rest"),
            replacing(STEP.page).by(
                _window(lambda q, n: (_first(q), min(q.size, n - 1 - _first(q)) if q.number > 2 else q.size))
            ),
        ),
        Fault(
            "listing-of-one-full-page-loses-an-item",
            "loses an item where the listing fills one page exactly",
            _one_full_page(roles),
            replacing(STEP.page).by(_window(lambda q, n: (_first(q), q.size - (n == q.size > 1)))),
        ),
        Fault(
            "page-of-50-has-51",
            "shows 51 items where 50 are asked for",
            ("paging.page-size-bounds-the-page",),
            replacing(STEP.page).by(_window(lambda q, n: (_first(q), q.size + (q.size == 50)))),
        ),
        Fault(
            "page-of-1-has-2",
            "shows two items where one is asked for",
            ("paging.page-size-bounds-the-page",),
            replacing(STEP.page).by(_window(lambda q, n: (_first(q), q.size + (q.size == 1)))),
        ),
        Fault(
            "pages-of-50-have-49",
            "treats a page size of 50 as 49, and echoes 50",
            ("paging.pages-are-full",),
            replacing(STEP.page).by(
                _window(lambda q, n: (49 * (q.number - 1), 49) if q.size == 50 else (_first(q), q.size))
            ),
        ),
        Fault(
            "first-page-short-of-one",
            "shows the last item of a full first page on the second instead",
            ("paging.pages-are-full",),
            replacing(STEP.page).by(_window(_late)),
        ),
        Fault(
            "nothing-beyond-100-items",
            "shows no item after the hundredth, on whatever page",
            totals.COUNTED,
            replacing(STEP.page).by(_window(lambda q, n: (_first(q), max(0, min(q.size, 100 - _first(q)))))),
        ),
        Fault(
            "hundredth-item-is-skipped",
            "never shows the hundredth item of a listing",
            totals.COUNTED,
            replacing(STEP.page).by(
                lambda inner, context, query, listing: evolve(
                    inner(context, query, [*listing[:99], *listing[100:]]), total=len(listing)
                )
            ),
        ),
        Fault(
            "last-item-is-lost",
            "never shows the last item of a listing of several, and counts it",
            totals.COUNTED,
            replacing(STEP.page).by(
                lambda inner, context, query, listing: evolve(
                    inner(context, query, listing[:-1] if len(listing) > 1 else listing), total=len(listing)
                )
            ),
        ),
        Fault(
            "page-numbers-have-one-digit",
            "reads only the last digit of a page number of two",
            PARTITION,
            replacing(STEP.page).by(_window(lambda q, n: (((q.number - 1) % 10) * q.size, q.size))),
        ),
        Fault(
            "second-page-repeats-the-first-in-xml",
            "shows the first page in place of the second, in XML",
            PARTITION,
            replacing(STEP.page).by(
                only(in_xml, _window(lambda q, n: (0 if q.number == 2 < n else _first(q), q.size)))
            ),
        ),
    )


def _one_full_page(roles: FaultRoles) -> tuple[str, ...]:
    """What must notice that one full page lacks an item: as many ids as a page holds fill one."""
    semantics = roles.contract.semantics
    size = roles.contract.parameter(semantics.paging.size) if semantics.paging else None
    fills = semantics.ids is not None and size is not None and semantics.ids.limit == size.value("maximum", 0)
    return ("ids.up-to-the-limit",) if fills else PARTITION


def _first(query: Query) -> int:
    return (query.number - 1) * query.size


def _late(query: Query, total: int) -> tuple[int, int]:
    """Pages cut so that the first is one short and the second begins with what it lacks."""
    if query.size < 2 or total <= query.size:
        return _first(query), query.size
    return (_first(query), query.size - 1) if query.number == 1 else (_first(query) - 1, query.size)


def _window(bounds: Callable[[Query, int], tuple[int, int]]) -> Middleware[[Query, Sequence[Item]], ListingPage]:
    """Middleware on the page that shows another window: `bounds(query, length)` is its first index and its length."""

    def page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        right = inner(context, query, listing)
        if _first(query) >= len(listing) > 0 and query.number > 1:
            return right
        first, length = bounds(query, len(listing))
        first = max(0, first)
        return evolve(right, items=tuple(listing[first : first + max(0, length)]))

    return page


def _beyond() -> tuple[Fault, ...]:
    killed_by = ("paging.beyond-the-end",)
    return (
        Fault(
            "beyond-the-end-crashes",
            "answers a page beyond the last with an internal error",
            killed_by,
            replacing(STEP.beyond_the_end).by(crash),
        ),
        Fault(
            "beyond-the-end-is-the-first-page",
            "answers a page beyond the last of several with the first",
            killed_by,
            replacing(STEP.beyond_the_end).by(
                lambda inner, context, query, listing: (
                    1 if len(listing) > query.size else inner(context, query, listing)
                )
            ),
        ),
        Fault(
            "beyond-the-end-total-is-zero",
            "counts nothing on a page beyond the last",
            killed_by,
            replacing(STEP.total).by(
                lambda inner, context, query, listing, items: (
                    0 if _first(query) >= len(listing) else inner(context, query, listing, items)
                )
            ),
        ),
    )


def _filtered() -> tuple[Fault, ...]:
    killed_by = ("paging.filtered-pages-partition",)
    return (
        Fault(
            "filter-after-paging",
            "cuts the page out of all items and filters it afterwards",
            killed_by,
            replacing(STEP.select).by(_unfiltered) + replacing(STEP.page).by(_filtered_page),
        ),
        Fault(
            "filter-on-the-first-page-only",
            "filters the first page only",
            killed_by,
            replacing(STEP.matches).by(lambda inner, context, *args: context.query.number > 1 or inner(context, *args)),
        ),
        Fault(
            "filtered-second-page-repeats",
            "shows the first page twice where a filter is given",
            killed_by,
            replacing(STEP.page).by(
                only(
                    lambda c: bool(c.query.filters),
                    _window(lambda q, n: (0 if q.number == 2 and n > q.size else _first(q), q.size)),
                )
            ),
        ),
        *totals.filtered(),
    )


def _unfiltered(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    return inner(context, evolve(query, filters=(), nothing=False))


def _filtered_page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    kept = tuple(
        item
        for item in page.items
        if not query.nothing and all(context.steps.matches(context, f, v, item) for f, v in query.filters)
    )
    return evolve(page, items=kept)
