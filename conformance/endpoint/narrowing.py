"""Whether an item is kept by lists of values, tags, bounds and patterns: True, False, or None where that is open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.contract.model import Contract, Parameter
from conformance.contract.narrowing import Bound, TagFilter
from conformance.endpoint.response_reading import Item
from conformance.generate.narrowings import number_of, tags_of
from conformance.generate.times import parse_time, precision_of
from conformance.generate.views import View, fold

WILDCARD, PART = "wildcard", "part"
A_MINUTE = 60


def narrowed(contract: Contract, view: View, item: Item) -> bool | None:
    """Whether all of them keep an item."""
    return every(_each(contract, view, item))


def every(verdicts: Iterable[bool | None]) -> bool | None:
    """Whether all hold: no, as soon as one does not; open, where one is open."""
    known = list(verdicts)
    if False in known:
        return False
    return None if None in known else True


def _each(contract: Contract, view: View, item: Item) -> Iterator[bool | None]:
    semantics = contract.semantics
    for s in semantics.selectors:
        if s.parameter in view.among:
            yield is_among(item.get(s.field), view.among[s.parameter])
    if view.tags and semantics.tags:
        yield is_tagged(semantics.tags, view, item)
    for b in semantics.bounds:
        if b.parameter in view.bounds:
            yield is_within(b, item.get(b.field), view.bounds[b.parameter])


def is_among(found: str | None, values: Iterable[str]) -> bool | None:
    """Whether a value is one of several. Another spelling of one may be the same."""
    wanted = set(values)
    if found in wanted:
        return True
    return None if found is not None and fold(found) in {fold(v) for v in wanted} else False


def is_tagged(tags: TagFilter, view: View, item: Item) -> bool | None:
    """Whether an item has the tags: with some of them, or a key without a value, that is open."""
    own = dict.fromkeys(tags_of(tags, item))
    keys = {key for key, _ in own}
    has = [(key in keys and None) if value is None else (key, value) in own for key, value in view.tags]
    if all(one is True for one in has):
        return True
    return None if any(one is not False for one in has) else False


def is_within(bound: Bound, found: str | None, value: str) -> bool | None:
    """Whether a value is not beyond a bound. Just on it, and of what cannot be compared, it is open."""
    one, other, margin = number_of(found), number_of(value), 0.0
    if one is None or other is None:
        times = parse_time(found), parse_time(value)
        if times[0] is None or times[1] is None:
            return None if found else False
        one, other = (t.timestamp() for t in times if t is not None)
        margin = A_MINUTE if "minutes" in (precision_of(found), precision_of(value)) else 0
    beyond = other - one if bound.side == "least" else one - other
    return None if abs(beyond) <= margin else beyond < 0


def fits(parameter: Parameter | None, found: str | None, asked: str) -> bool | None:
    """Whether a value fits what a filter that knows patterns or parts asks for; None also where it knows neither."""
    how = parameter.value("matching") if parameter else None
    if how == WILDCARD and "*" in asked:
        if found is None:
            return None if not asked.strip("*") else False
        pattern = ".*".join(re.escape(part) for part in asked.split("*"))
        if re.fullmatch(pattern, found, re.DOTALL):
            return True
        return None if re.fullmatch(pattern, found, re.DOTALL | re.IGNORECASE) else False
    if how is not None:
        return True if found == asked else None if found and fold(asked) in fold(found) else False
    return None
