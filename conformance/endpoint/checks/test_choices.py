"""Choices that no other theme looks at: what does the implementation do where the documentation leaves it open?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import cycle, islice

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of, whole_page
from conformance.endpoint.claims import claim, claim_never_breaks, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Disturbed, Inconclusive, NotApplicable, Violation
from conformance.endpoint.id_syntax import ID_SYNTAXES
from conformance.endpoint.marks import choice_kinds
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.times import format_time, parse_time
from conformance.generate.views import View, write_ids
from conformance.wire.exchange import Channel, Exchange, Format

SHORT_TIME = "yyyy-MM-ddTHH:mmZ"
# how many items a bound is put on, spread over all of them
BOUNDS, FEW_BOUNDS = 6, 2
# how many pages of a size show its order
PAGES = 3


@choice_kinds("required")
@given(st.data())
def test_required(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Whether a parameter may be left out that one page calls required and another not."""
    channel = channel_of(target, format, data)
    if channel.signature == "v3":
        return  # the parameter travels as a header there, of which neither page speaks
    answer = target.ask((), channel, common={subject: None})
    claim_never_breaks(answer, f"a request without {subject}")
    target.watch.dialect.observe("required", subject, "required" if answer.refused else "optional", answer.exchange)


@choice_kinds("id-syntax", shared=True)
def test_id_syntax(target: Target, subject: str, format: Format) -> None:
    """Whether an id list is read as comma-separated text, as a JSON array, or as both."""
    key = target.key
    if target.longest_id_list < 2:
        raise NotApplicable("the documentation allows one id in a list, which has no syntax")
    ids = tuple(item.get(key) or "" for item in need_items(target, 3)[:2])
    read = {}
    for syntax in ID_SYNTAXES:
        for channel in target.channels_for(format)[: 1 if target.thrift.on else None]:
            answer = target.ask({subject: write_ids(ids, syntax)}, channel)
            claim_never_breaks(answer, f"an id list as {syntax}")
            read[syntax] = answer.accepted and set(answer.keys) == set(ids)
    ways = [syntax for syntax, ok in read.items() if ok]
    claim(
        bool(ways), "an id list is read in no documented syntax", "comma-separated or a JSON array", "neither", answer
    )
    choice = target.contract.choice_about("id-syntax", subject)
    only = choice.alternatives[0].id if choice and choice.is_settled else None
    # who reads another syntax besides the one that is documented reads that one
    way = only if only in ways else ways[0] if len(ways) == 1 else "both"
    target.watch.dialect.observe("id-syntax", subject, way, answer.exchange)


@choice_kinds("short-time")
@given(st.data())
def test_short_time(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Whether a time without seconds is taken."""
    times = [t for i in need_items(target) if (t := parse_time(i.get(target.time_range.field)))]
    if not times:
        return
    text = format_time(data.draw(st.sampled_from(times), label="time"), SHORT_TIME)
    answer = target.ask({subject: text}, channel_of(target, format, data))
    claim_never_breaks(answer, f"{subject} of {text}")
    target.watch.dialect.observe("short-time", subject, "rejected" if answer.refused else "accepted", answer.exchange)


@choice_kinds("range-bound")
def test_range_bound(target: Target, subject: str, format: Format) -> None:
    """Whether an item created exactly at a bound is within it. Needs to know a time to the second."""
    exact, key = target.oracle().exact_times, target.key
    times = sorted(set(exact.values()))
    if not times:
        raise NotApplicable("no time is known to the second; give the stored items with --tasks FILE")
    for i, at in enumerate(times[:: max(1, len(times) // (FEW_BOUNDS if target.thrift.on else BOUNDS))]):
        channels = target.channels_for(format)
        view = View(start=at) if subject == target.time_range.start else View(end=at)
        keys = {item.get(key) for item in target.listing(view, channels[i % len(channels)])}
        here = {k for k, t in exact.items() if t == at}
        way = "inclusive" if here <= keys else "exclusive" if not here & keys else None
        if way is None:
            raise Violation(
                f"some items created at {at} are within {subject}, some not",
                expected="all or none",
                received=here & keys,
            )
        target.watch.dialect.observe("range-bound", subject, way, None)


@choice_kinds("order", shared=True)
def test_order(target: Target, subject: str, format: Format) -> None:
    """In which order the listing comes, whoever asks and however often."""
    need_items(target, 2)
    largest = whole_page(target)
    for channel in target.channels_for(format)[: 2 if target.thrift.on else None]:
        page = target.see(View(), channel, more=largest).listing()
        target.watch.dialect.observe("order", subject, order_of(target, page.items), page.exchange)


@choice_kinds("order-over-sizes")
def test_order_over_sizes(target: Target, subject: str, format: Format) -> None:
    """Whether pages of another size bring the items in another order, each time the same one."""
    need_items(target, 3, field=target.key)
    sizes, seen = target.few_page_sizes()[: 1 if target.thrift.on else None], []
    if not sizes:
        raise NotApplicable(f"the documentation allows one value of {subject}")
    for channel, size in zip(cycle(target.channels_for(format)), sizes, strict=False):
        whole, part, again, after = (
            first_pages(target, asked, channel) for asked in (target.largest_size, size, size, target.largest_size)
        )
        if Counter(whole.keys) != Counter(after.keys):
            raise Disturbed("the listing kept changing while its orders were compared")
        if whole.keys != after.keys or part.keys != again.keys:
            raise Inconclusive("the order is another at another reading of one size", again.last)
        seen.append((part.keys == whole.keys[: len(part.keys)], part.last))
    # one size with an order of its own decides, however many have the same
    as_one, exchange = min(seen, key=lambda found: found[0])
    target.watch.dialect.observe("order-over-sizes", subject, "one" if as_one else "each", exchange)


@frozen
class FirstPages:
    """The keys of the items of the first pages of a size, in order, and the last of the exchanges."""

    keys: tuple[str, ...]
    last: Exchange


def first_pages(target: Target, size: int, channel: Channel) -> FirstPages:
    """The first pages, few of them."""
    pages = list(islice(target.pages(View(), size, channel), PAGES))
    return FirstPages(tuple(key for page in pages for key in page.keys), pages[-1].exchange)


def order_of(target: Target, items: Sequence[Item]) -> str:
    """Which of the orders the items are in that the documentation may mean."""
    semantics = target.contract.semantics
    by_key = [item.get(semantics.key or "") for item in items]
    times = [item.get(semantics.range.field) for item in items] if semantics.range else []
    if times and times == sorted(times, key=str, reverse=True):
        return "newest-first"
    if times and times == sorted(times, key=str):
        return "oldest-first"
    return "by-key" if by_key == sorted(by_key, key=str) else "other"
