"""HTTP over one kept-alive connection, by one deadline for each exchange, with a named exception for each way in which
it can go wrong.

No redirect is followed, no proxy of the environment is used, and nothing is sent twice, with one exception: a
kept-alive connection that the server closed before any byte of an answer tells nothing about the request, which is then
sent anew.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import h11
from attrs import define, field

from conformance.wire.connection import Connection, Late, NoConnection, Route, connect, proxy_authorization, tls_problem
from conformance.wire.decoding import BadEncoding, Decoder, Overflow
from conformance.wire.exchange import HttpRequest, HttpResponse

MAX_BODY = 4 * 1024 * 1024
MOST_HEADERS = 256
LARGEST_HEAD = 1 << 16
SHOWN_OF_GARBAGE = 40
# h11 shows what it has read as the Python that makes it
BYTES = re.compile(r"bytearray\((b'.*?'|b\".*?\")\)")


class TransportError(Exception):
    """No HTTP response could be had. The message is one sentence that names the endpoint."""


class Unreachable(TransportError):
    """No connection: refused, no such host, or TLS failed."""


class TimedOut(TransportError):
    """The whole answer did not arrive within the time limit."""


class OutOfTime(TransportError):
    """The time of everything that is sent was over before an answer was whole."""


class NotHttp(TransportError):
    """Something answered, and it is not HTTP."""


class TooLarge(TransportError):
    """The decoded body is larger than the limit."""


class BrokenOff(TransportError):
    """The connection ended, or the content encoding broke, before the answer was whole."""


class _Stale(Exception):
    """A kept-alive connection turned out to be closed."""


@define
class Transport:
    """Sends requests to one origin, over one connection at a time: use one transport in each thread.

    `timeout` is in seconds, for each exchange as a whole: connecting, TLS, the request, every byte of the answer.
    `max_body` is in bytes after decoding. Nothing goes on after `ends_at`, on the monotonic clock. `on_resend` is
    called before a request is sent anew.
    """

    origin: str
    timeout: float = 10.0
    max_body: int = MAX_BODY
    route: Route = field(factory=Route)
    ends_at: float | None = None
    on_resend: Callable[[], None] = lambda: None
    connections: int = field(default=0, init=False)
    _connection: Connection | None = field(default=None, init=False, repr=False)

    def send(self, request: HttpRequest) -> HttpResponse:
        """Raises a TransportError where no whole HTTP response arrives."""
        deadline = time.monotonic() + self.timeout
        cut = self.ends_at is not None and self.ends_at < deadline
        deadline = self.ends_at if cut and self.ends_at is not None else deadline
        try:
            try:
                return self._attempt(request, deadline)
            except _Stale:
                self.on_resend()
                return self._attempt(request, deadline)
        except TransportError:
            if cut and time.monotonic() >= deadline:
                raise OutOfTime(f"{self.origin} did not answer in full before the time of the run was over.") from None
            raise

    def close(self) -> None:
        """End the connection, if there is one; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _attempt(self, request: HttpRequest, deadline: float) -> HttpResponse:
        started = time.perf_counter()
        try:
            connection, reused = self._connected(deadline)
            exchange = _Exchange(self._whoever_answers, connection, reused, self.max_body)
            response = exchange.run(request, *self._as_the_proxy_wants(request))
        except Late:
            self.close()
            raise TimedOut(f"{self._whoever_answers} did not answer in full within {self.timeout:g} s.") from None
        except BaseException:
            self.close()
            raise
        if not exchange.may_go_on:
            self.close()
        return HttpResponse(response.status, response.headers, response.body, time.perf_counter() - started)

    @property
    def _whoever_answers(self) -> str:
        """The origin, or what hands on what is said in the clear."""
        through = self.route.proxy is not None and self.origin.startswith("http:")
        return f"{self.origin}, through the proxy," if through else self.origin

    def _connected(self, deadline: float) -> tuple[Connection, bool]:
        if self._connection is not None and self._connection.is_quiet:
            self._connection.deadline = deadline
            return self._connection, True
        self.close()
        try:
            self._connection = connect(self.origin, self.route, deadline)
        except NoConnection as problem:
            raise Unreachable(f"{self.origin} cannot be reached: {problem}.") from None
        except Late as late:
            what = str(late) or "no connection"
            raise Unreachable(f"{self.origin} cannot be reached: {what} within {self.timeout:g} s.") from None
        self.connections += 1
        return self._connection, False

    def _as_the_proxy_wants(self, request: HttpRequest) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The request target, and the headers that a proxy wants beside those of the request."""
        target = _target(request.url)
        if self.route.proxy is None or urlsplit(self.origin).scheme == "https":
            return target, ()
        authorization = proxy_authorization(self.route.proxy)
        return f"{self.origin}{target}", ((("Proxy-Authorization", authorization),) if authorization else ())


@define
class _Exchange:
    """One request and its response on a connection."""

    origin: str
    connection: Connection
    reused: bool
    max_body: int
    may_go_on: bool = False
    _heard: bytes = b""
    _line: h11.Connection = field(init=False)

    @_line.default
    def _made(self) -> h11.Connection:
        return h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)

    def run(self, request: HttpRequest, target: str, more: tuple[tuple[str, str], ...]) -> HttpResponse:
        self._ask(request, target, more)
        head = self._head(request.method)
        headers = tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in head.headers.raw_items())
        body = self._body(headers)
        with suppress(h11.ProtocolError):
            self._line.start_next_cycle()
            self.may_go_on = not self._line.trailing_data[0]
        return HttpResponse(head.status_code, headers, body)

    def _ask(self, request: HttpRequest, target: str, more: tuple[tuple[str, str], ...]) -> None:
        headers = [*request.headers, *more]
        given = {name.lower() for name, _ in headers}
        if "host" not in given:
            headers.insert(0, ("Host", urlsplit(self.origin).netloc))
        if not given & {"content-length", "transfer-encoding"} and (
            request.body or request.method in ("POST", "PUT", "PATCH")
        ):
            headers.append(("Content-Length", str(len(request.body))))
        head = h11.Request(method=request.method, target=target, headers=[(n.encode(), v.encode()) for n, v in headers])
        data = self._line.send(head) or b""
        if request.body:
            data += self._line.send(h11.Data(request.body)) or b""
        data += self._line.send(h11.EndOfMessage()) or b""
        # the server may have answered and closed while the request was still on its way: the answer counts
        with suppress(ConnectionError, ssl.SSLError):
            self.connection.send(data)

    def _head(self, method: str) -> h11.Response:
        while True:
            try:
                event = self._line.next_event()
            except h11.RemoteProtocolError as error:
                # h11 tells by a name of its own that the server changes to another protocol
                unasked = "_SWITCH_" in str(error)
                raise self._not_http(
                    "it changes to a protocol that nobody asked for" if unasked else BYTES.sub(r"\1", str(error))
                ) from None
            if event is h11.NEED_DATA:
                self._more(method)
            elif isinstance(event, h11.Response):
                if len(event.headers) > MOST_HEADERS:
                    raise self._not_http(f"more than {MOST_HEADERS} headers")
                return event

    def _more(self, method: str) -> None:
        """Read on until there is a head. An end before its first byte tells nothing on a connection that was kept."""
        problem = ""
        try:
            data = self.connection.receive()
        except ssl.SSLError as error:
            if not self._heard and not self.reused:
                raise Unreachable(f"{self.origin} cannot be reached: {tls_problem(error)}.") from None
            data, problem = b"", str(error)
        except ConnectionError as error:
            data, problem = b"", error.strerror or ""
        if not data and not self._heard:
            if self.reused:
                raise _Stale
            raise BrokenOff(f"{self.origin} closed the connection without an answer to a {method}.")
        if not data and not self._heard.startswith(b"HTTP/"):
            raise self._not_http("the connection ended")
        if not data:
            raise BrokenOff(f"{self.origin} broke off in the middle of the headers{': ' if problem else ''}{problem}.")
        if len(self._heard) < SHOWN_OF_GARBAGE:
            self._heard = (self._heard + data)[:SHOWN_OF_GARBAGE]
        self._line.receive_data(data)

    def _not_http(self, why: str) -> NotHttp:
        if self._heard[:2] in (b"\x15\x03", b"\x16\x03"):
            return NotHttp(f"What answers at {self.origin} does not speak HTTP; it speaks TLS: is the URL https?")
        begins = "" if self._heard.startswith(b"HTTP/") else f"; it began {self._heard!r}"
        return NotHttp(f"What answers at {self.origin} does not speak HTTP ({why}{begins}).")

    def _body(self, headers: tuple[tuple[str, str], ...]) -> bytes:
        encoding = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
        received = 0
        try:
            decoder = Decoder.of(encoding, self.max_body)
            while True:
                event = self._line.next_event()
                if isinstance(event, h11.EndOfMessage):
                    return decoder.end()
                if isinstance(event, h11.Data):
                    received += len(event.data)
                    decoder.add(bytes(event.data))
                elif event is h11.NEED_DATA:
                    self._line.receive_data(self.connection.receive())
                else:
                    raise h11.RemoteProtocolError("the connection ended")
        except Overflow as error:
            what = str(error) or f"{self.max_body:,} bytes"
            raise TooLarge(f"{self.origin} sent a body of more than {what}.") from None
        except BadEncoding:
            message = f"{self.origin} sent a body that its Content-Encoding {encoding!r} does not fit."
            raise BrokenOff(message) from None
        except (h11.RemoteProtocolError, OSError) as error:
            why = getattr(error, "strerror", None) or str(error)
            ended = isinstance(error, OSError) or "connection" in why
            what = "broke off" if ended else "did not keep to HTTP"
            raise BrokenOff(f"{self.origin} {what} in the middle of a body, after {received:,} bytes: {why}.") from None


def _target(url: str) -> str:
    if url.startswith("/"):
        return url
    return "/" + url.split("://", 1)[-1].partition("/")[2]
