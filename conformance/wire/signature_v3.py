"""Signature version 3, ACS3-HMAC-SHA256: over method, path, query, chosen headers, and the digest of the
body.

Source: the page "V3 request structure and signature". The canonical request is those five, each header on a
line of its own, with the names of the signed headers before the digest; the key is the secret as it is; the
result is hexadecimal.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256

from attrs import frozen

from conformance.wire.encoding import Pairs, canonical_query

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY_DIGEST = sha256(b"").hexdigest()


@frozen
class Authorization:
    """The `Authorization` header, taken apart. What is missing is empty."""

    algorithm: str = ""
    credential: str = ""
    signed_headers: tuple[str, ...] = ()
    signature: str = ""

    def __str__(self) -> str:
        parts = [
            f"Credential={self.credential}" if self.credential else "",
            f"SignedHeaders={';'.join(self.signed_headers)}" if self.signed_headers else "",
            f"Signature={self.signature}" if self.signature else "",
        ]
        return f"{self.algorithm} {','.join(part for part in parts if part)}".strip()


def parse_authorization(text: str) -> Authorization:
    """Lenient about blanks and order; an unknown part is passed over."""
    algorithm, _, rest = text.strip().partition(" ")
    fields = (part.partition("=") for part in rest.split(","))
    parts = {name.strip(): value.strip() for name, _, value in fields}
    names = tuple(name for name in parts.get("SignedHeaders", "").lower().split(";") if name)
    return Authorization(algorithm, parts.get("Credential", ""), names, parts.get("Signature", ""))


def body_digest(body: bytes) -> str:
    """SHA-256 of the body as hexadecimal text, which travels as `x-acs-content-sha256`."""
    return sha256(body).hexdigest() if body else EMPTY_DIGEST


def canonical_request(
    method: str, path: str, query: Pairs, headers: Mapping[str, str], signed: Iterable[str], digest: str
) -> str:
    """`headers` by lower-case name; `signed` are the names to cover, in the order in which they are covered."""
    names = tuple(signed)
    lines = "".join([f"{name}:{headers.get(name, '').strip()}\n" for name in names])
    return "\n".join((method, path or "/", canonical_query(query), lines, ";".join(names), digest))


def signature(canonical: str, secret: str) -> str:
    """The hexadecimal text that travels in `Authorization`."""
    message = f"{ALGORITHM}\n{sha256(canonical.encode()).hexdigest()}".encode()
    return hmac.digest(secret.encode(), message, "sha256").hex()
