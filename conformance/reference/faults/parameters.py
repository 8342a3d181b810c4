"""Faults of parameters: refused, demanded, misread, or given another default."""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import evolve

from conformance.contract.model import JSON_TEXT, Filter, Parameter
from conformance.ledger.roles import error_of_absence, error_of_length, error_of_value
from conformance.reference.context import Context, Query
from conformance.reference.faults import enumerations, integers, times
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, crash, every, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.times import in_the_middle
from conformance.reference.id_list import sent_as
from conformance.reference.listing import ListingPage
from conformance.reference.meaning import ParameterMeaning, json_value
from conformance.reference.rendering import Tree
from conformance.reference.signatures import COMMON_NAMES
from conformance.reference.steps import (
    STEP,
    ArgumentsStep,
    ArgumentStep,
    CheckStep,
    FilterValueStep,
    MembersStep,
    Middleware,
    ParameterStep,
    TimeStep,
    replacing,
)

# what the page has an error of its own for: where it has, what is taken all the same, the check of that, and its step
REFUSED = (
    (error_of_length, "too-long", "is longer than documented", "length", STEP.length),
    (error_of_value, "unlisted", "is not listed", "listed-alone", STEP.listed),
    (error_of_absence, "unknown", "nothing has", "names-nothing", STEP.there),
)


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each parameter, and of parameters as such."""
    found: list[Fault] = []
    filters = {f.parameter for f in roles.contract.semantics.filters}
    for parameter in roles.parameters:
        if not roles.contract.choice_about("required", parameter.name):
            found += _of_required(roles, parameter) if parameter.required else _of_optional(roles, parameter)
        if parameter in roles.times:
            found += times.faults_of(parameter)
        elif parameter.value("syntax") == JSON_TEXT:
            found.append(_json_crashes(parameter.name))
        elif parameter.type == "integer":
            paging = roles.contract.semantics.paging
            cursor = roles.contract.semantics.cursor
            is_size = paging is not None and parameter.name == paging.size
            is_page = is_size or (paging is not None and parameter.name == paging.number)
            is_page = is_page or (cursor is not None and parameter.name == cursor.size)
            found += integers.faults_of(parameter, is_size=is_size, is_page=is_page)
        found += [
            Fault(
                f"{what}-is-taken:{parameter.name}",
                f"takes a {parameter.name} that {words}",
                (f"parameters.{parameter.name}.{check}",),
                replacing(step).by(_but_of(parameter.name)),
            )
            for error, what, words, check, step in REFUSED
            if error(roles.contract, parameter)
        ]
        if parameter.value("enum"):
            found += enumerations.faults_of(parameter, parameter.name in filters)
    found += [_not_echoed(roles, parameter, path) for parameter, path in roles.echoes.items()]
    return (*found, *_by_hand(roles))


def _but_of(name: str) -> Middleware[[Parameter], None]:
    """The check of parameters but for one."""

    def checked(inner: ParameterStep, context: Context, parameter: Parameter) -> None:
        if parameter.name != name:
            inner(context, parameter)

    return checked


def _json_crashes(name: str) -> Fault:
    def json_text(inner: TimeStep, context: Context, asked: str) -> str | ParameterMeaning:
        text = context.steps.argument(context, asked)
        return crash() if asked == name and text and json_value(text) is None else inner(context, asked)

    return Fault(
        f"malformed-crashes:{name}",
        f"answers a {name} that is no JSON with an internal error",
        (f"parameters.{name}.malformed",),
        replacing(STEP.json_text).by(json_text),
    )


def _of_required(roles: FaultRoles, parameter: Parameter) -> list[Fault]:
    name = parameter.name
    if any(e.parameter == name and e.code.startswith("Missing") for e in roles.contract.errors):
        return []  # it is among the faults of that error
    return [
        Fault(
            f"not-demanded:{name}",
            f"answers a request without {name} as if it were optional",
            (f"parameters.{name}.required",),
            replacing(STEP.is_required).by(lambda inner, context, p: p.name != name and inner(context, p)),
        )
    ]


def _of_optional(roles: FaultRoles, parameter: Parameter) -> list[Fault]:
    name = parameter.name
    found = [
        Fault(
            f"demanded:{name}",
            f"refuses a request without {name}, which is optional",
            (f"parameters.{name}.optional",),
            replacing(STEP.is_required).by(lambda inner, context, p: p.name == name or inner(context, p)),
        )
    ]
    if parameter.type == "string":
        found.append(
            Fault(
                f"empty-value-crashes:{name}",
                f"answers an empty {name} with an internal error",
                (f"parameters.{name}.empty-value",),
                replacing(STEP.required).by(_before(lambda context: context.parameters.get(name) == "", crash)),
            )
        )
    if parameter.type == "string" and roles.contract.semantics.items:
        found.append(
            Fault(
                f"empty-value-finds-one:{name}",
                f"lists the last item alone for an empty {name}",
                (f"parameters.{name}.empty-value",),
                replacing(STEP.select).by(
                    only(
                        lambda context: context.parameters.get(name) == "",
                        lambda inner, context, query: inner(context, query)[-1:],
                    )
                ),
            )
        )
    return found


def _before(condition: Condition, act: Callable[[], None]) -> Middleware[[], None]:
    """The check as it is, after `act` where the condition holds."""

    def preceded(inner: CheckStep, context: Context) -> None:
        if condition(context):
            act()
        inner(context)

    return preceded


def _not_echoed(roles: FaultRoles, parameter: str, path: str) -> Fault:
    """The response says what was said at the server's first request."""

    def stuck(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
        known = inner(context, query, page)
        return {**known, path: context.memory.setdefault(("echo", path), known[path])}

    return Fault(
        f"not-echoed:{parameter}",
        f"repeats the {parameter} of the first request in every answer",
        (f"parameters.{parameter}.echoed",),
        replacing(STEP.known_members).by(stuck),
    )


def _by_hand(roles: FaultRoles) -> tuple[Fault, ...]:
    contract = roles.contract
    semantics, paging = contract.semantics, contract.semantics.paging
    found = [
        Fault(
            "unknown-parameter-empties",
            "answers a request with a parameter that no page knows as if nothing matched",
            ("parameters.unknown-parameter",),
            replacing(STEP.arguments).by(_nothing_for_unknown(roles)),
        )
    ]
    if paging:
        size, number = contract.parameter(paging.size), contract.parameter(paging.number)
        found += [
            Fault(
                "text-counts-as-its-length",
                f"takes a {paging.size} that is no number for its length",
                (f"parameters.{paging.size}.malformed",),
                replacing(STEP.argument).by(_as_length(paging.size)),
            ),
        ]
        if size is not None and size.value("minimum") is not None:
            found.append(
                Fault(
                    "page-size-zero-means-all",
                    f"answers a {paging.size} of 0 with all items on one page",
                    (f"parameters.{paging.size}.below-minimum",),
                    replacing(STEP.bounded).by(
                        lambda inner, context, asked, value: (
                            10**6 if asked == paging.size and value == 0 else inner(context, asked, value)
                        )
                    ),
                )
            )
        if number is not None and number.value("minimum") is not None:
            found.append(
                Fault(
                    "page-zero-is-the-second",
                    f"answers a {paging.number} of 0 with the second page",
                    (f"parameters.{paging.number}.below-minimum",),
                    replacing(STEP.bounded).by(
                        lambda inner, context, asked, value: (
                            2 if asked == paging.number and value == 0 else inner(context, asked, value)
                        )
                    ),
                )
            )
    if paging and semantics.filters:
        found.append(
            Fault(
                "filters-after-page-size-are-lost",
                f"does not see filters that are sent after {paging.size}",
                ("parameters.order-irrelevant",),
                replacing(STEP.filter_value).by(_lost_after(paging.size)),
            )
        )
    if semantics.range and semantics.range.start:
        found.append(
            Fault(
                "malformed-start-means-the-middle",
                "takes a start that is no time for a time in the middle of the listing",
                (f"parameters.{semantics.range.start}.malformed",),
                replacing(STEP.time).by(in_the_middle(semantics.range.start, semantics.range.field)),
            )
        )
    region = contract.parameter(semantics.region) if semantics.region else None
    if region is not None:
        found.append(
            Fault(
                "rare-request-loses-its-parameters",
                "sees no parameter but the mandatory ones in every tenth request",
                ("filters.known-store",),
                replacing(STEP.arguments).by(only(every(10, "lost parameters"), _only_region)),
            )
        )
    return tuple(found)


def _nothing_for_unknown(roles: FaultRoles) -> Middleware[[], Query]:
    known = {p.name for p in roles.contract.parameters} | COMMON_NAMES
    patterns = [sent_as(name) for name in known]

    def arguments(inner: ArgumentsStep, context: Context) -> Query:
        query = inner(context)
        if all(any(p.fullmatch(name) for p in patterns) for name in context.parameters):
            return query
        return evolve(query, nothing=True)

    return arguments


def _as_length(size: str) -> Middleware[[str], str | None]:
    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return str(len(text)) if asked == size and text and not re.search(r"\d", text) else text

    return argument


def _lost_after(size: str) -> Middleware[[Filter], str | ParameterMeaning]:
    def filter_value(inner: FilterValueStep, context: Context, filter: Filter) -> str | ParameterMeaning:
        names = [name for name, _ in context.sent]
        if size in names and filter.parameter in names and names.index(filter.parameter) > names.index(size):
            context.parameters = {k: v for k, v in context.parameters.items() if k != filter.parameter}
        return inner(context, filter)

    return filter_value


def _only_region(inner: ArgumentsStep, context: Context) -> Query:
    region = context.contract.semantics.region
    kept = {p.name for p in context.contract.parameters if p.required} | {region}
    context.parameters = {k: v for k, v in context.parameters.items() if k in kept}
    return inner(context)
