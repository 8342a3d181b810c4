"""The files of a whole service: its index, what its operations share, and each operation's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from attrs import evolve

from conformance.contract.catalogue import COMMON
from conformance.contract.files import CONTRACT_FILE, PROTOCOL_FILE, dump, dump_contract
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.service import SERVICE_FILE, Service, dump_service
from conformance.emit.service_openapi import service_openapi
from conformance.emit.writing import common_contents, contents

OPENAPI_FILE = "openapi.json"


def service_files(
    service: Service, contracts: Mapping[str, Contract], protocol: Protocol
) -> Iterator[tuple[str, dict[str, str]]]:
    """Folders of a service, each with its files: name to text. The index comes last, when all that it names is there.

    `protocol` is what operations share; it is kept with the service's own product, version and regions.
    """
    own = evolve(
        protocol,
        product=service.product,
        version=service.version,
        regions=tuple(dict.fromkeys(e.region for e in service.endpoints)) or protocol.regions,
    )
    yield COMMON, {**common_contents(), PROTOCOL_FILE: dump(own)}
    for name, contract in contracts.items():
        yield name, contents(contract)
    whole = json.dumps(service_openapi(service, contracts), indent=1, ensure_ascii=False) + "\n"
    yield ".", {OPENAPI_FILE: whole, SERVICE_FILE: dump_service(service)}


def fact_files(service: Service, contracts: Mapping[str, Contract]) -> Iterator[tuple[str, dict[str, str]]]:
    """The same as contracts alone: every schema follows from them. What operations share is taken as it is there."""
    for name, contract in contracts.items():
        yield name, {CONTRACT_FILE: dump_contract(contract)}
    yield ".", {SERVICE_FILE: dump_service(service)}
