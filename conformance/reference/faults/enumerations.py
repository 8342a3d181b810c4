"""Faults of parameters whose values are listed."""

from __future__ import annotations

from conformance.contract.model import Filter, Parameter
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.meaning import ParameterMeaning
from conformance.reference.steps import STEP, ArgumentStep, FilterValueStep, Middleware, replacing

ValueMiddleware = Middleware[[Filter], str | ParameterMeaning]


def faults_of(parameter: Parameter) -> list[Fault]:
    """The listed, the ignored and the unlisted values of one parameter."""
    name, listed = parameter.name, [str(v) for v in parameter.value("enum")]
    effective = [str(v) for v in parameter.value("effective_values") or listed]
    ignored = [v for v in listed if v not in effective]
    found = [
        Fault(
            f"listed-value-refused:{name}",
            f"refuses {effective[-1]}, which is listed for {name}",
            (f"parameters.{name}.listed-values",),
            replacing(STEP.filter_value).by(_refused_value(name, effective[-1:])),
        ),
        Fault(
            f"unknown-value-means-first:{name}",
            f"takes an unlisted {name} for {effective[0]}",
            (f"parameters.{name}.unknown-value",),
            replacing(STEP.argument).by(_first_for_unknown(name, listed, effective[0])),
        ),
        Fault(
            f"unknown-value-crashes:{name}",
            f"answers an unlisted {name} with an internal error",
            (f"parameters.{name}.unknown-value",),
            replacing(STEP.filter_value).by(_crash_on_unknown(name, listed)),
        ),
    ]
    if ignored:
        found.append(
            Fault(
                f"ignored-value-refused:{name}",
                f"refuses {', '.join(ignored)}, which {name} is to ignore",
                (f"parameters.{name}.ignored-values",),
                replacing(STEP.filter_value).by(_refused_value(name, ignored)),
            )
        )
    return found


def _refused_value(name: str, values: list[str]) -> ValueMiddleware:
    def filter_value(inner: FilterValueStep, context: Context, filter: Filter) -> str | ParameterMeaning:
        if filter.parameter == name and context.steps.argument(context, name) in values:
            context.steps.invalid(context, name)
        return inner(context, filter)

    return filter_value


def _first_for_unknown(name: str, listed: list[str], first: str) -> Middleware[[str], str | None]:
    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return first if asked == name and text and text not in listed else text

    return argument


def _crash_on_unknown(name: str, listed: list[str]) -> ValueMiddleware:
    def filter_value(inner: FilterValueStep, context: Context, filter: Filter) -> str | ParameterMeaning:
        text = context.steps.argument(context, filter.parameter)
        return crash() if filter.parameter == name and text and text not in listed else inner(context, filter)

    return filter_value
