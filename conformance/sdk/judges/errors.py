"""Errors: never a success, and with everything that the service said."""

from __future__ import annotations

import re

from conformance.sdk import causes
from conformance.sdk.cases import ErrorSpec, ReplySpec
from conformance.sdk.endpoint import Recorded
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.judges.requests import not_given, of_unknown_type
from conformance.sdk.observation import Observation
from conformance.sdk.view import received_items, shown


def is_an_error(seen: Observation) -> SdkFinding:
    """The last call failed, as the error that was served asks for."""
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
        causes.NO_ERROR,
    )


def declared_error(seen: Observation) -> SdkFinding:
    """The exception is of a class that the SDK says it raises."""
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
    """The caller can read the code that was sent."""
    return _reaches(seen, "code", _sent(seen).code)


def receives_error_message(seen: Observation) -> SdkFinding:
    """The caller can read the message that was sent."""
    return _reaches(seen, "message", _sent(seen).message)


def receives_error_request_id(seen: Observation) -> SdkFinding:
    """The caller can read the RequestId that every error is served with."""
    return _reaches(seen, "request_id", "7A1D0C52-0000-4000-8000-00000000E440")


def receives_error_status(seen: Observation) -> SdkFinding:
    """The caller can read the HTTP status."""
    spec = _served(seen)
    status = spec.status or (spec.error.status if spec.error else 200)
    return _reaches(seen, "http_status", str(status))


def _served(seen: Observation) -> ReplySpec:
    """The answer that was served last, or would have been."""
    return seen.last.served[-1].spec if seen.last.served else seen.case.replies[-1]


def _sent(seen: Observation) -> ErrorSpec:
    """The error that was served, or would have been. Raises ValueError for a case that serves none."""
    spec = _served(seen)
    if spec.error is None:
        raise ValueError(f"the case {seen.case.name!r} is judged by its error, and serves none")
    return spec.error


def _reaches(seen: Observation, what: str, value: str) -> SdkFinding:
    """The value is in its own place in the exception, or can be read in its message: either way a caller has
    it.
    """
    wrong, error = is_an_error(seen), seen.last.answer.error
    if wrong is not PASSED or error is None:
        return wrong
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
        return not_given(call.answer)
    if seen.case.refused:
        return None
    if not call.requests:
        what = causes.NO_REQUEST if call.answer.ok else "Nothing arrived at the endpoint"
        return of_unknown_type(call, seen) or failed(what, "a request", "none")
    if call.served[-1].spec.gzip and not call.requests[-1].reply.gzip:
        return skipped("this SDK does not ask for gzip")
    return None


def _request(seen: Observation) -> Recorded | None:
    return seen.last.requests[-1] if seen.last.requests else None
