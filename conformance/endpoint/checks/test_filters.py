"""Filters: a filtered listing is the listing, filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Tried, were_taken
from conformance.endpoint.checks.drawing import channel_of, drawn_or_first
from conformance.endpoint.claims import (
    claim,
    claim_apart,
    claim_complete,
    claim_listing,
    claim_same_items,
    claim_selected,
    lack_of,
    need_items,
    unreadable_times,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.narrowings import narrowings
from conformance.generate.required import as_sent, sent_name
from conformance.generate.views import View, filter_values, fold, views
from conformance.wire.exchange import Format

# how many pairs of filters, and values of each, are tried where requests are counted
FEW_VALUES = 2


def sizes(target: Target) -> st.SearchStrategy[int | None]:
    """Page sizes, and none at all."""
    return st.sampled_from([None, None, *target.page_sizes(10, 20, 50)])


def filtered(target: Target, subject: str, format: Format, data: Draws) -> Iterator[tuple[View, list[Answer]]]:
    """A value of one filter, and the pages of what comes for it. With a single example, another listed value too."""
    field = next(f.field for f in target.contract.semantics.filters if f.parameter == subject)
    listed = filter_values(target.contract, subject, ())
    values = filter_values(target.contract, subject, need_items(target, field=None if listed else field))
    if not values:
        raise Inconclusive(f"no item has a value to filter {subject} by", lack=lack_of(target, field))
    asked = [drawn_or_first(target, data, values, subject)]
    channel = channel_of(target, format, data)
    size = target.largest_page if target.thrift.on else data.draw(sizes(target), label="page size")
    for value in (*asked, *values[1 : FEW_VALUES if listed and target.thrift.on else 0]):
        view = View({subject: value})
        yield view, list(target.pages(view, size, channel))


def look_at_all(target: Target, subject: str) -> None:
    """Where requests are scarce: one item under all filters that it meets, together. Where it does not come back, the
    filters that may have kept it out are looked at next.
    """
    first = next(iter(need_items(target)), None)
    fields = {f.parameter for f in target.contract.semantics.filters}

    def met(parameter: Parameter) -> tuple[str, ...] | None:
        values = filter_values(target.contract, parameter.name, [first]) if first and parameter.name in fields else []
        return tuple(values[:1]) if values and first and shows(target, parameter.name, first) else None

    key = first.get(target.key) if first else None
    were_taken(target, subject, Tried("filters.complete", met, allowed=True, holds=lambda a: key in a.keys))


def shows(target: Target, parameter: str, item: Item) -> bool:
    """Whether an item has a value of what a filter is over."""
    return any(f.parameter == parameter and item.get(f.field) for f in target.contract.semantics.filters)


def keys_on(pages: Sequence[Answer]) -> list[str]:
    """The keys of all items on pages."""
    return [key for page in pages for key in page.keys]


@requirement("filters.selects", shared=True)
@given(st.data())
def test_selects(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Only items that have the value come back."""
    name = next(f.field for f in target.contract.semantics.filters if f.parameter == subject)
    for view, pages in filtered(target, subject, format, data):
        for answer, item in ((page, item) for page in pages for item in page.items):
            value = view.equals[subject]
            same = fold(item.get(name)) == fold(value) or target.parameter(subject).value("matching") is not None
            # of an item that shows none nobody knows
            claimed = claim if item.get(name) is None else claim_apart
            claimed(same, "an item has another value", value, item.get(name), answer)
        claim_selected(f"filter {view.equals}", target.expect(view), keys_on(pages), pages[-1])


@requirement("filters.complete", shared=True)
@given(st.data())
def test_complete(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Every item that has the value comes back."""
    look_at_all(target, subject)
    for view, pages in filtered(target, subject, format, data):
        claim_complete(f"filter {view.equals}", target.expect(view), keys_on(pages), pages[-1])


@requirement("filters.partition", shared=True)
def test_partition(target: Target, subject: str, format: Format) -> None:
    """The listings for each value add up to no more than the whole, and no item is in two."""
    items = need_items(target)
    seen: dict[str, str] = {}
    for i, value in enumerate(
        filter_values(target.contract, subject, items)[: FEW_VALUES if target.thrift.on else None]
    ):
        channels = target.channels_for(format)
        for answer in target.pages(View({subject: value}), target.largest_page, channels[i % len(channels)]):
            for key in answer.keys:
                claim(seen.get(key, value) == value, f"item {key} comes for two values", seen.get(key), value, answer)
                seen[key] = value
    claim(len(seen) <= len(items), "the values add up to more than the whole", len(items), len(seen), None)


@requirement("filters.scope", shared=True)
@given(st.data())
def test_scope(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Only items that have the value come back, also for another listed value."""
    need_items(target)
    field = next(f.field for f in target.scopes if f.parameter == subject)
    used = dict(target.call().parameters)[sent_name(subject)]
    others = [v for v in map(as_sent, target.parameter(subject).value("enum") or ()) if v != used]
    value = data.draw(st.sampled_from([used, *others]), label=subject)
    view, channel = View({sent_name(subject): value}), channel_of(target, format, data)
    if value != used and target.see(view, channel).refused:
        return  # the other values that are sent may rule it out
    for page in target.pages(view, target.largest_page, channel):
        for item in page.items:
            found = item.get(field)
            claim(found is None or fold(found) == fold(value), "an item has another value", value, found, page)


@requirement("filters.intersect", shared=True)
def test_intersect(target: Target, format: Format) -> None:
    """Several filters at once keep the items that each of them keeps: every pair of values of every two filters."""
    items, channels, turn = need_items(target), target.channels_for(format), 0
    names = [f.parameter for f in target.contract.semantics.filters]
    if len(names) < 2:
        raise NotApplicable("the operation has fewer than two filters")
    few = None if target.limits.max_requests is None else FEW_VALUES
    for a, b in list(combinations(names, 2))[:few]:
        each = 1 if target.thrift.on else few
        for values in product(*(filter_values(target.contract, name, items)[:each] for name in (a, b))):
            view, turn = View({a: values[0], b: values[1]}), turn + 1
            keys, answer = target.keys_of(view, target.largest_page, channels[turn % len(channels)])
            claim_listing(f"filters {dict(view.equals)}", target.expect(view), keys, answer)


@requirement("filters.known-store")
@given(st.data())
def test_known_store(target: Target, format: Format, data: Draws) -> None:
    """Where the stored items are known, any request brings exactly the items, and the data, that follow from them."""
    region = data.draw(st.sampled_from(sorted(target.homes)), label="region")
    known = target.stored.items(region)
    if known is None:
        raise NotApplicable("the stored items of this target are not known; give them with --tasks FILE")
    ids = target.contract.semantics.ids
    if ids and target.parameter(ids.parameter).is_required:
        known = known[: target.longest_id_list]  # as many as each request names
    view = data.draw(views(target.contract, known), label="view")
    if more := narrowings(target.contract, known):
        one = data.draw(st.one_of(st.just(View()), *more), label="narrowed")
        view = evolve(view, among=one.among, tags=one.tags, bounds=one.bounds)
    channel = channel_of(target, format, data)
    wanted = target.oracle(region).expect(view, known)
    size = target.largest_page if target.thrift.on else data.draw(sizes(target), label="page size")
    pages = list(target.pages(view, size, channel, region))
    claim_listing(f"{view}", wanted, keys_on(pages), pages[-1])
    for p in pages:
        counted = p.count if target.contract.semantics.cursor is None or target.contract.semantics.paging else None
        claim(
            counted is None or wanted.admits_total(counted),
            "the total is not that of the store",
            wanted.fewest,
            p.count,
            p,
        )
        visible, odd = as_shown(target, known, region), unreadable_times(target, p.items)
        stored, shown = ([{n: v for n, v in i.items() if n not in odd} for i in items] for items in (visible, p.items))
        claim_same_items(target, stored, shown, "against the store", p)


def as_shown(target: Target, stored: Sequence[Item], region: str) -> list[Item]:
    """Stored items without the members that need not be there, and that no item of the region shows."""
    shown = {name for item in target.inventory(region).items for name, text in item.items() if text is not None}
    hidden = {f.name for f in target.contract.item_fields if f.presence == "sometimes"} - shown
    return [{name: None if name in hidden else text for name, text in item.items()} for item in stored]
