"""Isolation: what one request asks does not show in the answer to another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of, whole_page
from conformance.endpoint.claims import claim_listing, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.views import views
from conformance.wire.exchange import Format


@requirement("isolation.connection-reuse")
@given(st.data())
def test_connection_reuse(target: Target, format: Format, data: Draws) -> None:
    """Requests that follow each other on one connection get the answers that each would get alone."""
    items, channels = need_items(target), target.channels_for(format)
    asked = data.draw(st.lists(views(target.contract, items), min_size=2, max_size=6), label="views")
    for i, view in enumerate(asked):
        channel = channels[i % len(channels)]
        keys = [item.get(target.key) or "" for item in target.listing(view, channel)]
        claim_listing(f"request {i + 1} of {len(asked)}", target.expect(view), keys, None)


@requirement("isolation.concurrent")
@given(st.data())
def test_concurrent(target: Target, format: Format, data: Draws) -> None:
    """Requests that are under way together get the answers that each would get alone."""
    items = need_items(target)
    asked = data.draw(st.lists(views(target.contract, items), min_size=2, max_size=4), label="views")
    channel = channel_of(target, format, data)
    largest = whole_page(target)
    calls = [target.call({**v.parameters(target.contract, target.id_syntax), **largest}, channel) for v in asked]
    for view, answer in zip(asked, target.together(calls), strict=True):
        wanted, most = target.expect(view), target.largest_size if largest else len(items)
        if len(wanted.possible) <= most:
            claim_listing("under way with others", wanted, answer.listing().keys, answer)
