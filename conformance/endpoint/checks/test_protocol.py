"""Protocol: actions and versions that do not exist, or are missing, are refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import claim_documented_code, claim_refused
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.target import Target
from conformance.wire.exchange import Format


def provoke(target: Target, subject: str, format: Format, data: Draws) -> Answer:
    """The answer to a request of which one thing is wrong."""
    channels = target.channels_for(format)
    if subject == "missing-action" and target.contract.choice_about("required", "Action"):
        # the pages contradict each other on the parameter; of the header, which V3 has, they do not speak
        channels = tuple(c for c in channels if c.signature == "v3")
        if not channels:
            raise NotApplicable("the pages contradict each other on whether Action must be given")
    return SITUATIONS[subject](target, data.draw(st.sampled_from(channels), label="channel"))


@requirement("protocol.refused")
@given(st.data())
def test_refused(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A request that names no operation of the product is refused."""
    claim_refused(provoke(target, subject, format, data), subject.replace("-", " "))


@requirement("protocol.documented-code")
@given(st.data())
def test_documented_code(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The refusal carries a documented code."""
    claim_documented_code(target, subject, provoke(target, subject, format, data))
