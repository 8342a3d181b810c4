"""Changing a response's tree of members before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.reference.context import Context, Query
from conformance.reference.listing import ListingPage
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import MembersStep, Middleware

Change = Callable[[Any], Any]
ResultMiddleware = Middleware[[Query, ListingPage], Tree]


def result_as(change: Callable[[Context, Tree], Tree]) -> ResultMiddleware:
    """Middleware on the result that changes its tree."""

    def result(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
        return change(context, inner(context, query, page))

    return result


def at_path(path: str, change: Change) -> ResultMiddleware:
    """Middleware on the result that changes every value at a path; one that becomes LEFT_OUT is left out."""
    names = path.split(".")

    def changed(context: Context, tree: Tree) -> Tree:
        found: Tree = _at(tree, names, change)
        return found

    return result_as(changed)


class LeftOut:
    """Stands for a value that is not written at all."""


LEFT_OUT = LeftOut()


def _at(tree: Any, names: list[str], change: Change) -> Any:
    if isinstance(tree, list):
        return [_at(t, names, change) for t in tree]
    if not isinstance(tree, Mapping):
        return tree
    if names[0] not in tree:
        # in XML an unwrapped list has one element more than its path
        return {k: _at(v, names, change) for k, v in tree.items()} if len(tree) == 1 else tree
    found = {
        k: v if k != names[0] else change(v) if len(names) == 1 else _at(v, names[1:], change) for k, v in tree.items()
    }
    return {k: v for k, v in found.items() if v is not LEFT_OUT}


def with_items(context: Context, tree: Tree, change: Change) -> Tree:
    """The tree with its list of items changed, whatever wraps it."""
    items = context.contract.semantics.items or ""
    field = context.contract.at(items)
    names = {items.rpartition(".")[2], field.xml_item if field else None}
    found: Tree = _within(tree, names, change)
    return found


def _within(tree: Any, names: set[str | None], change: Change) -> Any:
    if isinstance(tree, list):
        return [_within(t, names, change) for t in tree]
    if not isinstance(tree, Mapping):
        return tree
    return {
        k: change(v) if k in names and isinstance(v, list) and not _wraps(v, names) else _within(v, names, change)
        for k, v in tree.items()
    }


def _wraps(values: list[Any], names: set[str | None]) -> bool:
    """Whether a list is an array of one wrapper rather than the list of items."""
    return len(values) == 1 and isinstance(values[0], Mapping) and bool(names & set(values[0]))


def items_changed(change: Change) -> ResultMiddleware:
    """Middleware on the result that changes its list of items."""
    return result_as(lambda context, tree: with_items(context, tree, change))


def last_of_several(change: Callable[[Tree], Tree]) -> ResultMiddleware:
    """Middleware on the result that changes the last item of a page of several."""
    return items_changed(lambda items: [*items[:-1], change(items[-1])] if len(items) > 1 else items)


def without(name: str) -> Middleware[[RefusedRequest], Tree]:
    """Middleware that leaves a member out of errors."""
    return lambda inner, context, refusal: {k: v for k, v in inner(context, refusal).items() if k != name}
