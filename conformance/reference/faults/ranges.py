"""Faults of the time range."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.fields import shifted
from conformance.reference.faults.filters import unsent
from conformance.reference.faults.hooks import Hook, crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import Item
from conformance.reference.seeding import relative


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    contract, range = roles.contract, roles.contract.semantics.range
    if not (range and contract.semantics.items):
        return ()
    found: list[Fault] = []
    if range.start:
        found += _starts(range.start)
    if range.end:
        found += _ends(range.end)
    if range.start and range.end:
        found += _both(range.start)
        optional = [relative(contract, o.field) for o in contract.semantics.optional_fields]
        if optional:
            found.append(
                Fault(
                    "range-looks-at-the-end-of-items",
                    f"compares {optional[0]} with the range, where an item has it",
                    ("range.start", "range.end"),
                    {"keeps": _by_field(relative(contract, range.field), optional[0])},
                )
            )
        if contract.semantics.filters:
            found.append(
                Fault(
                    "range-drops-the-filters",
                    "ignores filters where a range has both ends",
                    ("range.with-filters",),
                    {"matches": lambda inner, context, *args: _has_both(context.query) or inner(context, *args)},
                )
            )
    return tuple(found)


def _starts(name: str) -> list[Fault]:
    killed_by = ("range.start",)
    return [
        Fault(f"start-ignored:{name}", f"ignores {name}", killed_by, {"argument": unsent(name)}),
        Fault(
            "start-rounded-to-the-hour",
            f"takes {name} for the full hour before it",
            killed_by,
            {"from_start": lambda inner, context, time, start: inner(context, time, start[:13] + ":00:00Z")},
        ),
        Fault(
            "start-in-another-zone",
            f"reads {name} as eight hours earlier, as if it were local time",
            killed_by,
            {"from_start": lambda inner, context, time, start: inner(context, time, shifted(start, hours=-8))},
        ),
    ]


def _ends(name: str) -> list[Fault]:
    killed_by = ("range.end",)
    return [
        Fault(f"end-ignored:{name}", f"ignores {name}", killed_by, {"argument": unsent(name)}),
        Fault(
            "end-is-the-start-of-its-day",
            f"reads only the date of {name}",
            killed_by,
            {"to_end": lambda inner, context, time, end: inner(context, time, end[:10] + "T00:00:00Z")},
        ),
        Fault(
            "end-rounded-to-the-next-hour",
            f"takes {name} for the full hour after it",
            killed_by,
            {"to_end": lambda inner, context, time, end: inner(context, time, shifted(end[:13] + ":00:00Z", hours=1))},
        ),
    ]


def _both(start: str) -> list[Fault]:
    return [
        Fault(
            "items-at-the-cut-are-lost",
            "leaves out items of the two minutes after the start of a range",
            ("range.splits", "range.start"),
            {"from_start": lambda inner, context, time, start: inner(context, time, shifted(start, minutes=2))},
        ),
        Fault(
            "start-is-ignored-beside-an-end",
            f"ignores {start} where the range has an end too",
            ("range.splits",),
            {"from_start": lambda inner, context, *args: _has_both(context.query) or inner(context, *args)},
        ),
        Fault(
            "range-loses-the-oldest",
            "loses the oldest item of a range of several that has both ends",
            ("range.whole",),
            {"select": _oldest_lost},
        ),
        Fault(
            "range-of-nothing-is-everything",
            "ignores a range in which there is nothing",
            ("range.outside",),
            {"select": _everything_for_nothing},
        ),
        Fault(
            "inverted-range-crashes",
            "answers an inverted range with an internal error",
            ("range.inverted",),
            {"inverted": crash},
        ),
        Fault(
            "inverted-range-loses-the-oldest",
            "ignores an inverted range, and loses the oldest day of the listing",
            ("range.inverted",),
            {"inverted": lambda inner, context, found: {"start": shifted(found["end"], days=2)}},
        ),
    ]


def _has_both(query: Query) -> bool:
    return query.start is not None and query.end is not None


def _oldest_lost(inner: Hook, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if not _has_both(query) or len(found) < 2:
        return found
    field = relative(context.contract, context.contract.semantics.range.field)
    oldest = min(found, key=lambda item: item[field])
    return [item for item in found if item is not oldest]


def _everything_for_nothing(inner: Hook, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if found or query.nothing or not (query.start or query.end):
        return found
    return inner(context, evolve(query, start=None, end=None))


def _by_field(start: str, end: str) -> Hook:
    def keeps(inner: Hook, context: Context, query: Query, item: Any) -> bool:
        return inner(context, query, {**item, start: item.get(end) or item[start]})

    return keeps
