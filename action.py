"""What action.yml runs: the certification with its inputs as they are, then outputs, annotations and a summary."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

# of a workflow command: what ends a line or a property would begin another command
ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
MOST = 10
LEVELS = {"failed": "error", "unexpectedly-passed": "error", "errored": "error", "warned": "warning"}


def main() -> int:
    """The exit status of the certification."""
    report = os.environ.get("ACS_REPORT") or "reports/conformance"
    url = os.environ.get("ACS_URL", "").strip()
    try:
        arguments = shlex.split(os.environ.get("ACS_ARGUMENTS", ""))
    except ValueError as error:
        print(f"::error title=acs-conformance::{_escaped(f'The input `arguments` is not quoted rightly: {error}.')}")
        return _said(2, {}, report)
    suite = [sys.executable, "-m", "conformance"]
    words = [*suite, "endpoint", *arguments, "--report-dir", report, *(["--", url] if url else [])]
    status = subprocess.run(words, check=False).returncode
    summary = _summary(Path(report) / "summary.json")
    for verdict in [v for v in summary.get("verdicts", ()) if v.get("verdict") in LEVELS][:MOST]:
        title, message = f"{verdict['requirement']} {verdict['verdict']}", verdict.get("message") or ""
        print(f"::{LEVELS[verdict['verdict']]} title={_escaped(title)}::{_escaped(message)}")
    if (page := os.environ.get("GITHUB_STEP_SUMMARY")) and summary:
        done = subprocess.run([*suite, "report", report, "--format", "markdown"], capture_output=True, check=False)
        with Path(page).open("ab") as file:
            file.write(done.stdout)
    return _said(status, summary, report)


def _said(status: int, summary: dict[str, Any], report: str) -> int:
    if output := os.environ.get("GITHUB_OUTPUT"):
        conformant = "true" if status == 0 and summary.get("conformant") is True else "false"
        with Path(output).open("a", encoding="utf-8") as file:
            file.write(f"status={status}\nconformant={conformant}\nreport-dir={' '.join(report.splitlines())}\n")
    return status


def _summary(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(c, c if c.isprintable() else " ") for c in text)[:1000]


if __name__ == "__main__":
    raise SystemExit(main())
