"""A matrix as Markdown, JSON and HTML. Pure: from records to text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import asdict
from jinja2 import Environment, PackageLoader, select_autoescape

from conformance.ledger.verdicts import GLYPHS
from conformance.sdk.matrix import Matrix
from conformance.sdk.record import ReleaseRecord

_QUIET = ("passed", "not-applicable")
_LEGEND = "✓ passed, ✗ failed (a MUST), w warned (a SHOULD not met), – not applicable, ? could not be judged"


def as_json(matrix: Matrix) -> str:
    """Everything, one release a line: with their runtimes and dependencies, verdicts, notes, dialects, changes."""
    data = {
        "driver": matrix.driver,
        "title": matrix.title,
        "releases": [_without_levels(asdict(record)) for record in matrix.records],
        "levels": matrix.certified[-1].levels if matrix.certified else {},
        "changes": [{**asdict(change), "kind": change.kind} for change in matrix.changes()],
    }
    releases = ",\n  ".join(json.dumps(release, ensure_ascii=False) for release in data.pop("releases"))
    rest = json.dumps(data, ensure_ascii=False, indent=1)
    return f'{rest[:-2]},\n "releases": [\n  {releases}\n ]\n}}\n'


def as_markdown(matrix: Matrix) -> str:
    """Verdicts by release, the first release where each changed, and why requirements are not met."""
    lines = [f"# {matrix.title}", "", *_releases(matrix), ""]
    if matrix.certified:
        lines += [*_table(matrix), "", *_changes(matrix), "", *_notes(matrix)]
    return "\n".join(lines).rstrip() + "\n"


def as_html(matrix: Matrix) -> str:
    """One self-contained page: the whole matrix, with the reason of each verdict that is not a pass."""
    environment = Environment(
        loader=PackageLoader("conformance.sdk", "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cells = {r.release: _reasons(r) for r in matrix.certified}
    return environment.get_template("matrix.html").render(
        matrix=matrix, glyphs=GLYPHS, reasons=cells, legend=_LEGEND, short=short, levels=_levels(matrix)
    )


def index(matrices: Sequence[Matrix], preface: str = "") -> str:
    """The page that leads to all matrices: one row a driver, with its newest release. `preface` is Markdown."""
    lines = ["# SDK releases, certified", "", *([preface.strip(), ""] if preface else [])]
    lines += [f"Each cell of a matrix: {_LEGEND}.", ""]
    lines += [
        "| Driver | Releases | Newest certified | MUST failed | SHOULD not met | Passed |",
        "|---|---|---|---|---|---|",
    ]
    for matrix in matrices:
        newest = matrix.certified[-1] if matrix.certified else None
        counts = Counter(newest.verdicts.values()) if newest else Counter()
        numbers = f"{counts['failed']} | {counts['warned']} | {counts['passed']}" if newest else "– | – | –"
        release = newest.release if newest else f"none: {matrix.records[-1].reason if matrix.records else ''}"
        lines.append(f"| [{matrix.driver}]({matrix.driver}.md) | {len(matrix.certified)} | {release} | {numbers} |")
    return "\n".join(lines) + "\n"


def short(requirement: str) -> str:
    """The id without the operation and the side."""
    return requirement.partition(".sdk.")[2] or requirement


def _releases(matrix: Matrix) -> list[str]:
    lines = [
        "| Release | Verdict | MUST failed | SHOULD not met | Passed | Runtime | Requests | Seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for record in matrix.records:
        counts = Counter(record.verdicts.values())
        if record.outcome != "certified":
            lines.append(
                f"| {record.release} | {record.outcome}: {_cell(record.reason)} | | | | {record.runtime} | | |"
            )
            continue
        verdict = record.word.replace("-", " ")
        numbers = f"{counts['failed']} | {counts['warned']} | {counts['passed']}"
        lines.append(
            f"| {record.release} | {verdict} | {numbers} | {record.runtime} | {record.requests} | {record.seconds} |"
        )
    return lines


def _table(matrix: Matrix) -> list[str]:
    """Requirement × release, without the rows where nothing but passes and blanks stand."""
    certified, levels = matrix.certified, _levels(matrix)
    shown = [q for q in matrix.requirements if any(r.verdicts.get(q, "passed") not in _QUIET for r in certified)]
    quiet = len(matrix.requirements) - len(shown)
    lines = [
        f"{_LEGEND}. {quiet} requirements that every release meets, or that do not apply to it, are left out here.",
        "",
    ]
    lines += [
        "| Requirement | Level | " + " | ".join(r.release for r in certified) + " |",
        "|---" * (2 + len(certified)) + "|",
    ]
    for requirement in shown:
        cells = " | ".join(GLYPHS.get(r.verdicts.get(requirement, ""), " ") for r in certified)
        lines.append(f"| {short(requirement)} | {levels.get(requirement, '')} | {cells} |")
    return lines


def _changes(matrix: Matrix) -> list[str]:
    changes = matrix.changes()
    if not changes:
        return ["No verdict changes between these releases."]
    lines = ["## Changes", "", "| Requirement | First release | From | To | |", "|---|---|---|---|---|"]
    return lines + [f"| {short(c.requirement)} | {c.release} | {c.before} | {c.after} | {c.kind} |" for c in changes]


def _notes(matrix: Matrix) -> list[str]:
    """The newest release's verdicts that are no passes, with what was seen."""
    newest = matrix.certified[-1]
    lines = [
        f"## Release {newest.release}",
        "",
        "Dependencies: " + ", ".join(f"{n} {v}" for n, v in newest.dependencies.items()) + ".",
        "",
    ]
    for choice, taken in newest.dialect.items():
        lines.append(f"- understands {choice}: {', '.join(taken)}")
    for note in newest.notes:
        where = f" [{note.case}]" if note.case else ""
        seen = f"Expected {_code(note.expected)}, received {_code(note.received)}."
        lines.append(f"- **{note.verdict}** {short(note.requirement)}{where}: {_cell(note.message)}. {seen}")
    return lines


def _reasons(record: ReleaseRecord) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for note in record.notes:
        words = f"{note.case}: {note.message}" if note.case else note.message
        found.setdefault(note.requirement, []).append(f"{words} (expected {note.expected}, received {note.received})")
    return {requirement: "\n".join(reasons) for requirement, reasons in found.items()}


def _levels(matrix: Matrix) -> dict[str, str]:
    return {id: level for record in matrix.certified for id, level in record.levels.items()}


def _without_levels(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "levels"}


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str | None) -> str:
    return f"`{_cell(text)[:160].replace('`', chr(39))}`" if text else "nothing"
