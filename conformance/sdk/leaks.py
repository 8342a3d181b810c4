"""Where the credentials of a case are found in what is seen of it.

Judges go by what is noted here, since a recording keeps requests and exceptions redacted.
"""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache

from attrs import frozen

from conformance.drivers.protocol import SdkError
from conformance.wire.escapes import unescaped
from conformance.wire.exchange import Credentials, HttpRequest
from conformance.wire.redaction import forms_of

SECRET = "secret of the access key"
TOKEN = "security token"
KEY_ID = "access key id"
SIGNATURE = "signature"


@frozen
class Carried:
    """A credential (one of the names above), and the part of a request that it is in: headers, URL or body."""

    name: str
    place: str


def carried(request: HttpRequest, credentials: Credentials) -> tuple[Carried, ...]:
    """Every credential that a request carries, in whatever form it is written."""
    parts = {
        "headers": repr(request.headers),
        "URL": request.url,
        "body": request.body.decode("utf-8", "replace"),
    }
    marks = {**_values(credentials), KEY_ID: credentials.access_key_id, SIGNATURE: "Signature="}
    return tuple(
        Carried(name, place) for name, value in marks.items() for place, text in parts.items() if tells(text, value)
    )


def revealed(error: SdkError | None, credentials: Credentials) -> tuple[str, ...]:
    """The names of the credentials in what an exception says."""
    said = f"{error.message} {error.text} {error.code} {error.request_id}" if error else ""
    return tuple(name for name, value in _values(credentials).items() if tells(said, value))


def tells(text: str, value: str) -> bool:
    """Whether a text holds a value whole, in any form in which a language prints it: escaped for a URL, JSON, XML or a
    source, as hexadecimal digits, or in base 64, also after something else (`Basic`).
    """
    if any(form in text for form in (*forms_of(value), *_printed(value))):
        return True
    plain = unescaped(text)
    return plain is not None and value in plain.text


@lru_cache(maxsize=64)
def _printed(value: str) -> tuple[str, ...]:
    data = value.encode()
    found = [data.hex(), data.hex().upper(), data.hex(" "), data.hex(":"), str(list(data))[1:-1]]
    escapes = ("\\u{:04x}", "\\u{:04X}", "\\x{:02x}", "&#{};", "&#x{:x};", "&#x{:X};")
    found += ["".join(c if c.isalnum() else escape.format(ord(c)) for c in value) for escape in escapes]
    for before in range(3):
        # of the groups of base 64, the first and the last are shared with what stands around the value
        whole = b64encode(b"x" * before + data).decode()[before + 1 :].rstrip("=")
        found.append(whole[:-1])
    return tuple(found)


def _values(credentials: Credentials) -> dict[str, str]:
    """What nobody but the SDK and the service may know."""
    found = {SECRET: credentials.access_key_secret, TOKEN: credentials.security_token}
    return {name: value for name, value in found.items() if value}
