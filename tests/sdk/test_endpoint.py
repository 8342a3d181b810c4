"""The instrumented endpoint on real sockets: it records what arrives, and breaks answers as told."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from datetime import UTC, datetime

import pytest
import urllib3

from conformance.sdk.endpoint import InstrumentedEndpoint, Reply
from conformance.wire.exchange import Call, Channel, Credentials
from conformance.wire.signing import Origin, sign
from conformance.wire.verification import TIME_FORM

CREDENTIALS = Credentials("id", "secret")
BODY = b'{"a": "' + b"x" * 500 + b'"}'


def answering(*replies: Reply) -> InstrumentedEndpoint:
    return InstrumentedEndpoint(lambda r: replies[min(r.number, len(replies)) - 1], CREDENTIALS)


def get(url: str, **options):
    return urllib3.PoolManager(retries=False).request("GET", url, **options)


@pytest.mark.parametrize("transfer", ["length", "chunked", "until-close", "drip"])
def test_whole_bodies_arrive_in_every_transfer(transfer):
    with answering(Reply(body=BODY, transfer=transfer, headers=(("X-Y", "z"),))) as endpoint:
        response = get(endpoint.url + "/?a=b")
    assert (response.status, response.data, response.headers["X-Y"]) == (200, BODY, "z")


def test_gzip():
    with answering(Reply(body=BODY, gzip=True)) as endpoint:
        assert get(endpoint.url).data == BODY


@pytest.mark.parametrize("transfer", ["short", "cut-chunk", "close", "reset"])
def test_broken_transfers_break(transfer):
    with (
        answering(Reply(body=BODY, transfer=transfer)) as endpoint,
        pytest.raises(urllib3.exceptions.HTTPError),
    ):
        get(endpoint.url, enforce_content_length=True)


@pytest.mark.parametrize("transfer", ["silent", "stall"])
def test_a_client_that_gives_up_is_timed(transfer):
    with answering(Reply(body=BODY, transfer=transfer, patience=60)) as endpoint:
        with pytest.raises(urllib3.exceptions.HTTPError):
            get(endpoint.url, timeout=0.2)
        endpoint.hung_up()
        assert endpoint.recorded[0].given_up < float("inf")


def test_a_client_that_waits_for_ever_is_seen():
    with answering(Reply(transfer="silent", patience=0.1)) as endpoint:
        with pytest.raises(urllib3.exceptions.HTTPError):
            get(endpoint.url, timeout=60)
        assert endpoint.recorded[0].given_up == float("inf")


def test_every_request_is_recorded_with_its_connection_and_body():
    with answering(Reply(status=400), Reply()) as endpoint:
        client = http.client.HTTPConnection(endpoint.authority)
        for body in (b"a=1&b=%2B", b""):
            client.request("POST", "/?c=3", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
            client.getresponse().read()
        client.close()
    first, second = endpoint.recorded
    assert first.arrival.parameters == (("c", "3"), ("a", "1"), ("b", "+"))
    assert (first.reply.status, second.reply.status) == (400, 200)
    assert first.connection == second.connection


def test_a_chunked_request_body_is_read_whole():
    with answering(Reply()) as endpoint:
        client = http.client.HTTPConnection(endpoint.authority)
        client.request("POST", "/", body=iter([b"a=1", b"&b=2"]), encode_chunked=True)
        assert client.getresponse().status == 200
        client.close()
    assert endpoint.recorded[0].request.body == b"a=1&b=2"


@pytest.mark.parametrize("signature", ["v1", "v3"])
def test_signatures_are_verified_and_nonces_remembered(signature):
    nonces: set[str] = set()
    call = Call("DescribeTasks", "2014-05-26", (("A", "b c+*~"),), Channel(signature=signature))
    with InstrumentedEndpoint(lambda _: Reply(), CREDENTIALS, nonces) as endpoint:
        now = datetime.now(UTC).strftime(TIME_FORM)
        origin = Origin(endpoint.url + "/", endpoint.authority)
        request = sign(call, origin, CREDENTIALS, "nonce-1", now, "test")
        for _ in range(2):
            urllib3.request(request.method, request.url, headers=dict(request.headers), body=request.body)
    assert endpoint.recorded[0].problems == ()
    assert [p.id for p in endpoint.recorded[1].problems] == ["nonce-reused"]


def test_what_is_no_http_is_kept_too():
    with answering(Reply()) as endpoint, socket.create_connection(endpoint.authority.split(":")) as raw:
        raw.sendall(b"NONSENSE\r\n\r\n")
        raw.recv(100)
    assert endpoint.recorded == []
    assert len(endpoint.malformed) == 1


def test_leaving_ends_what_waits():
    arrived, ended = threading.Event(), threading.Event()

    def script(recorded):
        arrived.set()
        return Reply(transfer="silent", patience=60)

    def call(url):
        with pytest.raises(urllib3.exceptions.HTTPError):
            get(url)
        ended.set()

    with InstrumentedEndpoint(script, CREDENTIALS) as endpoint:
        thread = threading.Thread(target=call, args=(endpoint.url,))
        thread.start()
        assert arrived.wait(60)
    thread.join(60)
    assert ended.is_set()


POST = b"POST /?a=b HTTP/1.1\r\nHost: h\r\n"


@pytest.mark.parametrize(
    "head",
    [
        POST + b"Content-Length: " + b"9" * 5000,
        POST + b"Content-Length: 9999999999",
        POST + b"Content-Length: -1",
        POST + b"Content-Length: 3\r\nContent-Length: 4",
        POST + b"Transfer-Encoding: gzip, chunked",
        POST + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0",
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 5000,
        POST + b"Transfer-Encoding: chunked\r\n\r\nffffffff",
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0",
        POST + b"Transfer-Encoding: chunked\r\n\r\n0" + b"\r\nX: y" * 200,
        POST + b"\r\n".join(b"X-%d: 1" % n for n in range(300)),
        POST + b"X: " + b"x" * 70_000,
        b"GET /" + b"x" * 70_000,
    ],
    ids=range(13),
)
def test_a_request_whose_end_is_not_certain_or_too_far_is_noted_and_left(head):
    with answering(Reply()) as endpoint:
        with socket.create_connection(endpoint.authority.split(":"), timeout=60) as raw:
            raw.sendall(head + b"\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):  # what was not read any more
                assert raw.recv(1) == b""
        assert len(endpoint.malformed) == 1
        assert get(endpoint.url).status == 200


def test_the_same_length_twice_and_a_length_beside_chunks_are_one_body():
    with answering(Reply()) as endpoint, socket.create_connection(endpoint.authority.split(":"), timeout=60) as raw:
        answers = raw.makefile("rb")
        for body in (
            b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nx=1",
            b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n3;n=v\r\nx=1\r\n0\r\nT: 1\r\n\r\n",
        ):
            raw.sendall(POST + body)
            assert answers.readline().startswith(b"HTTP/1.1 200")
            assert [answers.readline() for _ in range(2)][-1] == b"\r\n"
    assert [r.request.body for r in endpoint.recorded] == [b"x=1", b"x=1"]


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: h\r\n", POST + b"Content-Length: 9\r\n\r\nabc"])
def test_who_is_too_slow_is_left(sent):
    with answering(Reply()) as endpoint:
        endpoint.idle = endpoint.whole = 0.05
        with socket.create_connection(endpoint.authority.split(":"), timeout=60) as raw:
            raw.sendall(sent)
            assert raw.recv(1) == b""
    assert endpoint.recorded == []


def test_for_one_connection_more_the_oldest_that_waits_goes(monkeypatch):
    monkeypatch.setattr("conformance.sdk.endpoint.MOST", 8)
    with answering(Reply()) as endpoint:
        address = endpoint.authority.split(":")
        idle = [socket.create_connection(address, timeout=60) for _ in range(20)]
        assert get(endpoint.url).status == 200
        assert idle[0].recv(1) == b""
        for connection in idle:
            connection.close()
