"""Faults of id lists that are longer than allowed: some of what is too much counts all the same."""

from __future__ import annotations

from collections.abc import Callable

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.steps import STEP, LimitIdsStep, Middleware, replacing


def over(limit: int) -> list[Fault]:
    """More ids than are allowed count by one, by far, from the end, or half of them."""
    killed_by = ("ids.over-the-limit",)
    ways: tuple[tuple[str, str, Callable[[tuple[str, ...]], tuple[str, ...] | None]], ...] = (
        ("one-id-too-many-counts", f"counts {limit + 1} ids", lambda ids: ids if len(ids) == limit + 1 else None),
        (
            "far-too-many-ids-count",
            f"counts every id of more than twice {limit}",
            lambda ids: ids if len(ids) > 2 * limit else None,
        ),
        ("ids-over-the-limit-count-alone", f"counts the ids over {limit} alone", lambda ids: ids[limit:]),
        ("last-ids-count", f"counts the last {limit} of more ids", lambda ids: ids[-limit:]),
    )
    found = [
        Fault(name, description, killed_by, replacing(STEP.limit_ids).by(_counting(limit, counted)))
        for name, description, counted in ways
    ]
    return [
        *found,
        Fault(
            "too-many-ids-bring-everything",
            "lists everything for too many ids",
            ("ids.over-the-limit-is-safe",),
            replacing(STEP.limit_ids).by(lambda inner, context, ids: ids)
            + replacing(STEP.named).by(lambda inner, context, ids, item: len(ids) > limit or inner(context, ids, item)),
        ),
        Fault(
            "same-id-too-often-crashes",
            f"answers an id that is named more than {limit} times with an internal error",
            ("ids.over-the-limit-is-safe",),
            replacing(STEP.limit_ids).by(
                lambda inner, context, ids: crash() if len(ids) > limit and len(set(ids)) == 1 else inner(context, ids)
            ),
        ),
    ]


def _counting(
    limit: int, counted: Callable[[tuple[str, ...]], tuple[str, ...] | None]
) -> Middleware[[tuple[str, ...]], tuple[str, ...]]:
    def limit_ids(inner: LimitIdsStep, context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
        found = counted(ids) if len(ids) > limit else None
        return inner(context, ids) if found is None else found

    return limit_ids
