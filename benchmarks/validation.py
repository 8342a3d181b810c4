"""Validating a page of 100 items: the fast path, and the authority beside it."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint.watch.validation import Validation
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.wire.client import Client
from conformance.wire.exchange import Call, Channel

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
LIMITS_MS = {"json": 1.0, "xml": 3.0}


def measure() -> Iterator[str]:
    contract, protocol = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
    pair = Validation(contract).success
    with ReferenceEndpoint(contract, protocol, store=seeding.generated(contract, protocol)) as endpoint:
        bodies = {f: _page(endpoint.url, contract.operation, f) for f in ("json", "xml")}
    value = json.loads(bodies["json"])
    fast = {"json": _ms(lambda: pair.json_problem(value)), "xml": _ms(lambda: pair.xml_problem(bodies["xml"]))}
    slow = {
        "json": _ms(lambda: list(pair.json_authority.iter_errors(value)), 20),
        "xml": _ms(lambda: list(pair.xml_authority.iter_errors(bodies["xml"].decode())), 5),
    }
    for f, limit in LIMITS_MS.items():
        ratio = f"{slow[f] / fast[f]:.0f} times as fast as the authority"
        yield f"{f}: {fast[f]:.3f} ms a page of 100 (limit {limit:.0f} ms), {ratio}"


def _page(url: str, operation: str, format: str) -> bytes:
    client = Client(url)
    asked = (("RegionId", "cn-hangzhou"), ("PageSize", "100"))
    return client.send(client.prepare(Call(operation, "2014-05-26", asked, Channel(format, "none", "GET")))).body


def _ms(act: Callable[[], object], times: int = 200) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)
