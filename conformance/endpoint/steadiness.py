"""Steadiness: whether an endpoint answers one and the same request in one way, and what follows where it does not."""

from __future__ import annotations

from attrs import frozen

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Disturbed, Explained, Inconclusive
from conformance.endpoint.suspicion import Suspicion
from conformance.endpoint.target import Target

# how often a plain request is asked to see whether its answers are alike, and how often a request that was answered
# wrongly is asked again; the first few show what differs at every other reading, and the rest what does now and then
READINGS, FEW, AGAIN = 24, 4, 4
REPEATABLE, ORDER, MANY = "paging.repeatable", "stability.order", "stability.after-many"
TOTAL = "stability.total"
REUSE, TRACE = "isolation.connection-reuse", "errors.leave-no-trace"
# how often a request is sent again to see that its answer was another's
WHENEVER = 3
KEPT_CHANGING = "the listing kept changing while it was compared"
# what judges that answers have to do with their own requests alone
ABOUT_OTHERS = ("isolation.", "stability.", TRACE)
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


def about_steadiness(of: Suspicion) -> Inconclusive | None:
    """What follows from answers that differ from one time to the next: a violation whose request is answered otherwise
    when it is sent again, of an endpoint that answers a plain request in several ways, too.

    An answer that stays as it is, is wrong for another reason. Disturbed where the listing has moved.
    """
    target, violation, exchange = of.target, of.violation, of.exchange
    paging = target.contract.semantics.paging
    if target.contract.semantics.key is None or of.check in ABOUT_STEADINESS:
        return None
    if of.answer is not None and not _differs(of, of.answer):
        return None
    sent = dict(exchange.call.parameters) if exchange is not None else {}
    page = {paging.size: sent[paging.size]} if paging and paging.size in sent else {}
    seen = [s for s in (_known(target, {}), _known(target, page)) if s.often or s.rarely]
    # neither does an order change a number, nor a number what comes
    seen = [s for s in seen if (s.counts if violation.counts else s.moves)]
    if not seen:
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
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
    if key not in target.learnt.steadiness:
        readings = FEW if target.thrift.scarce or sent else READINGS
        target.learnt.steadiness[key] = steadiness_of(target, sent, readings)
    return target.learnt.steadiness[key]


def _differs(of: Suspicion, was: Answer) -> bool:
    """Whether a request, sent again, is answered otherwise: in its numbers, or in its items, and where all of them are
    on its page not in their order alone.
    """
    call, violation = was.exchange.call, of.violation
    if call.common or call.tamper or call.covered or call.forgery:
        return False  # what a request has of its own, it has once
    whole = was.total == len(was.items) and not violation.reorders
    for now in of.again(AGAIN):
        if violation.counts:
            differs = how_much(now) != how_much(was)
        else:
            differs = sorted(now.keys) != sorted(was.keys) if whole else now.keys != was.keys
        if differs:
            return True
    return False


def about_a_trace(of: Suspicion) -> Inconclusive | None:
    """Whether a request is answered otherwise when it is sent again, and a plain one is otherwise after an error."""
    target, answer = of.target, of.plain
    if answer is None or all(is_alike(again, answer) for again in of.again(1)) or not _leaves_a_trace(target):
        return None
    why = "a plain request has another answer right after an error"
    return Explained(f"not judged, because {why}", answer.exchange, because=TRACE)


def _leaves_a_trace(target: Target) -> bool:
    """Whether a plain request has another answer right after an error, and before and after that always the same."""

    def ask() -> object:
        answer = target.ask().listing()
        return answer.keys, answer.total

    if target.learnt.leaves_a_trace is None:
        before = {ask() for _ in range(AGAIN)}
        target.ask((), common={"Action": "NoSuchAction"})
        after = ask()
        target.learnt.leaves_a_trace = len(before) == 1 and after not in before and {ask() for _ in range(3)} == before
    return target.learnt.leaves_a_trace


def about_a_passing_answer(of: Suspicion) -> Inconclusive | None:
    """Whether a request is answered otherwise whenever it is sent again: then it is about what was asked before it."""
    target, was = of.target, of.plain
    if was is None or of.check.startswith(ABOUT_OTHERS):
        return None
    again = list(of.again(WHENEVER))
    if is_alike(was, again[0]) or not all(is_alike(one, again[0]) for one in again):
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    why = "the same request has another answer whenever it is sent again"
    return Explained(f"not judged, because {why}", was.exchange, because=REUSE)


def is_alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are of one kind, with the same items in the same order and the same total."""
    return (one.kind, one.keys, one.total) == (other.kind, other.keys, other.total)
