"""Faults of the envelope: status, body, root element, media type, encoding."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults import request_ids
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import every, in_json, in_xml, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.trees import items_changed, without
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import (
    STEP,
    EncodeStep,
    ErrorStep,
    FailStep,
    Middleware,
    ResponseStep,
    WriteStep,
    replacing,
)

P = ParamSpec("P")


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the envelope that make sense for the contract."""
    contract = roles.contract
    request_id = contract.semantics.request_id or "RequestId"
    total = contract.semantics.paging.total if contract.semantics.paging else request_id
    own = (
        [
            Fault(
                "own-errors-have-status-200-in-xml",
                "answers documented errors of the operation with status 200, in XML",
                ("envelope.error-status",),
                replacing(STEP.fail).by(only(in_xml, _own_error_200)),
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
            replacing(STEP.succeed).by(_empty_is_404),
        ),
        Fault(
            "rare-success-has-status-500",
            "gives every hundredth result the status 500",
            # what has nothing but its id to say is then an error, and without what errors have
            ("envelope.success-status",) if contract.response[1:] else ("envelope.error-body",),
            replacing(STEP.succeed).by(only(every(100, "status"), _with(status=500))),
        ),
        Fault(
            "errors-have-status-200",
            "answers every error with status 200",
            ("envelope.error-status",),
            replacing(STEP.fail).by(_with(status=200)),
        ),
        Fault(
            "goes-down",
            "ends every connection without an answer, after 150 requests",
            ("envelope.http-answer",),
            replacing(STEP.answer).by(_down_after(150, _dropped)),
        ),
        Fault(
            "gateway-takes-over",
            "answers every request with status 502 and an HTML page, after 150 requests",
            ("envelope.readable",),
            replacing(STEP.answer).by(_down_after(150, _bad_gateway)),
        ),
        Fault(
            "json-begins-with-a-byte-order-mark",
            "writes a byte order mark before JSON",
            ("envelope.no-byte-order-mark",),
            replacing(STEP.encoded).by(only(in_json, _marked)),
        ),
        Fault(
            "long-json-is-cut-off",
            "loses the last byte of JSON bodies over 8000 bytes",
            ("envelope.readable",),
            replacing(STEP.encoded).by(only(in_json, _cut_off)),
        ),
        Fault(
            "xml-text-is-not-escaped",
            "writes & and < as they are into XML",
            ("envelope.readable",),
            replacing(STEP.escape).by(lambda inner, context, text: text),
        ),
        Fault(
            "json-comma-after-full-page",
            "writes a comma after the last item of a full page, in JSON",
            ("envelope.readable",),
            replacing(STEP.as_json).by(_trailing_comma),
        ),
        Fault(
            "only-item-is-no-list",
            "writes a listing of one item as an object where a list belongs, in JSON",
            ("envelope.success-body",),
            replacing(STEP.result).by(only(in_json, items_changed(_unlisted_only_item))),
        ),
        Fault(
            "empty-list-is-null",
            "writes an empty list as null in JSON",
            ("envelope.success-body",),
            replacing(STEP.result).by(only(in_json, items_changed(lambda items: items or None))),
        ),
        Fault(
            "xml-error-without-code",
            "leaves the code out of errors in XML",
            ("envelope.error-body",),
            replacing(STEP.error).by(only(in_xml, without("Code"))),
        ),
        Fault(
            "json-error-is-nested",
            "puts an error into a member named Error in JSON",
            ("envelope.error-body",),
            replacing(STEP.as_json).by(_nested_error),
        ),
        Fault(
            "signature-errors-without-message",
            "leaves the message out of refusals of the signature",
            ("envelope.error-body",),
            replacing(STEP.error).by(_unexplained),
        ),
        Fault(
            "errors-without-host-id",
            "leaves HostId out of errors",
            ("envelope.host-id",),
            replacing(STEP.error).by(without("HostId")),
        ),
        Fault(
            "root-is-result",
            "names the XML root after the operation and Result",
            ("envelope.root-element",),
            replacing(STEP.as_xml).by(_root(r"Response$", "Result")),
        ),
        Fault(
            "error-root-is-error-response",
            "names the XML root of an error ErrorResponse",
            ("envelope.root-element",),
            replacing(STEP.as_xml).by(_root(r"^Error$", "ErrorResponse")),
        ),
        Fault(
            "json-is-called-xml",
            "says text/xml above a JSON result",
            ("envelope.media-type",),
            replacing(STEP.succeed).by(only(in_json, _with(media_type="text/xml; charset=utf-8"))),
        ),
        Fault(
            "xml-errors-are-called-html",
            "says text/html above errors in XML",
            ("envelope.media-type",),
            replacing(STEP.fail).by(only(in_xml, _with(media_type="text/html"))),
        ),
        Fault(
            "xml-in-gbk",
            "encodes XML in GBK, and says so",
            ("envelope.utf-8",),
            replacing(STEP.encoded).by(only(in_xml, _in_gbk)),
        ),
        Fault(
            "json-in-cesu-8",
            "encodes characters beyond the basic plane as two surrogates of three bytes, in JSON",
            ("envelope.utf-8",),
            replacing(STEP.encoded).by(only(in_json, _in_cesu)),
        ),
        Fault(
            "total-appears-twice",
            "writes one member of the result twice in JSON",
            ("envelope.one-value-a-member",),
            replacing(STEP.as_json).by(_doubled_json(total)),
        ),
        Fault(
            "xml-request-id-appears-twice",
            "writes RequestId twice in XML errors",
            ("envelope.one-value-a-member",),
            replacing(STEP.as_xml).by(_doubled_xml),
        ),
        *request_ids.faults(),
    )


def _empty_is_404(inner: ResponseStep, context: Context) -> Response:
    response = inner(context)
    return evolve(response, status=404) if _shows_no_item(context, response) else response


def _shows_no_item(context: Context, response: Response) -> bool:
    key = context.contract.semantics.key or ""
    return key.encode() not in response.body


def _with(**changes: Any) -> Middleware[P, Response]:
    """Middleware that changes a response."""

    def changed(
        inner: Callable[Concatenate[Context, P], Response], context: Context, /, *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        return evolve(inner(context, *args, **kwargs), **changes)

    return changed


def _own_error_200(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
    own = any(e.code == refusal.code for e in context.contract.errors)
    return evolve(inner(context, refusal), status=200) if own else inner(context, refusal)


def _cut_off(inner: EncodeStep, context: Context, text: str) -> bytes:
    body = inner(context, text)
    return body[:-1] if len(body) > 8000 else body


def _unlisted_only_item(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _trailing_comma(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
    text = inner(context, root, tree)
    full = text.count("},{") + 1 >= context.query.size > 1
    return text.replace("}]", "},]", 1) if full else text


def _nested_error(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
    return inner(context, root, {"Error": tree} if root == "Error" else tree)


def _unexplained(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    tree = inner(context, refusal)
    unsigned = "signature" in refusal.about
    return {k: v for k, v in tree.items() if k != "Message"} if unsigned else tree


def _root(pattern: str, new: str) -> Middleware[[str, Tree], str]:
    return lambda inner, context, root, tree: inner(context, re.sub(pattern, new, root), tree)


def _in_gbk(inner: EncodeStep, context: Context, text: str) -> bytes:
    return text.replace('encoding="UTF-8"', 'encoding="GB18030"').encode("gb18030")


def _in_cesu(inner: EncodeStep, context: Context, text: str) -> bytes:
    pairs = re.sub("[\U00010000-\U0010ffff]", lambda m: _surrogates(ord(m[0])), text)
    return pairs.encode("utf-8", "surrogatepass")


def _surrogates(point: int) -> str:
    point -= 0x10000
    return chr(0xD800 + (point >> 10)) + chr(0xDC00 + (point & 0x3FF))


def _doubled_json(name: str) -> Middleware[[str, Tree], str]:
    def doubled(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
        text = inner(context, root, tree)
        return f'{{"{name}":{json.dumps(tree[name])},{text[1:]}' if name in tree else text

    return doubled


def _doubled_xml(inner: WriteStep, context: Context, root: str, tree: Tree) -> str:
    text = inner(context, root, tree)
    return re.sub(r"(<RequestId>.*?</RequestId>)", r"\1\1", text, count=1) if root == "Error" else text


def _down_after(requests: int, as_it_is_then: Callable[[Response], Response]) -> Middleware[[], Response]:
    """What a server does that works for a while."""

    def middleware(inner: ResponseStep, context: Context) -> Response:
        response = inner(context)
        seen = context.memory.setdefault(("requests until it goes down", requests), itertools.count(1))
        return as_it_is_then(response) if next(seen) > requests else response

    return middleware


def _dropped(response: Response) -> Response:
    return evolve(response, dropped=True)


def _bad_gateway(_: Response) -> Response:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>gateway</body></html>"
    return Response(502, page, "text/html; charset=utf-8")


def _marked(inner: EncodeStep, context: Context, text: str) -> bytes:
    return b"\xef\xbb\xbf" + inner(context, text)
