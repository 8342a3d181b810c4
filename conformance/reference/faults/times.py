"""Faults of parameters that are times."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.contract.model import Parameter
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.listing import value_at
from conformance.reference.meaning import ParameterMeaning
from conformance.reference.steps import STEP, Middleware, TimeStep, replacing

TimeMiddleware = Middleware[[str], str | ParameterMeaning]


def faults_of(parameter: Parameter) -> list[Fault]:
    """The form of one parameter."""
    name = parameter.name
    return [
        Fault(
            f"seconds-refused:{name}",
            f"refuses a {name} whose seconds are not 00",
            (f"parameters.{name}.time-format",),
            replacing(STEP.time).by(_refused_time(name, lambda text: not text.endswith("00Z"))),
        ),
        Fault(
            f"malformed-crashes:{name}",
            f"answers a {name} that is no time with an internal error",
            (f"parameters.{name}.malformed",),
            replacing(STEP.time).by(_crashing_time(name)),
        ),
    ]


def _refused_time(name: str, condition: Callable[[str], bool]) -> TimeMiddleware:
    def time(inner: TimeStep, context: Context, asked: str) -> str | ParameterMeaning:
        text = context.steps.argument(context, asked)
        if asked == name and text and condition(text):
            context.steps.invalid(context, name)
        return inner(context, asked)

    return time


def _crashing_time(name: str) -> TimeMiddleware:
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z|\d{10,}")

    def time(inner: TimeStep, context: Context, asked: str) -> str | ParameterMeaning:
        text = context.steps.argument(context, asked)
        return crash() if asked == name and text and not form.fullmatch(text) else inner(context, asked)

    return time


def in_the_middle(name: str, field: str) -> TimeMiddleware:
    """Middleware that takes what is no time for one in the middle of the listing."""

    def time(inner: TimeStep, context: Context, asked: str) -> str | ParameterMeaning:
        text = context.steps.argument(context, asked)
        if asked != name or not text or re.match(r"\d{4}-", text):
            return inner(context, asked)
        semantics = context.contract.semantics
        items = context.steps.stored(context, context.steps.argument(context, semantics.region or "") or "")
        times = sorted(str(value_at(item, field, semantics.items)) for item in items)
        return times[len(times) // 2] if times else inner(context, asked)

    return time
