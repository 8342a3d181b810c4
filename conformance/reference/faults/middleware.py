"""The small parts that middleware is made of: when a fault strikes, and what it remembers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from conformance.reference.context import Context
from conformance.reference.message import Response
from conformance.reference.pipeline import FORM
from conformance.reference.refusals import COMMON, RefusedRequest
from conformance.reference.steps import CheckStep, Middleware, ResponseStep

P = ParamSpec("P")
R = TypeVar("R")
Condition = Callable[[Context], bool]


def only(condition: Condition, middleware: Middleware[P, R]) -> Middleware[P, R]:
    """`middleware` where the condition holds, else the step as it is."""

    def limited(
        inner: Callable[Concatenate[Context, P], R], context: Context, /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        if condition(context):
            return middleware(inner, context, *args, **kwargs)
        return inner(context, *args, **kwargs)

    return limited


def every(number: int, name: str) -> Condition:
    """Holds for every so many-th call."""

    def holds(context: Context) -> bool:
        return count(context, name) % number == 0

    return holds


def count(context: Context, name: Hashable) -> int:
    """How often this has been asked under that name, from 1."""
    with context.server.lock:
        number: int = next(context.memory.setdefault(("count", name), itertools.count(1)))
    return number


def swapped(context: Context, name: Hashable, value: Any) -> Any:
    """Remember a value under a name; the one that was there before, or None."""
    with context.server.lock:
        before = context.memory.get(name)
        context.memory[name] = value
    return before


def crash(*ignored: Any) -> NoReturn:
    """A documented internal error: status 500, for a request that must not break anything."""
    raise RefusedRequest(*COMMON["crashed"], "crashed")


def in_xml(context: Context) -> bool:
    """Whether XML is answered."""
    return context.format == "xml"


def in_json(context: Context) -> bool:
    """Whether JSON is answered."""
    return context.format == "json"


def in_form(context: Context) -> bool:
    """Whether the request has a form body."""
    return bool(context.form)


def is_get(context: Context) -> bool:
    """Whether the request is a GET."""
    return context.request.method == "GET"


def is_v1(context: Context) -> bool:
    """Whether the request has the V1 form."""
    return context.signature == "v1"


def is_v3(context: Context) -> bool:
    """Whether the request has the V3 form."""
    return context.signature == "v3"


def unchecked(inner: CheckStep, context: Context) -> None:
    """In the place of a check: nothing is looked at."""


def media_type_of(context: Context) -> str:
    """The media type of the body as it was sent; that of a form where there is none."""
    return context.request.header("content-type") or FORM


def broken_where(condition: Condition) -> Middleware[[], Response]:
    """A documented internal error where the condition holds."""

    def answer(inner: ResponseStep, context: Context) -> Response:
        response = inner(context)
        return (
            context.steps.fail(context, RefusedRequest(*COMMON["crashed"], "crashed"))
            if condition(context)
            else response
        )

    return answer


def refused_where(condition: Condition, status: int, code: str) -> Middleware[[], None]:
    """A refusal with that status and code where the condition holds."""

    def method(inner: CheckStep, context: Context) -> None:
        if condition(context):
            raise RefusedRequest(code, status, "The request is not supported.", code)
        inner(context)

    return method


def before_reading(change: Callable[[Context], None]) -> Middleware[[], None]:
    """The request is changed before it is read."""

    def read(inner: CheckStep, context: Context) -> None:
        change(context)
        inner(context)

    return read
