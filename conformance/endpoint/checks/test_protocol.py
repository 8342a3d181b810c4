"""Protocol: actions and versions that do not exist are refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.claims import claim, claim_refused
from conformance.endpoint.marks import requirement
from conformance.endpoint.situations import SITUATIONS


def provoke(target, subject, format, data):
    channel = channel_of(target, format, data)
    return SITUATIONS[subject](target, channel)


@requirement("protocol.refused")
@given(st.data())
def test_refused(target, subject, format, data):
    """A request that names no operation of the product is refused."""
    claim_refused(provoke(target, subject, format, data), subject.replace("-", " "))


@requirement("protocol.documented-code")
@given(st.data())
def test_documented_code(target, subject, format, data):
    """The refusal carries a documented code."""
    answer = provoke(target, subject, format, data)
    codes = {a.code for a in target.protocol.situation(subject).answers}
    claim(answer.code in codes, "another code than documented", codes, answer.outline(), answer)
