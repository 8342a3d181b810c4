"""`acs-conformance matrix`: certify many releases of an SDK."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.output import say
from conformance.cli.sdk_subject import recipe_of
from conformance.drivers.installation import known_releases
from conformance.drivers.releases import ReleaseRangeError, selected
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.conclusion import EXIT_STATUS
from conformance.sdk.certify import plan_of
from conformance.sdk.matrix import run_matrix
from conformance.sdk.publish import publish_one
from conformance.sdk.record import ReleaseRecord


@click.command()
@click.option("--driver", "name", required=True, help="A packaged driver (see acs-conformance sdk --list).")
@click.option("--releases", "wanted", required=True, metavar="all|latest:N|spread:N|A..B|A,B", help="Which releases.")
@click.option("--operation", default="DescribeTasks", show_default=True, help="A shipped operation.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("reports/sdk-matrix"), show_default=True)
@click.option("--allow-build", is_flag=True, help="Let packages without a wheel be built, which runs code of theirs.")
@click.option("--parallel", default=2, show_default=True, type=click.IntRange(1, 16), help="Releases at a time.")
def matrix(name: str, wanted: str, operation: str, output: Path, allow_build: bool, parallel: int) -> None:
    """Certify many releases of an SDK: requirement by release, with the first release where each verdict changed.

    Releases that are in OUTPUT already, certified against the same requirements, are read from there.

    Exit status: 0 all are conformant, 1 one is not, 3 none was certified, or one could not be.
    """
    recipe, (plan, _) = recipe_of(name), plan_of(operation, None, (), ())
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
        say(f"  {record.release}: {what}{'' if fresh else ' (kept)'}")

    say(f"{recipe.title}: {len(releases)} releases")
    found = run_matrix(recipe, releases, plan, output, parallel=parallel, build=allow_build, on_record=show)
    for path in publish_one(found, output):
        say(f"  {path}")
    raise SystemExit(EXIT_STATUS[found.word])
