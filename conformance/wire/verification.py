"""Judges the signature of a request as it arrived, by rules that every examined SDK release satisfies.

Never compare raw query bytes: decode (with `+` as a space, blanks kept), encode anew, sort. V1 covers query
and form together. V3 covers the headers that `SignedHeaders` names, whichever they are, and the Host with its
port.
"""

from __future__ import annotations

import hmac
from collections.abc import Container
from datetime import UTC, datetime, timedelta

from attrs import frozen

from conformance.wire import signature_v1, signature_v3
from conformance.wire.arrival import Arrival, read_request
from conformance.wire.exchange import Credentials, HttpRequest

TIME_FORM = "%Y-%m-%dT%H:%M:%SZ"
# V3 documents that these are signed, with every x-acs-* header and content-type where there is one
ALWAYS_SIGNED = ("host",)
REQUIRED_V3 = ("x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")
REQUIRED_V1 = (
    "AccessKeyId",
    "Action",
    "SignatureMethod",
    "SignatureVersion",
    "SignatureNonce",
    "Timestamp",
    "Version",
)


@frozen
class SignatureProblem:
    """`id` is one of: unsigned, missing, unknown-key, algorithm, token, signature, uncovered, digest,
    timestamp-form, timestamp-window, nonce-reused, repeated. `message` is one sentence, without secrets.
    """

    id: str
    message: str


def verify(
    request: HttpRequest,
    credentials: Credentials,
    now: datetime | None = None,
    window: timedelta = timedelta(minutes=15),
    nonces: Container[str] = (),
) -> tuple[SignatureProblem, ...]:
    """Everything wrong with the authentication of `request`; empty where it is valid. `nonces` are those seen
    before.

    `now` is aware, and the present by default.
    """
    arrival = read_request(request)
    if arrival.signature == "none":
        return (
            SignatureProblem(
                "unsigned", "The request carries neither a Signature parameter nor an Authorization header."
            ),
        )
    problems = _v1(arrival, credentials) if arrival.signature == "v1" else _v3(arrival, request.body, credentials)
    problems += _identity(arrival, credentials)
    problems += _freshness(arrival, now or datetime.now(UTC), window, nonces)
    return tuple(problems)


def right_signature(request: HttpRequest, credentials: Credentials) -> str:
    """The signature that a request should carry, as it stands; V3 where it is not signed V1."""
    return _right(read_request(request), request.body, credentials)


def _right(arrival: Arrival, body: bytes, credentials: Credentials) -> str:
    if arrival.signature == "v1":
        pairs = (*arrival.query, *arrival.form)
        return signature_v1.signature(arrival.method, pairs, credentials.access_key_secret)
    canonical = signature_v3.canonical_request(
        arrival.method,
        arrival.path,
        arrival.query,
        arrival.headers,
        arrival.authorization.signed_headers,
        arrival.headers.get("x-acs-content-sha256", signature_v3.body_digest(body)),
    )
    return signature_v3.signature(canonical, credentials.access_key_secret)


def _v1(arrival: Arrival, credentials: Credentials) -> list[SignatureProblem]:
    pairs = (*arrival.query, *arrival.form)
    names = [name for name, _ in pairs]
    problems = [
        SignatureProblem("missing", f"The common parameter {name} is missing.")
        for name in REQUIRED_V1
        if name not in names
    ]
    problems.extend(
        SignatureProblem("repeated", f"The parameter {name} travels {names.count(name)} times.")
        for name in sorted({name for name in names if names.count(name) > 1})
    )
    given = dict(pairs)
    expected = {"SignatureMethod": signature_v1.METHOD, "SignatureVersion": signature_v1.VERSION}
    for name, value in expected.items():
        if given.get(name, value) != value:
            problems.append(SignatureProblem("algorithm", f"{name} is {given[name]!r}; expected {value!r}."))
    if not _same(given["Signature"], _right(arrival, body=b"", credentials=credentials)):
        wrong = f"Signature does not match HMAC-SHA1 over the {len(pairs) - 1} other parameters that arrived."
        problems.append(SignatureProblem("signature", wrong))
    return problems


def _v3(arrival: Arrival, body: bytes, credentials: Credentials) -> list[SignatureProblem]:
    authorization, headers = arrival.authorization, arrival.headers
    problems = [
        SignatureProblem("missing", f"The header {name} is missing.") for name in REQUIRED_V3 if name not in headers
    ]
    if not authorization.credential:
        problems.append(SignatureProblem("missing", "Authorization has no Credential."))
    if authorization.algorithm != signature_v3.ALGORITHM:
        wrong = f"Authorization begins {authorization.algorithm!r}; expected {signature_v3.ALGORITHM!r}."
        problems.append(SignatureProblem("algorithm", wrong))
    due = {name for name in headers if name.startswith("x-acs-") or name in ALWAYS_SIGNED}
    if uncovered := sorted(due.difference(authorization.signed_headers)):
        problems.append(SignatureProblem("uncovered", f"SignedHeaders leaves out {', '.join(uncovered)}."))
    if absent := [name for name in authorization.signed_headers if name not in headers]:
        problems.append(
            SignatureProblem("uncovered", f"SignedHeaders names {', '.join(absent)}, which did not arrive.")
        )
    digest = signature_v3.body_digest(body)
    if headers.get("x-acs-content-sha256", digest) != digest:
        problems.append(SignatureProblem("digest", "x-acs-content-sha256 is not the SHA-256 of the body that arrived."))
    if not _same(authorization.signature, _right(arrival, body, credentials)):
        problems.append(
            SignatureProblem("signature", "Signature does not match HMAC-SHA256 over the canonical request.")
        )
    return problems


def _identity(arrival: Arrival, credentials: Credentials) -> list[SignatureProblem]:
    problems = []
    if arrival.key_id is not None and arrival.key_id != credentials.access_key_id:
        problems.append(SignatureProblem("unknown-key", "The access key id is not the one that was given."))
    if (arrival.token or None) != credentials.security_token:
        state = "is missing" if not arrival.token else "is not the one that was given"
        problems.append(SignatureProblem("token", f"The security token {state}."))
    return problems


def _freshness(arrival: Arrival, now: datetime, window: timedelta, nonces: Container[str]) -> list[SignatureProblem]:
    problems = []
    if arrival.timestamp is not None:
        try:
            sent = datetime.strptime(arrival.timestamp, TIME_FORM).replace(tzinfo=UTC)
        except ValueError:
            wrong = f"The timestamp {arrival.timestamp[:40]!r} is not of the form yyyy-MM-ddTHH:mm:ssZ."
            problems.append(SignatureProblem("timestamp-form", wrong))
        else:
            if abs(now - sent) > window:
                far = f"The timestamp {arrival.timestamp} is more than {window} away from {now:{TIME_FORM}}."
                problems.append(SignatureProblem("timestamp-window", far))
    if arrival.nonce is not None and arrival.nonce in nonces:
        problems.append(SignatureProblem("nonce-reused", f"The nonce {arrival.nonce[:64]!r} was used before."))
    return problems


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
