"""Where the credentials of a case are found in what is seen of it.

Judges go by what is noted here, since a recording keeps requests and exceptions redacted.
"""

from __future__ import annotations

from attrs import frozen

from conformance.drivers.protocol import SdkError
from conformance.wire.encoding import percent_encode
from conformance.wire.exchange import Credentials, HttpRequest

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
    """Every credential that a request carries, as it is or percent-encoded."""
    parts = {
        "headers": repr(request.headers),
        "URL": request.url,
        "body": request.body.decode("utf-8", "replace"),
    }
    marks = {**_values(credentials), KEY_ID: credentials.access_key_id, SIGNATURE: "Signature="}
    return tuple(
        Carried(name, place)
        for name, value in marks.items()
        for place, text in parts.items()
        if value in text or percent_encode(value) in text
    )


def revealed(error: SdkError | None, credentials: Credentials) -> tuple[str, ...]:
    """The names of the credentials in what an exception says."""
    said = f"{error.message} {error.text} {error.code}" if error else ""
    return tuple(n for n, value in _values(credentials).items() if value in said or percent_encode(value) in said)


def _values(credentials: Credentials) -> dict[str, str]:
    """What nobody but the SDK and the service may know."""
    found = {SECRET: credentials.access_key_secret, TOKEN: credentials.security_token}
    return {name: value for name, value in found.items() if value}
