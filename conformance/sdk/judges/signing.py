"""Signatures and retries. What is wrong with a signature, the endpoint has already found."""

from __future__ import annotations

from collections.abc import Callable

from conformance.sdk.endpoint import Recorded
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.observation import Observation, ObservedCall


def no_problem(ids: tuple[str, ...]) -> Callable[[Observation, ObservedCall, Recorded], SdkFinding | None]:
    """A judge of single requests that fails those with one of these problems of their signature."""

    def judge(seen: Observation, call: ObservedCall, request: Recorded) -> SdkFinding | None:
        found = next((p for p in request.problems if p.id in ids), None)
        return failed(found.message, "none of: " + ", ".join(ids), found.id, request) if found else None

    return judge


def retries_are_signed_anew(seen: Observation) -> SdkFinding:
    """Each attempt has a nonce of its own and a valid signature."""
    attempts = seen.last.requests
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


def few_attempts(seen: Observation) -> SdkFinding:
    """Retries have an end: ten attempts at most."""
    attempts = seen.last.requests
    if len(attempts) > 10:
        return failed("The request was attempted too often", "at most 10", len(attempts), attempts[-1])
    return PASSED
