"""Ways to an endpoint: TLS that is always verified, a client certificate, a proxy that was asked for."""

import ssl
import threading
from base64 import b64encode

import pytest

from conformance.wire import transport as t
from conformance.wire.connection import BadRoute, Route
from tests.wire.certificates import DAY, NOW, Authority
from tests.wire.test_transport import always, answer, read_head, server


@pytest.fixture
def authority(tmp_path):
    return Authority.made(tmp_path)


def secured(certificate, handle, client_authority=None):
    """What a server does with a connection when it speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if client_authority:
        context.load_verify_locations(client_authority.file)
        context.verify_mode = ssl.CERT_REQUIRED

    def handle_tls(connection, number):
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                handle(secure, number)
        except OSError:
            return

    return handle_tls


def get(origin, **route):
    transport = t.Transport(origin.replace("http:", "https:"), 5.0, route=Route(**route))
    try:
        return transport.send(t.HttpRequest("GET", "/"))
    finally:
        transport.close()


def test_a_private_authority_is_trusted_when_it_is_named(authority):
    with server(secured(authority.signed("127.0.0.1"), always(answer()))) as origin:
        assert get(origin, ca_file=authority.file).body == b"hello"


def test_an_authority_that_nobody_named_is_not_trusted(authority):
    with (
        server(secured(authority.signed("127.0.0.1"), always(answer()))) as origin,
        pytest.raises(t.Unreachable, match=r"certificate is not trusted .*--cacert"),
    ):
        get(origin)


@pytest.mark.parametrize(
    ("host", "until", "why"), [("other.example", NOW + DAY, "IP address mismatch"), ("127.0.0.1", NOW - DAY, "expired")]
)
def test_a_certificate_for_another_host_or_time_is_refused(authority, host, until, why):
    with (
        server(secured(authority.signed(host, until), always(answer()))) as origin,
        pytest.raises(t.Unreachable, match=f"not valid for this .*{why}"),
    ):
        get(origin, ca_file=authority.file)


def test_a_client_certificate_is_shown_where_it_is_asked_for(authority):
    handle = secured(authority.signed("127.0.0.1"), always(answer()), authority)
    with server(handle) as origin:
        certificate, key = authority.signed("a client", label="client")
        shown = get(origin, ca_file=authority.file, client_cert=certificate, client_key=key)
        assert shown.body == b"hello"
        with pytest.raises(t.Unreachable, match="wants a client certificate; give one with --client-cert"):
            get(origin, ca_file=authority.file)


def test_tls_where_plain_http_was_asked_for(authority):
    with server(secured(authority.signed("127.0.0.1"), always(answer()))) as origin, pytest.raises(t.TransportError):
        t.Transport(origin).send(t.HttpRequest("GET", "/"))


def test_plain_http_where_tls_was_asked_for():
    def at_once(connection, number):
        connection.recv(5)
        connection.sendall(answer())

    with server(at_once) as origin, pytest.raises(t.Unreachable, match="is the URL http"):
        get(origin)


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ({"proxy": "socks5://127.0.0.1:1"}, "A proxy is given as"),
        ({"client_key": "k"}, "needs its certificate"),
        ({"ca_file": "missing.pem"}, "cannot be read"),
        ({"ca_file": "empty.pem"}, "holds no PEM"),
        ({"client_cert": "empty.pem"}, "holds no PEM"),
    ],
)
def test_what_cannot_be_used_is_said_at_once(tmp_path, route, words):
    (tmp_path / "empty.pem").write_text("nothing")
    given = {name: tmp_path / value if name != "proxy" else value for name, value in route.items()}
    with pytest.raises(BadRoute, match=words):
        Route(**given)


# ------------------------------------------------------------------------------------------------------------ proxies


def proxy_that_answers(heads):
    def handle(connection, number):
        heads.append(read_head(connection).decode())
        connection.sendall(answer(b"by the proxy"))

    return handle


def test_a_proxy_is_asked_for_the_whole_address():
    heads = []
    with server(proxy_that_answers(heads)) as proxy:
        address = proxy.replace("http://", "http://someone:s%3Acret@")
        transport = t.Transport("http://endpoint.example:81", 5.0, route=Route(proxy=address))
        assert transport.send(t.HttpRequest("GET", "/?a=1")).body == b"by the proxy"
    assert heads[0].startswith("GET http://endpoint.example:81/?a=1 HTTP/1.1\r\n")
    assert f"Proxy-Authorization: Basic {b64encode(b'someone:s:cret').decode()}" in heads[0]


def test_a_tunnel_through_a_proxy_ends_in_verified_tls(authority):
    heads, joined = [], threading.Event()

    def tunnel(connection, number):
        head = read_head(connection).decode()
        if not head:
            return
        heads.append(head)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        secured(authority.signed("endpoint.example"), always(answer()))(connection, number)
        joined.set()

    with server(tunnel) as proxy:
        route = Route(proxy=proxy, ca_file=authority.file)
        transport = t.Transport("https://endpoint.example", 5.0, route=route)
        assert transport.send(t.HttpRequest("GET", "/")).body == b"hello"
        transport.close()
    assert heads[0].startswith("CONNECT endpoint.example:443 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer(b"", "407 Proxy Authentication Required"), "status 407, it wants a user and a password"),
        (answer(b"", "502 Bad Gateway"), "status 502"),
        (b"SSH-2.0-x\r\n\r\n", "the proxy does not speak HTTP"),
        (b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n", "the proxy answered CONNECT with status 101"),
        (b"HTTP/1.1 200 X\r\n\r\nno TLS", "the proxy says more than that it has opened the way"),
        (b"", "the proxy ended the connection"),
    ],
)
def test_a_proxy_that_refuses_is_named(reply, words):
    def handle(connection, number):
        read_head(connection)
        connection.sendall(reply)

    with server(handle) as proxy:
        transport = t.Transport("https://endpoint.example", 5.0, route=Route(proxy=proxy))
        with pytest.raises(t.Unreachable, match=words):
            transport.send(t.HttpRequest("GET", "/"))


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://endpoint.example", "cannot be reached: no answer of the proxy to CONNECT within 0.1 s"),
        ("http://endpoint.example", "http://endpoint.example, through the proxy, did not answer in full"),
    ],
)
def test_a_proxy_that_says_nothing_is_what_says_nothing(origin, words):
    done = threading.Event()

    def handle(connection, number):
        read_head(connection)
        done.wait(60)

    with server(handle) as proxy:
        with pytest.raises(t.TransportError, match=words):
            t.Transport(origin, 0.1, route=Route(proxy=proxy)).send(t.HttpRequest("GET", "/"))
        done.set()
