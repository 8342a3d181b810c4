"""Faults of answers to requests that nothing matches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash, in_json, in_xml
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import (
    STEP,
    MembersStep,
    Middleware,
    PageStep,
    Replacement,
    SelectStep,
    TotalStep,
    replacing,
)
from conformance.reference.store import Item

NOT_FOUND = RefusedRequest("InvalidFilter.NotFound", 404, "Nothing matches the request.", "nothing")


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the list, the total, the echoes and the second page of what nothing matches."""
    if not roles.contract.semantics.items:
        return ()
    return (*_results(), *_lists(roles), *(_totals(roles) if roles.contract.semantics.paging else ()))


def _results() -> list[Fault]:
    def refused(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        if not found:
            raise NOT_FOUND
        return found

    return [
        Fault(
            "nothing-is-an-error",
            "answers a request that nothing matches with status 404",
            ("emptiness.result",),
            replacing(STEP.select).by(refused),
        ),
        Fault(
            "nothing-crashes",
            "answers a request that nothing matches with an internal error",
            ("emptiness.result",),
            replacing(STEP.select).by(lambda inner, context, query: inner(context, query) or crash()),
        ),
        Fault(
            "nothing-brings-an-item",
            "lists one item where nothing matches",
            ("emptiness.result",),
            replacing(STEP.select).by(
                lambda inner, context, query: (
                    inner(context, query) or list(context.steps.stored(context, query.region)[:1])
                )
            ),
        ),
    ]


def _lists(roles: FaultRoles) -> list[Fault]:
    wrapper, _, name = (roles.contract.semantics.items or "").rpartition(".")
    if not wrapper or "." in wrapper:
        return []
    held, unlike = ("emptiness.list",), ("emptiness.containers",)
    found = [
        Fault("nothing-is-null", "writes null for an empty list in JSON", held, _written(in_json, {wrapper: None})),
        Fault(
            "empty-list-holds-null",
            "writes null in the place of the items of an empty list in JSON",
            held,
            _written(in_json, {wrapper: {name: None}}),
        ),
        Fault(
            "empty-list-holds-an-empty-item",
            "writes an item without members for an empty list in JSON",
            held,
            _written(in_json, {wrapper: {name: [{}]}}),
        ),
        Fault(
            "empty-list-holds-an-empty-element",
            "writes an element without members for an empty list in XML",
            held,
            _written(in_xml, {wrapper: {name: [""]}}),
        ),
        Fault(
            "empty-list-is-left-out-in-xml",
            "leaves the wrapper of an empty list out in XML",
            unlike,
            _written(in_xml, {wrapper: ...}),
        ),
    ]
    if roles.contract.semantics.filters:
        found.append(
            Fault(
                "empty-list-is-left-out-for-filters",
                "leaves the wrapper of an empty list out where a filter is given",
                unlike,
                _written(lambda context: bool(context.query.filters), {wrapper: ...}),
            )
        )
    return found


def _written(condition: Callable[[Context], bool], members: dict[str, Any]) -> tuple[Replacement, ...]:
    """Members of a result without items as they are written where the condition holds; `...` leaves one out."""

    def result(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
        tree = inner(context, query, page)
        if page.items or page.total or not condition(context):
            return tree
        return {name: value for name, value in {**tree, **members}.items() if value is not ...}

    return replacing(STEP.result).by(result)


def _totals(roles: FaultRoles) -> list[Fault]:
    semantics, total, after = roles.contract.semantics, ("emptiness.total",), ("emptiness.page-after",)
    found = [
        Fault(
            "nothing-counts-everything",
            "counts all items where a request that selects some matches none",
            total,
            replacing(STEP.total).by(_everything(lambda query: True)),
        ),
        Fault(
            "nothing-counts-one",
            "has a total of 1 where nothing matches",
            total,
            replacing(STEP.total).by(
                lambda inner, context, query, listing, items: max(1, inner(context, query, listing, items))
            ),
        ),
        Fault(
            "page-after-nothing-counts-everything",
            "counts all items on a second page of what nothing matches",
            after,
            replacing(STEP.total).by(_everything(lambda query: query.number > 1)),
        ),
        Fault(
            "page-after-nothing-shows-the-listing",
            "shows all items on a second page of what nothing matches",
            after,
            replacing(STEP.page).by(_listing_after_nothing),
        ),
        Fault(
            "page-after-nothing-crashes",
            "answers a second page of what nothing matches with an internal error",
            after,
            replacing(STEP.beyond_the_end).by(
                lambda inner, context, query, listing: inner(context, query, listing) if listing else crash()
            ),
        ),
    ]
    paging = semantics.paging
    echoes: list[tuple[str | None, str, str | int]] = [(semantics.region_echo, "region", "")]
    if paging:
        echoes += [(paging.size_echo, "size", 0), (paging.number_echo, "page", 0)]
    for path, word, value in echoes:
        if path:
            found.append(
                Fault(
                    f"nothing-forgets-the-{word}",
                    f"repeats {path} as {value!r} where nothing matches",
                    total,
                    replacing(STEP.known_members).by(_repeating(path, value)),
                )
            )
    return found


def _everything(condition: Callable[[Query], bool]) -> Middleware[[Query, Sequence[Item], Sequence[Item]], int]:
    def total(inner: TotalStep, context: Context, query: Query, listing: Sequence[Item], items: Sequence[Item]) -> int:
        if not listing and condition(query):
            return len(context.steps.stored(context, query.region))
        return inner(context, query, listing, items)

    return total


def _listing_after_nothing(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    if listing or query.number == 1:
        return page
    return evolve(page, items=tuple(context.steps.stored(context, query.region)[: query.size]))


def _repeating(path: str, value: object) -> Middleware[[Query, ListingPage], Tree]:
    def known_members(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
        known = inner(context, query, page)
        return known if page.total else {**known, path: value}

    return known_members
