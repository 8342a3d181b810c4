"""What the checks of several themes draw alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import TypeVar

from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.texts import unknown_id
from conformance.generate.views import View, filter_values, id_lists
from conformance.wire.exchange import Channel, Format

T = TypeVar("T")


def channel_of(target: Target, format: Format, data: Draws) -> Channel:
    """One of the channels that ask for a format: any signature version, method and placement of the run."""
    return data.draw(st.sampled_from(target.channels_for(format)), label="channel")


def all_keys(target: Target, view: View, format: Format, data: Draws) -> tuple[list[str], Answer]:
    """The keys of all items that come for a view, in one of the ways to ask for a format, and the last page of them."""
    return target.keys_of(view, target.largest_page, channel_of(target, format, data))


def whole_page(target: Target) -> dict[str, str]:
    """The parameters that ask for the largest page there is."""
    pages = target.contract.semantics.paging or target.contract.semantics.cursor
    return {pages.size: str(target.largest_size)} if pages and pages.size else {}


def known_ids(
    target: Target, most: int | None = None, at_least: int = 1, region: str | None = None
) -> st.SearchStrategy[tuple[str, ...]]:
    """Ids of items there are: as many as `most` and the documented limit allow.

    Raises NotApplicable where the documentation allows fewer than `at_least`.
    """
    limit = target.longest_id_list
    if limit < at_least:
        raise NotApplicable(f"the documentation allows {limit} ids in a list, and this needs {at_least}")
    items = need_items(target, at_least, region)
    return id_lists(target.contract, items, limit if most is None else min(most, limit), at_least)


def rejects_unknown_ids(target: Target) -> bool:
    """Whether an id that no item has is an error here: as was seen, or where nobody has asked yet, as it is now."""
    taken = target.watch.dialect.taken("unknown-id", target.id_list.parameter)
    if taken is not None:
        return taken == "rejected"
    known = next((key for region in target.regions for key in target.inventory(region).keys(target.key)), None)
    return known is not None and target.see(View(ids=(unknown_id(known),))).refused


def need_filterable(target: Target) -> tuple[Item, ...]:
    """Items, and some filter with a value to ask for: a listed one, or one that an item has."""
    filters, contract = target.contract.semantics.filters, target.contract
    if not filters or any(filter_values(contract, f.parameter, ()) for f in filters):
        return need_items(target)
    shown = [f.field for f in filters if any(item.get(f.field) for item in target.sample())]
    return need_items(target, field=(shown or [filters[0].field])[0])


def every_way(target: Target, subject: str | None = None) -> Iterator[Channel]:
    """The channels of the run, over and over, the formats by turns. Where requests are scarce, those about each
    `subject` begin with another one.
    """
    formats = dict.fromkeys(c.format for c in target.channels)
    by_format = [[c for c in target.channels if c.format == f] for f in formats]
    ways = [c for together in zip(*by_format, strict=True) for c in together]
    turn = turn_of(target, subject) if subject and target.thrift.on else 0
    return islice(cycle(ways), turn % len(ways), None)


def turn_of(target: Target, subject: str) -> int:
    """The place of a parameter among those of the operation, by which what each is tried with differs."""
    names = [p.name for p in target.contract.parameters]
    return names.index(subject) if subject in names else 0


def drawn_or_first(target: Target, data: Draws, values: Sequence[T], label: str) -> T:
    """One of the values; the first where requests are scarce, so that several checks ask the same."""
    return values[0] if target.thrift.on else data.draw(st.sampled_from(values), label=label)


def long_way(target: Target, channel: Channel) -> Channel | None:
    """A channel of the same format for what is too long for a URL; None where the run sends no form bodies."""
    forms = [c for c in target.channels if c.placement == "form" and c.format == channel.format]
    return next(iter(sorted(forms, key=lambda c: c.signature != channel.signature)), None)
