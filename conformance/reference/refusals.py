"""How the reference refuses a request: the documented code, status and message of each thing that can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

from attrs import evolve, frozen

if TYPE_CHECKING:
    from conformance.reference.context import Context


@frozen
class RefusedRequest(Exception):
    """Ends the handling of a request with a documented error. `about` names the situation or parameter."""

    code: str
    status: int
    message: str
    about: str


# common error table and gateway table, for situations that the common protocol's data does not carry
COMMON: Mapping[str, tuple[str, int, str]] = {
    "unsupported-method": ("UnsupportedHTTPMethod", 403, "This HTTP method is not supported."),
    "wrong-security-token": (
        "InvalidSecurityToken.MismatchWithAccessKey",
        403,
        "Specified SecurityToken mismatch with the AccessKey.",
    ),
    "unknown-path": ("InvalidAction.NotFound", 404, "Specified api is not found, please check your url and method."),
    "throttled": ("Throttling.User", 400, "Request was denied due to user flow control."),
    "crashed": (
        "InternalError",
        500,
        "The request processing has failed due to some unknown error, exception or failure.",
    ),
    "wrong-signature": (
        "IncompleteSignature",
        400,
        "The request signature does not conform to Alibaba Cloud standards.",
    ),
    "unknown-access-key": ("InvalidAccessKeyId.NotFound", 400, "The specified AccessKey ID does not exist."),
    "nonce-used": ("SignatureNonceUsed", 400, "The request signature nonce has been used."),
    "expired-timestamp": ("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."),
    "future-timestamp": ("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."),
    "malformed-timestamp": (
        "InvalidTimeStamp.Format",
        400,
        "Specified time stamp or date value is not well formatted.",
    ),
    "unknown-action": ("InvalidParameter", 400, 'The specified parameter "Action or Version" is not valid.'),
    "unknown-version": ("InvalidParameter", 400, 'The specified parameter "Action or Version" is not valid.'),
}
MISSING = 'The input parameter "{name}" that is mandatory for processing this request is not supplied.'
INVALID = 'The specified parameter "{name}" is not valid.'

# situations in which a common parameter is absent or wrong, and that parameter
ABSENT = {
    "missing-signature": "Signature",
    "missing-access-key": "AccessKeyId",
    "missing-nonce": "SignatureNonce",
    "missing-timestamp": "Timestamp",
    "missing-action": "Action",
    "missing-version": "Version",
}
WRONG = {"unknown-signature-method": "SignatureMethod", "unknown-signature-version": "SignatureVersion"}


def refuse(context: Context, situation: str) -> NoReturn:
    """Refuse with the documented answer to a situation of the common protocol. Raises RefusedRequest."""
    raise answer_to(context, situation)


def answer_to(context: Context, situation: str) -> RefusedRequest:
    """The documented answer to a situation, as the alternative that is taken has it."""
    protocol = context.server.protocol
    known = {s.id: s for s in protocol.situations} if protocol else {}
    answers = known[situation].answers if situation in known else ()
    taken = context.take("error", situation)
    for answer in answers:
        if taken in (None, f"{answer.code}/{answer.status}"):
            return RefusedRequest(answer.code, answer.status, answer.message, situation)
    if situation in COMMON:
        return _as_taken(RefusedRequest(*COMMON[situation], situation), taken)
    if situation in ABSENT:
        return _as_taken(
            RefusedRequest("MissingParameter", 400, MISSING.format(name=ABSENT[situation]), situation), taken
        )
    return _as_taken(RefusedRequest("InvalidParameter", 400, INVALID.format(name=WRONG[situation]), situation), taken)


def missing(context: Context, parameter: str) -> NoReturn:
    """Refuse for the absence of a mandatory parameter. Raises RefusedRequest."""
    fallback = RefusedRequest("MissingParameter", 400, MISSING.format(name=parameter), parameter)
    raise _documented(context, parameter, lambda code: code.startswith("Missing"), fallback)


def invalid(context: Context, parameter: str) -> NoReturn:
    """Refuse for a value that is not allowed. Raises RefusedRequest."""
    fallback = RefusedRequest("InvalidParameter", 400, INVALID.format(name=parameter), parameter)
    raise _documented(context, parameter, lambda code: not code.startswith("Missing"), fallback)


def unknown(context: Context, parameter: str) -> NoReturn:
    """Refuse for the name of something that is not there. Raises RefusedRequest."""
    if any(e.parameter == parameter and "NotFound" in e.code for e in context.server.contract.errors):
        fallback = RefusedRequest("InvalidParameter", 400, INVALID.format(name=parameter), parameter)
        raise _documented(context, parameter, lambda code: "NotFound" in code, fallback)
    invalid(context, parameter)


def _documented(
    context: Context, parameter: str, fits: Callable[[str], bool], fallback: RefusedRequest
) -> RefusedRequest:
    """The operation's own documented error about a parameter; else the common one, unless a choice says otherwise."""
    for error in context.server.contract.errors:
        if error.parameter == parameter and fits(error.code):
            wording = context.take("error-message", error.code)
            message = fallback.message if wording == "common" and error.code == fallback.code else error.message
            # a contract that is passed on without its documentation's words has the code alone
            message = message or fallback.message
            own = RefusedRequest(error.code, error.status, message, parameter)
            return _as_taken(own, context.take("error", error.code))
    return _as_taken(fallback, context.take("error", parameter))


def _as_taken(refusal: RefusedRequest, taken: str | None) -> RefusedRequest:
    """The refusal with the code and status of an alternative `CODE/STATUS`."""
    if not taken:
        return refusal
    code, _, status = taken.rpartition("/")
    return evolve(refusal, code=code, status=int(status))
