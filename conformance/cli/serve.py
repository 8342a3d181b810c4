"""`acs-conformance serve`: the reference endpoint as a mock server."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import click

from conformance.contract.catalogue import operation_folder
from conformance.contract.files import ContractError
from conformance.errors import Refusal
from conformance.ledger.profiles import pins_of
from conformance.ledger.specification import Specification
from conformance.reference import faults as fault_table
from conformance.reference import seeding
from conformance.reference import variants as variant_table
from conformance.reference.items import load_items
from conformance.reference.server import EndpointError, ReferenceEndpoint
from conformance.wire.environment import credentials_from


@click.command()
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--tasks", "items_file", type=click.Path(path_type=Path), help="Serve these items.")
@click.option("--seed", default=seeding.SEED, show_default=True, help="Decides the items where none are given.")
@click.option("--dialect", multiple=True, metavar="CHOICE=VALUE", help="Take this alternative (repeatable).")
@click.option("--fault", "faults", multiple=True, help="Have this defect (repeatable); `--list` names them.")
@click.option("--variant", "variants", multiple=True, help="Be this conformant variant (repeatable).")
@click.option("--list", "listing", is_flag=True, help="List faults and variants, and end.")
def serve(operation: str, contract_dir: Path | None, port: int, listing: bool, **options: Any) -> None:
    """Serve the operation on a loopback port until interrupted.

    With an access key in ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET requests must be signed with
    it; without one unsigned requests are taken.
    """
    try:
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
            click.echo(f"{contract.operation} at {endpoint.url} ({signed}); Ctrl-C ends it.")
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("ended")
    except (EndpointError, ContractError, ValueError) as e:
        raise Refusal(str(e)) from None


def _store(contract: Any, protocol: Any, options: dict[str, Any]) -> Any:
    if options["items_file"] is None:
        return seeding.generated(contract, protocol, options["seed"])
    return load_items(options["items_file"], contract)


def _list(contract: Any, protocol: Any) -> None:
    for title, table in (
        ("Faults", fault_table.all_faults(contract, protocol)),
        ("Conformant variants", variant_table.all_variants(contract, protocol)),
    ):
        click.secho(title, bold=True)
        for entry in table:
            click.echo(f"  {entry.name}: {entry.description}")
