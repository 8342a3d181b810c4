"""`acs-conformance compare`: two runs beside each other."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.cli.certificate import stream_bytes, stream_file
from conformance.cli.errors import ExitStatus
from conformance.cli.output import document, say
from conformance.cli.report import as_json_text, runs_of
from conformance.errors import Refusal
from conformance.foreign import BadText, decoded
from conformance.report import comparison
from conformance.report.comparison import Incomparable
from conformance.report.service_comparison import compare_services
from conformance.report.service_run import ServiceRun, ServiceStreamError, event_lines, is_of_service, service_run_of


@click.command()
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("head", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def compare(base: Path, head: Path, as_json: bool) -> None:
    """Compare two runs, on one operation or over a service: new failures, what was fixed, what is no longer judged.

    Exit status: 0 no regression, 1 regression, 3 not established.
    """
    try:
        found = _compared(base, head)
    except Incomparable as e:
        raise Refusal(str(e)) from None
    if as_json:
        document(as_json_text(comparison.as_dict(found)))
    else:
        say(comparison.as_text(found), nl=False)
    raise SystemExit(ExitStatus(found.exit_status))


def _compared(base: Path, head: Path) -> comparison.RunComparison:
    """Raises Refusal for what is no stream, and Incomparable."""
    of_services = [is_of_service(stream_bytes(stream_file(path))) for path in (base, head)]
    if not any(of_services):
        one, other = runs_of((base, head))
        return comparison.compare(one, other)
    if not all(of_services):
        raise Incomparable("A run on one operation and one over a service cannot be compared.")
    return compare_services(*(_service_run(stream_file(path)) for path in (base, head)))


def _service_run(path: Path) -> ServiceRun:
    try:
        return service_run_of(event_lines(decoded(stream_bytes(path))))
    except (BadText, ServiceStreamError) as e:
        raise Refusal(f"{path}: {e}.") from None
