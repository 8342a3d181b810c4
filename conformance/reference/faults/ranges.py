"""Faults of the time range."""

from __future__ import annotations

from collections.abc import Callable

from attrs import Attribute, evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.fields import shifted
from conformance.reference.faults.filters import unsent
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.seeding import relative
from conformance.reference.steps import STEP, BoundStep, KeepsStep, Middleware, SelectStep, replacing
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the time range, where the operation has one."""
    contract, range = roles.contract, roles.contract.semantics.range
    if not (range and contract.semantics.items):
        return ()
    found: list[Fault] = []
    if range.start:
        found += _starts(range.start)
    if range.end:
        found += _ends(range.end)
    if range.start and range.end:
        found += _both(range.start, relative(contract, range.field))
        optional = [relative(contract, o.field) for o in contract.semantics.optional_fields]
        if optional:
            found.append(
                Fault(
                    "range-looks-at-the-end-of-items",
                    f"compares {optional[0]} with the range, where an item has it",
                    ("range.start", "range.end"),
                    replacing(STEP.keeps).by(_by_field(relative(contract, range.field), optional[0])),
                )
            )
        if contract.semantics.filters:
            found.append(
                Fault(
                    "range-drops-the-filters",
                    "ignores filters where a range has both ends",
                    ("range.with-filters",),
                    replacing(STEP.matches).by(
                        lambda inner, context, *args: _has_both(context.query) or inner(context, *args)
                    ),
                )
            )
    return tuple(found)


def _starts(name: str) -> list[Fault]:
    killed_by = ("range.start",)
    return [
        Fault(f"start-ignored:{name}", f"ignores {name}", killed_by, replacing(STEP.argument).by(unsent(name))),
        Fault(
            "start-rounded-to-the-hour",
            f"takes {name} for the full hour before it",
            killed_by,
            replacing(STEP.from_start).by(
                lambda inner, context, time, start: inner(context, time, start[:13] + ":00:00Z")
            ),
        ),
        *(_off_by_a_minute("start", name, STEP.from_start, by) for by in (-1, 1)),
        Fault(
            "start-in-another-zone",
            f"reads {name} as eight hours earlier, as if it were local time",
            killed_by,
            replacing(STEP.from_start).by(
                lambda inner, context, time, start: inner(context, time, shifted(start, hours=-8))
            ),
        ),
    ]


def _ends(name: str) -> list[Fault]:
    killed_by = ("range.end",)
    return [
        Fault(f"end-ignored:{name}", f"ignores {name}", killed_by, replacing(STEP.argument).by(unsent(name))),
        Fault(
            "end-is-the-start-of-its-day",
            f"reads only the date of {name}",
            killed_by,
            replacing(STEP.to_end).by(lambda inner, context, time, end: inner(context, time, end[:10] + "T00:00:00Z")),
        ),
        *(_off_by_a_minute("end", name, STEP.to_end, by) for by in (-1, 1)),
        Fault(
            "end-rounded-to-the-next-hour",
            f"takes {name} for the full hour after it",
            killed_by,
            replacing(STEP.to_end).by(
                lambda inner, context, time, end: inner(context, time, shifted(end[:13] + ":00:00Z", hours=1))
            ),
        ),
    ]


def _off_by_a_minute(side: str, name: str, step: Attribute[BoundStep], by: int) -> Fault:
    way = "late" if by > 0 else "early"

    def bound(inner: BoundStep, context: Context, time: str, text: str) -> bool:
        return inner(context, time, shifted(text, minutes=by))

    return Fault(
        f"{side}-is-a-minute-{way}",
        f"takes {name} for the moment a minute {'after' if by > 0 else 'before'} it",
        (f"range.{side}",),
        replacing(step).by(bound),
    )


def _both(start: str, field: str) -> list[Fault]:
    return [
        Fault(
            "items-at-the-cut-are-lost",
            "leaves out items of the two minutes after the start of a range",
            ("range.start",),
            replacing(STEP.from_start).by(
                lambda inner, context, time, start: inner(context, time, shifted(start, minutes=2))
            ),
        ),
        Fault(
            "start-is-ignored-beside-an-end",
            f"ignores {start} where the range has an end too",
            ("range.splits",),
            replacing(STEP.from_start).by(
                lambda inner, context, *args: _has_both(context.query) or inner(context, *args)
            ),
        ),
        Fault(
            "range-loses-the-oldest",
            "loses the oldest item of a range of several that has both ends",
            ("range.whole",),
            replacing(STEP.select).by(_oldest_lost(field)),
        ),
        Fault(
            "range-of-nothing-is-everything",
            "ignores a range in which there is nothing",
            ("range.outside",),
            replacing(STEP.select).by(_everything_for_nothing),
        ),
        Fault(
            "inverted-range-crashes",
            "answers an inverted range with an internal error",
            ("range.inverted",),
            replacing(STEP.inverted).by(crash),
        ),
        Fault(
            "inverted-range-loses-the-oldest",
            "ignores an inverted range, and loses the oldest day of the listing",
            ("range.inverted",),
            replacing(STEP.inverted).by(_two_days_after_the_end),
        ),
    ]


def _two_days_after_the_end(inner: Callable[[Context, Query], Query], context: Context, query: Query) -> Query:
    return evolve(query, start=shifted(query.end or "", days=2), end=None)


def _has_both(query: Query) -> bool:
    return query.start is not None and query.end is not None


def _oldest_lost(field: str) -> Middleware[[Query], list[Item]]:
    def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        if not _has_both(query) or len(found) < 2:
            return found
        oldest = min(found, key=lambda item: str(item[field]))
        return [item for item in found if item is not oldest]

    return select


def _everything_for_nothing(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if found or query.nothing or not (query.start or query.end):
        return found
    return inner(context, evolve(query, start=None, end=None))


def _by_field(start: str, end: str) -> Middleware[[Query, Item], bool]:
    def keeps(inner: KeepsStep, context: Context, query: Query, item: Item) -> bool:
        return inner(context, query, {**item, start: item.get(end) or item[start]})

    return keeps
