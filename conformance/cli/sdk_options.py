"""The options of `acs-conformance sdk`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from attrs import asdict, evolve, frozen

from conformance.cli.gathered import Command, gathered_into, with_options
from conformance.drivers.workshop import Runtimes, picked
from conformance.errors import Refusal
from conformance.ledger.requirement import LEVELS, Level
from conformance.sdk.gates import FAIL_ON, FailOn, Gates
from conformance.sdk.resumption import ServiceResumption

GATES = (
    click.option(
        "--known-failing", "known_file", type=click.Path(path_type=Path), help="Failures that are known (YAML)."
    ),
    click.option("--profile", "profiles", multiple=True, metavar="NAME|CHOICE=VALUE", help="Pin choices (repeatable)."),
    click.option(
        "--fail-on",
        type=click.Choice(FAIL_ON),
        default="must",
        show_default=True,
        help="What fails a release beside each MUST: every SHOULD, or those about what must stay secret.",
    ),
)
OPTIONS = (
    click.option(
        "--release", "releases", multiple=True, metavar="VERSION|latest", help="A release to certify (repeatable)."
    ),
    click.option(
        "--artifact",
        type=click.Path(path_type=Path),
        metavar="FILE|DIR",
        help="A package that need not be published: wheel, npm tarball, jar with pom, Go module, or the folder of one.",
    ),
    click.option(
        "--driver-dir", type=click.Path(path_type=Path), help="A folder of drivers of your own (driver.yaml)."
    ),
    click.option("--python", metavar="PATH", help="The Python that runs the SDK."),
    click.option("--node", metavar="PATH", help="The Node.js that runs the SDK."),
    click.option("--java", metavar="PATH", help="The Java that runs the SDK: its program, or its home."),
    click.option(
        "--list", "listing", is_flag=True, help="List the packaged drivers, what each needs, and known releases."
    ),
    click.option("--self-test", "testing", is_flag=True, help="Test the driver, not the SDK."),
    click.option("--service", help="A shipped service, or a folder that `derive` wrote of one: all its operations."),
    click.option(
        "--operation",
        "operations",
        multiple=True,
        help="A shipped operation; of a service a glob (repeatable).  [default: DescribeTasks; of a service all]",
    ),
    click.option(
        "--workers", type=click.IntRange(1, 16), default=2, show_default=True, help="Of a service, processes."
    ),
    click.option("--contract", "folder", type=click.Path(path_type=Path), help="A folder that `derive` wrote."),
    click.option(
        "-k", "--select", multiple=True, metavar="GLOB", help="Judge only requirements that match (repeatable)."
    ),
    click.option("--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Judge only these levels."),
    *GATES,
    click.option(
        "--show", "showing", is_flag=True, help="Do the cases of -k again, and show all that goes on in them."
    ),
    click.option(
        "--case", "cases", multiple=True, metavar="CASE", help="With --show: a case, by its name (a glob) or its mark."
    ),
    click.option(
        "--resume",
        metavar="RUN",
        type=click.Path(path_type=Path),
        help="Go on with a run over a service that did not come to its end: the folder of its evidence.",
    ),
    click.option("--report-dir", type=click.Path(path_type=Path), help="Where evidence goes."),
    click.option(
        "--record",
        "cassette",
        type=click.Path(path_type=Path),
        help="Keep the run in a cassette: a file *.yaml[.gz], or a folder.",
    ),
    click.option(
        "--allow-build", is_flag=True, help="Let packages without a wheel be built, which runs code of theirs."
    ),
    click.option("--quiet", is_flag=True, help="Print failures and the verdict only."),
)
# what decides a run over a service; with --resume it comes from the folder, and from nowhere else
KEPT = (
    "words", "releases", "artifact", "driver_dir", "python", "node", "java", "service", "operations", "select",
    "levels", "known_file", "profiles", "fail_on", "allow_build",
)  # fmt: skip
PATHS = ("artifact", "driver_dir", "known_file")


@frozen
class SdkOptions:
    """What a command line asks for, by the names of the options."""

    words: tuple[str, ...]
    releases: tuple[str, ...]
    artifact: Path | None
    driver_dir: Path | None
    python: str | None
    node: str | None
    java: str | None
    listing: bool
    testing: bool
    service: str | None
    operations: tuple[str, ...]
    workers: int
    folder: Path | None
    select: tuple[str, ...]
    levels: tuple[Level, ...]
    known_file: Path | None
    profiles: tuple[str, ...]
    fail_on: FailOn
    showing: bool
    cases: tuple[str, ...]
    resume: Path | None
    report_dir: Path | None
    cassette: Path | None
    allow_build: bool
    quiet: bool

    @property
    def gates(self) -> Gates:
        """What a release is held to."""
        return Gates(self.profiles, self.fail_on, self.known_file)

    @property
    def runtimes(self) -> Runtimes:
        """What runs the SDK."""
        return picked(self.python, self.node, self.java)

    @property
    def kept(self) -> dict[str, Any]:
        """What a run can be gone on with, as plain values, with paths that hold wherever that is done."""
        found = {name: value for name, value in asdict(self).items() if name in KEPT}
        absolute = {name: str(found[name].resolve()) for name in PATHS if found[name] is not None}
        return {name: list(v) if isinstance(v, tuple) else v for name, v in {**found, **absolute}.items()}

    def gone_on_with(self, earlier: ServiceResumption) -> SdkOptions:
        """The options of the run that is gone on with. Raises Refusal where they are none."""
        kept: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in earlier.asked.items() if n in KEPT
        }
        if set(kept) != set(KEPT) or not isinstance(kept["service"], str):
            raise Refusal(f"{earlier.folder} does not say what it was asked; run it again from the start.")
        paths: dict[str, Any] = {name: Path(str(kept[name])) for name in PATHS if kept[name] is not None}
        return evolve(self, **{**kept, **paths})

    def refuse_contradictions(self) -> None:
        """Raises Refusal for options that do not go together."""
        if self.service is None and len(self.operations) > 1:
            raise Refusal("One operation is certified at a time; several are with --service.")
        if self.service is not None and (self.folder or self.cassette or self.testing or self.showing):
            raise Refusal(
                "--contract, --record, --self-test and --show are about one operation; leave them out, or --service."
            )
        if self.cases and not self.showing:
            raise Refusal("--case picks what --show shows; give both, or leave it out.")
        if self.showing and not self.select:
            raise Refusal("Which requirement's cases? Give -k with --show, and --case for one of them.")
        if self.artifact and len(self.releases) > 1:
            raise Refusal("--artifact is one release; give --release once, or not at all.")
        if self.showing and len(self.releases) > 1:
            raise Refusal("--show is about one release; give --release once.")


def options_of_an_sdk(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with every option of `sdk`, as SdkOptions."""
    return with_options(gathered_into(SdkOptions)(command), OPTIONS)


def options_of_gates(command: Command) -> Command:
    """The command with what a release is held to."""
    return with_options(command, GATES)
