"""Every exchange has one deadline, whatever the other side does with its time."""

import socket
import threading

import pytest

from conformance.wire import transport as t
from tests.wire.test_transport import exchange_with, read_head

TIMEOUT = 0.3


def dripping(first, piece):
    """A server that sends `first`, and then `piece` again and again until nobody listens."""
    stopped = threading.Event()

    def handle(connection, number):
        read_head(connection)
        try:
            connection.sendall(first)
            while not stopped.wait(0.02):
                connection.sendall(piece)
        except OSError:
            return

    return handle, stopped


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"a"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    ],
    ids=["status line", "a header", "headers", "informational", "chunks", "the size of a chunk", "until the end"],
)
def test_what_drips_ends_at_the_deadline(first, piece):
    handle, stopped = dripping(first, piece)
    with exchange_with(handle, timeout=TIMEOUT) as (transport, request):
        with pytest.raises((t.TimedOut, t.NotHttp)):
            transport.send(request)
        stopped.set()


def test_a_request_that_nobody_reads_ends_at_the_deadline():
    finished = threading.Event()

    def handle(connection, number):
        finished.wait(60)

    with exchange_with(handle, timeout=TIMEOUT) as (transport, _):
        with pytest.raises(t.TimedOut):
            transport.send(t.HttpRequest("POST", "/", (), b"x" * 50_000_000))
        finished.set()


def test_a_tls_handshake_that_drips_ends_at_the_deadline():
    stopped = threading.Event()

    def drip(connection, number):
        connection.recv(5)
        try:
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not stopped.wait(0.02):
                connection.sendall(b"\x02")
        except OSError:
            return

    with exchange_with(drip, timeout=TIMEOUT) as (transport, request):
        secure = t.Transport(transport.origin.replace("http:", "https:"), TIMEOUT)
        with pytest.raises(t.Unreachable, match=r"no end of the TLS handshake within 0\.3 s"):
            secure.send(request)
        stopped.set()


def test_a_name_that_is_not_found_in_time_ends_at_the_deadline(monkeypatch):
    finished = threading.Event()

    def slow(*_, **__):
        finished.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(t.Unreachable, match="no connection within"):
        t.Transport("http://slow.name.invalid", TIMEOUT).send(t.HttpRequest("GET", "/"))
    finished.set()
