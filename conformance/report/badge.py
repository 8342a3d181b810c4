"""A run as a badge: an endpoint description for shields, and a drawn SVG of the same."""

from __future__ import annotations

from html import escape
from typing import Any

from conformance.report.conclusion import conclude
from conformance.report.junit import legal
from conformance.report.results import results
from conformance.report.stream import Run
from conformance.report.text import one_line

SCHEMA = "badge.schema.json"
COLOURS = {"brightgreen": "#2f7d4f", "yellow": "#8a6408", "red": "#b3362c", "lightgrey": "#5f6570"}
# widths of the characters of an 11-pixel sans face, in pixels; what is not listed is of middling width
NARROW, WIDE = "fijlrt.,:;'|!I()[] ", "mwMWGOQ%@"


def badge(run: Run) -> dict[str, Any]:
    """The JSON that a shields endpoint serves."""
    message, colour = _message(run)
    return {
        "schemaVersion": 1,
        "label": one_line(f"{run.header.operation} conformance", 60),
        "message": message,
        "color": colour,
        "isError": conclude(run).exit_status != 0,
    }


def badge_svg(run: Run) -> str:
    """A picture that says the same to eyes and screen readers, with no font or file of its own."""
    values = badge(run)
    label, message = (escape(legal(values[name]), quote=True) for name in ("label", "message"))
    left, right = (_width(values[name]) + 12 for name in ("label", "message"))
    face = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{label}: {message}"><title>{label}: {message}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#40454d"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{COLOURS[values["color"]]}"/></g>'
        f'<g fill="#fff" {face}>{_text(label, left / 2, left)}{_text(message, left + right / 2, right)}</g></svg>\n'
    )


def _text(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="14" textLength="{width - 12}" lengthAdjust="spacingAndGlyphs">{text}</text>'


def _message(run: Run) -> tuple[str, str]:
    conclusion, found = conclude(run), results(run)
    if conclusion.word == "conformant":
        return "conformant", "brightgreen"
    part = " in part" if conclusion.scope.word == "part" else ""
    if conclusion.conformant:
        return f"conformant{part}", "yellow"
    if conclusion.exit_status == 0:
        known = sum(result.standing == "known-failing" for result in found)
        return f"{known} known {'failure' if known == 1 else 'failures'}{part and ', judged in part'}", "yellow"
    if conclusion.exit_status == 1:
        failed = sum(result.standing == "failed" and result.entry.level == "MUST" for result in found)
        return (f"{failed} failed" if failed else "unexpectedly passed"), "red"
    return "not established", "lightgrey"


def _width(text: str) -> int:
    return round(sum(4.2 if char in NARROW else 9.6 if char in WIDE else 7.0 for char in text)) or 1
