"""`acs-conformance endpoint [URL]`: certify an endpoint."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from attrs import evolve

from conformance import plugin
from conformance.cli.contracts import operation_folder
from conformance.cli.embedded import EMBEDDED, embedded_reference
from conformance.cli.errors import ExitStatus, NotEstablished, Refusal, unknown
from conformance.cli.evidence import Evidence, report_folder
from conformance.cli.preflight import preflight
from conformance.cli.profiles import pins_of
from conformance.contract.catalogue import common_folder
from conformance.contract.files import ContractError, load_contract, load_ledger, load_protocol
from conformance.contract.ledger import Ledger
from conformance.contract.protocol import Protocol
from conformance.suite.settings import RunSettings
from conformance.suite.target import Limits
from conformance.wire.client import BadEndpoint

LEVELS = ("MUST", "SHOULD", "MAY")


@click.command()
@click.argument("url", required=False)
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("--region", "regions", multiple=True, help="A region that holds data (repeatable; the first is the main one).")
@click.option("--profile", "profiles", multiple=True, metavar="NAME|CHOICE=VALUE", help="Pin choices (repeatable).")
@click.option("--format", "formats", multiple=True, type=click.Choice(["json", "xml"]), help="Default: both.")
@click.option("--signature", "signatures", multiple=True, type=click.Choice(["v1", "v3", "none"]), help="Default: v1 and v3.")
@click.option("--method", "methods", multiple=True, type=click.Choice(["GET", "POST"]), help="Default: both.")
@click.option("--max-examples", default=8, show_default=True, type=click.IntRange(1), help="Drawn examples a check and format.")
@click.option("--seed", type=int, help="Decides the drawn requests; without it a new one is taken, and reported.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that send requests.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="At most so many requests a second and worker.")
@click.option("--max-requests", type=click.IntRange(1), help="Send at most so many; what is left is inconclusive.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(min=0, min_open=True), help="Seconds an answer may take.")
@click.option("--tasks", "items_file", type=click.Path(path_type=Path), help="The items that the target stores: enables the exact oracle.")
@click.option("-k", "--select", multiple=True, metavar="GLOB", help="Judge only requirements that match (repeatable).")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Judge only these levels (repeatable).")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where evidence goes  [default: reports/<time>-<target>]")
@click.option("--events", "events_file", type=click.Path(path_type=Path), help="Write the event stream to this file too.")
@click.option("--fault", "faults", multiple=True, help="Seed a fault in the embedded reference (repeatable).")
@click.option("--variant", "variants", multiple=True, help="Let the embedded reference be a conformant variant (repeatable).")
@click.option("--allow-plaintext", is_flag=True, help="Send credentials over plain http to another machine.")
@click.option("--quiet", is_flag=True, help="Print the verdict only.")
def endpoint(url: str | None, operation: str, contract_dir: Path | None, **options: object) -> None:
    """Certify an endpoint; without URL the embedded reference endpoint on a loopback port.

    Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN.
    """
    try:
        status = certify(url, operation_folder(operation, contract_dir), options)
    except (ContractError, BadEndpoint) as e:
        raise Refusal(str(e)) from None
    raise SystemExit(status)
