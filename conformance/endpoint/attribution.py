"""Whose finding a violation is: that of its requirement, of one about what its exchange shows or the way that it was
sent, or of an outage.
"""

from __future__ import annotations

import re

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Disturbed, Inconclusive, NotApplicable, Violation
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.target import Target
from conformance.endpoint.watch.envelope import ERROR_STATUS, RESULT_STATUS, has_its_status
from conformance.endpoint.watch.identity import ANSWERED
from conformance.wire.exchange import Channel, Exchange

FORM_BODY, METHODS = "methods.form-body", "methods.agree"
SIGNATURES, UNSIGNED, WRONGLY_SIGNED = "signatures", "missing-signature", "wrong-signature"
COUNTS, CONSTANT = "paging.total-counts-the-listing", "paging.total-is-constant"
KEPT_CHANGING = "the listing kept changing while it was compared"
# what stands between ids, in whatever syntax they are listed
BETWEEN_IDS = re.compile(r"""[][",\s]+""")
# what judges pages and totals themselves, or what no total explains
ABOUT_PAGES = ("paging.", "stability.", "regions.")


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
    found = (
        _about_the_answer(target, violation)
        or _about_no_signature(target, violation.exchange, check)
        or _about_the_way(target, violation.exchange)
        or _about_the_total(target, check)
    )
    return (None if found and found.because == check else found) or outage(target, violation.exchange)


def _about_no_signature(target: Target, exchange: Exchange | None, check: str) -> Inconclusive | None:
    """Whether a request gets a result that is not rightly signed where no signature is looked at: neither that there is
    one, nor whether it is right.
    """
    if exchange is None or not check.startswith(f"{SIGNATURES}.") or not Answer(target.contract, exchange).accepted:
        return None
    with target.thrift.afresh():
        for wrong in (UNSIGNED, WRONGLY_SIGNED):
            known = [s for s in target.protocol.situations if s.id == wrong]
            ways = [c for c in target.channels if known and c.signature in known[0].signatures]
            try:
                if not ways or not SITUATIONS[wrong](target, ways[0]).accepted:
                    return None
            except (Inconclusive, NotApplicable, Violation):
                return None
    why = "not judged, because a request without a signature gets a result, and so does one whose signature is wrong"
    return Inconclusive(why, exchange, because=f"{SIGNATURES}.{UNSIGNED}.refused")


def _about_the_way(target: Target, exchange: Exchange | None) -> Inconclusive | None:
    """Whether even the barest request is not served by the method, or with the parameters in the form, that an exchange
    was sent with, and is by another.
    """
    if exchange is None or exchange.call.channel not in target.channels:
        return None
    by = exchange.call.channel
    alike = [c for c in target.channels if (c.format, c.signature) == (by.format, by.signature)]
    others = [c for c in alike if (c.method, c.placement) != (by.method, by.placement)]
    with target.thrift.afresh():
        if not others or _is_served(target, by):
            return None
        served = next((c for c in others if _is_served(target, c)), None)
        # what is refused for another reason, such as that it was asked before, is so by turns
        if served is None or _is_served(target, by) or not _is_served(target, served):
            return None
    about = FORM_BODY if by.placement == "form" and served.method == by.method else METHODS
    way = "with its parameters in the form of a POST" if by.placement == "form" else f"by {by.method}"
    return Inconclusive(f"not judged, because not even a plain request is served {way}", exchange, because=about)


def _about_the_total(target: Target, check: str) -> Inconclusive | None:
    """Whether the pages of the whole listing do not hold what their total says, or small pages say another: then what
    is there is not known, and nothing follows from it.
    """
    paging = target.contract.semantics.paging
    if paging is None or check.startswith(ABOUT_PAGES) or f".{paging.size}." in check or f".{paging.number}." in check:
        return None
    try:
        whole = target.inventory()
        with target.thrift.afresh():
            small = target.ask({paging.size: str(target.smallest_size)}).listing()
    except (Inconclusive, Violation):
        return None
    if whole.total is None or small.total is None or whole.total == len(whole.items) == small.total:
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    if whole.total != len(whole.items):
        why = f"the total of the listing is {whole.total}, and its pages hold {len(whole.items)} items"
        return Inconclusive(f"not judged, because {why}", because=COUNTS)
    why = f"the total of the listing is {whole.total} on its largest page, and {small.total} on its smallest"
    return Inconclusive(f"not judged, because {why}", small.exchange, because=CONSTANT)


def _is_served(target: Target, channel: Channel) -> bool:
    try:
        return target.ask(channel=channel).accepted
    except (Inconclusive, Violation):
        return False


def _about_the_answer(target: Target, violation: Violation) -> Inconclusive | None:
    """A body that cannot be read, a result with the status of something else, or where a refusal would have been right,
    an error with one.

    A body that is not watched is no other requirement's affair; the status always is.
    """
    exchange = violation.exchange
    if exchange is None or not exchange.response.status:
        return None
    answer, watched = Answer(target.contract, exchange), target.is_watched(exchange)
    if answer.kind == "unreadable":
        return _unreadable(answer) if watched else None
    is_error = answer.kind == "refusal"
    if (is_error and not violation.refusable) or has_its_status(answer):
        return None
    if not watched:
        target.watch.see_status(answer)
    about, what = (ERROR_STATUS, "an error") if is_error else (RESULT_STATUS, "a result")
    return Inconclusive(f"not judged, because {what} comes with status {answer.status}", exchange, because=about)


def _unreadable(answer: Answer) -> Inconclusive | None:
    try:
        answer.readable()
    except Inconclusive as finding:
        return finding
    return None


def outage(target: Target, exchange: Exchange | None) -> Inconclusive | None:
    """Whether the endpoint no longer answers even the barest request as this API does, and what is about that.

    It is asked in the format of an exchange that something was found in.

    What a check finds while that is so is no finding about its own requirement.
    """
    try:
        wanted = exchange.call.channel.format if exchange is not None else None
        with target.thrift.afresh():
            target.ask(channel=target.channels_for(wanted)[0] if wanted else target.channels[0]).readable()
    except Inconclusive as finding:
        return finding
    except Violation as violation:
        why = violation.received or violation.message
        target.watch.see_none(why, violation.exchange)
        message = f"not judged, because the endpoint no longer answers at all: {why}"
        return Inconclusive(message, violation.exchange, because=ANSWERED)
    return None
