"""The items that the reference endpoint lists, region by region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

Item = Mapping[str, Any]


@frozen
class Store:
    """Items by region. Times are text, `yyyy-MM-ddTHH:mm:ssZ`; a value that does not exist yet is absent.

    With `progress` the items are a function of the clock (seconds since 1970): see `progress.py`.
    """

    regions: Mapping[str, tuple[Item, ...]]
    progress: Callable[[str, float], tuple[Item, ...]] | None = field(default=None, repr=False)

    def items(self, region: str, now: float) -> tuple[Item, ...]:
        """The items of a region at a time; none for a region that does not exist."""
        if self.progress is None:
            return self.regions.get(region, ())
        return self.progress(region, now)

    def as_data(self, now: float | None = None) -> dict[str, Any]:
        """The store as plain data, in the form of an items file: `{"regions": {region: [item, ...]}}`.

        For a store that progresses, as it is at `now`, or at its start.
        """
        regions = {name: items if now is None else self.items(name, now) for name, items in self.regions.items()}
        return {"regions": {name: [dict(item) for item in items] for name, items in regions.items()}}
