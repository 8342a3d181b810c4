"""A whole service as one endpoint: the Action of a request picks the contract, and one store is behind all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from conformance.contract.files import ContractError
from conformance.contract.protocol import Protocol
from conformance.contract.service import Service, ServiceOperation
from conformance.reference import paths
from conformance.reference.application import Application, fresh_ids
from conformance.reference.credentials import KeyLike
from conformance.reference.manners.manner import Manner
from conformance.reference.message import Request, Response
from conformance.reference.mock import SECONDS, Mock
from conformance.reference.operations import replacements, store_of
from conformance.reference.pipeline import FORM
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.signatures import pairs_of


class ServiceApplication:
    """Answers the requests of a service, from several threads. Contracts are read when they are first asked for.

    `seconds` is how long what is asynchronous takes, `clock` gives seconds since 1970. `manners` are faults that it
    has, and variants that it is.
    """

    def __init__(
        self,
        service: Service,
        protocol: Protocol,
        credentials: Iterable[KeyLike] = (),
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
        seed: int = 0,
        manners: Iterable[Manner] = (),
    ) -> None:
        self._manners = tuple(manners)
        regions = tuple(dict.fromkeys(("cn-hangzhou", *protocol.regions, *(e.region for e in service.endpoints))))
        self.mock = Mock(service, regions, clock, seconds, seed)
        self.request_count = 0
        self._protocol, self._credentials, self._clock = protocol, tuple(credentials), clock
        self._request_ids = fresh_ids()
        self._applications: dict[str, Application] = {}
        self._lock = threading.RLock()
        self._host_id = "127.0.0.1"

    def respond(self, request: Request) -> Response:
        """The answer to one request."""
        with self._lock:
            self.request_count += 1
            application = self._application(self._operation_of(request))
        return application.respond(request)

    def _operation_of(self, request: Request) -> str | None:
        """The operation that a request is for: by its Action, or where each has a path, by that."""
        if self.mock.service.style != "path":
            return action_of(request)
        return paths.chosen(self._ways, request.method, request.path)

    @cached_property
    def _ways(self) -> Sequence[tuple[str, str, Sequence[str]]]:
        """The operations that have a path of their own, each with that and its methods."""
        service = self.mock.service
        contracts = (service.contract(name) for name in service.operations)
        return [(c.operation, c.path, c.methods) for c in contracts if c.path is not None]

    def at(self, address: str) -> None:
        """Say where the endpoint is, which its errors name."""
        with self._lock:
            self._host_id = address
            for application in self._applications.values():
                application.at(address)

    def _application(self, action: str | None) -> Application:
        """The application of an operation. For what is none, any: all refuse an unknown Action alike."""
        operations = self.mock.service.operations
        name = action if action is not None and action in operations else next(iter(operations))
        if name not in self._applications:
            self._applications[name] = self._made(operations[name])
        return self._applications[name]

    def _made(self, operation: ServiceOperation) -> Application:
        contract = self.mock.service.contract(operation.name)
        made = Application(
            contract,
            self._protocol,
            store_of(self.mock, operation),
            self._credentials,
            replacements=(
                *replacements(self.mock, operation),
                *(r for manner in self._manners for r in manner.of(self.mock, operation)),
            ),
            clock=self._clock,
            request_ids=self._request_ids,
        )
        made.at(self._host_id)
        first = next(iter(self._applications.values()), None)
        if first is not None:
            # a nonce that one operation has seen is used for every other
            made.server.nonces, made.server.lock = first.server.nonces, first.server.lock
        return made


class ServiceEndpoint(ReferenceEndpoint):
    """Serves a whole service while it is open: `with ServiceEndpoint(service, protocol) as endpoint: endpoint.url`.

    Raises EndpointError where the port cannot be had, ContractError for a service without operations.
    """

    def __init__(
        self,
        service: Service,
        protocol: Protocol,
        credentials: Iterable[KeyLike] = (),
        clock: Callable[[], float] = time.time,
        seconds: float = SECONDS,
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
        manners: Iterable[Manner] = (),
    ) -> None:
        if not service.operations:
            raise ContractError(service.folder or service.product, "has no operations to serve")
        self.service_application = ServiceApplication(service, protocol, credentials, clock, seconds, seed, manners)
        self._prepare(self.service_application, host, port)

    @property
    def mock(self) -> Mock:
        """What the endpoint knows and keeps."""
        return self.service_application.mock


def action_of(request: Request) -> str | None:
    """The operation that a request names: in its query, its form, or a header."""
    media_type = (request.header("content-type") or FORM).partition(";")[0].strip().lower()
    form = request.body.decode("utf-8", "replace") if media_type == FORM else ""
    sent = dict(pairs_of(request.query) + pairs_of(form))
    return request.header("x-acs-action") or sent.get("Action")
