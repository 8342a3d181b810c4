"""Readers of what arrives at our servers, of headers in files, and of streams of others, rendered and compared:
valid inputs, and the errors for others.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import socket
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from conformance.cli.access_options import AccessOptions, access_of
from conformance.cli.report import OF_SERVICES, RENDERINGS
from conformance.contract.files import ContractError, load_contract, load_protocol, schemas_root
from conformance.drivers.artifact import wheel_or_sdist
from conformance.errors import NotEstablished, Refusal
from conformance.foreign import BadText, decoded
from conformance.ledger import known_failing
from conformance.ledger.specification import Specification
from conformance.reference import seeding
from conformance.reference.application import Application
from conformance.reference.context import Context
from conformance.reference.message import MalformedRequest, read_request, response_bytes
from conformance.report import comparison, terminal
from conformance.report.basis import Basis
from conformance.report.comparison import Incomparable
from conformance.report.events import Verdict, to_line
from conformance.report.merge import Unmergeable, merge
from conformance.report.service_run import ServiceStreamError, event_lines, recovered_service
from conformance.report.service_streams import check_streams
from conformance.report.stream import Run, StreamError, bytes_in, parse, recovered
from conformance.sdk.endpoint import InstrumentedEndpoint, Reply, _Handler
from conformance.sdk.known import settled
from conformance.wire.client import Client
from conformance.wire.exchange import Call, Channel, Credentials, HttpRequest
from conformance.wire.transport import TransportError, _Exchange
from tests.fuzzing.kept_readers import put, service_run
from tests.report.streams import Maker

OPERATION = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
KEY = Credentials("fuzz-key-id", "fuzz-secret", "fuzz-token")
HEADERS = b"# of the gateway\nX-Gateway: abc def\nX-Cookie: a=b; c=d\nX-Basic: Basic dTpw\n"
RESPONSES = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nT: u\r\n\r\n",
    b"HTTP/1.0 502 x\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"<a/>", mtime=0),
    b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 10\r\n\r\n" + zlib.compress(b"{}"),
)
SDK_KNOWN = {
    "format_version": 1,
    "known_failures": [
        {"requirement": "DescribeTasks.sdk.requests.*", "reason": "r", "owner": "o", "expires": "2999-01-01"},
        {"requirement": "DescribeTasks.sdk.errors.message", "reason": "r", "owner": "o", "expires": "2999-01-01",
         "case": "json", "cause": "c", "link": "l"},
    ],
}  # fmt: skip


def header_file(folder: Path, data: bytes) -> object:
    given = AccessOptions(None, None, None, (), put(folder, "headers", data), None, None)
    access, secrets = access_of(given, signed=True)
    return access.words, secrets.values


# ------------------------------------------------------------------------------------------------- requests that arrive


@cache
def application() -> Application:
    contract, protocol = load_contract(OPERATION), load_protocol(OPERATION.parent / "common")
    return Application(contract, protocol, seeding.generated(contract, protocol), credentials=[KEY])


def request_of_serve(folder: Path, data: bytes) -> object:
    """All requests of a connection, as `serve` reads and answers them; a breakdown is no answer here."""
    stream, said = io.BufferedReader(io.BytesIO(data)), []
    while (request := read_request(stream, lambda: None, 1)) is not None:
        application().request_count += 1
        context = Context(application().server, request, application().request_count)
        response = application().server.steps.send(context, application().server.steps.answer(context))
        said.append(response_bytes(response, request.method, request.keep_alive))
        if not request.keep_alive or len(said) > 20:
            break
    return said


def request_of_an_sdk(folder: Path, data: bytes) -> object:
    """What an SDK sends on one connection of the instrumented endpoint."""
    endpoint = InstrumentedEndpoint(lambda recorded: Reply(200, b"{}"), KEY)
    endpoint._listener = socket.socket()
    here, there = socket.socketpair()
    with endpoint._listener, here, there:
        endpoint._listener.bind(("127.0.0.1", 0))
        there.settimeout(5)
        for one in (here, there):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        there.sendall(data)
        there.shutdown(socket.SHUT_WR)
        handler = type("Handler", (_Handler,), {"number": 1, "endpoint": endpoint})
        with contextlib.suppress(OSError):
            handler(here, ("127.0.0.1", 1), endpoint)  # type: ignore[arg-type]
    return endpoint.recorded, endpoint.malformed


def sent_requests() -> list[bytes]:
    """What our own client sends, by every signature, method and placement."""
    found = []
    for signature, method, placement in (("v1", "GET", "query"), ("v3", "POST", "form"), ("v1", "POST", "form")):
        call = Call("DescribeTasks", "2014-05-26", (("RegionId", "cn-hangzhou"), ("PageSize", "2")),
                    Channel("json", signature, method, placement))  # type: ignore[arg-type]  # fmt: skip
        sent = Client("http://127.0.0.1:1", KEY).prepare(call)
        target = sent.url.removeprefix("http://127.0.0.1:1")
        lines = [f"{sent.method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in sent.headers if n != "Content-Length")]
        head = "\r\n".join([*lines, f"Content-Length: {len(sent.body)}", "", ""]).encode()
        found.append(head + sent.body)
    chunked = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\na=b\r\n0\r\nT: u\r\n\r\n"
    return [*found, chunked, found[0] * 2]


class Told:
    """A connection on which a server has said something, and then closed it."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def send(self, data: bytes) -> None:
        """Whatever is asked."""

    def receive(self) -> bytes:
        return self._stream.read(1000)


def http_response(folder: Path, data: bytes) -> object:
    """What a server says, as our client reads it."""
    exchange = _Exchange("http://127.0.0.1:1", Told(data), False, 1 << 20)  # type: ignore[arg-type]
    return exchange.run(HttpRequest("GET", "http://127.0.0.1:1/"), "/", ())


def package(folder: Path, data: bytes) -> object:
    return wheel_or_sdist(put(folder, "a-1.0-py3-none-any.whl" if data[:2] == b"PK" else "a-1.0.tar.gz", data))


def packages() -> list[bytes]:
    """A wheel and a source distribution with nothing in them but what they say of themselves."""
    about, (wheel, source) = b"Metadata-Version: 2.1\nName: a\nVersion: 1.0\n", (io.BytesIO(), io.BytesIO())
    with zipfile.ZipFile(wheel, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("a-1.0.dist-info/METADATA"), about)
    with tarfile.open(fileobj=source, mode="w") as tarred:
        entry = tarfile.TarInfo("a-1.0/PKG-INFO")
        entry.size = len(about)
        tarred.addfile(entry, io.BytesIO(about))
    return [wheel.getvalue(), source.getvalue(), gzip.compress(source.getvalue(), mtime=0)]


# ----------------------------------------------------------------------------------------- streams that others wrote


@cache
def unsealed() -> bytes:
    """A stream without the digest over it, so that what is changed in it is shown."""
    run = Maker(Random(3), ["x", "y", "DescribeTasks.a.b"]).run()
    return "".join(to_line(event) for event in run.events()).encode()


@cache
def own() -> Run:
    return parse(unsealed())


def shown(folder: Path, data: bytes) -> object:
    """In every form in which `report` shows it, and as what it was judged by."""
    run = recovered(put(folder, "events.jsonl", data))
    terminal.show(run, terminal.console(io.StringIO(), 100))
    with contextlib.suppress(Refusal, ContractError, NotEstablished):
        list(Basis.of_run(run.header, None).disagreements(run))
    return [render(run) for render in RENDERINGS.values()]


def compared(folder: Path, data: bytes) -> object:
    """As the base of a comparison, as its head, and merged with another."""
    run = parse(data)
    with contextlib.suppress(Unmergeable):
        merge((run, own()))
    found = [comparison.compare(*pair) for pair in ((run, own()), (own(), run), (run, run))]
    return [(comparison.as_text(one), comparison.as_dict(one)) for one in found]


def service_shown(folder: Path, data: bytes) -> object:
    """A stream over a service as `report` shows it, with the streams of its operations."""
    path = put(folder, "events.jsonl", data)
    put(folder, "operations/ListA/events.jsonl", unsealed())
    run = recovered_service(event_lines(decoded(bytes_in(path))))
    check_streams(run, folder)
    return [render(run) for render in OF_SERVICES.values()]


# -------------------------------------------------------------------------------------------- known failures of SDKs


@cache
def subject() -> tuple[dict[str, None], dict[str, list[str]], tuple[Verdict, ...]]:
    found = Specification.load(OPERATION)
    ids = dict.fromkeys(r.id for r in found.ledger.requirements if r.side == "sdk")
    choices = {c.id: [a.id for a in c.alternatives] for c in found.contract.choices}
    words = ("failed", "passed", "warned", "inconclusive")
    verdicts = tuple(Verdict(id, "json", words[n % 4], cause="c") for n, id in enumerate(list(ids)[:40]))  # type: ignore[arg-type]
    return ids, choices, verdicts


def sdk_known(folder: Path, data: bytes) -> object:
    path = put(folder, "known.yaml", data)
    ids, choices, verdicts = subject()
    known_failing.patterns_in(path)
    known = known_failing.load(path, ids, choices, date(2026, 1, 1), of_sdk=True)
    return settled(verdicts, known, {})


def foreign_readers() -> tuple[tuple[str, Sequence[bytes], Any, tuple[type[Exception], ...], Sequence[Any]], ...]:
    """Name, seeds, reader, errors, and trees of each."""
    lines = [json.loads(line) for line in unsealed().splitlines()]
    known = json.dumps(SDK_KNOWN).encode().replace(b'"2999-01-01"', b"2999-01-01")
    return (
        ("header file", [HEADERS], header_file, (Refusal,), ()),
        ("request of serve", sent_requests(), request_of_serve, (MalformedRequest,), ()),
        ("request of an SDK", sent_requests(), request_of_an_sdk, (), ()),
        ("HTTP response", RESPONSES, http_response, (TransportError,), ()),
        ("package", packages(), package, (Refusal,), ()),
        ("known failures of an SDK", [known], sdk_known, (known_failing.BadKnownFailures,), [SDK_KNOWN]),
        ("stream that is shown", [unsealed()], shown, (StreamError,), lines),
        ("streams that are compared", [unsealed()], compared, (StreamError, Incomparable), lines),
        ("service stream that is shown", [service_run()], service_shown, (ServiceStreamError, BadText),
         [json.loads(line) for line in service_run().splitlines()]),
    )  # fmt: skip
