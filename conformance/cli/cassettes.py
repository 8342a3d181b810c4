"""`acs-conformance cassettes`: look after recorded runs."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cassettes import file, linting
from conformance.cassettes.keeping import SUFFIXES
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.cli.errors import ExitStatus
from conformance.cli.output import say
from conformance.contract.catalogue import operation_folder
from conformance.contract.files import ContractError, dump_contract
from conformance.endpoint import linting as endpoint_linting
from conformance.endpoint.samples import sample_cassettes
from conformance.errors import Refusal
from conformance.ledger.specification import Specification
from conformance.report.header import digest
from conformance.sdk import linting as sdk_linting
from conformance.wire.environment import credentials_from
from conformance.wire.redaction import secrets_of

FOLDER = Path("cassettes")


@click.group()
def cassettes() -> None:
    """Look after recorded cassettes."""


@cassettes.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def lint(paths: tuple[Path, ...]) -> None:
    """Check cassettes (files, or all in a folder; default: cassettes/).

    Each parses, carries its provenance, is as it was recorded, validates against today's schemas, and holds no secret.
    Exit status: 0 in order; 1 something is wrong; 2 a file is no cassette.
    """
    found = [f for path in paths or (FOLDER,) for f in _files(path)]
    if not found:
        raise Refusal(f"There is no cassette (*.yaml, *.yaml.gz) in {', '.join(map(str, paths or (FOLDER,)))}.")
    status = ExitStatus.CONFORMANT
    for path in found:
        try:
            problems, notes = linted(file.load(path))
        except (file.BadCassette, ContractError) as e:
            say(f"{e}", err=True)
            status = ExitStatus.USAGE
            continue
        say(f"{path}: {'; '.join(notes)}")
        for problem in problems:
            say(f"  {problem}")
        if problems and status is ExitStatus.CONFORMANT:
            status = ExitStatus.NOT_CONFORMANT
    raise SystemExit(status)


def linted(loaded: file.Loaded) -> tuple[list[str], list[str]]:
    """Problems and notes. What an operation is judged by is asked of the house that its cassette belongs to."""
    cassette, provenance = loaded.cassette, loaded.cassette.provenance
    notes = linting.notes_on(loaded)
    problems = linting.problems_of(loaded, secrets_of(credentials_from()))
    try:
        subject = Specification.load(operation_folder(provenance.operation, None))
    except Refusal as e:
        return [*problems, str(e)], notes
    if digest(dump_contract(subject.contract)) != provenance.contract_digest:
        notes.append("recorded under another contract than today's")
    if isinstance(cassette, SdkCassette):
        return [*problems, *sdk_linting.problems_of(cassette, subject.contract, subject.protocol)], notes
    return [*problems, *endpoint_linting.problems_of(cassette, subject.contract)], notes


@cassettes.command()
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=FOLDER / "samples", show_default=True)
def samples(operation: str, contract_dir: Path | None, output: Path) -> None:
    """Make a cassette of each sample response in the documentation, as the answer to its sample request."""
    try:
        for name, cassette in sample_cassettes(Specification.load(operation_folder(operation, contract_dir))):
            file.save(output / name, cassette)
            say(f"Cassette: {output / name}")
    except ContractError as e:
        raise Refusal(str(e)) from None
    except OSError as e:
        raise Refusal(f"Cannot write to {output}: {e.strerror}. Give another folder with --output.") from None


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(f for f in path.rglob("*") if f.name.endswith(SUFFIXES) and f.name[0] != ".")
    if not path.exists():
        raise Refusal(f"There is no file or folder {path}.")
    return [path]
