"""Faults of parameters: refused, demanded, misread, or given another default."""

from __future__ import annotations

import re
from typing import Any

from conformance.contract.model import Filter, Parameter
from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.hooks import Hook, crash, every, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import value_at
from conformance.reference.signatures import COMMON_NAMES


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    found: list[Fault] = []
    for parameter in roles.parameters:
        if not parameter.required:
            found += _of_optional(parameter)
        if parameter.type == "integer":
            found += _of_integer(parameter)
        if parameter in roles.times:
            found += _of_time(parameter)
        if parameter.value("enum"):
            found += _of_enumerated(parameter)
    found += [_not_echoed(roles, parameter, path) for parameter, path in roles.echoes.items()]
    return (*found, *_by_hand(roles))


def _of_optional(parameter: Parameter) -> list[Fault]:
    name = parameter.name
    found = [
        Fault(
            f"demanded:{name}",
            f"refuses a request without {name}, which is optional",
            (f"parameters.{name}.optional",),
            {"is_required": lambda inner, context, p: p.name == name or inner(context, p)},
        )
    ]
    if parameter.type == "string":
        found.append(
            Fault(
                f"empty-value-crashes:{name}",
                f"answers an empty {name} with an internal error",
                (f"parameters.{name}.empty-value",),
                {"required": _before(lambda context: context.parameters.get(name) == "", crash)},
            )
        )
    return found


def _before(condition: Any, act: Any) -> Hook:
    """The step as it is, after `act` where the condition holds."""

    def preceded(inner: Hook, context: Context, *args: Any) -> Any:
        if condition(context):
            act()
        return inner(context, *args)

    return preceded


def _of_integer(parameter: Parameter) -> list[Fault]:
    name, found = parameter.name, []
    lowest, highest = parameter.value("minimum"), parameter.value("maximum")
    if parameter.value("default") is not None:
        found.append(
            Fault(
                f"default-changed:{name}",
                f"takes {int(parameter.value('default')) + 1} for a {name} that is left out",
                (f"parameters.{name}.default",),
                {"argument": _else(name, str(int(parameter.value("default")) + 1))},
            )
        )
    for kind, value in (("minimum", lowest), ("maximum", highest)):
        if value is not None:
            found.append(
                Fault(
                    f"{kind}-refused:{name}",
                    f"refuses a {name} of {value}, its {kind}",
                    (f"parameters.{name}.{kind}",),
                    {"bounded": _refused(name, int(value))},
                )
            )
    if highest is not None:
        found += _above(name, int(highest))
    if lowest is not None:
        found.append(
            Fault(
                f"below-minimum-crashes:{name}",
                f"answers a {name} under {lowest} with an internal error",
                (f"parameters.{name}.below-minimum",),
                {"bounded": _crashing(name, lambda value: value < int(lowest))},
            )
        )
    found.append(
        Fault(
            f"malformed-crashes:{name}",
            f"answers a {name} that is no number with an internal error",
            (f"parameters.{name}.malformed",),
            {"integer": _crashing_on_text(name)},
        )
    )
    return found


def _else(name: str, default: str) -> Hook:
    def argument(inner: Hook, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return default if asked == name and text is None else text

    return argument


def _refused(name: str, refused: int) -> Hook:
    def bounded(inner: Hook, context: Context, asked: str, value: int) -> int:
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
            {"bounded": _as_it_is(name, lambda value: value > highest)},
        ),
        Fault(
            f"one-above-maximum-has-its-way:{name}",
            f"takes a {name} of {highest + 1} as it is, and no other",
            killed_by,
            {"bounded": _as_it_is(name, lambda value: value == highest + 1)},
        ),
        Fault(
            f"maximum-is-one-less:{name}",
            f"treats a {name} of {highest} as {highest - 1}",
            (f"parameters.{name}.maximum",),
            {
                "bounded": lambda inner, context, asked, value: (
                    highest - 1 if asked == name and value == highest else inner(context, asked, value)
                )
            },
        ),
    ]


def _as_it_is(name: str, condition: Any) -> Hook:
    return lambda inner, context, asked, value: (
        value if asked == name and condition(value) else inner(context, asked, value)
    )


def _crashing(name: str, condition: Any) -> Hook:
    return lambda inner, context, asked, value: (
        crash() if asked == name and condition(value) else inner(context, asked, value)
    )


def _crashing_on_text(name: str) -> Hook:
    def integer(inner: Hook, context: Context, asked: str) -> Any:
        text = context.steps.argument(context, asked)
        if asked == name and text and context.steps.number(context, text) is None:
            crash()
        return inner(context, asked)

    return integer


def _of_time(parameter: Parameter) -> list[Fault]:
    name = parameter.name
    return [
        Fault(
            f"seconds-refused:{name}",
            f"refuses a {name} whose seconds are not 00",
            (f"parameters.{name}.time-format",),
            {"time": _refused_time(name, lambda text: not text.endswith("00Z"))},
        ),
        Fault(
            f"malformed-crashes:{name}",
            f"answers a {name} that is no time with an internal error",
            (f"parameters.{name}.malformed",),
            {"time": _crashing_time(name)},
        ),
    ]


def _refused_time(name: str, condition: Any) -> Hook:
    def time(inner: Hook, context: Context, asked: str) -> Any:
        text = context.steps.argument(context, asked)
        if asked == name and text and condition(text):
            context.steps.invalid(context, name)
        return inner(context, asked)

    return time


def _crashing_time(name: str) -> Hook:
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z")

    def time(inner: Hook, context: Context, asked: str) -> Any:
        text = context.steps.argument(context, asked)
        return crash() if asked == name and text and not form.fullmatch(text) else inner(context, asked)

    return time


def _of_enumerated(parameter: Parameter) -> list[Fault]:
    name, listed = parameter.name, [str(v) for v in parameter.value("enum")]
    effective = [str(v) for v in parameter.value("effective_values") or listed]
    ignored = [v for v in listed if v not in effective]
    found = [
        Fault(
            f"listed-value-refused:{name}",
            f"refuses {effective[-1]}, which is listed for {name}",
            (f"parameters.{name}.listed-values",),
            {"filter_value": _refused_value(name, effective[-1:])},
        ),
        Fault(
            f"unknown-value-means-first:{name}",
            f"takes an unlisted {name} for {effective[0]}",
            (f"parameters.{name}.unknown-value",),
            {"argument": _first_for_unknown(name, listed, effective[0])},
        ),
        Fault(
            f"unknown-value-crashes:{name}",
            f"answers an unlisted {name} with an internal error",
            (f"parameters.{name}.unknown-value",),
            {"filter_value": _crash_on_unknown(name, listed)},
        ),
    ]
    if ignored:
        found.append(
            Fault(
                f"ignored-value-refused:{name}",
                f"refuses {', '.join(ignored)}, which {name} is to ignore",
                (f"parameters.{name}.ignored-values",),
                {"filter_value": _refused_value(name, ignored)},
            )
        )
    return found


def _refused_value(name: str, values: list[str]) -> Hook:
    def filter_value(inner: Hook, context: Context, filter: Filter) -> object:
        if filter.parameter == name and context.steps.argument(context, name) in values:
            context.steps.invalid(context, name)
        return inner(context, filter)

    return filter_value


def _first_for_unknown(name: str, listed: list[str], first: str) -> Hook:
    def argument(inner: Hook, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return first if asked == name and text and text not in listed else text

    return argument


def _crash_on_unknown(name: str, listed: list[str]) -> Hook:
    def filter_value(inner: Hook, context: Context, filter: Filter) -> object:
        text = context.steps.argument(context, filter.parameter)
        return crash() if filter.parameter == name and text and text not in listed else inner(context, filter)

    return filter_value


def _not_echoed(roles: FaultRoles, parameter: str, path: str) -> Fault:
    """The response says what was said at the server's first request."""

    def stuck(inner: Hook, context: Context, *args: Any) -> dict[str, Any]:
        known = inner(context, *args)
        return {**known, path: context.memory.setdefault(("echo", path), known[path])}

    return Fault(
        f"not-echoed:{parameter}",
        f"repeats the {parameter} of the first request in every answer",
        (f"parameters.{parameter}.echoed",),
        {"known_members": stuck},
    )


def _by_hand(roles: FaultRoles) -> tuple[Fault, ...]:
    contract = roles.contract
    semantics, paging = contract.semantics, contract.semantics.paging
    found = [
        Fault(
            "unknown-parameter-empties",
            "answers a request with a parameter that no page knows as if nothing matched",
            ("parameters.unknown-parameter",),
            {"arguments": _nothing_for_unknown(roles)},
        )
    ]
    if paging:
        size, number = contract.parameter(paging.size), contract.parameter(paging.number)
        found += [
            Fault(
                "text-counts-as-its-length",
                f"takes a {paging.size} that is no number for its length",
                (f"parameters.{paging.size}.malformed",),
                {"argument": _as_length(paging.size)},
            ),
        ]
        if size is not None and size.value("minimum") is not None:
            found.append(
                Fault(
                    "page-size-zero-means-all",
                    f"answers a {paging.size} of 0 with all items on one page",
                    (f"parameters.{paging.size}.below-minimum",),
                    {
                        "bounded": lambda inner, context, asked, value: (
                            10**6 if asked == paging.size and value == 0 else inner(context, asked, value)
                        )
                    },
                )
            )
        if number is not None and number.value("minimum") is not None:
            found.append(
                Fault(
                    "page-zero-is-the-second",
                    f"answers a {paging.number} of 0 with the second page",
                    (f"parameters.{paging.number}.below-minimum",),
                    {
                        "bounded": lambda inner, context, asked, value: (
                            2 if asked == paging.number and value == 0 else inner(context, asked, value)
                        )
                    },
                )
            )
    if paging and semantics.filters:
        found.append(
            Fault(
                "filters-after-page-size-are-lost",
                f"does not see filters that are sent after {paging.size}",
                ("parameters.order-irrelevant",),
                {"filter_value": _lost_after(paging.size)},
            )
        )
    if semantics.range and semantics.range.start:
        found.append(
            Fault(
                "malformed-start-means-the-middle",
                "takes a start that is no time for a time in the middle of the listing",
                (f"parameters.{semantics.range.start}.malformed",),
                {"time": _in_the_middle(semantics.range.start)},
            )
        )
    region = contract.parameter(semantics.region) if semantics.region else None
    if region is not None:
        found.append(
            Fault(
                "rare-request-loses-its-parameters",
                "sees no parameter but the mandatory ones in every tenth request",
                ("filters.known-store",),
                {"arguments": only(every(10, "lost parameters"), _only_region)},
            )
        )
    return tuple(found)


def _nothing_for_unknown(roles: FaultRoles) -> Hook:
    known = {p.name for p in roles.contract.parameters} | COMMON_NAMES
    patterns = [re.compile(re.escape(n).replace(r"\.N", r"\.\d+")) for n in known]

    def arguments(inner: Hook, context: Context) -> Query:
        query = inner(context)
        if all(any(p.fullmatch(name) for p in patterns) for name in context.parameters):
            return query
        from attrs import evolve

        return evolve(query, nothing=True)

    return arguments


def _as_length(size: str) -> Hook:
    def argument(inner: Hook, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return str(len(text)) if asked == size and text and not re.search(r"\d", text) else text

    return argument


def _lost_after(size: str) -> Hook:
    def filter_value(inner: Hook, context: Context, filter: Filter) -> object:
        names = [name for name, _ in context.sent]
        if size in names and filter.parameter in names and names.index(filter.parameter) > names.index(size):
            context.parameters = {k: v for k, v in context.parameters.items() if k != filter.parameter}
        return inner(context, filter)

    return filter_value


def _in_the_middle(name: str) -> Hook:
    def time(inner: Hook, context: Context, asked: str) -> Any:
        text = context.steps.argument(context, asked)
        if asked != name or not text or re.match(r"\d{4}-", text):
            return inner(context, asked)
        semantics = context.contract.semantics
        items = context.steps.stored(context, context.steps.argument(context, semantics.region or "") or "")
        times = sorted(str(value_at(item, semantics.range.field, semantics.items)) for item in items)
        return times[len(times) // 2] if times else inner(context, asked)

    return time


def _only_region(inner: Hook, context: Context) -> Query:
    region = context.contract.semantics.region
    kept = {p.name for p in context.contract.parameters if p.required} | {region}
    context.parameters = {k: v for k, v in context.parameters.items() if k in kept}
    return inner(context)
