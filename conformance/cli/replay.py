"""`acs-conformance replay`: a recorded run, judged again."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cassettes import file
from conformance.cassettes.replaying import ReplayOutcome, ReplaySettings
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.cli.output import say
from conformance.cli.showing import live, shown
from conformance.contract.files import ContractError
from conformance.endpoint.replay import Replay
from conformance.endpoint.sharing import processors
from conformance.errors import Refusal
from conformance.report.folder import clear
from conformance.sdk.replay import SdkReplay, compared

MOST_WORKERS = 4


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
def replay(
    paths: tuple[Path, ...],
    compare: bool,
    contract_dir: Path | None,
    against: tuple[str, ...],
    select: tuple[str, ...],
    report_dir: Path | None,
    events_file: Path | None,
    workers: int,
    edited: bool,
    quiet: bool,
) -> None:
    """Judge a recorded run again: the same checks on the recorded exchanges, without a network.

    Verdicts that differ from the recorded ones are listed, with the exchange that decides.

    With --compare, two recordings of an SDK: what the newer release sends or hands on differently, and which verdicts
    changed. Exit status: 0 no regression, 1 regression, 3 not established.
    """
    clear(report_dir)
    if len(paths) != (2 if compare else 1):
        wanted = "--compare takes two cassettes, the older first" if compare else "One cassette is replayed at a time"
        raise Refusal(f"{wanted}; {len(paths)} given.")
    asked = ReplaySettings(contract_dir, against, select, report_dir, events_file, workers)
    try:
        found = [(path, _unedited(path, edited)) for path in paths]
        if compare:
            raise SystemExit(_compare(found[0], found[1], asked, quiet))
        outcome = _outcome(*found[0], asked, quiet)
    except (file.BadCassette, ContractError) as e:
        raise Refusal(str(e)) from None
    status = shown(outcome.evidence, quiet)
    for line in outcome.lines():
        say(line)
    raise SystemExit(status)


def _unedited(path: Path, edited: bool) -> file.Loaded:
    loaded = file.load(path)
    if loaded.changes and not edited:
        raise Refusal(
            f"{path} is not as it was recorded: {'; '.join(loaded.changes)}. "
            "Restore or record it again, or judge it as it is with --edited."
        )
    return loaded


def _outcome(path: Path, loaded: file.Loaded, asked: ReplaySettings, quiet: bool) -> ReplayOutcome:
    if isinstance(loaded.cassette, SdkCassette):
        return SdkReplay.of(path, loaded, asked).run(live(quiet))
    return Replay.of(path, loaded, asked).run(live(quiet))


def _compare(
    older: tuple[Path, file.Loaded], newer: tuple[Path, file.Loaded], asked: ReplaySettings, quiet: bool
) -> int:
    found = compared(older, newer, asked)
    if quiet:
        say(found.verdicts.sentence)
        return found.verdicts.exit_status
    for line in found.lines():
        say(line)
    say(f"Evidence: {found.folder}")
    return found.verdicts.exit_status
