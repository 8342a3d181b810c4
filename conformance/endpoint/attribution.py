"""Whose finding a violation is: that of its requirement, of one about what its exchange shows or the way that it was
sent, or of an outage.
"""

from __future__ import annotations

import re
from itertools import islice

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.endpoint.blame import about_a_refusal
from conformance.endpoint.findings import Disturbed, Explained, Inconclusive, NotApplicable, Violation
from conformance.endpoint.parts import about_a_part, is_plain
from conformance.endpoint.response_reading import SERVER_FAILED
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.steadiness import about_steadiness, leaves_a_trace
from conformance.endpoint.target import Target
from conformance.endpoint.watch.envelope import ERROR_STATUS, RESULT_STATUS, has_its_status
from conformance.endpoint.watch.identity import ANSWERED
from conformance.generate.nothing import empty_views
from conformance.generate.views import View
from conformance.wire.exchange import Channel, Exchange

FORM_BODY, METHODS = "methods.form-body", "methods.agree"
SIGNATURES, UNSIGNED, WRONGLY_SIGNED = "signatures", "missing-signature", "wrong-signature"
COUNTS, CONSTANT = "paging.total-counts-the-listing", "paging.total-is-constant"
ITEMS_STAY, NOTHING = "stability.items-stay", "emptiness.total"
# how many requests that no item matches are looked at
FEW_REASONS = 2
REUSE, AGAIN = "isolation.connection-reuse", 3
# what judges that answers have to do with their own requests alone
ABOUT_OTHERS = ("isolation.", "stability.", "errors.leave-no-trace")
TRACE, FEW_PAGES = "errors.leave-no-trace", 16
KEPT_CHANGING = "the listing kept changing while it was compared"
# what stands between ids, in whatever syntax they are listed
BETWEEN_IDS = re.compile(r"""[][",\s]+""")
# what judges pages and totals themselves, or what no total explains
ABOUT_PAGES = (
    "paging.pages-", "paging.last-", "paging.total-", "paging.repeatable", "paging.page-size-", "stability.",
)  # fmt: skip
ABOUT_REGIONS = "regions."


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
    relies = target.relies and not violation.compares
    found = (
        _about_the_answer(target, violation)
        or _about_no_signature(target, violation.exchange, check)
        or _about_the_way(target, violation.exchange)
        or _about_the_status(target, violation)
        or about_a_refusal(target, violation, check)
    )
    if found is None and is_about_a_listing(target, violation):
        found = (
            about_steadiness(target, violation, check)
            or _about_a_trace(target, violation.exchange)
            or _about_a_passing_answer(target, violation.exchange, check)
            or _about_another_way(target, violation)
            or _about_a_missing_field(target, violation)
            or _about_what_went(target, check)
            or _about_the_total_of_nothing(target, violation)
            or (_about_the_total(target, violation, check) if relies else None)
            or about_a_part(target, violation, check)
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


def is_about_a_listing(target: Target, violation: Violation) -> bool:
    """Whether a violation says something of what a listing holds. A refusal does not, nor does what should be one."""
    exchange = violation.exchange
    return not violation.apart and (exchange is None or Answer(target.contract, exchange).accepted)


def _about_the_way(target: Target, exchange: Exchange | None) -> Inconclusive | None:
    """Whether even the barest request is not served by the method, or with the parameters in the form, that an exchange
    was sent with, and is by another.
    """
    if exchange is None or exchange.call.channel not in target.channels:
        return None
    by = exchange.call.channel
    served = served_instead(target, by)
    if served is None:
        return None
    about = FORM_BODY if by.placement == "form" and served.method == by.method else METHODS
    way = "with its parameters in the form of a POST" if by.placement == "form" else f"by {by.method}"
    return Inconclusive(f"not judged, because not even a plain request is served {way}", exchange, because=about)


def served_instead(target: Target, by: Channel) -> Channel | None:
    """The other way by which the barest request is served, where it is not by this one."""
    alike = [c for c in target.channels if (c.format, c.signature) == (by.format, by.signature)]
    others = [c for c in alike if (c.method, c.placement) != (by.method, by.placement)]
    with target.thrift.afresh():
        if not others or _is_served(target, by):
            return None
        served = next((c for c in others if _is_served(target, c)), None)
        # what is refused for another reason, such as that it was asked before, is so by turns
        return None if served is None or _is_served(target, by) or not _is_served(target, served) else served


@define
class HeardWays:
    """Which ways requests are heard by: what is seen over one that is not served shows nothing of the dialect."""

    target: Target
    _known: dict[Channel, bool] = field(factory=dict)

    def __call__(self, exchange: Exchange) -> bool:
        """Whether the way of an exchange is served, as far as is known."""
        by = exchange.call.channel
        if by not in self._known:
            self._known[by] = True  # while it is looked at
            same = [c for c in self.target.channels if (c.method, c.placement) == (by.method, by.placement)]
            self._known[by] = not same or served_instead(self.target, same[0]) is None
        return self._known[by]


def _about_the_total(target: Target, violation: Violation, check: str) -> Inconclusive | None:
    """Whether the pages of the whole listing do not hold what their total says, or small pages say another: then what
    is there is not known, and nothing follows from it.
    """
    paging = target.contract.semantics.paging
    if check.startswith(ABOUT_REGIONS) and not violation.counts:
        return None
    if paging is None or check.startswith(ABOUT_PAGES) or f".{paging.size}." in check or f".{paging.number}." in check:
        return None
    try:
        whole, size = target.inventory(), _size_of(target, violation.exchange)
        with target.thrift.afresh():
            pages = tuple(islice(target.pages(View(), size), FEW_PAGES)) if size else ()
            small = target.ask({paging.size: str(target.smallest_size)}).listing()
    except (Inconclusive, Violation):
        return None
    if whole.total is None or small.total is None:
        return None
    on_pages = sum(len(page.items) for page in pages)
    wanted = min(whole.total, FEW_PAGES * size) if size else 0
    if whole.total == whole.on_pages == small.total and on_pages == wanted:
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    if whole.total != whole.on_pages:
        why = f"the total of the listing is {whole.total}, and its pages hold {whole.on_pages} items"
        return Explained(f"not judged, because {why}", because=COUNTS)
    if whole.total == small.total:
        why = f"the total of the listing is {whole.total}, and {len(pages)} pages of {size} hold {on_pages} items"
        return Explained(f"not judged, because {why}", because=COUNTS)
    why = f"the total of the listing is {whole.total} on its largest page, and {small.total} on its smallest"
    return Explained(f"not judged, because {why}", small.exchange, because=CONSTANT)


def _size_of(target: Target, exchange: Exchange | None) -> int | None:
    """The size of the page that a request asks for."""
    paging = target.contract.semantics.paging
    text = dict(exchange.call.parameters).get(paging.size, "") if exchange is not None and paging else ""
    return int(text) if text.isdecimal() and 0 < int(text) < target.largest_size else None


def _about_a_trace(target: Target, exchange: Exchange | None) -> Inconclusive | None:
    """Whether a request is answered otherwise when it is sent again, and a plain one is otherwise after an error."""
    if exchange is None or not is_plain(target, exchange.call):
        return None
    try:
        with target.thrift.afresh():
            if _is_alike(target.again(exchange), Answer(target.contract, exchange)) or not leaves_a_trace(target):
                return None
    except (Inconclusive, Violation):
        return None
    why = "a plain request has another answer right after an error"
    return Explained(f"not judged, because {why}", exchange, because=TRACE)


def _about_a_passing_answer(target: Target, exchange: Exchange | None, check: str) -> Inconclusive | None:
    """Whether a request is answered otherwise whenever it is sent again: then it is about what was asked before it."""
    if exchange is None or not is_plain(target, exchange.call) or check.startswith(ABOUT_OTHERS):
        return None
    try:
        with target.thrift.afresh():
            again = [target.again(exchange) for _ in range(AGAIN)]
    except (Inconclusive, Violation):
        return None
    was = Answer(target.contract, exchange)
    if _is_alike(was, again[0]) or not all(_is_alike(one, again[0]) for one in again):
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    why = "the same request has another answer whenever it is sent again"
    return Explained(f"not judged, because {why}", exchange, because=REUSE)


def _is_alike(one: Answer, other: Answer) -> bool:
    return (one.kind, one.keys, one.total) == (other.kind, other.keys, other.total)


def _about_another_way(target: Target, violation: Violation) -> Inconclusive | None:
    """Whether the very request has another answer by every other method, or with its parameters elsewhere, each time
    that it is sent.
    """
    exchange = violation.exchange
    if exchange is None or not is_plain(target, exchange.call):
        return None
    by, answer = exchange.call.channel, Answer(target.contract, exchange)
    alike = [c for c in target.channels if (c.format, c.signature) == (by.format, by.signature)]
    others = [c for c in alike if (c.method, c.placement) != (by.method, by.placement)]
    if not others:
        return None
    try:
        with target.thrift.afresh():
            here = [target.again(exchange).listing() for _ in range(2)]
            there = [target.again(exchange, c).listing() for c in others * 2]
    except (Inconclusive, Violation):
        return None
    one = there[0]
    if not all(_is_alike(a, answer) for a in here) or any(_is_alike(a, answer) for a in there):
        return None
    if not all(_is_alike(a, one) for a in there):
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    why = f"the same request has another answer by {others[0]} than by {by}"
    about = FORM_BODY if by.placement == "form" and any(c.method == by.method for c in others) else METHODS
    return Explained(f"not judged, because {why}", exchange, because=about)


def _about_a_missing_field(target: Target, violation: Violation) -> Inconclusive | None:
    """Whether a request asks for items by a field that those in the answer lack, and always have to have."""
    exchange, semantics = violation.exchange, target.contract.semantics
    if exchange is None:
        return None
    sent, items = dict(exchange.call.parameters), Answer(target.contract, exchange).items
    asked = [f.field for f in semantics.filters if f.parameter in sent]
    if semantics.range and {semantics.range.start, semantics.range.end} & set(sent):
        asked.append(semantics.range.field)
    optional = {o.field for o in semantics.optional_fields}
    always = {f.name for f in target.contract.item_fields if f.presence == "always"} - optional
    lacking = next((name for name in asked if name in always for item in items if item.get(name) is None), None)
    if lacking is None:
        return None
    path = f"{semantics.items}.{lacking}"
    return Explained(f"not judged, because items have no {lacking}", exchange, because=f"fields.{path}.present")


def _about_what_went(target: Target, check: str) -> Inconclusive | None:
    """Whether items that the caller vouches for are no longer listed: what is compared with them tells nothing."""
    if target.known is None or check.startswith("stability."):
        return None
    try:
        gone = target.lost()
    except (Inconclusive, Violation):
        return None
    if not gone:
        return None
    why = f"items are no longer listed that were, and nobody took away: {', '.join(sorted(gone)[:3])}"
    return Explained(f"not judged, because {why}", because=ITEMS_STAY)


def _about_the_total_of_nothing(target: Target, violation: Violation) -> Inconclusive | None:
    """Whether an answer without items has the same total as one to a request that no item matches for certain."""
    paging, exchange = target.contract.semantics.paging, violation.exchange
    if paging is None or exchange is None or not violation.counts:
        return None
    answer = Answer(target.contract, exchange)
    if answer.items or not answer.total:
        return None
    try:
        for why, view in islice(empty_views(target.contract, target.inventory().items), FEW_REASONS):
            with target.thrift.afresh():
                other = target.see(view, exchange.call.channel).listing()
            if not other.items and other.total == answer.total:
                return Explained(f"not judged, because the total of {why} is {other.total}", exchange, because=NOTHING)
    except (Inconclusive, Violation):
        pass
    return None


def _about_the_status(target: Target, violation: Violation) -> Inconclusive | None:
    """Whether a refusal that says that the server failed, and has a code that does not, has the status that a
    documented error has here, too: then it is that of errors, and not that something broke.
    """
    exchange = violation.exchange
    if exchange is None or not violation.refusable:
        return None
    answer = Answer(target.contract, exchange)
    if answer.kind != "refusal" or answer.status < 500 or not answer.code or answer.code.startswith(SERVER_FAILED):
        return None
    for error in target.contract.errors:
        parameter = target.contract.parameter(error.parameter) if error.parameter else None
        if parameter is None or not parameter.required or not error.code.startswith("Missing") or error.status >= 500:
            continue
        try:
            with target.thrift.afresh():
                other = target.ask((), exchange.call.channel, without=error.parameter)
        except (Inconclusive, Violation):
            return None
        if other.kind == "refusal" and other.code == error.code and other.status == answer.status:
            why = f"not judged, because {error.code} comes with status {other.status}, too"
            return Explained(why, exchange, because=f"errors.{error.code}.documented")
    return None


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
