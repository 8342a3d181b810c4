"""A contract as of a date: what it says without the revisions that were published later.

A contract keeps for each fact which revisions state it, so that one that only later pages state can be left out. What
it does not keep is what an older page said where a newer one says something else: that is then left open, and a note
says so. Derivation from the older pages alone (`derive --as-of`) knows more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from attrs import evolve

from conformance.contract.model import Choice, Citation, Constraint, Contract, Field, Parameter, Semantics

Cited = TypeVar("Cited", bound=Any)
# kinds of choice that say nothing more where one alternative is left: the parameter or the error says it itself
STATED_ELSEWHERE = ("required", "error", "error-message")


class TooEarly(ValueError):
    """No revision is known to be as old as a date. The message is a sentence."""


def is_later(published: str | None, date: str) -> bool:
    """Whether a page is known to be published after a date; of each a day (2021-01-07) or a month (2021-01).

    Of one that has a month alone the day is not known: it counts from the beginning of that month.
    """
    return published is not None and published[: len(date)] > date[: len(published)]


def as_of(contract: Contract, date: str) -> Contract:
    """The contract by the revisions of a date and before, and by those without a date, of which a note says so.

    Raises TooEarly where all are later, and where none has a date.
    """
    operation, dates = contract.operation, sorted(r.date for r in contract.revisions if r.date)
    if not dates:
        raise TooEarly(f"No page of {operation} has a date, so what was documented on {date} is not known.")
    kept = tuple(r for r in contract.revisions if not is_later(r.date, date))
    if not kept:
        raise TooEarly(f"The first page of {operation} is of {dates[0]}, and {date} is before that; give a later date.")
    later = frozenset(r.id for r in contract.revisions) - {r.id for r in kept}
    notes = [f"{r.id} was published after {date} and does not count" for r in contract.revisions if r.id in later]
    notes += [f"{r.id} has no date, and counts as of {date}" for r in kept if r.date is None]
    if not later:
        return evolve(contract, notes=(*contract.notes, *notes))
    resolved = {c.subject: c for c in contract.choices if c.kind == "required" for c in _choices([c], later)}
    parameters = [_parameter(p, later, resolved.get(p.name)) for p in _still(contract.parameters, later)]
    changed = [p.name for p, before in _both(parameters, contract.parameters) if len(p.constraints) < len(before)]
    notes += [f"{name}: what only later pages state is left out, and what it replaced is not known" for name in changed]
    found = evolve(
        contract,
        revisions=kept,
        parameters=tuple(parameters),
        response=tuple(_fields(contract.response, later)),
        errors=tuple(_still(contract.errors, later)),
        samples=tuple(_still(contract.samples, later)),
        notes=(*contract.notes, *notes),
    )
    found = evolve(found, semantics=_semantics(found, contract.semantics))
    gone = _names(contract) - _names(found)
    asked = {p.name for p in contract.parameters} - {p.name for p in parameters}
    open_ones = (
        c
        for c in _choices(contract.choices, later)
        # of a parameter that is gone, though a field of its name is there, what it left open by silence is gone
        if c.subject not in gone and not (c.reason == "silence" and c.subject in asked)
    )
    return evolve(found, choices=tuple(c for c in open_ones if not (c.is_settled and c.kind in STATED_ELSEWHERE)))


def _citations(citations: Iterable[Citation], later: frozenset[str]) -> tuple[Citation, ...]:
    return tuple(c for c in citations if c.revision not in later)


def _still(things: Iterable[Cited], later: frozenset[str]) -> list[Cited]:
    """The things without their later citations; those that have no other are left out."""
    pairs = ((thing, _citations(thing.citations, later)) for thing in things)
    return [evolve(thing, citations=cited) for thing, cited in pairs if cited or not thing.citations]


def _parameter(parameter: Parameter, later: frozenset[str], choice: Choice | None) -> Parameter:
    """`choice` is whether it is required, where the pages that count may still contradict each other on it."""
    ways = [a.id for a in choice.alternatives] if choice else []
    required = ways == ["required"] if len(ways) == 1 else parameter.required
    return evolve(parameter, required=required, constraints=tuple(_still(parameter.constraints, later)))


def _fields(fields: Iterable[Field], later: frozenset[str]) -> Iterable[Field]:
    for field in _still(fields, later):
        members = tuple(_fields(field.members, later))
        if members or not field.members:
            yield evolve(field, members=members, constraints=tuple(_still(field.constraints, later)))


def _choices(choices: Iterable[Choice], later: frozenset[str]) -> Iterable[Choice]:
    """What stays open, with the ways that some page that counts allows."""
    for choice in choices:
        ways = tuple(_still(choice.alternatives, later))
        if ways:
            preferred = choice.preferred if choice.preferred in {w.id for w in ways} else ways[0].id
            yield evolve(choice, alternatives=ways, preferred=preferred)


def _names(contract: Contract) -> frozenset[str]:
    """What a choice may be about, and an older page may not have: parameters, response paths, errors."""
    paths = {name for path, _ in contract.fields() for name in (".".join(path), path[-1])}
    return frozenset({p.name for p in contract.parameters} | paths | {e.code for e in contract.errors})


def _both(
    parameters: Iterable[Parameter], before: Iterable[Parameter]
) -> Iterable[tuple[Parameter, tuple[Constraint, ...]]]:
    constraints = {p.name: p.constraints for p in before}
    return ((p, constraints[p.name]) for p in parameters)


def _semantics(contract: Contract, roles: Semantics) -> Semantics:
    """The roles whose parameters and fields are still there."""
    asked, paths = {p.name for p in contract.parameters}, {".".join(path) for path, _ in contract.fields()}
    items = roles.items if roles.items in paths else None
    shown = {path.removeprefix(f"{items}.") for path in paths if items and path.startswith(f"{items}.")}
    echoed = {name: name if name in paths else None for name in (roles.request_id, roles.region_echo) if name}
    paging, cursor, ids, span = roles.paging, roles.cursor, roles.ids, roles.range
    if paging and {paging.number, paging.size} <= asked and paging.total in paths:
        echoes = {n: n if n in paths else None for n in (paging.number_echo, paging.size_echo) if n}
        number_echo, size_echo = echoes.get(paging.number_echo or ""), echoes.get(paging.size_echo or "")
        paging = evolve(paging, number_echo=number_echo, size_echo=size_echo)
    else:
        paging = None
    if cursor and not (cursor.token in asked and cursor.next in paths):
        cursor = None
    elif cursor and cursor.size not in asked:
        cursor = evolve(cursor, size=None)
    if ids and not (ids.parameter in asked and ids.field in shown):
        ids = None
    elif ids:
        parameter = contract.parameter(ids.parameter)
        limit = parameter.value("max_items") if parameter else None
        ids = evolve(ids, limit=ids.limit if limit == ids.limit else None)
    if span:
        start, end = (name if name in asked else None for name in (span.start, span.end))
        span = evolve(span, start=start, end=end) if (start or end) and span.field in shown else None
    return evolve(
        roles,
        items=items,
        key=roles.key if roles.key in shown else None,
        request_id=echoed.get(roles.request_id or ""),
        region=roles.region if roles.region in asked else None,
        region_echo=echoed.get(roles.region_echo or ""),
        paging=paging,
        cursor=cursor,
        ids=ids,
        range=span,
        filters=tuple(f for f in roles.filters if f.parameter in asked and f.field in shown),
        optional_fields=tuple(o for o in roles.optional_fields if {o.field, o.unless_field} <= shown),
    )
