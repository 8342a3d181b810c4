"""Faults of the order of the listing."""

from __future__ import annotations

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import every, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import time_field_of, value_at
from conformance.reference.steps import STEP, OrderStep, replacing
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of an order that does not hold still."""
    killed_by = ("paging.repeatable",)
    found = [
        Fault(
            "order-turns-every-other-time",
            "turns the order of the listing round in every second answer",
            killed_by,
            replacing(STEP.order).by(
                only(every(2, "order"), lambda inner, context, items: inner(context, items)[::-1])
            ),
        ),
        Fault(
            "page-moves-by-one-every-third-time",
            "rotates the listing by one item in every third answer",
            killed_by,
            replacing(STEP.order).by(
                only(every(3, "rotation"), lambda inner, context, items: _rotated(inner(context, items)))
            ),
        ),
    ]
    if time_field_of(roles.contract):
        found.append(
            Fault(
                "equal-times-change-places",
                "changes the order of items of the same time in every second answer",
                killed_by,
                replacing(STEP.order).by(only(every(2, "ties"), _ties_turned)),
            )
        )
    return tuple(found)


def _rotated(items: list[Item]) -> list[Item]:
    return items[1:] + items[:1]


def _ties_turned(inner: OrderStep, context: Context, items: list[Item]) -> list[Item]:
    ordered, time = inner(context, items), time_field_of(context.contract) or ""
    prefix = context.contract.semantics.items
    turned: list[Item] = []
    while ordered:
        same = [i for i in ordered if value_at(i, time, prefix) == value_at(ordered[0], time, prefix)]
        ordered = [i for i in ordered if i not in same]
        turned += same[::-1]
    return turned
