"""The oracle of listings: which items a request must bring, and which it may, computed from the items that there are.

Between the two lies what the documentation leaves open: an item whose time is shown to the minute and asked for to the
second, or one exactly on a bound that may be inclusive or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from attrs import field, frozen

from conformance.contract.model import Contract, TimeRange
from conformance.endpoint.answer import Item
from conformance.endpoint.watch.dialect import Dialect
from conformance.generate.times import parse_time, precision_of
from conformance.generate.views import View, fold

MINUTE = timedelta(seconds=59, microseconds=999_999)


@frozen
class Expectation:
    """Keys of items: `certain` must come, nothing outside `possible` may."""

    certain: frozenset[str]
    possible: frozenset[str]

    def admits_total(self, total: int | None) -> bool:
        """Whether a listing of what is certain, and perhaps of what is possible, can have this total."""
        return total is not None and len(self.certain) <= total <= len(self.possible)


@frozen
class Oracle:
    """`exact_times` gives the moment of an item to the second, by key, where the store is known."""

    contract: Contract
    dialect: Dialect
    exact_times: Mapping[str, datetime] = field(factory=dict)

    def expect(self, view: View, items: Iterable[Item]) -> Expectation:
        """What a view of these items must bring, and what it may."""
        key = self.contract.semantics.key or ""
        certain, possible = set(), set()
        for item in items:
            verdict = self.keeps(view, item)
            if verdict is not False:
                possible.add(item.get(key) or "")
            if verdict is True:
                certain.add(item.get(key) or "")
        return Expectation(frozenset(certain), frozenset(possible))

    def keeps(self, view: View, item: Item) -> bool | None:
        """True, False, or None where the documentation does not decide."""
        semantics = self.contract.semantics
        for f in semantics.filters:
            if f.parameter in view.equals and fold(item.get(f.field)) != fold(view.equals[f.parameter]):
                return False
        if view.ids is not None and item.get(semantics.key or "") not in view.ids:
            return False
        if semantics.range is None:
            return True
        return _both(self._after_start(view, item, semantics.range), self._before_end(view, item, semantics.range))

    def _after_start(self, view: View, item: Item, range: TimeRange) -> bool | None:
        if view.start is None:
            return True
        span = self._span(item, range)
        if span is None:
            return None
        first, last = span
        if first == last == view.start:
            return self._at_bound(range.start or "")
        return True if first > view.start else False if last < view.start else None

    def _before_end(self, view: View, item: Item, range: TimeRange) -> bool | None:
        if view.end is None:
            return True
        span = self._span(item, range)
        if span is None:
            return None
        first, last = span
        if first == last == view.end:
            return self._at_bound(range.end or "")
        return True if last < view.end else False if first > view.end else None

    def _at_bound(self, parameter: str) -> bool | None:
        taken = self.dialect.taken("range-bound", parameter)
        return None if taken is None else taken == "inclusive"

    def _span(self, item: Item, range: TimeRange) -> tuple[datetime, datetime] | None:
        """The earliest and the latest moment that the item's time may mean."""
        exact = self.exact_times.get(item.get(self.contract.semantics.key or "") or "")
        if exact is not None:
            return exact, exact
        text = item.get(range.field)
        shown = parse_time(text)
        if shown is None:
            return None
        return shown, shown + (MINUTE if precision_of(text) == "minutes" else timedelta())


def _both(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True
