"""Signature version 1.0 of the RPC style: HMAC-SHA1 over the method and the sorted query and form parameters
together.

Source: the pages "Request signatures" and "RPC mechanism" (facts in our own words: key is the secret and `&`;
the string to sign is the method, the encoded `/`, and the encoded canonical query, joined by `&`).
"""

from __future__ import annotations

import hmac
from base64 import b64encode

from conformance.wire.encoding import Pairs, canonical_query, percent_encode

METHOD = "HMAC-SHA1"
VERSION = "1.0"


def string_to_sign(method: str, parameters: Pairs) -> str:
    """`parameters` are all that travel, query and form, decoded. `Signature` itself is never covered."""
    covered = [(name, value) for name, value in parameters if name != "Signature"]
    return f"{method}&%2F&{percent_encode(canonical_query(covered))}"


def signature(method: str, parameters: Pairs, secret: str) -> str:
    """The base64 text that travels as `Signature`."""
    message = string_to_sign(method, parameters).encode()
    return b64encode(hmac.digest(f"{secret}&".encode(), message, "sha1")).decode()
