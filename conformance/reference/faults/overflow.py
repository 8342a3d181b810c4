"""Faults of numbers that do not fit: cut to 32 or 64 bits, as they are read, computed with, or repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from attrs import evolve

from conformance.contract.model import Paging, Parameter
from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.forms import crashing, read_as
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, MembersStep, Middleware, PageStep, Replacement, replacing
from conformance.reference.store import Item

WIDTHS = (32, 64)
NUMBER = re.compile(r"-?\d{1,30}")


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each integer, and of the place that is computed from page and size."""
    found = [f for p in roles.parameters if p.type == "integer" and ".N" not in p.name for f in _of_integer(roles, p)]
    paging = roles.contract.semantics.paging
    return (*found, *_offsets(paging)) if paging and roles.contract.semantics.items else tuple(found)


def signed(number: int, bits: int) -> int:
    """What is left of a number in so many bits, the highest of which is its sign."""
    low, half = number % (1 << bits), 1 << (bits - 1)
    return low - 2 * half if low >= half else low


def _of_integer(roles: FaultRoles, parameter: Parameter) -> list[Fault]:
    name, paging = parameter.name, roles.contract.semantics.paging
    killed_by = (f"parameters.{name}.overflow",)
    found = [
        Fault(
            f"overflow-crashes:{name}",
            f"answers a {name} of more than 63 bits with an internal error",
            killed_by,
            crashing(name, lambda text: bool(NUMBER.fullmatch(text)) and abs(int(text)) >= 2**63),
        )
    ]
    if not paging or name not in (paging.number, paging.size):
        return found
    cut = (
        Fault(
            f"number-is-cut-to-{bits}-bits:{name}",
            f"keeps the low {bits} bits of a {name}",
            killed_by,
            read_as(name, _cutting(bits)),
        )
        for bits in WIDTHS
    )
    return [*found, *cut]


def _cutting(bits: int) -> Callable[[Context, str], str]:
    return lambda context, text: str(signed(int(text), bits)) if NUMBER.fullmatch(text) else text


def _offsets(paging: Paging) -> list[Fault]:
    killed_by = (f"parameters.{paging.number}.overflow",)
    found = [
        Fault(
            f"offset-is-cut-to-{bits}-bits",
            f"keeps the low {bits} bits of the place of the first item of a page",
            killed_by,
            _unbounded_number() + replacing(STEP.page).by(_cut_page(bits)),
        )
        for bits in WIDTHS
    ]
    if paging.number_echo:
        found.append(
            Fault(
                "page-is-repeated-in-32-bits",
                f"repeats the low 32 bits of a {paging.number}",
                killed_by,
                replacing(STEP.known_members).by(_cut_echo(paging.number_echo)),
            )
        )
    return found


def _unbounded_number() -> tuple[Replacement, ...]:
    return replacing(STEP.number).by(
        lambda inner, context, text: int(text) if NUMBER.fullmatch(text) else inner(context, text)
    )


def _cut_page(bits: int) -> Middleware[[Query, Sequence[Item]], ListingPage]:
    def page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        first = (query.number - 1) * query.size
        if first < 2 ** (bits - 1):
            return inner(context, query, listing)
        number = max(0, signed(first, bits)) // query.size + 1
        return inner(context, evolve(query, number=number), listing)

    return page


def _cut_echo(path: str) -> Middleware[[Query, ListingPage], Tree]:
    def known_members(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
        known = inner(context, query, page)
        return {**known, path: signed(int(known[path]), 32)}

    return known_members
