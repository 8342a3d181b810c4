"""Id lists: exactly the named items come back, up to the documented number of ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import (
    channel_of,
    drawn_or_first,
    known_ids,
    long_way,
    rejects_unknown_ids,
    whole_page,
)
from conformance.endpoint.checks.ways import count_of
from conformance.endpoint.claims import (
    claim,
    claim_complete,
    claim_equal,
    claim_listing,
    claim_never_breaks,
    claim_selected,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, Lack, NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.oracle import Expectation
from conformance.endpoint.target import Target
from conformance.generate.texts import unknown_id
from conformance.generate.views import View, equalities
from conformance.wire.exchange import Channel, Format

# more ids than these travel in a form body: many a server takes no URL of more than some kilobytes
MOST_IN_A_URL = 250


def listed(
    target: Target, ids: Sequence[str], channel: Channel, view: View | None = None, size: int | None = None
) -> tuple[list[str], Answer]:
    """The keys of all items that come for an id list (and a view), and the last page of them."""
    return target.keys_of((view or View()).with_ids(ids), size or target.largest_page, channel)


@requirement("ids.selects", shared=True)
@given(st.data())
def test_selects(target: Target, format: Format, data: Draws) -> None:
    """Only the listed items come back."""
    ids = data.draw(known_ids(target), label="ids")
    keys, answer = listed(target, ids, channel_of(target, format, data))
    claim_selected("an id list", target.expect(View(ids=ids)), keys, answer)


@requirement("ids.complete", shared=True)
@given(st.data())
def test_complete(target: Target, format: Format, data: Draws) -> None:
    """Every listed item that exists comes back."""
    several = min(2, target.longest_id_list, len(need_items(target))) if target.thrift.on else 1
    ids, channel = data.draw(known_ids(target, at_least=several), label="ids"), channel_of(target, format, data)
    # with a single example one id alone has to tell, too
    for asked in dict.fromkeys((ids[:1], ids)) if target.thrift.on else (ids,):
        keys, answer = listed(target, asked, channel)
        claim_complete("an id list", target.expect(View(ids=asked)), keys, answer)


@requirement("ids.order-irrelevant", shared=True)
@given(st.data())
def test_order_irrelevant(target: Target, format: Format, data: Draws) -> None:
    """The order of the ids does not matter."""
    ids = data.draw(known_ids(target, 12, at_least=2), label="ids")
    channel = channel_of(target, format, data)
    one, _ = listed(target, ids, channel)
    other, answer = listed(target, sorted(ids, reverse=data.draw(st.booleans())), channel)
    claim_equal("the order of the ids matters", sorted(one), sorted(other), answer)


@requirement("ids.repetition-irrelevant", shared=True)
@given(st.data())
def test_repetition_irrelevant(target: Target, format: Format, data: Draws) -> None:
    """An id named twice counts once."""
    half = target.longest_id_list // 2
    if not half:
        raise NotApplicable("the documentation allows one id in a list, which leaves no room for a second")
    ids = data.draw(known_ids(target, half), label="ids")
    again = data.draw(st.sampled_from([(*ids, ids[0]), (*ids, *ids), (ids[-1], *ids)]), label="with repetition")
    keys, answer = listed(target, again, channel_of(target, format, data))
    wanted = target.expect(View(ids=ids))
    claim_listing("an id list with repetition", wanted, keys, answer)
    claim_total("the total of an id list with repetition", wanted, answer)


@requirement("ids.unknown-id", shared=True)
@given(st.data())
def test_unknown_id(target: Target, format: Format, data: Draws) -> None:
    """An id that no item has matches nothing and does not disturb the others, or is an error."""
    name, limit = target.id_list.parameter, target.longest_id_list
    ids = data.draw(known_ids(target, max(1, min(8, limit - 1, target.largest_size))), label="ids")
    at = data.draw(st.integers(0, len(ids)), label="place of the unknown id")
    alone = data.draw(st.booleans(), label="alone") or limit == 1
    unknown, channel = (unknown_id(ids[0]),), channel_of(target, format, data)
    among = (*ids[:at], *unknown, *ids[at:])
    for asked in (unknown, among)[: 1 if limit == 1 else None] if target.thrift.on else (unknown if alone else among,):
        answer = target.see(View(ids=asked), channel, more=whole_page(target))
        claim_never_breaks(answer, "an id list with an unknown id")
        if answer.refused:
            target.watch.dialect.observe("unknown-id", name, "rejected", answer.exchange)
            continue
        wanted = target.expect(View(ids=asked))
        claim_listing("an id list with an unknown id", wanted, answer.listing().keys, answer)
        target.watch.dialect.observe("unknown-id", name, "matches-nothing", answer.exchange)


@requirement("ids.blank-id", shared=True)
@given(st.data())
def test_blank_id(target: Target, format: Format, data: Draws) -> None:
    """A blank among the ids does not count, makes the listing empty, or is an error."""
    name, limit = target.id_list.parameter, target.longest_id_list
    ids = data.draw(known_ids(target, max(1, min(8, limit - 1, target.largest_size))), label="ids")
    at = data.draw(st.integers(0, len(ids)), label="place of the blank")
    blank = data.draw(st.sampled_from(["", " "]), label="blank")
    asked = View(ids=(*ids[:at], blank, *ids[at:]))
    answer = target.see(asked, channel_of(target, format, data), more=whole_page(target))
    claim_never_breaks(answer, "an id list with a blank in it")
    if answer.refused:
        target.watch.dialect.observe("blank-id", name, "rejected", answer.exchange)
        return
    keys = answer.listing().keys
    if keys:
        claim_listing("an id list with a blank in it", target.expect(View(ids=ids)), keys, answer)
    target.watch.dialect.observe("blank-id", name, "ignored" if keys else "matches-nothing", answer.exchange)


@requirement("ids.up-to-the-limit", shared=True)
@given(st.data())
def test_up_to_the_limit(target: Target, format: Format, data: Draws) -> None:
    """As many ids as the documentation allows are accepted, and each of them counts."""
    limit, key = target.longest_id_list, target.key
    known = [item.get(key) or "" for item in need_items(target)]
    count = drawn_or_first(target, data, [count for count in (limit, limit - 1) if count], "ids")
    place = data.draw(st.sampled_from(["last", "first", "all"]), label="known ids")
    unknown = [f"{unknown_id(known[0])}{n}" for n in range(limit)]
    if place == "all" and len(known) >= limit:
        ids = known[:count]
    else:
        ids = [known[0], *unknown[: count - 1]] if place == "first" else [*unknown[: count - 1], known[-1]]
    channel = channel_of(target, format, data)
    answer = target.see(View(ids=tuple(ids)), channel, more=whole_page(target))
    if answer.refused and rejects_unknown_ids(target):
        if len(known) < limit:
            lack = Lack(target.regions[0], len(known), limit)
            raise Inconclusive(f"unknown ids are rejected here, and there are only {len(known)} known ones", lack=lack)
        ids = known[:count]
    keys = list(answer.keys)
    # where requests are scarce a page that has room for all is the listing
    if not (target.thrift.on and answer.accepted and answer.is_whole and len(ids) <= target.largest_size):
        keys, answer = listed(target, ids, channel)
    claim_listing(f"{len(ids)} ids", target.expect(View(ids=tuple(ids))), keys, answer)


def too_many(known: Sequence[str], limit: int, count: int) -> list[str]:
    """`count` ids, more than are allowed: known ones on both sides of the limit, unknown ones where there are too few.

    One known id at least comes after the limit, and one before it if there is a second.
    """
    unknown = [f"{unknown_id(known[0])}{n}" for n in range(count)]
    first = [*known[: max(1, min(limit, len(known) - 1))], *unknown][:limit]
    rest = [k for k in known if k not in first]
    # the very last id is a known one, so that a list that is cut anywhere is seen to be
    return [*first, *[*rest[1:], *unknown[limit:]][: count - limit - len(rest[:1])], *rest[:1]][:count]


def counts_over(limit: int) -> list[int]:
    """How many ids are too many: by one, by two, and by far."""
    return sorted({limit + 1, limit + 2, max(limit + 1, limit * 5 // 2), limit * 10} - {limit})


def over_the_limit(target: Target, format: Format) -> Iterator[tuple[list[str], Answer]]:
    """Each list of too many ids, and the answer to it; the long ones in a form body, or not at all."""
    limit, key = target.longest_id_list, target.key
    known = [item.get(key) or "" for item in need_items(target)]
    channels = target.channels_for(format)
    counts = counts_over(limit)
    for i, count in enumerate([counts[0], counts[-1]] if target.thrift.on else counts):
        channel: Channel | None = channels[i % len(channels)]
        ids = too_many(known, limit, count)
        if count > MOST_IN_A_URL:
            channel = long_way(target, channels[i % len(channels)])
        if channel is not None:
            yield ids, target.see(View(ids=tuple(ids)), channel, more=whole_page(target))


@requirement("ids.over-the-limit", shared=True)
def test_over_the_limit(target: Target, format: Format) -> None:
    """More ids than allowed are rejected, or those over the limit do not count."""
    name, limit = target.id_list.parameter, target.longest_id_list
    known = set(target.inventory().keys(target.key))
    for ids, answer in over_the_limit(target, format):
        claim_never_breaks(answer, f"a list of {len(ids)} ids")
        if answer.refused:
            if known.issuperset(ids) or not rejects_unknown_ids(target):
                target.watch.dialect.observe("too-many-ids", name, "rejected", answer.exchange)
            continue
        within, named = target.expect(View(ids=tuple(ids[:limit]))), target.expect(View(ids=tuple(ids)))
        if len(within.certain) == len(named.certain):
            continue  # too few items to tell
        claim(
            count_of(answer.listing()) in (len(within.certain), largest_without_total(target, within)),
            f"of {len(ids)} ids more count than {limit}, or others than the first",
            f"an error, or the first {limit} alone: {len(within.certain)} items",
            f"{count_of(answer)} items",
            answer,
        )
        claim_selected(f"the first {limit} of {len(ids)} ids", within, answer.keys, answer)
        target.watch.dialect.observe("too-many-ids", name, "truncated", answer.exchange)


def largest_without_total(target: Target, wanted: Expectation) -> int:
    """How many items a page shows of what is wanted, where no total says how many there are."""
    return min(len(wanted.certain), target.largest_size) if target.contract.semantics.paging is None else -1


@requirement("ids.over-the-limit-is-safe", shared=True)
def test_over_the_limit_is_safe(target: Target, format: Format) -> None:
    """More ids than allowed never break the server and never bring items that were not named."""
    for ids, answer in over_the_limit(target, format):
        claim_safe(ids, answer)
    # the same id so often is one id, or too many; ids that no item has are none, or too many
    limit, channels = target.longest_id_list, target.channels_for(format)
    one = need_items(target)[0].get(target.key) or ""
    for i, ids in enumerate(([one] * (limit + 1), [f"{unknown_id(one)}{n}" for n in range(limit + 1)])):
        claim_safe(ids, target.see(View(ids=tuple(ids)), channels[i % len(channels)], more=whole_page(target)))


def claim_safe(ids: Sequence[str], answer: Answer) -> None:
    """An error, or named items alone, each once."""
    claim_never_breaks(answer, f"a list of {len(ids)} ids")
    if answer.accepted:
        claim(set(ids).issuperset(answer.keys), "items come that were not named", "named items", answer.keys, answer)
        claim(count_of(answer) <= len(set(ids)), "more items come than ids", len(set(ids)), count_of(answer), answer)


@requirement("ids.with-filters", shared=True)
@given(st.data())
def test_with_filters(target: Target, format: Format, data: Draws) -> None:
    """An id list and a filter together keep the items that both keep."""
    items = need_items(target)
    view = View(data.draw(equalities(target.contract, items, at_least=1), label="filters"))
    ids = data.draw(known_ids(target), label="ids")
    keys, answer = listed(target, ids, channel_of(target, format, data), view)
    claim_listing("an id list and filters", target.expect(view.with_ids(ids)), keys, answer)


@requirement("ids.with-paging", shared=True)
@given(st.data())
def test_with_paging(target: Target, format: Format, data: Draws) -> None:
    """The items of an id list are paged like any listing."""
    ids = data.draw(known_ids(target, 24, at_least=2), label="ids")
    largest = max(target.smallest_size, min(len(ids), target.largest_size))
    smallest = max(target.smallest_size, len(ids) // (2 if target.thrift.on else 6))
    size = data.draw(st.integers(min(smallest, largest), largest), label="page size")
    keys, answer = listed(target, ids, channel_of(target, format, data), size=size)
    wanted = target.expect(View(ids=ids))
    claim_listing(f"an id list in pages of {size}", wanted, keys, answer)
    claim_total("the total of a paged id list", wanted, answer)


def claim_total(message: str, wanted: Expectation, answer: Answer) -> None:
    """The total is that of what is wanted, where there is one. Of the ids that were drawn some may be gone by now."""
    right = answer.lacks_total or not answer.is_whole or wanted.admits_total(answer.count)
    claim(right, message, len(wanted.certain), answer.count, answer)
