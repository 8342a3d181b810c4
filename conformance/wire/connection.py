"""One connection to an endpoint: opened, secured and used by a deadline, whatever the other side does.

Every step takes what is left until the deadline: looking up the name, connecting, the way through a proxy, the TLS
handshake, each byte sent and each byte read.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from base64 import b64encode
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import h11
from attrs import define, field, frozen

READ_SIZE = 1 << 16
# A server that sends a head and a body apart waits for the head to be acknowledged before the body goes (Nagle's
# algorithm, RFC 896), and a system puts that off by 40 ms: longer than most answers take. Linux can be told not to,
# each time anew.
ACKNOWLEDGE: int | None = getattr(socket, "TCP_QUICKACK", None)
MOST_PROXY_HEADERS = 1 << 16
DEFAULT_PORTS = {"http": 80, "https": 443}


class Late(Exception):
    """The deadline has passed; the message, if there is one, is a phrase that says before what."""


class NoConnection(Exception):
    """There is no connection; the message is a phrase that says why, and what may help."""


class BadRoute(ValueError):
    """A file or an address of a route cannot be used; one sentence."""


@frozen(slots=False)
class Route:
    """How to get to an endpoint, beside its address.

    `ca_file` holds the certificates to trust in place of the system's, in PEM; `client_cert` and `client_key` what to
    show where the server asks. `proxy` is the URL of an HTTP proxy; none is ever taken from the environment. TLS is
    always verified. Raises BadRoute when made.
    """

    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    proxy: str | None = field(default=None, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.proxy is not None:
            try:
                parts = urlsplit(self.proxy)
                right = parts.scheme == "http" and bool(parts.hostname) and (parts.port or 1) > 0
                right = right and parts.path in ("", "/") and not (parts.query or parts.fragment)
            except ValueError:
                right = False
            if not right or not re.fullmatch("[!-~]+", self.proxy):
                raise BadRoute(
                    "A proxy is given as http://host:port, with a user and password before the host if need be."
                )
        if self.client_key and not self.client_cert:
            raise BadRoute("A client key needs its certificate; give both.")
        if self.ca_file or self.client_cert:
            _ = self.tls

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """What TLS connections are made by. Raises BadRoute."""
        context = ssl.create_default_context()
        if self.ca_file is not None:
            trusted = _readable(self.ca_file, "certificates to trust")
            try:
                context = ssl.create_default_context(cafile=trusted)
            except (ssl.SSLError, OSError):
                raise BadRoute(f"{self.ca_file} holds no certificates in PEM; it should hold those to trust.") from None
        if self.client_cert is not None:
            certificate = _readable(self.client_cert, "a client certificate")
            key = _readable(self.client_key, "a client key") if self.client_key else None
            try:
                context.load_cert_chain(certificate, key, password=lambda: "")
            except (ssl.SSLError, OSError):
                raise BadRoute(f"{self.client_cert} and its key are no PEM pair without a passphrase.") from None
        return context


def _readable(path: Path, what: str) -> str:
    try:
        text = path.read_text("ascii", "replace")
    except OSError as error:
        raise BadRoute(f"{path} cannot be read ({error.strerror}); it should hold {what} in PEM.") from None
    if "-----BEGIN" not in text:
        raise BadRoute(f"{path} holds no PEM; it should hold {what}.")
    return str(path)


@define
class Connection:
    """An open connection. `deadline` (on the monotonic clock) is set anew for each exchange."""

    socket: socket.socket
    deadline: float

    def send(self, data: bytes) -> None:
        """Raises Late, or OSError where the connection breaks."""
        self._set_time_left()
        try:
            self.socket.sendall(data)
        except TimeoutError:
            raise Late from None

    def receive(self) -> bytes:
        """Whatever there is, or nothing at the end. Raises Late, or OSError where the connection breaks."""
        self._set_time_left()
        if ACKNOWLEDGE is not None:
            with suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, ACKNOWLEDGE, 1)
        try:
            return self.socket.recv(READ_SIZE)
        except TimeoutError:
            raise Late from None

    def close(self) -> None:
        """End it, without a word."""
        with suppress(OSError):
            self.socket.close()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has arrived unasked: neither the end of the connection nor bytes of an answer to nothing."""
        try:
            self.socket.settimeout(0)
            self.socket.recv(1)
            return False
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False

    def _set_time_left(self) -> None:
        self.socket.settimeout(time_left(self.deadline))


def time_left(deadline: float) -> float:
    """Seconds until a deadline. Raises Late where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left


def connect(origin: str, route: Route, deadline: float) -> Connection:
    """A connection to `http(s)://host[:port]`. Raises Late, NoConnection or BadRoute."""
    parts = urlsplit(origin)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    connection = Connection(_opened(*_first_stop(host, port, route), deadline), deadline)
    try:
        if route.proxy and parts.scheme == "https":
            _tunnel(connection, host, port, route.proxy)
        if parts.scheme == "https":
            connection.socket = _secured(connection, host, route.tls)
    except BaseException:
        connection.close()
        raise
    return connection


def proxy_authorization(proxy: str) -> str | None:
    """The value of Proxy-Authorization for a proxy whose URL names a user."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _first_stop(host: str, port: int, route: Route) -> tuple[str, int, str]:
    if route.proxy is None:
        return host, port, ""
    parts = urlsplit(route.proxy)
    return parts.hostname or "", parts.port or DEFAULT_PORTS["http"], "the proxy: "


def _opened(host: str, port: int, whose: str, deadline: float) -> socket.socket:
    """A socket to the first address that takes a connection."""
    problem: OSError | None = None
    for family, kind, protocol, _, address in _addresses(host, port, whose, deadline):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(time_left(deadline))
            made.connect(address)
        except TimeoutError:
            made.close()
            raise Late from None
        except OSError as error:
            made.close()
            problem = error
        else:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return made
    raise NoConnection(f"{whose}{(problem.strerror or str(problem)) if problem else 'it has no address'}")


Addresses = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int] | tuple[str, int, int, int]]]


def _addresses(host: str, port: int, whose: str, deadline: float) -> Addresses:
    """Looked up aside: the system's resolver knows no deadline."""
    found: Addresses = []
    problems: list[str] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))  # type: ignore[arg-type]
        except OSError as error:
            problems.append(error.strerror or str(error))
        except UnicodeError:
            problems.append("its name is none that can be looked up")

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(time_left(deadline))
    if problems:
        raise NoConnection(f"{whose}{problems[0]}")
    if thread.is_alive():
        raise Late
    return found


def _tunnel(connection: Connection, host: str, port: int, proxy: str) -> None:
    """Ask the proxy for the way to an endpoint."""
    name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    line = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_PROXY_HEADERS)
    authorization = proxy_authorization(proxy)
    headers = [("Host", name), *([("Proxy-Authorization", authorization)] if authorization else [])]
    try:
        connection.send(line.send(h11.Request(method="CONNECT", target=name, headers=headers)) or b"")
        connection.send(line.send(h11.EndOfMessage()) or b"")
        while (event := line.next_event()) is h11.NEED_DATA or isinstance(event, h11.InformationalResponse):
            if event is h11.NEED_DATA:
                line.receive_data(data := connection.receive())
                if not data:
                    raise NoConnection("the proxy ended the connection")
    except h11.RemoteProtocolError as error:
        # h11 tells by a name of its own that the server changes to another protocol
        what = "answered CONNECT with status 101" if "_SWITCH_" in str(error) else "does not speak HTTP"
        raise NoConnection(f"the proxy {what}") from None
    except Late:
        raise Late("no answer of the proxy to CONNECT") from None
    except OSError as error:
        raise NoConnection(f"the proxy: {error.strerror or error}") from None
    if not isinstance(event, h11.Response) or not 200 <= event.status_code < 300:
        status = event.status_code if isinstance(event, h11.Response) else "of no kind"
        wants = ", it wants a user and a password" if status == 407 else ""
        raise NoConnection(f"the proxy answered CONNECT with status {status}{wants}")
    if line.trailing_data[0]:  # in TLS it is the client that speaks first
        raise NoConnection("the proxy says more than that it has opened the way, and nothing was asked yet")


def _secured(connection: Connection, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """The connection under TLS, its certificate verified for `host`."""
    connection.socket.settimeout(time_left(connection.deadline))
    try:
        return context.wrap_socket(connection.socket, server_hostname=host)
    except TimeoutError:
        raise Late("no end of the TLS handshake") from None
    except (ssl.SSLError, OSError, ValueError) as error:
        raise NoConnection(tls_problem(error)) from None


def tls_problem(error: BaseException) -> str:
    """Why TLS failed, in words that say what may help."""
    reason = getattr(error, "reason", None) or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        message = error.verify_message or str(error)
        if error.verify_code in SELF_MADE:
            return f"its certificate is not trusted ({message}); give the certificates to trust with --cacert"
        return f"its certificate is not valid for this ({message})"
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason or "BAD_CERTIFICATE" in reason:
        return "TLS failed: it wants a client certificate; give one with --client-cert and --client-key"
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"):
        return "it does not speak TLS (is the URL http?)"
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return "it ended the TLS handshake"
    return f"TLS failed ({reason.replace('_', ' ').lower() or error})"


# codes of OpenSSL for a chain that does not end in a trusted root
SELF_MADE = (18, 19, 20, 21)
