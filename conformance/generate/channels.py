"""Ways to send one call: every documented combination of format, signature, method and placement."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.wire.exchange import Channel


def channels(formats: Iterable[str], signatures: Iterable[str], methods: Iterable[str]) -> tuple[Channel, ...]:
    """The channels of a run. A POST carries its parameters in the query or in a form body; a GET in the query."""
    return tuple(
        Channel(f, s, m, p)
        for f in formats
        for s in signatures
        for m in methods
        for p in (("query", "form") if m == "POST" else ("query",))
    )
