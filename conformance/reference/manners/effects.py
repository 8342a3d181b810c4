"""The small parts of which faults and variants of a service are made: what a request made, changed and took away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from conformance.contract.service import ServiceOperation
from conformance.reference.context import Context, Query
from conformance.reference.members import folded
from conformance.reference.message import Response
from conformance.reference.mock import Mock
from conformance.reference.resources import Thing
from conformance.reference.steps import STEP, Replacement, replacing
from conformance.reference.store import Item

Inner = Callable[[Context], Response]
After = Callable[[Mock, "Effects", Context], None]


@frozen
class Effects:
    """What a request did to the things of a service. `before` has their values from before it."""

    made: tuple[Thing, ...]
    removed: tuple[Thing, ...]
    before: Mapping[tuple[str, str, str], Mapping[str, Any]]
    resource: str | None

    def others(self, mock: Mock) -> tuple[Thing, ...]:
        """The other things of the resource that requests made and that are there."""
        return tuple(
            t
            for t in everything(mock)
            if t.resource == self.resource and t not in self.made and is_ours(mock, t) and not t.gone
        )


def everything(mock: Mock) -> tuple[Thing, ...]:
    """Every thing that is there."""
    return tuple(t for things in list(mock.resources.things.values()) for t in list(things.values()))


def begun(mock: Mock) -> list[tuple[Thing, str]]:
    """The tasks that requests began and that are under way, each with the member that shows its state."""
    tasks = (t for t in everything(mock) if folded(t.resource) == "task" and t.changes and is_ours(mock, t))
    states = ((t, mock.noun(t.resource).state) for t in tasks)
    return [(t, state.name) for t, state in states if state is not None]


def is_ours(mock: Mock, thing: Thing) -> bool:
    """Whether a request made a thing, and not the mock at its start."""
    return thing.id not in mock.at_the_start


def _is_new(mock: Mock, thing: Thing, operation: ServiceOperation) -> bool:
    """What a mock has at its start is there when it is first asked for."""
    return thing.resource == operation.resource and is_ours(mock, thing)


def after(kinds: tuple[str, ...], then: After) -> Callable[[Mock, ServiceOperation], tuple[Replacement, ...]]:
    """What is done after a request of one of the kinds has succeeded."""

    def of(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
        if operation.kind not in kinds or operation.kind == "list":
            return ()

        def succeed(inner: Inner, context: Context) -> Response:
            with mock.resources.lock:
                known = {(t.resource, t.region, t.id): (t, dict(t.values)) for t in everything(mock)}
                response = inner(context)
                now = {(t.resource, t.region, t.id): t for t in everything(mock)}
                made = tuple(t for key, t in now.items() if key not in known and _is_new(mock, t, operation))
                removed = tuple(t for key, (t, _) in known.items() if key not in now)
                values = {key: values for key, (_, values) in known.items()}
                then(mock, Effects(made, removed, values, operation.resource), context)
                return response

        return replacing(STEP.succeed).by(succeed)

    return of


def instead(
    kinds: tuple[str, ...], do: Callable[[Mock, ServiceOperation, Inner, Context], Response]
) -> Callable[[Mock, ServiceOperation], tuple[Replacement, ...]]:
    """What is done in place of answering a request of one of the kinds."""

    def of(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
        if operation.kind not in kinds or operation.kind == "list":
            return ()

        def succeed(inner: Inner, context: Context) -> Response:
            with mock.resources.lock:
                return do(mock, operation, inner, context)

        return replacing(STEP.succeed).by(succeed)

    return of


def listing(
    shown: Callable[[Mock, ServiceOperation, Context, Query, list[Item]], list[Item]],
) -> Callable[[Mock, ServiceOperation], tuple[Replacement, ...]]:
    """Which items a list shows in place of those that it should."""

    def of(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
        if operation.kind != "list":
            return ()

        def select(inner: Callable[[Context, Query], list[Item]], context: Context, query: Query) -> list[Item]:
            return shown(mock, operation, context, query, inner(context, query))

        return replacing(STEP.select).by(select)

    return of


def plainly(operation: ServiceOperation, context: Context) -> Response:
    """A success that says nothing but its RequestId."""
    names = [f.name for f in context.contract.response if f.name.replace("_", "").casefold() == "requestid"]
    tree = {name: context.steps.request_id(context) for name in names}
    return context.steps.respond(context, 200, f"{operation.name}Response", tree)
