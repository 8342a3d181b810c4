"""Faults of answers that do not hold still: with every reading, after a look-up, after many requests, after errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults import rarely
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, count, crash, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage, key_of
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import ItemPlan, Tree
from conformance.reference.seeding import stamp
from conformance.reference.steps import (
    STEP,
    FailStep,
    ItemStep,
    Middleware,
    PageStep,
    Replacement,
    ResponseStep,
    SelectStep,
    StoredStep,
    replacing,
)
from conformance.reference.store import Item

# after how many requests a server is another, and after how many refusals in a row
MANY, REFUSALS = 250, 5


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of order, total, times and items over several requests."""
    if not (roles.contract.semantics.items and roles.contract.semantics.key):
        return ()
    found = (
        *_orders(),
        *_orders_of_pages(roles),
        *_drifting(roles),
        *_vanishing(roles),
        *_worn_out(roles),
        *_after_errors(),
    )
    return (*found, *rarely.faults(roles))


def _orders() -> list[Fault]:
    killed_by = ("stability.order",)

    def rotated(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        by = count(context, "reading") % max(1, len(found))
        return found[by:] + found[:by]

    def swapped(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        if len(found) > 1 and count(context, "swap") % 3 == 0:
            found[0], found[1] = found[1], found[0]
        return found

    def turned(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        return found[::-1] if context.memory.get("under way", 0) > 1 else found

    return [
        Fault(
            "order-moves-on-with-every-reading",
            "begins the listing one item later at every reading",
            killed_by,
            replacing(STEP.select).by(rotated),
        ),
        Fault(
            "first-two-change-places-now-and-then",
            "changes the places of the first two items in every third answer",
            killed_by,
            replacing(STEP.select).by(swapped),
        ),
        Fault(
            "order-turns-under-load",
            "turns the order round where two requests are under way together",
            killed_by,
            replacing(STEP.select).by(turned) + counting_requests(0.004),
        ),
    ]


def _orders_of_pages(roles: FaultRoles) -> list[Fault]:
    """An order of its own for each size is a choice; one for each reading is none, whatever the size."""
    paging = roles.contract.semantics.paging
    size = roles.contract.parameter(paging.size) if paging else None
    maximum = size.value("maximum") if size else None
    if maximum is None:
        return []

    def rotated(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        by = count(context, "small pages") % max(1, len(found)) if query.size < int(maximum) else 0
        return found[by:] + found[:by]

    return [
        Fault(
            "small-pages-begin-elsewhere-at-every-reading",
            "begins the listing one item later at every reading, but in pages of the largest size",
            ("paging.repeatable",),
            replacing(STEP.select).by(rotated),
        )
    ]


def counting_requests(seconds: float) -> tuple[Replacement, ...]:
    """The number of requests under way is kept in memory; those that are together wait for each other a little."""
    import time

    def operate(inner: ResponseStep, context: Context) -> Response:
        with context.server.lock:
            context.memory["under way"] = context.memory.get("under way", 0) + 1
        try:
            time.sleep(seconds)
            return inner(context)
        finally:
            with context.server.lock:
                context.memory["under way"] -= 1

    return replacing(STEP.operate).by(operate)


def _drifting(roles: FaultRoles) -> list[Fault]:
    found = []
    if roles.contract.semantics.paging:
        found += [
            Fault(
                "total-counts-requests",
                "has a total that is one more at every request",
                ("stability.total",),
                replacing(STEP.total).by(lambda inner, context, *args: inner(context, *args) + count(context, "total")),
            ),
            Fault(
                "total-is-one-less-now-and-then",
                "has a total of one less in every fourth answer",
                ("stability.total",),
                replacing(STEP.total).by(
                    lambda inner, context, *args: inner(context, *args) - (count(context, "less") % 4 == 0)
                ),
            ),
        ]
    names = [f.name for f in roles.contract.item_fields if f.value("time_format")]
    for name in names:
        found += [
            Fault(
                f"time-drifts:{name}",
                f"shows {name} a minute later at every reading",
                ("stability.times",),
                replacing(STEP.item).by(_drifted(name)),
            )
        ]
    times, filters = roles.contract.semantics.range, roles.contract.semantics.filters
    if times and filters and times.field in names:
        found.append(
            Fault(
                f"time-is-another-beside-a-filter:{times.field}",
                f"shows a {times.field} with a 7 at the end of its minutes an hour later beside a filter",
                ("fields.unchanged-by-request", "stability.times"),
                replacing(STEP.item).by(_stale(times.field)),
            )
        )
    return found


def _stale(name: str) -> Middleware[[Item, ItemPlan], Tree]:
    def item(inner: ItemStep, context: Context, shown: Item, plan: ItemPlan) -> Tree:
        text = shown.get(name) or ""
        if not context.query.filters or text[15:16] != "7":
            return inner(context, shown, plan)
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=1)
        return inner(context, {**shown, name: stamp(moment)}, plan)

    return item


def _drifted(name: str) -> Middleware[[Item, ItemPlan], Tree]:
    def item(inner: ItemStep, context: Context, shown: Item, plan: ItemPlan) -> Tree:
        text = shown.get(name)
        if text is None:
            return inner(context, shown, plan)
        key = ("drift", name, key_of(context, shown))
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + timedelta(minutes=count(context, key) - 1)
        return inner(context, {**shown, name: stamp(moment)}, plan)

    return item


def _vanishing(roles: FaultRoles) -> list[Fault]:
    killed_by, semantics = ("stability.items-stay",), roles.contract.semantics
    found = []
    if semantics.ids:
        found.append(
            Fault(
                "item-vanishes-once-looked-up",
                "does not list an item any more once it was asked for by its id alone",
                killed_by,
                _forgetting(lambda query: query.ids is not None and len(query.ids) == 1),
            )
        )
    if semantics.paging:
        found.append(
            Fault(
                "item-vanishes-once-shown-alone",
                "does not list an item any more once it was alone on a page",
                killed_by,
                _forgetting(lambda query: query.size == 1 and query.number > 1),
            )
        )
    return found


def _forgetting(condition: Callable[[Query], bool]) -> tuple[Replacement, ...]:
    def page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        shown = inner(context, query, listing)
        if condition(query):
            with context.server.lock:
                context.memory.setdefault("forgotten", set()).update(key_of(context, item) for item in shown.items)
        return shown

    def stored(inner: StoredStep, context: Context, region: str) -> Sequence[Item]:
        forgotten = context.memory.get("forgotten", set())
        return tuple(item for item in inner(context, region) if key_of(context, item) not in forgotten)

    return replacing(STEP.page).by(page) + replacing(STEP.stored).by(stored)


def _worn(context: Context) -> bool:
    return context.number > MANY


def _worn_out(roles: FaultRoles) -> list[Fault]:
    killed_by, semantics, found = ("stability.after-many",), roles.contract.semantics, []

    def add(name: str, what: str, replacements: tuple[Replacement, ...]) -> None:
        found.append(Fault(name, f"{what} after {MANY} requests", killed_by, replacements))

    add("worn-out-crashes", "answers with an internal error", replacing(STEP.select).by(only(_worn, crash)))
    add(
        "worn-out-lists-nothing",
        "lists nothing",
        replacing(STEP.stored).by(only(_worn, lambda inner, context, region: ())),
    )
    add(
        "worn-out-loses-an-item",
        "loses the last item of a listing of several",
        replacing(STEP.select).by(only(_worn, _short)),
    )
    if semantics.ids:
        add("worn-out-ignores-ids", "ignores ids", replacing(STEP.id_text).by(only(_worn, lambda inner, context: None)))
    if semantics.filters:
        add(
            "worn-out-ignores-filters",
            "ignores filters",
            replacing(STEP.matches).by(only(_worn, lambda inner, context, *args: True)),
        )
    if semantics.paging:
        add(
            "worn-out-counts-one-more",
            "has a total of one more",
            replacing(STEP.total).by(only(_worn, lambda inner, context, *args: inner(context, *args) + 1)),
        )
        add(
            "worn-out-pages-are-short",
            "shows one item less on a page of several",
            replacing(STEP.page).by(only(_worn, _short_page)),
        )
    return found


def _short(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    return found[:-1] if len(found) > 1 else found


def _short_page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    return evolve(page, items=page.items[:-1]) if len(page.items) > 1 else page


def _after_errors() -> list[Fault]:
    killed_by = ("stability.after-errors",)
    return [
        Fault(
            "errors-in-a-row-crash-the-next",
            f"answers with an internal error after {REFUSALS} errors in a row",
            killed_by,
            _counting_errors() + replacing(STEP.select).by(only(_is_locked, crash)),
        ),
        Fault(
            "errors-in-a-row-empty-the-listing",
            f"lists nothing after {REFUSALS} errors in a row",
            killed_by,
            _counting_errors() + replacing(STEP.stored).by(only(_is_locked, lambda inner, context, region: ())),
        ),
        Fault(
            "errors-in-a-row-lose-an-item",
            f"loses an item after {REFUSALS} errors in a row",
            killed_by,
            _counting_errors() + replacing(STEP.select).by(only(_is_locked, _short)),
        ),
    ]


_is_locked: Condition = lambda context: context.memory.get("errors in a row", 0) >= REFUSALS  # noqa: E731


def _counting_errors() -> tuple[Replacement, ...]:
    """Errors are counted, and a result leaves the count as it is once it has come to the row."""

    def fail(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
        with context.server.lock:
            context.memory["errors in a row"] = context.memory.get("errors in a row", 0) + 1
        return inner(context, refusal)

    def succeed(inner: ResponseStep, context: Context) -> Response:
        response = inner(context)
        with context.server.lock:
            if context.memory.get("errors in a row", 0) < REFUSALS:
                context.memory["errors in a row"] = 0
        return response

    return replacing(STEP.fail).by(fail) + replacing(STEP.succeed).by(succeed)
