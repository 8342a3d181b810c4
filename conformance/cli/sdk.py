"""`acs-conformance sdk`: certify releases of an SDK."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from attrs import evolve

from conformance.cassettes.keeping import is_cassette
from conformance.cli.errors import ExitStatus
from conformance.cli.output import say
from conformance.cli.resuming import refuse_settings
from conformance.cli.sdk_options import SdkOptions, options_of_an_sdk
from conformance.cli.sdk_service import judge_sdk_service, not_established_service
from conformance.cli.sdk_subject import (
    driven,
    installed,
    list_drivers,
    refuse_further,
    refuse_misspelt,
    refuse_other_api,
    uninstalled,
)
from conformance.cli.showing import live, shown
from conformance.contract.catalogue import USUAL_OPERATION, service_of
from conformance.drivers.installation import missing_toolchain
from conformance.drivers.protocol import DriverOperation
from conformance.drivers.recipe import Recipe, drivers, found
from conformance.drivers.self_test import self_test
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.requirement import LEVELS
from conformance.report.evidence import evidence_of
from conformance.report.folder import clear
from conformance.sdk.certify import Interrupted, SdkSettings, Subject, certify_release, plan_of, subject_of
from conformance.sdk.plan import Plan
from conformance.sdk.resumption import ServiceResumption, resumption
from conformance.sdk.service import SdkServicePlan
from conformance.sdk.show import show

# what may be asked otherwise when a run is gone on with
STILL_FREE = ("resume", "workers", "quiet")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="DRIVER | -- COMMAND ...")
@options_of_an_sdk
@click.pass_context
def sdk(ctx: click.Context, asked: SdkOptions, /) -> None:
    """Certify releases of an SDK by its packaged DRIVER, or what a COMMAND drives that speaks the driver protocol.

    Exit status: 0 all are conformant, 1 one is not, 3 one could not be judged (and none of the others failed).
    """
    earlier = None
    if asked.resume is not None:
        refuse_settings(ctx, lambda name: name not in STILL_FREE, "the driver")
        earlier = resumption(asked.resume)
        asked = asked.gone_on_with(earlier)
    known = drivers(asked.driver_dir)
    if asked.listing:
        list_drivers(known)
        return
    if not asked.words:
        raise Refusal("What is to be certified? Give a driver (see --list) and --release, or -- COMMAND ...")
    for release in asked.releases if asked.report_dir and len(asked.releases) > 1 else ("",):
        clear(asked.report_dir and asked.report_dir / release)
    asked.refuse_contradictions()
    one = _Certifying(asked, earlier)
    options = [name for one in ctx.command.params for name in one.opts if name.startswith("-")]
    recipe = found(asked.words[0], known)
    if recipe is not None or asked.words[0].startswith("-"):
        refuse_further(asked.words, options)
    if recipe is None:
        refuse_misspelt(asked.words, bool(asked.releases or asked.artifact), known)
        raise SystemExit(one.judged(driven(asked.words), asked.report_dir))
    if not asked.releases and asked.artifact is None:
        raise Refusal(
            f"Which release of {recipe.package}? Give --release VERSION (see acs-conformance sdk --list) or --artifact."
        )
    if asked.cassette and is_cassette(asked.cassette) and len(asked.releases) > 1:
        raise Refusal(f"{asked.cassette} can hold one release only; give --record a folder.")
    refuse_other_api(recipe, *one.api)
    if missing := missing_toolchain(recipe, asked.runtimes):
        raise NotEstablished(f"{recipe.name} cannot be driven here: {missing}")
    releases = asked.releases or (None,)

    def certify(release: str | None) -> int:
        return one.released(recipe, release, len(releases) > 1)

    statuses = [certify(releases[0])] if len(releases) == 1 else [_going_on(recipe, r, certify) for r in asked.releases]
    worst_first = (ExitStatus.NOT_CONFORMANT, ExitStatus.NOT_ESTABLISHED)
    raise SystemExit(next((status for status in worst_first if status in statuses), ExitStatus.CONFORMANT))


class _Certifying:
    """What a command line asks to be done with each of its releases."""

    def __init__(self, asked: SdkOptions, earlier: ServiceResumption | None) -> None:
        self.asked, self.earlier = asked, earlier
        self.service = None if asked.service is None else service_of(asked.service)
        operation = asked.operations[0] if asked.operations and self.service is None else USUAL_OPERATION
        select = asked.select if self.service is None else ()
        gates = asked.gates if self.service is None else None
        self.plan, self.ledger = plan_of(operation, asked.folder, select, asked.levels, gates)

    @property
    def api(self) -> tuple[str, str]:
        """Product and version of what is judged by."""
        about = self.plan.contract if self.service is None else self.service
        return about.product, about.version

    def released(self, recipe: Recipe, release: str | None, several: bool) -> int:
        """The exit status of one release. Of one that cannot be installed, reports say why."""
        asked = self.asked
        try:
            done = installed(recipe, release, asked.artifact, asked.runtimes, asked.allow_build)
        except NotEstablished as e:
            where = asked.report_dir / str(release) if asked.report_dir and several else asked.report_dir
            return self._unjudged(uninstalled(recipe, release or "latest"), where, e)
        given = ("--driver-dir", str(asked.driver_dir)) if asked.driver_dir else ()
        if asked.artifact is not None:
            given = (*given, "--artifact", str(asked.artifact))
        for name in ("python", "node", "java"):
            given += (f"--{name}", path) if (path := getattr(asked, name)) else ()
        where = asked.report_dir / done.release if asked.report_dir and several else asked.report_dir
        return self.judged(subject_of(done, given), where)

    def judged(self, subject: Subject, where: Path | None) -> int:
        """The exit status of what is asked about a subject."""
        asked = self.asked
        if asked.testing:
            return _self_test(subject, self.plan)
        if asked.showing:
            return _show(subject, evolve(self.plan, words=()), asked.cases)
        if self.service is None:
            done = certify_release(
                subject, SdkSettings(self.plan, self.ledger, where, asked.cassette), live(asked.quiet)
            )
            if done.cassette:
                say(done.cassette)
            return shown(done.evidence, asked.quiet)
        return judge_sdk_service(self._over_the_service(subject, where), asked.quiet)

    def _over_the_service(self, subject: Subject, where: Path | None) -> SdkServicePlan:
        asked = self.asked
        assert self.service is not None, "only asked of a service"
        return SdkServicePlan(
            self.service,
            subject,
            asked.operations,
            asked.select,
            asked.levels or LEVELS,
            where,
            asked.workers,
            asked.gates,
            asked=evolve(asked, releases=(subject.release,) if subject.release and asked.releases else ()).kept,
            earlier=self.earlier,
        )

    def _unjudged(self, subject: Subject, where: Path | None, why: NotEstablished) -> int:
        """Reports of what could not be installed. Raises NotEstablished, but for a service."""
        if self.service is not None and not self.asked.testing:
            return not_established_service(self._over_the_service(subject, where), str(why), self.asked.quiet)
        if self.asked.testing or self.asked.showing:
            raise why
        with evidence_of(where, subject.name, self.plan.contract.operation, subject.identity):
            raise why


def _going_on(recipe: Recipe, release: str, one: Callable[[str | None], int]) -> int:
    """The status of one release of several: what cannot be established of it is said, and stops none of the others."""
    try:
        return one(release)
    except Interrupted:
        raise
    except NotEstablished as e:
        say(f"acs-conformance: {recipe.package} {release} could not be judged: {e}", err=True)
        return ExitStatus.NOT_ESTABLISHED


def _show(subject: Subject, plan: Plan, cases: tuple[str, ...]) -> int:
    """Do cases again, print them, and return the status of what they come to."""
    done = show(subject.command, plan, cases, subject.release)
    for number, one in enumerate(done):
        say("\n" if number else "", nl=False)
        for line in one.lines():
            say(line)
    verdicts = {one.verdict.verdict for one in done}
    if verdicts & {"failed", "unexpectedly-passed"}:
        return ExitStatus.NOT_CONFORMANT
    return ExitStatus.NOT_ESTABLISHED if "inconclusive" in verdicts else ExitStatus.CONFORMANT


def _self_test(subject: Subject, plan: Plan) -> int:
    contract = plan.contract
    operation = DriverOperation(contract.product, contract.version, contract.operation)
    steps = self_test(subject.command, operation, plan.roles().required(), expected_version=subject.release)
    for step in steps:
        problem = f": {step.problem}" if step.problem else ""
        say(f"{'✗' if problem else '✓'} {step.name}{problem}")
    return ExitStatus.NOT_ESTABLISHED if any(s.problem for s in steps) else ExitStatus.CONFORMANT
