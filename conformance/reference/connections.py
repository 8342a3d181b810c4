"""The connections of the reference endpoint: how many there may be, how long each may wait, what is said on them."""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from attrs import define, field

from conformance.reference.message import MalformedRequest, Request, Response, read_request, response_bytes

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# seconds: for a request to begin, and for it to arrive, or its answer to be taken, as a whole
IDLE, WHOLE = 120.0, 30.0
MOST, FEWEST = 512, 8
# what accept() says when a peer was too quick, or when there is no room for one more
PASSING = (errno.ECONNABORTED, errno.EINTR, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPROTO)


def most_connections() -> int:
    """How many connections may be open: no more than half of the files that this process may open."""
    try:
        import resource
    except ImportError:  # not on Windows
        return MOST
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(FEWEST, min(MOST, soft // 2))


@define(eq=False)
class Connections:
    """Those that are open, at most so many: for one more, the one whose request has been awaited longest is closed.

    `idle` and `whole` are seconds: for a request to begin, and for it to arrive.
    """

    most: int = MOST
    idle: float = IDLE
    whole: float = WHOLE
    _waiting: dict[socket.socket, None] = field(factory=dict, init=False)
    _answering: set[socket.socket] = field(factory=set, init=False)
    _changed: threading.Condition = field(factory=threading.Condition, init=False)

    def add(self, connection: socket.socket) -> None:
        """Another one; it has asked for nothing yet."""
        with self._changed:
            while len(self._waiting) + len(self._answering) >= self.most and self._waiting:
                self._end_the_oldest()
            self._waiting[connection] = None

    def make_room(self) -> None:
        """End one, and wait until its file is closed, or for a moment."""
        with self._changed:
            if self._waiting:
                self._end_the_oldest()
            self._changed.wait(0.1)

    def waits(self, connection: socket.socket) -> None:
        """Its next request is awaited. One that was ended for another stays ended."""
        with self._changed:
            if connection in self._answering:
                self._answering.discard(connection)
                self._waiting[connection] = None

    def answers(self, connection: socket.socket) -> None:
        """Its request has arrived as a whole."""
        with self._changed:
            if connection in self._waiting:
                del self._waiting[connection]
                self._answering.add(connection)

    def remove(self, connection: socket.socket) -> None:
        """It is closed."""
        with self._changed:
            self._waiting.pop(connection, None)
            self._answering.discard(connection)
            self._changed.notify_all()

    def close(self) -> None:
        """End all."""
        with self._changed:
            for connection in (*self._waiting, *self._answering):
                _end(connection)

    def _end_the_oldest(self) -> None:
        oldest = next(iter(self._waiting))
        del self._waiting[oldest]
        _end(oldest)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Arriving(io.RawIOBase):
    """The bytes of a connection, each request of which has until `ends_at` to arrive. Raises TimeoutError."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ends_at = 0.0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Raises TimeoutError."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


def converse(
    connection: socket.socket,
    number: int,
    respond: Callable[[Request], Response],
    among: Connections,
) -> None:
    """Answer the requests of one connection until either side closes it, or the peer is too slow. Raises OSError where
    it breaks.
    """
    arriving = Arriving(connection)

    def send(data: bytes) -> None:
        connection.settimeout(among.whole)
        connection.sendall(data)

    with io.BufferedReader(arriving) as stream:
        while True:
            arriving.ends_at = time.monotonic() + among.idle
            among.waits(connection)
            if not stream.peek(1):
                return
            arriving.ends_at = time.monotonic() + among.whole
            try:
                request = read_request(stream, lambda: send(CONTINUE), number)
            except MalformedRequest as problem:
                bad = Response(400, str(problem).encode(), "text/plain; charset=utf-8")
                send(response_bytes(bad, "GET", keep_alive=False))
                return
            if request is None:
                return
            among.answers(connection)
            response = respond(request)
            if response.delay:
                time.sleep(response.delay)
            if response.dropped:
                return
            keep_alive = request.keep_alive and not response.close
            send(response_bytes(response, request.method, keep_alive))
            if not keep_alive:
                return
