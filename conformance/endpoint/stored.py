"""The stored items of an endpoint, where the caller knows them: more exact than what its answers show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import define, field

from conformance.contract.model import Contract, Filter, TimeRange
from conformance.endpoint.canonical import canonical_text
from conformance.endpoint.response_reading import Item
from conformance.generate.times import format_time, parse_time
from conformance.generate.views import request_time_format

MINUTE = timedelta(minutes=1)


@define
class StoredItems:
    """The stored items by region; `by_region` is None where they are not known.

    Of a listing that required filters choose, `scopes`, they are those of one choice: the values that are `given`, by
    parameter, else those that most items share; and of one that a required time range chooses, its `span`, those
    between the bounds that are given, else all.
    """

    contract: Contract
    by_region: Mapping[str, Sequence[Mapping[str, object]]] | None
    scopes: tuple[Filter, ...] = ()
    given: Mapping[str, str] = field(factory=dict)
    span: TimeRange | None = None
    _times: dict[str, Mapping[str, datetime]] = field(factory=dict)

    def items(self, region: str) -> tuple[Item, ...] | None:
        """The items of a region in canonical form, or None where they are not known."""
        if self.by_region is None:
            return None
        every, chosen = self._every(region), self.scope(region)
        same = (i for i in every if all(i.get(f.field) == chosen.get(f.parameter) for f in self.scopes))
        return tuple(i for i in same if self._is_in_span(i))

    def bounds(self, region: str) -> Mapping[str, str]:
        """A required time range that has all items of a region in it, by its parameters; none where none has a time."""
        if self.span is None:
            return {}
        times = [t for i in self._every(region) if (t := parse_time(i.get(self.span.field)))]
        if not times:
            return {}
        ends = {self.span.start: min(times) - MINUTE, self.span.end: max(times) + MINUTE}
        return {n: format_time(t, request_time_format(self.contract, n)) for n, t in ends.items() if n}

    def _is_in_span(self, item: Item) -> bool:
        time = parse_time(item.get(self.span.field)) if self.span else None
        if self.span is None or time is None:
            return True
        start, end = (parse_time(self.given.get(name or "")) for name in (self.span.start, self.span.end))
        return (start is None or start <= time) and (end is None or time <= end)

    def scope(self, region: str) -> Mapping[str, str]:
        """The value of each required filter; none where there are no items that have them all."""
        fields = [f.field for f in self.scopes]
        rows = Counter(tuple(i.get(n) for n in fields) for i in self._every(region) if all(i.get(n) for n in fields))
        usual = rows.most_common(1)[0][0] if rows else ()
        found = {f.parameter: value or "" for f, value in zip(self.scopes, usual, strict=False)}
        return {**found, **{f.parameter: self.given[f.parameter] for f in self.scopes if f.parameter in self.given}}

    def _every(self, region: str) -> tuple[Item, ...]:
        names = tuple(f.name for f in self.contract.item_fields)
        stored = self.by_region.get(region, ()) if self.by_region is not None else ()
        return tuple({n: canonical_text(i.get(n)) for n in names} for i in stored)

    def exact_times(self, region: str) -> Mapping[str, datetime]:
        """Moments to the second by the key of the item, which answers to the minute do not show."""
        if region not in self._times:
            self._times[region] = self._read_times(region)
        return self._times[region]

    def _read_times(self, region: str) -> dict[str, datetime]:
        semantics = self.contract.semantics
        if semantics.range is None or self.by_region is None:
            return {}
        stored = self.by_region.get(region, ())
        times = {str(i.get(semantics.key or "")): parse_time(str(i.get(semantics.range.field))) for i in stored}
        return {key: time for key, time in times.items() if time is not None}
