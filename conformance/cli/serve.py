"""`acs-conformance serve`: the reference endpoint as a mock server."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from conformance.cli.gathered import gathered_into
from conformance.cli.output import say
from conformance.contract.catalogue import operation_folder, protocol_of, service_of
from conformance.contract.files import ContractError
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.service import Service
from conformance.errors import Refusal
from conformance.ledger.profiles import pins_of
from conformance.ledger.specification import Specification
from conformance.reference import faults as fault_table
from conformance.reference import manners, seeding
from conformance.reference import variants as variant_table
from conformance.reference.items import load_items
from conformance.reference.mock import SECONDS
from conformance.reference.server import EndpointError, ReferenceEndpoint
from conformance.reference.service import ServiceEndpoint
from conformance.reference.store import Store
from conformance.wire.environment import credentials_from


@frozen
class Serving:
    """What `serve` was asked for."""

    operation: str
    contract_dir: Path | None
    service_name: str | None
    seconds: float
    port: int
    items_file: Path | None
    seed: int
    dialect: tuple[str, ...]
    faults: tuple[str, ...]
    variants: tuple[str, ...]
    listing: bool


@click.command()
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--service", "service_name", metavar="NAME", help="All of a service: a shipped one (ecs), or a folder.")
@click.option(
    "--seconds", default=SECONDS, show_default=True, type=click.FloatRange(0, 3600), help="How long its tasks take."
)
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--tasks", "items_file", type=click.Path(path_type=Path), help="Serve these items.")
@click.option("--seed", default=seeding.SEED, show_default=True, help="Decides the items where none are given.")
@click.option("--dialect", multiple=True, metavar="CHOICE=VALUE", help="Take this alternative (repeatable).")
@click.option("--fault", "faults", multiple=True, help="Have this defect (repeatable); `--list` names them.")
@click.option("--variant", "variants", multiple=True, help="Be this conformant variant (repeatable).")
@click.option("--list", "listing", is_flag=True, help="List faults and variants, and end.")
@gathered_into(Serving)
def serve(given: Serving) -> None:
    """Serve the operation on a loopback port until interrupted; with --service all operations of a service.

    What is created in a service is found, changed and deleted; what is asynchronous takes its time.

    With an access key in ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET requests must be signed with
    it; without one unsigned requests are taken.
    """
    try:
        if given.service_name is not None:
            _serve_service(given, service_of(given.service_name))
            return
        folder = operation_folder(given.operation, given.contract_dir)
        specification = Specification.load(folder)
        contract, protocol = specification.contract, specification.protocol
        if given.listing:
            _list(contract, protocol)
            return
        _, pins, _ = pins_of(given.dialect, contract)
        credentials = credentials_from()
        endpoint = ReferenceEndpoint(
            contract,
            protocol,
            store=_store(contract, protocol, given),
            credentials=[credentials] if credentials else [],
            dialect=pins,
            faults=[fault_table.named(contract, name, protocol) for name in given.faults],
            variants=[variant_table.named(contract, name, protocol) for name in given.variants],
            port=given.port,
        )
        with endpoint:
            signed = "requests must be signed" if credentials else "unsigned requests are taken"
            say(f"{contract.operation} at {endpoint.url} ({signed}); Ctrl-C ends it.")
            threading.Event().wait()
    except KeyboardInterrupt:
        say("ended")
    except (EndpointError, ContractError, ValueError) as e:
        raise Refusal(str(e)) from None


def _serve_service(given: Serving, service: Service) -> None:
    """Serve a whole service. Refuses what is about one operation."""
    wrong = ["--dialect"] if given.dialect else []
    wrong += ["--tasks"] if given.items_file is not None else []
    if wrong:
        raise Refusal(f"{', '.join(wrong)}: for one operation only; leave --service out, or serve it as it is.")
    if given.listing:
        for title, table in (("Faults", manners.all_faults()), ("Conformant variants", manners.all_variants())):
            _titled(title, table)
        return
    taken = [
        *(manners.named(manners.all_faults(), n) for n in given.faults),
        *(manners.named(manners.all_variants(), n) for n in given.variants),
    ]
    protocol = protocol_of(service)
    credentials = credentials_from()
    endpoint = ServiceEndpoint(
        service, protocol, [credentials] if credentials else [], seconds=given.seconds, seed=given.seed,
        port=given.port, manners=taken,
    )  # fmt: skip
    with endpoint:
        signed = "requests must be signed" if credentials else "unsigned requests are taken"
        what = f"{service.product} {service.version}, {len(service.operations)} operations,"
        say(f"{what} at {endpoint.url} ({signed}); Ctrl-C ends it.")
        threading.Event().wait()


def _store(contract: Contract, protocol: Protocol, given: Serving) -> Store:
    if given.items_file is None:
        return seeding.generated(contract, protocol, given.seed)
    return load_items(given.items_file, contract)


def _list(contract: Contract, protocol: Protocol) -> None:
    for title, table in (
        ("Faults", fault_table.all_faults(contract, protocol)),
        ("Conformant variants", variant_table.all_variants(contract, protocol)),
    ):
        _titled(title, table)


def _titled(title: str, table: Iterable[Any]) -> None:
    click.secho(title, bold=True)
    for entry in table:
        say(f"  {entry.name}: {entry.description}")
