"""`acs-conformance sdk`: certify releases of an SDK."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from attrs import evolve

from conformance.cassettes.keeping import is_cassette
from conformance.cli.errors import ExitStatus
from conformance.cli.output import say
from conformance.cli.service_run import judge_sdk_service
from conformance.cli.showing import live, shown
from conformance.contract.catalogue import USUAL_OPERATION, service_of
from conformance.drivers.installation import (
    Installation,
    install,
    install_artifact,
    known_releases,
    missing_toolchain,
)
from conformance.drivers.protocol import DriverOperation
from conformance.drivers.recipe import Recipe, drivers, found
from conformance.drivers.releases import is_final
from conformance.drivers.self_test import self_test
from conformance.drivers.toolchain import InstallFailed
from conformance.drivers.workshop import Runtimes, picked
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.requirement import LEVELS
from conformance.report import events
from conformance.report.folder import clear, safe_name
from conformance.report.text import printable
from conformance.sdk.certify import Interrupted, SdkSettings, Subject, certify_release, plan_of
from conformance.sdk.plan import Plan
from conformance.sdk.service import SdkServicePlan


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="DRIVER | -- COMMAND ...")
@click.option(
    "--release", "releases", multiple=True, metavar="VERSION|latest", help="A release to certify (repeatable)."
)
@click.option(
    "--artifact",
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="A package that need not be published: wheel, npm tarball, jar with pom, Go module, or the folder of one.",
)
@click.option("--driver-dir", type=click.Path(path_type=Path), help="A folder of drivers of your own (driver.yaml).")
@click.option("--python", metavar="PATH", help="The Python that runs the SDK.")
@click.option("--node", metavar="PATH", help="The Node.js that runs the SDK.")
@click.option("--java", metavar="PATH", help="The Java that runs the SDK: its program, or its home.")
@click.option("--list", "listing", is_flag=True, help="List the packaged drivers, what each needs, and known releases.")
@click.option("--self-test", "testing", is_flag=True, help="Test the driver, not the SDK.")
@click.option(
    "--service", "service_name", help="A shipped service, or a folder that `derive` wrote of one: all its operations."
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    help="A shipped operation; of a service a glob (repeatable).  [default: DescribeTasks; of a service all]",
)
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="Of a service, processes.")
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
@click.option("--allow-build", is_flag=True, help="Let packages without a wheel be built, which runs code of theirs.")
@click.option("--quiet", is_flag=True, help="Print failures and the verdict only.")
def sdk(
    words: tuple[str, ...],
    releases: tuple[str, ...],
    artifact: Path | None,
    driver_dir: Path | None,
    python: str | None,
    node: str | None,
    java: str | None,
    listing: bool,
    testing: bool,
    service_name: str | None,
    operations: tuple[str, ...],
    workers: int,
    folder: Path | None,
    select: tuple[str, ...],
    levels: tuple[str, ...],
    report_dir: Path | None,
    cassette: Path | None,
    allow_build: bool,
    quiet: bool,
) -> None:
    """Certify releases of an SDK by its packaged DRIVER, or what a COMMAND drives that speaks the driver protocol.

    Exit status: 0 all are conformant, 1 one is not, 3 one could not be judged (and none of the others failed).
    """
    known = drivers(driver_dir)
    if listing:
        _list(known)
        return
    if not words:
        raise Refusal("What is to be certified? Give a driver (see --list) and --release, or -- COMMAND ...")
    for release in releases if report_dir and len(releases) > 1 else ("",):
        clear(report_dir and report_dir / release)
    if service_name is None and len(operations) > 1:
        raise Refusal("One operation is certified at a time; several are with --service.")
    if service_name is not None and (folder or cassette or testing):
        raise Refusal("--contract, --record and --self-test are about one operation; leave them out, or --service.")
    operation = operations[0] if operations and service_name is None else USUAL_OPERATION
    plan, ledger = plan_of(operation, folder, select if service_name is None else (), levels)
    settings = SdkSettings(plan, ledger, report_dir, cassette)

    def certified(subject: Subject, where: Path | None) -> int:
        if service_name is None:
            return _certified(subject, evolve(settings, report_dir=where), quiet)
        asked = SdkServicePlan(service_of(service_name), subject, operations, select, levels or LEVELS, where, workers)
        return judge_sdk_service(asked, quiet)

    recipe, runtimes = found(words[0], known), picked(python, node, java)
    if recipe is None:
        _refuse_misspelt(words, bool(releases or artifact), known)
        if testing:
            raise SystemExit(_self_test(words, plan, None))
        identity = events.TargetIdentity("sdk", words[0])
        raise SystemExit(certified(Subject(words, identity, safe_name(Path(words[0]).name)), report_dir))
    if not releases and artifact is None:
        raise Refusal(
            f"Which release of {recipe.package}? Give --release VERSION (see acs-conformance sdk --list) or --artifact."
        )
    if artifact and len(releases) > 1:
        raise Refusal("--artifact is one release; give --release once, or not at all.")
    if cassette and is_cassette(cassette) and len(releases) > 1:
        raise Refusal(f"{cassette} can hold one release only; give --record a folder.")
    missing = missing_toolchain(recipe, runtimes)
    if missing:
        raise NotEstablished(f"{recipe.name} cannot be driven here: {missing}")

    def one(release: str | None) -> int:
        installed = _installed(recipe, release, artifact, runtimes, allow_build)
        if testing:
            return _self_test(installed.command, plan, installed.release)
        where = report_dir / installed.release if report_dir and len(releases) > 1 else report_dir
        return certified(_subject(installed), where)

    asked = releases or (None,)
    statuses = [one(asked[0])] if len(asked) == 1 else [_going_on(recipe, r, one) for r in releases]
    worst_first = (ExitStatus.NOT_CONFORMANT, ExitStatus.NOT_ESTABLISHED)
    raise SystemExit(next((status for status in worst_first if status in statuses), ExitStatus.CONFORMANT))


def _going_on(recipe: Recipe, release: str, one: Callable[[str | None], int]) -> int:
    """The status of one release of several: what cannot be established of it is said, and stops none of the others."""
    try:
        return one(release)
    except Interrupted:
        raise
    except NotEstablished as e:
        say(f"acs-conformance: {recipe.package} {release} could not be judged: {e}", err=True)
        return ExitStatus.NOT_ESTABLISHED


def _refuse_misspelt(words: tuple[str, ...], is_name: bool, known: tuple[Recipe, ...]) -> None:
    """A single word with a release is a driver's name, not a command."""
    if is_name or (len(words) == 1 and not Path(words[0]).exists()):
        raise unknown("driver", words[0], [r.name for r in known], "See acs-conformance sdk --list.")


def recipe_of(name: str) -> Recipe:
    """The packaged driver of that name. Raises Refusal."""
    known = drivers()
    recipe = found(name, known)
    if recipe is None:
        raise unknown("driver", name, [r.name for r in known], "See acs-conformance sdk --list.")
    return recipe


def _list(known: tuple[Recipe, ...]) -> None:
    for recipe in known:
        missing = missing_toolchain(recipe)
        click.secho(printable(recipe.name), bold=True, nl=False)
        say(f"  {recipe.title} ({recipe.ecosystem}: {recipe.package})")
        if recipe.pattern:
            family = recipe.name.removesuffix(recipe.api)
            say(f"  drives every package of its family: {family}vpc20160428 and so on")
        if missing:
            say(f"  not usable here: {missing}")
            continue
        try:
            releases = known_releases(recipe)
        except InstallFailed as e:
            say(f"  releases unknown: {e}")
            continue
        if not releases:
            say("  the registry lists no release")
            continue
        say(f"  {len(releases)} releases, {releases[0]} to {releases[-1]}; newest: {', '.join(releases[-3:])}")


def _newest(recipe: Recipe) -> str:
    """The newest release, a pre-release only where there is no other. Raises NotEstablished."""
    try:
        releases = known_releases(recipe)
    except InstallFailed as e:
        raise NotEstablished(f"{recipe.name} cannot be driven here: {e}") from None
    finals = [r for r in releases if is_final(r)]
    if not releases:
        raise NotEstablished(f"{recipe.name} cannot be driven here: the registry lists no release of {recipe.package}")
    return (finals or list(releases))[-1]


def _installed(
    recipe: Recipe, release: str | None, artifact: Path | None, runtimes: Runtimes, build: bool
) -> Installation:
    try:
        if artifact is not None:
            return install_artifact(recipe, artifact, release, runtimes=runtimes, build=build)
        wanted = _newest(recipe) if release in (None, "latest") else str(release)
        return install(recipe, wanted, runtimes=runtimes, build=build)
    except InstallFailed as e:
        raise NotEstablished(str(e)) from None


def _subject(installed: Installation) -> Subject:
    identity = events.TargetIdentity(
        "sdk",
        installed.recipe.package,
        release=installed.release,
        runtime=installed.runtime,
        digest=dict(installed.digest),
        dependencies=dict(installed.dependencies),
    )
    name = f"{installed.recipe.name}-{installed.release}"
    return Subject(tuple(installed.command), identity, name, installed.release)


def _certified(subject: Subject, settings: SdkSettings, quiet: bool) -> int:
    done = certify_release(subject, settings, live(quiet))
    if done.cassette:
        say(done.cassette)
    return shown(done.evidence, quiet)


def _self_test(command: tuple[str, ...], plan: Plan, release: str | None) -> int:
    contract = plan.contract
    operation = DriverOperation(contract.product, contract.version, contract.operation)
    steps = self_test(command, operation, plan.roles().required(), expected_version=release)
    for step in steps:
        problem = f": {step.problem}" if step.problem else ""
        say(f"{'✗' if problem else '✓'} {step.name}{problem}")
    return ExitStatus.NOT_ESTABLISHED if any(s.problem for s in steps) else ExitStatus.CONFORMANT
