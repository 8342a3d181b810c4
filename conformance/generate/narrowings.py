"""Values by which listings are narrowed beside filters and ids: several values, tags, least and greatest values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

from hypothesis import strategies as st

from conformance.contract.model import Contract
from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.generate.required import is_within_limits
from conformance.generate.times import format_time, parse_time
from conformance.generate.views import Items, View, request_time_format

MOST_VALUES = 12
Tag = tuple[str, str | None]


def selector_values(contract: Contract, selector: Selector, items: Items) -> list[str]:
    """The values that items have and that the parameter can be given."""
    parameter = contract.parameter(selector.parameter)
    listed = {str(v) for v in parameter.value("enum") or ()} if parameter else set()
    found = dict.fromkeys(value for item in items if (value := item.get(selector.field)))
    return [v for v in found if v == v.strip() and (selector.form != "comma" or "," not in v) and v in (listed or {v})]


def most_values(selector: Selector) -> int:
    """How many values a request names at most."""
    return min(selector.limit or MOST_VALUES, MOST_VALUES)


def several(contract: Contract, selector: Selector, items: Items, least: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    """Values of a selector that items have, in any order; nothing where there are too few."""
    known, most = selector_values(contract, selector, items), most_values(selector)
    if min(len(known), most) < least:
        return st.nothing()
    return st.lists(st.sampled_from(known), unique=True, min_size=least, max_size=min(most, len(known))).map(tuple)


def tags_of(tags: TagFilter, item: Mapping[str, str | None]) -> Iterator[Tag]:
    """The tags that an item shows: each key with its value, None where it has none."""
    top, *inner = tags.field.split(".")
    try:
        held = json.loads(item.get(top) or "null")
    except (ValueError, RecursionError):
        return
    for name in inner:
        held = held.get(name) if isinstance(held, dict) else None
    for one in held if isinstance(held, list) else [held]:
        key = one.get(tags.key_member) if isinstance(one, dict) else None
        if isinstance(one, dict) and key:
            yield str(key), one.get(tags.value_member)


def known_tags(contract: Contract, items: Items) -> list[tuple[str, str]]:
    """The tags with a value that any item has, each once."""
    tags = contract.semantics.tags
    found = (tag for item in items for tag in tags_of(tags, item)) if tags else ()
    return list(dict.fromkeys((key, value) for key, value in found if value))


def crossed_tags(contract: Contract, items: Items) -> list[tuple[str, str]]:
    """Keys with values of another tag of the same item, which others may have in one tag."""
    tags = contract.semantics.tags
    own = [list(tags_of(tags, item)) for item in items] if tags else []
    crossed = ((k, v) for held in own for k, _ in held for _, v in held if v and (k, v) not in held)
    return list(dict.fromkeys(crossed))


def bound_values(contract: Contract, bound: Bound, items: Items) -> list[str]:
    """Values at, beside and between those that items have, as the parameter is written."""
    parameter = contract.parameter(bound.documented)
    shown = [value for item in items if (value := item.get(bound.field))]
    if parameter is None:
        return []
    if parameter.type not in ("integer", "number"):
        form = request_time_format(contract, bound.documented)
        moments = sorted({t for value in shown if (t := parse_time(value))})
        return [format_time(t + timedelta(minutes=m), form) for t in moments for m in (0, 1, -1)]
    numbers = sorted({n for value in shown if (n := number_of(value)) is not None})
    near = [n + step for n in numbers for step in (0, 1, -1)]
    texts = (str(int(n)) for n in near if parameter.type == "number" or n == int(n))
    return [t for t in dict.fromkeys(texts) if not t.startswith("-") and is_within_limits(parameter, t)]


def number_of(text: str | None) -> float | None:
    """The number in a text, or None."""
    try:
        return float(text) if text else None
    except (ValueError, RecursionError):
        return None


def narrowings(contract: Contract, items: Items) -> list[st.SearchStrategy[View]]:
    """One strategy for each way to narrow that items have values for: views of that alone."""
    semantics = contract.semantics
    found = [_among(contract, s, items) for s in semantics.selectors if selector_values(contract, s, items)]
    if tags := known_tags(contract, items):
        found.append(st.sampled_from(tags).map(lambda tag: View(tags=(tag,))))
    bounds = ((b.parameter, bound_values(contract, b, items)) for b in semantics.bounds)
    return [*found, *(_within(name, values) for name, values in bounds if values)]


def _among(contract: Contract, selector: Selector, items: Items) -> st.SearchStrategy[View]:
    return several(contract, selector, items).map(lambda values: View(among={selector.parameter: values}))


def _within(name: str, values: list[str]) -> st.SearchStrategy[View]:
    return st.sampled_from(values).map(lambda value: View(bounds={name: value}))
