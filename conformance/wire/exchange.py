"""One request and its response as they were on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

Format = Literal["json", "xml"]
SignatureVersion = Literal["v1", "v3", "none"]
Placement = Literal["query", "form"]


@frozen
class Credentials:
    """An access key. The secret and the token never appear in `repr`."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


@frozen
class Channel:
    """How a call travels: the format asked for, the signature, the HTTP method, and where parameters are put.

    `placement` matters for POST: `query` or `form`. A `format` of None asks for none (the default format applies).
    """

    format: Format | None = "json"
    signature: SignatureVersion = "v3"
    method: str = "POST"
    placement: Placement = "query"

    def __str__(self) -> str:
        words = [self.format or "no format", self.signature, self.method]
        if self.method == "POST":
            words.append(self.placement)
        return " ".join(words)


@frozen
class Call:
    """What is to be asked: an action with parameters, in order. Values are text, as they travel.

    `common` overrides or adds common parameters (V1) or `x-acs-*` headers (V3) before signing; a value of None leaves
    the parameter out. `tamper` does the same after signing, so that the signature no longer covers what is sent.
    Keys of both are the V1 names (`Timestamp`, `SignatureNonce`, `Signature`, `AccessKeyId`, `Action`, `Version`,
    `SignatureMethod`, `SignatureVersion`, `Format`, ...); the signer of V3 translates them.
    """

    action: str
    version: str
    parameters: tuple[tuple[str, str], ...] = ()
    channel: Channel = Channel()
    common: Mapping[str, str | None] = field(factory=dict)
    tamper: Mapping[str, str | None] = field(factory=dict)


@frozen
class HttpRequest:
    """A request as it travels. `body` is empty where the method has none."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@frozen
class HttpResponse:
    """`body` is decoded from its transfer and content encodings. `seconds` is the time until the last byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header of that name, in whatever capitals, or None."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


@frozen
class Exchange:
    """`number` counts the exchanges of a run from 1. `attempts` is more than 1 where throttling was waited out."""

    number: int
    call: Call
    request: HttpRequest
    response: HttpResponse
    started: float = 0.0
    attempts: int = 1

    @property
    def size(self) -> int:
        """How much a person has to read to see what it shows; nothing that is new in every request counts."""
        return sum(len(name) + len(value) for name, value in self.call.parameters) + len(self.response.body)
