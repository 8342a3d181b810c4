"""Limits of parameters: taken as they are, and which way a value beyond them goes."""

from __future__ import annotations

from typing import Literal

from hypothesis import strategies as st

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Given, Tried, were_taken
from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.checks.ways import same, use_of
from conformance.endpoint.claims import claim, claim_never_breaks, claim_same_page, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.target import Target
from conformance.generate.views import View, views
from conformance.wire.exchange import Channel, Exchange, Format

Limit = Literal["minimum", "maximum"]


def limit_of(target: Target, limit: Limit) -> Given:
    """The limit of each parameter that has one, but for those of pages."""

    def given(parameter: Parameter) -> tuple[str, ...] | None:
        value = parameter.value(limit)
        return None if value is None or use_of(target, parameter.name) == "page" else (str(value),)

    return given


def claim_taken_as_is(target: Target, subject: str, limit: Limit, format: Format, data: Draws) -> None:
    """A limit has its way: a page size bounds the page by it, the first page is the one that comes unasked."""
    value = target.parameter(subject).value(limit)
    items = need_items(target)
    if were_taken(target, subject, Tried(f"parameters.{limit}", limit_of(target, limit), allowed=True)):
        return
    view = (
        View()
        if target.thrift.on or data.draw(st.booleans(), label="whole listing")
        else data.draw(views(target.contract, items), label="view")
    )
    paging, answer = (
        target.contract.semantics.paging,
        target.see(view, channel_of(target, format, data), more={subject: str(value)}),
    )
    if paging and subject in (paging.number, paging.size) and int(str(value)) < least_page(target, subject):
        answer.listing()  # what such a page holds, no sentence says
    elif paging and subject == paging.number and int(str(value)) > 1:
        claim_page_or_beyond(target, view, int(str(value)), answer)
    elif paging and subject == paging.size:
        wanted, count, size = target.expect(view), len(answer.listing().items), int(str(value))
        low, high = min(wanted.fewest, size), min(wanted.most, size)
        claim(low <= count <= high, f"{subject} of {value} is not taken as it is", low, count, answer)
    elif paging and subject == paging.number:
        bare = target.see(view, answer.exchange.call.channel).listing()
        claim_same_page(f"{subject} of {value}", bare, answer.listing())
    else:
        answer.listing()


def least_page(target: Target, subject: str) -> int:
    """The least number, or size, of a page of which it is known what it holds: the first, which may be called 0 where
    that is the default, and one of one item.
    """
    default, paging = target.parameter(subject).value("default"), target.contract.semantics.paging
    return 0 if paging and subject == paging.number and str(default) == "0" else 1


def claim_page_or_beyond(target: Target, view: View, number: int, answer: Answer) -> None:
    """A page so far on that a listing need not have it: then one beyond the end, which may be an error."""
    if (number - 1) * target.default_size < target.expect(view).fewest:
        answer.listing()
        return
    claim_never_breaks(answer, f"page {number}")


def way_below(target: Target, subject: str, value: str, channel: Channel) -> tuple[str, Exchange]:
    """Which of the documented ways a value under the minimum takes."""
    parameter = target.parameter(subject)
    with target.thrift.afresh():
        answer = target.ask({subject: value}, channel)
    claim_never_breaks(answer, f"{subject} of {value}")
    if answer.refused:
        return "rejected", answer.exchange
    ways = {"clamped": parameter.value("minimum"), "default": parameter.value("default")}
    pages = {way: target.ask({subject: str(v)}, channel).listing() for way, v in ways.items() if v is not None}
    fits = [way for way, page in pages.items() if same(page, answer)]
    expected = "an error, the minimum, or the default"
    claim(bool(fits), f"{subject} of {value} has its way", expected, answer.outline(), answer)
    return fits[0], answer.exchange
