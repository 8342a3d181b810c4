"""Ways to an endpoint from the outside: real TLS, real proxies, headers that somebody before it wants, another name."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from base64 import b64encode
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from conformance.cli.access_options import AccessOptions, access_of
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.errors import Refusal
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.wire.access import Secrets, short_secrets
from conformance.wire.exchange import Credentials
from tests.cli.conftest import NO_KEY, SOME_KEY
from tests.cli.test_endpoint import refused
from tests.wire.certificates import Authority

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
FEW = ("-k", "ids.selects", "-k", "paging.total-is-constant", "--max-examples", "2", "--seed", "5", "--region")
CANARY = "zq7-canary-XW3vT9"


@pytest.fixture(scope="module")
def reference():
    contract, protocol = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
    store = seeding.generated(contract, protocol)
    with ReferenceEndpoint(contract, protocol, store) as endpoint:
        yield endpoint, next(iter(store.regions))


class Gateway(ThreadingHTTPServer):
    """Hands requests on to `backend`; `heads` are those that came, `guard` may answer in its place."""

    daemon_threads = True

    def __init__(self, backend, guard=lambda headers: None, host=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.backend, self.guard, self.host, self.heads = urlsplit(backend).netloc, guard, host, []

    def handle_error(self, request, client_address):
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _relay(self):
        self.server.heads.append((self.command, self.path, dict(self.headers.items())))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("transfer-encoding"):
            self.close_connection = True
        answered = self.server.guard(self.headers)
        if answered is not None:
            status, text, headers = answered
        else:
            parts = urlsplit(self.path)
            backend = http.client.HTTPConnection(parts.netloc or self.server.backend)
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            sent = {n: v for n, v in self.headers.items() if not n.lower().startswith("proxy-")}
            if self.server.host:
                sent["Host"] = self.server.host
            backend.request(self.command, target, body or None, sent)
            got = backend.getresponse()
            status, text, headers = got.status, got.read(), {"Content-Type": got.headers.get("Content-Type", "")}
            backend.close()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_CONNECT(self):
        self.server.heads.append((self.command, self.path, dict(self.headers.items())))
        answered = self.server.guard(self.headers)
        if answered is not None:
            self.send_response(answered[0])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        host, port = self.path.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as far:
            back = threading.Thread(target=_pump, args=(far, self.connection))
            back.start()
            _pump(self.connection, far)
            back.join()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _relay


def _pump(source, sink):
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def serving(gateway, context=None):
    if context:
        gateway.socket = context.wrap_socket(gateway.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=gateway.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{gateway.server_address[1]}"
    finally:
        gateway.shutdown()
        thread.join()
        gateway.server_close()


def tls(authority, clients=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.signed("127.0.0.1"))
    if clients:
        context.load_verify_locations(authority.file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def everything_written(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pem")


def settings(folder):
    return json.loads((folder / "out" / "summary.json").read_text())["settings"][0]


def test_tls_with_a_client_certificate_and_headers_through_a_proxy(acs, tmp_path, reference):
    endpoint, region = reference
    folder = tmp_path / "pem"
    folder.mkdir()
    authority = Authority.made(folder)
    certificate, key = authority.signed("a client", label="client")

    def guard(headers):
        return None if headers.get("X-Gate") == CANARY else (403, b"<html>no</html>", {"Content-Type": "text/html"})

    def proxy_guard(headers):
        wanted = f"Basic {b64encode(f'someone:{CANARY}'.encode()).decode()}"
        return None if headers.get("Proxy-Authorization") == wanted else (407, b"", {})

    (tmp_path / "pem" / "headers").write_text(f"# for the gate\nX-Gate: {CANARY}\n\n")
    with (
        serving(Gateway(endpoint.url, guard), tls(authority, clients=True)) as url,
        serving(proxy := Gateway(endpoint.url, proxy_guard)) as way,
    ):
        words = (
            url, *FEW, region, "--signature", "none", "--cacert", authority.file, "--client-cert", certificate,
            "--client-key", key, "--report-dir", "out",
        )  # fmt: skip
        through = ("--header-file", "pem/headers", "--proxy", way.replace("//", f"//someone:{CANARY}@"))
        done = acs("endpoint", *words, *through)
        assert done.returncode == 0, done.stdout + done.stderr
        assert {head[0] for head in proxy.heads} == {"CONNECT"}
        assert settings(tmp_path)["access"] == [
            "--cacert", "--client-cert", "--client-key", "--proxy", "--header X-Gate",
        ]  # fmt: skip
        refused(acs("endpoint", *words, "--header-file", "pem/headers", "--proxy", way), 3, "407")
        refused(acs("endpoint", *words), 3, "HTML")
        refused(acs("endpoint", url, "--signature", "none"), 3, "--cacert")
        refused(acs("endpoint", url, "--signature", "none", "--cacert", authority.file), 3, "--client-cert")
    (tmp_path / "pem" / "headers").unlink()
    assert CANARY.encode() not in everything_written(tmp_path)


def test_plain_http_goes_through_a_proxy_that_was_asked_for_and_no_other(acs, tmp_path, reference, monkeypatch):
    endpoint, region = reference
    with serving(proxy := Gateway(endpoint.url)) as way:
        done = acs("endpoint", endpoint.url, *FEW, region, "--signature", "none", "--proxy", way)
        assert done.returncode == 0, done.stdout + done.stderr
        assert all(head[1].startswith(f"{endpoint.url}/?") for head in proxy.heads)
        seen = len(proxy.heads)
        monkeypatch.setitem(NO_KEY, "http_proxy", way)
        monkeypatch.setitem(NO_KEY, "ALL_PROXY", way)
        assert acs("endpoint", endpoint.url, *FEW, region, "--signature", "none").returncode == 0
        assert len(proxy.heads) == seen


def test_a_value_that_the_endpoint_echoes_stays_nowhere(acs, tmp_path, reference):
    endpoint, region = reference

    def echo(headers):
        if "X-Token" not in headers:
            return None
        body = {"Code": f"Odd{len(gate.heads)}", "Message": f"you sent {headers['X-Token']}"}
        body |= {"RequestId": "x", "HostId": "h"}
        return 400, json.dumps(body).encode(), {"Content-Type": "application/json", "X-Seen": headers["X-Token"]}

    with serving(gate := Gateway(endpoint.url, echo)) as url:
        words = (url, *FEW, region, "--signature", "none", "--header", f"X-Token: Bearer {CANARY}")
        done = acs("record", *words, "--report-dir", "out", "-o", "kept.yaml")
        assert done.returncode in (1, 3)
        assert gate.heads[-1][2]["X-Token"] == f"Bearer {CANARY}"
    assert CANARY not in done.stdout + done.stderr
    written = everything_written(tmp_path)
    assert CANARY.encode() not in written
    assert b"--header X-Token" in written
    assert acs("replay", "kept.yaml", "--report-dir", "again").returncode == done.returncode


def test_another_name_is_signed_where_the_endpoint_goes_by_it(acs, tmp_path, reference):
    endpoint, region = reference
    own = urlsplit(endpoint.url).netloc
    with serving(Gateway(endpoint.url, host=own)) as url:
        words = ("endpoint", url, *FEW, region, "--signature", "v3", "--report-dir", "out")
        assert acs(*words, "--signed-host", own, key=True).returncode == 0
        assert settings(tmp_path)["access"] == ["--signed-host"]


NOTHING = AccessOptions(None, None, None, (), None, None, None)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"header_lines": ["no colon"]}, ["--header", "Name: value"]),
        ({"header_lines": [f"X-A: {CANARY}\nX-B: c"]}, ["X-A", "printable ASCII"]),
        ({"header_lines": ["X-A:"]}, ["X-A", "printable ASCII"]),
        ({"header_lines": ["Content-Length: 9"]}, ["Content-Length", "the suite itself"]),
        ({"header_lines": ["Authorization: x"]}, ["Authorization", "the suite itself"]),
        ({"header_lines": ["Host: x"]}, ["Host", "the suite itself"]),
        ({"header_lines": ["X-A: 1", "x-a: 2"]}, ["x-a", "twice"]),
        ({"header_file": Path("missing")}, ["missing", "cannot be read"]),
        ({"proxy": f"socks5://u:{CANARY}@h"}, ["http://host:port"]),
        ({"proxy": "http://h:99999"}, ["http://host:port"]),
        ({"proxy": "http://[::1"}, ["http://host:port"]),
        ({"signed_host": "http://x"}, ["--signed-host"]),
        ({"cacert": Path("missing.pem")}, ["missing.pem"]),
        ({"client_key": Path("missing.pem")}, ["certificate"]),
    ],
)
def test_what_cannot_be_used_is_one_sentence_without_its_value(given, named):
    with pytest.raises(Refusal) as refusal:
        access_of(evolve(NOTHING, **given), signed=True)
    assert all(word in str(refusal.value) for word in named)
    assert CANARY not in str(refusal.value)


def test_an_authorization_is_taken_where_requests_have_none(tmp_path):
    pair = b64encode(f"someone:{CANARY}".encode()).decode()
    access, secrets = access_of(evolve(NOTHING, header_lines=(f"Authorization: Basic {pair}",)), signed=False)
    assert access.headers == ("Authorization",)
    assert {pair, CANARY} <= set(secrets.values)
    assert CANARY not in repr(secrets)


@pytest.mark.parametrize(
    ("secret", "said"),
    [("s" * 8, None), ("s" * 7, "parts of it are not taken out"), ("sss", "it is not taken out of what is shown")],
)
def test_it_is_said_of_a_secret_that_it_is_too_short_to_be_found(secret, said):
    proxy = f"http://user:{secret}@127.0.0.1:9"
    _, secrets = access_of(evolve(NOTHING, proxy=proxy), signed=True)
    for key in (Credentials("key-of-nobody", secret), Credentials("key-of-nobody", "x" * 30, secret)):
        told = short_secrets(key, secrets)
        assert len(told) == (2 if said else 0)
        assert all(said in sentence and secret not in sentence for sentence in told)
    assert not short_secrets(None, Secrets((("X-Env", "dev"),)))


def test_a_run_says_so_when_it_begins(acs, monkeypatch):
    monkeypatch.setitem(SOME_KEY, "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "qzx7")
    done = acs("endpoint", "http://127.0.0.1:9", key=True)
    assert done.returncode == 3
    assert done.stderr.startswith("ALIBABA_CLOUD_ACCESS_KEY_SECRET has fewer than 8 characters: ")
    assert "qzx7" not in done.stderr
    assert "fewer than" not in acs("endpoint", "http://127.0.0.1:9", "--signature", "none", key=True).stderr


def test_a_certificate_file_of_rubbish_is_named(acs, tmp_path):
    (tmp_path / "bad.pem").write_text("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n")
    refused(acs("endpoint", "https://127.0.0.1:9", "--cacert", "bad.pem", "--signature", "none"), 2, "bad.pem")


def test_an_option_of_the_way_needs_a_url(acs):
    refused(acs("endpoint", "--signed-host", "x"), 2, "--signed-host", "URL")


def test_header_values_do_not_travel_in_plain_text_to_another_machine(acs):
    refused(
        acs("endpoint", "http://192.0.2.1", "--signature", "none", "--header", "X-A: b"), 2, "192.0.2.1", "Headers",
        "--allow-plaintext",
    )  # fmt: skip
    words = ("endpoint", "http://127.0.0.1:9", "--proxy", "http://192.0.2.1:3128")
    refused(acs(*words, key=True), 2, "the proxy 192.0.2.1", "--allow-plaintext")
