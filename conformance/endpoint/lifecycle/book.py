"""What several sequences of requests came to: what was judged, what was not met, and why something was not judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from attrs import define, field, frozen

from conformance.endpoint.findings import Finding, Inconclusive, Violation
from conformance.ledger.requirement import Requirement

NOT_REACHED = "no sequence of this run came to it"


class BrokenSequence(Violation):
    """A requirement over several requests is not met; `check` is its check. `instead` is what there is to say where
    something else may explain it.
    """

    def __init__(self, check: str, message: str, instead: Inconclusive | None = None, **more: object) -> None:
        super().__init__(message, cause=message, **more)  # type: ignore[arg-type]
        self.check, self.instead = check, instead


@frozen
class BrokenSteps:
    """What was not met, and the requests that show it, in order."""

    violation: BrokenSequence
    steps: tuple[str, ...]


@define
class Book:
    """`requirements` by check. What has failed once is judged no further; `failures` keep the shortest sequences."""

    requirements: dict[str, Requirement]
    judged: Counter[str] = field(factory=Counter)
    failures: dict[str, BrokenSteps] = field(factory=dict)
    reasons: dict[str, Inconclusive] = field(factory=dict)

    @classmethod
    def of(cls, requirements: Iterable[Requirement]) -> Book:
        """A new one."""
        return cls({r.check: r for r in requirements})

    def is_open(self, check: str) -> bool:
        """Whether a requirement is one of this resource, and is not known to be broken."""
        return check in self.requirements and check not in self.failures

    def met(self, *checks: str) -> None:
        """What a sequence has shown to be so."""
        self.judged.update(check for check in checks if self.is_open(check))

    def unjudged(self, checks: Iterable[str], why: Inconclusive) -> None:
        """Why something could not be judged this time; the first reason counts."""
        for check in checks:
            self.reasons.setdefault(check, why)

    def failed(self, violation: BrokenSequence, lines: Sequence[str]) -> None:
        """A sequence has shown that something is not so."""
        steps = tuple(shortened(lines))
        known = self.failures.get(violation.check)
        if known is None or len(steps) < len(known.steps):
            self.failures[violation.check] = BrokenSteps(violation, steps)

    def finding(self, check: str) -> Finding | None:
        """What was found about a requirement; None where it is met."""
        if check in self.failures:
            return self.failures[check].violation
        if self.judged[check]:
            return None
        return self.reasons.get(check) or Inconclusive(NOT_REACHED)


def shortened(lines: Iterable[str]) -> Iterator[str]:
    """Requests one a line; what was asked several times with one answer once, with how often."""
    for line, same in groupby(lines):
        times = len(list(same))
        yield line if times == 1 else f"{line} ({times} times)"
