"""`acs-conformance derive PAGE... -o DIR`: contract, ledger and schemas from documentation pages."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import Refusal
from conformance.contract.catalogue import common_folder
from conformance.contract.files import ContractError, load_protocol
from conformance.contract.ledger import Ledger
from conformance.derive import ledger as ledgers
from conformance.derive.derivation import contract_of, read_pages, understand
from conformance.derive.overlay import load_overlay
from conformance.derive.page import PageError
from conformance.derive.sentences import sentences
from conformance.emit import write


@click.command()
@click.argument("pages", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The folder to write.")
@click.option("--overlay", "overlay_file", type=click.Path(path_type=Path), help="Corrections by hand (YAML).")
def derive(pages: tuple[Path, ...], output: Path, overlay_file: Path | None) -> None:
    """Derive an operation's contract, ledger, JSON Schemas, XSD and OpenAPI description from revisions of its page."""
    try:
        overlay = load_overlay(overlay_file)
        read = read_pages(pages, overlay)
        contract = contract_of(understand(read), overlay)
        places = [(citation, digest) for citation, digest, _ in sentences(read)]
        ledger = ledgers.build(contract, load_protocol(common_folder(output)), places, overlay.reasons)
        written = write(contract, ledger, output)
    except (PageError, ContractError) as e:
        raise Refusal(str(e)) from None
    except OSError as e:
        raise Refusal(f"Cannot write to {output}: {e.strerror}.") from None
    click.echo(f"{contract.operation}: {_understood(ledger)}")
    for path in written:
        click.echo(f"  {path}")


def _understood(ledger: Ledger) -> str:
    open_ones = [s for s in ledger.sentences if not s.requirements and not s.excluded]
    rest = f", {len(open_ones)} sentences not understood yet" if open_ones else ", every sentence placed"
    return f"{len(ledger.requirements)} requirements, {len(ledger.sentences)} sentences{rest}"
