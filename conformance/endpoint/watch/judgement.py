"""The form of what judges of every exchange have to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.tally import Problem

# a subject (a parameter or field; None where the check has one requirement), and what the exchange has against it:
# None says that it was judged and is in order. A judge that yields nothing has nothing to judge in this exchange.
Judgement = tuple[str | None, Problem | None]
# judges a response alone; also given what its schema has against the body, which is costly to find out
ResponseJudge = Callable[[Answer, str | None], Iterator[Judgement]]
# judges a response beside its request; also given the RequestIds that the run has seen before it
ExchangeJudge = Callable[[Answer, AbstractSet[str]], Iterator[Judgement]]


def unlike(what: str, expected: object, received: object) -> Problem:
    """The problem of a thing that is another than documented."""
    return Problem(f"{what} is not as documented", str(expected), str(received))
