"""Results made up from a contract: what a service that follows the documentation could answer, and how it is
written.

A result is a tree of objects, lists and scalars by documented names, lists in the object form
(`{"TaskSet": {"Task": [...]}}`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from attrs import frozen

from conformance.contract.model import Contract, Field
from conformance.ledger.roles import may_exceed

Tree = dict[str, Any]
# the name of the code in the envelope of errors
CODE = "Code"


def result(contract: Contract, items: int = 1, first: int = 1, long: int = 0) -> Tree:
    """A documented result with that many items, every documented field present, every item and value different.

    `first` is the number of the first item, so that pages of one listing can be made one by one. Integers of 64 bits
    are `long` and more, always by an even number. A member by the name of an error's code, of which SDKs may think that
    it makes an error, has its documented value, or is not there.
    """
    tree = _object(contract.response, (), 0, _Making(contract, items, first, long))
    if (code := contract.at(CODE)) and not code.examples:
        del tree[CODE]
    for path, value in (
        (contract.semantics.request_id, f"4F2C1B60-0000-4000-8000-{items:06d}{first:06d}"),
        (contract.semantics.region_echo, "cn-hangzhou"),
    ):
        if path and contract.at(path):
            put(tree, path, value)
    paging = contract.semantics.paging
    if paging:
        for path, number in ((paging.total, items), (paging.number_echo, 1), (paging.size_echo, 100)):
            if path and contract.at(path):
                put(tree, path, number)
    return tree


def items(tree: Mapping[str, Any], contract: Contract) -> list[Tree]:
    """The items of a result in the object form."""
    node: Any = tree
    for name in (contract.semantics.items or "").split("."):
        node = (node or {}).get(name)
    return node or []


def put(tree: Tree, path: str, value: Any) -> None:
    """Sets the value at a dotted path; below a list, in each of its objects."""
    first, _, rest = path.partition(".")
    if not rest:
        tree[first] = value
        return
    inner = tree.get(first)
    for node in inner if isinstance(inner, list) else [inner]:
        if isinstance(node, dict):
            put(node, rest, value)


def drop(tree: Tree, path: str) -> None:
    """Removes the member at a dotted path; below a list, from each of its objects."""
    first, _, rest = path.partition(".")
    if not rest:
        tree.pop(first, None)
        return
    inner = tree.get(first)
    for node in inner if isinstance(inner, list) else [inner]:
        if isinstance(node, dict):
            drop(node, rest)


def rename(tree: Tree, path: str, name: str) -> None:
    """Gives the member at a dotted path another name, where it stands; below a list, in each of its objects."""
    first, _, rest = path.partition(".")
    if rest:
        inner = tree.get(first)
        for node in inner if isinstance(inner, list) else [inner]:
            if isinstance(node, dict):
                rename(node, rest, name)
    elif first in tree:
        renamed = {name if n == first else n: value for n, value in tree.items()}
        tree.clear()
        tree.update(renamed)


def mapped(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """The tree with every object of it changed, innermost first."""
    return change({name: _mapped(value, change) for name, value in tree.items()})


def _mapped(value: Any, change: Callable[[Tree], Tree]) -> Any:
    if isinstance(value, dict):
        return mapped(value, change)
    return [_mapped(v, change) for v in value] if isinstance(value, list) else value


def array_of_one(tree: Tree, wrapper: str) -> Tree:
    """The other documented form of a list: its wrapper as an array that holds the wrapper object."""
    return mapped(tree, lambda node: {n: [v] if n == wrapper and isinstance(v, dict) else v for n, v in node.items()})


def as_json(tree: Any, *, escaped: bool = False, indent: int | None = None) -> bytes:
    """The tree as JSON. `escaped` writes nothing but ASCII; `indent` is in spaces."""
    return json.dumps(tree, ensure_ascii=escaped, indent=indent).encode()


def as_xml(tree: Tree, root: str, contract: Contract | None = None) -> bytes:
    """The tree as XML: a list as repeated elements, a scalar as text, null as an empty element."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + _element(root, tree).encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        inside = "".join(_element(n, v) for n, v in value.items())
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        inside = "" if value is None else escape(str(value))
    return f"<{name}>{inside}</{name}>"


@frozen
class _Making:
    """What a result is made of: see `result`."""

    contract: Contract
    items: int
    first: int
    long: int


def _object(fields: tuple[Field, ...], path: tuple[str, ...], number: int, making: _Making) -> Tree:
    return {f.name: _value(f, (*path, f.name), number, making) for f in fields}


def _value(f: Field, path: tuple[str, ...], number: int, making: _Making) -> Any:
    if f.type == "array":
        listed = ".".join(path) == making.contract.semantics.items
        numbers = range(making.first, making.first + making.items) if listed else range(1, 3)
        if f.members:
            return [_object(f.members, path, n, making) for n in numbers]
        return [_scalar(f.item_type or "string", f, n, making, path) for n in numbers]
    if f.type == "object" or f.members:
        return _object(f.members, path, number, making)
    return _scalar(f.type, f, number, making, path)


def _scalar(kind: str, f: Field, number: int, making: _Making, path: tuple[str, ...]) -> Any:
    if path == (CODE,) and f.examples:
        return f.examples[0]
    if kind == "integer":
        return making.long + 2 * number if making.long and may_exceed(f, making.long) else number + 1
    if kind == "number":
        return number + 0.5
    if kind == "boolean":
        return number % 2 == 1
    listed = _listed_values(f, making.contract)
    if listed:
        return listed[number % len(listed)]
    example = next((e for e in f.examples if e), "")
    if f.value("time_format") or looks_like_time(example):
        return f"2021-03-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}Z"
    if example.lower() in ("true", "false"):
        return "true" if number % 2 else "false"
    return f"{f.name.lower()}-{number:04d}"


def _listed_values(f: Field, contract: Contract) -> list[str]:
    own = f.value("enum")
    if own:
        return [str(v) for v in own]
    for one in contract.semantics.filters:
        parameter = contract.parameter(one.parameter)
        if one.field.split(".")[-1] == f.name and parameter is not None:
            return [str(v) for v in parameter.value("effective_values") or parameter.value("enum") or ()]
    return []


def looks_like_time(text: str) -> bool:
    """Whether a documented value is a time as the samples write them."""
    return len(text) >= 17 and text[4:5] == "-" and "T" in text and text.endswith("Z")
