"""Formats: XML unless asked for JSON, and the same data in both."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.generate.views import views
from conformance.suite.claims import claim, claim_equal, claim_never_breaks, claim_same_items, need_items
from conformance.suite.findings import NotApplicable
from conformance.suite.marks import requirement


@requirement("formats.default")
@given(st.data())
def test_default(target, data):
    """Without Format, the answer to a request that is not signed V3 is XML."""
    # V3 carries the wanted format in the accept header, for which no default is documented
    channels = [evolve(c, format=None) for c in target.channels if c.signature != "v3"]
    if not channels:
        raise NotApplicable("this run uses no signature version with a documented default format")
    answer = target.ask((), data.draw(st.sampled_from(channels), label="channel"))
    claim_equal("the default format", "xml", answer.body.format if answer.body else "unreadable", answer)


@requirement("formats.agree")
@given(st.data())
def test_agree(target, data):
    """XML and JSON carry the same data."""
    formats = {c.format for c in target.channels}
    if formats != {"json", "xml"}:
        raise NotApplicable("this run uses one format only")
    region = data.draw(st.sampled_from(sorted(target.regions)), label="region")
    view = data.draw(views(target.contract, need_items(target, 0, region)), label="view")
    paging = target.contract.semantics.paging
    size = data.draw(st.sampled_from(target.page_sizes(1, 10)), label="page size")
    more = {paging.size: str(size)} if paging else {}
    channel = data.draw(st.sampled_from(target.channels), label="channel")
    xml = target.see(view, evolve(channel, format="xml"), region, **more).listing()
    json = target.see(view, evolve(channel, format="json"), region, **more).listing()
    claim_equal("the formats list other items", xml.keys, json.keys, json)
    claim_same_items(target, xml.items, json.items, "in the other format", json)
    for path, f in target.contract.fields():
        name = ".".join(path)
        if not f.members and len(path) == 1 and name != target.contract.semantics.request_id:
            claim_equal(f"the formats disagree on {name}", xml.text(name), json.text(name), json)


@requirement("formats.unknown")
@given(st.data())
def test_unknown(target, data):
    """A Format that is not documented is an error, or answered in the default format."""
    value = data.draw(st.sampled_from(["YAML", "csv", "html"]), label="Format")
    channel = data.draw(st.sampled_from([evolve(c, format=None) for c in target.channels]), label="channel")
    answer = target.ask((), channel, common={"Format": value})
    claim_never_breaks(answer, f"Format={value}")
    way = "rejected" if answer.refused else "default-format"
    if way == "default-format" and channel.signature != "v3":
        claim(answer.body.format == "xml", "an unknown format", "an error or XML", answer.body.format, answer)
    target.watch.dialect.observe("unknown-format", "Format", way, answer.exchange)
