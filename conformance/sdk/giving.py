"""How a documented parameter is given to an SDK: under which name, with which values, and in which shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.model import Parameter
from conformance.foreign import BadText, json_value
from conformance.ledger.roles import is_repeated

_MADE_UP = "x-0001"


def sdk_name(name: str) -> str:
    """The name by which a driver is told of a parameter: a list without its number, a member of a list of structures
    under the first one (`Tag.N.Key` as `Tag.1.Key`).
    """
    return name.removesuffix(".N").replace(".N.", ".1.")


def sdk_names(name: str) -> tuple[str, ...]:
    """The same, and for a member of a list of structures the one of the second structure, too (`Tag.2.Key`)."""
    first = sdk_name(name)
    return (first, sdk_name(name.replace(".N.", ".2.", 1))) if ".N." in name else (first,)


def is_member(name: str) -> bool:
    """Whether a parameter is a member of a structure, by its documented name or the driver's."""
    return "." in sdk_name(name)


def example(parameter: Parameter) -> Any:
    """A documented value of the parameter, of its type."""
    if parameter.type in ("integer", "number"):
        return _number(parameter)
    if parameter.type == "boolean":
        return True
    if is_list(parameter):
        return listed(parameter, 2)
    values = parameter.value("enum")
    return str(typed(parameter, values[0])) if values else next((e for e in parameter.examples if e), _MADE_UP)


def nothing_like(parameter: Parameter) -> Iterator[Any]:
    """The documented values of a parameter that a language takes for nothing: false, and zero where it is allowed."""
    listed_values = [str(v).lower() for v in parameter.value("enum") or ()]
    if parameter.type == "boolean" and (not listed_values or "false" in listed_values):
        yield False
    least, most = parameter.value("minimum"), parameter.value("maximum")
    bounded = least is not None and least <= 0 and (most is None or most >= 0)
    if parameter.type == "integer" and (bounded or "0" in (*listed_values, *parameter.examples)):
        yield 0


def is_list(parameter: Parameter) -> bool:
    """Whether several values are given to it, also where it is a member of a structure."""
    return is_repeated(parameter) or parameter.type == "array"


def many(parameter: Parameter) -> int:
    """How many values show that a list is numbered right, also by two digits, as far as the documentation allows."""
    return min(11, parameter.value("max_items") or 11)


def listed(parameter: Parameter, number: int) -> list[str]:
    """That many values of a list, all different, as text: the documentation has no type for them. They are not sorted,
    so that an SDK which sorts them changes something.
    """
    first = str(next(iter(parameter.value("enum") or (e for e in parameter.examples if e)), _MADE_UP))
    inside = as_json(first)
    text = str(inside[0]) if isinstance(inside, list) and inside else first
    if text.isdigit():
        found = [str(int(text) + n) for n in range(number)]
    else:
        found = [text, *(f"{text}-{n}" for n in range(2, number + 1))]
    return [*found[1:], *found[:1]]


def typed(parameter: Parameter, value: Any) -> Any:
    """A listed value as callers give it, by the type of the parameter: truth values of texts are `true` and `false`."""
    if parameter.type == "string" and isinstance(value, bool):
        return "true" if value else "false"
    if parameter.type == "boolean" and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if parameter.type == "integer" and str(value).lstrip("-").isdigit():
        return int(value)
    return value if isinstance(value, bool | int | float) else str(value)


def ways(parameter: Parameter) -> Iterator[Any]:
    """The example in each type that it can have where the documentation leaves that open: an SDK need take only one.

    A list may be of texts or of numbers, and a text that is written in JSON may be an object in the hands of a caller.
    """
    value = example(parameter)
    if isinstance(value, list):
        yield from as_types(value)
        return
    yield value
    if parameter.type == "string" and isinstance(inside := as_json(str(value)), dict):
        yield inside


def as_types(values: list[str]) -> Iterator[list[Any]]:
    """A list of texts, and of numbers where all of them are."""
    yield values
    if all(v.isdigit() for v in values):
        yield [int(v) for v in values]


def has_open_type(parameter: Parameter) -> bool:
    """Whether there are several such ways."""
    return len(tuple(ways(parameter))) > 1


def says_nothing(parameter: Parameter) -> bool:
    """Whether the documentation has neither a type for its values nor any value."""
    untyped = parameter.type in ("object", "unknown")
    return untyped or (parameter.type == "string" and not parameter.examples and not parameter.constraints)


def nested(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as structures and lists of structures: `Tag.2.Key` is in the second of two, the first being empty."""
    tree: dict[str, Any] = {}
    for name, value in parameters.items():
        node = tree
        *path, last = name.split(".")
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    return {name: _numbered(value) for name, value in tree.items()}


def flat(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """As they travel: lists numbered from 1. What is an object is left as it is."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            found |= {f"{name}.{n}": one for n, one in enumerate(value, start=1)}
        else:
            found[name] = value
    return found


def _numbered(value: Any) -> Any:
    """Objects whose members are all numbers become lists."""
    if not isinstance(value, dict) or not value:
        return value
    members = {name: _numbered(inner) for name, inner in value.items()}
    if not all(re.fullmatch("[1-9][0-9]?", name) for name in members):
        return members
    return [members.get(str(n), {}) for n in range(1, max(map(int, members)) + 1)]


def _number(parameter: Parameter) -> int | float:
    for text in parameter.examples:
        if text.lstrip("-").isdigit():
            return int(text)
        if parameter.type == "number" and re.fullmatch(r"-?\d+\.\d+", text):
            return float(text)
    return int(parameter.value("minimum") or 1)


def as_json(text: str) -> Any:
    """What a text says as JSON; None where it is none."""
    try:
        return json_value(text)
    except BadText:
        return None
