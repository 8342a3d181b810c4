"""Steadiness: whether an endpoint answers one and the same request in one way, and what follows where it does not."""

from __future__ import annotations

from attrs import frozen

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Disturbed, Explained, Inconclusive, Violation
from conformance.endpoint.target import Target
from conformance.wire.exchange import Exchange

# how often a plain request is asked to see whether its answers are alike, and how often a request that was answered
# wrongly is asked again; the first few show what differs at every other reading, and the rest what does now and then
READINGS, FEW, AGAIN = 24, 4, 4
REPEATABLE, ORDER, MANY = "paging.repeatable", "stability.order", "stability.after-many"
TOTAL = "stability.total"
# what judges steadiness itself
ABOUT_STEADINESS = (REPEATABLE, ORDER, MANY, TOTAL, "stability.every-time", "stability.times")


@frozen
class Steadiness:
    """How a plain page is answered: otherwise every few times, or now and then, or (both false) always alike. `moves`:
    other items, or in another order; `counts`: another number of them.
    """

    often: bool = False
    rarely: bool = False
    moves: bool = False
    counts: bool = False


def steadiness_of(target: Target, sent: dict[str, str], readings: int) -> Steadiness:
    """Whether a plain page has the same answer at every reading."""
    with target.thrift.afresh():
        first = target.ask(sent).listing()
        for turn in range(1, readings):
            other = target.ask(sent).listing()
            moves, counts = other.keys != first.keys, how_much(other) != how_much(first)
            if moves or counts:
                return Steadiness(turn < FEW, turn >= FEW, moves, counts)
    return Steadiness()


def how_much(answer: Answer) -> object:
    """What an answer says that no order of items has to do with."""
    return answer.kind, answer.total, len(answer.items)


def about_steadiness(target: Target, violation: Violation, check: str) -> Inconclusive | None:
    """What follows from answers that differ from one time to the next: a violation whose request is answered otherwise
    when it is sent again, of an endpoint that answers a plain request in several ways, too.

    An answer that stays as it is, is wrong for another reason. Disturbed where the listing has moved.
    """
    exchange, paging = violation.exchange, target.contract.semantics.paging
    if target.contract.semantics.key is None or check in ABOUT_STEADINESS:
        return None
    sent = dict(exchange.call.parameters) if exchange is not None else {}
    page = {paging.size: sent[paging.size]} if paging and paging.size in sent else {}
    try:
        seen = [s for s in (_known(target, {}), _known(target, page)) if s.often or s.rarely]
        # neither does an order change a number, nor a number what comes
        seen = [s for s in seen if (s.counts if violation.counts else s.moves)]
        if not seen or (exchange is not None and not _differs(target, exchange, violation)):
            return None
    except (Inconclusive, Violation):
        return None
    if target.has_moved():
        return Disturbed("the listing kept changing while it was compared")
    rarely = all(s.rarely for s in seen)
    if rarely:
        about = MANY
    elif violation.counts and paging:
        about = TOTAL
    else:
        about = REPEATABLE if paging else ORDER
    why = f"one and the same request has another answer {'now and then' if rarely else 'the second time'}"
    return Explained(f"not judged, because {why}", exchange, because=about)


def _known(target: Target, sent: dict[str, str]) -> Steadiness:
    """As it was the first time that somebody asked; a page of a size is looked at no longer than it must."""
    key = tuple(sorted(sent.items()))
    if key not in target.steadiness:
        readings = FEW if target.thrift.scarce or sent else READINGS
        target.steadiness[key] = steadiness_of(target, sent, readings)
    return target.steadiness[key]


def _differs(target: Target, exchange: Exchange, violation: Violation) -> bool:
    """Whether a request, sent again, is answered otherwise: in its numbers, or in its items, and where all of them are
    on its page not in their order alone.
    """
    call = exchange.call
    if call.common or call.tamper or call.covered or call.forgery:
        return False  # what a request has of its own, it has once
    was = Answer(target.contract, exchange)
    whole = was.total == len(was.items) and not violation.reorders
    with target.thrift.afresh():
        for _ in range(AGAIN):
            now = target.again(exchange)
            if violation.counts:
                differs = how_much(now) != how_much(was)
            else:
                differs = sorted(now.keys) != sorted(was.keys) if whole else now.keys != was.keys
            if differs:
                return True
    return False


def leaves_a_trace(target: Target) -> bool:
    """Whether a plain request has another answer right after an error, and before and after that always the same."""

    def ask() -> object:
        answer = target.ask().listing()
        return answer.keys, answer.total

    if target.leaves_a_trace is None:
        with target.thrift.afresh():
            before = {ask() for _ in range(AGAIN)}
            target.ask((), common={"Action": "NoSuchAction"})
            after = ask()
            target.leaves_a_trace = len(before) == 1 and after not in before and {ask() for _ in range(3)} == before
    return target.leaves_a_trace
