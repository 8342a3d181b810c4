"""Formats: XML unless asked for JSON, and the same data in both."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.narrow import narrow_view
from conformance.endpoint.claims import (
    claim,
    claim_certain,
    claim_equal,
    claim_never_breaks,
    claim_same_items,
    is_a_getter,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.views import View, views
from conformance.wire.exchange import Format

JSON_ALONE = {"json"}


@requirement("formats.default")
@given(st.data())
def test_default(target: Target, data: Draws) -> None:
    """Without Format, the answer to a request that is not signed V3 is XML."""
    need_xml(target)
    # V3 carries the wanted format in the accept header, for which no default is documented
    channels = [evolve(c, format=None) for c in target.channels if c.signature != "v3"]
    if not channels:
        raise NotApplicable("this run uses no signature version with a documented default format")
    answer = target.ask((), data.draw(st.sampled_from(channels), label="channel"))
    claim_equal("the default format", "xml", answer.body.format if answer.body else "unreadable", answer)


def need_xml(target: Target) -> None:
    """Not applicable where a run asks for JSON alone: what is XML by documentation is then left out."""
    if {c.format for c in target.channels} == JSON_ALONE:
        raise NotApplicable("this run uses JSON only")


def need_both_formats(target: Target) -> None:
    """Not applicable where a run uses one format only."""
    if {c.format for c in target.channels} != {"json", "xml"}:
        raise NotApplicable("this run uses one format only")


@requirement("formats.agree", shared=True)
def test_whole_listings_agree(target: Target) -> None:
    """XML and JSON carry the same data: every item of every region."""
    need_both_formats(target)
    if target.contract.semantics.items is None and target.thrift.on:
        raise NotApplicable("the answer has no items")
    for region in target.homes[: 1 if target.thrift.on else None]:
        need_items(target, 0, region)
        ways = target.channels_for("xml")[0], target.channels_for("json")[0]
        if target.thrift.on:
            one, other = (target.ask((), way, region=region).listing() for way in ways)
            claim_equal("the formats count other items", one.total, other.total, other)
            xml, json = one.items, other.items
        else:
            xml, json = (target.listing(View(), way, region) for way in ways)
        keys = [[item.get(target.key) for item in items] for items in (xml, json)]
        claim_equal("the formats list other items", keys[0], keys[1], None)
        claim_same_items(target, xml, json, "in the other format", None)


@requirement("formats.agree")
@given(st.data())
def test_agree(target: Target, data: Draws) -> None:
    """XML and JSON carry the same data: whatever is asked for, and beside the items too."""
    need_both_formats(target)
    region = data.draw(st.sampled_from(sorted(target.homes)), label="region")
    view = data.draw(views(target.contract, need_items(target, 0, region)), label="view")
    if target.thrift.on and target.contract.semantics.items and need_items(target, 0):
        region, view = target.regions[0], narrow_view(target)
    paging = target.contract.semantics.paging
    more = {paging.size: str(data.draw(st.sampled_from(target.page_sizes(1, 10)), label="page size"))} if paging else {}
    channel = data.draw(st.sampled_from(target.channels), label="channel")
    xml = target.see(view, evolve(channel, format="xml"), region, more).listing()
    json = target.see(view, evolve(channel, format="json"), region, more).listing()
    claim_equal("the formats list other items", xml.keys, json.keys, json)
    claim_same_items(target, xml.items, json.items, "in the other format", json)
    names = [
        f.name for f in target.contract.response if not f.members and f.name != target.contract.semantics.request_id
    ]
    again = xml
    if names and not is_a_getter(target.contract) and target.guard is None:
        # what changes something may give another id each time: what is the same before and after has to be between
        again = target.see(view, evolve(channel, format="xml"), region, more).listing()
    for name in names:
        same = xml.text(name) == again.text(name) and (again is not xml or is_a_getter(target.contract))
        told = [a.text(name) if same else a.text(name) is not None for a in (xml, json)]
        claim_equal(f"the formats disagree on {name}", told[0], told[1], json)


@requirement("formats.unknown")
@given(st.data())
def test_unknown(target: Target, data: Draws) -> None:
    """A Format that is not documented is an error, or answered in the default format."""
    value = data.draw(st.sampled_from(["YAML", "csv", "html"]), label="Format")
    channel = data.draw(st.sampled_from([evolve(c, format=None) for c in target.channels]), label="channel")
    answer = target.ask((), channel, common={"Format": value})
    bare = target.ask((), channel)
    if bare.kind != "unreadable":
        readable = answer.kind != "unreadable"
        claim_certain(
            readable, f"Format={value} makes the answer unreadable", "an error or XML", answer.outline(), answer
        )
    claim_never_breaks(answer, f"Format={value}")
    way = "rejected" if answer.refused else "default-format"
    if way == "default-format" and channel.signature != "v3":
        received = answer.body.format if answer.body else "unreadable"
        # a run that asks for JSON alone has not looked at what the default is
        usual = bare.body.format if bare.body and {c.format for c in target.channels} == JSON_ALONE else "xml"
        claim(received == usual, "an unknown format", f"an error or {usual.upper()}", received, answer)
    target.watch.dialect.observe("unknown-format", "Format", way, answer.exchange)


@requirement("formats.other-case")
def test_other_case(target: Target, format: Format) -> None:
    """Format in lower case, as SDKs send it, is heard; in any other case it breaks nothing."""
    for channel in target.channels_for(format):
        asked = evolve(channel, format=None)
        answer = target.ask((), asked, common={"Format": format})
        claim_equal(f"the format of an answer to Format={format}", format, answer.body and answer.body.format, answer)
        mixed = format.capitalize()
        claim_never_breaks(target.ask((), asked, common={"Format": mixed}), f"Format={mixed}")
