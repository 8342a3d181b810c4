"""The stored items of an endpoint, where the caller knows them: more exact than what its answers show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import define, field

from conformance.contract.model import Contract, Filter
from conformance.endpoint.canonical import canonical_text
from conformance.endpoint.response_reading import Item
from conformance.generate.times import parse_time


@define
class StoredItems:
    """The stored items by region; `by_region` is None where they are not known.

    Of a listing that required filters choose, `scopes`, they are those of one choice: the values that are `given`, by
    parameter, else those that most items share.
    """

    contract: Contract
    by_region: Mapping[str, Sequence[Mapping[str, object]]] | None
    scopes: tuple[Filter, ...] = ()
    given: Mapping[str, str] = field(factory=dict)
    _times: dict[str, Mapping[str, datetime]] = field(factory=dict)

    def items(self, region: str) -> tuple[Item, ...] | None:
        """The items of a region in canonical form, or None where they are not known."""
        if self.by_region is None:
            return None
        every, chosen = self._every(region), self.scope(region)
        return tuple(i for i in every if all(i.get(f.field) == chosen.get(f.parameter) for f in self.scopes))

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
