"""Faults of requests that are under way together: each part of a request in a variable that they share."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.stability import counting_requests
from conformance.reference.message import Response
from conformance.reference.rendering import Tree
from conformance.reference.steps import (
    STEP,
    ArgumentsStep,
    CheckStep,
    Middleware,
    Replacement,
    RespondStep,
    SelectStep,
    replacing,
)
from conformance.reference.store import Item

# in seconds: how long a request waits while others are under way, and how many of them are a crowd
PAUSE, CROWD = 0.004, 4
Mix = Callable[[Query, Query], Query]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of what requests share, and of a crowd of them."""
    semantics = roles.contract.semantics
    if not (semantics.items and semantics.key):
        return ()
    mixes: list[tuple[str, str, Mix]] = []
    if semantics.region:
        mixes.append(("region", "the region", lambda mine, other: evolve(mine, region=other.region)))
    if semantics.filters:
        mixes.append(
            (
                "filters",
                "the filters",
                lambda mine, other: evolve(mine, filters=other.filters, nothing=other.nothing),
            )
        )
    if semantics.ids:
        mixes.append(("ids", "the ids", lambda mine, other: evolve(mine, ids=other.ids)))
    if semantics.range:
        mixes.append(("times", "the times", lambda mine, other: evolve(mine, start=other.start, end=other.end)))
    if semantics.paging:
        mixes += [
            ("page", "the page", lambda mine, other: evolve(mine, number=other.number)),
            ("size", "the size of the page", lambda mine, other: evolve(mine, size=other.size)),
        ]
    return (*(_shared(name, what, mix) for name, what, mix in mixes), *_formats(), *_crowded())


def _fault(name: str, description: str, replacements: tuple[Replacement, ...]) -> Fault:
    return Fault(name, description, ("isolation.mixed",), replacements + counting_requests(PAUSE))


def _shared(name: str, what: str, mix: Mix) -> Fault:
    """Written, and read again after others had time to write."""

    def arguments(inner: ArgumentsStep, context: Context) -> Query:
        query = inner(context)
        context.memory["latest", name] = query
        if context.memory.get("under way", 0) > 1:
            time.sleep(PAUSE)
        latest: Query = context.memory["latest", name]
        return mix(query, latest)

    what = f"keeps {what} in a variable that requests under way together share"
    return _fault(f"requests-share-the-{name}", what, replacing(STEP.arguments).by(arguments))


def _formats() -> list[Fault]:
    def read(inner: CheckStep, context: Context) -> None:
        inner(context)
        context.memory["latest format"] = context.format

    def respond(inner: RespondStep, context: Context, status: int, root: str, tree: Tree) -> Response:
        if context.memory.get("under way", 0) > 1:
            context.format = context.memory["latest format"]
        return inner(context, status, root, tree)

    what = "keeps the format in a variable that requests under way together share"
    return [
        _fault("requests-share-the-format", what, replacing(STEP.read).by(read) + replacing(STEP.respond).by(respond))
    ]


def _crowded() -> list[Fault]:
    def when_crowded(then: Middleware[[Query], list[Item]]) -> tuple[Replacement, ...]:
        def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
            if context.memory.get("under way", 0) >= CROWD:
                return then(inner, context, query)
            return inner(context, query)

        return replacing(STEP.select).by(select)

    return [
        _fault(
            "crowd-crashes", f"answers with an internal error while {CROWD} requests are under way", when_crowded(crash)
        ),
        _fault(
            "crowd-gets-nothing",
            f"lists nothing while {CROWD} requests are under way",
            when_crowded(lambda inner, context, query: []),
        ),
        _fault(
            "crowd-loses-an-item",
            f"loses the last item of a listing while {CROWD} requests are under way",
            when_crowded(lambda inner, context, query: inner(context, query)[:-1]),
        ),
    ]
