"""Faults of the envelope: status, body, root element, media type, encoding, RequestId."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.hooks import Hook, count, every, in_json, in_xml, only, swapped
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.trees import items_changed
from conformance.reference.listing import ListingPage
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    contract = roles.contract
    total = contract.semantics.paging.total if contract.semantics.paging else contract.semantics.request_id
    own = (
        [
            Fault(
                "own-errors-have-status-200-in-xml",
                "answers documented errors of the operation with status 200, in XML",
                ("envelope.error-status",),
                {"fail": only(in_xml, _own_error_200)},
            )
        ]
        if contract.errors
        else []
    )
    return (
        *own,
        Fault(
            "empty-page-is-404",
            "answers a page without items with status 404 and the result",
            ("envelope.success-status",),
            {"succeed": _empty_is_404},
        ),
        Fault(
            "rare-success-has-status-500",
            "gives every hundredth result the status 500",
            ("envelope.success-status",),
            {"succeed": only(every(100, "status"), _with_status(500))},
        ),
        Fault(
            "errors-have-status-200",
            "answers every error with status 200",
            ("envelope.error-status",),
            {"fail": _with_status(200)},
        ),
        Fault(
            "long-json-is-cut-off",
            "loses the last byte of JSON bodies over 8000 bytes",
            ("envelope.success-body",),
            {"encoded": only(in_json, _cut_off)},
        ),
        Fault(
            "xml-text-is-not-escaped",
            "writes & and < as they are into XML",
            ("envelope.success-body",),
            {"escape": lambda inner, context, text: text},
        ),
        Fault(
            "json-comma-after-full-page",
            "writes a comma after the last item of a full page, in JSON",
            ("envelope.success-body",),
            {"as_json": _trailing_comma},
        ),
        Fault(
            "only-item-is-no-list",
            "writes a listing of one item as an object where a list belongs, in JSON",
            ("envelope.success-body",),
            {"result": only(in_json, items_changed(_unlisted_only_item))},
        ),
        Fault(
            "empty-list-is-null",
            "writes an empty list as null in JSON",
            ("envelope.success-body",),
            {"result": only(in_json, items_changed(lambda items: items or None))},
        ),
        Fault(
            "xml-error-without-code",
            "leaves the code out of errors in XML",
            ("envelope.error-body",),
            {"error": only(in_xml, _without("Code"))},
        ),
        Fault(
            "json-error-is-nested",
            "puts an error into a member named Error in JSON",
            ("envelope.error-body",),
            {"as_json": _nested_error},
        ),
        Fault(
            "signature-errors-without-message",
            "leaves the message out of refusals of the signature",
            ("envelope.error-body",),
            {"error": _unexplained},
        ),
        Fault(
            "errors-without-host-id",
            "leaves HostId out of errors",
            ("envelope.host-id",),
            {"error": _without("HostId")},
        ),
        Fault(
            "root-is-result",
            "names the XML root after the operation and Result",
            ("envelope.root-element",),
            {"as_xml": _root(r"Response$", "Result")},
        ),
        Fault(
            "error-root-is-error-response",
            "names the XML root of an error ErrorResponse",
            ("envelope.root-element",),
            {"as_xml": _root(r"^Error$", "ErrorResponse")},
        ),
        Fault(
            "json-is-called-xml",
            "says text/xml above a JSON result",
            ("envelope.media-type",),
            {"succeed": only(in_json, _typed("text/xml; charset=utf-8"))},
        ),
        Fault(
            "xml-errors-are-called-html",
            "says text/html above errors in XML",
            ("envelope.media-type",),
            {"fail": only(in_xml, _typed("text/html"))},
        ),
        Fault("xml-in-gbk", "encodes XML in GBK, and says so", ("envelope.utf-8",), {"encoded": only(in_xml, _in_gbk)}),
        Fault(
            "json-in-cesu-8",
            "encodes characters beyond the basic plane as two surrogates of three bytes, in JSON",
            ("envelope.utf-8",),
            {"encoded": only(in_json, _in_cesu)},
        ),
        Fault(
            "total-appears-twice",
            "writes one member of the result twice in JSON",
            ("envelope.one-value-a-member",),
            {"as_json": _doubled_json(total)},
        ),
        Fault(
            "xml-request-id-appears-twice",
            "writes RequestId twice in XML errors",
            ("envelope.one-value-a-member",),
            {"as_xml": _doubled_xml},
        ),
        Fault(
            "errors-without-request-id",
            "leaves RequestId out of errors",
            ("envelope.request-id",),
            {"error": _without("RequestId")},
        ),
        Fault(
            "empty-request-id-on-empty-page",
            "leaves RequestId empty where the page has no items",
            ("envelope.request-id",),
            {"result": _blank_id},
        ),
        Fault(
            "every-50th-request-id-repeats",
            "gives every fiftieth response the RequestId of the one before",
            ("envelope.request-id-unique",),
            {"request_id": _repeating},
        ),
        Fault(
            "errors-share-a-request-id",
            "gives all errors of one code the same RequestId",
            ("envelope.request-id-unique",),
            {"error": _shared_id},
        ),
        Fault(
            "lower-case-request-id-in-xml",
            "writes RequestId in lower case in XML",
            ("envelope.request-id-form",),
            {"request_id": only(in_xml, _id_as(str.lower))},
        ),
        Fault(
            "request-id-of-errors-without-dashes",
            "writes RequestId without dashes in errors",
            ("envelope.request-id-form",),
            {"error": _plain_id},
        ),
    )


def _empty_is_404(inner: Hook, context: Context) -> Response:
    response = inner(context)
    return evolve(response, status=404) if _shows_no_item(context, response) else response


def _shows_no_item(context: Context, response: Response) -> bool:
    key = context.contract.semantics.key or ""
    return key.encode() not in response.body


def _with_status(status: int) -> Hook:
    return lambda inner, context, *args: evolve(inner(context, *args), status=status)


def _own_error_200(inner: Hook, context: Context, refusal: RefusedRequest) -> Response:
    own = any(e.code == refusal.code for e in context.contract.errors)
    return evolve(inner(context, refusal), status=200) if own else inner(context, refusal)


def _cut_off(inner: Hook, context: Context, text: str) -> bytes:
    body = inner(context, text)
    return body[:-1] if len(body) > 8000 else body


def _unlisted_only_item(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _trailing_comma(inner: Hook, context: Context, root: str, tree: Mapping[str, Any]) -> str:
    text = inner(context, root, tree)
    full = context.query is not None and text.count("},{") + 1 >= context.query.size > 1
    return text.replace("}]", "},]", 1) if full else text


def _without(name: str) -> Hook:
    return lambda inner, context, *args: {k: v for k, v in inner(context, *args).items() if k != name}


def _nested_error(inner: Hook, context: Context, root: str, tree: Mapping[str, Any]) -> str:
    return inner(context, root, {"Error": tree} if root == "Error" else tree)


def _unexplained(inner: Hook, context: Context, refusal: RefusedRequest) -> Mapping[str, Any]:
    tree = inner(context, refusal)
    unsigned = "signature" in refusal.about
    return {k: v for k, v in tree.items() if k != "Message"} if unsigned else tree


def _root(pattern: str, new: str) -> Hook:
    return lambda inner, context, root, tree: inner(context, re.sub(pattern, new, root), tree)


def _typed(media_type: str) -> Hook:
    return lambda inner, context, *args: evolve(inner(context, *args), media_type=media_type)


def _in_gbk(inner: Hook, context: Context, text: str) -> bytes:
    return text.replace('encoding="UTF-8"', 'encoding="GB18030"').encode("gb18030")


def _in_cesu(inner: Hook, context: Context, text: str) -> bytes:
    pairs = re.sub("[\U00010000-\U0010ffff]", lambda m: _surrogates(ord(m[0])), text)
    return pairs.encode("utf-8", "surrogatepass")


def _surrogates(point: int) -> str:
    point -= 0x10000
    return chr(0xD800 + (point >> 10)) + chr(0xDC00 + (point & 0x3FF))


def _doubled_json(name: str) -> Hook:
    def doubled(inner: Hook, context: Context, root: str, tree: Mapping[str, Any]) -> str:
        text = inner(context, root, tree)
        return f'{{"{name}":{json.dumps(tree[name])},{text[1:]}' if name in tree else text

    return doubled


def _doubled_xml(inner: Hook, context: Context, root: str, tree: Mapping[str, Any]) -> str:
    text = inner(context, root, tree)
    return re.sub(r"(<RequestId>.*?</RequestId>)", r"\1\1", text, count=1) if root == "Error" else text


def _blank_id(inner: Hook, context: Context, query: Any, page: ListingPage) -> Mapping[str, Any]:
    tree = inner(context, query, page)
    name = context.contract.semantics.request_id
    return tree if page.items or name not in tree else {**tree, name: ""}


def _repeating(inner: Hook, context: Context) -> str:
    fresh = inner(context)
    before = swapped(context, "request id", fresh)
    return before if before and count(context, "request id") % 50 == 0 else fresh


def _shared_id(inner: Hook, context: Context, refusal: RefusedRequest) -> Mapping[str, Any]:
    tree = inner(context, refusal)
    return {**tree, "RequestId": context.memory.setdefault(("shared id", refusal.code), tree["RequestId"])}


def _id_as(change: Hook) -> Hook:
    return lambda inner, context: change(inner(context))


def _plain_id(inner: Hook, context: Context, refusal: RefusedRequest) -> Mapping[str, Any]:
    tree = inner(context, refusal)
    return {**tree, "RequestId": tree["RequestId"].replace("-", "")}
