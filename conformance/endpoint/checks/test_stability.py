"""Stability: as long as nothing changes, neither does an answer; not with time, nor by what was asked before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from itertools import islice
from typing import NoReturn

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import every_way, whole_page
from conformance.endpoint.checks.narrow import claim_steady, narrow_view, paged
from conformance.endpoint.checks.ways import count_of
from conformance.endpoint.claims import claim, claim_certain, claim_equal, need_items, need_total
from conformance.endpoint.findings import Disturbed, Inconclusive, NotApplicable, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.times import parse_time
from conformance.generate.views import View, filter_values, fold
from conformance.wire.exchange import Channel, Format

# readings in a row, readings in one instant, items looked up, requests that change nothing, and refusals
READINGS, TOGETHER, LOOKED_UP, MANY, REFUSALS = 6, 4, 3, 302, 12
# the same where requests are scarce; a change of the listing may explain two totals that differ, and hardly three
LEAST_OF_TOTALS = 3
FEW_READINGS, FEW_TOGETHER, FEW_LOOKED_UP, FEW_REFUSALS = 2, 2, 2, 6


@requirement("stability.order", shared=True)
def test_order(target: Target, format: Format) -> None:
    """The items come in the same order at every reading, and in any two of one instant."""
    need_items(target, 2)
    largest, channels = whole_page(target), target.channels_for(format)
    first = target.see(View(), channels[0], more=largest).listing()
    for _ in range(readings(target)):
        with target.thrift.afresh():
            again = target.see(View(), channels[0], more=largest).listing()
        claim_same_order(first, again, "another time")
    for answer in target.together(
        [target.call(largest, channels[0])] * (FEW_TOGETHER if target.thrift.on else TOGETHER)
    ):
        claim_same_order(first, answer.listing(), "where several ask at once")


def readings(target: Target) -> int:
    """How often a listing is read in a row."""
    return FEW_READINGS if target.thrift.on else READINGS


def claim_same_order(one: Answer, other: Answer, when: str) -> None:
    """The same items in the same order. The same ones in another order have not been moved by a change."""
    same_items = sorted(one.keys) == sorted(other.keys)
    message = f"the {'order of the items' if same_items else 'listing'} is another {when}"
    if same_items:
        claim_certain(one.keys == other.keys, message, one.keys, other.keys, other)
    claim_equal(message, one.keys, other.keys, other)


@requirement("stability.total")
def test_total(target: Target, format: Format) -> None:
    """The total is that of the items, however often it is asked for."""
    need_items(target, 0)
    channels, smallest = target.channels_for(format), {target.paging.size: str(target.smallest_size)}
    answers = [
        target.ask(smallest, channels[i % len(channels)]).listing()
        for i in range(LEAST_OF_TOTALS if target.thrift.on else READINGS)
    ]
    totals = [need_total(answer) for answer in answers]
    claim_certain(
        len(set(totals)) < len(answers), "the total is another at every reading", totals[0], totals, answers[-1]
    )
    for answer in answers[1:]:
        claim_equal("the total is another at another reading", totals[0], answer.total, answer)


@requirement("stability.times", shared=True)
def test_times(target: Target, format: Format) -> None:
    """A time that an item has is the same at every reading, whatever was asked for."""
    need_items(target)
    largest, channels = whole_page(target), target.channels_for(format)
    seen: dict[tuple[str, str], str] = {}
    for i in range(readings(target)):
        with target.thrift.afresh() if i else nullcontext():
            answer = target.see(View(), channels[i % len(channels)], more=largest).listing()
        for item in answer.items:
            for name, text in item.items():
                if text is None or parse_time(text) is None:
                    continue
                before = seen.setdefault((item.get(target.key) or "", name), text)
                claim_certain(before == text, f"{name} of an item is another time later on", before, text, answer)
    odd = target.watch.times.found
    if odd is not None:
        message = f"{odd.name} of {odd.key} was another time in one answer of this run, and then the same again"
        raise Violation(message, expected=odd.usual, received=odd.other, exchange=odd.exchange, certain=True)


@requirement("stability.items-stay")
def test_items_stay(target: Target, format: Format) -> None:
    """An item that was looked up, by its id or on a page of its own, is still there afterwards."""
    need_items(target)
    channels, tries = target.channels_for(format), FEW_LOOKED_UP if target.thrift.on else LOOKED_UP
    for look in looks(target)[: 1 if target.thrift.on else None]:
        gone = [i for i in range(tries) if look(key_at(target, i), channels[i % len(channels)])]
        if gone:
            # one may have been deleted meanwhile; one after the other, right after it was looked at, are not
            answer = target.see(View(), channels[0], more=whole_page(target)).listing()
            message = f"{len(gone)} of {tries} items are gone once they were looked up"
            found = answer.total if answer.total is not None else len(answer.items)
            if len(gone) == tries:
                claim_certain(False, message, "each still there", f"{found} items are left", answer)
            claim(False, message, "each still there", f"{found} items are left", answer)


Look = Callable[[str, Channel], bool]


def key_at(target: Target, turn: int) -> str:
    """The key of an item from somewhere in the listing."""
    keys = target.inventory().keys(target.key)
    return keys[(turn + 1) * len(keys) // (LOOKED_UP + 1)] if keys else ""


def looks(target: Target) -> list[Look]:
    """Ways to look an item up. Each looks twice, and says whether the item is gone the second time."""
    paging, ids = target.contract.semantics.paging, target.contract.semantics.ids

    def by_id(key: str, channel: Channel) -> bool:
        first, second = (target.see(View(ids=(key,)), channel) for _ in range(2))
        return key in first.keys and key not in second.keys

    def by_page(key: str, channel: Channel) -> bool:
        keys = target.inventory().keys(target.key)
        # where no one reading had all items, that one is missing is no news
        if paging is None or key not in keys or target.inventory().shown is not None:
            return False
        size = target.smallest_size
        sent = {paging.size: str(size), paging.number: str(keys.index(key) // size + 1)}
        first = target.see(View(), channel, more=sent).listing()
        everything = [item.get(target.key) for item in target.listing(View(), channel)]
        return any(shown in keys and shown not in everything for shown in first.keys)

    return [*([by_id] if ids else []), *([by_page] if paging else [])]


@requirement("stability.after-many")
def test_after_many(target: Target) -> None:
    """The answer to a request is the same after hundreds of requests."""
    need_items(target)
    claims, channels = Questions(target), {c.format: c for c in target.channels}.values()
    for channel in channels:
        claims.ask_at_first(channel)
    answers = ask_often(target, View(), target.page_sizes(3)[0] if target.contract.semantics.paging else 0)
    claim_steady("one of many answers to a plain request is another", answers)
    answers[-1][1].listing()
    target.has_moved()  # items may come and go meanwhile: what is asked now is compared with what is there now
    for channel in channels:
        claims.ask_again(channel, f"after {MANY} requests")


@requirement("stability.every-time")
def test_every_time(target: Target) -> None:
    """A request with all in it that the operation has gets the same answer each of hundreds of times."""
    answers = ask_often(target, narrow_view(target), target.smallest_size if target.contract.semantics.paging else 0)
    claim_steady("one of many answers to a request is another", answers)
    answers[-1][1].listing()


def ask_often(target: Target, view: View, size: int) -> list[tuple[Channel, Answer]]:
    """The answers to one request, so many that what is wrong with each 301st of them has others before and after it."""
    channels, sent = every_way(target), paged(target, size)
    ways = len(set(islice(every_way(target), 2 * len(target.channels))))
    return [(channel, target.see(view, channel, more=sent)) for channel in islice(channels, MANY + 2 * ways)]


@requirement("stability.after-errors", shared=True)
def test_after_errors(target: Target, format: Format) -> None:
    """The answer to a request is the same after a row of requests that were refused."""
    need_items(target)
    channels, claims, version = target.channels_for(format), Questions(target), {"Version": "1999-01-01"}
    claims.ask_at_first(channels[0])
    refusals = FEW_REFUSALS if target.thrift.on else REFUSALS
    for i in range(refusals):
        common = version if i % 2 else {"Action": "NoSuchAction"}
        answer = target.ask((), channels[i % len(channels)], common=common)
        if answer.accepted:
            refuse_what_is_no_error(target, next(iter(common)), answer)
    with target.thrift.afresh():
        claims.ask_again(channels[0], f"after {refusals} requests that were refused")


def refuse_what_is_no_error(target: Target, name: str, answer: Answer) -> NoReturn:
    """A wrong action or version that is not refused leaves no row of errors: that is another requirement's finding, and
    none where a path says what is asked for. Raises NotApplicable and Inconclusive.
    """
    if target.contract.path is not None:
        raise NotApplicable(f"the path says what is asked for, and another {name} beside it is no error")
    about = f"protocol.unknown-{name.casefold()}.refused"
    raise Inconclusive(f"not judged, because another {name} is not refused", answer.exchange, because=about)


class Questions:
    """A few requests whose answers hold whatever items come and go meanwhile. `about` is the requirement that the one
    at hand is about.
    """

    def __init__(self, target: Target) -> None:
        self.target, self.about = target, ""
        keys = target.inventory().keys(target.key)
        self.key = keys[len(keys) // 2]
        self.size = target.page_sizes(3)[0]

    def ask_at_first(self, channel: Channel) -> None:
        """What is wrong before anything else was asked is no change. Raises Inconclusive; Disturbed where the listing
        changed meanwhile.
        """
        try:
            self.ask_again(channel, "at first")
            # they were right: what is wrong from here on is so in new answers
            self.target.thrift.used = False
        except Violation as wrong:
            if self.target.thrift.used:
                raise
            if not wrong.certain and self.target.has_moved():
                raise Disturbed("the listing kept changing while its answers were compared") from None
            why = f"not judged, because it is so from the beginning: {wrong.message}"
            raise Inconclusive(why, wrong.exchange, because=self.about) from None

    def ask_again(self, channel: Channel, when: str) -> None:
        """Each requests brings what it must, and nothing else."""
        target, semantics = self.target, self.target.contract.semantics
        self.about = "ids.selects"
        if semantics.ids:
            answer = target.see(View(ids=(self.key,)), channel).listing()
            claim_equal(f"an id brings other items {when}", (self.key,), answer.keys, answer)
            claim_equal(f"an id has another total {when}", 1, count_of(answer), answer)
        self.about = "paging.total-counts-the-listing"
        if semantics.paging and not target.thrift.on:
            pages = list(target.pages(View(), target.largest_page, channel))
            listed = sum(len(page.items) for page in pages)
            if not pages[-1].lacks_total:
                claim_equal(f"the total is not that of the items {when}", listed, pages[-1].total, pages[-1])
            self.about = "paging.pages-are-full"
            answer = target.ask({semantics.paging.size: str(self.size)}, channel).listing()
            claim_equal(f"a page has another size {when}", min(self.size, listed), len(answer.items), answer)
        answer = target.see(View(), channel, more=whole_page(target)).listing()
        known = len(target.inventory().items)
        most = min(known, target.largest_size) if semantics.paging else known
        if answer.is_whole:
            claim_equal(f"there are other items {when}", most, len(answer.items), answer)
        for f in semantics.filters[: 1 if target.thrift.on else None]:
            self.about = f"filters.{f.parameter}.selects"
            for value in filter_values(target.contract, f.parameter, target.inventory().items)[:1]:
                answer = target.see(View({f.parameter: value}), channel, more=whole_page(target)).listing()
                matched = target.parameter(f.parameter).value("matching") is not None
                items = () if matched else answer.items
                odd = [item.get(f.field) for item in items if fold(item.get(f.field)) != fold(value)]
                claim(not odd, f"{f.parameter} brings other items {when}", value, odd, answer)
                wanted = target.expect(View({f.parameter: value}))
                message = f"{f.parameter} brings another number of items {when}"
                claim(
                    wanted.admits_total(count_of(answer))
                    or ((semantics.paging is None or answer.lacks_total) and not odd),
                    message,
                    len(wanted.certain),
                    count_of(answer),
                    answer,
                )
