"""Signatures and retries. What is wrong with a signature, the endpoint has already found."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from conformance.ledger.findings import Inconclusive
from conformance.ledger.roles import CLIENT_TOKEN
from conformance.sdk.endpoint import Recorded
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.judges.requests import arrives_unchanged, not_given
from conformance.sdk.observation import Observation, ObservedCall
from conformance.wire.dates import http_date

_EARLY = 0.1
_WINDOW = timedelta(minutes=15)
_ENOUGH_NONCES = 24
_LEAST_BITS = 48


def no_problem(ids: tuple[str, ...]) -> Callable[[Observation, ObservedCall, Recorded], SdkFinding | None]:
    """A judge of single requests that fails those with one of these problems of their signature."""

    def judge(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
        found = next((p for p in request.problems if p.id in ids), None)
        return failed(found.message, "none of: " + ", ".join(ids), found.id, request) if found else None

    return judge


def told_apart(requests: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """The requests without those that are, byte for byte, the one before them, which got no answer: an HTTP library may
    send these again over another connection, and the SDK has made one request.
    """
    return tuple(r for n, r in enumerate(requests) if n == 0 or not _is_sent_again(requests[n - 1], r))


def _is_sent_again(before: Recorded, request: Recorded) -> bool:
    return before.reply.transfer in ("close", "reset") and before.request == request.request


def retries_are_signed_anew(seen: Observation) -> SdkFinding:
    """Each attempt has a nonce of its own and a valid signature."""
    attempts = told_apart(seen.last.requests)
    if len(attempts) < 2:
        return skipped("this SDK does not repeat the request by itself")
    nonces = [a.arrival.nonce for a in attempts]
    if len(set(nonces)) < len(nonces):
        return failed("Attempts share a nonce", f"{len(attempts)} nonces", f"{len(set(nonces))}", attempts[1])
    for attempt in attempts[1:]:
        if attempt.problems:
            return failed(
                attempt.problems[0].message,
                "a valid signature on each attempt",
                attempt.problems[0].id,
                attempt,
            )
    return PASSED


def retries_ask_the_same(seen: Observation) -> SdkFinding:
    """Each attempt has the parameters of the first."""
    attempts = seen.last.requests
    if len(attempts) < 2:
        return skipped("this SDK does not repeat the request by itself")
    first = sorted(attempts[0].arrival.parameters)
    for attempt in attempts[1:]:
        if sorted(attempt.arrival.parameters) != first:
            return failed(
                "An attempt asks something else than the first",
                first,
                sorted(attempt.arrival.parameters),
                attempt,
            )
    return PASSED


def sent_once(seen: Observation) -> SdkFinding:
    """What was refused for good is not asked again."""
    attempts = seen.last.requests
    if not attempts:
        return skipped("nothing arrived")
    if len(attempts) > 1:
        return failed("A refused request was sent again", "1 request", f"{len(attempts)} requests", attempts[1])
    return PASSED


def sent_once_or_by_one_token(seen: Observation) -> SdkFinding:
    """What got no answer is not asked again, unless each attempt has the same client token, or the same nonce: an HTTP
    library that repeats the very bytes does no harm, since a service takes no nonce twice.
    """
    attempts = seen.last.requests
    tokens = {dict(one.arrival.parameters).get(CLIENT_TOKEN) for one in attempts}
    nonces = {one.arrival.nonce for one in attempts}
    if len(attempts) < 2 or len(nonces) == 1 or (len(tokens) == 1 and None not in tokens):
        return not_given(seen.last.answer) if seen.last.answer.unsupported is not None else PASSED
    return failed(
        "A request that may have been carried out was sent again, without a client token and with another nonce",
        "1 request, or the same client token on each",
        f"{len(attempts)} requests",
        attempts[1],
        "a request without an answer is sent again",
    )


def few_attempts(seen: Observation) -> SdkFinding:
    """Retries have an end: ten attempts at most."""
    attempts = seen.last.requests
    if len(attempts) > 10:
        return failed("The request was attempted too often", "at most 10", len(attempts), attempts[-1])
    return PASSED


def attempts_wait_as_told(seen: Observation) -> SdkFinding:
    """An attempt that follows an answer with Retry-After comes no sooner than that many seconds later."""
    for request, served in zip(seen.last.requests[1:], seen.last.served, strict=False):
        told = float(served.spec.headers.get("Retry-After", 0))
        if told and request.after is None:
            return Inconclusive("the recording does not say when the requests came")
        # the clocks of both are one, and a timer may end a little early
        if told and request.after is not None and request.after < told - _EARLY:
            return failed(
                "An attempt comes before the time that Retry-After gave",
                f"{told:g} s after the refusal",
                f"{request.after:.1f} s after it",
                request,
            )
    if len(seen.last.requests) < 2:
        return skipped("this SDK does not repeat the request by itself")
    return PASSED


def signed_in_utc(seen: Observation) -> SdkFinding:
    """The request arrives unchanged and validly signed, and a Date header that it carries is one of HTTP."""
    problem = arrives_unchanged(seen)
    if problem is not PASSED:
        return problem
    first = seen.last.requests[0]
    if first.problems:
        return failed(first.problems[0].message, "a valid signature with a time in UTC", first.problems[0].id, first)
    date = first.arrival.headers.get("date")
    if date is None:
        return PASSED
    said, signed = http_date(date), first.arrival.timestamp
    if said is None:
        return failed("The Date header is no date of HTTP", "as in Sun, 06 Nov 1994 08:49:37 GMT", date, first)
    # the timestamp was found right, so it tells what the date should be
    if signed is not None and abs(said - datetime.fromisoformat(signed)) > _WINDOW:
        return failed("The Date header is not in UTC", signed, date, first)
    return PASSED


def nonces_differ(seen: Observation) -> SdkFinding:
    """The calls that were made at once have all arrived, each request with a nonce of its own and validly signed."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
    requests = seen.requests
    if len(requests) < seen.case.burst:
        return Inconclusive(f"{len(requests)} of {seen.case.burst} calls arrived")
    nonces = [r.arrival.nonce for r in requests]
    if len(set(nonces)) < len(nonces):
        shown = next(r for n, r in enumerate(requests) if r.arrival.nonce in nonces[:n])
        return failed("Calls made at once share nonces", f"{len(nonces)} nonces", f"{len(set(nonces))}", shown)
    wrong = next((r for r in requests if r.problems), None)
    if wrong is not None:
        return failed(wrong.problems[0].message, "a valid signature on each", wrong.problems[0].id, wrong)
    return PASSED


def nonces_are_not_guessable(seen: Sequence[Observation]) -> SdkFinding:
    """The nonces of a run differ in more places than a counter or a clock does.

    Their spread is at most the sum over all places of the bits that the characters seen there can tell apart: a
    counter of a run has about 10, milliseconds 20, a UUID of time and host 45, a random UUID over 100. What is
    hashed cannot be told from what is random, and passes.
    """
    requests = [r for one in seen for r in one.requests if r.arrival.nonce]
    nonces = sorted({str(r.arrival.nonce) for r in requests})
    if len(nonces) < _ENOUGH_NONCES:
        return skipped(f"{len(nonces)} nonces are too few to judge")
    longest = max(map(len, nonces))
    # numbers grow to the left
    columns = zip(*(nonce.rjust(longest) for nonce in nonces), strict=True)
    bits = sum(math.log2(len(set(column))) for column in columns)
    if bits >= _LEAST_BITS:
        return PASSED
    return failed(
        "The nonces differ in few places, as those of a counter or a clock do",
        f"nonces that differ by {_LEAST_BITS} bits or more",
        f"{bits:.0f} bits over {len(nonces)} nonces, such as {nonces[0]} and {nonces[-1]}",
        requests[-1],
    )
