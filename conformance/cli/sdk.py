"""`acs-conformance sdk` and `matrix`: certify releases of SDKs."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cassettes.keeping import (
    is_cassette,
)
from conformance.cli.errors import ExitStatus
from conformance.drivers.installation import Installation, install, known_releases, missing_toolchain
from conformance.drivers.protocol import DriverOperation
from conformance.drivers.recipe import Recipe, packaged
from conformance.drivers.releases import ReleaseRangeError, selected
from conformance.drivers.self_test import self_test
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.conclusion import EXIT_STATUS
from conformance.ledger.requirement import Ledger
from conformance.report import events
from conformance.report.evidence import EvidenceFolder, report_folder, safe_name
from conformance.sdk.certify import LEVELS, KeptRecording, certified, plan_of
from conformance.sdk.matrix import run_matrix
from conformance.sdk.plan import Plan
from conformance.sdk.publish import publish_one
from conformance.sdk.record import ReleaseRecord


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="DRIVER | -- COMMAND ...")
@click.option(
    "--release", "releases", multiple=True, metavar="VERSION|latest", help="A release to certify (repeatable)."
)
@click.option("--list", "listing", is_flag=True, help="List the packaged drivers, what each needs, and known releases.")
@click.option("--self-test", "testing", is_flag=True, help="Test the driver, not the SDK.")
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote.")
@click.option("-k", "--select", multiple=True, metavar="GLOB", help="Judge only requirements that match (repeatable).")
@click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Judge only these levels.")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where evidence goes.")
@click.option(
    "--record",
    "cassette",
    type=click.Path(path_type=Path),
    help="Keep the run in a cassette: a file *.yaml[.gz], or a folder.",
)
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
def sdk(
    words: tuple[str, ...],
    releases: tuple[str, ...],
    listing: bool,
    testing: bool,
    operation: str,
    folder: Path | None,
    select: tuple[str, ...],
    levels: tuple[str, ...],
    report_dir: Path | None,
    cassette: Path | None,
    quiet: bool,
) -> None:
    """Certify releases of an SDK by its packaged DRIVER, or what a COMMAND drives that speaks the driver protocol."""
    if listing:
        _list()
        return
    if not words:
        raise Refusal("What is to be certified? Give a driver (see --list) and --release, or -- COMMAND ...")
    plan, ledger = plan_of(operation, folder, select, levels)
    if words[0] not in {r.name for r in packaged()}:
        _refuse_misspelt(words, releases)
        evidence = EvidenceFolder(report_folder(report_dir, words[0]), quiet=quiet)
        raise SystemExit(_command(words, testing, plan, ledger, evidence, cassette))
    recipe = _recipe(words[0])
    if not releases:
        raise Refusal(f"Which release of {recipe.package}? Give --release VERSION (see acs-conformance sdk --list).")
    if cassette and is_cassette(cassette) and len(releases) > 1:
        raise Refusal(f"{cassette} can hold one release only; give --record a folder.")
    statuses = []
    for release in releases:
        installed = _installed(recipe, _newest(recipe) if release == "latest" else release)
        if testing:
            statuses.append(_self_test(installed.command, plan, installed.release))
            continue
        where = report_dir / installed.release if report_dir and len(releases) > 1 else report_dir
        evidence = EvidenceFolder(report_folder(where, f"{recipe.name}-{installed.release}"), quiet=quiet)
        statuses.append(_release(installed, plan, ledger, evidence, cassette))
    worst_first = (ExitStatus.NOT_CONFORMANT, ExitStatus.NOT_ESTABLISHED)
    raise SystemExit(next((status for status in worst_first if status in statuses), ExitStatus.CONFORMANT))


def _refuse_misspelt(words: tuple[str, ...], releases: tuple[str, ...]) -> None:
    """A single word with a release is a driver's name, not a command."""
    if releases or (len(words) == 1 and not Path(words[0]).exists()):
        raise unknown("driver", words[0], [r.name for r in packaged()], "See acs-conformance sdk --list.")


def _recipe(name: str) -> Recipe:
    found = {r.name: r for r in packaged()}
    if name not in found:
        raise unknown("driver", name, found, "See acs-conformance sdk --list.")
    return found[name]


def _list() -> None:
    for recipe in packaged():
        missing = missing_toolchain(recipe)
        click.secho(recipe.name, bold=True, nl=False)
        click.echo(f"  {recipe.title} ({recipe.ecosystem}: {recipe.package})")
        if missing:
            click.echo(f"  not usable here: {missing}")
            continue
        try:
            known = known_releases(recipe)
        except InstallFailed as e:
            click.echo(f"  releases unknown: {e}")
            continue
        click.echo(f"  {len(known)} releases, {known[0]} to {known[-1]}; newest: {', '.join(known[-3:])}")


def _newest(recipe: Recipe) -> str:
    try:
        return known_releases(recipe)[-1]
    except (ToolchainMissing, InstallFailed) as e:
        raise NotEstablished(f"{recipe.name} cannot be driven here: {e}") from None


def _installed(recipe: Recipe, release: str) -> Installation:
    try:
        return install(recipe, release)
    except ToolchainMissing as e:
        raise NotEstablished(f"{recipe.name} cannot be driven here: {e}") from None
    except InstallFailed as e:
        raise NotEstablished(str(e)) from None


def _release(
    installed: Installation, plan: Plan, ledger: Ledger, evidence: EvidenceFolder, cassette: Path | None
) -> int:
    target = events.TargetIdentity(
        "sdk",
        installed.recipe.package,
        release=installed.release,
        runtime=installed.runtime,
        dependencies=dict(installed.dependencies),
    )
    tape = KeptRecording.of(cassette, f"{installed.recipe.name}-{installed.release}", plan)
    return certified(installed.command, plan, ledger, evidence, target, installed.release, tape)


def _command(
    words: tuple[str, ...], testing: bool, plan: Plan, ledger: Ledger, evidence: EvidenceFolder, cassette: Path | None
) -> int:
    if testing:
        return _self_test(words, plan, None)
    tape = KeptRecording.of(cassette, safe_name(Path(words[0]).name), plan)
    return certified(words, plan, ledger, evidence, events.TargetIdentity("sdk", words[0]), None, tape)


def _self_test(command: tuple[str, ...], plan: Plan, release: str | None) -> int:
    contract = plan.contract
    operation = DriverOperation(contract.product, contract.version, contract.operation)
    steps = self_test(command, operation, plan.roles().required(), expected_version=release)
    for step in steps:
        click.echo(f"{'✗' if step.problem else '✓'} {step.name}{': ' if step.problem else ''}{step.problem}")
    return ExitStatus.NOT_ESTABLISHED if any(s.problem for s in steps) else ExitStatus.CONFORMANT


@click.command()
@click.option("--driver", "name", required=True, help="A packaged driver (see acs-conformance sdk --list).")
@click.option("--releases", "wanted", required=True, metavar="all|latest:N|spread:N|A..B|A,B", help="Which releases.")
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("reports/sdk-matrix"), show_default=True)
@click.option("--parallel", default=2, show_default=True, type=click.IntRange(1, 16), help="Releases at a time.")
def matrix(name: str, wanted: str, operation: str, output: Path, parallel: int) -> None:
    """Certify many releases of an SDK: requirement by release, with the first release where each verdict changed.

    Releases that are in OUTPUT already, certified against the same requirements, are read from there.

    Exit status: 0 all are conformant, 1 one is not, 3 none was certified, or one could not be.
    """
    recipe, (plan, _) = _recipe(name), plan_of(operation, None, (), ())
    try:
        releases = selected(known_releases(recipe), wanted)
    except ReleaseRangeError as e:
        raise Refusal(str(e)) from None
    except (ToolchainMissing, InstallFailed) as e:
        raise NotEstablished(str(e)) from None

    def show(record: ReleaseRecord, fresh: bool) -> None:
        bad = sum(v == "failed" for v in record.verdicts.values())
        word = f"{bad} failed" if bad else record.word.replace("-", " ")
        what = record.reason if record.outcome != "certified" else word
        click.echo(f"  {record.release}: {what}{'' if fresh else ' (kept)'}")

    click.echo(f"{recipe.title}: {len(releases)} releases")
    found = run_matrix(recipe, releases, plan, output, parallel=parallel, on_record=show)
    for path in publish_one(found, output):
        click.echo(f"  {path}")
    raise SystemExit(EXIT_STATUS[found.word])
