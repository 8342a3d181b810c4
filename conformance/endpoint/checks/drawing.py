"""What the checks of several themes draw alike."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from conformance.endpoint.draws import Draws
from conformance.endpoint.target import Target
from conformance.wire.exchange import Channel


def channel_of(target: Target, format: str, data: Draws) -> Channel:
    """One of the channels that ask for a format: any signature version, method and placement of the run."""
    return data.draw(st.sampled_from(target.channels_for(format)), label="channel")


def whole_page(target: Target) -> dict[str, Any]:
    """The parameters that ask for the largest documented page."""
    paging = target.contract.semantics.paging
    return {paging.size: str(target.largest_page)} if paging and target.largest_page else {}
