"""How each operation of a mocked service is served: a list from what there is, the others by what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.contract.model import Field, Parameter
from conformance.contract.service import ServiceOperation
from conformance.reference.answering import answer, listed
from conformance.reference.context import Context, Query
from conformance.reference.likeness import id_like, source_of, value_like
from conformance.reference.listing import ListingPage
from conformance.reference.members import folded, parameter_values, singular_of
from conformance.reference.message import Response
from conformance.reference.mock import Mock
from conformance.reference.narrowing import dry_run
from conformance.reference.performing import Effect, perform, targets
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, Replacement, replacing
from conformance.reference.store import Item, Store

# how many items a list has that nothing can be made for
_UNMADE = 3


def store_of(mock: Mock, operation: ServiceOperation) -> Store:
    """What a list operation lists, read from the things of the service each time; empty for what is no list."""
    regions: Mapping[str, tuple[Item, ...]] = dict.fromkeys(mock.regions, ())
    contract = mock.service.contract(operation.name)
    if contract.semantics.region is None:
        regions = {"": ()}
    if operation.kind != "list":
        return Store(regions)
    fields, key = contract.item_fields, contract.semantics.key
    resource = next((r.resource for r in operation.produces), None)
    if resource is not None:
        of = resource
        return Store(
            regions, lambda region, now: tuple(listed(mock, thing, fields) for thing in mock.every(of, region))
        )
    made: list[dict[str, Any]] = [{f.name: value_like(f) for f in fields}]
    if key is not None:
        field = next(f for f in fields if f.name == key)
        values = mock.regions if folded(key) == "regionid" else _keys(mock, operation.name, field)
        made = [{**made[0], key: value} for value in values]
    return Store(regions, lambda region, now: tuple(made))


def _keys(mock: Mock, operation: str, field: Field) -> list[Any]:
    if field.type in ("integer", "number"):
        return list(range(1, _UNMADE + 1))
    example = field.examples[0] if field.examples else None
    return [id_like(example, operation, source_of(mock.seed, operation, n)) for n in range(_UNMADE)]


def replacements(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    """What an operation does in place of listing; a list says that nothing comes after it."""
    if operation.kind == "list":

        def select(inner: Callable[[Context, Query], list[Item]], context: Context, query: Query) -> list[Item]:
            return _named(operation, context, inner(context, query))

        return replacing(STEP.known_members).by(_at_the_end) + replacing(STEP.select).by(select)

    def succeed(inner: Callable[[Context], Response], context: Context) -> Response:
        tree = answered(mock, operation, context)
        return context.steps.respond(context, 200, f"{operation.name}Response", tree)

    known = {r.at for r in operation.consumes if r.resource == operation.resource or mock.is_made(r.resource)}

    def there(inner: Callable[[Context, Parameter], None], context: Context, parameter: Parameter) -> None:
        if parameter.name not in known:
            inner(context, parameter)

    # whether the things that it is about are there is seen to first
    return (
        *replacing(STEP.succeed).by(succeed),
        *replacing(STEP.dry_run).by(lambda inner, context: None),
        *replacing(STEP.there).by(there),
    )


def _named(operation: ServiceOperation, context: Context, items: list[Item]) -> list[Item]:
    """The items that a request names by other parameters than the list of ids that the contract knows as such."""
    semantics, listed = context.contract.semantics, next(iter(operation.produces), None)
    known = {f.parameter for f in semantics.filters} | ({semantics.ids.parameter} if semantics.ids else set())
    for relation in operation.consumes if listed and semantics.key else ():
        parameter = context.contract.parameter(relation.at)
        if listed is None or relation.resource != listed.resource or parameter is None or relation.at in known:
            continue
        ids = parameter_values(parameter, context.parameters)
        if ids and folded(singular_of(relation.at)) == folded(semantics.key or ""):
            items = [item for item in items if item.get(semantics.key or "") in ids]
    return items


def _at_the_end(
    inner: Callable[[Context, Query, ListingPage], Tree], context: Context, query: Query, page: ListingPage
) -> Tree:
    """What no cursor leads on from has none, or clients would ask for ever."""
    tree = inner(context, query, page)
    cursors = (f.name for f in context.contract.response if folded(f.name) in ("nexttoken", "nextmarker"))
    return {**dict.fromkeys(cursors, ""), **tree}


def answered(mock: Mock, operation: ServiceOperation, context: Context) -> dict[str, Any]:
    """The answer to a request that is right in form: done once for each token. Raises RefusedRequest."""
    with mock.resources.lock:
        token = context.parameters.get("ClientToken")
        asked = {n: v for n, v in context.parameters.items() if n in _of_operation(context)}
        known = mock.replies.get((operation.name, context.query.region, token or "")) if token else None
        if known is not None:
            if known[0] != asked:
                raise RefusedRequest(
                    "IdempotentParameterMismatch", 400, "The ClientToken was used with other parameters.", "ClientToken"
                )
            return {**known[1], **_with_new_id(context, known[1])}
        if (context.parameters.get("DryRun") or "").lower() == "true":
            targets(mock, operation, context)
            dry_run(context)
            return answer(mock, context, Effect(), False)
        tree = answer(mock, context, perform(mock, operation, context), operation.kind == "get")
        if token:
            mock.replies[operation.name, context.query.region, token] = (asked, tree)
        return tree


def _of_operation(context: Context) -> set[str]:
    """The names sent that belong to the operation and not to the protocol."""
    heads = {p.name.split(".")[0] for p in context.contract.parameters} - {"Action"}
    return {n for n in context.parameters if n.split(".")[0] in heads}


def _with_new_id(context: Context, tree: Mapping[str, Any]) -> dict[str, Any]:
    """The id of this request in place of that of the one that it repeats."""
    names = [n for n in tree if folded(n) == "requestid"]
    return {name: context.steps.request_id(context) for name in names}
