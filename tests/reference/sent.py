"""The requests that the undrawn checks of signatures and HTTP send: probes of what those checks are about."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping

from attrs import define, field

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint.checks import (
    test_coverage,
    test_forgeries,
    test_formats,
    test_http,
    test_methods,
    test_replays,
)
from conformance.endpoint.target import Target
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import Watch
from conformance.generate.channels import channels
from conformance.reference.application import Application, fresh_ids
from conformance.reference.message import Request, Response
from conformance.reference.store import Store
from conformance.wire.client import AGENT, new_nonce, utc_now
from conformance.wire.encoding import split_target
from conformance.wire.exchange import Call, Credentials, HttpRequest, HttpResponse
from conformance.wire.signing import Origin, sign
from tests.reference.client import KEY

MODULES = (test_coverage, test_forgeries, test_formats, test_http, test_methods, test_replays)
ORIGIN = Origin("http://127.0.0.1:8080/", "127.0.0.1:8080")
CREDENTIALS = Credentials(KEY.access_key_id, KEY.access_key_secret)
Sent = list[tuple[Request, Response]]


@define
class InProcess:
    """A client (see wire/client.py) of a reference that is no server; `sent` is what went to it, and came back."""

    application: Application
    base_url: str = ORIGIN.url
    credentials: Credentials = CREDENTIALS
    sent: Sent = field(factory=list)

    def prepare(self, call: Call, credentials: Credentials | None = None) -> HttpRequest:
        return sign(call, ORIGIN, credentials or self.credentials, new_nonce(), utc_now(), AGENT)

    def send(self, request: HttpRequest) -> HttpResponse:
        path, query = split_target(request.url)
        headers = tuple((name.lower(), value) for name, value in request.headers)
        spellings = tuple(name for name, _ in request.headers)
        arrived = Request(request.method, path, query, headers, request.body, spellings=spellings)
        response = self.application.respond(arrived)
        self.sent.append((arrived, response))
        return HttpResponse(response.status, (("Content-Type", response.media_type),), response.body)

    def is_new(self, response: HttpResponse) -> bool:
        return True


def undrawn_checks() -> Mapping[str, object]:
    """By requirement, those of the modules that draw nothing."""
    found = {}
    for module in MODULES:
        for name, check in vars(module).items():
            if name.startswith("test_") and not hasattr(check, "hypothesis") and callable(check):
                found[check.pytestmark[0].args[0]] = check
    return {requirement: check for requirement, check in found.items() if requirement != "formats.agree"}


def server(contract: Contract, protocol: Protocol, store: Store, now: float, replacements=()) -> Application:
    return Application(contract, protocol, store, [KEY], {}, replacements, lambda: now, fresh_ids(7))


def sent_by_checks(contract: Contract, protocol: Protocol, store: Store) -> tuple[float, Mapping[str, Sent]]:
    """When they were sent, and what each check sent to a server of its own. Raises Violation where one is not met."""
    now, found = time.time(), {}
    for requirement, check in undrawn_checks().items():
        client = InProcess(server(contract, protocol, store, now))
        ways = channels(("json", "xml"), ("v1", "v3"), ("POST", "GET"))
        watch = Watch(contract, Validation(contract), Dialect(contract, {}))
        target = Target(contract, protocol, client, watch, tuple(store.regions)[:2], tuple(ways))
        if "format" in inspect.signature(check).parameters:
            for format in ("json", "xml"):
                check(target, format)
        else:
            check(target)
        found[requirement] = client.sent
    return now, found
