"""Paging: the pages of a listing, put together, are the listing."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of, need_filterable
from conformance.endpoint.claims import (
    claim,
    claim_equal,
    claim_listing,
    claim_never_breaks,
    claim_once,
    claim_same_items,
    need_items,
    need_total,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.views import View, equalities
from conformance.wire.exchange import Channel, Format

MOST_PAGES, FEW_PAGES = 16, 3


def page_sizes(target: Target, count: int) -> st.SearchStrategy[int]:
    """Sizes that cut `count` items into a bearable number of pages, with the edges of size and count among them."""
    largest = target.largest_size
    if target.thrift.on:
        # a last page that is not full, where that can be; every check asks for the same pages
        return st.just(min(largest, max(target.smallest_size, -(-count // FEW_PAGES) + (count % FEW_PAGES == 0))))
    smallest = min(largest, max(target.smallest_size, -(-count // MOST_PAGES)))
    edges = {smallest, largest, largest - 1, 10, 50, count, count - 1, count + 1, count // 2, -(-count // 2)}
    return st.one_of(
        st.sampled_from(sorted(e for e in edges if smallest <= e <= largest)), st.integers(smallest, largest)
    )


def page(target: Target, number: int, size: int, channel: Channel, view: View | None = None) -> Answer:
    """One page of a view, or of the whole listing."""
    sent = {target.paging.number: str(number), target.paging.size: str(size)}
    return target.see(view or View(), channel, more=sent)


def way_of(target: Target, size: int, channels: Sequence[Channel]) -> Channel:
    """The channel by which pages of a size are asked for: the sizes by turns. Where requests are scarce the largest
    pages are those that the whole listing was read by.
    """
    is_known = target.thrift.on and size == target.largest_size
    return target.channels[0] if is_known else channels[size % len(channels)]


@requirement("paging.pages-partition-the-listing", shared=True)
@given(st.data())
def test_pages_partition_the_listing(target: Target, format: Format, data: Draws) -> None:
    """Walking all pages shows each item once, whatever the page size."""
    items = need_items(target)
    size = data.draw(page_sizes(target, len(items)), label="page size")
    channel = channel_of(target, format, data)
    keys, answer = target.keys_of(View(), size, channel)
    claim_listing(f"pages of {size}", target.expect(View()), keys, answer)
    if target.contract.semantics.key:
        claim_once(f"pages of {size}", keys, answer)


@requirement("paging.pages-are-full", shared=True)
def test_pages_are_full(target: Target, format: Format) -> None:
    """Every page but the last holds as many items as asked for: the first page of every size."""
    items, channels = need_items(target), target.channels_for(format)
    for size in target.every_page_size():
        answer = page(target, 1, size, way_of(target, size, channels)).listing()
        claim_equal(f"the first page of {size} is not full", min(size, len(items)), len(answer.items), answer)


@requirement("paging.last-page-holds-the-rest", shared=True)
def test_last_page_holds_the_rest(target: Target, format: Format) -> None:
    """The last page holds exactly the items that the pages before it left, for every size that leaves some."""
    count, channels = len(need_items(target)), target.channels_for(format)
    known = set(target.inventory().keys(target.key))
    for size in target.every_page_size():
        last = max(1, -(-count // size))
        answer = page(target, last, size, way_of(target, size, channels)).listing()
        rest = count - (last - 1) * size
        claim_equal(f"the last page of {size} does not hold the rest", rest, len(answer.items), answer)
        claim(
            known.issuperset(answer.keys),
            "the last page holds unknown items",
            "items of the listing",
            answer.keys,
            answer,
        )


@requirement("paging.total-is-constant", shared=True)
@given(st.data())
def test_total_is_constant(target: Target, format: Format, data: Draws) -> None:
    """The total is the same on every page and for every page size."""
    count = len(need_items(target))
    size = data.draw(page_sizes(target, count), label="page size")
    last = max(1, -(-count // size))
    number = data.draw(st.one_of(st.sampled_from([1, last]), st.integers(1, last)), label="page")
    number = last if target.thrift.on else number
    answer = page(target, number, size, channel_of(target, format, data)).listing()
    claim_equal("the total depends on the page", target.inventory().total, need_total(answer), answer)


@requirement("paging.total-counts-the-listing", shared=True)
@given(st.data())
def test_total_counts_the_listing(target: Target, format: Format, data: Draws) -> None:
    """The total is the number of items over all pages."""
    count = len(need_items(target))
    size = data.draw(page_sizes(target, count), label="page size")
    counted, shown = 0, dict[int | None, Answer]()
    for one in target.pages(View(), size, channel_of(target, format, data)):
        counted += len(one.items)
        shown.setdefault(need_total(one), one)
    for total, one in shown.items():
        claim_equal("the total is not the number of items", counted, total, one)


@requirement("paging.total-follows-the-filter", shared=True)
@given(st.data())
def test_total_follows_the_filter(target: Target, format: Format, data: Draws) -> None:
    """With a filter, the total is the number of items that pass it, not that of the page or of the whole listing."""
    view = View(data.draw(equalities(target.contract, need_filterable(target), at_least=1), label="filters"))
    size = data.draw(st.sampled_from(target.page_sizes(1, 2, 10)), label="page size")
    answer = page(target, 1, size, channel_of(target, format, data), view).listing()
    wanted = target.expect(view)
    claim(
        wanted.admits_total(need_total(answer)),
        "the total is not that of the filter",
        wanted.fewest,
        answer.total,
        answer,
    )


@requirement("paging.filtered-pages-partition", shared=True)
@given(st.data())
def test_filtered_pages_partition(target: Target, format: Format, data: Draws) -> None:
    """Walking the pages of a filtered listing shows each matching item once."""
    view = View(data.draw(equalities(target.contract, need_filterable(target), at_least=1), label="filters"))
    wanted = target.expect(view)
    size, keys = data.draw(page_sizes(target, wanted.most), label="page size"), list[str]()
    for answer in target.pages(view, size, channel_of(target, format, data)):
        keys += answer.keys
        if len(keys) > wanted.most + size:
            break  # there may be thousands
    claim_listing(f"filtered pages of {size}", wanted, keys, answer)


@requirement("paging.beyond-the-end", shared=True)
@given(st.data())
def test_beyond_the_end(target: Target, format: Format, data: Draws) -> None:
    """A page beyond the last is empty, is the last page, or is an error; the total stays what it was."""
    count, paging = len(need_items(target, 0)), target.paging
    size = data.draw(page_sizes(target, count), label="page size")
    last, most = max(1, -(-count // size)), target.parameter(paging.number).value("maximum")
    # a number over its own maximum is another matter
    numbers = [n for n in (last + 1, last + 2, last + 100, 1_000_000) if most is None or n <= int(most)]
    if not numbers:
        raise NotApplicable(f"every {paging.number} up to its maximum is that of a page")
    number = data.draw(st.sampled_from(numbers), label="page")
    answer = page(target, number, size, channel_of(target, format, data))
    claim_never_breaks(answer, f"page {number} of {last}")
    taken = "rejected" if answer.refused else way_beyond(target, answer.listing(), last, size)
    if taken != "rejected":
        claim_equal("the total changes beyond the last page", target.inventory().total, answer.total, answer)
    target.watch.dialect.observe("beyond-the-end", paging.number, taken, answer.exchange)


def way_beyond(target: Target, answer: Answer, last: int, size: int) -> str:
    """Which of the documented ways a result beyond the last page goes."""
    if not answer.items:
        return "empty-page"
    keys = page(target, last, size, answer.exchange.call.channel).listing().keys
    claim_equal("a page beyond the last has items that are not the last page's", keys, answer.keys, answer)
    return "last-page"


@requirement("paging.repeatable", shared=True)
@given(st.data())
def test_repeatable(target: Target, format: Format, data: Draws) -> None:
    """The same page asked for twice holds the same items in the same order."""
    count = len(need_items(target))
    size = data.draw(page_sizes(target, count), label="page size")
    number = data.draw(st.integers(1, max(1, -(-count // size))), label="page")
    channel = channel_of(target, format, data)
    first = page(target, number, size, channel).listing()
    with target.thrift.afresh():
        second = page(target, number, size, channel).listing()
    claim_equal("the same page has other items the second time", first.keys, second.keys, second)
    claim_same_items(target, first.items, second.items, "the second time", second)
