"""The instrumented endpoint: a real HTTP/1.1 server on loopback that records every request, and answers each
as told.

It records what arrived, also what it refuses and every retry, with the verdict on its signature; it knows no
operation.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import io
import select
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Literal

from attrs import define, field, frozen

from conformance.sdk.arriving import IDLE, WHOLE, BadBody, Incoming, body_of
from conformance.sdk.leaks import Carried, carried
from conformance.wire.arrival import Arrival, read_request
from conformance.wire.exchange import Credentials, HttpRequest
from conformance.wire.verification import SignatureProblem, verify

# connections that may be open, and what accept() says when a peer was too quick or when there is no room for one more
MOST = 256
PASSING = (errno.ECONNABORTED, errno.EINTR, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPROTO)
Transfer = Literal[
    "length",
    "chunked",
    "until-close",
    "short",
    "short-whole",
    "long",
    "trailed",
    "cut-chunk",
    "stall",
    "silent",
    "close",
    "reset",
    "drip",
    "trickle",
]
# of a body that trickles: in how many pieces, and the seconds between two
PIECES, PAUSE = 8, 0.25
# what stands after an answer that is `trailed`: an answer to a request that nobody sent
UNASKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@frozen
class Reply:
    """What to answer, down to the transfer.

    `short` announces more than it sends (`short-whole`: more than there is), `long` less, `trailed` sends another
    answer right after this one. `cut-chunk` ends a chunked body early, `stall` sends half of the body and waits,
    `silent` sends nothing and waits, `close` and `reset` end the connection without an answer, `drip` sends the body
    slowly, `trickle` so slowly that it takes PIECES x PAUSE seconds, `until-close` sends no length and ends the body by
    closing. What waits does so for `patience` seconds, or until the client hangs up. `hang_up` closes the connection
    after the answer without announcing it. `gzip` and `deflate` compress the body.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    transfer: Transfer = "length"
    gzip: bool = False
    patience: float = 6.0
    hang_up: bool = False
    deflate: bool = False


@define
class Recorded:
    """A request that arrived, in order (`number` from 1), on which connection, when, and what was wrong with
    its signature.

    `carries` says where it carries the credentials of the case, the signature included; `reply` is what it was
    answered.
    `given_up` is after how many seconds the client closed a connection on which it was kept waiting; None
    where it was not kept waiting, infinity where it never did. `after` are the seconds since the request before it in
    the case; None for the first.
    """

    number: int
    connection: int
    at: float
    request: HttpRequest
    arrival: Arrival
    problems: tuple[SignatureProblem, ...] = ()
    carries: tuple[Carried, ...] = ()
    reply: Reply = field(factory=Reply)
    given_up: float | None = None
    after: float | None = None


class InstrumentedEndpoint:
    """Use as a context manager. `script` maps each recorded request to its reply, and runs on the
    connection's thread.

    `nonces` collects the nonces of all requests, over several endpoints where it is shared. `idle` and `whole` are
    seconds: for a request to begin, and for it to arrive. With `tls` it speaks https.
    """

    def __init__(
        self,
        script: Callable[[Recorded], Reply],
        credentials: Credentials,
        nonces: set[str] | None = None,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self._script = script
        self._credentials = credentials
        self._nonces = set() if nonces is None else nonces
        self._host = host
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._waiting: dict[socket.socket, None] = {}
        self.idle, self.whole = IDLE, WHOLE
        self._connections = 0
        self._stopping = False
        self.recorded: list[Recorded] = []
        self.malformed: list[str] = []

    def __enter__(self) -> InstrumentedEndpoint:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopping = True
        with contextlib.suppress(OSError), socket.create_connection(self._listener.getsockname(), timeout=1):
            pass
        self._thread.join(timeout=2)
        self._listener.close()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"{self._host}:{self._listener.getsockname()[1]}"

    @property
    def url(self) -> str:
        """Where a client finds it."""
        return f"http{'s' if self._tls else ''}://{self.authority}"

    def begin(self, script: Callable[[Recorded], Reply]) -> None:
        """Answer as told from now on, and count requests from 1 again."""
        with self._lock:
            self._script, self.recorded = script, []

    def hung_up(self, seconds: float = 1.0) -> None:
        """Waits until the connections that were to be closed are, and for the moment in which a client can notice."""
        until = time.monotonic() + seconds
        while self._open and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.1)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._listener.accept()
            except OSError as error:
                if self._stopping or error.errno not in PASSING:
                    return
                self._make_room(1)
                time.sleep(0.01)
                continue
            if self._stopping:
                connection.close()
                return
            self._make_room()
            self._connections += 1
            threading.Thread(target=self._serve, args=(connection, address, self._connections), daemon=True).start()

    def _make_room(self, most: int | None = None) -> None:
        """For one connection more than so many, end the one whose request has been awaited longest."""
        with self._lock:
            if len(self._open) >= (most or MOST) and (oldest := next(iter(self._waiting), None)) is not None:
                del self._waiting[oldest]
                with contextlib.suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)

    def waits(self, connection: socket.socket) -> None:
        """The next request of a connection is awaited."""
        with self._lock:
            self._waiting[connection] = None

    def answers(self, connection: socket.socket) -> None:
        """A request began on a connection."""
        with self._lock:
            self._waiting.pop(connection, None)

    def _serve(self, connection: socket.socket, address: tuple[str, int], number: int) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            if self._tls is not None:
                # who does not trust the certificate ends the handshake, which is an OSError here
                connection.settimeout(self.whole)
                plain, connection = connection, self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._open = {*self._open, connection} - {plain}
            handler = type("Handler", (_Handler,), {"number": number, "endpoint": self})
            handler(connection, address, self)
        except (OSError, ValueError):
            # The client went away; whatever it had sent is recorded.
            return
        finally:
            with self._lock:
                self._open.discard(connection)
                self._waiting.pop(connection, None)
            connection.close()

    def receive(self, connection: int, request: HttpRequest) -> tuple[Recorded, Reply]:
        """Note a request and what is wrong with its signature, and ask the script for the reply."""
        with self._lock:
            arrival = read_request(request)
            problems = verify(request, self._credentials, nonces=self._nonces)
            if arrival.nonce is not None:
                self._nonces.add(arrival.nonce)
            recorded = Recorded(
                len(self.recorded) + 1,
                connection,
                time.monotonic(),
                request,
                arrival,
                problems,
                carried(request, self._credentials),
            )
            if self.recorded:
                recorded.after = recorded.at - self.recorded[-1].at
            self.recorded.append(recorded)
            recorded.reply = self._script(recorded)
        return recorded, recorded.reply


class _Handler(BaseHTTPRequestHandler):
    endpoint: InstrumentedEndpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    number = 0

    def setup(self) -> None:
        """What arrives has a time to do so, and an answer one to be taken."""
        super().setup()
        self.arriving = Incoming(self.connection)
        self.rfile = self.stream = io.BufferedReader(self.arriving)

    def handle_one_request(self) -> None:
        """Raises TimeoutError where the client is too slow."""
        self.arriving.ends_at = time.monotonic() + self.endpoint.idle
        self.endpoint.waits(self.connection)
        if not self.stream.peek(1):
            self.close_connection = True
            return
        self.endpoint.answers(self.connection)
        self.arriving.ends_at = time.monotonic() + self.endpoint.whole
        super().handle_one_request()

    def _answer(self) -> None:
        try:
            body = body_of(self.headers, self.stream)
        except BadBody as problem:
            self.send_error(400, str(problem))
            return
        self.connection.settimeout(self.endpoint.whole)
        target = self.path if "://" in self.path else f"{self.endpoint.url}{self.path}"
        headers = tuple((name, value) for name, value in self.headers.items())
        recorded, reply = self.endpoint.receive(self.number, HttpRequest(self.command, target, headers, body))
        _send(self, recorded, reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _answer

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP is noted, and the connection closed."""
        self.endpoint.malformed.append(f"{code} {message or ''}".strip())
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Silent: what arrived is recorded instead."""


def _send(handler: _Handler, recorded: Recorded, reply: Reply) -> None:
    if reply.transfer in ("silent", "close", "reset"):
        handler.close_connection = True
        if reply.transfer == "silent":
            recorded.given_up = _wait(handler.connection, reply.patience)
        if reply.transfer == "reset":
            # Close with unsent data discarded: the client sees a reset instead of an orderly end.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        return
    body = gzip.compress(reply.body) if reply.gzip else zlib.compress(reply.body) if reply.deflate else reply.body
    handler.connection.sendall(_head(reply, len(body)) + _first_part(reply, body))
    if reply.transfer in ("drip", "trickle"):
        for start in range(0, len(body), max(1, len(body) // PIECES)):
            handler.connection.sendall(body[start : start + max(1, len(body) // PIECES)])
            time.sleep(0.03 if reply.transfer == "drip" else PAUSE)
    if reply.transfer == "stall":
        recorded.given_up = _wait(handler.connection, reply.patience)
    if reply.hang_up or reply.transfer in ("until-close", "short", "short-whole", "long", "cut-chunk", "stall"):
        handler.close_connection = True


def _head(reply: Reply, length: int) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if reply.gzip:
        lines.append("Content-Encoding: gzip")
    elif reply.deflate:
        lines.append("Content-Encoding: deflate")
    if reply.transfer in ("chunked", "cut-chunk"):
        lines.append("Transfer-Encoding: chunked")
    elif reply.transfer == "until-close":
        lines.append("Connection: close")
    else:
        announced = {"short-whole": length + 100, "long": length // 2}.get(reply.transfer, length)
        lines.append(f"Content-Length: {announced}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _first_part(reply: Reply, body: bytes) -> bytes:
    match reply.transfer:
        case "chunked":
            middle = len(body) // 2
            parts = [part for part in (body[:middle], body[middle:]) if part]
            return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        case "cut-chunk":
            return b"%x\r\n%s" % (len(body), body[: len(body) // 2])
        case "short" | "stall":
            return body[: len(body) // 2]
        case "drip" | "trickle":
            return b""
        case "trailed":
            return body + UNASKED
    return body


def _wait(connection: socket.socket, patience: float) -> float:
    """Seconds until the client closed the connection; infinity where it did not within `patience`."""
    started = time.monotonic()
    readable, _, _ = select.select([connection], [], [], patience)
    return time.monotonic() - started if readable else float("inf")


_REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
__all__ = ["InstrumentedEndpoint", "Recorded", "Reply", "Transfer"]
