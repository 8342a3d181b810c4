"""Methods: GET and POST, query and form body, mean the same."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of, whole_page
from conformance.endpoint.checks.narrow import narrow_view
from conformance.endpoint.claims import claim, claim_refusable, claim_same_items, claim_same_page, need_items, stands
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.channels import Placement
from conformance.generate.views import views
from conformance.wire.exchange import Format


def claim_same_answer(
    target: Target, format: Format, data: Draws, method: str, placement: Placement, message: str
) -> None:
    """The same view over two channels that differ in one thing."""
    drawn = data.draw(views(target.contract, need_items(target)), label="view")
    channel = channel_of(target, format, data)
    # nothing may match what is drawn: with a single example, what shows whatever of it is forgotten
    narrow = target.thrift.on and target.contract.semantics.items and need_items(target, 0)
    view, more = (narrow_view(target), whole_page(target)) if narrow else (drawn, dict[str, str]())
    one = target.see(view, evolve(channel, method="POST", placement="query"), more=more).listing()
    other = target.see(view, evolve(channel, method=method, placement=placement), more=more)
    # what the request names is there, or the first one would have been refused as well
    claim(not other.refused, message, one.outline(), other.outline(), other)
    other.listing()
    claim_same_page(message, one, other)
    claim_same_items(target, one.items, other.items, message, other)


@requirement("methods.agree")
@given(st.data())
def test_agree(target: Target, format: Format, data: Draws) -> None:
    """GET and POST get the same answer."""
    if {c.method for c in target.channels} != {"GET", "POST"}:
        raise NotApplicable("this run uses one method only")
    claim_same_answer(target, format, data, "GET", "query", "GET answers unlike POST")


@requirement("methods.form-body")
@given(st.data())
def test_form_body(target: Target, format: Format, data: Draws) -> None:
    """Parameters in the form body of a POST mean the same as in its query."""
    if all(c.method != "POST" for c in target.channels):
        raise NotApplicable("this run does not use POST")
    claim_same_answer(target, format, data, "POST", "form", "a form body is read unlike a query")


@requirement("methods.other")
@given(st.data())
def test_other(target: Target, format: Format, data: Draws) -> None:
    """Any HTTP method but GET and POST is refused."""
    channel = channel_of(target, format, data)
    method = data.draw(st.sampled_from(["PUT", "DELETE", "PATCH"]), label="method")
    # a server may refuse a method before it knows the format, so the body is not judged
    answer = target.send(target.call((), evolve(channel, method=method, placement="query")), watched=False)
    refused = 400 <= answer.status < 600
    claim_refusable(refused, f"{method} is not refused", "a 4xx or 5xx status", answer.outline(), answer)


@requirement("methods.safe")
def test_safe(target: Target, format: Format) -> None:
    """HEAD, OPTIONS and TRACE are refused, or mean what they mean in HTTP: none of them runs the operation."""
    for method in ("HEAD", "OPTIONS", "TRACE"):
        for channel in dict.fromkeys(evolve(c, method=method, placement="query") for c in target.channels_for(format)):
            call = target.call((), channel)
            answer = target.send(call, watched=False)
            wanted = "a refusal, or an answer without a result"
            claim_refusable(stands(answer), f"{method} breaks the server", wanted, answer.outline(), answer)
            only_its_id = [f.name for f in target.contract.response] == [target.contract.semantics.request_id]
            served = answer.kind == "success" and (answer.has_result or (only_its_id and bool(answer.request_id)))
            claim(not served, f"{method} is served", wanted, answer.outline(), answer)
