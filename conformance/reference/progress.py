"""A store whose items progress: unfinished ones finish, new ones appear and old ones go, as a function of the clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from conformance.contract.model import Contract
from conformance.reference.listing import time_field_of
from conformance.reference.seeding import items, relative, stamp
from conformance.reference.store import Item, Store

PERIOD = 12.0
# of so many items one goes, and one appears
IN_TEN = 10


@frozen
class Course:
    """One item: when it appears (None: it was always there), finishes and goes (None: never), and how it is before and
    after it finishes.
    """

    appears: float | None
    finishes: float | None
    before: Item
    after: Item
    goes: float | None = None

    def at(self, now: float) -> Item | None:
        """The item at a time, or None before it appears and once it is gone."""
        if (self.appears is not None and now < self.appears) or (self.goes is not None and now >= self.goes):
            return None
        return self.after if self.finishes is not None and now >= self.finishes else self.before


def progressing(store: Store, contract: Contract, started: float, period: float = PERIOD, seed: int = 1) -> Store:
    """`store`, set in motion at `started` (seconds since 1970).

    Within `period` seconds every unfinished item finishes, and for every ten that were there one goes, and a new one
    appears, to finish within as long again. Nothing moves in a region without items. The same arguments give the same
    course.
    """
    courses = {
        name: _courses(contract, existing, started, period, random.Random(f"{seed} {name}"))
        for name, existing in store.regions.items()
    }

    def now_in(region: str, now: float) -> tuple[Item, ...]:
        found = (course.at(now) for course in courses.get(region, ()))
        return tuple(item for item in found if item is not None)

    return Store(store.regions, now_in)


def _courses(
    contract: Contract, existing: tuple[Item, ...], started: float, period: float, source: random.Random
) -> tuple[Course, ...]:
    finished = _finisher(contract)
    courses = []
    for number, item in enumerate(existing, 1):
        ends = started + source.uniform(0, period)
        after = finished(item, ends)
        goes = started + source.uniform(0, period) if number % IN_TEN == 0 else None
        courses.append(Course(None, ends if after != item else None, item, after, goes))
    key = relative(contract, contract.semantics.key or "")
    taken = {item.get(key) for item in existing}
    for made in items(contract, source, len(existing) // IN_TEN):
        if key and made.get(key) in taken:
            continue
        appears = started + source.uniform(0, period)
        ends = appears + source.uniform(period / 4, period)
        before = _unfinished(contract, made, appears)
        after = finished(before, ends)
        courses.append(Course(appears, ends if after != before else None, before, after))
    return tuple(courses)


def _finisher(contract: Contract) -> Callable[[Item, float], Item]:
    """A function that gives an item its end, where it has not come to one."""
    optional = contract.semantics.optional_fields

    def finished(item: Item, at: float) -> Item:
        changed: dict[str, Any] = dict(item)
        for rule in optional:
            field, state = relative(contract, rule.field), relative(contract, rule.unless_field)
            if changed.get(field) is None and item.get(state) not in rule.unless_values:
                changed |= {state: rule.unless_values[0], field: _stamped(at)}
        return _in_order(contract, changed) if changed != item else item

    return finished


def _unfinished(contract: Contract, item: Item, created: float) -> Item:
    """An item as it is when it appears: created then, and not finished where the contract knows such a state."""
    changed = dict(item)
    time = time_field_of(contract)
    if time:
        changed[relative(contract, time)] = _stamped(created)
    for rule in contract.semantics.optional_fields:
        open_states = _open_states(contract, rule.unless_field, rule.unless_values)
        if open_states:
            changed[relative(contract, rule.unless_field)] = open_states[0]
            changed.pop(relative(contract, rule.field), None)
    return changed


def _open_states(contract: Contract, field: str, closed: tuple[str, ...]) -> list[str]:
    for filter in contract.semantics.filters:
        parameter = contract.parameter(filter.parameter)
        if parameter and relative(contract, filter.field) == relative(contract, field):
            listed = parameter.value("effective_values") or parameter.value("enum") or ()
            return [v for v in listed if v not in closed]
    return []


def _in_order(contract: Contract, item: Mapping[str, Any]) -> Item:
    return {f.name: item[f.name] for f in contract.item_fields if f.name in item}


def _stamped(seconds: float) -> str:
    return stamp(datetime.fromtimestamp(int(seconds), UTC))
