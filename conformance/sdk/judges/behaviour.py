"""Timeouts, connections, redirects, and what must not leak."""

from __future__ import annotations

from conformance.drivers.protocol import WORKERS
from conformance.ledger.findings import Inconclusive
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.judges.requests import not_given
from conformance.sdk.leaks import SECRET, TOKEN
from conformance.sdk.observation import Observation, ObservedCall
from conformance.sdk.view import shown

# Over the caller's timeout: a loaded machine, and clients that look at their clock now and then.
_SLACK = 2.0


def gives_up_in_time(seen: Observation) -> SdkFinding:
    """A request that is kept waiting is given up after the caller's timeout."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
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
        return not_given(seen.last.answer)
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
        return not_given(seen.last.answer)
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


def opens_few_connections(seen: Observation) -> SdkFinding:
    """Calls made at once by a few threads need no more connections than there are threads."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
    if len(seen.requests) < seen.case.burst:
        return Inconclusive(f"{len(seen.requests)} of {seen.case.burst} calls arrived")
    used = {r.connection for r in seen.requests}
    if len(used) <= WORKERS:
        return PASSED
    what = f"{len(used)} connections for {len(seen.requests)} requests"
    return failed("Calls of a few threads open ever new connections", f"at most {WORKERS}", what, seen.requests[-1])


def refusal_of_a_proxy_is_an_error(seen: Observation) -> SdkFinding:
    """What a proxy answers in its own name is no result. An SDK that goes by no proxy is not asked."""
    if not seen.elsewhere:
        return skipped("this SDK does not use the proxy")
    if not seen.last.answer.ok:
        return PASSED
    return failed(
        "The refusal of a proxy is taken for a success", "an error", shown(seen.last.answer.result), seen.elsewhere[-1]
    )


def refuses_the_certificate(seen: Observation) -> SdkFinding:
    """Nothing is sent to an endpoint that cannot show that it is the one that was asked for."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
    if seen.requests:
        kind = {"expired": "has expired", "wrong-host": "is another host's", "self-signed": "nobody vouches for"}
        what = f"The SDK talks to an endpoint whose certificate {kind[seen.case.tls]}"
        return failed(what, "no request", f"{len(seen.requests)} requests", seen.requests[0], what)
    if seen.last.answer.ok:
        return failed("The call succeeds, and no request was made", "an error", shown(seen.last.answer.result))
    return PASSED


def accepts_the_certificate(seen: Observation) -> SdkFinding:
    """A certificate of an authority that the process is told to trust is accepted."""
    if seen.last.answer.unsupported is not None:
        return not_given(seen.last.answer)
    if seen.requests:
        return PASSED
    said = seen.last.answer.error.message if seen.last.answer.error else "a success"
    return failed("A private authority that is configured is not accepted", "a request", f"none: {shown(said)}")


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
