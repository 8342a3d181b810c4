"""`acs-conformance compare`: two runs beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.errors import ExitStatus
from conformance.cli.output import document, say
from conformance.cli.report import as_json_text, runs_of
from conformance.errors import Refusal
from conformance.report import comparison
from conformance.report.comparison import Incomparable


@click.command()
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("head", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def compare(base: Path, head: Path, as_json: bool) -> None:
    """Compare two runs: new failures, what was fixed, what is no longer judged.

    Exit status: 0 no regression, 1 regression, 3 not established.
    """
    try:
        one, other = runs_of((base, head))
        found = comparison.compare(one, other)
    except Incomparable as e:
        raise Refusal(str(e)) from None
    if as_json:
        document(as_json_text(comparison.as_dict(found)))
    else:
        say(comparison.as_text(found), nl=False)
    raise SystemExit(ExitStatus(found.exit_status))
