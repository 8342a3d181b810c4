"""A suspicion: a violation that may be the finding of another requirement, as the rules of attribution look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from attrs import field, frozen

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.target import Target
from conformance.wire.exchange import Call, Exchange, WireForm


@frozen(eq=False)
class Suspicion:
    """What a check has found, where, and the id of its requirement without the operation.

    `relies`: the check goes by what the whole listing holds.
    """

    target: Target
    violation: Violation
    check: str = ""
    relies: bool = False
    _again: list[Answer] = field(factory=list, init=False)

    @property
    def exchange(self) -> Exchange | None:
        """What the violation was found in, if it was one exchange."""
        return self.violation.exchange

    @cached_property
    def answer(self) -> Answer | None:
        """The answer of that exchange."""
        return None if self.exchange is None else Answer(self.target.contract, self.exchange)

    @cached_property
    def plain(self) -> Answer | None:
        """The same where the request was one as any other, so that it may be sent again; None for every other."""
        return self.answer if self.exchange is not None and is_plain(self.target, self.exchange.call) else None

    def again(self, times: int) -> Iterator[Answer]:
        """What the very request is answered when it is sent again, up to so often: the rules share what came."""
        for turn in range(times if self.exchange is not None else 0):
            if turn == len(self._again) and self.exchange is not None:
                self._again.append(self.target.again(self.exchange))
            yield self._again[turn]


Rule = Callable[[Suspicion], Inconclusive | None]
"""What one rule says a violation follows from; what it cannot ask or read, it raises as a finding."""


def is_plain(target: Target, call: Call) -> bool:
    """Whether a call is as any other, but for its parameters."""
    changed = call.common or call.tamper or call.covered or call.forgery
    return not changed and call.wire_form == WireForm() and call.channel in target.channels
