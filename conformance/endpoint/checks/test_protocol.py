"""Protocol: actions and versions that do not exist are refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.claims import claim, claim_refused
from conformance.endpoint.draws import Draws
from conformance.endpoint.marks import requirement
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.target import Target
from conformance.wire.exchange import Format


def provoke(target: Target, subject: str, format: Format, data: Draws) -> Answer:
    """The answer to a request of which one thing is wrong."""
    channel = channel_of(target, format, data)
    return SITUATIONS[subject](target, channel)


@requirement("protocol.refused")
@given(st.data())
def test_refused(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A request that names no operation of the product is refused."""
    claim_refused(provoke(target, subject, format, data), subject.replace("-", " "))


@requirement("protocol.documented-code")
@given(st.data())
def test_documented_code(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The refusal carries a documented code."""
    answer = provoke(target, subject, format, data)
    codes = {a.code for a in target.protocol.situation(subject).answers}
    claim(answer.code in codes, "another code than documented", codes, answer.outline(), answer)
