"""Views that no item matches, each for a reason of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, product

from conformance.contract.model import Contract
from conformance.generate.times import parse_time
from conformance.generate.views import Items, View, filter_values, fold

# a while before and after every item, and where there is none
DAY, EVER = timedelta(days=1), datetime(2015, 1, 1, tzinfo=UTC)


def empty_views(contract: Contract, items: Items) -> Iterator[tuple[str, View]]:
    """What makes each match nothing, and the view: the whole of an empty listing, times, values, values together.

    An id that no item has is not among them: it may be an error.
    """
    if not items:
        yield "no item", View()
    range = contract.semantics.range
    texts = [text for item in items if (text := item.get(range.field))] if range else []
    times = sorted(t for text in texts if (t := parse_time(text)))
    # where a time cannot be read, nobody knows what is before or after every item
    if range is not None and len(times) == len(texts) and (times or not items):
        times = times or [EVER]
        if range.end:
            yield "an end before every item", View(end=times[0] - DAY)
        if range.start:
            yield "a start after every item", View(start=times[-1] + DAY)
    yield from _values(contract, items)


def _values(contract: Contract, items: Items) -> Iterator[tuple[str, View]]:
    plain = [f for f in contract.semantics.filters if not _is_matched(contract, f.parameter)]
    values = {f.parameter: filter_values(contract, f.parameter, items) for f in plain}
    fields = {f.parameter: f.field for f in contract.semantics.filters}
    for name, listed in values.items():
        parameter = contract.parameter(name)
        if parameter is not None and parameter.value("enum"):
            unused = next((v for v in listed if not _matching(items, fields, {name: v})), None)
            if unused is not None:
                yield f"a {name} that no item has", View({name: unused})
    for a, b in combinations(values, 2):
        pairs = ({a: one, b: other} for one, other in product(values[a], values[b]))
        unused_pair = next((pair for pair in pairs if not _matching(items, fields, pair)), None)
        if unused_pair is not None:
            yield f"a {a} and a {b} that no item has together", View(unused_pair)
            return


def _is_matched(contract: Contract, name: str) -> bool:
    """Whether a filter looks for patterns or parts, so that its values may find more than what is equal."""
    parameter = contract.parameter(name)
    return parameter is not None and parameter.value("matching") is not None


def _matching(items: Items, fields: Mapping[str, str], equals: Mapping[str, str]) -> bool:
    return any(all(fold(item.get(fields[name])) == fold(value) for name, value in equals.items()) for item in items)
