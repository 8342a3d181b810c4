"""One request and its response as they were on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from conformance.wire.routes import OperationRoute

Format = Literal["json", "xml"]
SignatureVersion = Literal["v1", "v3", "none"]
Placement = Literal["query", "form"]
# how a right signature is changed before it travels; see `wire/forgery.py`
Forgery = Literal["cut", "cut-short", "longer", "first", "second", "middle", "last", "case", "empty", "blank-after"]
FORM_TYPE = "application/x-www-form-urlencoded"


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
class WireForm:
    """How a call is written where HTTP and the habits of SDKs leave room. The signature covers what is written.

    `path` is added to that of the endpoint. `escapes`: the hexadecimal digits of escapes in upper or lower case, or
    `every` character escaped, in lower case. `split`: the operation's own parameters in the form of a POST and the
    common ones in its query, or only the last of its own there. `body` is a body of `media_type` that holds no
    parameters. `headers`: names as usual, or in capitals.
    """

    path: str = ""
    escapes: Literal["upper", "lower", "every"] = "upper"
    space: Literal["%20", "+"] = "%20"
    star: Literal["%2A", "*"] = "%2A"
    split: Literal["none", "own-in-form", "last-in-form"] = "none"
    media_type: str = FORM_TYPE
    chunked: bool = False
    headers: Literal["as-usual", "capitals"] = "as-usual"
    body: str = ""


@frozen
class Call:
    """What is to be asked: an action with parameters, in order. Values are text, as they travel.

    `common` overrides or adds common parameters (V1) or `x-acs-*` headers (V3) before signing; a value of None leaves
    the parameter out. `tamper` does the same after signing, so that the signature no longer covers what is sent.
    Keys of both are the V1 names (`Timestamp`, `SignatureNonce`, `Signature`, `AccessKeyId`, `Action`, `Version`,
    `SignatureMethod`, `SignatureVersion`, `Format`, ...); the signer of V3 translates them.

    `covered` leaves what travels as it is, and has the signature made over something else: other values under the same
    names, or under names of headers in lower case (None: not covered), `:method`, `:path`, or `:body`, of which V3
    signs the digest. `forgery` changes the signature itself. `usual` names the parameters that every request of the
    operation has; it is a note for people, and two calls that differ in nothing else are the same. `route` is that
    of an operation with a path of its own; None where all share one.
    """

    action: str
    version: str
    parameters: tuple[tuple[str, str], ...] = ()
    channel: Channel = Channel()
    common: Mapping[str, str | None] = field(factory=dict)
    tamper: Mapping[str, str | None] = field(factory=dict)
    covered: Mapping[str, str | None] = field(factory=dict)
    forgery: Forgery | None = None
    wire_form: WireForm = WireForm()
    usual: frozenset[str] = field(default=frozenset(), eq=False)
    route: OperationRoute | None = None

    @property
    def varies(self) -> tuple[str, ...]:
        """The names of what is asked for here, beyond what every request of the operation has; each once."""
        own = (name for name, _ in self.parameters if name not in self.usual)
        return tuple(dict.fromkeys((*own, *self.common, *self.tamper)))


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
