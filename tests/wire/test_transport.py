"""The transport against real sockets on loopback that behave and misbehave."""

import gzip
import socket
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from conformance.wire import transport as t
from conformance.wire.connection import ACKNOWLEDGE, Connection
from conformance.wire.exchange import HttpRequest


@contextmanager
def server(handle):
    """Runs `handle(connection, number)` for each connection, one after the other; `number` counts from 0."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve():
        number = 0
        while not done.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                if not done.is_set():
                    handle(connection, number)
            number += 1

    thread = threading.Thread(target=serve)
    thread.start()
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield origin
    finally:
        done.set()
        with socket.create_connection(listener.getsockname()):
            pass
        thread.join(60)
        listener.close()


def read_head(connection):
    """The next request's head, or b"" at the end of the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        try:
            piece = connection.recv(65536)
        except ConnectionError:
            return b""
        if not piece:
            return b""
        head += piece
    return head


def answer(body=b"hello", status="200 OK", headers=""):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def always(reply):
    def handle(connection, number):
        while read_head(connection):
            try:
                connection.sendall(reply)
            except ConnectionError:
                return

    return handle


@contextmanager
def exchange_with(handle, **options):
    with server(handle) as origin:
        transport = t.Transport(origin, **{"timeout": 60.0, **options})
        try:
            yield transport, HttpRequest("GET", origin + "/?a=1", (("Host", "h"),))
        finally:
            transport.close()


def test_one_connection_is_kept():
    with exchange_with(always(answer())) as (transport, request):
        for _ in range(5):
            response = transport.send(request)
        assert (response.status, response.body, response.header("content-length")) == (200, b"hello", "5")
        assert transport.connections == 1


def test_what_is_sent_is_what_was_prepared():
    heads = []

    def handle(connection, number):
        head = read_head(connection)
        while not head.endswith(b"\r\n\r\nbody"):
            head += connection.recv(65536)
        heads.append(head)
        connection.sendall(answer())

    with exchange_with(handle) as (transport, _):
        headers = (("Host", "signed.example:99"), ("x-acs-action", "A"), ("Content-Type", "text/x"))
        transport.send(HttpRequest("POST", transport.origin + "/?x=%2A&y=a%20b&z=~", headers, b"body"))
    lines = heads[0].decode().split("\r\n")
    assert lines[0] == "POST /?x=%2A&y=a%20b&z=~ HTTP/1.1"
    assert [line for line in lines if line.startswith("Host")] == ["Host: signed.example:99"]
    assert {"x-acs-action: A", "Content-Type: text/x", "Content-Length: 4", "body"} <= set(lines)


def test_a_kept_connection_that_the_server_closed_is_opened_again():
    def handle(connection, number):
        if read_head(connection):
            connection.sendall(answer(b"%d" % number))

    with exchange_with(handle) as (transport, request):
        assert [transport.send(request).body for _ in range(3)] == [b"0", b"1", b"2"]


def test_a_kept_connection_closed_on_the_next_request_is_tried_once_more():
    def handle(connection, number):
        read_head(connection)
        connection.sendall(answer(b"%d" % number))
        read_head(connection)

    with exchange_with(handle) as (transport, request):
        assert [transport.send(request).body for _ in range(3)] == [b"0", b"1", b"2"]


def test_a_fresh_connection_closed_without_an_answer_is_not_tried_again():
    seen = []

    def handle(connection, number):
        seen.append(read_head(connection))

    with exchange_with(handle) as (transport, request):
        with pytest.raises(t.BrokenOff, match="without an answer"):
            transport.send(request)
        assert len(seen) == 1


def test_redirects_are_not_followed():
    reply = answer(b"", "302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n")
    with exchange_with(always(reply)) as (transport, request):
        response = transport.send(request)
        assert (response.status, response.header("Location")) == (302, "http://127.0.0.1:1/elsewhere")


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with exchange_with(always(answer())) as (transport, request):
        assert transport.send(request).status == 200


@pytest.mark.parametrize("encoded", [False, True])
def test_chunked_and_gzip(encoded):
    text = b"<a>1</a>" * 1000
    body = gzip.compress(text) if encoded else text
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[i : i + 77]), body[i : i + 77]) for i in range(0, len(body), 77))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
    head += b"Content-Encoding: gzip\r\n" if encoded else b""
    with exchange_with(always(head + b"\r\n" + chunks + b"0\r\n\r\n")) as (transport, request):
        assert [transport.send(request).body for _ in range(2)] == [text, text]
        assert transport.connections == 1


def test_repeated_headers_are_kept_apart():
    with exchange_with(always(answer(headers="X-A: 1\r\nX-A: 2\r\n"))) as (transport, request):
        assert [pair for pair in transport.send(request).headers if pair[0] == "X-A"] == [
            ("X-A", "1"),
            ("X-A", "2"),
        ]


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(t.Unreachable, match=f"http://127.0.0.1:{port} cannot be reached: .*refused"):
        t.Transport(f"http://127.0.0.1:{port}").send(HttpRequest("GET", "/"))


def test_no_such_host():
    with pytest.raises(t.Unreachable, match=r"no\.such\.host\.invalid"):
        t.Transport("http://no.such.host.invalid").send(HttpRequest("GET", "/"))


def test_plain_http_where_tls_was_asked_for():
    def handle(connection, number):
        connection.sendall(answer())

    with server(handle) as origin, pytest.raises(t.Unreachable, match="cannot be reached"):
        t.Transport(origin.replace("http:", "https:"), timeout=60).send(HttpRequest("GET", "/"))


def test_silence_times_out():
    finished = threading.Event()

    def handle(connection, number):
        read_head(connection)
        finished.wait(60)

    with exchange_with(handle, timeout=0.2) as (transport, request):
        with pytest.raises(t.TimedOut, match=r"within 0\.2 s"):
            transport.send(request)
        finished.set()


def test_a_body_that_drips_times_out_as_a_whole():
    finished = threading.Event()

    def handle(connection, number):
        read_head(connection)
        connection.sendall(answer(b"x" * 1000)[:-1000])
        while not finished.wait(0.05):
            try:
                connection.sendall(b"x")
            except ConnectionError:
                return

    with exchange_with(handle, timeout=0.3) as (transport, request):
        with pytest.raises(t.TimedOut):
            transport.send(request)
        finished.set()


def test_a_connection_is_usable_after_a_failure():
    def handle(connection, number):
        read_head(connection)
        connection.sendall(answer(b"x" * 10)[:-5] if number == 0 else answer(b"whole"))

    with exchange_with(handle) as (transport, request):
        with pytest.raises(t.BrokenOff, match="middle of a body"):
            transport.send(request)
        assert transport.send(request).body == b"whole"


@pytest.mark.parametrize(
    "garbage",
    [b"SSH-2.0-OpenSSH_9\r\n", b"\x00\x01\x02\x03" * 30 + b"\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 70000],
    ids=["ssh", "binary", "status", "endless"],
)
def test_garbage_is_not_http(garbage):
    def handle(connection, number):
        read_head(connection)
        connection.sendall(garbage)

    with exchange_with(handle) as (transport, request), pytest.raises(t.NotHttp, match="does not speak HTTP"):
        transport.send(request)


def test_a_change_of_protocol_is_named():
    reply = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
    words = r"\(it changes to a protocol that nobody asked for\)"
    with exchange_with(always(reply)) as (transport, request), pytest.raises(t.NotHttp, match=words):
        transport.send(request)


@pytest.mark.parametrize(
    "rest",
    [b"0\r\n" + b"X: y\r\n" * 100_000, b"1;" + b"a" * 200_000, b"xyz\r\n"],
    ids=["trailers", "extension", "size"],
)
def test_a_body_that_is_no_http_is_not_said_to_break_off(rest):
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + rest
    words = "did not keep to HTTP in the middle of a body, after 0 bytes"
    with exchange_with(always(reply)) as (transport, request), pytest.raises(t.BrokenOff, match=words):
        transport.send(request)


def test_endless_headers_are_not_http():
    with (
        exchange_with(always(answer(headers="X: y\r\n" * 500))) as (transport, request),
        pytest.raises(t.NotHttp),
    ):
        transport.send(request)


def test_a_huge_body_is_refused():
    with (
        exchange_with(always(answer(b"x" * 5000)), max_body=4999) as (transport, request),
        pytest.raises(t.TooLarge, match="4,999 bytes"),
    ):
        transport.send(request)


def test_a_gzip_bomb_is_refused_before_it_fills_memory():
    bomb = gzip.compress(b"\0" * 50_000_000)
    with (
        exchange_with(always(answer(bomb, headers="Content-Encoding: gzip\r\n")), max_body=10**6) as (
            transport,
            request,
        ),
        pytest.raises(t.TooLarge),
    ):
        transport.send(request)


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(b"x" * 999)[:-20]], ids=["not gzip", "cut"])
def test_a_damaged_encoding_is_a_broken_answer(body):
    with exchange_with(always(answer(body, headers="Content-Encoding: gzip\r\n"))) as (transport, request):
        try:
            response = transport.send(request)
        except t.BrokenOff:
            return
        assert response.body != b"x" * 999


def test_a_broken_chunk_is_a_broken_answer():
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"
    with exchange_with(always(reply)) as (transport, request), pytest.raises(t.BrokenOff):
        transport.send(request)


def test_an_answer_sent_before_the_body_was_read_counts():
    def handle(connection, number):
        connection.recv(1000)
        connection.sendall(answer(b"too large", "413 Too Large", "Connection: close\r\n"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    with exchange_with(handle) as (transport, _):
        request = HttpRequest("POST", transport.origin + "/", (("Host", "h"),), b"x" * 5_000_000)
        assert transport.send(request).status == 413


def test_what_arrives_is_acknowledged_at_once():
    """Else a server that sends a head and a body apart costs 40 ms a request."""
    if ACKNOWLEDGE is None:
        assert not sys.platform.startswith("linux")
        return
    near, far = socket.socketpair()
    told = []

    class Noted:
        def settimeout(self, seconds):
            near.settimeout(seconds)

        def setsockopt(self, *option):
            told.append(option)

        def recv(self, size):
            return near.recv(size)

    with near, far:
        far.sendall(b"head")
        connection = Connection(Noted(), time.monotonic() + 60)
        assert connection.receive() == b"head"
        far.sendall(b"body")
        assert connection.receive() == b"body"
    assert told == [(socket.IPPROTO_TCP, ACKNOWLEDGE, 1)] * 2
