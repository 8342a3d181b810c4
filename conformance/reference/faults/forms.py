"""Faults of the forms of values: blank, padded, hostile, or repeated."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from conformance.contract.model import Parameter
from conformance.ledger.roles import is_plain
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import (
    STEP,
    ArgumentStep,
    CheckStep,
    ErrorStep,
    Replacement,
    WriteStep,
    replacing,
)

PLACE = "\ue000"
OnText = Callable[[str], bool]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the forms of each parameter that is one text, and of what an error repeats of them."""
    found: list[Fault] = []
    for parameter in roles.parameters:
        if is_plain(parameter):
            found += [*_hostile(parameter), *_blank(parameter), *_repeated(parameter)]
    return (*found, *_unescaped(roles), *_by_hand(roles))


def crashing(name: str, condition: OnText) -> tuple[Replacement, ...]:
    """An internal error where a text that was sent for a parameter is such."""

    def required(inner: CheckStep, context: Context) -> None:
        if any(n == name and condition(text) for n, text in context.sent):
            crash()
        inner(context)

    return replacing(STEP.required).by(required)


def read_as(name: str, change: Callable[[Context, str], str | None]) -> tuple[Replacement, ...]:
    """A parameter that was sent is read as something else, or (None) not at all."""

    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        text = inner(context, asked)
        return change(context, text) if asked == name and text is not None else text

    return replacing(STEP.argument).by(argument)


def _hostile(parameter: Parameter) -> list[Fault]:
    name, killed_by = parameter.name, (f"parameters.{parameter.name}.hostile-text",)
    return [
        Fault(
            f"quote-crashes:{name}",
            f"answers a {name} with a single quote in it with an internal error",
            killed_by,
            crashing(name, lambda text: "'" in text),
        ),
        Fault(
            f"long-text-crashes:{name}",
            f"answers a {name} of more than 4096 characters with an internal error",
            killed_by,
            crashing(name, lambda text: len(text) > 4096 and "," not in text),
        ),
        Fault(
            f"path-crashes:{name}",
            f"answers a {name} with a path to another folder in it with an internal error",
            killed_by,
            crashing(name, lambda text: "../" in text),
        ),
    ]


def _blank(parameter: Parameter) -> list[Fault]:
    name = parameter.name
    return [
        Fault(
            f"blank-crashes:{name}",
            f"answers a {name} of white space alone with an internal error",
            (f"parameters.{name}.blank-value",),
            crashing(name, lambda text: bool(text) and not text.strip()),
        ),
        Fault(
            f"white-space-crashes:{name}",
            f"answers a {name} with white space after it with an internal error",
            (f"parameters.{name}.padded-value",),
            crashing(name, lambda text: bool(text.strip()) and text != text.rstrip()),
        ),
    ]


def _repeated(parameter: Parameter) -> list[Fault]:
    name = parameter.name

    def required(inner: CheckStep, context: Context) -> None:
        if sum(1 for n, _ in context.sent if n == name) > 1:
            crash()
        inner(context)

    return [
        Fault(
            f"repeated-crashes:{name}",
            f"answers a {name} that is sent twice with an internal error",
            (f"parameters.{name}.repeated",),
            replacing(STEP.required).by(required),
        )
    ]


def _unescaped(roles: FaultRoles) -> list[Fault]:
    """Errors that repeat what was sent, as it was sent."""
    region = roles.contract.semantics.region
    if not region:
        return []
    killed_by = (f"parameters.{region}.hostile-text",)

    def repeating(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
        tree = inner(context, refusal)
        return {**tree, "Message": f"{tree['Message']} {PLACE}"} if context.parameters.get(region) else tree

    def unescaped(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
        return inner(context, root, tree).replace(PLACE, context.parameters.get(region, ""))

    def escaped(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
        message = str(tree.get("Message", "")).replace(PLACE, context.parameters.get(region, ""))
        return inner(context, root, {**tree, "Message": message} if "Message" in tree else tree)

    return [
        Fault(
            f"errors-repeat-the-text-in-{format}",
            f"repeats a {region} that there is not in the message of an error, unescaped in {format.upper()}",
            killed_by,
            replacing(STEP.error).by(repeating) + replacing(one).by(unescaped) + replacing(other).by(escaped),
        )
        for format, one, other in (("xml", STEP.as_xml, STEP.as_json), ("json", STEP.as_json, STEP.as_xml))
    ]


def _by_hand(roles: FaultRoles) -> list[Fault]:
    semantics, found = roles.contract.semantics, []
    if semantics.region:
        found += _of_region(roles, semantics.region)
    if semantics.paging:
        size = semantics.paging.size
        found += [
            Fault(
                "blank-size-means-all",
                f"takes a {size} of white space alone for no limit",
                (f"parameters.{size}.blank-value",),
                replacing(STEP.page).by(
                    lambda inner, context, query, listing: inner(
                        context,
                        evolve(query, size=10**6) if _is_blank(context.parameters.get(size)) else query,
                        listing,
                    )
                )
                + read_as(size, lambda context, text: None if _is_blank(text) else text),
            ),
            Fault(
                "padded-size-loses-a-digit",
                f"takes a {size} with white space before it for another number",
                (f"parameters.{size}.padded-value",),
                read_as(
                    size, lambda context, text: f"{text.strip()}1" if text[:1].isspace() and text.strip() else text
                ),
            ),
            Fault(
                "repeated-sizes-are-added",
                f"adds up the values of a {size} that is sent twice",
                (f"parameters.{size}.repeated",),
                read_as(size, lambda context, text: _added(context, size, text)),
            ),
        ]
    listed = [f.parameter for f in semantics.filters if _enum(roles, f.parameter)]
    found += [fault for name in listed for fault in _of_listed(roles, name)]
    if semantics.ids and is_plain_name(semantics.ids.parameter):
        found += _of_ids(semantics.ids.parameter)
    return found


def is_plain_name(name: str) -> bool:
    """Whether a parameter is sent under its documented name."""
    return ".N" not in name


def _is_blank(text: str | None) -> bool:
    return text is not None and not text.strip()


def _added(context: Context, name: str, text: str) -> str:
    sent = [t for n, t in context.sent if n == name]
    return str(sum(map(int, sent))) if len(sent) > 1 and all(t.isdigit() for t in sent) else text


def _enum(roles: FaultRoles, name: str) -> list[str]:
    parameter = roles.contract.parameter(name)
    listed = parameter.value("effective_values") or parameter.value("enum") if parameter else None
    return [str(v) for v in listed or ()]


def _of_region(roles: FaultRoles, region: str) -> list[Fault]:
    def first(context: Context, text: str) -> str:
        return next(iter(context.server.store.regions)) if _is_blank(text) else text

    def other(context: Context, text: str) -> str:
        known = list(context.server.store.regions)
        return known[1 - known.index(text.strip()) % 2] if text != text.strip() and text.strip() in known[:2] else text

    parameter, semantics = roles.contract.parameter(region), roles.contract.semantics
    shown = bool(semantics.items or semantics.region_echo)  # nothing else shows which region it was
    found = []
    if shown or (parameter and parameter.required):  # a region that may be left out is left out where it is blank
        found.append(
            Fault(
                "blank-region-is-the-first",
                f"takes the first region for a {region} without a value",
                (f"parameters.{region}.blank-value",),
                read_as(region, first),
            )
        )
    if shown:
        found.append(
            Fault(
                "padded-region-is-another",
                f"takes another region for a {region} with white space around it",
                (f"parameters.{region}.padded-value",),
                read_as(region, other),
            )
        )
    return found


def _of_listed(roles: FaultRoles, name: str) -> list[Fault]:
    first = _enum(roles, name)[0]
    return [
        Fault(
            f"template-is-evaluated:{name}",
            f"takes a {name} with a template in it for {first}",
            (f"parameters.{name}.hostile-text",),
            read_as(name, lambda context, text: first if "${" in text else text),
        )
    ]


def _unseen(condition: OnText) -> Callable[[Context, str], str | None]:
    return lambda context, text: None if condition(text) else text


def _of_ids(name: str) -> list[Fault]:
    everything: tuple[tuple[str, str, OnText], ...] = (
        ("query-language-is-run", "query language", lambda text: "OR 1=1" in text),
        ("wildcard-brings-everything", "a wildcard alone", lambda text: text.strip(' "[]') in ("%", "*")),
    )
    found = [
        Fault(
            fault,
            f"lists everything for a {name} with {what} in it",
            (f"parameters.{name}.hostile-text",),
            read_as(name, _unseen(condition)),
        )
        for fault, what, condition in everything
    ]
    return [
        *found,
        Fault(
            "padded-id-brings-everything",
            f"lists everything for a {name} that begins with white space",
            (f"parameters.{name}.padded-value",),
            read_as(name, lambda context, text: None if text[:1].isspace() and text.strip() else text),
        ),
        Fault(
            "repeated-ids-bring-everything",
            f"lists everything where {name} is sent twice",
            (f"parameters.{name}.repeated",),
            read_as(name, lambda context, text: None if [n for n, _ in context.sent].count(name) > 1 else text),
        ),
    ]
