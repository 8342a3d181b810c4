"""What a person sees of a run: while it goes on, and at its end."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.cli.output import document, say
from conformance.report import terminal
from conformance.report.differential import Differential, as_data, terminal_lines
from conformance.report.evidence import RunEvidence, summary_text
from conformance.report.json_text import json_text
from conformance.report.progress import Progress


def live(quiet: bool = False, as_json: bool = False) -> Progress:
    """What watches a run. With `as_json` standard output is for the summary alone."""
    return Progress(terminal.console(sys.stderr if as_json else None), quiet or as_json)


def differences_shown(folder: Path, found: Differential, quiet: bool, as_json: bool) -> int:
    """Print in what two endpoints differ; the exit status."""
    if as_json:
        document(json_text({**as_data(found), "evidence": str(folder)}, 2) + "\n")
        return found.exit_status
    for line in list(terminal_lines(found))[-1 if quiet else 0 :]:
        say(line)
    say(f"Evidence: {folder}")
    return found.exit_status


def shown(evidence: RunEvidence, quiet: bool = False, as_json: bool = False) -> int:
    """Print the result of a run; its exit status."""
    conclusion = evidence.conclusion
    if as_json:
        document(summary_text(evidence.run, evidence=evidence.folder))
    elif quiet:
        terminal.console().print(terminal.verdict_line(conclusion))
    else:
        terminal.show(evidence.run, terminal.console())
        say(f"Evidence: {evidence.folder}")
    return conclusion.exit_status
