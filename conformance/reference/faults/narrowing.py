"""Faults of lists of values, of tags, of least and greatest values, and of requests that are only tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.reference.context import Context, Query, Tag
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import value_at
from conformance.reference.narrowing import tags_of
from conformance.reference.steps import (
    STEP,
    BoundedByStep,
    KeepsStep,
    Middleware,
    SelectStep,
    TaggedStep,
    ValuesStep,
    replacing,
)
from conformance.reference.store import Item

Values = tuple[str, ...]
ChangeValues = Callable[[Values], Values]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each role that the operation has."""
    semantics = roles.contract.semantics
    found: list[Fault] = []
    if semantics.items and semantics.key:
        for s in semantics.selectors:
            found += _of_list(s)
        if semantics.tags:
            found += _of_tags(semantics.tags)
        for b in semantics.bounds:
            found += _of_bound(b)
        beside = len(semantics.selectors) > 1 or semantics.filters or semantics.ids
        if semantics.selectors and beside:
            found.append(
                Fault(
                    "list-of-values-alone-counts",
                    "keeps what a list of values keeps, whatever else is asked for",
                    ("selectors.intersect",),
                    replacing(STEP.keeps).by(_first_list_alone),
                )
            )
    if any(p.value("dry_run_code") for p in roles.contract.parameters):
        found.append(
            Fault(
                "dry-run-is-run",
                "answers a request that is only tried as if it were none such",
                ("parameters.dry-run",),
                replacing(STEP.dry_run).by(lambda inner, context: None),
            )
        )
    return tuple(found)


# ------------------------------------------------------------------------------------------------------------- lists


def _of_list(selector: Selector) -> list[Fault]:
    name = selector.parameter

    def changed(change: ChangeValues) -> Middleware[[Selector], Values | None]:
        def values(inner: ValuesStep, context: Context, asked: Selector) -> Values | None:
            found = inner(context, asked)
            return change(found) if found is not None and asked == selector else found

        return values

    def ignored(inner: ValuesStep, context: Context, asked: Selector) -> Values | None:
        return None if asked == selector else inner(context, asked)

    about = f"selectors.{name}"
    found = [
        Fault(
            f"list-ignored:{name}",
            f"ignores {name}",
            (f"{about}.selects",),
            replacing(STEP.selector_values).by(ignored),
        ),
        Fault(
            f"list-lets-one-through:{name}",
            f"shows one item more that has none of the values of {name}",
            (f"{about}.selects",),
            replacing(STEP.select).by(_one_more(selector)),
        ),
        Fault(
            f"unknown-value-empties:{name}",
            f"lists nothing where {name} has a value among others that no item has",
            (f"{about}.unknown-value",),
            replacing(STEP.select).by(_nothing_for_unknown(selector)),
        ),
    ]
    if selector.limit == 1:
        return found
    return [
        *found,
        Fault(
            f"list-counts-first:{name}",
            f"heeds the first value of {name} alone",
            (f"{about}.complete",),
            replacing(STEP.selector_values).by(changed(lambda values: values[:1])),
        ),
        Fault(
            f"list-counts-last:{name}",
            f"heeds the last value of {name} alone",
            (f"{about}.complete",),
            replacing(STEP.selector_values).by(changed(lambda values: values[-1:])),
        ),
        Fault(
            f"list-must-rise:{name}",
            f"ignores values of {name} that are smaller than the one before",
            (f"{about}.order-irrelevant",),
            replacing(STEP.selector_values).by(changed(_rising)),
        ),
    ]


def _rising(values: Values) -> Values:
    kept: list[str] = []
    for value in values:
        if not kept or value > kept[-1]:
            kept.append(value)
    return tuple(kept)


def _asked(query: Query, selector: Selector) -> Values:
    return next((values for s, values in query.among if s == selector), ())


def _of_field(context: Context, selector: Selector, item: Item) -> str:
    return str(value_at(item, selector.field, context.contract.semantics.items))


def _one_more(selector: Selector) -> Middleware[[Query], list[Item]]:
    def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found, values = inner(context, query), _asked(query, selector)
        stored = context.steps.stored(context, query.region) if values else ()
        return [*found, *[i for i in stored if _of_field(context, selector, i) not in values][:1]]

    return select


def _nothing_for_unknown(selector: Selector) -> Middleware[[Query], list[Item]]:
    def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        known = {_of_field(context, selector, i) for i in context.steps.stored(context, query.region)}
        return [] if set(_asked(query, selector)) - known else inner(context, query)

    return select


def _first_list_alone(inner: KeepsStep, context: Context, query: Query, item: Item) -> bool:
    if not query.among:
        return inner(context, query, item)
    alone = evolve(query, filters=(), ids=None, start=None, end=None, tags=(), bounds=(), among=query.among[:1])
    return inner(context, alone, item)


# -------------------------------------------------------------------------------------------------------------- tags


def _of_tags(tags: TagFilter) -> list[Fault]:
    def tagged(keeps: Callable[[list[Tag], tuple[Tag, ...]], bool]) -> Middleware[[tuple[Tag, ...], Item], bool]:
        def step(inner: TaggedStep, context: Context, asked: tuple[Tag, ...], item: Item) -> bool:
            whole = bool(asked) and all(value for _, value in asked)
            return keeps(tags_of(tags, item), asked) if whole else inner(context, asked, item)

        return step

    def first_alone(inner: TaggedStep, context: Context, asked: tuple[Tag, ...], item: Item) -> bool:
        return inner(context, asked[:1], item)

    def loses_one(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        return found[:-1] if query.tags and len(found) > 1 else found

    return [
        Fault(
            "tags-ignored",
            "ignores tags",
            ("tags.selects",),
            replacing(STEP.tagged).by(lambda inner, context, asked, item: True),
        ),
        Fault(
            "tag-value-ignored",
            "lists what has the key of a tag with any value",
            ("tags.selects", "tags.unknown"),
            replacing(STEP.tagged).by(tagged(lambda own, asked: all(k in {o for o, _ in own} for k, _ in asked))),
        ),
        Fault(
            "tag-key-ignored",
            "lists what has the value of a tag under any key",
            ("tags.selects", "tags.unknown"),
            replacing(STEP.tagged).by(tagged(lambda own, asked: all(v in {o for _, o in own} for _, v in asked))),
        ),
        Fault(
            "tag-of-two-tags",
            "lists what has the key in one tag and the value in another",
            ("tags.selects",),
            replacing(STEP.tagged).by(
                tagged(lambda own, asked: all(k in {o for o, _ in own} and v in {o for _, o in own} for k, v in asked))
            ),
        ),
        Fault(
            "tags-lose-one",
            "loses the last of several tagged items",
            ("tags.complete",),
            replacing(STEP.select).by(loses_one),
        ),
        Fault(
            "first-tag-alone-counts",
            "heeds the first of several tags alone",
            ("tags.several",),
            replacing(STEP.tagged).by(first_alone),
        ),
        Fault(
            "key-alone-is-everything",
            "lists everything for the key of a tag without a value",
            ("tags.key-alone",),
            replacing(STEP.tagged).by(
                lambda inner, context, asked, item: any(not v for _, v in asked) or inner(context, asked, item)
            ),
        ),
    ]


# ------------------------------------------------------------------------------------------------------------ bounds


def _of_bound(bound: Bound) -> list[Fault]:
    name = bound.parameter

    def compared(keeps: Callable[[str, str], bool]) -> Middleware[[Bound, str, Any], bool]:
        def step(inner: BoundedByStep, context: Context, asked: Bound, text: str, found: Any) -> bool:
            return (
                keeps(text, str(found)) if asked == bound and found is not None else inner(context, asked, text, found)
            )

        return step

    def turned(inner: BoundedByStep, context: Context, asked: Bound, text: str, found: Any) -> bool:
        other = evolve(asked, side="most" if asked.side == "least" else "least")
        return inner(context, other if asked == bound else asked, text, found)

    return [
        Fault(
            f"bound-ignored:{name}",
            f"ignores {name}",
            (f"bounds.{name}.selects",),
            replacing(STEP.bounded_by).by(compared(lambda text, found: True)),
        ),
        Fault(
            f"bound-is-the-other:{name}",
            f"takes {name} for the bound on the other side",
            (f"bounds.{name}.selects", f"bounds.{name}.complete"),
            replacing(STEP.bounded_by).by(turned),
        ),
        Fault(
            f"bound-is-equality:{name}",
            f"lists what has just the value of {name}",
            (f"bounds.{name}.complete",),
            replacing(STEP.bounded_by).by(compared(lambda text, found: text == found)),
        ),
    ]
