"""Emptiness: what is there when nothing matches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

from attrs import frozen

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import every_way
from conformance.endpoint.claims import (
    claim,
    claim_certain,
    claim_equal,
    claim_never_breaks,
    need_items,
    need_total,
)
from conformance.endpoint.findings import NotApplicable, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.nothing import empty_views
from conformance.generate.views import View
from conformance.wire.exchange import Channel, Format

# so many reasons, and regions that the run was not told of, do where requests are scarce
FEW_REASONS, FEW_REGIONS = 3, 2
# of a form that ids have, and no item's
NO_SUCH_ID = "zz-0zz0zz0zz"


@frozen
class Reason:
    """Why nothing matches, and what is asked for then."""

    why: str
    view: View
    region: str

    def ask(self, target: Target, channel: Channel, **more: str) -> Answer:
        """The answer to it, with further parameters."""
        return target.see(self.view, channel, self.region, more)


def reasons(target: Target) -> list[Reason]:
    """Every kind of reason that the operation and the stored items know. Raises NotApplicable where there is none."""
    found = []
    for region in dict.fromkeys(target.homes):
        items = need_items(target, 0, region)
        if region == target.regions[0] or not items:
            found += [Reason(why, view, region) for why, view in empty_views(target.contract, items)]
    if target.contract.semantics.ids and not may_reject_unknown_ids(target):
        found.append(Reason("an id that no item has", View(ids=(NO_SUCH_ID,)), target.regions[0]))
    found = found or [Reason("a region without items", View(), region) for region in empty_regions(target)]
    if not found:
        raise NotApplicable("there is nothing to ask for that no item matches")
    return found[: FEW_REASONS if target.thrift.on else None]


def empty_regions(target: Target) -> Iterator[str]:
    """Documented regions beside those of the run that are answered and have nothing in them, or what says nothing; few
    are asked.
    """
    others = [r for r in target.protocol.regions if r not in target.regions] if target.contract.semantics.region else []
    for region in others[:FEW_REGIONS]:
        answer = target.ask((), region=region)
        claim_never_breaks(answer, f"the documented region {region}")
        held = [text for item in answer.items for text in item.values() if text is not None]
        if answer.accepted and not held and not answer.total:
            yield region


def may_reject_unknown_ids(target: Target) -> bool:
    """Whether an id that no item has is an error here."""
    return target.see(View(ids=(NO_SUCH_ID,))).kind == "refusal"


def answers(target: Target, format: Format) -> Iterator[tuple[Reason, Answer]]:
    """One answer in a format for each reason, each by another channel. Where requests are scarce, and a check has one
    turn for all formats, the formats come by turns, and two answers at least.
    """
    found, channels = reasons(target), target.channels_for(format)
    if target.thrift.on:
        formats = dict.fromkeys(c.format for c in target.channels if c.format)
        channels = tuple(target.channels_for(f)[0] for f in formats)
        found += found[: len(channels) - len(found)] if len(found) < len(channels) else []
    for i, reason in enumerate(found):
        yield reason, reason.ask(target, channels[i % len(channels)])


@requirement("emptiness.result", shared=True)
def test_result(target: Target, format: Format) -> None:
    """A request that no item matches gets a result, whatever makes it match none."""
    for reason, answer in answers(target, format):
        claim(answer.accepted, f"{reason.why} gets no result", "a result", answer.outline(), answer)
        claim(not answer.items, f"{reason.why} brings items", "none", answer.keys, answer)


@requirement("emptiness.list", shared=True)
def test_list(target: Target, format: Format) -> None:
    """Where nothing matches the list holds no item, no placeholder and nothing in place of an item."""
    for reason, answer in answers(target, format):
        claim(answer.accepted, f"{reason.why} gets no result", "a result", answer.outline(), answer)
        held = placeholder(answer, target.contract.semantics.items or "")
        # items that are there may have come meanwhile; what is none stands for nothing
        claimed = claim if answer.items else claim_certain
        claimed(held is None, f"{reason.why} leaves something in the list", "an empty list, or none", held, answer)


def placeholder(answer: Answer, path: str) -> str | None:
    """What an empty list holds all the same, or None."""
    if answer.body is None:
        return None
    names = path.split(".")
    if answer.body.format == "xml":
        node = answer.body.value
        for name in names[:-1]:
            node = node.child(name) if node is not None else None
        found = node.named(names[-1]) if node is not None else ()
        # the list of an unwrapped array, and of one whose items have a name of their own, is an element itself
        items = answer.contract.at(path)
        itself = len(names) == 1 or (items is not None and items.xml_item not in (None, names[-1]))
        inner = [n for element in found for n in element.children] if itself else found
        return f"<{inner[0].name}>" if inner else None
    held: Any = answer.tree
    for name in names[:-1]:
        if not isinstance(held, Mapping) or name not in held:
            return None if isinstance(held, Mapping) else repr(held)
        held = held[name]
        if isinstance(held, list):
            if len(held) > 1:
                return repr(held)
            held = held[0] if held else {}
    if not isinstance(held, Mapping):
        return repr(held)
    inner_list = held.get(names[-1], [])
    return None if inner_list == [] else repr(inner_list)


@requirement("emptiness.total", shared=True)
def test_total(target: Target, format: Format) -> None:
    """Where nothing matches the total is 0, and the response repeats page, size and region as ever."""
    paging, semantics = target.paging, target.contract.semantics
    size = str(target.page_sizes(7)[0])
    for i, reason in enumerate(reasons(target)[: 1 if target.thrift.on else None]):
        channels = target.channels_for(format)
        channel = channels[i % len(channels)]
        answer = reason.ask(target, channel, **{paging.number: "1", paging.size: size}).listing()
        claim_equal(f"the total of {reason.why}", 0, need_total(answer), answer)
        sent = {paging.number_echo: "1", paging.size_echo: size, semantics.region_echo: reason.region}
        for path, value in sent.items():
            if path and value:
                what = f"{path} beside the empty list of {reason.why}"
                claim(answer.with_member(path).repeats(path, value), what, value, answer.text(path), answer)


@requirement("emptiness.page-after", shared=True)
def test_page_after(target: Target, format: Format) -> None:
    """A second page of what nothing matches is empty or an error, and leaves the total 0."""
    paging, channels = target.paging, target.channels_for(format)
    for i, reason in enumerate(reasons(target)[: 1 if target.thrift.on else None]):
        answer = reason.ask(target, channels[i % len(channels)], **{paging.number: "2"})
        claim_never_breaks(answer, f"a second page of {reason.why}")
        if answer.refused:
            continue
        claim(not answer.listing().items, f"a second page of {reason.why} has items", "none", answer.keys, answer)
        if not answer.lacks_total:
            claim_equal(f"the total on a second page of {reason.why}", 0, answer.total, answer)


@requirement("emptiness.containers", shared=True)
def test_containers(target: Target) -> None:
    """The empty list is written in the same way in either format, whatever makes it empty."""
    forms: dict[str, tuple[str, str]] = {}
    path, channels = target.contract.semantics.items or "", every_way(target)
    bare = "." not in path  # XML has no way to write a list that is empty and has no wrapper
    found = reasons(target)
    # one reason alone is asked twice, so that a server that writes it now so and then so is seen to
    for turn, reason in enumerate(found * 2 if len(found) == 1 else found):
        if turn and len(found) == 1:
            next(channels)  # the format that came last comes first, or every other answer would be in the same one
        for _ in dict.fromkeys(c.format for c in target.channels):
            with target.thrift.afresh() if turn and len(found) == 1 else nullcontext():
                answer = reason.ask(target, next(channels)).listing()
            if answer.body is None:
                continue
            form, format = form_of(answer, path), answer.body.format
            for other, (seen, why) in forms.items():
                # XML writes an empty list and an empty wrapper alike
                alike = form == seen if other == format else (form == "absent") == (seen == "absent") or bare
                if not alike:
                    raise Violation(
                        f"the empty list of {reason.why} is written unlike that of {why}",
                        expected=f"{seen}, as in {other}",
                        received=f"{form}, in {format}",
                        exchange=answer.exchange,
                    )
            forms.setdefault(format, (form, reason.why))


def form_of(answer: Answer, path: str) -> str:
    """How a list without items is written: `absent`, `empty-wrapper`, or `empty-list` (with or without a wrapper)."""
    names = path.split(".")
    held: Any = answer.tree
    for name in names[:-1]:
        held = held.get(name) if isinstance(held, Mapping) else None
        held = held[0] if isinstance(held, list) and held else held
    if len(names) > 1 and held is None:
        return "absent"
    there = isinstance(held, Mapping) and names[-1] in held
    return "empty-list" if there else "absent" if len(names) == 1 else "empty-wrapper"
