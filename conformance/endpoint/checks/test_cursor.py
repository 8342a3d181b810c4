"""Pages by tokens: following them shows the listing, each item once, and comes to an end."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of, drawn_or_first, need_filterable
from conformance.endpoint.claims import (
    claim,
    claim_equal,
    claim_listing,
    claim_never_breaks,
    claim_refused,
    claim_selected,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, Lack
from conformance.endpoint.marks import requirement
from conformance.endpoint.roles import MOST_A_PAGE
from conformance.endpoint.target import Target
from conformance.generate.views import View, equalities
from conformance.wire.exchange import Channel, Format

MOST_PAGES, FEW_PAGES = 8, 3


def page_sizes(target: Target, count: int) -> list[int | None]:
    """Sizes within the documented limits that cut `count` items into a bearable number of pages; None for no size."""
    name = target.cursor.size
    if name is None:
        return [None]
    parameter, most_pages = target.parameter(name), FEW_PAGES if target.thrift.on else MOST_PAGES
    largest = int(parameter.value("maximum") or MOST_A_PAGE)
    smallest = min(largest, max(1, int(parameter.value("minimum") or 1), -(-count // most_pages)))
    wanted = {smallest, smallest + 1, count // 2, count, largest}
    return [size for size in sorted(wanted) if smallest <= size <= largest]


def walked(target: Target, view: View, size: int | None, channel: Channel, most: int | None = None) -> list[Answer]:
    """All pages of a view, each by the token of the one before; no further than to `most` items and a page more."""
    pages, seen = list[Answer](), 0
    for page in target.token_pages(view, (size,), channel):
        pages.append(page)
        if most is not None and seen > most:
            break
        seen += len(page.items)
    return pages


@requirement("cursor.pages-partition-the-listing", shared=True)
@given(st.data())
def test_pages_partition_the_listing(target: Target, format: Format, data: Draws) -> None:
    """Following the tokens shows each item once, whatever the page size, and comes to an end."""
    count = len(need_items(target))
    size = drawn_or_first(target, data, page_sizes(target, count), "page size")
    pages = walked(target, View(), size, channel_of(target, format, data))
    claim_listing(f"pages of {size} by token", target.expect(View()), [k for p in pages for k in p.keys], pages[-1])


@requirement("cursor.filtered-pages-partition", shared=True)
@given(st.data())
def test_filtered_pages_partition(target: Target, format: Format, data: Draws) -> None:
    """Following the tokens of a filtered listing shows each matching item once."""
    view = View(data.draw(equalities(target.contract, need_filterable(target), at_least=1), label="filters"))
    wanted = target.expect(view)
    size = drawn_or_first(target, data, page_sizes(target, wanted.most), "page size")
    pages = walked(target, view, size, channel_of(target, format, data), wanted.most)
    claim_listing(f"filtered pages of {size} by token", wanted, [k for p in pages for k in p.keys], pages[-1])


@requirement("cursor.last-page-has-no-token", shared=True)
@given(st.data())
def test_last_page_has_no_token(target: Target, format: Format, data: Draws) -> None:
    """No token leads to a page without items."""
    sizes = page_sizes(target, len(need_items(target)))
    pages = walked(target, View(), drawn_or_first(target, data, sizes, "page size"), channel_of(target, format, data))
    for before, page in pairwise(pages):
        claim(bool(page.items), "a token leads to a page without items", "no token", before.outline(), page)


@requirement("cursor.size-bounds-the-page", shared=True)
@given(st.data())
def test_size_bounds_the_page(target: Target, format: Format, data: Draws) -> None:
    """A page holds at most as many items as asked for."""
    size = drawn_or_first(target, data, page_sizes(target, len(need_items(target))), "page size")
    for page in walked(target, View(), size, channel_of(target, format, data)):
        claim(size is None or len(page.items) <= size, "a page holds more than asked for", size, len(page.items), page)


@requirement("cursor.other-size-between-pages", shared=True)
@given(st.data())
def test_other_size_between_pages(target: Target, format: Format, data: Draws) -> None:
    """Another page size with the token of a page is an error, or goes on where that page ended."""
    smallest = min(size for size in page_sizes(target, 0) if size is not None)
    count, cursor = len(need_items(target, smallest + 1)), target.cursor
    channel = channel_of(target, format, data)
    # of a long listing a few pages are enough
    sizes = [size for size in page_sizes(target, min(count, target.largest_size)) if size is not None]
    first_sizes = [size for size in sizes if size < count]
    if not first_sizes or len(sizes) < 2:
        raise Inconclusive(f"{count} items are one page of every size that is allowed")
    size = drawn_or_first(target, data, first_sizes, "first size")
    other = data.draw(st.sampled_from([s for s in sizes if s != size]), label="second size")
    name = str(cursor.size)
    first = target.see(View(), channel, more={name: str(size)}).listing()
    token = first.text(cursor.next)
    if token is None:
        raise Inconclusive(f"a page of {size} of {count} items has no token")
    second = target.see(View(), channel, more={name: str(other), cursor.token: token})
    claim_never_breaks(second, "another page size with the token of a page")
    if second.refused:
        return
    again = sorted(set(first.keys) & set(second.listing().keys) - {""})
    claim(not again, "items come twice where the page size changes", "each item once", again, second)
    claim_selected("the second page", target.expect(View()), second.keys, second)
    after = second.text(cursor.next)
    if after is None:
        both = [*first.keys, *second.keys]
        claim_listing(f"a page of {size} and one of {other}", target.expect(View()), both, second)


def first_token(target: Target, channel: Channel) -> tuple[Answer, str, dict[str, str]]:
    """A first page that is not the last one, its token, and the size that both were asked for with."""
    cursor, count = target.cursor, len(need_items(target, 2))
    small = min((size for size in page_sizes(target, count) if size is not None), default=None)
    sized = {cursor.size: str(small)} if cursor.size and small is not None else {}
    first = target.see(View(), channel, more=sized).listing()
    token = first.text(cursor.next)
    if token is None:
        lack = Lack(target.regions[0], count, small + 1) if small is not None and small >= count else None
        raise Inconclusive(f"the smallest page of {count} items has no token", lack=lack)
    return first, token, sized


@requirement("cursor.token-again", shared=True)
@given(st.data())
def test_token_again(target: Target, format: Format, data: Draws) -> None:
    """A token that was used already is an error, or brings the page that it brought before."""
    channel = channel_of(target, format, data)
    _, token, sized = first_token(target, channel)
    sent = {**sized, target.cursor.token: token}
    once = target.see(View(), channel, more=sent).listing()
    with target.thrift.afresh():
        again = target.see(View(), channel, more=sent)
    claim_never_breaks(again, "a token that was used already")
    if not again.refused:
        claim_equal("a token brings another page when it is used again", once.keys, again.listing().keys, again)


@requirement("cursor.token-of-another-listing", shared=True)
@given(st.data())
def test_token_of_another_listing(target: Target, format: Format, data: Draws) -> None:
    """A token of the whole listing with a filter beside it is an error, or brings nothing that the filter keeps out."""
    view = View(data.draw(equalities(target.contract, need_filterable(target), at_least=1), label="filters"))
    channel = channel_of(target, format, data)
    _, token, sized = first_token(target, channel)
    answer = target.see(view, channel, more={**sized, target.cursor.token: token})
    claim_never_breaks(answer, "a token of another listing")
    if not answer.refused:
        claim_selected("a filter beside a token of the whole listing", target.expect(view), answer.keys, answer)


@requirement("cursor.foreign-token", shared=True)
@given(st.data())
def test_foreign_token(target: Target, format: Format, data: Draws) -> None:
    """A token that no answer gave is an error. Where the page has none for it, it may bring nothing, or count as none;
    it never breaks the server.
    """
    words = st.text("ghjkmnpqrstuvwxyz", min_size=8, max_size=24)
    token = data.draw(st.one_of(st.just("no-such-token"), words), label="token")
    channel = channel_of(target, format, data)
    answer = target.ask({target.cursor.token: token}, channel)
    claim_never_breaks(answer, f"{target.cursor.token} of {token!r}")
    if any(e.parameter == target.cursor.token for e in target.contract.errors):
        claim_refused(answer, f"a {target.cursor.token} that no answer gave")
    if answer.refused or not answer.items:
        return
    first = target.ask({}, channel).listing()
    claim(first.keys == answer.keys, "an unknown token leads to a page", "an error, or none", answer.outline(), answer)
