"""`acs-conformance matrix`: certify many releases of an SDK."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.league import SITE
from conformance.cli.output import say
from conformance.cli.sdk_options import options_of_gates
from conformance.cli.sdk_subject import recipe_of, refuse_other_api
from conformance.contract.catalogue import USUAL_OPERATION, service_of
from conformance.contract.files import ContractError
from conformance.drivers.installation import known_releases
from conformance.drivers.releases import ReleaseRangeError, selected
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.conclusion import EXIT_STATUS
from conformance.report.league import LeagueRelease
from conformance.report.league_files import write_pages
from conformance.sdk.certify import plan_of
from conformance.sdk.gates import FailOn, Gates
from conformance.sdk.matrix import Judging, run_matrix


@click.command()
@click.option("--driver", "name", required=True, help="A packaged driver (see acs-conformance sdk --list).")
@click.option("--releases", "wanted", required=True, metavar="all|latest:N|spread:N|A..B|A,B", help="Which releases.")
@click.option("--service", "service_name", help="A shipped service, or a folder that `derive` wrote of one.")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    help="A shipped operation; of a service a glob (repeatable).  [default: DescribeTasks; of a service all]",
)
@options_of_gates
@click.option("--output", type=click.Path(path_type=Path), default=SITE, show_default=True)
@click.option("--allow-build", is_flag=True, help="Let packages without a wheel be built, which runs code of theirs.")
@click.option(
    "--resume/--no-resume",
    default=True,
    help="Go on where a matrix into OUTPUT was, or certify all anew.  [default: resume]",
)
@click.option("--parallel", default=2, show_default=True, type=click.IntRange(1, 16), help="Releases at a time.")
def matrix(
    name: str,
    wanted: str,
    service_name: str | None,
    operations: tuple[str, ...],
    known_file: Path | None,
    profiles: tuple[str, ...],
    fail_on: FailOn,
    output: Path,
    allow_build: bool,
    resume: bool,
    parallel: int,
) -> None:
    """Certify many releases of an SDK, keep the event stream of each in OUTPUT, and make the pages of its league table,
    with the first release where each verdict changed.

    Releases that are in OUTPUT already, certified against the same requirements, are read from there; of one over a
    service that did not come to its end, the operations that are through.

    Exit status: 0 all are conformant, 1 one is not, 3 none was certified, or one could not be.
    """
    if service_name is None and len(operations) > 1:
        raise Refusal("One operation is certified at a time; several are with --service.")
    gates = Gates(profiles, fail_on, known_file)
    service = None if service_name is None else service_of(service_name)
    operation = operations[0] if operations and service is None else USUAL_OPERATION
    plan, ledger = plan_of(operation, None, (), (), gates if service is None else None)
    recipe = recipe_of(name)
    about = plan.contract if service is None else service
    refuse_other_api(recipe, about.product, about.version)
    if service is not None:
        try:
            service.matching(operations)
        except ContractError as e:
            raise Refusal(str(e)) from None
    try:
        releases = selected(known_releases(recipe), wanted)
    except ReleaseRangeError as e:
        raise Refusal(str(e)) from None
    except (ToolchainMissing, InstallFailed) as e:
        raise NotEstablished(str(e)) from None

    def show(release: LeagueRelease, fresh: bool) -> None:
        counts, scope = release.counts(), release.scope
        said = f"{scope.headline}, {counts.get('failed', 0)} failed" if release.verdicts else scope.sentence
        say(f"  {release.name}: {said}{'' if fresh else ' (kept)'}")

    say(f"{recipe.title}: {len(releases)} release{'s' * (len(releases) != 1)}")
    judging = Judging(plan, ledger, service, operations if service else (), gates)
    found = run_matrix(
        recipe, releases, judging, output, parallel=parallel, build=allow_build, resume=resume, on_release=show
    )
    for path in write_pages(output):
        say(f"  {path}")
    raise SystemExit(EXIT_STATUS[found.word])
