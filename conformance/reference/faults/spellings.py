"""Faults of how requests are written: what may be written in two ways is read in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote, unquote_plus

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import (
    Condition,
    before_reading,
    broken_where,
    count,
    is_get,
    is_v3,
    media_type_of,
    refused_where,
)
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.pipeline import FORM
from conformance.reference.steps import STEP, CheckStep, Middleware, Pairs, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of bodies, media types, escapes, headers and repeats."""
    paging = roles.contract.semantics.paging
    return (*_bodies(), *_split(), *_escapes(), *_headers(), *(_repeats(paging.size) if paging else ()))


def _is_chunked(context: Context) -> bool:
    return context.request.header("transfer-encoding") is not None


def _lose_body(condition: Condition) -> Callable[[Context], None]:
    def change(context: Context) -> None:
        if condition(context):
            context.request = evolve(context.request, body=b"")

    return change


def _bodies() -> Iterator[Fault]:
    chunked, typed = ("http.chunked-request",), ("http.form-media-type",)
    yield Fault(
        "chunked-body-is-not-read", "does not read a body in chunks", chunked,
        replacing(STEP.read).by(before_reading(_lose_body(_is_chunked))),
    )  # fmt: skip
    yield Fault(
        "chunked-body-needs-a-length", "refuses a body in chunks with 411", chunked,
        replacing(STEP.method).by(refused_where(_is_chunked, 411, "MissingContentLength")),
    )  # fmt: skip
    yield Fault(
        "first-chunk-is-enough", "reads the first ten bytes of a body in chunks", chunked,
        replacing(STEP.read).by(before_reading(_first_bytes)),
    )  # fmt: skip
    yield Fault(
        "charset-hides-a-form", "does not read a form body whose media type has a charset", typed,
        replacing(STEP.read).by(before_reading(_lose_body(lambda c: "charset" in media_type_of(c)))),
    )  # fmt: skip
    yield Fault(
        "charset-is-refused", "refuses a form body whose media type has a charset with 415", typed,
        replacing(STEP.method).by(refused_where(lambda c: ";" in media_type_of(c), 415, "UnsupportedMediaType")),
    )  # fmt: skip
    yield Fault(
        "quoted-charset-is-refused", "refuses a charset in quotation marks", typed,
        replacing(STEP.method).by(refused_where(lambda c: '"' in media_type_of(c), 400, "InvalidParameter")),
    )  # fmt: skip
    yield Fault(
        "case-of-a-media-type-counts", "does not read a form body whose media type has capitals", typed,
        replacing(STEP.read).by(before_reading(_lose_body(lambda c: media_type_of(c)[:1] == "A"))),
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
        return bool(context.request.body) and media_type_of(context).lower().startswith(FORM)

    yield Fault(
        "query-hides-the-form", "does not read a form body where there is a query", killed_by,
        replacing(STEP.read).by(before_reading(_lose_body(both))),
    )  # fmt: skip

    def lose_query(context: Context) -> None:
        if both(context):
            context.request = evolve(context.request, query="")

    yield Fault(
        "form-hides-the-query", "does not read the query where there is a form body", killed_by,
        replacing(STEP.read).by(before_reading(lose_query)),
    )  # fmt: skip
    yield Fault(
        "split-requests-are-refused", "refuses parameters in query and form", killed_by,
        replacing(STEP.method).by(refused_where(both, 400, "InvalidParameter")),
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
        replacing(STEP.method).by(refused_where(_has_star, 400, "InvalidParameter")),
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
        replacing(STEP.read).by(before_reading(_lose_headers)),
    )  # fmt: skip
    yield Fault(
        "headers-in-capitals-are-refused", "refuses requests whose headers are in capitals", ("http.header-case",),
        replacing(STEP.method).by(refused_where(in_capitals, 400, "InvalidParameter")),
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
        replacing(STEP.answer).by(broken_where(lambda c: len(values(c)) > 1)),
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
