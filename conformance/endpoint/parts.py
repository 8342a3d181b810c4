"""The parts of a request, each of which alone brings a listing: a filter, an id list, a start, an end.

What a request brings is what each of its parts brings; so what is wrong with a part alone is wrong with every request
that has it, and is the finding of the requirement about that part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, islice

from attrs import frozen

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Explained
from conformance.endpoint.suspicion import Suspicion
from conformance.endpoint.target import Target
from conformance.generate.times import parse_time
from conformance.generate.views import View, filter_values, read_ids
from conformance.wire.exchange import Call, Channel

UNKNOWN_ID = "ids.unknown-id"
# what several parts of one kind are the finding of, by the family of each
TOGETHER = {"filters.": "filters.intersect", "range.": "range.splits"}
# over so many pages a request is looked at again
MOST_PAGES = 40
FOLLOWS = "paging.total-follows-the-filter"


@frozen
class RequestPart:
    """One part: what it asks for, in words, its view, and the requirements about it: that nothing comes beside it, and
    that all of it comes. `family` begins the names of the checks that ask for it alone.
    """

    words: str
    view: View
    selects: str
    complete: str
    family: str


@frozen
class Brought:
    """What came for a part, over all pages: the keys, and the total, where there is one."""

    keys: tuple[str, ...]
    total: int | None


def about_a_part(of: Suspicion) -> Explained | None:
    """What follows from a part of a request that is answered wrongly when it is alone.

    It does where the request, sent again, has the same answer, and that is what its parts bring, each alone; so that
    what is wrong only where parts come together is a finding of its own.
    """
    target, answer, check = of.target, of.plain, of.check
    if answer is None or target.contract.semantics.key is None or not answer.accepted:
        return None
    parts = list(parts_of(target, answer.exchange.call))
    if not parts or _is_its_own(parts, check):
        return _about_the_plain_list(target, answer, check)
    return _explained(target, answer, parts, check) or _explained_together(target, answer, parts, check)


def parts_of(target: Target, call: Call) -> Iterator[RequestPart]:
    """The parts of a call. None where it has a parameter that is no part, or one that is not written as usual."""
    semantics, sent = target.contract.semantics, dict(call.parameters)
    paging, region = semantics.paging, sent.get(semantics.region or "")
    aside = {semantics.region, *((paging.number, paging.size) if paging else ())}
    left = {name: text for name, text in call.parameters if name not in aside and name not in call.usual}
    # of a region that is none of the run's, or one that is spelt otherwise, no listing is known
    if len(sent) != len(call.parameters) or (region and region not in target.regions):
        return
    found = [p for p in _parts(target, left, region) if p is not None]
    written = {name: text for part in found for name, text in target.parameters_of(part.view).items()}
    if written == left:
        yield from found


def _parts(target: Target, sent: Mapping[str, str], region: str | None) -> Iterator[RequestPart | None]:
    semantics = target.contract.semantics
    for f in semantics.filters:
        if (value := sent.get(f.parameter)) is not None:
            # a value that no item has may mean anything
            known = filter_values(target.contract, f.parameter, target.inventory(region).items)
            about = f"filters.{f.parameter}."
            view = View({f.parameter: value})
            words = f"{f.parameter} {value}"
            yield RequestPart(words, view, f"{about}selects", f"{about}complete", about) if value in known else None
    if semantics.ids:
        ids = _ids_of(target, [v for n, v in sent.items() if n.startswith(semantics.ids.parameter.removesuffix(".N"))])
        known_one = not set(ids).isdisjoint(target.inventory(region).keys(target.key))
        selects, words = ("ids.selects", "an id list") if known_one else (UNKNOWN_ID, "an id that no item has")
        yield RequestPart(words, View(ids=ids), selects, "ids.complete", "ids.") if ids else None
    if semantics.range:
        for name, side in ((semantics.range.start, "start"), (semantics.range.end, "end")):
            moment = parse_time(sent.get(name or ""))
            if moment is not None:
                view = View(start=moment) if side == "start" else View(end=moment)
                yield RequestPart(name or "", view, f"range.{side}", f"range.{side}", "range.")


def _ids_of(target: Target, texts: list[str]) -> tuple[str, ...]:
    """The ids of a list; none where one of them is blank or the list is written otherwise."""
    ids = _listed(target, texts)
    return tuple(ids) if all(id.strip() for id in ids) else ()


def _about_the_plain_list(target: Target, answer: Answer, check: str) -> Explained | None:
    """What follows from an id list that is answered wrongly where it names known items once each and nothing else: the
    same wrong items for one with more in it.
    """
    ids, call = target.contract.semantics.ids, answer.exchange.call
    if ids is None or not check.startswith("ids.") or check in ("ids.selects", "ids.complete"):
        return None
    name = ids.parameter.removesuffix(".N")
    listed = _listed(target, [text for sent, text in call.parameters if sent.startswith(name)])
    known = set(target.inventory().keys(target.key))
    plain = tuple(dict.fromkeys(id for id in listed if id in known))
    if len(plain) < 2:
        return None
    keys, _ = target.keys_of(View(ids=plain), target.largest_page, call.channel)
    if set(keys) == set(plain) or set(keys) != set(answer.keys):
        return None
    extra = not set(plain).issuperset(keys)
    why = f"a plain list of {len(plain)} ids {'brings other items' if extra else 'does not bring all of them'}"
    about = "ids.selects" if extra else "ids.complete"
    return Explained(f"not judged, because {why}", answer.exchange, because=about)


def _listed(target: Target, texts: list[str]) -> list[str]:
    ids = target.contract.semantics.ids
    if ids and ids.parameter.endswith(".N"):
        return texts
    return [id for text in texts for id in read_ids(text, target.id_syntax)]


def _is_its_own(parts: list[RequestPart], check: str) -> bool:
    """Whether a check asks for a single part that it is itself about."""
    return len(parts) == 1 and check.startswith(parts[0].family) and check != "filters.known-store"


def _explained(target: Target, answer: Answer, parts: list[RequestPart], check: str) -> Explained | None:
    call, semantics = answer.exchange.call, target.contract.semantics
    region = dict(call.parameters).get(semantics.region or "") or None
    alone, wrong = list[Brought](), list[tuple[str, str]]()
    kinds, extra = set[str](), set[str]()
    for part in parts:
        words = part.words if part.words.endswith("together") else f"{part.words} alone"
        keys, last = target.keys_of(part.view, target.largest_page, call.channel, region)
        brought = Brought(tuple(keys), None if last.lacks_total else last.total)
        alone.append(brought)
        wanted = target.expect(part.view, region)
        extra |= set(keys) - wanted.possible
        if not wanted.possible.issuperset(keys):
            wrong.append((part.selects, f"{words} brings items that it should not"))
        elif not wanted.certain.issubset(keys):
            wrong.append((part.complete, f"{words} does not bring all items that it should"))
        elif brought.total is not None and not wanted.admits_total(brought.total):
            kinds.add(_kind(target, brought, len(last.items), region))
            wrong.append((FOLLOWS, f"{words} has a total of {brought.total}, and brings {len(keys)} items"))
    wrong = [(about, why) for about, why in wrong if about != check]
    if not wrong or not _is_what_they_bring(target, answer, alone, extra, kinds - {"another"}, region):
        return None
    about, why = wrong[0]
    return Explained(f"not judged, because {why}", answer.exchange, because=about)


def _explained_together(target: Target, answer: Answer, parts: list[RequestPart], check: str) -> Explained | None:
    """The same of parts of one kind together, of which none is wrong alone: several filters, a start and an end."""
    for family, about in TOGETHER.items():
        same = [part for part in parts if part.family.startswith(family)]
        if len(same) < 2 or check.startswith(family):
            continue
        equals = {name: value for part in same for name, value in part.view.equals.items()}
        start, end = (next(filter(None, (getattr(p.view, side) for p in same)), None) for side in ("start", "end"))
        words = " and ".join(part.words for part in same)
        both = RequestPart(f"{words} together", View(equals, start=start, end=end), about, about, family)
        found = _explained(target, answer, [both, *(part for part in parts if part not in same)], check)
        if found is not None:
            return found
    return None


def _kind(target: Target, brought: Brought, shown: int, region: str | None) -> str:
    """What a wrong total is the number of, if it is one of something."""
    if brought.total == target.inventory(region).total:
        return "the whole listing"
    return "the page" if brought.total == shown else "another"


def _is_what_they_bring(
    target: Target, answer: Answer, alone: list[Brought], extra: set[str], kinds: set[str], region: str | None
) -> bool:
    """Whether a request is answered as before, and its pages have the items that every part has, once each, and their
    number; or a number that is wrong in the way in which that of a part alone is. What is `extra` with a part alone may
    come anywhere.
    """
    call, paging = answer.exchange.call, target.contract.semantics.paging
    again = target.again(answer.exchange)
    if (again.keys, again.total) != (answer.keys, answer.total):
        return False
    common = set.intersection(*(set(one.keys) for one in alone))
    pages = [again]
    if paging is not None:
        sent = {name: text for name, text in call.parameters if name != paging.number}
        size = (
            int(sent[paging.size])
            if sent.get(paging.size, "").isdecimal()
            else max(target.smallest_size, len(again.items))
        )
        most = len(common) // max(1, size) + 2
        if most > MOST_PAGES:
            return False
        pages = list(islice(_numbered(target, sent, paging.number, call.channel), most))
        if paging.size in sent and any(len([k for k in p.keys if k not in extra]) > size for p in pages):
            return False
    keys = [key for page in pages for key in page.keys if key not in extra]
    if len(keys) != len(set(keys)) or set(keys) != common - extra:
        return False
    brought = Brought(tuple(keys), None if again.lacks_total else again.total)
    right = brought.total is None or len(common - extra) <= brought.total <= len(common | extra)
    return right or _kind(target, brought, len(again.items), region) in kinds


def _numbered(target: Target, sent: Mapping[str, str], name: str, channel: Channel) -> Iterator[Answer]:
    """Pages by number, up to the last that holds anything."""
    for number in count(1):
        page = target.ask({**sent, name: str(number)}, channel)
        if not page.accepted or not page.listing().items:
            return
        yield page
