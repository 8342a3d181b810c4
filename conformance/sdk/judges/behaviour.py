"""Timeouts, connections, redirects, and what must not leak."""

from __future__ import annotations

from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.leaks import SECRET, TOKEN
from conformance.sdk.observation import Observation, ObservedCall

# Over the caller's timeout: a loaded machine, and clients that look at their clock now and then.
_SLACK = 2.0


def gives_up_in_time(seen: Observation) -> SdkFinding:
    """A request that is kept waiting is given up after the caller's timeout."""
    if seen.last.answer.unsupported is not None:
        return skipped(f"this SDK has no {seen.last.answer.unsupported}")
    waited = [(r, r.given_up) for r in seen.last.requests if r.given_up is not None]
    if not waited:
        return skipped("no request was kept waiting")
    for request, seconds in waited:
        if seconds > seen.case.timeout + _SLACK:
            held = f"{seconds:.1f} s" if seconds != float("inf") else "until the server hung up"
            return failed("The SDK waits longer than the caller's timeout", f"{seen.case.timeout:g} s", held, request)
    return PASSED


def keeps_credentials_home(seen: Observation) -> SdkFinding:
    """Another host that a redirect names gets no credential; the secret itself is another judge's."""
    if seen.last.answer.unsupported is not None:
        return skipped(f"this SDK has no {seen.last.answer.unsupported}")
    for request in seen.elsewhere:
        for one in (c for c in request.carries if c.name != SECRET):
            return failed(
                f"The {one.name} was sent to another host, which a redirect named",
                "not there",
                f"{request.request.method} with the {one.name} in its {one.place}",
                request,
            )
    return PASSED


def keeps_the_secret_everywhere(seen: Observation) -> SdkFinding:
    """No request, wherever it went, holds the secret."""
    if seen.last.answer.unsupported is not None:
        return skipped(f"this SDK has no {seen.last.answer.unsupported}")
    for request in (*seen.requests, *seen.elsewhere):
        if any(c.name == SECRET for c in request.carries):
            return failed("The secret of the access key travelled", "nowhere", "in a request", request)
    return PASSED


def reuses_the_connection(seen: Observation) -> SdkFinding:
    """All calls of the case went over one connection."""
    if any(not call.requests for call in seen.calls):
        return skipped("nothing arrived")
    used = {r.connection for r in seen.requests}
    return (
        PASSED
        if len(used) == 1
        else failed("Each call opens a connection", "1 connection", f"{len(used)} connections", seen.requests[-1])
    )


# --- judges of single answers: None where the answer is in order


def hides_the_secret(seen: Observation, call: ObservedCall) -> SdkFinding | None:
    """The exception does not tell the secret."""
    return _hidden(call, SECRET)


def hides_the_token(seen: Observation, call: ObservedCall) -> SdkFinding | None:
    """The exception does not tell the security token."""
    return _hidden(call, TOKEN)


def _hidden(call: ObservedCall, what: str) -> SdkFinding | None:
    if what not in call.reveals:
        return None
    return failed(
        f"The {what} is in what the exception says",
        "nowhere",
        "in the text of the exception",
        call.requests[-1] if call.requests else None,
    )
