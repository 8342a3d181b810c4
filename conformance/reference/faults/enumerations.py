"""Faults of parameters whose values are listed."""

from __future__ import annotations

from conformance.contract.model import Parameter
from conformance.reference.arguments import EVERYTHING
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.steps import STEP, ArgumentStep, CheckStep, Middleware, replacing


def faults_of(parameter: Parameter, filters: bool) -> list[Fault]:
    """The listed, the ignored and the unlisted values of one parameter; `filters` if it is a filter."""
    name, listed = parameter.name, [str(v) for v in parameter.value("enum")]
    effective = [str(v) for v in parameter.value("effective_values") or listed]
    ignored = [v for v in listed if v not in effective]
    found = [
        Fault(
            f"listed-value-refused:{name}",
            f"refuses {effective[-1]}, which is listed for {name}",
            (f"parameters.{name}.listed-values",),
            replacing(STEP.required).by(_refused_value(name, effective[-1:])),
        ),
        Fault(
            f"unknown-value-crashes:{name}",
            f"answers an unlisted {name} with an internal error",
            (f"parameters.{name}.unknown-value",),
            replacing(STEP.required).by(_crash_on_unknown(name, listed)),
        ),
    ]
    if filters and effective[0].casefold() not in EVERYTHING:
        # taken for what names everything, it is dropped, which is a documented way
        found.append(
            Fault(
                f"unknown-value-means-first:{name}",
                f"takes an unlisted {name} for {effective[0]}",
                (f"parameters.{name}.unknown-value",),
                replacing(STEP.argument).by(_first_for_unknown(name, listed, effective[0])),
            )
        )
    if ignored:
        found.append(
            Fault(
                f"ignored-value-refused:{name}",
                f"refuses {', '.join(ignored)}, which {name} is to ignore",
                (f"parameters.{name}.ignored-values",),
                replacing(STEP.required).by(_refused_value(name, ignored)),
            )
        )
    return found


def _refused_value(name: str, values: list[str]) -> Middleware[[], None]:
    def required(inner: CheckStep, context: Context) -> None:
        inner(context)
        if _folded(context.steps.argument(context, name)) in map(_folded, values):
            context.steps.invalid(context, name)

    return required


def _first_for_unknown(name: str, listed: list[str], first: str) -> Middleware[[str], str | None]:
    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return first if asked == name and text and text not in listed else text

    return argument


def _crash_on_unknown(name: str, listed: list[str]) -> Middleware[[], None]:
    def required(inner: CheckStep, context: Context) -> None:
        inner(context)
        text = context.steps.argument(context, name)
        if text and _folded(text) not in map(_folded, listed):
            crash()

    return required


def _folded(text: str | None) -> str | None:
    """A truth value is `true` in a request and `True` in a contract."""
    return text.lower() if text in ("True", "False", "TRUE", "FALSE") else text
