"""Whose finding a violation is: that of its requirement, of one about what its exchange shows or the way that it was
sent, or of an outage.
"""

from __future__ import annotations

import re

from conformance.endpoint.answer import Answer
from conformance.endpoint.blame import about_a_refusal
from conformance.endpoint.findings import Explained, Inconclusive, NotApplicable, Violation
from conformance.endpoint.parts import about_a_part
from conformance.endpoint.response_reading import SERVER_FAILED
from conformance.endpoint.served_ways import about_another_way, about_the_way
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.steadiness import about_a_passing_answer, about_a_trace, about_steadiness
from conformance.endpoint.suspicion import Rule, Suspicion
from conformance.endpoint.target import Target
from conformance.endpoint.totals import about_the_total, about_the_total_of_nothing
from conformance.endpoint.watch.envelope import ERROR_STATUS, RESULT_STATUS, has_its_status
from conformance.endpoint.watch.identity import ANSWERED
from conformance.wire.exchange import Exchange

SIGNATURES, UNSIGNED, WRONGLY_SIGNED = "signatures", "missing-signature", "wrong-signature"
ITEMS_STAY = "stability.items-stay"
# what stands between ids, in whatever syntax they are listed
BETWEEN_IDS = re.compile(r"""[][",\s]+""")


def asks_for_what_is_gone(target: Target, exchange: Exchange | None) -> bool:
    """Whether a refused request names an item that was there when it was drawn, and is not any more."""
    ids = target.contract.semantics.ids
    if exchange is None or ids is None or not (gone := target.gone()):
        return False
    if not Answer(target.contract, exchange).refused:
        return False
    sent = [value for name, value in exchange.call.parameters if name.startswith(ids.parameter.removesuffix(".N"))]
    return not gone.isdisjoint(id for text in sent for id in BETWEEN_IDS.split(text))


def found_elsewhere(target: Target, violation: Violation, check: str = "") -> Inconclusive | None:
    """What another requirement is about, and explains a violation of a check; None where it is a finding of its own.

    `check` is the id of its requirement, without the operation. Disturbed where the listing has moved.
    """
    if violation.certain:
        return None
    suspicion = Suspicion(target, violation, check, relies=target.relies and not violation.compares)
    with target.thrift.afresh():
        found = _first(ABOUT_ANY, suspicion)
        if found is None and is_about_a_listing(suspicion):
            found = _first(ABOUT_LISTINGS, suspicion)
        return (None if found and found.because == check else found) or outage(target, violation.exchange)


def _first(rules: tuple[Rule, ...], suspicion: Suspicion) -> Inconclusive | None:
    """What the first rule says that has something to say; one that cannot be tried on this endpoint has not."""
    for rule in rules:
        try:
            found = rule(suspicion)
        except (Inconclusive, NotApplicable, Violation):
            continue
        if found is not None:
            return found
    return None


def is_about_a_listing(of: Suspicion) -> bool:
    """Whether a violation says something of what a listing holds. A refusal does not, nor does what should be one."""
    return not of.violation.apart and (of.answer is None or of.answer.accepted)


def _about_the_answer(of: Suspicion) -> Inconclusive | None:
    """A body that cannot be read, a result with the status of something else, or where a refusal would have been right,
    an error with one.

    A body that is not watched is no other requirement's affair; the status always is.
    """
    answer, exchange = of.answer, of.exchange
    if answer is None or exchange is None or not answer.status:
        return None
    watched = of.target.is_watched(exchange)
    if answer.kind == "unreadable":
        return _unreadable(answer) if watched else None
    is_error = answer.kind == "refusal"
    if (is_error and not of.violation.refusable) or has_its_status(answer):
        return None
    if not watched:
        of.target.watch.see_status(answer)
    about, what = (ERROR_STATUS, "an error") if is_error else (RESULT_STATUS, "a result")
    return Inconclusive(f"not judged, because {what} comes with status {answer.status}", exchange, because=about)


def _unreadable(answer: Answer) -> Inconclusive | None:
    try:
        answer.readable()
    except Inconclusive as finding:
        return finding
    return None


def _about_no_signature(of: Suspicion) -> Inconclusive | None:
    """Whether a request gets a result that is not rightly signed where no signature is looked at: neither that there is
    one, nor whether it is right.
    """
    target, answer = of.target, of.answer
    if answer is None or not of.check.startswith(f"{SIGNATURES}.") or not answer.accepted:
        return None
    for wrong in (UNSIGNED, WRONGLY_SIGNED):
        known = [s for s in target.protocol.situations if s.id == wrong]
        ways = [c for c in target.channels if known and c.signature in known[0].signatures]
        if not ways or not SITUATIONS[wrong](target, ways[0]).accepted:
            return None
    why = "not judged, because a request without a signature gets a result, and so does one whose signature is wrong"
    return Inconclusive(why, answer.exchange, because=f"{SIGNATURES}.{UNSIGNED}.refused")


def _about_the_status(of: Suspicion) -> Inconclusive | None:
    """Whether a refusal that says that the server failed, and has a code that does not, has the status that a
    documented error has here, too: then it is that of errors, and not that something broke.
    """
    target, answer = of.target, of.answer
    if answer is None or not of.violation.refusable:
        return None
    if answer.kind != "refusal" or answer.status < 500 or not answer.code or answer.code.startswith(SERVER_FAILED):
        return None
    for error in target.contract.errors:
        parameter = target.contract.parameter(error.parameter) if error.parameter else None
        if parameter is None or not parameter.required or not error.code.startswith("Missing") or error.status >= 500:
            continue
        other = target.ask((), answer.exchange.call.channel, without=error.parameter)
        if other.kind == "refusal" and other.code == error.code and other.status == answer.status:
            why = f"not judged, because {error.code} comes with status {other.status}, too"
            return Explained(why, answer.exchange, because=f"errors.{error.code}.documented")
    return None


def _about_a_missing_field(of: Suspicion) -> Inconclusive | None:
    """Whether a request asks for items by a field that those in the answer lack, and always have to have."""
    answer, contract = of.answer, of.target.contract
    if answer is None:
        return None
    semantics, sent = contract.semantics, dict(answer.exchange.call.parameters)
    asked = [f.field for f in semantics.filters if f.parameter in sent]
    if semantics.range and {semantics.range.start, semantics.range.end} & set(sent):
        asked.append(semantics.range.field)
    optional = {o.field for o in semantics.optional_fields}
    always = {f.name for f in contract.item_fields if f.presence == "always"} - optional
    lacking = next((name for name in asked if name in always for item in answer.items if item.get(name) is None), None)
    if lacking is None:
        return None
    about = f"fields.{semantics.items}.{lacking}.present"
    return Explained(f"not judged, because items have no {lacking}", answer.exchange, because=about)


def _about_what_went(of: Suspicion) -> Inconclusive | None:
    """Whether items that the caller vouches for are no longer listed: what is compared with them tells nothing."""
    if of.target.known is None or of.check.startswith("stability."):
        return None
    gone = of.target.lost()
    if not gone:
        return None
    why = f"items are no longer listed that were, and nobody took away: {', '.join(sorted(gone)[:3])}"
    return Explained(f"not judged, because {why}", because=ITEMS_STAY)


# in the order in which they are tried: what explains any violation, and what one of a listing
ABOUT_ANY: tuple[Rule, ...] = (
    _about_the_answer,
    _about_no_signature,
    about_the_way,
    _about_the_status,
    about_a_refusal,
)
ABOUT_LISTINGS: tuple[Rule, ...] = (
    about_steadiness,
    about_a_trace,
    about_a_passing_answer,
    about_another_way,
    _about_a_missing_field,
    _about_what_went,
    about_the_total_of_nothing,
    about_the_total,
    about_a_part,
)


def outage(target: Target, exchange: Exchange | None) -> Inconclusive | None:
    """Whether the endpoint no longer answers even the barest request as this API does, and what is about that.

    It is asked in the format of an exchange that something was found in.

    What a check finds while that is so is no finding about its own requirement.
    """
    try:
        wanted = exchange.call.channel.format if exchange is not None else None
        target.ask(channel=target.channels_for(wanted)[0] if wanted else target.channels[0]).readable()
    except Inconclusive as finding:
        return finding
    except Violation as violation:
        why = violation.received or violation.message
        target.watch.see_none(why, violation.exchange)
        message = f"not judged, because the endpoint no longer answers at all: {why}"
        return Inconclusive(message, violation.exchange, because=ANSWERED)
    return None
