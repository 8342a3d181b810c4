"""What a run, one worker of it, or one check observed in passing: tallies, choices and traffic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, evolve, field, frozen

from conformance.endpoint.target import Target
from conformance.endpoint.traffic import Traffic
from conformance.endpoint.watch.dialect import ChoiceObservation
from conformance.endpoint.watch.tally import Tallies

Key = tuple[str, str | None, str]


@frozen
class InPassing:
    """What was observed. `choices` have their exchange where they were first seen."""

    tallies: Tallies = field(factory=Tallies)
    choices: tuple[ChoiceObservation, ...] = ()
    traffic: Traffic = field(factory=Traffic)


@define(eq=False)
class Observer:
    """What this process observed in passing since it began, or since it was told to forget what came before."""

    target: Target
    _told: dict[Key, int] = field(factory=dict)

    def in_passing(self) -> InPassing:
        """Everything that was not told yet."""
        return InPassing(self.target.watch.tallies, self._fresh(self._told), self.target.traffic)

    def forget(self) -> None:
        """What was observed up to here is for another process to tell; the dialect stays known."""
        self.target.watch.tallies, self.target.sender.traffic = Tallies(), Traffic()
        self._told = self._counts()

    def know(self, choices: tuple[ChoiceObservation, ...]) -> None:
        """Take over what an earlier run saw of the dialect; it is not told again."""
        self.target.watch.dialect.absorb(choices)
        for seen in choices:
            self._told[seen.key] = self._told.get(seen.key, 0) + seen.count

    @contextmanager
    def apart(self) -> Iterator[list[InPassing]]:
        """While open, what is observed is also kept apart; at the end it is in the list."""
        watch, found = self.target.watch, list[InPassing]()
        whole, watch.tallies = watch.tallies, Tallies()
        counts, before = self._counts(), _copy(self.target.traffic)
        try:
            yield found
        finally:
            mine, watch.tallies = watch.tallies, whole
            whole.absorb(mine.items())
            choices = tuple(evolve(s, exchange=None) if s.key in counts else s for s in self._fresh(counts))
            found.append(InPassing(mine, choices, _difference(self.target.traffic, before)))

    def _counts(self) -> dict[Key, int]:
        return {s.key: s.count for s in self.target.watch.dialect.choice_observations()}

    def _fresh(self, told: dict[Key, int]) -> tuple[ChoiceObservation, ...]:
        seen = self.target.watch.dialect.choice_observations()
        fresh = (evolve(s, count=s.count - told.get(s.key, 0)) for s in seen)
        return tuple(s for s in fresh if s.count)


def _copy(traffic: Traffic) -> Traffic:
    copy = Traffic()
    copy.add(traffic)
    return copy


def _difference(after: Traffic, before: Traffic) -> Traffic:
    outcomes = after.outcomes - before.outcomes
    latency = [a - b for a, b in zip(after.latency, before.latency, strict=True)]
    return Traffic(after.requests - before.requests, after.throttled - before.throttled, outcomes, latency)
