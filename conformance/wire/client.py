"""A client of one endpoint: calls in, exchanges out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from attrs import evolve, field, frozen

from conformance import __version__
from conformance.wire.access import Headers
from conformance.wire.connection import Route
from conformance.wire.exchange import Call, Credentials, HttpRequest, HttpResponse
from conformance.wire.redaction import REDACTED, redact_text
from conformance.wire.signing import Origin, sign
from conformance.wire.transport import MAX_BODY, Transport

AGENT = f"acs-conformance/{__version__}"
DEFAULT_PORTS = {"http": 80, "https": 443}


class BadEndpoint(ValueError):
    """The address cannot be one of an endpoint. The message is one sentence."""


class PlaintextRefused(BadEndpoint):
    """Credentials would travel over plain HTTP to another machine."""


def new_nonce() -> str:
    """A value that no request had before."""
    return uuid4().hex


def stamp(moment: datetime) -> str:
    """A moment (UTC) as `yyyy-MM-ddTHH:mm:ssZ`, the form of the common parameter Timestamp."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    """Now as `stamp` has it."""
    return stamp(datetime.now(UTC))


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine: `localhost`, 127.0.0.0/8, or ::1."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def parse_endpoint(url: str) -> Origin:
    """Raises BadEndpoint unless `url` is `http(s)://host[:port][/path]`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        shown = redact_text(url)
        raise BadEndpoint(f"{shown!r} is not a URL ({error}); expected http://host:port or https://host.") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        shown = redact_text(url)
        raise BadEndpoint(f"{shown!r} is not the URL of an endpoint; expected http://host:port or https://host.")
    if parts.username is not None or parts.query or parts.fragment:
        raise BadEndpoint(f"The URL for {parts.hostname} may hold only scheme, host, port and path.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    return Origin(f"{parts.scheme}://{host}{parts.path or '/'}", host)


class AnyClient(Protocol):
    """What a run sends its calls by: a client, or what stands between it and its endpoint."""

    @property
    def base_url(self) -> str:
        """The endpoint."""

    @property
    def credentials(self) -> Credentials | None:
        """What calls are signed with, if they are."""

    def prepare(self, call: Call, credentials: Credentials | None = None) -> HttpRequest:
        """The request for a call, signed by these credentials or by its own."""

    def send(self, request: Any) -> HttpResponse:
        """Raises a TransportError (see transport.py)."""

    def apart(self) -> AbstractContextManager[AnyClient]:
        """The same over a connection of its own, for another thread."""

    def is_new(self, response: HttpResponse) -> bool:
        """Whether an answer was not given before."""

    def close(self) -> None:
        """End the connection."""


@frozen
class Client:
    """Signs calls and sends them to `base_url`. Use one client in each thread.

    `timeout` (seconds) and `max_body` (bytes) limit each answer. `nonce` and `clock` give the values of
    common parameters that change with every request; `route` is how to get there. `headers` are sent with each request,
    and their values stand in none that is prepared; with a `signed_host` that is sent as Host and signed, in place of
    the one of the URL. `ends_at` and `on_resend` are those of the transport. Raises BadEndpoint or
    PlaintextRefused when made.
    """

    base_url: str
    credentials: Credentials | None = None
    allow_plaintext: bool = field(default=False, kw_only=True)
    timeout: float = field(default=10.0, kw_only=True)
    max_body: int = field(default=MAX_BODY, kw_only=True)
    route: Route = field(factory=Route, kw_only=True, repr=False)
    headers: Headers = field(default=(), kw_only=True, repr=False)
    signed_host: str | None = field(default=None, kw_only=True)
    ends_at: float | None = field(default=None, kw_only=True, repr=False)
    on_resend: Callable[[], None] = field(default=lambda: None, kw_only=True, repr=False)
    nonce: Callable[[], str] = field(default=new_nonce, kw_only=True, repr=False)
    clock: Callable[[], str] = field(default=utc_now, kw_only=True, repr=False)
    origin: Origin = field(init=False, repr=False)
    transport: Transport = field(init=False, repr=False)

    @origin.default
    def _origin(self) -> Origin:
        origin = parse_endpoint(self.base_url)
        parts = urlsplit(origin.url)
        if parts.scheme == "http" and (self.credentials or self.headers) and not self.allow_plaintext:
            proxy = urlsplit(self.route.proxy or "").hostname
            for host, shown in ((parts.hostname or "", origin.host), (proxy, f"the proxy {proxy}")):
                if host and not is_loopback(host):
                    what = "Credentials" if self.credentials else "Headers"
                    raise PlaintextRefused(
                        f"{what} would travel unencrypted to {shown}; use https, or --allow-plaintext if you mean it."
                    )
        return origin

    @transport.default
    def _transport(self) -> Transport:
        parts = urlsplit(self.origin.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return Transport(origin, self.timeout, self.max_body, self.route, self.ends_at, self.on_resend)

    def prepare(self, call: Call, credentials: Credentials | None = None) -> HttpRequest:
        """The signed request for `call`, by the client's credentials or by others. Each time with a fresh
        nonce.
        """
        origin = evolve(self.origin, host=self.signed_host) if self.signed_host else self.origin
        request = sign(call, origin, credentials or self.credentials, self.nonce(), self.clock(), AGENT)
        return self._with_headers(request, [(name, REDACTED) for name, _ in self.headers])

    def send(self, request: HttpRequest) -> HttpResponse:
        """Raises a TransportError (see transport.py)."""
        return self.transport.send(self._with_headers(request, self.headers))

    def _with_headers(self, request: HttpRequest, headers: Sequence[tuple[str, str]]) -> HttpRequest:
        if not headers:
            return request
        names = {name.lower() for name, _ in headers}
        others = tuple(pair for pair in request.headers if pair[0].lower() not in names)
        return evolve(request, headers=(*others, *headers))

    def apart(self) -> Client:
        """The same client over a connection of its own, for another thread."""
        return evolve(self)

    def is_new(self, response: HttpResponse) -> bool:
        """Whether an answer was not given before. One that comes from the wire never was."""
        return True

    def close(self) -> None:
        """End the connection; the next request opens another."""
        self.transport.close()

    def __enter__(self) -> AnyClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
