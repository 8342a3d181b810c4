"""What the checks of signatures have in common: which channels are signed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.target import Target
from conformance.wire.exchange import Channel, SignatureVersion

SIGNED: tuple[SignatureVersion, ...] = ("v1", "v3")


def signed(target: Target, *versions: str) -> list[Channel]:
    """The channels that are signed (with one of `versions`). Raises NotApplicable where there is none."""
    found = [c for c in target.channels if c.signature in (versions or SIGNED)]
    if not found:
        raise NotApplicable(f"this run does not sign {' or '.join(versions)}".strip())
    return found


def by_versions(target: Target) -> dict[str, Iterator[Channel]]:
    """For each signature version of the run, its channels, one after the other without an end."""
    return {v: cycle(signed(target, v)) for v in SIGNED if any(c.signature == v for c in signed(target))}
