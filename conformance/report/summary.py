"""A run as one JSON object for scripts: `schemas/acs-conformance/summary.schema.json`."""

from __future__ import annotations

from typing import Any

from conformance.report.conclusion import conclude
from conformance.report.events import CONVERTER
from conformance.report.missing import missing_data
from conformance.report.results import Result, by_theme, counts, dialect, results
from conformance.report.scope import settings_of
from conformance.report.stream import Run

SCHEMA = "summary.schema.json"


def summarise(run: Run) -> dict[str, Any]:
    """Plain JSON values, one verdict a requirement."""
    found, conclusion, header, footer = results(run), conclude(run), run.header, run.footer
    levels = dict.fromkeys(result.entry.level for result in found)
    return {
        "format_version": 1,
        "suite": CONVERTER.unstructure(header.suite),
        "target": CONVERTER.unstructure(header.target),
        "operation": header.operation,
        "profile": CONVERTER.unstructure(header.profile),
        "seed": header.seed,
        "started": header.started,
        "python": header.python,
        "conformant": conclusion.conformant,
        "exit_status": conclusion.exit_status,
        "headline": conclusion.headline,
        "scope": conclusion.scope.word,
        "left_out": list(conclusion.scope.left_out),
        "sentence": conclusion.sentence,
        "missing_data": _missing(run),
        "counts": counts(found),
        "levels": {level: counts(r for r in found if r.entry.level == level) for level in levels},
        "themes": {theme: counts(members) for theme, members in by_theme(found).items()},
        "dialect": dialect(run),
        "requests": footer.requests,
        "throttled": footer.throttled,
        "seconds": footer.seconds,
        "outcomes": dict(footer.outcomes),
        "interrupted": footer.interrupted,
        "reason": footer.reason,
        "deselected": list(header.deselected),
        "settings": [CONVERTER.unstructure(one) for one in settings_of(run)],
        "verdicts": [_verdict(result) for result in found],
    }


def _missing(run: Run) -> dict[str, Any] | None:
    missing = missing_data(run)
    return {"sentence": missing.sentence, **CONVERTER.unstructure(missing)} if missing else None


def _verdict(result: Result) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "requirement": result.entry.id,
        "level": result.entry.level,
        "theme": result.entry.theme,
        "statement": result.entry.statement,
        "verdict": result.standing,
        "message": result.message,
        "citations": list(result.entry.citations),
        "cases": result.cases,
        "examples": result.examples,
        "seconds": round(result.seconds, 6),
    }
    if decisive := result.decisive:
        shown |= {"case": decisive.case, "expected": decisive.expected, "received": decisive.received}
        shown["cause"] = decisive.cause
        shown["because"] = decisive.because
    if result.evidence:
        shown["exchange"] = CONVERTER.unstructure(result.evidence)
    return shown
