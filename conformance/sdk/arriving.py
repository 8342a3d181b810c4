"""Requests as they arrive at the instrumented endpoint: each as a whole within its time, and within bounds."""

from __future__ import annotations

import io
import re
import socket
import time
from collections.abc import Callable
from email.message import Message
from typing import Any, Final

# seconds: for a request to begin on a connection that is kept, and for it to arrive as a whole
IDLE: Final = 120.0
WHOLE: Final = 30.0
BODY_LIMIT: Final = 8 << 20
LENGTH: Final = re.compile(r"[0-9]{1,19}")
SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,16}")
LINE: Final = 64 << 10
TRAILERS: Final = 100


class BadBody(ValueError):
    """A request whose body has no certain end, or too far an end; says why."""


class Incoming(io.RawIOBase):
    """The bytes of a connection, as long as it is not `ends_at` on the monotonic clock. Raises TimeoutError."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.ends_at = time.monotonic() + IDLE

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


def body_of(headers: Message, stream: io.BufferedReader[Any]) -> bytes:
    """The body of a request, by the rules of RFC 9112, 6.3. Raises BadBody, and OSError where it breaks."""
    codings = [c.strip().lower() for v in headers.get_all("Transfer-Encoding", ()) for c in v.split(",")]
    if codings:
        if codings != ["chunked"]:
            raise BadBody(f"Transfer-Encoding is {', '.join(codings)!r:.60}; expected chunked")
        return _chunks(stream)
    lengths = {v.strip() for value in headers.get_all("Content-Length", ()) for v in value.split(",")}
    if not lengths:
        return b""
    text = lengths.pop()
    if lengths or not LENGTH.fullmatch(text):
        raise BadBody("Content-Length is not one number")
    return _exactly(int(text), stream.read)


def _exactly(size: int, read: Callable[[int], bytes]) -> bytes:
    if size > BODY_LIMIT:
        raise BadBody(f"the body is of more than {BODY_LIMIT >> 20} MiB")
    data = read(size)
    if len(data) < size:
        raise BadBody("the body is cut short")
    return data


def _chunks(stream: io.BufferedReader[Any]) -> bytes:
    parts, whole = [], 0
    while True:
        text = stream.readline(LINE).split(b";")[0].strip()
        if not SIZE.fullmatch(text):
            raise BadBody("the size of a chunk is no hexadecimal number")
        size = int(text, 16)
        whole += size
        if whole > BODY_LIMIT:
            raise BadBody(f"the body is of more than {BODY_LIMIT >> 20} MiB")
        if size == 0:
            break
        parts.append(_exactly(size, stream.read))
        if stream.readline(16).strip():
            raise BadBody("a chunk is longer than its size")
    for _ in range(TRAILERS):
        if stream.readline(LINE) in (b"\r\n", b"\n", b""):
            return b"".join(parts)
    raise BadBody(f"more than {TRAILERS} trailers follow the body")
