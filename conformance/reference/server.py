"""The reference endpoint as a real HTTP/1.1 server on a loopback port, in a thread of this process."""

from __future__ import annotations

import contextlib
import errno
import itertools
import socket
import threading
import time
import typing
from collections.abc import Callable, Iterable, Mapping

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference.application import Application
from conformance.reference.connections import PASSING, Connections, converse, most_connections
from conformance.reference.credentials import KeyLike
from conformance.reference.faults.fault import Fault
from conformance.reference.message import Request, Response
from conformance.reference.seeding import generated
from conformance.reference.store import Store
from conformance.reference.variants.variant import Variant

BACKLOG = 1024


class EndpointError(RuntimeError):
    """The endpoint cannot be started; says what was asked for and what to do."""


class Answering(typing.Protocol):
    """What answers the requests of an endpoint. `request_count` is how many have arrived."""

    request_count: int

    def respond(self, request: Request) -> Response:
        """The answer to one request; called from several threads."""

    def at(self, address: str) -> None:
        """Told where the endpoint is."""


class ReferenceEndpoint:
    """Serves a contract while it is open: `with ReferenceEndpoint(contract, ...) as endpoint: endpoint.url`.

    `credentials` are objects with access_key_id, access_key_secret and security_token; with none, requests need no
    signature. `dialect` maps choice ids to alternatives. `faults` and `variants` bring middleware and a dialect of
    their own, variants also another store. `clock` gives seconds since 1970. Raises EndpointError where the port
    cannot be had, ValueError for an unknown choice.
    """

    def __init__(
        self,
        contract: Contract,
        protocol: Protocol | None = None,
        store: Store | None = None,
        credentials: Iterable[KeyLike] = (),
        dialect: Mapping[str, str] | None = None,
        faults: Iterable[Fault] = (),
        variants: Iterable[Variant] = (),
        clock: Callable[[], float] = time.time,
        host: str = "127.0.0.1",
        port: int = 0,
        request_ids: Callable[[], str] | None = None,
    ) -> None:
        variants = tuple(variants)
        changes: tuple[Fault | Variant, ...] = (*faults, *variants)
        taken = {k: v for change in changes for k, v in change.dialect.items()} | dict(dialect or {})
        self.store = store or generated(contract, protocol)
        for variant in variants:
            self.store = variant.store(self.store, contract, clock())
        application = Application(
            contract,
            protocol,
            self.store,
            credentials,
            taken,
            replacements=[replacement for change in changes for replacement in change.replacements],
            clock=clock,
            request_ids=request_ids,
        )
        self._prepare(application, host, port)

    def _prepare(self, application: Answering, host: str, port: int) -> None:
        """Make ready to listen."""
        self.application = application
        self._host, self._port = host, port
        self._listener: socket.socket | None = None
        self._accepting: threading.Thread | None = None
        self.connections = Connections(most_connections())
        self._stopping = False

    @property
    def port(self) -> int:
        """The port that it listens on; before it is started, the one that was asked for."""
        return self._port

    @property
    def url(self) -> str:
        """Where it is reached."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    @property
    def request_count(self) -> int:
        """How many requests have arrived."""
        return self.application.request_count

    def start(self) -> ReferenceEndpoint:
        """Listen and answer in a thread. Raises EndpointError."""
        self._listener = _listening(self._host, self._port)
        self._port = int(self._listener.getsockname()[1])
        self.application.at(f"{self._host}:{self.port}")
        self._accepting = threading.Thread(
            target=self._accept, args=(self._listener,), name="reference endpoint", daemon=True
        )
        self._accepting.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection. A request under way is answered or cut off; stopping twice is fine."""
        self._stopping = True
        if self._listener is None:
            return
        # a blocked accept() does not notice that its socket is closed; a connection wakes it everywhere
        with contextlib.suppress(OSError), socket.create_connection((self._host, self.port), timeout=1):
            pass
        if self._accepting:
            self._accepting.join(timeout=2)
        self._listener.close()
        self.connections.close()

    def __enter__(self) -> ReferenceEndpoint:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        for number in itertools.count(1):
            try:
                connection, _ = listener.accept()
            except OSError as error:
                if self._stopping or error.errno not in PASSING:
                    return
                self.connections.make_room()
                continue
            if self._stopping:
                connection.close()
                return
            self.connections.add(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection, contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                converse(connection, number, self.application.respond, self.connections)
        finally:
            self.connections.remove(connection)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise EndpointError(_why(host, port, error)) from None
    return listener


def _why(host: str, port: int, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another port, or 0 for any free one"
    if number == errno.EACCES:
        return f"port {port} on {host} needs rights that this process has not; choose one above 1023, or 0"
    return f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}; choose another"
