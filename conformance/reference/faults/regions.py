"""Faults of isolation: between regions, between requests that follow each other, and between concurrent ones."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import every, only, swapped
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import key_of
from conformance.reference.message import Response
from conformance.reference.steps import (
    STEP,
    ArgumentsStep,
    ArgumentStep,
    Middleware,
    ResponseStep,
    SelectStep,
    StoredStep,
    replacing,
)
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of what is apart: regions, requests on one connection, requests under way together."""
    semantics = roles.contract.semantics
    if not semantics.items:
        return ()
    regional = _regions(roles) if semantics.region else ()
    return (*regional, *_connections(roles), *_concurrent())


def _others(context: Context, region: str) -> Sequence[Item]:
    """The items of the first other region that has some."""
    stored = context.server.store
    now = context.server.clock()
    return next((stored.items(r, now) for r in stored.regions if r != region and stored.items(r, now)), ())


def _regions(roles: FaultRoles) -> tuple[Fault, ...]:
    leak, home = ("regions.do-not-leak",), ("regions.ids-stay-home",)
    found = [
        Fault(
            "first-item-of-another-region",
            "lists an item of another region too",
            leak,
            replacing(STEP.stored).by(
                lambda inner, context, region: (*inner(context, region), *_others(context, region)[:1])
            ),
        ),
        Fault(
            "small-region-shows-another",
            "lists another region's items beside a single item of a region",
            leak,
            replacing(STEP.stored).by(
                lambda inner, context, region: (
                    *inner(context, region),
                    *(_others(context, region) if len(inner(context, region)) < 2 else ()),
                )
            ),
        ),
        Fault(
            "other-region-on-the-second-page",
            "lists another region's items after the first page",
            leak,
            replacing(STEP.select).by(
                only(
                    lambda c: c.query.number > 1,
                    lambda inner, context, query: [
                        *inner(context, query),
                        *context.steps.order(context, list(_others(context, query.region))),
                    ],
                )
            ),
        ),
        Fault(
            "leak-after-every-third-change-of-region",
            "lists, at every third change of region, an item of the last",
            leak,
            replacing(STEP.stored).by(_cached),
        ),
        Fault(
            "region-of-the-request-before",
            "lists, right after a request for another region, that other region",
            ("regions.echoed-on-items",),
            replacing(STEP.stored).by(_stale_region),
        ),
    ]
    if roles.contract.semantics.ids:
        found += [
            Fault(
                "ids-of-all-regions",
                "finds the ids of every region",
                home,
                replacing(STEP.stored).by(_everywhere_for_ids),
            ),
            Fault(
                "single-id-of-all-regions",
                "finds a single id in every region",
                home,
                replacing(STEP.stored).by(
                    only(lambda c: c.query.ids is not None and len(c.query.ids) == 1, _everywhere_for_ids)
                ),
            ),
        ]
    return tuple(found)


def _cached(inner: StoredStep, context: Context, region: str) -> Sequence[Item]:
    before, found = swapped(context, "cached region", region), inner(context, region)
    changed = before is not None and before != region
    return (*found, *inner(context, before)[:1]) if changed and every(3, "cached")(context) else found


def _stale_region(inner: StoredStep, context: Context, region: str) -> Sequence[Item]:
    before = swapped(context, "stale region", region)
    return inner(context, region if before is None else before)


def _everywhere_for_ids(inner: StoredStep, context: Context, region: str) -> Sequence[Item]:
    found = inner(context, region)
    if context.query.ids is None:
        return found
    known = {key_of(context, item) for item in found}
    others = (i for r in context.server.store.regions if r != region for i in inner(context, r))
    return (*found, *(i for i in others if key_of(context, i) not in known))


def _connections(roles: FaultRoles) -> tuple[Fault, ...]:
    """What one request leaves on the connection for the next."""
    semantics, killed_by = roles.contract.semantics, ("isolation.connection-reuse",)
    found = []
    names = [f.parameter for f in semantics.filters]
    if names:
        found.append(
            Fault(
                "filter-of-the-request-before",
                "applies the filters of the request before on the same connection",
                killed_by,
                replacing(STEP.argument).by(_sticking(names)) + replacing(STEP.succeed).by(_sticky(names)),
            )
        )
    if semantics.paging:
        sizes = [semantics.paging.size]
        found.append(
            Fault(
                "page-size-of-the-first-request",
                "keeps the first page size on a connection as the default there",
                (f"parameters.{semantics.paging.size}.default",),
                replacing(STEP.argument).by(_sticking(sizes)) + replacing(STEP.succeed).by(_sticky(sizes, first=True)),
            )
        )
    if semantics.range and semantics.range.end:
        found.append(
            Fault(
                "cache-does-not-look-at-the-end",
                "answers a request that differs from the one before in its end only with the same items",
                ("range.end",),
                replacing(STEP.select).by(_cache_without_end),
            )
        )
    if semantics.paging:
        found.append(
            Fault(
                "answer-of-the-request-before",
                "answers a request with the items of the one before in every seventh case",
                ("filters.known-store",),
                replacing(STEP.select).by(_answer_before),
            )
        )
    return tuple(found)


def _sticky(names: list[str], first: bool = False) -> Middleware[[], Response]:
    def succeed(inner: ResponseStep, context: Context) -> Response:
        sent = {k: v for k, v in context.parameters.items() if k in names}
        kept = ("sticky", context.request.connection, *names)
        if not (first and context.memory.get(kept)):
            swapped(context, kept, sent)
        return inner(context)

    return succeed


def _sticking(names: list[str]) -> Middleware[[str], str | None]:
    def argument(inner: ArgumentStep, context: Context, name: str) -> str | None:
        text = inner(context, name)
        if name not in names or text is not None:
            return text
        kept: Mapping[str, str] = context.memory.get(("sticky", context.request.connection, *names), {})
        return kept.get(name)

    return argument


def _cache_without_end(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    asked = evolve(query, end="" if query.end else None, number=1, size=1, number_echo=1, size_echo=1)
    before: tuple[Query, list[Item]] | None = context.memory.get("cached end")
    if query.end and before and before[0] == asked:
        return before[1]
    found = inner(context, query)
    context.memory["cached end"] = (asked, found)
    return found


def _answer_before(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    before: list[Item] | None = swapped(context, "answer before", found)
    return before if before is not None and every(7, "answer before")(context) else found


def _concurrent() -> tuple[Fault, ...]:
    return (
        Fault(
            "requests-share-a-variable",
            "keeps the request in a variable that requests under way together share",
            ("isolation.concurrent",),
            replacing(STEP.arguments).by(_shared) + replacing(STEP.operate).by(_counted),
        ),
    )


def _counted(inner: ResponseStep, context: Context) -> Response:
    """Count the requests under way, so that a lone one need not wait."""
    with context.server.lock:
        context.memory["under way"] = context.memory.get("under way", 0) + 1
    try:
        return inner(context)
    finally:
        with context.server.lock:
            context.memory["under way"] -= 1


def _shared(inner: ArgumentsStep, context: Context) -> Query:
    """The race: written, and read again after others had time to write."""
    query = inner(context)
    context.memory["shared query"] = query
    if context.memory["under way"] > 1:
        time.sleep(0.002)
    else:
        time.sleep(0)
    read: Query = context.memory["shared query"]
    return read
