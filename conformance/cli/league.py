"""`acs-conformance league`: the pages of the league table, from its event streams."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.output import say
from conformance.report.league_files import write_pages

SITE = Path("reports/sdk-matrix")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=SITE)
def league(folder: Path) -> None:
    """Make the pages of the league table in FOLDER anew, from the event streams that `matrix` keeps in it.

    They need no network, and open from a file.
    """
    for path in write_pages(folder):
        say(path)
