"""Replays: nonces are good once, for as long as their timestamps are, and timestamps within the window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from uuid import uuid4

from conformance.endpoint.checks.signing import by_versions, signed
from conformance.endpoint.claims import claim, claim_refused
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.wire.client import stamp

# how many requests lie between the first use of a nonce and the second
BETWEEN = 64
# beyond the widest window, for the clocks to differ
MARGIN = timedelta(minutes=4)
DAY = timedelta(days=1)


@requirement("signatures.nonce-remembered")
def test_nonce_remembered(target: Target) -> None:
    """A nonce that was used some time ago is refused, whatever else differs: format, method, signature, region."""
    channels = signed(target)
    nonces = [uuid4().hex for _ in channels]
    for nonce, channel in zip(nonces, channels, strict=True):
        first = target.ask((), channel, common={"SignatureNonce": nonce})
        claim(first.accepted, "a fresh nonce is refused", "a result", first.outline(), first)
    small = {paging.size: str(target.smallest_size)} if (paging := target.contract.semantics.paging) else {}
    for channel in islice(cycle(channels), BETWEEN):
        target.ask(small, channel)
    earlier = stamp(datetime.now(UTC) - timedelta(minutes=1))
    for nonce, channel in zip(nonces, [*channels[1:], channels[0]], strict=True):
        again = target.ask((), channel, region=target.homes[-1], common={"SignatureNonce": nonce, "Timestamp": earlier})
        claim_refused(again, f"a nonce that was used {len(channels) + BETWEEN} requests ago")


@requirement("signatures.beyond-the-window")
def test_beyond_the_window(target: Target) -> None:
    """A timestamp that lies a little, or far, beyond the widest documented window is refused, on either side."""
    channels = cycle(signed(target))
    widest = timedelta(minutes=max(target.protocol.clock_window_minutes, default=0))
    for away in (widest + MARGIN, timedelta(hours=1, minutes=5), 8 * timedelta(hours=1), DAY, 30 * DAY, 3652 * DAY):
        for off, side in ((-away, "behind"), (away, "ahead of")):
            answer = target.ask((), next(channels), common={"Timestamp": stamp(datetime.now(UTC) + off)})
            claim_refused(answer, f"a timestamp {away} {side} the clock")


def impossible(now: datetime) -> tuple[str, ...]:
    """Texts that are no time, or none that there is."""
    day, clock = now.strftime("%Y-%m-%d"), now.strftime("%H:%M:%SZ")
    return (
        "now", "0", str(int(now.timestamp())), day, clock, now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        f"{day[:5]}13-01T{clock}", f"{day[:5]}02-30T{clock}", f"{day[:8]}00T{clock}",
        f"{day}T25:00:00Z", f"{day}T{clock[:3]}61:00Z", f"{day}T{clock} or so", f"T{clock}",
    )  # fmt: skip


@requirement("signatures.impossible-timestamp")
def test_impossible_timestamp(target: Target) -> None:
    """What is no time at all, or a time that there is not, is refused as a timestamp."""
    versions = by_versions(target)
    for text in impossible(datetime.now(UTC)):
        for channels in versions.values():
            answer = target.ask((), next(channels), common={"Timestamp": text})
            claim_refused(answer, f"a timestamp of {text!r}")


@requirement("signatures.timestamp-form")
def test_timestamp_form(target: Target) -> None:
    """The present, written in another form of ISO 8601 than the documented one, is refused."""
    versions = by_versions(target)
    now = datetime.now(UTC)
    plain = now.strftime("%Y-%m-%dT%H:%M:%S")
    east = (now + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S+08:00")
    forms = (
        plain, f"{plain}+00:00", east, f"{plain}.000Z", f"{plain[:-3]}Z", f"{plain.replace('T', ' ')}Z", f"{plain}z",
        f"{plain.replace('-', '').replace(':', '')}Z",
    )  # fmt: skip
    for text in forms:
        for channels in versions.values():
            answer = target.ask((), next(channels), common={"Timestamp": text})
            claim_refused(answer, f"the present, written as {text}")
