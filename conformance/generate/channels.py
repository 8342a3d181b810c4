"""Ways to send one call: every documented combination of format, signature, method and placement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from conformance.wire.exchange import Channel, Format, SignatureVersion

Placement = Literal["query", "form"]
PLACEMENTS: Mapping[str, tuple[Placement, ...]] = {"POST": ("query", "form"), "GET": ("query",)}


def channels(
    formats: Iterable[Format], signatures: Iterable[SignatureVersion], methods: Iterable[str]
) -> tuple[Channel, ...]:
    """The channels of a run. A POST carries its parameters in the query or in a form body; a GET in the query."""
    ways = [(m, p) for m in methods for p in PLACEMENTS.get(m, ("query",))]
    return tuple(Channel(f, s, m, p) for f in formats for s in signatures for m, p in ways)
