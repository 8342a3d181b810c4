"""The dialect: which documented alternative of each choice the implementation was seen to take, and on what
evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import define, evolve, field, frozen

from conformance.contract.model import Contract
from conformance.wire.exchange import Exchange


@frozen
class ChoiceObservation:
    """One alternative of one choice, in one format where the choice may differ by format: how often, and first
    where.
    """

    choice: str
    alternative: str
    format: str | None
    count: int = 1
    exchange: Exchange | None = field(default=None, eq=False)

    @property
    def slot(self) -> tuple[str, str | None]:
        """What takes one alternative throughout a run."""
        return self.choice, self.format

    @property
    def key(self) -> tuple[str, str | None, str]:
        """What observations that count as one have in common: the slot and the alternative."""
        return *self.slot, self.alternative


@define
class Dialect:
    """The observations of a run so far, over the choices of a contract, with the alternatives that a profile pins.

    Where two alternatives are seen, `is_heard` says of an exchange whether the way that it went is served at all.
    """

    contract: Contract
    pins: Mapping[str, str] = field(factory=dict)
    is_heard: Callable[[Exchange], bool] = field(default=lambda exchange: True, eq=False)
    _seen: dict[tuple[str, str | None, str], ChoiceObservation] = field(factory=dict)

    def observe(
        self, kind: str, subject: str, alternative: str, exchange: Exchange | None, format: str | None = None
    ) -> None:
        """Note an alternative. A choice that the contract does not hold is none to keep, and is passed over.

        Of one that is settled any way is noted, the documented one and others.
        """
        choice = self.contract.choice_about(kind, subject)
        if choice is None or (choice.alternative(alternative) is None and not choice.is_settled):
            return
        seen = ChoiceObservation(choice.id, alternative, format if choice.per_format else None, 1, exchange)
        # most exchanges show some: its slot is looked for by its parts, and nothing is made for each
        same_choice = (s for s in self._seen.values() if s.choice == seen.choice and s.format == seen.format)
        rivals = [s for s in same_choice if s.alternative != alternative]
        if rivals and exchange is not None:
            if not self.is_heard(exchange):
                return
            for rival in rivals:
                if rival.exchange is not None and not self.is_heard(rival.exchange):
                    self._seen.pop(rival.key, None)
        self._note(seen)

    def _note(self, s: ChoiceObservation) -> None:
        before = self._seen.get(s.key)
        if before is None:
            self._seen[s.key] = s
        else:
            first = min((before.exchange, s.exchange), key=lambda e: float("inf") if e is None else e.number)
            self._seen[s.key] = evolve(s, count=before.count + s.count, exchange=first)

    def absorb(self, choice_observations: Iterable[ChoiceObservation]) -> None:
        """Add what another worker saw."""
        for s in choice_observations:
            self._note(s)

    def choice_observations(self) -> Iterator[ChoiceObservation]:
        """Every observation, in the order in which they were first made."""
        return iter(tuple(self._seen.values()))

    def seen(self, choice: str) -> tuple[ChoiceObservation, ...]:
        """The observations of one choice, by its id."""
        return tuple(s for s in self._seen.values() if s.choice == choice)

    def mapping(self) -> dict[str, str]:
        """Each choice that was seen, and the alternative that was seen most often."""
        most = sorted(self._seen.values(), key=lambda s: s.count)
        return {s.choice: s.alternative for s in most}

    def taken(self, kind: str, subject: str, format: str | None = None) -> str | None:
        """The alternative seen most often, or the pinned one where none was seen yet."""
        choice = self.contract.choice_about(kind, subject)
        if choice is None:
            return None
        slot = (choice.id, format if choice.per_format else None)
        seen = [s for s in self._seen.values() if s.slot == slot]
        if not seen:
            return self.pins.get(choice.id)
        return max(seen, key=lambda s: s.count).alternative
