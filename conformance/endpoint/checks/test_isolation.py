"""Isolation: what one request asks does not show in the answer to another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of, whole_page
from conformance.endpoint.claims import (
    claim,
    claim_complete,
    claim_equal,
    claim_listing,
    claim_never_breaks,
    claim_selected,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Explained, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.crowds import crowds
from conformance.generate.views import View, views
from conformance.wire.exchange import Call, Format


@requirement("isolation.connection-reuse")
@given(st.data())
def test_connection_reuse(target: Target, format: Format, data: Draws) -> None:
    """Requests that follow each other on one connection get the answers that each would get alone."""
    items, channels = need_items(target), target.channels_for(format)
    asked = data.draw(st.lists(views(target.contract, items), min_size=2, max_size=6), label="views")
    for i, view in enumerate(asked):
        channel = channels[i % len(channels)]
        keys, answer = target.keys_of(view, target.largest_page, channel)
        try:
            claim_listing(f"request {i + 1} of {len(asked)}", target.expect(view), keys, answer)
        except Violation as wrong:
            call = target.call({**target.parameters_of(view), **whole_page(target)}, channel)
            refuse_if_so_alone(target, view, call, partial(claim_page, target, view, None))
            raise wrong from None


@requirement("isolation.concurrent")
@given(st.data())
def test_concurrent(target: Target, format: Format, data: Draws) -> None:
    """Requests that are under way together get the answers that each would get alone."""
    items = need_items(target)
    asked = data.draw(st.lists(views(target.contract, items), min_size=2, max_size=4), label="views")
    channel = channel_of(target, format, data)
    largest = whole_page(target)
    # where nothing narrows a listing, requests differ by their regions
    semantics = target.contract.semantics
    narrows = semantics.filters or semantics.ids or semantics.range or len(target.homes) < 2
    homes = [target.regions[0 if narrows else i % len(target.regions)] for i in range(len(asked))]
    calls = [
        target.call({**target.parameters_of(v), **largest}, channel, region=home)
        for v, home in zip(asked, homes, strict=True)
    ]
    for view, home, call, answer in zip(asked, homes, calls, target.together(calls), strict=True):
        claimed = partial(claim_page, target, view, home)
        try:
            claimed(answer)
        except Violation as wrong:
            refuse_if_so_alone(target, view, call, claimed)
            raise wrong from None


def claim_page(target: Target, view: View, region: str | None, answer: Answer) -> None:
    """A page of the largest size holds what a view must bring, where that fits on one."""
    wanted, known = target.expect(view, region), len(target.inventory(region).items)
    most = target.largest_size if whole_page(target) else known
    if wanted.most <= most and answer.listing().is_whole:
        claim_listing("under way with others", wanted, answer.listing().keys, answer)


def refuse_if_so_alone(target: Target, view: View, call: Call, claimed: Callable[[Answer], None]) -> None:
    """Raises Explained where a request has a wrong answer also alone, over a connection of its own: that has another
    cause than the requests around it.
    """
    semantics = target.contract.semantics
    abouts = ("ids.selects" if view.ids else None, *(f"filters.{name}.selects" for name in view.equals))
    about = next(filter(None, abouts), "paging.pages-partition-the-listing" if semantics.paging else None)
    answer = target.together([call])[0]
    if not answer.accepted:
        return
    try:
        claimed(answer)
    except Violation as alone:
        why = f"not judged, because a request is answered so alone, too: {alone.message}"
        raise Explained(why, alone.exchange, because=about) from None


@requirement("isolation.mixed")
@given(st.data())
def test_mixed(target: Target, data: Draws) -> None:
    """Requests under way together, each over a region, format, view and page of its own, get what was asked in them."""
    regions = list(dict.fromkeys(target.homes))
    items = {region: need_items(target, 0, region) for region in regions}
    if not any(items.values()):
        need_items(target)
    sizes, paging = target.page_sizes(1, 3, 20), target.contract.semantics.paging
    crowd = data.draw(crowds(target.contract, items, sizes, len(target.channels)), label="requests")
    calls = []
    for region, view, size, number, way in crowd:
        page = {paging.number: str(number), paging.size: str(size)} if paging else {}
        sent = {**target.parameters_of(view), **page}
        calls.append(target.call(sent, target.channels[way], region=region))
    for (region, view, size, number, _), call, answer in zip(crowd, calls, target.together(calls), strict=True):
        claimed = partial(claim_own, target, region, view, (size, number) if paging else None)
        try:
            claimed(answer)
        except Violation as wrong:
            refuse_if_so_alone(target, view, call, claimed)
            raise wrong from None


def claim_own(target: Target, region: str, view: View, page: tuple[int, int] | None, answer: Answer) -> None:
    """The answer is one to this request: its format, its region, its items, and as many as are on its page."""
    format, wanted = answer.exchange.call.channel.format, target.expect(view, region)
    claim_equal("the format is another's", format, answer.body.format if answer.body else None, answer)
    if page and (page[1] - 1) * page[0] >= len(wanted.certain):
        claim_never_breaks(answer, "a page beyond the last")
        if answer.refused:
            return
    echo = target.contract.semantics.region_echo
    if echo and region:
        own = answer.listing().repeats(echo, region)
        claim(own, "the region is another's", region, answer.text(echo), answer)
    claim_selected(f"under way with others, {view} in {region}", wanted, answer.listing().keys, answer)
    if page is None:
        if answer.is_whole:
            claim_complete("under way with others", wanted, answer.keys, answer)
        return
    claim(
        answer.lacks_total or wanted.admits_total(answer.total),
        "the total is another's",
        len(wanted.certain),
        answer.total,
        answer,
    )
    size, number = page
    least, most = (max(0, min(size, len(keys) - (number - 1) * size)) for keys in (wanted.certain, wanted.possible))
    beyond = (number - 1) * size >= len(wanted.certain)
    if not beyond:
        claim(least <= len(answer.items) <= most, f"page {number} is another's", least, len(answer.items), answer)
