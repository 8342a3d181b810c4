"""What a command prints of a run over a service, whichever house judges it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conformance.cli.output import say
from conformance.report.service_page import terminal_lines
from conformance.report.service_run import OperationJudged, ServiceRun
from conformance.report.text import one_line

# what is said of what was judged, beside its name
ABOUT = {"protocol-judged": "protocol on ", "sequences-judged": "sequences over "}


def said(folder: Path, run: ServiceRun, quiet: bool) -> int:
    """Print what came of a service, and return the exit status."""
    for line in list(terminal_lines(run))[-2 if quiet else 0 :]:
        say(line)
    say(f"Evidence: {folder}")
    return run.exit_status


def heard(silent: bool) -> Callable[[OperationJudged, str], None]:
    """What prints a line for each operation as it is judged."""
    done = 0

    def on_judged(judged: OperationJudged, event: str) -> None:
        nonlocal done
        if silent or not judged.attempted:
            return
        done += 1
        about = f"{ABOUT.get(event, '')}{judged.name}"
        reason = f": {one_line(judged.reason, 90)}" if judged.reason else ""
        say(f"  {done:4d}  {about}  {judged.verdict}{reason}  ({judged.requests} requests)")

    return on_judged
