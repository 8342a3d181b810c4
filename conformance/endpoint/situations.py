"""How to bring about what the common protocol says is refused: one small wrong thing in a request that is otherwise
right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from attrs import evolve

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import claim
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.target import Target
from conformance.wire.client import stamp
from conformance.wire.exchange import Channel

Act = Callable[[Target, Channel], Answer]
# off the clock, as far as every documented window has it refused
FAR, MARGIN = timedelta(minutes=75), timedelta(minutes=15)


def _with(common: Mapping[str, str | None] | None = None, tamper: Mapping[str, str | None] | None = None) -> Act:
    return lambda target, channel: target.ask((), channel, common=common, tamper=tamper)


def _off_the_clock(sign: Literal[-1, 1]) -> Act:
    def act(target: Target, channel: Channel) -> Answer:
        widest = timedelta(minutes=max(target.protocol.clock_window_minutes, default=0))
        moment = datetime.now(UTC) + sign * max(FAR, widest + MARGIN)
        return target.ask((), channel, common={"Timestamp": stamp(moment)})

    return act


def _wrong_signature(target: Target, channel: Channel) -> Answer:
    if target.client.credentials is None:
        raise NotApplicable("this run has no access key")
    other = evolve(target.client.credentials, access_key_secret="not-the-secret-of-this-key")
    return target.send(target.call((), channel), credentials=other)


def _tampered_parameter(target: Target, channel: Channel) -> Answer:
    """A page size, or a parameter that nobody knows, changed after signing."""
    paging = target.contract.semantics.paging
    before, after, *_ = [*target.page_sizes(10, 11), None]
    if paging is None or after is None:
        return target.ask({"Note": "a"}, channel, tamper={"Note": "b"})
    return target.ask({paging.size: str(before)}, channel, tamper={paging.size: str(after)})


def _tampered_body(target: Target, channel: Channel) -> Answer:
    if target.contract.path is not None:
        name = next((p.name for p in target.contract.parameters if p.place == "body" and p.type == "string"), None)
        if name is None:
            raise NotApplicable("the operation has no text in a body")
        return target.ask({name: "a"}, channel, tamper={name: "b"})
    if "POST" not in target.contract.methods:
        raise NotApplicable("the operation is not called by POST, and so has no body")
    return _tampered_parameter(target, evolve(channel, method="POST", placement="form"))


def _nonce_used(target: Target, channel: Channel) -> Answer:
    nonce = uuid4().hex
    first = target.ask((), channel, common={"SignatureNonce": nonce})
    claim(first.accepted, "a fresh nonce is refused", "a result", first.outline(), first)
    # a server that remembers only the last nonce, or nonces by region or by timestamp, has not remembered it
    target.ask((), channel).listing()
    earlier = stamp(datetime.now(UTC) - timedelta(minutes=1))
    again = {"SignatureNonce": nonce, "Timestamp": earlier}
    return target.ask((), channel, region=target.homes[-1], common=again)


SITUATIONS: Mapping[str, Act] = {
    "missing-signature": _with(tamper={"Signature": None}),
    "wrong-signature": _wrong_signature,
    "tampered-parameter": _tampered_parameter,
    "tampered-body": _tampered_body,
    "unknown-access-key": _with(common={"AccessKeyId": "LTAI0000NoSuchKey0000"}),
    "missing-access-key": _with(common={"AccessKeyId": None}),
    "nonce-used": _nonce_used,
    "missing-nonce": _with(common={"SignatureNonce": None}),
    "expired-timestamp": _off_the_clock(-1),
    "future-timestamp": _off_the_clock(1),
    "malformed-timestamp": _with(common={"Timestamp": "yesterday at noon"}),
    "missing-timestamp": _with(common={"Timestamp": None}),
    "unknown-signature-method": _with(common={"SignatureMethod": "HMAC-NONE"}),
    "unknown-signature-version": _with(common={"SignatureVersion": "9.9"}),
    "unknown-action": _with(common={"Action": "NoSuchAction"}),
    "missing-action": _with(common={"Action": None}),
    "unknown-version": _with(common={"Version": "1999-01-01"}),
    "missing-version": _with(common={"Version": None}),
}
