"""`acs-conformance clean RUN`: take away what a run created and what is still there."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import click

from conformance.cli.access_options import AccessOptions, access_of, options_of_access
from conformance.cli.errors import ExitStatus
from conformance.cli.gathered import gathered_into
from conformance.cli.output import say
from conformance.contract.files import ContractError
from conformance.endpoint.consent import clean as take_away
from conformance.endpoint.lifecycle.cleaning import lines
from conformance.endpoint.settings import Settings
from conformance.errors import Refusal
from conformance.report.folder import taken

A_MOMENT = 0.2


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True))
@click.option("--service", "service_name", help="The service, where it is no longer where the run found it.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0, max=3600),
    default=30.0,
    show_default=True,
    help="Seconds in which a thing may appear, and in which its deletion may take effect.",
)
@options_of_access
@gathered_into(AccessOptions)
def clean(reached: AccessOptions, run: Path, service_name: str | None, patience: float) -> None:
    """Take away what the run in the folder RUN created at an endpoint, and what is still there.

    Only what the run wrote down is looked for, by its id, or where nobody saw an answer, by its name. Exit status: 0
    nothing is left; 3 something is, which is named.
    """
    try:
        access, secrets = access_of(reached, signed=True)
        given = Settings(Path(), access=access, secrets=secrets)
        folder = run if run.is_dir() else run.parent
        with ExitStack() as stack:
            _take(stack, folder, patience)
            cleaning = take_away(run, service_name, given, patience)
    except ContractError as e:
        raise Refusal(str(e)) from None
    for line in lines(cleaning):
        say(line)
    if cleaning.left:
        say(f"{len(cleaning.left)} could not be removed; try again, or remove them by hand.")
        raise SystemExit(ExitStatus.NOT_ESTABLISHED)
    say("Nothing that this run created is left." if cleaning else "There was nothing left to remove.")


def _take(stack: ExitStack, folder: Path, patience: float) -> None:
    """Have the folder. The processes of a run that was killed may take a moment to end. Raises Refusal."""
    until = time.monotonic() + patience
    while True:
        try:
            stack.enter_context(taken(folder, "", going_on=True))
            return
        except Refusal:
            if time.monotonic() + A_MOMENT > until:
                raise
            time.sleep(A_MOMENT)
