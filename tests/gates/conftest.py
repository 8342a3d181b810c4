"""Prints what the gates found as tables, after the last test."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "killed by" and getattr(report, "when", "") == "call"
    ]
    if rows:
        terminalreporter.section(f"{len(rows)} seeded faults, and the requirements that noticed each")
        for fault, killers in sorted(rows):
            shown = ", ".join(killers[:3]) + (f" and {len(killers) - 3} more" if len(killers) > 3 else "")
            terminalreporter.write_line(f"{fault:58} {shown or 'NOT FOUND'}")
