"""Thrift: where requests are counted, one answer serves every check that would ask the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.wire.exchange import Call, WireForm

# what an answer is known again by: the format, and the parameters by name; the values of one in their order
Asked = tuple[str | None, tuple[tuple[str, str], ...]]


@define
class Thrift:
    """What is known of answers while requests are scarce.

    `scarce`: requests are counted in this run. `on`: checks ask the least that shows what they are about. `sharing`:
    what was asked before is not asked again. `used` says that the example at hand was given an answer that an earlier
    one got. `cleared` are the parameters that were tried in company and did no harm, by what was tried; `suspects` are
    checks and parameters of them, some of which broke a server that was sent them all.
    """

    scarce: bool = False
    on: bool = False
    sharing: bool = False
    used: bool = False
    cleared: dict[tuple[str, str], frozenset[str]] = field(factory=dict)
    suspects: set[tuple[str, str]] = field(factory=set)
    _answers: dict[Asked, Answer] = field(factory=dict)
    _own: set[Asked] = field(factory=set)

    @contextmanager
    def judging(self, on: bool, sharing: bool) -> Iterator[None]:
        """While open, a check is judged: with thrift or without, and with the answers of others or with its own."""
        self.on, self.sharing = on, on and sharing
        try:
            yield
        finally:
            self.on = self.sharing = False

    @contextmanager
    def afresh(self) -> Iterator[None]:
        """While open, everything is asked."""
        before, self.sharing = self.sharing, False
        try:
            yield
        finally:
            self.sharing = before

    def begin(self) -> None:
        """An example begins: no answer is its own yet."""
        self.used = False
        self._own.clear()

    def known(self, call: Call) -> Answer | None:
        """The answer to the same request from before, where answers are shared."""
        asked = _asked(call) if self.sharing else None
        found = self._answers.get(asked) if asked else None
        self.used = self.used or (found is not None and asked not in self._own)
        return found

    def note(self, call: Call, answer: Answer) -> None:
        """Keep an answer for those who ask the same."""
        if self.on and (asked := _asked(call)):
            self._answers[asked] = answer
            self._own.add(asked)

    def forget(self) -> None:
        """What was answered before may be so no more."""
        self._answers.clear()
        self._own.clear()


def _asked(call: Call) -> Asked | None:
    """None for a request with anything about it that others do not have."""
    if call.common or call.tamper or call.covered or call.forgery or call.wire_form != WireForm():
        return None
    return call.channel.format, tuple(sorted(call.parameters, key=lambda pair: pair[0]))
