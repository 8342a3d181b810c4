"""A narrow request: whatever a server forgets of it shows in the answer. And a row of answers to one request, in which
one is unlike those around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import evolve

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import claim_certain, need_items
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.times import parse_time
from conformance.generate.views import View, filter_values, fold
from conformance.wire.exchange import Channel

# ids in the list; how far apart two items are of which a start has only one for certain; unlike answers in a row
IDS, APART, IN_A_ROW = 6, timedelta(minutes=4), 2


def narrow_view(target: Target) -> View:
    """Ids, a filter and a start at once: each keeps out an item that the others let in, as far as the operation has
    them and the items of the home region allow. Inconclusive where there are none.
    """
    items = need_items(target)
    view = _of_ids(target, _of_a_filter(target, items), items)
    return _of_a_start(target, view, items)


def _of_a_filter(target: Target, items: Sequence[Item]) -> View:
    """The filter and value that parts the items best."""
    best, parted = View(), 0
    for f in target.contract.semantics.filters:
        for value in filter_values(target.contract, f.parameter, items):
            inside = sum(fold(item.get(f.field)) == fold(value) for item in items)
            if min(inside, len(items) - inside) > parted:
                best, parted = View({f.parameter: value}), min(inside, len(items) - inside)
    return best


def _of_ids(target: Target, view: View, items: Sequence[Item]) -> View:
    """Items of a view, but not its latest, which no start keeps out; and one that is not of it."""
    limit = min(IDS, target.longest_id_list) if target.contract.semantics.ids else 0
    if limit < 2:
        return view
    oracle, span = target.oracle(), target.contract.semantics.range
    by_time = sorted(items, key=lambda item: str(item.get(span.field))) if span else items
    inside = [item.get(target.key) or "" for item in by_time if oracle.keeps(view, item)]
    outside = [item.get(target.key) or "" for item in items if oracle.keeps(view, item) is False]
    listed = inside[-limit:-1] or inside
    return view.with_ids([*listed, *outside[:1]][:limit])


def _of_a_start(target: Target, view: View, items: Sequence[Item]) -> View:
    """Without the earliest item of the view, where the next is clearly later."""
    span = target.contract.semantics.range
    if span is None or span.start is None:
        return view
    oracle = target.oracle()
    times = sorted(t for item in items if oracle.keeps(view, item) and (t := parse_time(item.get(span.field))))
    for one, other in pairwise(times):
        if other - one > APART:
            return evolve(view, start=_between(one, other))
    return view


def _between(one: datetime, other: datetime) -> datetime:
    return (one + (other - one) / 2).replace(second=0, microsecond=0)


def claim_steady(what: str, answers: Sequence[tuple[Channel, Answer]]) -> None:
    """No answer of a row is unlike those before and after it that were asked for in the same way.

    What moves does not move back, though one that is read right after a change may be from before it: only where the
    first and the last answer are alike is one between them a finding, and then no change of the listing explains it.
    """
    rows: dict[Channel, list[Answer]] = {}
    for channel, answer in answers:
        rows.setdefault(channel, []).append(answer)
    for row in rows.values():
        shown = [_shown(answer) for answer in row]
        for at in range(1, len(row)):
            before = shown[at - 1]
            if shown[at] == before or not shown[0] == before == shown[-1]:
                continue
            back = shown[at + 1 : at + 1 + IN_A_ROW]
            told, other = (_told(row[i], unlike=row[j]) for i, j in ((at - 1, at), (at, at - 1)))
            claim_certain(before not in back, what, told, other, row[at])


def _shown(answer: Answer) -> object:
    """What an answer says, of which nothing may differ from one time to the next. The status of a result is judged
    with every answer.
    """
    if answer.kind != "success":
        return answer.kind, answer.code, answer.status
    return answer.keys, answer.total, tuple(tuple(sorted(item.items(), key=str)) for item in answer.items)


def _told(answer: Answer, unlike: Answer) -> str:
    """What a person is shown of an answer that differs from another."""
    if not answer.kind == unlike.kind == "success":
        return answer.outline()
    if (answer.keys, answer.total) != (unlike.keys, unlike.total):
        total = "" if answer.total is None else f", total {answer.total}"
        return f"{len(answer.items)} items{total}: {', '.join(answer.keys)}"
    mine = next(item for item, other in zip(answer.items, unlike.items, strict=True) if item != other)
    return str(dict(mine))


def paged(target: Target, size: int) -> Mapping[str, str]:
    """The parameters for the first page of a size, if there are pages."""
    paging = target.contract.semantics.paging
    return {paging.size: str(size), paging.number: "1"} if paging else {}
