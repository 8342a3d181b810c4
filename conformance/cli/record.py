"""`acs-conformance record [URL]`: a run, kept as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from conformance.cassettes.keeping import INTERRUPTED, refuse_unwritable, write_cassette
from conformance.cassettes.recorder import Recorder
from conformance.cassettes.spool import Spool
from conformance.cli.access_options import AccessOptions
from conformance.cli.output import say
from conformance.cli.run_options import RunOptions, folder_of, options_of_a_run, settings_of
from conformance.cli.showing import live, shown
from conformance.contract.files import ContractError
from conformance.endpoint.certify import certify
from conformance.endpoint.embedded import NAME
from conformance.endpoint.settings import Settings
from conformance.errors import NotEstablished, Refusal
from conformance.report.folder import clear, safe_name

FOLDER = Path("cassettes")
# a cassette of more exchanges is compressed
MANY = 100


@click.command()
@options_of_a_run
@click.option("-o", "--cassette", "path", type=click.Path(path_type=Path), help="Default: cassettes/<time>-<target>.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, and nothing else.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
def record(given: RunOptions, reached: AccessOptions, path: Path | None, as_json: bool, quiet: bool) -> None:
    """Certify an endpoint as `endpoint` does, in one process, and keep every exchange in a cassette.

    The cassette holds no secret. Where the run is interrupted it holds what was recorded until then.
    """
    clear(given.report_dir)
    settings = settings_of(given, reached, folder_of(given))
    refuse_unwritable(path or FOLDER / "probe")
    spool = Spool((path or FOLDER / "probe").parent)
    recorder = Recorder("reference" if given.url is None else "real", _target_name(settings), spool=spool)
    try:
        try:
            evidence = certify(settings, live(quiet, as_json), recorder)
        finally:
            kept = _keep(recorder, path, given.url)
            if kept and not as_json:
                say(kept)
    except ContractError as e:
        raise Refusal(str(e)) from None
    except KeyboardInterrupt:
        raise NotEstablished(INTERRUPTED) from None
    raise SystemExit(shown(evidence, quiet, as_json))


def _target_name(settings: Settings) -> str:
    changed = [*(f"variant {v}" for v in settings.variants), *(f"fault {f}" for f in settings.faults)]
    return settings.url or (f"{NAME} ({', '.join(changed)})" if changed else NAME)


def _keep(recorder: Recorder, path: Path | None, url: str | None) -> str | None:
    """Write what was recorded, if the run began at all."""
    if not recorder.began:
        return None
    return write_cassette(path or _default_path(url, recorder.exchanges), recorder.save, recorder.provenance)


def _default_path(url: str | None, exchanges: int) -> Path:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{safe_name(url or NAME)}.yaml"
    return FOLDER / (f"{name}.gz" if exchanges > MANY else name)
