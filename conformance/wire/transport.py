"""HTTP over one kept-alive connection, with limits, and a named exception for each way in which it can go
wrong.

No redirect is followed, no proxy of the environment is used, and nothing is sent twice, with one exception: a
kept-alive connection that the server closed before any byte of an answer tells nothing about the request,
which is then sent anew.
"""

from __future__ import annotations

import ssl
import time
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field
from urllib3 import exceptions as u3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from conformance.wire.exchange import HttpRequest, HttpResponse

MAX_BODY = 32 * 1024 * 1024
READ_SIZE = 1 << 20


class TransportError(Exception):
    """No HTTP response could be had. The message is one sentence that names the endpoint."""


class Unreachable(TransportError):
    """No connection: refused, no such host, or TLS failed."""


class TimedOut(TransportError):
    """The whole answer did not arrive within the time limit."""


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

    `timeout` is in seconds, for connecting and for each whole answer. `max_body` is in bytes after decoding.
    """

    origin: str
    timeout: float = 10.0
    max_body: int = MAX_BODY
    connections: int = field(default=0, init=False)
    _connection: HTTPConnection | None = field(default=None, init=False, repr=False)

    def send(self, request: HttpRequest) -> HttpResponse:
        """Raises a TransportError where no whole HTTP response arrives."""
        try:
            return self._attempt(request)
        except _Stale:
            return self._attempt(request)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _attempt(self, request: HttpRequest) -> HttpResponse:
        connection, reused = self._connected()
        started = time.perf_counter()
        try:
            response = self._exchange(connection, request, reused)
            body = self._body(response, started)
        except BaseException:
            self.close()
            raise
        headers = tuple(response.headers.iteritems())
        return HttpResponse(response.status, headers, body, time.perf_counter() - started)

    def _connected(self) -> tuple[HTTPConnection, bool]:
        if self._connection is not None and self._connection.is_connected:
            return self._connection, True
        self.close()
        connection = _connection(self.origin, self.timeout)
        try:
            connection.connect()
        except (u3.NewConnectionError, u3.SSLError, OSError, UnicodeError) as error:
            raise Unreachable(f"{self.origin} cannot be reached: {_reason(error)}.") from error
        except u3.HTTPError as error:
            late = f"{self.origin} cannot be reached: no connection within {self.timeout:g} s."
            raise Unreachable(late) from error
        self._connection = connection
        self.connections += 1
        return connection, False

    def _exchange(self, connection: HTTPConnection, request: HttpRequest, reused: bool) -> BaseHTTPResponse:
        target = _target(request.url)
        try:
            connection.request(
                request.method,
                target,
                body=request.body or None,
                headers=_headers(request),
                preload_content=False,
            )
        except OSError as error:
            # The server may have answered and closed while the request was still on its way: the answer
            # counts.
            if not isinstance(error, BrokenPipeError | ConnectionError):
                raise self._timed_out() from error
        try:
            return connection.getresponse()
        except TimeoutError as error:
            raise self._timed_out() from error
        except (RemoteDisconnected, ConnectionError, ssl.SSLEOFError) as error:
            if reused:
                raise _Stale from error
            message = f"{self.origin} closed the connection without an answer to a {request.method}."
            raise BrokenOff(message) from error
        except (HTTPException, u3.HTTPError, ValueError) as error:
            heard = f" (it began {str(error)[:60]!r})" if isinstance(error, BadStatusLine) else f" ({_reason(error)})"
            raise NotHttp(f"What answers at {self.origin} does not speak HTTP{heard}.") from error

    def _body(self, response: BaseHTTPResponse, started: float) -> bytes:
        parts, size = [], 0
        try:
            while part := response.read1(READ_SIZE, decode_content=True):
                parts.append(part)
                size += len(part)
                if size > self.max_body:
                    raise TooLarge(f"{self.origin} sent a body of more than {self.max_body:,} bytes.")
                if time.perf_counter() - started > self.timeout:
                    raise self._timed_out()
        except (u3.ReadTimeoutError, TimeoutError) as error:
            raise self._timed_out() from error
        except u3.DecodeError as error:
            encoding = response.headers.get("content-encoding", "")
            raise BrokenOff(
                f"{self.origin} sent a body that its Content-Encoding {encoding!r} does not fit."
            ) from error
        except (u3.HTTPError, HTTPException, OSError, ValueError) as error:
            message = f"{self.origin} broke off in the middle of a body, after {size:,} bytes: {_reason(error)}."
            raise BrokenOff(message) from error
        return b"".join(parts)

    def _timed_out(self) -> TimedOut:
        return TimedOut(f"{self.origin} did not answer in full within {self.timeout:g} s.")


def _connection(origin: str, timeout: float) -> HTTPConnection:
    parts = urlsplit(origin)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)


def _target(url: str) -> str:
    if url.startswith("/"):
        return url
    return "/" + url.split("://", 1)[-1].partition("/")[2]


def _headers(request: HttpRequest) -> dict[str, Any]:
    return dict(request.headers)


def _reason(error: BaseException) -> str:
    """The innermost cause, in its own words and without object addresses."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text.rstrip(".")
