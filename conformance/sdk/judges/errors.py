"""Errors: never a success, and with everything that the service said."""

from __future__ import annotations

import re

from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.observation import Observation
from conformance.sdk.view import received_items, shown


def is_an_error(seen: Observation) -> SdkFinding:
    skip = _unjudged(seen)
    if skip:
        return skip
    if not seen.last.answer.ok:
        return PASSED
    count = len(received_items(seen.last.answer.result, seen.roles.contract)) if seen.roles.has("items") else 0
    what = f"a success with {count} items" if seen.roles.has("items") else "a success"
    return failed(
        f"The caller gets {what} where there was no result",
        "an error",
        shown(seen.last.answer.result),
        _request(seen),
    )


def declared_error(seen: Observation) -> SdkFinding:
    skip = _unjudged(seen)
    if skip:
        return skip
    error = seen.last.answer.error
    if error is None:
        return skipped("the call succeeds, which another requirement judges")
    if error.declared:
        return PASSED
    return failed(
        "The SDK fails in its own error path",
        "an exception that the SDK declares",
        f"{error.type}: {shown(error.message)}",
        _request(seen),
    )


def receives_error_code(seen: Observation) -> SdkFinding:
    error = _sent(seen)
    return _reaches(seen, "code", error.code)


def receives_error_message(seen: Observation) -> SdkFinding:
    return _reaches(seen, "message", _sent(seen).message)


def receives_error_request_id(seen: Observation) -> SdkFinding:
    return _reaches(seen, "request_id", "7A1D0C52-0000-4000-8000-00000000E440")


def receives_error_status(seen: Observation) -> SdkFinding:
    return _reaches(seen, "http_status", str(_sent(seen).status))


def _sent(seen: Observation):
    return seen.last.served[-1].spec.error if seen.last.served else seen.case.replies[-1].error


def _reaches(seen: Observation, what: str, value: str) -> SdkFinding:
    """The value is in its own place in the exception, or can be read in its message: either way a caller has
    it.
    """
    wrong = is_an_error(seen)
    if wrong is not PASSED:
        return wrong
    error = seen.last.answer.error
    own, said = getattr(error, what), error.message or ""
    # In a message, an error tree may be written with the escapes of a language's own notation.
    spoken = said if what != "message" else said.replace("\\'", "'").replace('\\"', '"')
    if (own is not None and str(own) == value) or re.search(rf"(?<![\w.]){re.escape(value)}(?![\w])", spoken):
        return PASSED
    if what == "message" and value in spoken:
        return PASSED
    name = what.replace("_", " ")
    return failed(
        f"The {name} of the error does not reach the caller",
        value,
        f"{shown(own)}, message {shown(said)}",
        _request(seen),
    )


def _unjudged(seen: Observation) -> SdkFinding | None:
    call = seen.last
    if call.answer.unsupported is not None:
        return skipped(f"this SDK has no {call.answer.unsupported}")
    if seen.case.refused:
        return None
    if not call.requests:
        return failed("Nothing arrived at the endpoint", "a request", "none")
    if call.served[-1].spec.gzip and not call.requests[-1].reply.gzip:
        return skipped("this SDK does not ask for gzip")
    return None


def _request(seen: Observation):
    return seen.last.requests[-1] if seen.last.requests else None
