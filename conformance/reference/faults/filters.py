"""Faults of filters: ignored, incomplete, too wide, or wrong only together."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from conformance.contract.model import Filter
from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, in_xml, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.steps import STEP, ArgumentStep, KeepsStep, MatchesStep, Middleware, SelectStep, replacing
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each filter, and of filters together."""
    semantics = roles.contract.semantics
    if not semantics.items:
        return ()
    found = [f for filter in semantics.filters for f in _of_filter(roles, filter)]
    if len(semantics.filters) > 1:
        found += _together()
    return (*found, *(_by_hand(roles) if semantics.key else ()))


def unsent(name: str, condition: Condition | None = None) -> Middleware[[str], str | None]:
    """Middleware on the reading of a parameter that does not see it (where the condition holds)."""

    def argument(inner: ArgumentStep, context: Context, asked: str) -> str | None:
        hidden = asked == name and (condition is None or condition(context))
        return None if hidden else inner(context, asked)

    return argument


def _patterns(filter: Filter) -> list[Fault]:
    """Patterns that are taken for plain texts, for beginnings, and for everything."""
    name = filter.parameter

    def read(change: Callable[[str], str]) -> Middleware[[Filter, str, Item], bool]:
        def matches(inner: MatchesStep, context: Context, asked: Filter, value: str, item: Item) -> bool:
            return inner(context, asked, change(value) if asked == filter and "*" in value else value, item)

        return matches

    def literal(inner: MatchesStep, context: Context, asked: Filter, value: str, item: Item) -> bool:
        plain = asked == filter and "*" in value
        return item.get(filter.field) == value if plain else inner(context, asked, value, item)

    killed_by = (f"filters.{name}.pattern",)
    return [
        Fault(
            f"pattern-is-a-text:{name}",
            f"looks for a * in {name}",
            killed_by,
            replacing(STEP.matches).by(literal),
        ),
        Fault(
            f"pattern-begins:{name}",
            f"lists what begins like {name} up to its first *",
            killed_by,
            replacing(STEP.matches).by(read(lambda value: f"{value.split('*')[0]}*")),
        ),
        Fault(
            f"pattern-is-everything:{name}",
            f"lists everything for {name} with a * in it",
            killed_by,
            replacing(STEP.matches).by(read(lambda value: "*")),
        ),
    ]


def _of_filter(roles: FaultRoles, filter: Filter) -> list[Fault]:
    name, parameter = filter.parameter, roles.contract.parameter(filter.parameter)
    found = [
        Fault(
            f"filter-ignored:{name}",
            f"ignores {name}",
            (f"filters.{name}.selects",),
            replacing(STEP.argument).by(unsent(name)),
        ),
        Fault(
            f"filter-loses-one:{name}",
            f"loses the last item that has the {name} asked for, where several have",
            (f"filters.{name}.complete",),
            replacing(STEP.select).by(_short_of_one(name)),
        ),
        Fault(
            f"filter-lets-one-through:{name}",
            f"shows one item more that has not the {name} asked for",
            (f"filters.{name}.selects",),
            replacing(STEP.keeps).by(_one_more(filter)),
        ),
        Fault(
            f"filter-ignored-in-forms:{name}",
            f"ignores {name} in the form body of a POST",
            ("methods.form-body",),
            replacing(STEP.argument).by(unsent(name, lambda context: any(n == name for n, _ in context.form))),
        ),
    ]
    if parameter and parameter.type == "boolean":
        found.append(
            Fault(
                f"filter-means-the-opposite:{name}",
                f"lists what {name} should keep out, and nothing else",
                (f"filters.{name}.selects", f"filters.{name}.complete"),
                replacing(STEP.matches).by(
                    lambda inner, context, f, value, item: inner(context, f, value, item) != (f == filter)
                ),
            )
        )
    if parameter and parameter.value("matching") == "wildcard":
        found += _patterns(filter)
    listed = parameter and (parameter.value("effective_values") or parameter.value("enum"))
    if listed and len(listed) > 1:
        first, second = str(listed[0]), str(listed[1])
        found += [
            Fault(
                f"filter-overlaps:{name}",
                f"shows items whose {name} is {second} also where {first} is asked for",
                (f"filters.{name}.partition", f"filters.{name}.selects"),
                replacing(STEP.matches).by(_also(filter, first, second)),
            ),
            Fault(
                f"value-matches-nothing:{name}",
                f"finds nothing where {name} is {listed[-1]}",
                (f"filters.{name}.complete",),
                replacing(STEP.matches).by(
                    lambda inner, context, f, value, item: (
                        not (f == filter and value == str(listed[-1])) and inner(context, f, value, item)
                    )
                ),
            ),
        ]
    return found


def _short_of_one(name: str) -> Middleware[[Query], list[Item]]:
    def select(inner: SelectStep, context: Context, query: Query) -> list[Item]:
        found = inner(context, query)
        filtered = any(f.parameter == name for f, _ in query.filters)
        return found[:-1] if filtered and len(found) > 1 else found

    return select


def _one_more(filter: Filter) -> Middleware[[Query, Item], bool]:
    """The first stored item that misses this filter alone comes through."""

    def keeps(inner: KeepsStep, context: Context, query: Query, item: Item) -> bool:
        if inner(context, query, item):
            return True
        mine = [(f, v) for f, v in query.filters if f == filter]
        rest = evolve(query, filters=tuple(p for p in query.filters if p not in mine))
        if not mine or not inner(context, rest, item):
            return False
        stored = context.steps.stored(context, query.region)
        return item is next(i for i in stored if not inner(context, query, i) and inner(context, rest, i))

    return keeps


def _also(filter: Filter, first: str, second: str) -> Middleware[[Filter, str, Item], bool]:
    return lambda inner, context, f, value, item: (
        inner(context, f, value, item) or (f == filter and value == first and inner(context, f, second, item))
    )


def _together() -> list[Fault]:
    killed_by = ("filters.intersect",)
    return [
        Fault(
            "filters-are-joined-by-or",
            "keeps the items that any of several filters keeps",
            killed_by,
            replacing(STEP.keeps).by(_any),
        ),
        Fault(
            "second-filter-is-ignored",
            "uses only the first of two filters",
            killed_by,
            replacing(STEP.select).by(
                lambda inner, context, query: inner(context, evolve(query, filters=query.filters[:1]))
            ),
        ),
        Fault(
            "two-filters-lose-an-item",
            "loses the oldest item that two filters keep",
            killed_by,
            replacing(STEP.select).by(
                lambda inner, context, query: (
                    inner(context, query)[:-1] if len(query.filters) > 1 else inner(context, query)
                )
            ),
        ),
    ]


def _any(inner: KeepsStep, context: Context, query: Query, item: Item) -> bool:
    alone = [evolve(query, filters=(pair,)) for pair in query.filters] or [query]
    return any(inner(context, one, item) for one in alone)


def _by_hand(roles: FaultRoles) -> list[Fault]:
    semantics, known = roles.contract.semantics, ("filters.known-store",)
    key = str(semantics.key)
    found = [
        Fault(
            "only-item-is-lost",
            "shows nothing where a listing has a single item",
            known,
            replacing(STEP.select).by(
                lambda inner, context, query: found if len(found := inner(context, query)) != 1 else []
            ),
        ),
        Fault(
            "awkward-items-are-hidden",
            "does not list items whose id holds a character beyond ASCII",
            known,
            replacing(STEP.stored).by(
                lambda inner, context, region: tuple(
                    item for item in inner(context, region) if str(item.get(key)).isascii()
                )
            ),
        ),
    ]
    if semantics.filters:
        last = semantics.filters[-1].parameter
        found += [
            Fault(
                "filter-is-lost-in-xml",
                f"ignores {last} where XML is asked for",
                ("formats.agree",),
                replacing(STEP.argument).by(unsent(last, in_xml)),
            ),
            Fault(
                "filter-is-lost-at-page-size-50",
                f"ignores {last} where the page size is 50",
                known,
                replacing(STEP.select).by(only(lambda c: c.query.size == 50, _without(last))),
            ),
            Fault(
                "filters-are-lost-after-the-first-page-in-xml",
                "filters the first page only, in XML",
                ("paging.filtered-pages-partition",) if semantics.paging else known,
                replacing(STEP.matches).by(
                    lambda inner, context, *args: (
                        (in_xml(context) and context.query.number > 1) or inner(context, *args)
                    )
                ),
            ),
        ]
        if semantics.range and len(semantics.filters) > 1:
            found.append(
                Fault(
                    "range-is-lost-beside-two-filters",
                    "ignores the time range where two filters are given",
                    known,
                    replacing(STEP.within).by(
                        lambda inner, context, *args: len(context.query.filters) > 1 or inner(context, *args)
                    ),
                )
            )
    return found


def _without(name: str) -> Middleware[[Query], list[Item]]:
    return lambda inner, context, query: inner(
        context, evolve(query, filters=tuple(p for p in query.filters if p[0].parameter != name))
    )
