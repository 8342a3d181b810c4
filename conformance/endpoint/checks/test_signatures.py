"""Signatures: every documented way to sign is accepted, and every request that is not rightly signed is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.checks.signing import SIGNED, signed
from conformance.endpoint.claims import claim, claim_documented_code, claim_refused, claim_same_page, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.target import Target
from conformance.generate import values
from conformance.generate.views import views
from conformance.wire.client import stamp
from conformance.wire.exchange import Format


@requirement("signatures.versions-agree")
@given(st.data())
def test_versions_agree(target: Target, format: Format, data: Draws) -> None:
    """The same request signed V1 and signed V3 gets the same answer."""
    if not set(SIGNED) <= {c.signature for c in target.channels}:
        raise NotApplicable("this run does not use both signature versions")
    view = data.draw(views(target.contract, need_items(target)), label="view")
    channel = channel_of(target, format, data)
    one, other = (target.see(view, evolve(channel, signature=v)).listing() for v in SIGNED)
    claim_same_page("V3 answers unlike V1", one, other)


def claim_awkward_accepted(target: Target, version: str, data: Draws) -> None:
    """A parameter that nobody knows carries the text: it is signed like any other and asks for nothing."""
    channel = data.draw(st.sampled_from(signed(target, version)), label="channel")
    name = data.draw(st.sampled_from(["Note", "A-b", "a*b", "Zé"]), label="name")
    for text in (values.EVERY_AWKWARD_TEXT, data.draw(values.awkward_texts(), label="value")):
        answer = target.ask({name: text}, channel)
        if target.watch.dialect.taken("unknown-parameter", "request") != "rejected":
            claim(
                answer.accepted, f"a {version} signature over {text!r} is refused", "a result", answer.outline(), answer
            )


@requirement("signatures.v1-awkward-values")
@given(st.data())
def test_v1_awkward_values(target: Target, data: Draws) -> None:
    """A V1 signature over values that are awkward to encode is accepted."""
    claim_awkward_accepted(target, "v1", data)


@requirement("signatures.v3-awkward-values")
@given(st.data())
def test_v3_awkward_values(target: Target, data: Draws) -> None:
    """A V3 signature over values that are awkward to encode is accepted."""
    claim_awkward_accepted(target, "v3", data)


@requirement("signatures.blank-signature-type")
@given(st.data())
def test_blank_signature_type(target: Target, data: Draws) -> None:
    """An empty SignatureType is accepted and signed."""
    channel = data.draw(st.sampled_from(signed(target, "v1")), label="channel")
    answer = target.ask((), channel, common={"SignatureType": ""})
    claim(answer.accepted, "an empty SignatureType is refused", "a result", answer.outline(), answer)


@requirement("signatures.more-signed-headers")
@given(st.data())
def test_more_signed_headers(target: Target, data: Draws) -> None:
    """A V3 request that signs more headers than it must is verified by the headers that it names."""
    channel = data.draw(st.sampled_from(signed(target, "v3")), label="channel")
    name = data.draw(st.sampled_from(["x-acs-credentials-provider", "x-acs-extra"]), label="header")
    answer = target.ask((), channel, common={name: "static_ak"})
    claim(answer.accepted, f"a signature over {name} too is refused", "a result", answer.outline(), answer)


@requirement("signatures.refused")
@given(st.data())
def test_refused(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A request that is not rightly signed is refused."""
    claim_refused(provoke(target, subject, format, data), subject.replace("-", " "))


@requirement("signatures.documented-code")
@given(st.data())
def test_documented_code(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The refusal carries a documented code."""
    claim_documented_code(target, subject, provoke(target, subject, format, data))


def provoke(target: Target, subject: str, format: Format, data: Draws) -> Answer:
    """The answer to a request of which one thing about its signature is wrong."""
    situation = target.protocol.situation(subject)
    signed(target, *situation.signatures)
    channels = [c for c in target.channels_for(format) if c.signature in situation.signatures]
    channel = data.draw(st.sampled_from(channels), label="channel")
    return SITUATIONS[subject](target, channel)


@requirement("signatures.clock-window")
@given(st.data())
def test_clock_window(target: Target, format: Format, data: Draws) -> None:
    """A timestamp within the narrowest documented window around the server's clock is accepted."""
    signed(target)
    within = min(target.protocol.clock_window_minutes) - 1  # a minute for the clocks to differ
    minutes = data.draw(st.integers(-within, within), label="minutes off")
    channel = channel_of(target, format, data)
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = target.ask((), channel, common={"Timestamp": stamp(moment)})
    claim(answer.accepted, f"a timestamp {minutes} minutes off is refused", "a result", answer.outline(), answer)


@requirement("signatures.nonce-per-request")
@given(st.data())
def test_nonce_per_request(target: Target, format: Format, data: Draws) -> None:
    """Requests that differ only in nonce, timestamp and signature are all accepted."""
    signed(target)
    channel = channel_of(target, format, data)
    moment = stamp(datetime.now(UTC))
    for nonce in (uuid4().hex, str(uuid4()), uuid4().hex.upper()):
        answer = target.ask((), channel, common={"Timestamp": moment, "SignatureNonce": nonce})
        claim(answer.accepted, "a fresh nonce is refused", "a result", answer.outline(), answer)
