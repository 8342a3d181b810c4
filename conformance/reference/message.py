"""One HTTP request as it arrived and one response as it will leave, and their bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urlsplit

from attrs import frozen

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 8 * 1024 * 1024
MOST_HEADERS = 200
LENGTH = re.compile(r"[0-9]{1,12}")
CHUNK_LENGTH = re.compile(rb"[0-9A-Fa-f]{1,8}")


class MalformedRequest(ValueError):
    """The bytes are no HTTP request that can be read on from; the connection is to be closed."""


@frozen
class Request:
    """`headers` have lower-case names. `query` is the raw query string, `body` is free of its transfer encoding.

    `connection` is the number of the connection that it came on, from 1; 0 where there is none. `spellings` are the
    names of the headers as they were written, where that is known.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    keep_alive: bool = True
    connection: int = 0
    spellings: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header; repeated ones joined with commas, as HTTP allows; None where it was not sent."""
        values = [v for k, v in self.headers if k == name]
        return ",".join(values) if values else None


@frozen
class Response:
    """`delay` is seconds to wait before sending; the last five are about how it travels. One that is `dropped` never
    does: the connection ends in its place.
    """

    status: int
    body: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = False
    close: bool = False
    delay: float = 0.0
    lower_case: bool = False
    dropped: bool = False

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, or None."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


def read_request(
    stream: BinaryIO, on_continue: Callable[[], None] | None = None, connection: int = 0
) -> Request | None:
    """The next request of a connection, or None where the peer has closed it. Raises MalformedRequest.

    `on_continue` is called without arguments where the peer waits for `100 Continue` before it sends the body.
    """
    line = stream.readline(HEAD_LIMIT)
    while line in (b"\r\n", b"\n"):
        line = stream.readline(HEAD_LIMIT)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise MalformedRequest("the first line is no HTTP/1.1 request line")
    method, target, version = words
    written = _read_headers(stream)
    headers = [(name.lower(), value) for name, value in written]
    named = dict(headers)
    if on_continue and named.get("expect", "").lower() == "100-continue":
        on_continue()
    body = _read_body(stream, headers)
    parts = urlsplit(target) if not target.startswith("/") else None
    path, _, query = target.partition("?") if parts is None else (parts.path or "/", "", parts.query)
    wish = named.get("connection", "").lower()
    keep = "close" not in wish and (version != "HTTP/1.0" or "keep-alive" in wish)
    spellings = tuple(name for name, _ in written)
    return Request(method, path, query.partition("#")[0], tuple(headers), body, keep, connection, spellings)


def _read_headers(stream: BinaryIO) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    size = 0
    while True:
        line = stream.readline(HEAD_LIMIT)
        size += len(line)
        if line in (b"\r\n", b"\n"):
            return headers
        if not line or size > HEAD_LIMIT or len(headers) == MOST_HEADERS:
            raise MalformedRequest("the headers do not end")
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise MalformedRequest("a header has no name")
        headers.append((name, value.strip()))


def _read_body(stream: BinaryIO, headers: Iterable[tuple[str, str]]) -> bytes:
    """Where it is not certain how long the body is, somebody else may have seen another end (RFC 9112, 6.3)."""
    lengths = {part.strip() for name, value in headers if name == "content-length" for part in value.split(",")}
    codings = [value.lower() for name, value in headers if name == "transfer-encoding"]
    if codings:
        if lengths or codings != ["chunked"]:
            raise MalformedRequest("Transfer-Encoding is not chunked alone, or stands beside Content-Length")
        return _read_chunks(stream)
    text = lengths.pop() if lengths else "0"
    if lengths or not LENGTH.fullmatch(text) or int(text) > BODY_LIMIT:
        raise MalformedRequest("Content-Length is no number within the limit, or several")
    return _exactly(stream, int(text))


def _read_chunks(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        text = stream.readline(HEAD_LIMIT).split(b";")[0].strip()
        if not CHUNK_LENGTH.fullmatch(text):
            raise MalformedRequest("a chunk has no length")
        length = int(text, 16)
        size += length
        if size > BODY_LIMIT:
            raise MalformedRequest("the body is longer than the limit")
        if length == 0:
            _read_headers(stream)
            return b"".join(chunks)
        chunks.append(_exactly(stream, length))
        stream.readline(HEAD_LIMIT)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length) if length else b""
    if len(body) != length:
        raise MalformedRequest("the body ends early")
    return body


def response_bytes(response: Response, method: str, keep_alive: bool) -> bytes:
    """The response as one piece, so that one write sends it. HEAD gets the headers alone."""
    head = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
    if response.media_type:
        head.append(f"Content-Type: {response.media_type}")
    head += [f"{name}: {value}" for name, value in response.headers]
    head.append("Transfer-Encoding: chunked" if response.chunked else f"Content-Length: {len(response.body)}")
    head.append("Connection: keep-alive" if keep_alive else "Connection: close")
    if response.lower_case:
        head = [head[0], *(name.lower() + colon + value for name, colon, value in (h.partition(":") for h in head[1:]))]
    body = _chunks(response.body) if response.chunked else response.body
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + (b"" if method == "HEAD" else body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _chunks(body: bytes, size: int = 700) -> bytes:
    pieces = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
