"""Hostile targets: what each does with a connection, or with the good answers of the reference behind it."""

# a table: one target a line
# ruff: noqa: E501

from __future__ import annotations

import contextlib
import gzip
import http.client
import itertools
import json
import random
import re
import socket
import threading
import zlib
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from attrs import Factory, field, frozen

OK = b"HTTP/1.1 200 OK\r\n"
MB = 1 << 20
STOPPED = threading.Event


@frozen
class Hostile:
    """A target by name. `raw` has a whole connection to itself; `spoil` makes of a good answer (status, headers, body)
    another one, once `after` good ones were given. `words`: what the sentence must say, one of them. `host` is where it
    listens, `scheme` what its URL begins with; `closes` says that a connection is for one answer.
    """

    name: str
    raw: Callable[[socket.socket, threading.Event], None] | None = None
    spoil: Callable[[dict[str, str], int, dict[str, str], bytes], bytes | None] | None = None
    after: int = 0
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    scheme: str = "http"
    closes: bool = False


def head(connection: socket.socket) -> bytes:
    """A request with its body, or nothing at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    start, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", start)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return start + b"\r\n\r\n" + body


def says(*pieces: bytes):
    """Answers every request with these bytes."""

    def raw(connection, stopped):
        while head(connection):
            for piece in pieces:
                connection.sendall(piece)

    return raw


def drips(first: bytes, piece: bytes, pause: float = 0.02):
    def raw(connection, stopped):
        head(connection)
        connection.sendall(first)
        while not stopped.wait(pause):
            connection.sendall(piece)

    return raw


def closes(data: bytes):
    def raw(connection, stopped):
        if head(connection):
            connection.sendall(data)

    return raw


def at_once(data: bytes):
    def raw(connection, stopped):
        with contextlib.suppress(OSError):
            connection.sendall(data)
            connection.recv(65536)

    return raw


def silent(connection, stopped):
    stopped.wait(60)


def resets(connection, stopped):
    head(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def floods(connection, stopped):
    head(connection)
    connection.sendall(OK + b"\r\n")
    while not stopped.is_set():
        connection.sendall(b" " * 65536)


def whole(body: bytes, status: str = "200 OK", headers: str = "Content-Type: application/json\r\n") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def content(body: bytes, **more):
    return says(whole(body, **more))


def spoiled(change: Callable[[bytes], bytes]):
    return lambda asked, status, headers, body: whole(change(body), f"{status} X", _lines(headers))


def always(answer: bytes):
    return lambda asked, status, headers, body: answer


def _lines(headers: dict[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def endless(total: int, new: bool):
    """A listing of full pages for ever."""

    kept: list[dict] = []

    def spoil(asked, status, headers, body):
        if asked.get("Format", "JSON").upper() != "JSON" or status != 200 or b'"TaskSet"' not in body:
            return None
        number, size = int(asked.get("PageNumber", 1)), int(asked.get("PageSize", 10))
        found = json.loads(body)
        tasks = found["TaskSet"]["Task"] if isinstance(found["TaskSet"], dict) else found["TaskSet"]
        kept.extend(tasks[:1])
        if not kept:
            return None
        made = [{**kept[0], "TaskId": f"t-{(number if new else 1) * size + n:012}"} for n in range(size)]
        if isinstance(found["TaskSet"], dict):
            found["TaskSet"]["Task"] = made
        else:
            found["TaskSet"] = made
        return whole(json.dumps({**found, "TotalCount": total, "PageNumber": number, "PageSize": size}).encode())

    return spoil


def tasks(change: Callable[[int, dict], object]):
    """Each item of a listing in JSON changed, by its place."""

    def spoil(asked, status, headers, body):
        if status != 200 or not body.startswith(b"{") or b'"Task"' not in body:
            return None
        found = json.loads(body)
        listed = found["TaskSet"]["Task"] if isinstance(found["TaskSet"], dict) else found["TaskSet"][0]["Task"]
        listed[:] = [change(place, item) for place, item in enumerate(listed)]
        return whole(json.dumps(found).encode())

    return spoil


def totals(make: Callable[[int], object]):
    """The total of each listing in JSON replaced, by the number of the answer."""
    counted = itertools.count(1)

    def spoil(asked, status, headers, body):
        total = json.dumps(make(next(counted))).encode()
        return whole(re.sub(rb'("TotalCount": ?)\d+', lambda found: found[1] + total, body), f"{status} X")

    return spoil


def half_and_reset(connection, stopped):
    head(connection)
    connection.sendall(OK + b"Content-Length: 99\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def late(connection, stopped):
    """4 MB in most of the time that there is."""
    body = whole(b'{"A":"' + b"x" * 4_000_000 + b'"}')
    while head(connection):
        for start in range(0, len(body), 1 << 19):
            connection.sendall(body[start : start + (1 << 19)])
            stopped.wait(0.09)


DEEP = b"[" * 50_000 + b"]" * 50_000
BOMB = gzip.compress(b" " * (64 * MB), compresslevel=1)
THROTTLED = whole(
    json.dumps({"Code": "Throttling", "Message": "m", "RequestId": "r", "HostId": "h"}).encode(), "429 Too Many"
)
GATEWAY = whole(b"<html><head><title>502</title></head></html>", "502 Bad Gateway", "Content-Type: text/html\r\n")
ESCAPES = b'{"Code":"\\u001b]0;owned\\u0007","Message":"\\u001b[2J","RequestId":"r","HostId":"h"}'
TARGETS: tuple[Hostile, ...] = (
    # network
    Hostile("silent", silent, words=("within",)),
    Hostile("resets", resets, words=("closed", "broke", "reset")),
    Hostile("closes at once", lambda c, s: None, words=("closed", "reset")),
    Hostile("closes after the request", closes(b""), words=("closed",)),
    Hostile("floods", floods, words=("more than", "within")),
    Hostile("drips a status line", drips(b"", b"H"), words=("within", "HTTP")),
    Hostile("drips a header", drips(OK + b"X: ", b"a"), words=("within", "HTTP")),
    Hostile("drips headers", drips(OK, b"X: y\r\n"), words=("within", "HTTP")),
    Hostile("drips 100 Continue", drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), words=("within", "HTTP")),
    Hostile("drips chunks", drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), words=("within",)),
    Hostile("drips a body", drips(OK + b"Content-Length: 9999999\r\n\r\n", b"x"), words=("within",)),
    # HTTP
    Hostile("SSH", at_once(b"SSH-2.0-OpenSSH_9.6\r\n"), words=("HTTP",)),
    Hostile("SMTP", at_once(b"220 mail ESMTP\r\n"), words=("HTTP",)),
    Hostile("Redis", closes(b"-ERR unknown command\r\n"), words=("HTTP",)),
    Hostile("TLS alert", closes(b"\x15\x03\x03\x00\x02\x02\x46"), words=("TLS",)),
    Hostile("HTTP/2 only", closes(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"), words=("HTTP",)),
    Hostile("NUL bytes", closes(bytes(5000)), words=("HTTP",)),
    Hostile("no status", closes(b"HTTP/1.1\r\n\r\n"), words=("HTTP",)),
    Hostile("status 99999", closes(b"HTTP/1.1 99999 X\r\n\r\n"), words=("HTTP",)),
    Hostile("100,000 headers", closes(OK + b"X: y\r\n" * 100_000 + b"\r\n"), words=("HTTP",)),
    Hostile("a header of 1 MB", closes(OK + b"X: " + b"y" * MB + b"\r\n\r\n"), words=("HTTP",)),
    Hostile("a length of 5,000 digits", closes(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n"), words=("HTTP", "broke")),
    Hostile("a negative length", closes(OK + b"Content-Length: -1\r\n\r\n{}"), words=("HTTP", "broke")),
    Hostile("two lengths", closes(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"), words=("HTTP", "broke")),
    Hostile("a length that is too long", closes(OK + b"Content-Length: 99\r\n\r\n{}"), words=("broke",)),
    Hostile("a chunk size of 5,000 digits", closes(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 5000), words=("HTTP", "broke")),
    Hostile("a chunk without end", closes(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), words=("broke",)),
    Hostile("gzip that is none", content(b"{}", headers="Content-Encoding: gzip\r\n"), words=("Content-Encoding",)),
    Hostile("brotli", content(b"{}", headers="Content-Encoding: br\r\n"), words=("Content-Encoding",)),
    Hostile("a gzip bomb", content(BOMB, headers="Content-Encoding: gzip\r\n"), words=("more than",)),
    Hostile("a deflate bomb", content(zlib.compress(b" " * 64 * MB, level=1), headers="Content-Encoding: deflate\r\n"), words=("more than",)),
    Hostile("204", content(b"", status="204 No Content"), words=("empty", "204")),
    Hostile("304", content(b"", status="304 Not Modified"), words=("304",)),
    Hostile("a redirect", content(b"", status="302 Found", headers="Location: https://elsewhere.example/\r\n"), words=("elsewhere.example",)),
    Hostile("a redirect of 60 kB", content(b"", status="302 Found", headers=f"Location: /{'x' * 60_000}\r\n"), words=("redirect",)),
    Hostile("401", content(b"<html></html>", status="401 No", headers=""), words=("401",)),
    Hostile("407", content(b"", status="407 Proxy", headers="Proxy-Authenticate: Basic\r\n"), words=("407", "--proxy")),
    Hostile("a gateway", says(GATEWAY), words=("gateway",)),
    # content
    Hostile("HTML", content(b"<!doctype html><html></html>"), words=("HTML",)),
    Hostile("empty", content(b""), words=("empty",)),
    Hostile("plain text", content(b"hello"), words=("hello",)),
    Hostile("a PNG", content(b"\x89PNG\r\n\x1a\n" + bytes(99)), words=("UTF-8", "PNG")),
    Hostile("UTF-16", content('{"a":1}'.encode("utf-16")), words=("UTF-8", "neither")),
    Hostile("NaN", content(b'{"TotalCount":NaN}'), words=("NaN",)),
    Hostile("1e999", content(b'{"TotalCount":1e999}'), words=("range",)),
    Hostile("half a surrogate", content(b'{"Code":"\\ud800"}'), words=("surrogate",)),
    Hostile("deep JSON", content(DEEP), words=("deeper",)),
    Hostile("deep XML", content(b"<a>" * 9000 + b"</a>" * 9000), words=("deep", "XML")),
    Hostile("a JSON array", content(b"[]"), words=("object",)),
    Hostile("a JSON string", content(b'"x"'), words=("object", "neither")),
    Hostile("a number of a million digits", content(b'{"TotalCount":' + b"9" * MB + b"}"), words=("JSON", "digits", "integer")),
    Hostile("a DTD", content(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), words=("document type", "entit")),
    Hostile("an entity bomb", content(b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><a>&b;</a>'), words=("document type", "entit")),
    Hostile("200,000 attributes", content(b"<a " + b" ".join(b'a%06d=""' % n for n in range(200_000)) + b"/>"), words=("attributes",)),
    Hostile("a million elements", content(b"<a>" + b"<b/>" * 900_000 + b"</a>"), words=("elements",)),
    Hostile("a million objects", content(b'{"a":[{}' + b",{}" * 900_000 + b"]}"), words=("objects",)),
    Hostile("escapes for a terminal", content(ESCAPES, status="400 X")),
    Hostile("an unknown API", content(b'{"kind":"Status","code":404}', status="404 X"), words=("404",)),
    # semantics, and after n good answers
    Hostile("a listing without an end", spoil=endless(2**31 - 1, True), options=("--format", "json")),
    Hostile("the same page for ever", spoil=endless(2**31 - 1, False), options=("--format", "json")),
    Hostile("throttled from the start", spoil=always(THROTTLED)),
    Hostile("throttled after 10", spoil=always(THROTTLED), after=10, words=("throttled",)),
    Hostile("a gateway after 10", spoil=always(GATEWAY), after=10),
    Hostile("HTML after 10", spoil=always(whole(b"<html></html>")), after=10),
    Hostile("silence after 10", raw=silent, spoil=always(b""), after=10, words=("no answer", "within")),
    Hostile("nothing after 10", spoil=always(b""), after=10),
    Hostile("half an answer after 10", spoil=always(OK + b"Content-Length: 99\r\n\r\n{"), after=10),
    Hostile("deep JSON after 10", spoil=always(whole(DEEP)), after=10),
    Hostile("4 MB of items after 10", spoil=always(whole(b'{"TotalCount":1,"TaskSet":{"Task":[{}' + b",{     }" * 140_000 + b"]}}")), after=10),
    Hostile("4 MB of XML after 10", spoil=always(whole(b"<R>" + b"<aaaaaaaaaaaaaaaaaaaaaaaa/>" * 140_000 + b"</R>")), after=10),
    Hostile("bodies cut after 10", spoil=spoiled(lambda body: body[: len(body) // 2]), after=10),
    Hostile("Retry-After of ² days", spoil=always(whole(b"", "503 X", "Retry-After: \u00b2\r\n")), after=10),
    Hostile("Retry-After of 1,000 digits", spoil=always(whole(b"", "503 X", f"Retry-After: {'9' * 1000}\r\n")), after=10),
    # of other kinds
    Hostile("TLS that never begins", silent, words=("end of the TLS handshake within",), scheme="https"),
    Hostile("TLS that drips", drips(b"\x16\x03\x03\x40\x00", b"\x02"), words=("end of the TLS handshake within",), scheme="https"),
    Hostile("plain HTTP where TLS is asked", at_once(whole(b"{}")), words=("TLS",), scheme="https"),
    Hostile("SSH where TLS is asked", at_once(b"SSH-2.0-OpenSSH_9.6\r\n"), words=("TLS",), scheme="https"),
    Hostile("silent on IPv6", silent, words=("within",), host="::1"),
    Hostile("a flood of 103", drips(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" * 500, 0.001), words=("within", "HTTP")),
    Hostile("101 Switching Protocols", says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"), words=("changes to a protocol",)),
    Hostile("100,000 trailers", says(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"), words=("keep to HTTP",)),
    Hostile("a chunk extension without end", drips(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"a" * 9000, 0.001), words=("HTTP", "broke", "within")),
    Hostile("a redirect to itself", content(b"", status="307 Again", headers="Location: /\r\n"), words=("redirect",)),
    Hostile("cookies of 1 MB", says(OK + b"Set-Cookie: a=" + b"b" * MB + b"\r\n\r\n"), words=("HTTP",)),
    Hostile("a code of 3 MB", content(b'{"Code":"' + b"x" * 3 * MB + b'","Message":"m","RequestId":"r","HostId":"h"}', status="400 X"), words=("xxx",)),
    Hostile("300,000 keys after 10", spoil=always(whole(b'{"A":0' + b"".join(b',"n%07d":1' % n for n in range(300_000)) + b"}")), after=10),
    Hostile("2 million numbers for items after 10", spoil=always(whole(b'{"TotalCount":1,"TaskSet":{"Task":[1' + b",1" * 2_000_000 + b"]}}")), after=10),
    Hostile("400,000 numbers for items after 10", spoil=always(whole(b'{"TotalCount":1,"TaskSet":{"Task":[1' + b",1000001" * 400_000 + b"]}}")), after=10),
    Hostile("items of the wrong type half-way", spoil=tasks(lambda n, item: item if n < 2 else [item, 7, None][n % 3]), after=10),
    Hostile("ids of 30 kB", spoil=tasks(lambda n, item: {**item, "TaskId": item["TaskId"] + "x" * 30_000}), after=3),
    Hostile("ids that are no text", spoil=tasks(lambda n, item: {**item, "TaskId": "t-\0\r\nX: y\x1b[2J\u202e\U0001f600"[: n + 3]}), after=3),
    Hostile("a total of 300 digits", spoil=totals(lambda n: 10**300), options=("--format", "json")),
    Hostile("a total of 1e300", spoil=totals(lambda n: 1e300), options=("--format", "json")),
    Hostile("a total below zero", spoil=totals(lambda n: -n), options=("--format", "json")),
    Hostile("a total that grows", spoil=totals(lambda n: n), options=("--format", "json")),
    Hostile("a total that is a list", spoil=totals(lambda n: [[n]]), options=("--format", "json")),
    Hostile("a reset in a body after 10", raw=half_and_reset, spoil=always(b""), after=10),
    Hostile("4 MB in most of the time", late),
    Hostile("4 MB of bytes after 10", spoil=always(whole(random.Random(1).randbytes(4_000_000))), after=10),
    Hostile("status 199", content(b"{}", status="199 X"), words=("HTTP", "within", "199")),
    Hostile("status 999", content(b"{}", status="999 X"), words=("999",)),
    Hostile("times that are none", spoil=tasks(lambda n, item: {**item, "CreationTime": ["9999-99-99T99:99Z", "0000-00-00T00:00Z", "2020-02-30T24:60Z"][n % 3]}), after=3),
)  # fmt: skip


def listening(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, 0), family=family, backlog=64)


@frozen
class Served:
    """A hostile target that listens on a port of loopback while it is open; the reference at `backend` is behind it."""

    target: Hostile
    backend: str
    listener: socket.socket = field(default=Factory(lambda self: listening(self.target.host), takes_self=True))
    stopped: threading.Event = field(factory=threading.Event)
    counted: list[int] = field(factory=lambda: [0])

    @property
    def url(self) -> str:
        host = f"[{self.target.host}]" if ":" in self.target.host else self.target.host
        return f"{self.target.scheme}://{host}:{self.listener.getsockname()[1]}"

    def __enter__(self) -> Served:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.listener.close()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            if self.target.spoil is None and self.target.raw is not None:
                self.target.raw(connection, self.stopped)
            else:
                self._relay(connection)

    def _relay(self, connection: socket.socket) -> None:
        behind = http.client.HTTPConnection(urlsplit(self.backend).netloc)
        while data := head(connection):
            start, _, body = data.partition(b"\r\n\r\n")
            first, *lines = start.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ", 2)
            headers = dict(line.split(": ", 1) for line in lines)
            self.counted[0] += 1
            spoils = self.counted[0] > self.target.after
            if spoils and self.target.raw is not None:
                self.target.raw(connection, self.stopped)
                return
            if "chunked" in headers.get("Transfer-Encoding", ""):
                return
            behind.request(method, target, body or None, headers)
            got = behind.getresponse()
            answer, kept = got.read(), {"Content-Type": got.headers.get("Content-Type") or "text/plain"}
            asked = {n: v[-1] for n, v in parse_qs(f"{urlsplit(target).query}&{body.decode()}").items()}
            assert self.target.spoil is not None
            made = self.target.spoil(asked, got.status, kept, answer) if spoils else None
            if made == b"":
                return
            connection.sendall(made or whole(answer if method != "HEAD" else b"", f"{got.status} X", _lines(kept)))
            if self.target.closes:
                return
