"""The stored items of an endpoint, where the caller knows them: more exact than what its answers show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import define, field

from conformance.contract.model import Contract
from conformance.endpoint.answer import Item
from conformance.endpoint.canonical import canonical_text
from conformance.generate.times import parse_time


@define
class StoredItems:
    """The stored items by region; `by_region` is None where they are not known."""

    contract: Contract
    by_region: Mapping[str, Sequence[Mapping[str, object]]] | None
    _times: dict[str, Mapping[str, datetime]] = field(factory=dict)

    def items(self, region: str) -> tuple[Item, ...] | None:
        """The items of a region in canonical form, or None where they are not known."""
        if self.by_region is None:
            return None
        names = tuple(f.name for f in self.contract.item_fields)
        return tuple({n: canonical_text(i.get(n)) for n in names} for i in self.by_region.get(region, ()))

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
