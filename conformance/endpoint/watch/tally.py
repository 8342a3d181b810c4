"""Tallies of requirements that are judged on every exchange: how many were judged, and the plainest failing one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from conformance.wire.exchange import Exchange


@frozen
class Problem:
    """What one exchange has against a requirement."""

    message: str
    expected: str | None = None
    received: str | None = None
    exchange: Exchange | None = field(default=None, eq=False)

    @property
    def size(self) -> tuple[int, int, int]:
        """How much is asked for, how much a person has to read to see it, and when it was: of several failing
        exchanges the plainest is shown, and the first of those that are as plain.
        """
        exchange = self.exchange
        return (0, 0, 0) if exchange is None else (len(exchange.call.varies), exchange.size, exchange.number)


@define
class Tally:
    """`judged` counts exchanges, `failed` those with a problem, `worst` is the plainest of them."""

    judged: int = 0
    failed: int = 0
    worst: Problem | None = None

    def add(self, other: Tally) -> None:
        """Add what another tally counted."""
        self.judged += other.judged
        self.failed += other.failed
        problems = [p for p in (self.worst, other.worst) if p is not None]
        self.worst = min(problems, key=lambda p: p.size) if problems else None


@define
class Tallies:
    """Tallies by (check, subject)."""

    _kept: dict[tuple[str, str | None], Tally] = field(factory=dict)

    def judge(self, check: str, subject: str | None, problem: Problem | None) -> None:
        """Count one exchange: in order, or with a problem."""
        tally = self._tally((check, subject))
        if problem is None:
            tally.judged += 1
        else:
            tally.add(Tally(1, 1, problem))

    def absorb(self, tallies: Iterable[tuple[tuple[str, str | None], Tally]]) -> None:
        """Add what another worker counted."""
        for key, tally in tallies:
            self._tally(key).add(tally)

    def _tally(self, key: tuple[str, str | None]) -> Tally:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = Tally()
        return found

    def get(self, check: str, subject: str | None = None) -> Tally:
        """The tally of a check, empty where nothing was judged."""
        return self._kept.get((check, subject), Tally())

    def items(self) -> Iterator[tuple[tuple[str, str | None], Tally]]:
        """Every tally, by its check and subject."""
        return iter(tuple(self._kept.items()))
