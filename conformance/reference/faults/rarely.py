"""Faults of every so many-th request, whatever it asks for: a cache, a pool or a shard of which one part is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, only, refused_where
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.steps import (
    STEP,
    ArgumentsStep,
    Middleware,
    OrderStep,
    PageStep,
    Replacement,
    SelectStep,
    StoredStep,
    TotalStep,
    replacing,
)
from conformance.reference.store import Item

Kind = Callable[[Condition], tuple[Replacement, ...]]
# from one in few to one in so many that a run may meet it but a dozen times
PERIODS = (7, 50, 97, 301)
NARROW, PLAIN = "stability.every-time", "stability.after-many"


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Each way of being wrong at one of the periods, and the first of them at all."""
    found = []
    for number, (name, what, killed_by, kind) in enumerate(_kinds(roles)):
        for period in PERIODS if number == 0 else PERIODS[number % len(PERIODS) :][:1]:
            description = f"{what} in each request of which the number is a multiple of {period}"
            found.append(Fault(f"{name}-every-{period}th-time", description, killed_by, kind(_nth(period))))
    return tuple(found)


def _nth(period: int) -> Condition:
    return lambda context: context.number % period == 0


def _kinds(roles: FaultRoles) -> Iterator[tuple[str, str, tuple[str, ...], Kind]]:
    semantics = roles.contract.semantics
    both = (NARROW, PLAIN)
    yield "item-is-lost", "loses the last of several items", both, _in(STEP.select, _short)
    yield "request-is-refused", "refuses what is in order", both, _refused
    if semantics.filters:
        yield "filters-are-lost", "sees no filter", (NARROW,), _asked(filters=())
    if semantics.ids:
        yield "ids-are-lost", "sees no id", (NARROW,), _asked(ids=None)
    if semantics.range and semantics.range.start:
        yield "start-is-lost", "sees no start", (NARROW,), _asked(start=None)
    if semantics.paging:
        yield "total-is-more", "counts one more", both, _in(STEP.total, _one_more)
        yield "page-is-the-next", "shows the next page", both, _in(STEP.page, _next_page)
    if semantics.region:
        yield "other-region-is-read", "lists another region too", (PLAIN,), _in(STEP.stored, _all_regions)
    if any(f.type == "string" and f.name != semantics.key for f in roles.contract.item_fields):
        yield "item-has-the-values-of-another", "shows the data of another item", both, _in(STEP.order, _mixed)


def _refused(holds: Condition) -> tuple[Replacement, ...]:
    return replacing(STEP.method).by(refused_where(holds, 400, "InvalidParameter"))


def _in(step: Any, middleware: Middleware[..., Any]) -> Kind:
    return lambda holds: replacing(step).by(only(holds, middleware))


def _asked(**changes: Any) -> Kind:
    """What was asked for is seen otherwise."""

    def arguments(inner: ArgumentsStep, context: Context) -> Query:
        return evolve(inner(context), **changes)

    return _in(STEP.arguments, arguments)


def _short(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    return found[:-1] if len(found) > 1 else found


def _one_more(inner: TotalStep, context: Context, query: Query, listing: Sequence[Item], shown: Sequence[Item]) -> int:
    return inner(context, query, listing, shown) + 1


def _next_page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    return inner(context, evolve(query, number=query.number + 1), listing)


def _all_regions(inner: StoredStep, context: Context, region: str) -> Sequence[Item]:
    regions = context.server.store.regions
    return [*inner(context, region), *(item for other in regions if other != region for item in inner(context, other))]


def _mixed(inner: OrderStep, context: Context, items: list[Item]) -> list[Item]:
    """The first item with all but its key from the last."""
    found, key = inner(context, items), context.server.contract.semantics.key or ""
    return [{**found[-1], key: found[0][key]}, *found[1:]] if len(found) > 1 else found
