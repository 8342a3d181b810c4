"""Faults of RequestId."""

from __future__ import annotations

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import count, in_xml, only, swapped
from conformance.reference.faults.trees import without
from conformance.reference.listing import ListingPage
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, ErrorStep, MembersStep, TextStep, replacing


def faults() -> tuple[Fault, ...]:
    """RequestId absent, empty, repeated, or of another form."""
    return (
        Fault(
            "errors-without-request-id",
            "leaves RequestId out of errors",
            ("envelope.request-id",),
            replacing(STEP.error).by(without("RequestId")),
        ),
        Fault(
            "empty-request-id-on-empty-page",
            "leaves RequestId empty where the page has no items",
            ("envelope.request-id",),
            replacing(STEP.result).by(_blank_id),
        ),
        Fault(
            "every-50th-request-id-repeats",
            "gives every fiftieth response the RequestId of the one before",
            ("envelope.request-id-unique",),
            replacing(STEP.request_id).by(_repeating),
        ),
        Fault(
            "errors-share-a-request-id",
            "gives all errors of one code the same RequestId",
            ("envelope.request-id-unique",),
            replacing(STEP.error).by(_shared_id),
        ),
        Fault(
            "lower-case-request-id-in-xml",
            "writes RequestId in lower case in XML",
            ("envelope.request-id-form",),
            replacing(STEP.request_id).by(only(in_xml, _in_lower_case)),
        ),
        Fault(
            "request-id-of-errors-without-dashes",
            "writes RequestId without dashes in errors",
            ("envelope.request-id-form",),
            replacing(STEP.error).by(_plain_id),
        ),
    )


def _blank_id(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    tree = inner(context, query, page)
    name = context.contract.semantics.request_id or "RequestId"
    return tree if page.items or name not in tree else {**tree, name: ""}


def _repeating(inner: TextStep, context: Context) -> str:
    fresh = inner(context)
    before: str | None = swapped(context, "request id", fresh)
    return before if before and count(context, "request id") % 50 == 0 else fresh


def _shared_id(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    tree = inner(context, refusal)
    return {**tree, "RequestId": context.memory.setdefault(("shared id", refusal.code), tree["RequestId"])}


def _in_lower_case(inner: TextStep, context: Context) -> str:
    return inner(context).lower()


def _plain_id(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    tree = inner(context, refusal)
    return {**tree, "RequestId": tree["RequestId"].replace("-", "")}
