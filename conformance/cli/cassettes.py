"""`acs-conformance record`, `replay` and `cassettes`: a run kept as a file, and judged again from it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from conformance.cassettes import file, linting
from conformance.cassettes.keeping import (
    INTERRUPTED,
    SUFFIXES,
    refuse_unwritable,
    terminated_like_interrupted,
    write_cassette,
)
from conformance.cassettes.recorder import Recorder
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.cli.endpoint import endpoint
from conformance.cli.errors import ExitStatus
from conformance.contract.catalogue import operation_folder
from conformance.contract.files import ContractError, dump_contract
from conformance.endpoint import linting as endpoint_linting
from conformance.endpoint.certify import Specification, certify
from conformance.endpoint.embedded import NAME
from conformance.endpoint.plugin import credentials_from
from conformance.endpoint.replay import Replay
from conformance.endpoint.samples import sample_cassettes
from conformance.endpoint.sharing import processors
from conformance.errors import NotEstablished, Refusal
from conformance.report.evidence import safe_name
from conformance.report.header import digest
from conformance.sdk import linting as sdk_linting
from conformance.sdk.replay import SdkReplay, compared
from conformance.wire.client import BadEndpoint
from conformance.wire.redaction import secrets_of

FOLDER = Path("cassettes")
MOST_WORKERS = 4
# a cassette of more exchanges is compressed
MANY = 100
NOT_RECORDED = ("workers", "known_file")


def _options_of_a_run() -> list[click.Parameter]:
    return [p for p in endpoint.params if p.name not in NOT_RECORDED]


@click.command(params=_options_of_a_run())
@click.option("-o", "--cassette", "path", type=click.Path(path_type=Path), help="Default: cassettes/<time>-<target>.")
def record(url: str | None, operation: str, contract_dir: Path | None, path: Path | None, **options: Any) -> None:
    """Certify an endpoint as `endpoint` does, in one process, and keep every exchange in a cassette.

    The cassette holds no secret. Where the run is interrupted it holds what was recorded until then.
    """
    options |= {"workers": 1, "known_file": None}
    refuse_unwritable(path or FOLDER / "probe")
    recorder = Recorder("reference" if url is None else "real", _target_name(url, options))
    try:
        subject = Specification.load(operation_folder(operation, contract_dir))
        with tempfile.TemporaryDirectory(prefix="acs-") as scratch, terminated_like_interrupted():
            try:
                status = certify(url, subject, options, Path(scratch), recorder)
            finally:
                _keep(recorder, path, url)
    except (ContractError, BadEndpoint) as e:
        raise Refusal(str(e)) from None
    except KeyboardInterrupt:
        raise NotEstablished(INTERRUPTED) from None
    raise SystemExit(status)


def _target_name(url: str | None, options: dict[str, Any]) -> str:
    changed = [*(f"variant {v}" for v in options["variants"]), *(f"fault {f}" for f in options["faults"])]
    return url or (f"{NAME} ({', '.join(changed)})" if changed else NAME)


def _keep(recorder: Recorder, path: Path | None, url: str | None) -> None:
    """Write what was recorded, if the run began at all."""
    if recorder.began:
        cassette = recorder.cassette
        write_cassette(path or _default_path(url, len(cassette.interactions)), cassette)


def _default_path(url: str | None, exchanges: int) -> Path:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{safe_name(url or NAME)}.yaml"
    return FOLDER / (f"{name}.gz" if exchanges > MANY else name)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CASSETTE")
@click.option("--compare", is_flag=True, help="Compare two recordings of an SDK: OLDER NEWER.")
@click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="Judge by this contract folder.")
@click.option(
    "--against",
    multiple=True,
    metavar="FOLDER|PROFILE|CHOICE=VALUE",
    help="Judge by another contract folder or profile, and say what is judged otherwise (repeatable).",
)
@click.option("-k", "--select", multiple=True, metavar="GLOB", help="Judge only requirements that match (repeatable).")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where evidence goes.")
@click.option("--events", "events_file", type=click.Path(path_type=Path), help="Write the event stream there too.")
@click.option(
    "--workers",
    default=min(MOST_WORKERS, processors()),
    show_default="one a processor",
    type=click.IntRange(1, 64),
    help="Processes that judge the recording of an endpoint.",
)
@click.option("--edited", is_flag=True, help="Judge a cassette that is no longer as it was recorded; never conformant.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
def replay(paths: tuple[Path, ...], compare: bool, contract_dir: Path | None, **options: Any) -> None:
    """Judge a recorded run again: the same checks on the recorded exchanges, without a network.

    Verdicts that differ from the recorded ones are listed, with the exchange that decides.

    With --compare, two recordings of an SDK: what the newer release sends or hands on differently, and which verdicts
    changed. Exit status: 0 no regression, 1 regression, 3 not established.
    """
    if len(paths) != (2 if compare else 1):
        wanted = "--compare takes two cassettes, the older first" if compare else "One cassette is replayed at a time"
        raise Refusal(f"{wanted}; {len(paths)} given.")
    try:
        found = [(path, _unedited(path, options["edited"])) for path in paths]
        if compare:
            raise SystemExit(compared(*found, contract_dir, options))
        (path, loaded), *_ = found
        if isinstance(loaded.cassette, SdkCassette):
            raise SystemExit(SdkReplay.of(path, loaded, contract_dir, options).run())
        with tempfile.TemporaryDirectory(prefix="acs-") as scratch:
            raise SystemExit(Replay.of(path, loaded, contract_dir, options).run(Path(scratch)))
    except (file.BadCassette, ContractError) as e:
        raise Refusal(str(e)) from None


def _unedited(path: Path, edited: bool) -> file.Loaded:
    loaded = file.load(path)
    if loaded.changes and not edited:
        raise Refusal(
            f"{path} is not as it was recorded: {'; '.join(loaded.changes)}. "
            "Restore or record it again, or judge it as it is with --edited."
        )
    return loaded


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
            click.echo(f"{e}", err=True)
            status = ExitStatus.USAGE
            continue
        click.echo(f"{path}: {'; '.join(notes)}")
        for problem in problems:
            click.echo(f"  {problem}")
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
            click.echo(f"Cassette: {output / name}")
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
