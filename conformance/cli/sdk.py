"""`acs-conformance sdk` and `matrix`: certify releases of SDKs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from attrs import evolve, frozen

from conformance.cli.contracts import operation_folder
from conformance.cli.derive import with_sdk_side
from conformance.cli.endpoint import both
from conformance.cli.errors import ExitStatus, NotEstablished, Refusal, unknown
from conformance.cli.evidence import Evidence, report_folder, safe_name
from conformance.cli.keeping import (
    INTERRUPTED,
    is_cassette,
    refuse_unwritable,
    terminated_like_interrupted,
    write_cassette,
)
from conformance.contract.catalogue import common_folder
from conformance.contract.files import ContractError, load_contract, load_ledger, load_protocol
from conformance.contract.ledger import Ledger
from conformance.drivers.installation import Installation, install, known_releases, missing_toolchain
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Operation, Ready
from conformance.drivers.recipe import Recipe, packaged
from conformance.drivers.releases import ReleaseRangeError, selected
from conformance.drivers.self_test import self_test
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing
from conformance.report import events
from conformance.suite.run_header import run_header
from conformance.suite.sdk.matrix import run_matrix
from conformance.suite.sdk.plan import Plan
from conformance.suite.sdk.publish import publish_one
from conformance.suite.sdk.record import ReleaseRecord
from conformance.suite.sdk.run import Certification, certify
from conformance.suite.sdk.taping import SdkRecorder

LEVELS = ("MUST", "SHOULD", "MAY")


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
        evidence = Evidence(report_folder(report_dir, words[0]), quiet=quiet)
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
        evidence = Evidence(report_folder(where, f"{recipe.name}-{installed.release}"), quiet=quiet)
        statuses.append(_release(installed, plan, ledger, evidence, cassette))
    raise SystemExit(max(statuses))


def _refuse_misspelt(words: tuple[str, ...], releases: tuple[str, ...]) -> None:
    """A single word with a release is a driver's name, not a command."""
    if releases or (len(words) == 1 and not Path(words[0]).exists()):
        raise unknown("driver", words[0], [r.name for r in packaged()], "See acs-conformance sdk --list.")


def _recipe(name: str) -> Recipe:
    found = {r.name: r for r in packaged()}
    if name not in found:
        raise unknown("driver", name, found, "See acs-conformance sdk --list.")
    return found[name]


def plan_of(
    operation: str, folder: Path | None, select: tuple[str, ...], levels: tuple[str, ...]
) -> tuple[Plan, Ledger]:
    """What a certification goes by. Raises Refusal."""
    try:
        found = operation_folder(operation, folder)
        contract = load_contract(found)
        plan = Plan(contract, load_protocol(common_folder(found)), select, levels or LEVELS)
        ledger = load_ledger(found)
    except ContractError as e:
        raise Refusal(str(e)) from None
    sdk_side = tuple(r for r in ledger.requirements if r.side == "sdk")
    ledger = ledger if sdk_side else with_sdk_side(ledger, contract)
    for pattern in select:
        if not Plan(contract, plan.protocol, (pattern,)).requirements():
            names = [r.id for r in ledger.requirements if r.side == "sdk"]
            raise unknown("requirement of an SDK", pattern, names, "See acs-conformance requirements 'sdk.*'.")
    return plan, ledger


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


def _release(installed: Installation, plan: Plan, ledger: Ledger, evidence: Evidence, cassette: Path | None) -> int:
    target = events.Target(
        "sdk",
        installed.recipe.package,
        release=installed.release,
        runtime=installed.runtime,
        dependencies=dict(installed.dependencies),
    )
    tape = _Tape.of(cassette, f"{installed.recipe.name}-{installed.release}", plan)
    return _certified(installed.command, plan, ledger, evidence, target, installed.release, tape)


def _command(
    words: tuple[str, ...], testing: bool, plan: Plan, ledger: Ledger, evidence: Evidence, cassette: Path | None
) -> int:
    if testing:
        return _self_test(words, plan, None)
    tape = _Tape.of(cassette, safe_name(Path(words[0]).name), plan)
    return _certified(words, plan, ledger, evidence, events.Target("sdk", words[0]), None, tape)


@frozen
class _Tape:
    """Where a certification is kept, if anywhere."""

    recorder: SdkRecorder
    path: Path | None

    @classmethod
    def of(cls, wanted: Path | None, name: str, plan: Plan) -> _Tape:
        path = wanted if wanted is None or is_cassette(wanted) else wanted / f"{name}.yaml.gz"
        if path is not None:
            refuse_unwritable(path)
        return cls(SdkRecorder(plan), path)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While open, a signal ends the certification like Ctrl-C; at its end, and then, what was seen is written."""
        if self.path is None:
            yield
            return
        with terminated_like_interrupted():
            try:
                yield
            except KeyboardInterrupt:
                self._write()
                raise NotEstablished(INTERRUPTED) from None
        self._write()

    def _write(self) -> None:
        if self.recorder.cassette is not None:
            write_cassette(self.path, self.recorder.cassette)


def _certified(
    command: tuple[str, ...],
    plan: Plan,
    ledger: Ledger,
    evidence: Evidence,
    target: events.Target,
    release: str | None,
    tape: _Tape,
) -> int:
    """Certify what `command` drives. A driver that breaks its protocol establishes nothing about its SDK."""
    selection = tuple(r.requirement for r in plan.requirements())
    try:
        with tape.kept(), evidence.recording() as show:
            on_event = both(show, tape.recorder.hear)

            def announce(ready: Ready) -> None:
                known = (
                    evolve(target, name=ready.name, release=ready.version, runtime=ready.runtime)
                    if not release
                    else target
                )
                on_event(run_header(plan.contract, ledger, selection, known, 0, side="sdk"))

            done = certify(
                command,
                plan,
                on_event,
                expected_version=release,
                on_ready=announce,
                on_observed=tape.recorder.keep,
            )
            for event in closing(done):
                on_event(event)
    except DriverFault as e:
        raise NotEstablished(f"The driver is at fault, not its SDK ({e.kind}): {e}") from None
    except SdkUnusable as e:
        raise NotEstablished(f"The SDK does not load: {e}") from None
    return evidence.conclude()


def closing(done: Certification) -> Iterator[events.Event]:
    """What a stream says after its verdicts: which alternatives the SDK understood, and the footer."""
    for choice, alternatives in done.dialect.items():
        for alternative in alternatives:
            yield events.ChoiceObserved(choice, alternative)
    outcomes = dict(done.outcomes)
    yield events.RunFinished(requests=done.requests, seconds=round(done.seconds, 3), outcomes=outcomes)


def _self_test(command: tuple[str, ...], plan: Plan, release: str | None) -> int:
    contract = plan.contract
    operation = Operation(contract.product, contract.version, contract.operation)
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
        what = record.reason if record.outcome != "certified" else f"{bad} failed" if bad else "conformant"
        click.echo(f"  {record.release}: {what}{'' if fresh else ' (kept)'}")

    click.echo(f"{recipe.title}: {len(releases)} releases")
    found = run_matrix(recipe, releases, plan, output, parallel=parallel, on_record=show)
    for path in publish_one(found, output):
        click.echo(f"  {path}")
    conformant = all(r.conformant for r in found.certified) and found.certified
    raise SystemExit(ExitStatus.CONFORMANT if conformant else ExitStatus.NOT_CONFORMANT)
