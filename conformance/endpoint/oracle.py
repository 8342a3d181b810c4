"""The oracle of listings: which items a request must bring, and which it may, computed from the items that there are.

Between the two lies what the documentation leaves open: an item whose time is shown to the minute and asked for to the
second, or one exactly on a bound that may be inclusive or not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import field, frozen

from conformance.contract.model import Contract, Filter, TimeRange
from conformance.endpoint.narrowing import every, fits, narrowed
from conformance.endpoint.response_reading import Item
from conformance.endpoint.watch.dialect import Dialect
from conformance.generate.times import format_time, leeway, parse_time
from conformance.generate.views import View, fold, request_time_format


@frozen
class Expectation:
    """Keys of items: `certain` must come, nothing outside `possible` may; at least `fewest` items and at most `most`.

    Where nothing identifies an item (`keyed` is false) there are no keys to go by, only numbers. `twice` are items that
    the whole listing shows more than once, so that a part of it may, too.
    """

    certain: frozenset[str]
    possible: frozenset[str]
    fewest: int
    most: int
    keyed: bool = True
    twice: frozenset[str] = frozenset()

    def admits_total(self, total: int | None) -> bool:
        """Whether a listing of what is certain, and perhaps of what is possible, can have this total."""
        return total is not None and self.fewest <= total <= self.most


@frozen
class Oracle:
    """`exact_times` gives the moment of an item to the second, by key, where the store is known."""

    contract: Contract
    dialect: Dialect
    exact_times: Mapping[str, datetime] = field(factory=dict)

    def expect(self, view: View, items: Iterable[Item]) -> Expectation:
        """What a view of these items must bring, and what it may."""
        key = self.contract.semantics.key
        kept = [(self.keeps(view, item), item) for item in items]
        certain = [item for verdict, item in kept if verdict is True]
        possible = [item for verdict, item in kept if verdict is not False]
        if key is None:
            return Expectation(frozenset(), frozenset(), len(certain), len(possible), keyed=False)
        must = frozenset(item.get(key) or "" for item in certain)
        may = Counter(item.get(key) or "" for item in possible)
        twice = frozenset(key for key, times in may.items() if times > 1)
        return Expectation(must, frozenset(may), len(must), may.total(), twice=twice)

    def keeps(self, view: View, item: Item) -> bool | None:
        """True, False, or None where the documentation does not decide."""
        semantics = self.contract.semantics
        doubtful = False
        for f in semantics.filters:
            if f.parameter not in view.equals or item.get(f.field) == view.equals[f.parameter]:
                continue
            parameter = self.contract.parameter(f.parameter)
            if parameter is not None and parameter.value("matching"):
                fit = fits(parameter, item.get(f.field), view.equals[f.parameter])
                if fit is False:
                    return False
                doubtful = doubtful or fit is None
                continue
            if fold(item.get(f.field)) != fold(view.equals[f.parameter]):
                return False
            doubtful = doubtful or self._is_spelt_twice(f, view.equals[f.parameter])
        if view.ids is not None and item.get(semantics.key or "") not in view.ids:
            return False
        kept = every((None if doubtful else True, narrowed(self.contract, view, item)))
        if semantics.range is None or kept is not True:
            return kept
        after_start = self._within(item, semantics.range, semantics.range.start, view.start, later=True)
        before_end = self._within(item, semantics.range, semantics.range.end, view.end, later=False)
        return every((after_start, before_end))

    def _is_spelt_twice(self, filter: Filter, value: str) -> bool:
        """Whether several spellings of one value are listed, which may or may not be the same to a filter."""
        field = next((f for f in self.contract.item_fields if f.name == filter.field), None)
        lists = (one.value("enum") or () for one in (field, self.contract.parameter(filter.parameter)) if one)
        return any(len({str(v) for v in listed if fold(str(v)) == fold(value)}) > 1 for listed in lists)

    def _within(
        self, item: Item, range: TimeRange, parameter: str | None, moment: datetime | None, *, later: bool
    ) -> bool | None:
        """Whether an item lies on the right side of one bound, which is the `later` side of a start."""
        if moment is None:
            return True
        span = self._span(item, range)
        if span is None:
            return None
        first, last = span
        low, high = self._bound(parameter or "", moment)
        if first == last == low == high:
            return self._at_bound(parameter or "")
        after, before = first > high, last < low
        inside, outside = (after, before) if later else (before, after)
        return True if inside else False if outside else None

    def _bound(self, parameter: str, moment: datetime) -> tuple[datetime, datetime]:
        """The earliest and the latest moment that a bound may mean as it is written: some are to the minute."""
        return _meant_by(format_time(moment, request_time_format(self.contract, parameter))) or (moment, moment)

    def _at_bound(self, parameter: str) -> bool | None:
        taken = self.dialect.taken("range-bound", parameter)
        return None if taken is None else taken == "inclusive"

    def may_be_at(self, item: Item, moment: datetime) -> bool:
        """Whether the time that the range is over may be just that moment."""
        span = self._span(item, self.contract.semantics.range) if self.contract.semantics.range else None
        return span is not None and span[0] <= moment <= span[1]

    def _span(self, item: Item, range: TimeRange) -> tuple[datetime, datetime] | None:
        """The earliest and the latest moment that the item's time may mean."""
        exact = self.exact_times.get(item.get(self.contract.semantics.key or "") or "")
        if exact is not None:
            return exact, exact
        return _meant_by(item.get(range.field))


def _meant_by(text: str | None) -> tuple[datetime, datetime] | None:
    """The earliest and the latest moment that a written time may mean, or None where it is no time."""
    written = parse_time(text)
    if written is None:
        return None
    return written, written + leeway(text)
