"""Faults of HTTP: what may be written in two ways is read in one, and what is not expected breaks the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, unquote_plus

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, count, in_form, in_json, in_xml, is_get, is_v1, is_v3
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.message import Response
from conformance.reference.pipeline import FORM
from conformance.reference.refusals import COMMON, RefusedRequest
from conformance.reference.steps import (
    STEP,
    CheckStep,
    Middleware,
    Pairs,
    ResponseStep,
    SendStep,
    replacing,
)


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of bodies, media types, escapes, headers, repeats, paths, methods and cases."""
    return (
        *_bodies(),
        *_split(),
        *_escapes(),
        *_headers(),
        *(_repeats(roles.contract.semantics.paging.size) if roles.contract.semantics.paging else ()),
        *_unexpected(),
        *_methods(),
        *_cases(roles),
        *_media_types(),
    )


def _broken(condition: Condition) -> Middleware[[], Response]:
    """A documented internal error where the condition holds."""

    def answer(inner: ResponseStep, context: Context) -> Response:
        response = inner(context)
        return (
            context.steps.fail(context, RefusedRequest(*COMMON["crashed"], "crashed"))
            if condition(context)
            else response
        )

    return answer


def _refused(condition: Condition, status: int, code: str) -> Middleware[[], None]:
    def method(inner: CheckStep, context: Context) -> None:
        if condition(context):
            raise RefusedRequest(code, status, "The request is not supported.", code)
        inner(context)

    return method


def _reading(change: Callable[[Context], None]) -> Middleware[[], None]:
    """The request is changed before it is read."""

    def read(inner: CheckStep, context: Context) -> None:
        change(context)
        inner(context)

    return read


def _is_chunked(context: Context) -> bool:
    return context.request.header("transfer-encoding") is not None


def _media_type(context: Context) -> str:
    return context.request.header("content-type") or FORM


def _lose_body(condition: Condition) -> Callable[[Context], None]:
    def change(context: Context) -> None:
        if condition(context):
            context.request = evolve(context.request, body=b"")

    return change


def _bodies() -> Iterator[Fault]:
    chunked, typed = ("http.chunked-request",), ("http.form-media-type",)
    yield Fault(
        "chunked-body-is-not-read", "does not read a body in chunks", chunked,
        replacing(STEP.read).by(_reading(_lose_body(_is_chunked))),
    )  # fmt: skip
    yield Fault(
        "chunked-body-needs-a-length", "refuses a body in chunks with 411", chunked,
        replacing(STEP.method).by(_refused(_is_chunked, 411, "MissingContentLength")),
    )  # fmt: skip
    yield Fault(
        "first-chunk-is-enough", "reads the first ten bytes of a body in chunks", chunked,
        replacing(STEP.read).by(_reading(_first_bytes)),
    )  # fmt: skip
    yield Fault(
        "charset-hides-a-form", "does not read a form body whose media type has a charset", typed,
        replacing(STEP.read).by(_reading(_lose_body(lambda c: "charset" in _media_type(c)))),
    )  # fmt: skip
    yield Fault(
        "charset-is-refused", "refuses a form body whose media type has a charset with 415", typed,
        replacing(STEP.method).by(_refused(lambda c: ";" in _media_type(c), 415, "UnsupportedMediaType")),
    )  # fmt: skip
    yield Fault(
        "quoted-charset-is-refused", "refuses a charset in quotation marks", typed,
        replacing(STEP.method).by(_refused(lambda c: '"' in _media_type(c), 400, "InvalidParameter")),
    )  # fmt: skip
    yield Fault(
        "case-of-a-media-type-counts", "does not read a form body whose media type has capitals", typed,
        replacing(STEP.read).by(_reading(_lose_body(lambda c: _media_type(c)[:1] == "A"))),
    )  # fmt: skip


def _first_bytes(context: Context) -> None:
    if _is_chunked(context):
        context.request = evolve(context.request, body=context.request.body[:10])


def _split() -> Iterator[Fault]:
    killed_by = ("http.split-parameters",)

    def both(context: Context) -> bool:
        names = {pair.partition("=")[0] for pair in context.request.query.split("&") if pair}
        return is_form(context) and bool(names - {"Format"})

    def is_form(context: Context) -> bool:
        return bool(context.request.body) and _media_type(context).lower().startswith(FORM)

    yield Fault(
        "query-hides-the-form", "does not read a form body where there is a query", killed_by,
        replacing(STEP.read).by(_reading(_lose_body(both))),
    )  # fmt: skip

    def lose_query(context: Context) -> None:
        if both(context):
            context.request = evolve(context.request, query="")

    yield Fault(
        "form-hides-the-query", "does not read the query where there is a form body", killed_by,
        replacing(STEP.read).by(_reading(lose_query)),
    )  # fmt: skip
    yield Fault(
        "split-requests-are-refused", "refuses parameters in query and form", killed_by,
        replacing(STEP.method).by(_refused(both, 400, "InvalidParameter")),
    )  # fmt: skip


def _escapes() -> Iterator[Fault]:
    written, sdk = ("http.percent-escapes",), ("http.sdk-escapes",)
    yield Fault(
        "lower-case-escapes-stay", "does not decode escapes in lower case", written,
        replacing(STEP.decode).by(_decoded(lambda text: re.sub("%(?=[0-9]?[a-f]|[a-f])", "%25", text))),
    )  # fmt: skip
    yield Fault(
        "escaped-letters-stay", "does not decode escapes of letters", written,
        replacing(STEP.decode).by(_decoded(lambda text: re.sub("%(?=[4-7][0-9A-Fa-f])", "%25", text))),
    )  # fmt: skip
    yield Fault(
        "raw-text-is-verified", "verifies the query as it was written, not what it stands for", written,
        replacing(STEP.canonical_query).by(_as_written),
    )  # fmt: skip
    yield Fault(
        "plus-is-no-space", "reads + in a query as a plus sign", sdk,
        replacing(STEP.decode).by(_decoded(lambda text: text.replace("+", "%2B"))),
    )  # fmt: skip
    yield Fault(
        "raw-star-is-refused", "refuses a query with a * in it", sdk,
        replacing(STEP.method).by(_refused(_has_star, 400, "InvalidParameter")),
    )  # fmt: skip


def _has_star(context: Context) -> bool:
    return "*" in context.request.query or b"*" in context.request.body


def _decoded(change: Callable[[str], str]) -> Middleware[[str], Pairs]:
    return lambda inner, context, text: inner(context, change(text))


def _as_written(inner: Callable[[Context, Pairs], str], context: Context, pairs: Pairs) -> str:
    request = context.request
    text = "&".join(part for part in (request.query, request.body.decode("utf-8", "replace")) if part)
    if is_v3(context):
        text = request.query
    known = {name for name, _ in pairs}
    parts = [part for part in text.split("&") if part and unquote_plus(part.partition("=")[0]) in known]
    return "&".join(sorted(parts, key=unquote))


def _headers() -> Iterator[Fault]:
    def in_capitals(context: Context) -> bool:
        return any(name.isupper() for name in context.request.spellings)

    yield Fault(
        "headers-in-capitals-are-lost", "does not know headers whose names are in capitals", ("http.header-case",),
        replacing(STEP.read).by(_reading(_lose_headers)),
    )  # fmt: skip
    yield Fault(
        "headers-in-capitals-are-refused", "refuses requests whose headers are in capitals", ("http.header-case",),
        replacing(STEP.method).by(_refused(in_capitals, 400, "InvalidParameter")),
    )  # fmt: skip


def _lose_headers(context: Context) -> None:
    request = context.request
    kept = [h for h, name in zip(request.headers, request.spellings, strict=False) if not name.isupper()]
    if request.spellings:
        context.request = evolve(request, headers=tuple(kept))


def _repeats(size: str) -> Iterator[Fault]:
    killed_by = ("http.repeated-parameter",)

    def values(context: Context) -> list[str]:
        return [value for name, value in context.sent if name == size]

    def taking(change: Callable[[Context, list[str]], str]) -> Middleware[[], None]:
        def read(inner: CheckStep, context: Context) -> None:
            inner(context)
            sent = values(context)
            if len(sent) > 1:
                context.parameters = {**context.parameters, size: change(context, sent)}

        return read

    yield Fault(
        "repeated-parameter-breaks", f"answers two values of {size} with an internal error", killed_by,
        replacing(STEP.answer).by(_broken(lambda c: len(values(c)) > 1)),
    )  # fmt: skip
    yield Fault(
        "repeated-values-add-up", f"adds two values of {size} up", killed_by,
        replacing(STEP.read).by(
            taking(lambda c, sent: str(sum(map(int, sent))) if all(v.isdigit() for v in sent) else sent[-1])
        ),
    )  # fmt: skip
    yield Fault(
        "first-value-counts-in-get", f"takes the first of two values of {size} in GET, and the last in POST", killed_by,
        replacing(STEP.read).by(taking(lambda c, sent: sent[0] if is_get(c) else sent[-1])),
    )  # fmt: skip
    yield Fault(
        "first-value-counts-in-v3", f"takes the first of two values of {size} in V3, and the last in V1", killed_by,
        replacing(STEP.read).by(taking(lambda c, sent: sent[0] if is_v3(c) else sent[-1])),
    )  # fmt: skip
    yield Fault(
        "any-value-counts", f"takes the first and the last of two values of {size} by turns", killed_by,
        replacing(STEP.read).by(taking(lambda c, sent: sent[-(count(c, "repeated") % 2)])),
    )  # fmt: skip


def _unexpected() -> Iterator[Fault]:
    """Paths and bodies that nobody sends."""
    path, body = ("http.other-path",), ("http.other-body",)

    def is_elsewhere(context: Context) -> bool:
        return context.request.path != "/"

    def has_other_body(context: Context) -> bool:
        return bool(context.request.body) and not _media_type(context).lower().startswith(FORM)

    yield Fault(
        "other-path-breaks", "answers another path with an internal error", path,
        replacing(STEP.answer).by(_broken(is_elsewhere)),
    )  # fmt: skip
    yield Fault(
        "second-slash-breaks", "answers a second slash with an internal error", path,
        replacing(STEP.answer).by(_broken(lambda c: c.request.path == "//")),
    )  # fmt: skip
    yield Fault(
        "other-path-is-empty", "answers another path without items", path,
        replacing(STEP.method).by(lambda inner, context: None)
        + replacing(STEP.stored).by(
            lambda inner, context, region: [] if is_elsewhere(context) else inner(context, region)
        ),
    )  # fmt: skip
    yield Fault(
        "json-body-breaks", "answers a JSON body with an internal error", body,
        replacing(STEP.answer).by(_broken(lambda c: has_other_body(c) and "json" in _media_type(c))),
    )  # fmt: skip
    yield Fault(
        "unknown-body-breaks", "answers a body of no known type with an internal error", body,
        replacing(STEP.answer).by(_broken(lambda c: has_other_body(c) and "/" not in _media_type(c))),
    )  # fmt: skip
    yield Fault(
        "text-body-empties-the-listing", "lists nothing where there is a text body", body,
        replacing(STEP.stored).by(
            lambda inner, context, region: (
                [] if has_other_body(context) and "text" in _media_type(context) else inner(context, region)
            )
        ),
    )  # fmt: skip


def _methods() -> Iterator[Fault]:
    killed_by = ("methods.safe",)

    def is_method(*methods: str) -> Condition:
        return lambda context: context.request.method in methods

    yield Fault(
        "head-breaks",
        "answers HEAD with an internal error",
        killed_by,
        replacing(STEP.answer).by(_broken(is_method("HEAD"))),
    )
    yield Fault(
        "trace-breaks", "answers TRACE with an internal error", killed_by,
        replacing(STEP.answer).by(_broken(is_method("TRACE"))),
    )  # fmt: skip
    for method in ("OPTIONS", "TRACE"):
        yield Fault(
            f"{method.lower()}-is-served", f"serves {method} as GET", killed_by,
            replacing(STEP.method).by(_serving(method)),
        )  # fmt: skip
    yield Fault(
        "patch-is-served", "serves PATCH as POST", ("methods.other",),
        replacing(STEP.method).by(_serving("PATCH")),
    )  # fmt: skip


def _serving(method: str) -> Middleware[[], None]:
    return lambda inner, context: None if context.request.method == method else inner(context)


def _cases(roles: FaultRoles) -> Iterator[Fault]:
    """Names and formats in another case."""
    names, formats = ("http.name-case",), ("formats.other-case",)
    own = {p.name.lower() for p in roles.parameters}
    operation = roles.contract.operation
    yield Fault(
        "names-in-other-case-break", "answers a parameter whose name is in another case with an internal error", names,
        replacing(STEP.answer).by(_broken(lambda c: bool(own & c.parameters.keys()))),
    )  # fmt: skip
    yield Fault(
        "action-in-lower-case-breaks", "answers an action in lower case with an internal error", names,
        replacing(STEP.answer).by(_broken(lambda c: c.common["Action"] == operation.lower())),
    )  # fmt: skip
    yield Fault(
        "no-action-breaks", "answers a request without Action with an internal error", names,
        replacing(STEP.answer).by(_broken(lambda c: is_v1(c) and "ACTION" in c.parameters)),
    )  # fmt: skip
    yield Fault(
        "format-in-lower-case-is-not-heard", "answers Format=json in XML", formats,
        replacing(STEP.read).by(_deaf),
    )  # fmt: skip
    yield Fault(
        "format-in-mixed-case-breaks", "answers Format=Json and Format=Xml with an internal error", formats,
        replacing(STEP.answer).by(_broken(lambda c: c.parameters.get("Format") in ("Json", "Xml"))),
    )  # fmt: skip


def _deaf(inner: CheckStep, context: Context) -> None:
    inner(context)
    if context.parameters.get("Format") == "json":
        context.format = "xml"


def _media_types() -> Iterator[Fault]:
    """What answers say of themselves."""
    killed_by = ("envelope.charset",)

    def naming(condition: Callable[[Context, Response], bool], charset: str) -> Middleware[[Response], Response]:
        def send(inner: SendStep, context: Context, response: Response) -> Response:
            response = inner(context, response)
            if not condition(context, response):
                return response
            return evolve(response, media_type=f"{response.media_type.partition(';')[0]}; charset={charset}")

        return send

    named: tuple[tuple[str, str, Callable[[Context, Response], bool], str], ...] = (
        ("errors-are-latin", "errors are ISO-8859-1", lambda c, r: r.status >= 400, "ISO-8859-1"),
        ("xml-is-gbk", "XML is GBK", lambda c, r: in_xml(c), "gbk"),
        ("json-is-utf-16", "JSON is UTF-16", lambda c, r: in_json(c), "utf-16"),
        ("forms-get-windows-1252", "answers to forms are windows-1252", lambda c, r: in_form(c), "windows-1252"),
    )
    for name, what, condition, charset in named:
        yield Fault(
            f"{name}-by-name", f"says that {what}, which is UTF-8", killed_by,
            replacing(STEP.send).by(naming(condition, charset)),
        )  # fmt: skip
