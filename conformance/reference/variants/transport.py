"""Variants of how answers travel, and of requests that have to be sent again."""

from __future__ import annotations

import gzip
from typing import Any

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.message import Response
from conformance.reference.refusals import COMMON, RefusedRequest
from conformance.reference.steps import STEP, Replacement, ResponseStep, SendStep, replacing
from conformance.reference.variants.variant import Variant


def _travelling(**changes: Any) -> tuple[Replacement, ...]:
    """Middleware that changes how every response travels."""
    return replacing(STEP.send).by(lambda inner, context, response: evolve(inner(context, response), **changes))


def _zipped(inner: SendStep, context: Context, response: Response) -> Response:
    response = inner(context, response)
    if "gzip" not in (context.request.header("accept-encoding") or ""):
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return evolve(response, body=gzip.compress(response.body, 1), headers=headers)


def _more_headers(inner: SendStep, context: Context, response: Response) -> Response:
    response = inner(context, response)
    more = (("X-Trace", "1;2,3"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Server", "Tengine/2.3"))
    return evolve(response, headers=(*response.headers, *more))


def _closing_now_and_then(inner: SendStep, context: Context, response: Response) -> Response:
    return evolve(inner(context, response), close=context.number % 7 == 0)


def _with_a_length(inner: ResponseStep, context: Context) -> Response:
    in_chunks = (context.request.header("transfer-encoding") or "").lower() == "chunked"
    return Response(411, b"", "text/plain") if in_chunks else inner(context)


def _slow(inner: SendStep, context: Context, response: Response) -> Response:
    return evolve(inner(context, response), delay=0.1 if context.number % 50 == 0 else 0.003)


def _now_and_then(
    every: int, refusal: RefusedRequest, headers: tuple[tuple[str, str], ...] = (), dropped: bool = False
) -> tuple[Replacement, ...]:
    """Middleware that refuses every so many-th request unseen, or drops it, so that its nonce stays good."""

    def operate(inner: ResponseStep, context: Context) -> Response:
        if context.number % every == every - 1:
            return evolve(context.steps.fail(context, refusal), headers=headers, dropped=dropped)
        return inner(context)

    return replacing(STEP.operate).by(operate)


THROTTLED = RefusedRequest(*COMMON["throttled"], "throttled")
BUSY = RefusedRequest(
    "ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server.", "busy"
)
RETRY = (("Retry-After", "1"),)


TRANSPORT: tuple[Variant, ...] = (
    Variant("chunked", "sends bodies in chunked transfer encoding", replacements=_travelling(chunked=True)),
    Variant("gzip", "compresses bodies where the client accepts it", replacements=replacing(STEP.send).by(_zipped)),
    Variant("lower-case-headers", "writes header names in lower case", replacements=_travelling(lower_case=True)),
    Variant(
        "extra-headers", "adds headers, some of them repeated", replacements=replacing(STEP.send).by(_more_headers)
    ),
    Variant(
        "asks-for-a-length",
        "answers a request in chunks with status 411 and no body",
        replacements=replacing(STEP.answer).by(_with_a_length),
    ),
    Variant("closes-connections", "closes the connection after each answer", replacements=_travelling(close=True)),
    Variant(
        "closes-now-and-then",
        "closes the connection after every seventh answer",
        replacements=replacing(STEP.send).by(_closing_now_and_then),
    ),
    Variant(
        "drops-now-and-then",
        "ends the connection in place of every 101st answer, without reading the request",
        replacements=_now_and_then(101, BUSY, dropped=True),
    ),
    Variant(
        "slow",
        "answers after some milliseconds, now and then after a tenth of a second",
        replacements=replacing(STEP.send).by(_slow),
    ),
    Variant(
        "throttling",
        "refuses every 23rd request with Throttling.User and status 400",
        replacements=_now_and_then(23, THROTTLED),
    ),
    Variant(
        "throttling-429",
        "refuses every 211th request with Throttling.User, status 429 and Retry-After",
        replacements=_now_and_then(211, evolve(THROTTLED, status=429), RETRY),
    ),
    Variant(
        "unavailable-now-and-then",
        "answers every 307th request with ServiceUnavailable, 503 and Retry-After",
        replacements=_now_and_then(307, BUSY, RETRY),
    ),
)
