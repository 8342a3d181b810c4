"""Faults of id lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.hooks import Hook, crash
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import Item, ListingPage, key_of


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    semantics = roles.contract.semantics
    if not (semantics.ids and semantics.items):
        return ()
    found = [*_lists(semantics.ids.parameter), *_unknown()]
    if semantics.ids.limit:
        found += _limits(semantics.ids.limit)
    if semantics.filters:
        found.append(
            Fault(
                "id-list-drops-the-filters",
                "ignores filters beside an id list",
                ("ids.with-filters",),
                {"matches": lambda inner, context, *args: context.query.ids is not None or inner(context, *args)},
            )
        )
    if semantics.paging:
        found += _paged()
    return tuple(found)


def _lists(name: str) -> list[Fault]:
    return [
        Fault("id-list-is-ignored", f"ignores {name}", ("ids.selects",), {"id_text": lambda inner, context: None}),
        Fault(
            "id-list-brings-one-more",
            "adds an item that was not named to the items of an id list",
            ("ids.selects",),
            {"select": _one_more},
        ),
        Fault(
            "ids-match-by-their-beginning",
            "lists items whose id begins with one of those named",
            ("ids.selects",),
            {"named": lambda inner, context, ids, item: key_of(context, item).startswith(tuple(ids))},
        ),
        Fault(
            "last-id-is-ignored",
            "ignores the last of several ids",
            ("ids.complete",),
            {"split_ids": _changed(lambda ids: ids[:-1] if len(ids) > 1 else ids)},
        ),
        Fault(
            "single-id-is-not-found",
            "finds nothing for an id list of a single id",
            ("ids.complete",),
            {"named": lambda inner, context, ids, item: len(ids) > 1 and inner(context, ids, item)},
        ),
        Fault(
            "ids-must-be-sorted",
            "ignores ids that are smaller than the one before",
            ("ids.order-irrelevant",),
            {"split_ids": _changed(_rising)},
        ),
        Fault(
            "repeated-id-counts-twice",
            "lists an item as often as its id is named",
            ("ids.repetition-irrelevant",),
            {"select": _repeated},
        ),
        Fault(
            "repeated-id-is-lost",
            "does not list an item whose id is named twice",
            ("ids.repetition-irrelevant",),
            {"split_ids": _changed(lambda ids: tuple(i for i in ids if ids.count(i) == 1))},
        ),
    ]


def _changed(change: Any) -> Hook:
    """A hook on the splitting of an id list."""

    def split(inner: Hook, context: Context, text: Any) -> tuple[str, ...] | None:
        ids = inner(context, text)
        return ids if ids is None else change(ids)

    return split


def _rising(ids: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    for id in ids:
        if not kept or id >= kept[-1]:
            kept.append(id)
    return tuple(kept)


def _one_more(inner: Hook, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if query.ids is None or not found:
        return found
    return [*found, *(i for i in inner(context, evolve(query, ids=None)) if i not in found)][: len(found) + 1]


def _repeated(inner: Hook, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    if query.ids is None:
        return found
    return [item for item in found for _ in range(max(1, query.ids.count(key_of(context, item))))]


def _every_item_for_a_blank(inner: Hook, context: Context) -> Any:
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
            {"id_text": _every_item_for_a_blank},
        ),
        Fault(
            "unknown-id-empties-the-list",
            "finds nothing at all where one of several ids is unknown",
            killed_by,
            {"select": _empty_on_unknown},
        ),
        Fault(
            "unknown-id-brings-everything",
            "lists everything where none of the ids is known",
            killed_by,
            {
                "select": lambda inner, context, query: (
                    inner(context, query)
                    or (inner(context, evolve(query, ids=None)) if query.ids and not query.filters else [])
                )
            },
        ),
        Fault(
            "unknown-id-crashes",
            "answers an id that no item has with an internal error",
            killed_by,
            {"check_unknown_ids": _crash_on_unknown},
        ),
    ]


def _empty_on_unknown(inner: Hook, context: Context, query: Query) -> list[Item]:
    known = {key_of(context, item) for item in context.steps.stored(context, query.region)}
    disturbed = query.ids is not None and not known.issuperset(query.ids)
    return [] if disturbed else inner(context, query)


def _crash_on_unknown(inner: Hook, context: Context, query: Query, items: Sequence[Item]) -> None:
    known = {key_of(context, item) for item in items}
    if not known.issuperset(query.ids):
        crash()


def _limits(limit: int) -> list[Fault]:
    return [
        Fault(
            "id-at-the-limit-is-ignored",
            f"ignores id number {limit}",
            ("ids.up-to-the-limit",),
            {"split_ids": _changed(lambda ids: (*ids[: limit - 1], *ids[limit:]))},
        ),
        Fault(
            "id-limit-is-one-less",
            f"refuses {limit} ids, which are allowed",
            ("ids.up-to-the-limit",),
            {"limit_ids": _refused_at(limit)},
        ),
        Fault(
            "over-the-limit-has-its-way",
            f"counts every id of more than {limit}",
            ("ids.over-the-limit",),
            {"limit_ids": lambda inner, context, ids: ids},
        ),
        Fault(
            "over-the-limit-crashes",
            f"answers more than {limit} ids with an internal error",
            ("ids.over-the-limit-is-safe",),
            {"limit_ids": lambda inner, context, ids: crash() if len(ids) > limit else inner(context, ids)},
        ),
        Fault(
            "over-the-limit-brings-an-unnamed-item",
            f"puts an item under another id first for more than {limit} ids",
            ("ids.over-the-limit-is-safe",),
            {"limit_ids": lambda inner, context, ids: ids, "select": _unnamed_over(limit)},
        ),
    ]


def _refused_at(limit: int) -> Hook:
    def limit_ids(inner: Hook, context: Context, ids: tuple[str, ...]) -> Any:
        if len(ids) == limit:
            context.steps.invalid(context, context.contract.semantics.ids.parameter)
        return inner(context, ids)

    return limit_ids


def _unnamed_over(limit: int) -> Hook:
    def select(inner: Hook, context: Context, query: Query) -> list[Item]:
        found, key = inner(context, query), context.contract.semantics.key
        over = query.ids is not None and len(query.ids) > limit
        return [{**found[0], key: f"{found[0][key]}-other"}, *found] if over and found else found

    return select


def _paged() -> list[Fault]:
    killed_by = ("ids.with-paging",)
    return [
        Fault("id-list-is-not-paged", "shows all items of an id list on every page", killed_by, {"page": _all_at_once}),
        Fault(
            "id-list-pages-repeat",
            "shows the first page of an id list in place of every other",
            killed_by,
            {
                "page": lambda inner, context, query, listing: evolve(
                    inner(
                        context, evolve(query, number=1) if query.ids and len(listing) > query.size else query, listing
                    ),
                    number=query.number_echo,
                )
            },
        ),
    ]


def _all_at_once(inner: Hook, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    page = inner(context, query, listing)
    return evolve(page, items=tuple(listing)) if query.ids is not None else page
