"""Faults of id lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults import limits
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.id_list import IdText
from conformance.reference.listing import ListingPage, key_of
from conformance.reference.steps import (
    STEP,
    IdTextStep,
    LimitIdsStep,
    Middleware,
    PageStep,
    SelectStep,
    SplitIdsStep,
    UnknownIdsStep,
    replacing,
)
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the id list, where the operation has one."""
    semantics = roles.contract.semantics
    if not (semantics.ids and semantics.items):
        return ()
    found = [*_lists(semantics.ids.parameter), *_unknown()]
    if semantics.ids.limit:
        found += [*_limits(semantics.ids.parameter, semantics.ids.limit), *limits.over(semantics.ids.limit)]
    if semantics.filters:
        found.append(
            Fault(
                "id-list-drops-the-filters",
                "ignores filters beside an id list",
                ("ids.with-filters",),
                replacing(STEP.matches).by(
                    lambda inner, context, *args: context.query.ids is not None or inner(context, *args)
                ),
            )
        )
    if semantics.paging:
        found += _paged()
    return tuple(found)


def _lists(name: str) -> list[Fault]:
    return [
        Fault(
            "id-list-is-ignored",
            f"ignores {name}",
            ("ids.selects",),
            replacing(STEP.id_text).by(lambda inner, context: None),
        ),
        Fault(
            "id-list-brings-one-more",
            "adds an item that was not named to the items of an id list",
            ("ids.selects",),
            replacing(STEP.select).by(_one_more),
        ),
        Fault(
            "ids-match-by-their-beginning",
            "lists items whose id begins with one of those named",
            ("ids.selects",),
            replacing(STEP.named).by(lambda inner, context, ids, item: key_of(context, item).startswith(tuple(ids))),
        ),
        Fault(
            "last-id-is-ignored",
            "ignores the last of several ids",
            ("ids.complete",),
            replacing(STEP.split_ids).by(_changed(lambda ids: ids[:-1] if len(ids) > 1 else ids)),
        ),
        Fault(
            "single-id-is-not-found",
            "finds nothing for an id list of a single id",
            ("ids.complete",),
            replacing(STEP.named).by(lambda inner, context, ids, item: len(ids) > 1 and inner(context, ids, item)),
        ),
        Fault(
            "ids-must-be-sorted",
            "ignores ids that are smaller than the one before",
            ("ids.order-irrelevant",),
            replacing(STEP.split_ids).by(_changed(_rising)),
        ),
        Fault(
            "repeated-id-counts-twice",
            "lists an item as often as its id is named",
            ("ids.repetition-irrelevant",),
            replacing(STEP.select).by(_repeated),
        ),
        Fault(
            "repeated-id-is-lost",
            "does not list an item whose id is named twice",
            ("ids.repetition-irrelevant",),
            replacing(STEP.split_ids).by(_changed(lambda ids: tuple(i for i in ids if ids.count(i) == 1))),
        ),
    ]


def _changed(change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Middleware[[IdText], tuple[str, ...] | None]:
    """Middleware on the splitting of an id list."""

    def split(inner: SplitIdsStep, context: Context, text: IdText) -> tuple[str, ...] | None:
        ids = inner(context, text)
        return ids if ids is None else change(ids)

    return split


def _rising(ids: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    for id in ids:
        if not kept or id >= kept[-1]:
            kept.append(id)
    return tuple(kept)


def _one_more(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if query.ids is None or not found:
        return found
    return [*found, *(i for i in inner(context, evolve(query, ids=None)) if i not in found)][: len(found) + 1]


def _repeated(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if query.ids is None:
        return found
    return [item for item in found for _ in range(max(1, query.ids.count(key_of(context, item))))]


def _every_item_for_a_blank(inner: IdTextStep, context: Context) -> IdText | None:
    text = inner(context)
    parts = text.split(",") if isinstance(text, str) else text or ()
    return None if len(parts) > 1 and not all(part.strip(' "[]') for part in parts) else text


def _unknown() -> list[Fault]:
    killed_by = ("ids.unknown-id",)
    return [
        Fault(
            "blank-id-brings-everything",
            "lists everything where an id list has a blank in it",
            ("ids.blank-id",),
            replacing(STEP.id_text).by(_every_item_for_a_blank),
        ),
        Fault(
            "unknown-id-empties-the-list",
            "finds nothing at all where one of several ids is unknown",
            killed_by,
            replacing(STEP.select).by(_empty_on_unknown),
        ),
        Fault(
            "unknown-id-brings-everything",
            "lists everything where none of the ids is known",
            killed_by,
            replacing(STEP.select).by(
                lambda inner, context, query: (
                    inner(context, query)
                    or (inner(context, evolve(query, ids=None)) if query.ids and not query.filters else [])
                )
            ),
        ),
        Fault(
            "unknown-id-crashes",
            "answers an id that no item has with an internal error",
            killed_by,
            replacing(STEP.check_unknown_ids).by(_crash_on_unknown),
        ),
    ]


def _empty_on_unknown(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    known = {key_of(context, item) for item in context.steps.stored(context, query.region)}
    disturbed = query.ids is not None and not known.issuperset(query.ids)
    return [] if disturbed else inner(context, query)


def _crash_on_unknown(inner: UnknownIdsStep, context: Context, query: Query, items: Sequence[Item]) -> None:
    known = {key_of(context, item) for item in items}
    if not known.issuperset(query.ids or ()):
        crash()


def _limits(parameter: str, limit: int) -> list[Fault]:
    return [
        Fault(
            "id-at-the-limit-is-ignored",
            f"ignores id number {limit}",
            ("ids.up-to-the-limit",),
            replacing(STEP.split_ids).by(_changed(lambda ids: (*ids[: limit - 1], *ids[limit:]))),
        ),
        Fault(
            "id-limit-is-one-less",
            f"refuses {limit} ids, which are allowed",
            ("ids.up-to-the-limit",),
            replacing(STEP.limit_ids).by(_refused_at(parameter, limit)),
        ),
        Fault(
            "over-the-limit-has-its-way",
            f"counts every id of more than {limit}",
            ("ids.over-the-limit",),
            replacing(STEP.limit_ids).by(lambda inner, context, ids: ids),
        ),
        Fault(
            "over-the-limit-crashes",
            f"answers more than {limit} ids with an internal error",
            ("ids.over-the-limit-is-safe",),
            replacing(STEP.limit_ids).by(
                lambda inner, context, ids: crash() if len(ids) > limit else inner(context, ids)
            ),
        ),
        Fault(
            "over-the-limit-brings-an-unnamed-item",
            f"puts an item under another id first for more than {limit} ids",
            ("ids.over-the-limit-is-safe",),
            replacing(STEP.limit_ids).by(lambda inner, context, ids: ids)
            + replacing(STEP.select).by(_unnamed_over(limit)),
        ),
    ]


def _refused_at(parameter: str, limit: int) -> Middleware[[tuple[str, ...]], tuple[str, ...]]:
    def limit_ids(inner: LimitIdsStep, context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
        if len(ids) == limit:
            context.steps.invalid(context, parameter)
        return inner(context, ids)

    return limit_ids


def _unnamed_over(limit: int) -> Middleware[[Query], list[Item]]:
    def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found, key = inner(context, query), context.contract.semantics.key or ""
        over = query.ids is not None and len(query.ids) > limit
        return [{**found[0], key: f"{found[0][key]}-other"}, *found] if over and found else found

    return select


def _paged() -> list[Fault]:
    killed_by = ("ids.with-paging",)
    return [
        Fault(
            "id-list-is-not-paged",
            "shows all items of an id list on every page",
            killed_by,
            replacing(STEP.page).by(_all_at_once),
        ),
        Fault(
            "id-list-pages-repeat",
            "shows the first page of an id list in place of every other",
            killed_by,
            replacing(STEP.page).by(
                lambda inner, context, query, listing: evolve(
                    inner(
                        context, evolve(query, number=1) if query.ids and len(listing) > query.size else query, listing
                    ),
                    number=query.number_echo,
                )
            ),
        ),
    ]


def _all_at_once(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    return evolve(page, items=tuple(listing)) if query.ids is not None else page
