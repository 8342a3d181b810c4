"""Checked requests a second of a default run, against a bare keep-alive loop that sends the same requests."""

from __future__ import annotations

import http.client
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint import run as runs
from conformance.endpoint.embedded import embedded_reference
from conformance.endpoint.opening import open_target
from conformance.endpoint.settings import RunSettings
from conformance.ledger.specification import Specification
from conformance.reference import process, seeding
from conformance.wire.client import Client
from conformance.wire.exchange import HttpRequest

LISTS = ("DescribeTasks", "DescribeDisks", "DescribeInstances")
PAGES, WORKERS = 3_000, 2
FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"


def measure() -> Iterator[str]:
    contract, protocol = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
    sent: list[HttpRequest] = []
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(Client, "send", _noting(sent)):
        scratch = Path(folder)
        with embedded_reference(contract, protocol, [], [], scratch) as reference:
            settings = RunSettings(
                reference.url, str(FOLDER), reference.regions, seed=1, items_file=str(reference.items_file)
            )
            started = time.perf_counter()
            runs.run(settings, lambda verdict: None, scratch / "settings.json")
            run = time.perf_counter() - started
    # without credentials the reference takes any request, so that the same ones can be sent again
    with process.running(contract, protocol, seeding.generated(contract, protocol)) as endpoint:
        bare = _bare_loop(endpoint.url, sent)
    yield f"{len(sent)} requests: run {len(sent) / run:,.0f}/s in {run:.1f} s, bare loop {len(sent) / bare:,.0f}/s"
    yield f"a run takes {run / bare:.1f} times the bare loop (aim: at most 6)"
    with ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn")) as workers:
        for operation in LISTS:
            alone = _checked(operation)
            both = list(workers.map(_checked, [operation] * WORKERS))
            yield (
                f"{operation}: {sum(PAGES / wall for wall, _ in both):,.0f} checked requests/s by {WORKERS} workers "
                f"(aim: 1,000), {PAGES / alone[0]:,.0f} by one, {PAGES / alone[1]:,.0f} in a second of its processor"
            )


def _checked(operation: str) -> tuple[float, float]:
    """How many seconds it takes to ask for many pages of a list, read and judge them: all, and of our own processor."""
    specification = Specification.load(FOLDER.parent / operation)
    contract, protocol = specification.contract, specification.protocol
    with tempfile.TemporaryDirectory() as folder, embedded_reference(contract, protocol, [], [], Path(folder)) as there:
        settings = RunSettings(there.url, str(specification.folder), there.regions, items_file=str(there.items_file))
        target, paging = open_target(settings, contract, protocol), contract.semantics.paging
        wall, own = time.perf_counter(), time.process_time()
        for n in range(PAGES):
            sent = {paging.number: str(1 + n % 7), paging.size: "10"} if paging else {}
            target.ask(sent, target.channels[n % len(target.channels)]).listing()
        return time.perf_counter() - wall, time.process_time() - own


def _noting(sent: list[HttpRequest]):
    plain = Client.send

    def send(client: Client, request: HttpRequest):
        sent.append(request)
        return plain(client, request)

    return send


def _bare_loop(url: str, requests: list[HttpRequest]) -> float:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    started = time.perf_counter()
    for request in requests:
        target = "/" + request.url.split("://", 1)[1].partition("/")[2]
        headers, body = dict(request.headers), request.body or None
        chunked = "Transfer-Encoding" in headers
        connection.request(request.method, target, [body] if chunked else body, headers, encode_chunked=chunked)
        connection.getresponse().read()
    return time.perf_counter() - started
