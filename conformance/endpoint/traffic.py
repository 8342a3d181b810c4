"""The traffic of a run: how much it may send, and how much went over the wire."""

from __future__ import annotations

import bisect
from collections import Counter

from attrs import define, field, frozen

from conformance.wire.exchange import HttpResponse

LATENCY_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


@frozen
class Limits:
    """How much a run may ask: requests a second, requests in all, seconds in all, and how often a throttled request is
    tried again. Of one listing at most `max_items` and `max_pages` are read.

    `longest_wait` is in seconds.
    """

    rate: float | None = None
    max_requests: int | None = None
    attempts: int = 8
    longest_wait: float = 30.0
    max_seconds: float | None = None
    max_items: int = 100_000
    max_pages: int = 2_000


@define
class Traffic:
    """What went over the wire so far. `latency` counts answers by the bounds, with one place more for slower ones."""

    requests: int = 0
    throttled: int = 0
    outcomes: Counter[str] = field(factory=Counter)
    latency: list[int] = field(factory=lambda: [0] * (len(LATENCY_BOUNDS_MS) + 1))

    def add(self, other: Traffic) -> None:
        """Add what another worker sent."""
        self.requests += other.requests
        self.throttled += other.throttled
        self.outcomes.update(other.outcomes)
        self.latency = [a + b for a, b in zip(self.latency, other.latency, strict=True)]

    def note(self, response: HttpResponse) -> None:
        """Count an answer by its status and its time."""
        self.outcomes[str(response.status)] += 1
        self.latency[bisect.bisect_left(LATENCY_BOUNDS_MS, response.seconds * 1000)] += 1
