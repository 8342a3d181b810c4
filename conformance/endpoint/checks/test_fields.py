"""Fields: the data of an item belongs to the item, not to the request. (Presence and types are judged on every
exchange.)
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.claims import claim_same_items, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.views import views
from conformance.wire.exchange import Format


@requirement("fields.unchanged-by-request", shared=True)
@given(st.data())
def test_unchanged_by_request(target: Target, format: Format, data: Draws) -> None:
    """An item has the same data whichever filters, page or page size the request has."""
    items = need_items(target)
    view = data.draw(views(target.contract, items), label="view")
    channel = channel_of(target, format, data)
    size = data.draw(st.sampled_from(target.page_sizes(1, 2, 9, 10, 11, 50)), label="page size")
    paging = target.contract.semantics.paging
    answer = target.see(view, channel, more={paging.size: str(size)} if paging else None).listing()
    claim_same_items(target, target.inventory().items, answer.items, "in another request", answer)
