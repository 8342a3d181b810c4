"""Signature verification, written from the documentation: V1 (HMAC-SHA1) and V3 (ACS3-HMAC-SHA256).

What arrives is decoded, encoded again and sorted, because clients encode differently (`+` or `%20`, `*` or `%2A`) and
sign the RFC 3986 form. V1 signs the pairs of query and form together. V3 follows SignedHeaders as sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from conformance.reference.context import Context

V3_ALGORITHM = "ACS3-HMAC-SHA256"
CLOCK_WINDOW = 15 * 60
# a timestamp may be ahead by the window and stay good for as long behind it
NONCE_MEMORY = 2 * CLOCK_WINDOW + 60
V3_HEADERS = {
    "Action": "x-acs-action",
    "Version": "x-acs-version",
    "Timestamp": "x-acs-date",
    "SignatureNonce": "x-acs-signature-nonce",
    "SecurityToken": "x-acs-security-token",
}
MUST_BE_SIGNED = ("host", *V3_HEADERS.values(), "x-acs-content-sha256")
V1_ONLY = ("AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureType")
# unreserved characters stand for themselves, RFC 3986 section 2.3
NOT_ITSELF = re.compile(rb"[^A-Za-z0-9._~-]")
COMMON_NAMES = frozenset({*V3_HEADERS, *V1_ONLY, "Format"})


def decode(context: Context, text: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form body: blanks kept, `+` a space."""
    return pairs_of(text)


def pairs_of(text: str) -> list[tuple[str, str]]:
    """The same for whoever has no request yet."""
    pairs = (part.partition("=") for part in text.split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]


def percent(context: Context, text: str) -> str:
    """RFC 3986 encoding of one name or value."""
    return NOT_ITSELF.sub(lambda byte: b"%%%02X" % ord(byte[0]), text.encode()).decode()


def canonical_query(context: Context, pairs: list[tuple[str, str]]) -> str:
    """The pairs sorted by name and encoded."""
    encode = context.steps.percent
    return "&".join(f"{encode(context, name)}={encode(context, value)}" for name, value in sorted(pairs))


def signed_v1(context: Context, secret: str) -> str:
    """The V1 signature that the request should carry."""
    pairs = [(name, value) for name, value in context.sent if name != "Signature"]
    query = context.steps.percent(context, context.steps.canonical_query(context, pairs))
    text = f"{context.request.method}&%2F&{query}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def signed_v3(context: Context, secret: str) -> str:
    """The V3 signature that the request should carry, over the headers that it says are signed."""
    request = context.request
    names = authorization(context).get("SignedHeaders", "").lower().split(";")
    headers = "".join(f"{name}:{(request.header(name) or '').strip()}\n" for name in names)
    query = context.steps.canonical_query(context, context.steps.decode(context, request.query))
    payload = context.steps.payload_hash(context)
    canonical = "\n".join((request.method, request.path, query, headers, ";".join(names), payload))
    text = f"{V3_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def payload_hash(context: Context) -> str:
    """What V3 signs for the body: its hash, computed from what arrived."""
    return hashlib.sha256(context.request.body).hexdigest()


def authorization(context: Context) -> dict[str, str]:
    """The parts of a V3 Authorization header."""
    text = context.request.header("authorization") or ""
    scheme, _, rest = text.strip().partition(" ")
    if scheme != V3_ALGORITHM:
        return {}
    parts = (part.strip().partition("=") for part in rest.split(","))
    return {name: value for name, _, value in parts}


def is_v3(context: Context) -> bool:
    """Whether the request is of the V3 form: its common parameters are headers."""
    request = context.request
    if (request.header("authorization") or "").startswith("ACS3"):
        return True
    return any(request.header(h) is not None for h in V3_HEADERS.values()) and "Signature" not in context.parameters


def read_common(context: Context) -> dict[str, str | None]:
    """The common parameters under their V1 names, from query and form (V1) or headers (V3)."""
    if context.signature == "v1":
        return {name: context.parameters.get(name) for name in COMMON_NAMES}
    found: dict[str, str | None] = {name: context.request.header(h) for name, h in V3_HEADERS.items()}
    parts = authorization(context)
    found |= {"AccessKeyId": parts.get("Credential"), "Signature": parts.get("Signature")}
    return found


def authenticate(context: Context) -> None:
    """Verify who asks, when, and that nothing was changed or sent before. Raises RefusedRequest.

    A server without any key verifies nothing: it is a mock for callers that do not sign.
    """
    if not context.server.keys:
        return
    steps, common = context.steps, context.common
    if context.signature == "v3" and context.request.header("authorization") is None:
        steps.refuse(context, "missing-signature")
    if not common["AccessKeyId"]:
        steps.refuse(context, "missing-access-key")
    steps.signature_names(context)
    steps.timestamp(context)
    if not common["SignatureNonce"]:
        steps.refuse(context, "missing-nonce")
    if not common["Signature"]:
        steps.refuse(context, "missing-signature")
    elif common["AccessKeyId"] and common["AccessKeyId"] not in context.server.keys:
        steps.refuse(context, "unknown-access-key")
    else:
        steps.verify(context)
        steps.token(context)
    if common["SignatureNonce"]:
        steps.nonce(context)


def signature_names(context: Context) -> None:
    """SignatureMethod and SignatureVersion of V1. Raises RefusedRequest."""
    if context.signature != "v1":
        return
    if context.common["SignatureMethod"] != "HMAC-SHA1":
        context.steps.refuse(context, "unknown-signature-method")
    if context.common["SignatureVersion"] != "1.0":
        context.steps.refuse(context, "unknown-signature-version")


def timestamp(context: Context) -> None:
    """The timestamp: there, well formed, and within the clock window. Raises RefusedRequest."""
    text = context.common["Timestamp"]
    if not text:
        context.steps.refuse(context, "missing-timestamp")
        return
    seconds = epoch(text)
    if seconds is None:
        context.steps.refuse(context, "malformed-timestamp")
        return
    late = context.server.clock() - seconds
    if late > CLOCK_WINDOW:
        context.steps.refuse(context, "expired-timestamp")
    if late < -CLOCK_WINDOW:
        context.steps.refuse(context, "future-timestamp")


def epoch(text: str) -> float | None:
    """Seconds since 1970 of a `yyyy-MM-ddTHH:mm:ssZ` time, or None where it is not one."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def verify(context: Context) -> None:
    """The signature, over all that it must cover. Raises RefusedRequest."""
    key = context.server.keys.get(context.common["AccessKeyId"] or "")
    if key is None:
        return
    if context.signature == "v3":
        context.steps.payload(context)
        context.steps.coverage(context)
    signed = context.steps.signed_v3 if context.signature == "v3" else context.steps.signed_v1
    wanted = signed(context, key.access_key_secret)
    if not context.steps.same_signature(context, wanted, context.common["Signature"] or ""):
        context.steps.refuse(context, "wrong-signature")


def same_signature(context: Context, wanted: str, sent: str) -> bool:
    """Whether two signatures are one, compared whole and in constant time."""
    return hmac.compare_digest(wanted.encode(), sent.encode("utf-8", "replace"))


def payload(context: Context) -> None:
    """The hash of the body that a V3 request states. Raises RefusedRequest."""
    stated = context.request.header("x-acs-content-sha256")
    if stated is not None and stated.lower() != hashlib.sha256(context.request.body).hexdigest():
        context.steps.refuse(context, "tampered-body")


def coverage(context: Context) -> None:
    """That a V3 request signs the headers that it must. Raises RefusedRequest."""
    names = authorization(context).get("SignedHeaders", "").lower().split(";")
    if any(context.request.header(h) is not None and h not in names for h in MUST_BE_SIGNED):
        context.steps.refuse(context, "wrong-signature")


def token(context: Context) -> None:
    """The security token: required of a temporary key, and no other key has one. Raises RefusedRequest."""
    key = context.server.keys.get(context.common["AccessKeyId"] or "")
    if key is not None and (context.common["SecurityToken"] or "") != (key.security_token or ""):
        context.steps.refuse(context, "wrong-security-token")


def nonce(context: Context) -> None:
    """That the nonce is new, and remember it. Raises RefusedRequest."""
    now = context.server.clock()
    name = context.steps.nonce_name(context)
    with context.server.lock:
        nonces = context.server.nonces
        used = name in nonces and now - nonces[name] < NONCE_MEMORY
        if not used:
            nonces[name] = now
            if len(nonces) % 4096 == 0:
                for old in [n for n, at in nonces.items() if now - at >= NONCE_MEMORY]:
                    del nonces[old]
    if used:
        context.steps.refuse(context, "nonce-used")


def nonce_name(context: Context) -> tuple[str | None, ...]:
    """What a nonce is unique within: the access key."""
    return context.common["AccessKeyId"] or "", context.common["SignatureNonce"] or ""
