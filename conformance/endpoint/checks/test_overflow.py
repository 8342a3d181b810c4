"""Overflow: a number beyond 32 or 64 bits is too large, and never another number."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Tried, did_no_harm
from conformance.endpoint.checks.drawing import every_way
from conformance.endpoint.checks.ways import NoValue, same, use_of
from conformance.endpoint.claims import claim, claim_never_breaks, need_items
from conformance.endpoint.findings import Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.numbers import WIDTHS, cut, far_pages, overflows
from conformance.wire.exchange import Channel

# what is left of a number whose high bits are lost: the second page, or pages of three
PAGE, SIZE = 2, 3


@requirement("parameters.overflow", shared=True)
def test_overflow(target: Target, subject: str) -> None:
    """A number beyond 32 or 64 bits is an error, or as large as it is; it is never taken for another."""
    need_items(target, 0)
    paging, channels = target.contract.semantics.paging, every_way(target)
    if paging is None or use_of(target, subject) != "page":
        if did_no_harm(target, subject, Tried("parameters.overflow", far_too_large)):
            return
        for number in overflowing(target, PAGE):
            claim_never_breaks(target.ask({subject: str(number)}, next(channels)), f"{subject} of {number}")
    elif subject == paging.number:
        pages = Pages(target)
        for number in (*overflowing(target, PAGE), *far_pages(pages.size, PAGE)):
            pages.claim_beyond(number, next(channels))
    else:
        for number in overflowing(target, SIZE):
            claim_size(target, subject, number, next(channels))


def far_too_large(parameter: Parameter) -> tuple[str, ...] | None:
    """A number beyond 64 bits, for what is a number."""
    return (str(2 ** WIDTHS[-1] + PAGE),) if parameter.type == "integer" else None


def overflowing(target: Target, small: int) -> Sequence[int]:
    """The numbers that overflow, or where requests are scarce one of each width."""
    return [2**bits + small for bits in WIDTHS] if target.thrift.on else overflows(small)


class Pages:
    """The pages of the listing in a size that gives several, if there can be several."""

    def __init__(self, target: Target) -> None:
        self.target, self.count = target, len(target.inventory().items)
        # a power of two, so that what is computed of page and size loses its high bits as soon as it can
        most = min(target.largest_size, max(1, (self.count - 1) // 2))
        self.size = 1 << (most.bit_length() - 1)
        self.last = max(1, -(-self.count // self.size))

    def page(self, number: int, channel: Channel) -> Answer:
        """One page."""
        paging = self.target.paging
        return self.target.ask({paging.number: str(number), paging.size: str(self.size)}, channel)

    def claim_beyond(self, number: int, channel: Channel) -> None:
        """A page that there is not: an error, empty, the last page; or where it is negative, the first."""
        answer, paging = self.page(number, channel), self.target.paging
        claim_never_breaks(answer, f"{paging.number} of {number}")
        if answer.refused:
            return
        ways = {1} if number < 1 else {self.last}
        if ignores_malformed(self.target, paging.number):
            ways.add(1)
        shown = {page for page in ways if same(answer, self.page(page, channel))}
        empty = number > 0 and not answer.items and answer.total == self.target.inventory().total
        if not shown and not empty:
            raise Violation(
                f"{paging.number} of {number}, {self.size} a page, has its way as another number",
                expected="an error, an empty page or the last" if number > 0 else "an error or the first page",
                received=answer.outline(),
                exchange=answer.exchange,
            )
        claim_no_cut_echo(answer, paging.number_echo, number, {*shown, self.last, 1})


def claim_size(target: Target, name: str, number: int, channel: Channel) -> None:
    """A size that no page has: an error, the largest size, or where it is negative, the smallest or the default."""
    answer = target.ask({name: str(number)}, channel)
    claim_never_breaks(answer, f"{name} of {number}")
    if answer.refused:
        return
    parameter = target.parameter(name)
    least, most, usual = (parameter.value(kind) for kind in ("minimum", "maximum", "default"))
    ways = {int(v) for v in (most if number > 0 else (least or 1), usual if number < 1 else None) if v is not None}
    fits = {size for size in ways if same(answer, target.ask({name: str(size)}, channel))}
    left_out = (number < 1 or ignores_malformed(target, name)) and same(answer, NoValue(target, name).bare)
    unbounded = most is None and number > 0 and len(answer.items) not in cut(number)
    whole = most is None and number > 0 and len(answer.items) == len(target.inventory().items)
    if not (fits or left_out or unbounded or whole):
        raise Violation(
            f"{name} of {number} has its way as another number",
            expected="an error, or the nearest size that is allowed",
            received=answer.outline(),
            exchange=answer.exchange,
        )
    paging = target.paging
    claim_no_cut_echo(answer, paging.size_echo, number, {*fits, *ways, int(usual or 1), len(answer.items)})


def ignores_malformed(target: Target, name: str) -> bool:
    """Whether the server does without a value that is no number; it may take one that is too long for such a value."""
    return not target.ask({name: "ten"}).refused


def claim_no_cut_echo(answer: Answer, path: str | None, number: int, in_force: set[int]) -> None:
    """The response does not repeat what is left of the number where its high bits are lost."""
    echo = answer.integer(path) if path else None
    lost = cut(number) - in_force
    claim(echo not in lost, f"{path} repeats another number than was sent", number, echo, answer)
