"""Faults of values that are nearly known ones: parts of them, longer ones, patterns, or other letters."""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.contract.model import Parameter
from conformance.ledger.roles import has_known_values
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.forms import read_as
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import key_of
from conformance.reference.steps import STEP, CheckStep, Replacement, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of known values in other letters, of listed values, and of ids."""
    semantics = roles.contract.semantics
    found: list[Fault] = []
    for parameter in roles.parameters:
        if has_known_values(roles.contract, parameter.name):
            found += _other_case(roles, parameter)
    for filter in semantics.filters:
        known = roles.contract.parameter(filter.parameter)
        if known is not None and known.value("enum"):
            found += _near_values(known)
    if semantics.ids and semantics.items:
        found += _near_ids()
    return tuple(found)


def _other_case(roles: FaultRoles, parameter: Parameter) -> list[Fault]:
    name, killed_by = parameter.name, (f"parameters.{parameter.name}.letter-case",)
    semantics = roles.contract.semantics

    def known(context: Context) -> list[str]:
        if name == semantics.region:
            return list(context.server.store.regions)
        if semantics.ids and name == semantics.ids.parameter:
            items = (i for items in context.server.store.regions.values() for i in items)
            return [str(i.get(semantics.ids.field)) for i in items]
        return [str(v) for v in parameter.value("effective_values") or parameter.value("enum")]

    def another(context: Context, text: str) -> str:
        names = known(context)
        place = next((i for i, n in enumerate(names) if n != text and n.casefold() == text.casefold()), None)
        return text if place is None else names[(place + 1) % len(names)]

    def cased(inner: CheckStep, context: Context) -> None:
        texts = [text for n, text in context.sent if n == name]
        if any(another(context, text) != text for text in texts):
            crash()
        inner(context)

    return [
        Fault(
            f"other-case-means-the-next:{name}",
            f"takes a {name} in other letters for the value after it",
            killed_by,
            read_as(name, another),
        ),
        Fault(
            f"other-case-crashes:{name}",
            f"answers a {name} in other letters with an internal error",
            killed_by,
            replacing(STEP.required).by(cased),
        ),
    ]


def _near_values(parameter: Parameter) -> list[Fault]:
    name, killed_by = parameter.name, (f"parameters.{parameter.name}.unknown-value",)
    listed = [str(v) for v in parameter.value("effective_values") or parameter.value("enum")]

    def matching(fits: Callable[[str, str], bool]) -> tuple[Replacement, ...]:
        return read_as(name, lambda context, text: next((v for v in listed if text.strip() and fits(v, text)), text))

    return [
        Fault(
            f"values-match-by-their-beginning:{name}",
            f"takes the beginning of a listed {name} for the whole",
            killed_by,
            matching(lambda value, text: value.startswith(text)),
        ),
        Fault(
            f"longer-values-are-cut:{name}",
            f"takes what begins with a listed {name} for that",
            killed_by,
            matching(lambda value, text: text.startswith(value)),
        ),
        Fault(
            f"values-match-by-their-end:{name}",
            f"takes the end of a listed {name} for the whole",
            killed_by,
            matching(lambda value, text: value.endswith(text)),
        ),
    ]


def _near_ids() -> list[Fault]:
    def like(key: str, id: str) -> bool:
        pattern = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in id)
        return re.fullmatch(pattern, key, re.DOTALL) is not None

    def glob(key: str, id: str) -> bool:
        pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in id)
        return re.fullmatch(pattern, key, re.DOTALL) is not None

    def expression(key: str, id: str) -> bool:
        try:
            return re.fullmatch(id, key) is not None
        except re.error:
            return False

    ways: tuple[tuple[str, str, Callable[[str, str], bool]], ...] = (
        ("ids-match-by-their-end", "lists items whose id ends with one of those named", lambda k, i: k.endswith(i)),
        ("ids-match-inside", "lists items whose id has one of those named in it", lambda k, i: i in k),
        ("longer-ids-are-cut", "lists items whose id one of those named begins with", lambda k, i: i.startswith(k)),
        ("ids-are-query-patterns", "takes % and _ in an id for any text and any character", like),
        ("ids-are-file-patterns", "takes * and ? in an id for any text and any character", glob),
        ("ids-are-regular-expressions", "takes an id for a regular expression", expression),
        ("ids-end-at-nul", "reads an id up to a NUL in it", lambda k, i: k == i.partition("\x00")[0]),
        ("quote-ends-the-id", "lists everything where an id has OR and a quote in it", lambda k, i: "' OR" in i),
    )
    return [Fault(name, description, ("ids.near-id",), _named(fits)) for name, description, fits in ways]


def _named(fits: Callable[[str, str], bool]) -> tuple[Replacement, ...]:
    """Items are named, too, by ids that their keys fit in some way."""
    return replacing(STEP.named).by(
        lambda inner, context, ids, item: (
            inner(context, ids, item) or any(fits(key_of(context, item), id) for id in ids if id)
        )
    )
