"""Faults of pages that are named by tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.refusals import RefusedRequest
from conformance.reference.steps import STEP, Middleware, PageStep, replacing
from conformance.reference.store import Item

PARTITION = ("cursor.pages-partition-the-listing",)
PageMiddleware = Middleware[[Query, Sequence[Item]], ListingPage]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of tokens, where the pages of the operation have them."""
    semantics = roles.contract.semantics
    if not (semantics.cursor and semantics.items):
        return ()
    found = (*_pages(), *_unknown(roles))
    if semantics.cursor.size:
        found = (*found, *_sizes())
    return (*found, *_filtered()) if semantics.filters else found


def _pages() -> tuple[Fault, ...]:
    return (
        Fault(
            "token-skips-an-item",
            "begins the page of a token one item late",
            PARTITION,
            replacing(STEP.page_by_token).by(_moved(lambda start, size: start + 1)),
        ),
        Fault(
            "token-repeats-an-item",
            "begins the page of a token with the last item of the page before",
            PARTITION,
            replacing(STEP.page_by_token).by(_moved(lambda start, size: start - 1)),
        ),
        Fault(
            "token-moves-on-when-used",
            "shows other items for a token that was used before",
            ("cursor.token-again",),
            replacing(STEP.page_by_token).by(_on_again),
        ),
        Fault(
            "last-page-leads-round",
            "gives the last page of several a token that leads back to the second item",
            PARTITION,
            replacing(STEP.page_by_token).by(_round),
        ),
        Fault(
            "first-page-has-no-token",
            "gives no token with the first page of several",
            PARTITION,
            replacing(STEP.page_by_token).by(_ends_early),
        ),
        Fault(
            "last-token-leads-to-nothing",
            "gives the last page of several a token, whose page is empty",
            ("cursor.last-page-has-no-token",),
            replacing(STEP.page_by_token).by(_goes_on),
        ),
    )


def _unknown(roles: FaultRoles) -> tuple[Fault, ...]:
    killed_by, cursor = ("cursor.foreign-token",), roles.contract.semantics.cursor
    is_error = cursor is not None and any(e.parameter == cursor.token for e in roles.contract.errors)
    first = Fault(
        "unknown-token-is-the-first-page",
        "answers a token that it did not give with the first page, and an error for it is documented",
        killed_by,
        replacing(STEP.page_by_token).by(_for_unknown(_first_page)),
    )
    return (
        *((first,) if is_error else ()),
        Fault(
            "unknown-token-crashes",
            "answers a token that it did not give with an internal error",
            killed_by,
            replacing(STEP.page_by_token).by(_for_unknown(crash)),
        ),
        Fault(
            "unknown-token-is-the-last-page",
            "takes a token that it did not give for that of the last item",
            killed_by,
            replacing(STEP.page_by_token).by(_for_unknown(_last_item)),
        ),
    )


def _sizes() -> tuple[Fault, ...]:
    return (
        Fault(
            "page-of-a-token-has-one-more",
            "shows one item more than asked for on every page",
            ("cursor.size-bounds-the-page",),
            replacing(STEP.page_by_token).by(
                lambda inner, context, query, listing: inner(context, evolve(query, size=query.size + 1), listing)
            ),
        ),
        Fault(
            "token-counts-pages",
            "takes a token for a number of pages of the size that is asked for with it",
            ("cursor.other-size-between-pages",),
            replacing(STEP.page_by_token).by(_moved(lambda start, size: start // size * size)),
        ),
    )


def _filtered() -> tuple[Fault, ...]:
    return (
        Fault(
            "token-forgets-the-filter",
            "shows every item after the first page of a filtered listing",
            ("cursor.filtered-pages-partition",),
            replacing(STEP.page_by_token).by(_unfiltered),
        ),
        Fault(
            "token-of-another-listing-leads-on",
            "takes a token of the whole listing beside a filter, and goes on with the whole listing",
            ("cursor.token-of-another-listing",),
            replacing(STEP.page_by_token).by(_of_the_whole),
        ),
    )


def _of_the_whole(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    whole = context.steps.order(context, list(context.steps.stored(context, query.region)))
    plain = evolve(query, filters=())
    known = bool(query.filters and query.token) and _start(context, plain, whole) is not None
    return inner(context, plain, whole) if known else inner(context, query, listing)


def _on_again(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    used = context.memory.setdefault("used tokens", set())
    right, again = inner(context, query, listing), query.token in used
    if query.token:
        used.add(query.token)
    return evolve(right, items=right.items[1:] or tuple(listing[:1])) if again else right


def _start(context: Context, query: Query, listing: Sequence[Item]) -> int | None:
    """The item that the page of a token begins with; None for a token that was not given."""
    if not query.token:
        return 0
    return next((n for n in range(1, len(listing)) if context.steps.token_at(context, query, n) == query.token), None)


def _moved(begin: Callable[[int, int], int]) -> PageMiddleware:
    """Middleware that lets the page of a token begin elsewhere: `begin(item, size)`."""

    def page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        right, start = inner(context, query, listing), _start(context, query, listing)
        if not start:
            return right
        first = max(0, begin(start, query.size))
        return evolve(right, items=tuple(listing[first : first + len(right.items)]))

    return page


def _round(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    right = inner(context, query, listing)
    return right if right.next or not query.token else evolve(right, next=context.steps.token_at(context, query, 1))


def _ends_early(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    right = inner(context, query, listing)
    return right if query.token else evolve(right, next="")


def _goes_on(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    beyond = context.steps.token_at(context, query, len(listing))
    if query.token == beyond:
        return evolve(inner(context, evolve(query, token=""), listing), items=(), next="")
    right = inner(context, query, listing)
    return right if right.next or not query.token else evolve(right, next=beyond)


def _for_unknown(instead: PageMiddleware) -> PageMiddleware:
    """Middleware for a token that was not given."""

    def page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        try:
            return inner(context, query, listing)
        except RefusedRequest:
            return instead(inner, context, query, listing)

    return page


def _first_page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    return inner(context, evolve(query, token=""), listing)


def _last_item(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    first = _first_page(inner, context, query, listing)
    return evolve(first, items=tuple(listing[-1:]), next="")


def _unfiltered(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    right, start = inner(context, query, listing), _start(context, query, listing)
    if not start or not query.filters:
        return right
    return evolve(right, items=tuple(context.steps.stored(context, query.region)[start : start + len(right.items)]))
