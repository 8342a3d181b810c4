"""`acs-conformance serve`: the reference endpoint as a mock server."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from conformance.cli.output import say
from conformance.contract.catalogue import common_folder, operation_folder, service_of
from conformance.contract.files import ContractError, load_protocol
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
from conformance.wire.environment import credentials_from


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
def serve(
    operation: str,
    contract_dir: Path | None,
    port: int,
    listing: bool,
    service_name: str | None,
    seconds: float,
    **options: Any,
) -> None:
    """Serve the operation on a loopback port until interrupted; with --service all operations of a service.

    What is created in a service is found, changed and deleted; what is asynchronous takes its time.

    With an access key in ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET requests must be signed with
    it; without one unsigned requests are taken.
    """
    try:
        if service_name is not None:
            _serve_service(service_name, port, seconds, listing, options)
            return
        folder = operation_folder(operation, contract_dir)
        specification = Specification.load(folder)
        contract, protocol = specification.contract, specification.protocol
        if listing:
            _list(contract, protocol)
            return
        _, pins, _ = pins_of(options["dialect"], contract)
        credentials = credentials_from()
        endpoint = ReferenceEndpoint(
            contract,
            protocol,
            store=_store(contract, protocol, options),
            credentials=[credentials] if credentials else [],
            dialect=pins,
            faults=[fault_table.named(contract, name, protocol) for name in options["faults"]],
            variants=[variant_table.named(contract, name, protocol) for name in options["variants"]],
            port=port,
        )
        with endpoint:
            signed = "requests must be signed" if credentials else "unsigned requests are taken"
            say(f"{contract.operation} at {endpoint.url} ({signed}); Ctrl-C ends it.")
            threading.Event().wait()
    except KeyboardInterrupt:
        say("ended")
    except (EndpointError, ContractError, ValueError) as e:
        raise Refusal(str(e)) from None


def _serve_service(name: str, port: int, seconds: float, listing: bool, options: dict[str, Any]) -> None:
    """Serve a whole service. Refuses what is about one operation."""
    given = ["--dialect"] if options["dialect"] else []
    given += ["--tasks"] if options["items_file"] is not None else []
    if given:
        raise Refusal(f"{', '.join(given)}: for one operation only; leave --service out, or serve it as it is.")
    if listing:
        for title, table in (("Faults", manners.all_faults()), ("Conformant variants", manners.all_variants())):
            _titled(title, table)
        return
    service = service_of(name)
    taken = [
        *(manners.named(manners.all_faults(), n) for n in options["faults"]),
        *(manners.named(manners.all_variants(), n) for n in options["variants"]),
    ]
    protocol = load_protocol(common_folder(service.contract_folder(next(iter(service.operations), ""))))
    credentials = credentials_from()
    endpoint = ServiceEndpoint(
        service, protocol, [credentials] if credentials else [], seconds=seconds, seed=options["seed"], port=port,
        manners=taken,
    )  # fmt: skip
    with endpoint:
        signed = "requests must be signed" if credentials else "unsigned requests are taken"
        what = f"{service.product} {service.version}, {len(service.operations)} operations,"
        say(f"{what} at {endpoint.url} ({signed}); Ctrl-C ends it.")
        threading.Event().wait()


def _store(contract: Any, protocol: Any, options: dict[str, Any]) -> Any:
    if options["items_file"] is None:
        return seeding.generated(contract, protocol, options["seed"])
    return load_items(options["items_file"], contract)


def _list(contract: Any, protocol: Any) -> None:
    for title, table in (
        ("Faults", fault_table.all_faults(contract, protocol)),
        ("Conformant variants", variant_table.all_variants(contract, protocol)),
    ):
        _titled(title, table)


def _titled(title: str, table: Iterable[Any]) -> None:
    click.secho(title, bold=True)
    for entry in table:
        say(f"  {entry.name}: {entry.description}")
