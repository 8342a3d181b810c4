"""The ways that an endpoint is served by: methods, and where parameters may stand."""

from __future__ import annotations

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Disturbed, Explained, Inconclusive, Violation
from conformance.endpoint.steadiness import KEPT_CHANGING, is_alike
from conformance.endpoint.suspicion import Suspicion
from conformance.endpoint.target import Target
from conformance.wire.exchange import Channel, Exchange

FORM_BODY, METHODS = "methods.form-body", "methods.agree"


def about_the_way(of: Suspicion) -> Inconclusive | None:
    """Whether even the barest request is not served by the method, or with the parameters in the form, that an exchange
    was sent with, and is by another.
    """
    if of.exchange is None or of.exchange.call.channel not in of.target.channels:
        return None
    by = of.exchange.call.channel
    served = served_instead(of.target, by)
    if served is None:
        return None
    about = FORM_BODY if by.placement == "form" and served.method == by.method else METHODS
    way = "with its parameters in the form of a POST" if by.placement == "form" else f"by {by.method}"
    return Inconclusive(f"not judged, because not even a plain request is served {way}", of.exchange, because=about)


def about_another_way(of: Suspicion) -> Inconclusive | None:
    """Whether the very request has another answer by every other method, or with its parameters elsewhere, each time
    that it is sent.
    """
    target, answer = of.target, of.plain
    if answer is None:
        return None
    by = answer.exchange.call.channel
    others = _others(target, by)
    if not others:
        return None
    if not all(is_alike(again.listing(), answer) for again in of.again(2)):
        return None
    there: Answer | None = None
    for way in others * 2:
        other = target.again(answer.exchange, way).listing()
        if is_alike(other, answer) or (there is not None and not is_alike(other, there)):
            return None
        there = other
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    why = f"the same request has another answer by {others[0]} than by {by}"
    about = FORM_BODY if by.placement == "form" and any(c.method == by.method for c in others) else METHODS
    return Explained(f"not judged, because {why}", answer.exchange, because=about)


def served_instead(target: Target, by: Channel) -> Channel | None:
    """The other way by which the barest request is served, where it is not by this one."""
    others = _others(target, by)
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


def _others(target: Target, by: Channel) -> list[Channel]:
    """The ways with the same format and signature."""
    alike = [c for c in target.channels if (c.format, c.signature) == (by.format, by.signature)]
    return [c for c in alike if (c.method, c.placement) != (by.method, by.placement)]


def _is_served(target: Target, channel: Channel) -> bool:
    try:
        return target.ask(channel=channel).accepted
    except (Inconclusive, Violation):
        return False
