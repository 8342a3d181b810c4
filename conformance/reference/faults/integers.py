"""Faults of integer parameters."""

from __future__ import annotations

from collections.abc import Callable

from conformance.contract.model import Parameter
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.steps import STEP, ArgumentStep, BoundedStep, IntegerStep, Middleware, replacing

BoundedMiddleware = Middleware[[str, int], int]


def faults_of(parameter: Parameter, *, is_size: bool, is_page: bool = True) -> list[Fault]:
    """The default, the bounds and the form of one parameter. That another number is meant than the one that is sent can
    be seen of a page size alone, which says how many items a page holds; that another default is taken, of what names a
    page, and where the other is no allowed value.
    """
    name = parameter.name
    found: list[Fault] = []
    lowest, highest = parameter.value("minimum"), parameter.value("maximum")
    default = parameter.value("default")
    if default is not None and (is_page or (highest is not None and int(default) + 1 > int(highest))):
        found.append(
            Fault(
                f"default-changed:{name}",
                f"takes {int(default) + 1} for a {name} that is left out",
                (f"parameters.{name}.default",),
                replacing(STEP.argument).by(_else(name, str(int(default) + 1))),
            )
        )
    for kind, value in (("minimum", lowest), ("maximum", highest)):
        if value is not None:
            found.append(
                Fault(
                    f"{kind}-refused:{name}",
                    f"refuses a {name} of {value}, its {kind}",
                    (f"parameters.{name}.{kind}",),
                    replacing(STEP.bounded).by(_refused(name, int(value))),
                )
            )
    if highest is not None:
        found += _above(name, int(highest)) if is_page else [_crashes_above(name, int(highest))]
        found += [_one_less(name, int(highest))] if is_size else []
    if lowest is not None:
        found.append(
            Fault(
                f"below-minimum-crashes:{name}",
                f"answers a {name} under {lowest} with an internal error",
                (f"parameters.{name}.below-minimum",),
                replacing(STEP.bounded).by(_crashing(name, lambda value: value < int(lowest))),
            )
        )
    found.append(
        Fault(
            f"malformed-crashes:{name}",
            f"answers a {name} that is no number with an internal error",
            (f"parameters.{name}.malformed",),
            replacing(STEP.integer).by(_crashing_on_text(name)),
        )
    )
    return found


def _else(name: str, default: str) -> Middleware[[str], str | None]:
    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return default if asked == name and text is None else text

    return argument


def _refused(name: str, refused: int) -> BoundedMiddleware:
    def bounded(inner: BoundedStep, context: Context, asked: str, value: int) -> int:
        if asked == name and value == refused:
            context.steps.invalid(context, name)
        return inner(context, asked, value)

    return bounded


def _above(name: str, highest: int) -> list[Fault]:
    killed_by = (f"parameters.{name}.above-maximum",)
    return [
        Fault(
            f"above-maximum-has-its-way:{name}",
            f"takes a {name} over {highest} as it is",
            killed_by,
            replacing(STEP.bounded).by(_as_it_is(name, lambda value: value > highest)),
        ),
        Fault(
            f"one-above-maximum-has-its-way:{name}",
            f"takes a {name} of {highest + 1} as it is, and no other",
            killed_by,
            replacing(STEP.bounded).by(_as_it_is(name, lambda value: value == highest + 1)),
        ),
    ]


def _crashes_above(name: str, highest: int) -> Fault:
    """What no page shows: a number that has its way looks like one that is brought within its limits."""
    return Fault(
        f"above-maximum-crashes:{name}",
        f"answers a {name} over {highest} with an internal error",
        (f"parameters.{name}.above-maximum",),
        replacing(STEP.bounded).by(_crashing(name, lambda value: value > highest)),
    )


def _one_less(name: str, highest: int) -> Fault:
    return Fault(
        f"maximum-is-one-less:{name}",
        f"treats a {name} of {highest} as {highest - 1}",
        (f"parameters.{name}.maximum",),
        replacing(STEP.bounded).by(
            lambda inner, context, asked, value: (
                highest - 1 if asked == name and value == highest else inner(context, asked, value)
            )
        ),
    )


def _as_it_is(name: str, condition: Callable[[int], bool]) -> BoundedMiddleware:
    return lambda inner, context, asked, value: (
        value if asked == name and condition(value) else inner(context, asked, value)
    )


def _crashing(name: str, condition: Callable[[int], bool]) -> BoundedMiddleware:
    return lambda inner, context, asked, value: (
        crash() if asked == name and condition(value) else inner(context, asked, value)
    )


def _crashing_on_text(name: str) -> Middleware[[str], tuple[int, int]]:
    def integer(inner: IntegerStep, context: Context, asked: str) -> tuple[int, int]:
        text = context.steps.argument(context, asked)
        if asked == name and text and context.steps.number(context, text) is None:
            crash()
        return inner(context, asked)

    return integer
