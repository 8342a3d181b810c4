"""Regions: each region's items are its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of, known_ids, rejects_unknown_ids
from conformance.endpoint.claims import (
    claim,
    claim_complete,
    claim_equal,
    claim_never_breaks,
    claim_selected,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Lack, NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.views import View, views
from conformance.wire.exchange import Format

# few enough that a documented page holds what comes back
FOREIGN_IDS, OWN_IDS = 5, 3
# in the sample of an id that a cloud gives to what somebody made (`d-bp67ac****`), and not in what it offers (`ecs.g6`)
GIVEN = ("-", "**")
# members of an item that say whose it is: what belongs to the cloud is there for everybody, in every region
OF_ALL, OWNER = ("IsPublic", "Provider", "Owner"), "OwnerAlias"


def two_regions(target: Target, data: Draws) -> list[str]:
    """Two regions that a run has, in either order."""
    if len(target.regions) > len(target.homes):
        raise NotApplicable("what each request must name is given, and is there in one region")
    if len(target.regions) < 2:
        raise NotApplicable("this run has one region; give another with --region", lack=Lack(None, 0, 1))
    regions = st.lists(st.sampled_from(sorted(target.regions)), min_size=2, max_size=2, unique=True)
    return data.draw(regions, label="regions")


@requirement("regions.do-not-leak")
@given(st.data())
def test_do_not_leak(target: Target, format: Format, data: Draws) -> None:
    """No item of one region is listed in another, under any filter."""
    home, away = two_regions(target, data)
    key = target.key
    if target.thrift.on:
        claim_apart(target)
        for region in (away, home, away):
            claim_its_own(target, region, target.ask((), target.channels_for(format)[0], region=region).listing())
        return
    foreign = set(target.inventory(away).keys(key)) - set(target.inventory(home).keys(key))
    claim_not_in_both(target, home, away)
    view = data.draw(views(target.contract, need_items(target, 0, home)), label="view")
    answer = target.see(view, channel_of(target, format, data), home).listing()
    leaked = foreign.intersection(answer.keys)
    claim(not leaked, f"items of {away} are listed in {home}", "none", leaked, answer)


def claim_apart(target: Target) -> None:
    """No item is listed in two regions of the run."""
    for one, other in combinations(dict.fromkeys(target.regions), 2):
        claim_not_in_both(target, one, other)


def claim_not_in_both(target: Target, one: str, other: str) -> None:
    """No item is listed in two regions, where its key tells it from those of every other region. Under one key there
    may be two things, which then differ in what is said of them.
    """
    if not has_one_region(target.contract):
        return
    key = target.key
    here, there = ({item.get(key): item for item in target.inventory(r).items} for r in (one, other))
    both = {k for k in here.keys() & there.keys() if k and is_the_same(here[k], there[k], (one, other))}
    claim(not both, f"items are listed in {one} and in {other}", "none", both, None)


def has_one_region(contract: Contract) -> bool:
    """Whether what an operation lists is somebody's, under an id that nobody chose: not what a cloud offers in each
    region, nor what goes by a name, nor what says whose it is, and may be everybody's.
    """
    key = next(f for f in contract.item_fields if f.name == contract.semantics.key)
    is_offered = bool(key.examples) and not any(mark in e for mark in GIVEN for e in key.examples)
    of_all = any(f.name in OF_ALL or f.name.endswith(OWNER) for f in contract.item_fields)
    return key.name.casefold().endswith("id") and not is_offered and not of_all


def is_the_same(one: Item, other: Item, regions: Sequence[str]) -> bool:
    """Whether two items say the same, but for the regions in which they are listed."""
    return all(one.get(m) == other.get(m) or {one.get(m), other.get(m)} == set(regions) for m in {*one, *other})


def claim_its_own(target: Target, region: str, answer: Answer) -> None:
    """An answer about a region holds no item that is listed in another one alone."""
    elsewhere = {key for r in target.regions if r != region for key in target.inventory(r).keys(target.key)}
    leaked = (elsewhere - set(target.inventory(region).keys(target.key))).intersection(answer.keys)
    claim(not leaked, f"items of another region are listed in {region}", "none", leaked, answer)


@requirement("regions.ids-stay-home", shared=True)
@given(st.data())
def test_ids_stay_home(target: Target, format: Format, data: Draws) -> None:
    """An id of another region matches nothing, alone or among ids of the region."""
    home, away = two_regions(target, data)
    foreign = data.draw(known_ids(target, FOREIGN_IDS, region=away), label=f"ids of {away}")
    most = min(OWN_IDS, target.longest_id_list - len(foreign), target.default_size)
    own: tuple[str, ...] = ()
    if need_items(target, 0, home) and most > 0 and data.draw(st.booleans()):
        own = data.draw(known_ids(target, most, region=home), label=f"ids of {home}")
    view = View(ids=(*foreign, *own))
    answer = target.see(view, channel_of(target, format, data), home)
    claim_never_breaks(answer, f"ids of {away} in {home}")
    if answer.refused and rejects_unknown_ids(target):
        return
    wanted = target.expect(view, home)
    claim_selected(f"ids of {away} in {home}", wanted, answer.listing().keys, answer)
    claim_complete(f"ids of {home} beside ids of {away}", wanted, answer.keys, answer)


@requirement("regions.echoed-on-items")
@given(st.data())
def test_listing_is_the_regions_own(target: Target, format: Format, data: Draws) -> None:
    """A region's listing is that region's, also right after a request for another region."""
    home, away = two_regions(target, data)
    channel = channel_of(target, format, data)
    target.ask((), channel, region=away).listing()
    answer = target.ask((), channel, region=home).listing()
    claim_equal(f"the total of {home} after a request for {away}", target.inventory(home).total, answer.total, answer)
    known = set(target.inventory(home).keys(target.key))
    claim(known.issuperset(answer.keys), f"unknown items in {home}", "items of the region", answer.keys, answer)
