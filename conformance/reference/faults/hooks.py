"""The small parts that hooks are made of: when a fault strikes, and what it remembers."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NoReturn

from conformance.reference.context import Context
from conformance.reference.refusals import COMMON, RefusedRequest

Hook = Callable[..., Any]
Condition = Callable[[Context], bool]


def only(condition: Condition, hook: Hook) -> Hook:
    """`hook` where the condition holds, else the step as it is."""

    def limited(inner: Hook, context: Context, *args: Any) -> Any:
        return hook(inner, context, *args) if condition(context) else inner(context, *args)

    return limited


def every(number: int, name: str) -> Condition:
    """Holds for every so many-th call."""

    def holds(context: Context) -> bool:
        return count(context, name) % number == 0

    return holds


def count(context: Context, name: str) -> int:
    """How often this has been asked under that name, from 1."""
    with context.server.lock:
        return next(context.memory.setdefault(("count", name), itertools.count(1)))


def swapped(context: Context, name: Any, value: Any) -> Any:
    """Remember a value under a name; the one that was there before, or None."""
    with context.server.lock:
        before = context.memory.get(name)
        context.memory[name] = value
    return before


def always(value: Any) -> Hook:
    """The step answers this, whatever it is asked."""
    return lambda inner, context, *args: value


def crash(*ignored: Any) -> NoReturn:
    """A documented internal error: status 500, for a request that must not break anything."""
    raise RefusedRequest(*COMMON["crashed"], "crashed")


def in_xml(context: Context) -> bool:
    return context.format == "xml"


def in_json(context: Context) -> bool:
    return context.format == "json"


def in_form(context: Context) -> bool:
    return bool(context.form)


def is_get(context: Context) -> bool:
    return context.request.method == "GET"


def is_v1(context: Context) -> bool:
    return context.signature == "v1"


def is_v3(context: Context) -> bool:
    return context.signature == "v3"
