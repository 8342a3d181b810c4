"""Reads pages that were flattened to text: a row starts on one line, its description follows, bullets may be lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from conformance.derive import words
from conformance.derive.page import Block, PageError, Prose, Row, Section, Table

_HEADER = re.compile(r"^\s*[^|]+(\|[^|]+){2,}\|?\s*$")
_RULE = re.compile(r"^\s*-{3}(\|-{3})+\|?\s*$")
_ROW = re.compile(r"^[\w.└]+ \|")


def is_flattened(text: str) -> bool:
    """Whether there are tables whose lines do not begin with a bar, and no headings: the text is all that was kept."""
    lines = text.splitlines()
    if any(re.match(r"#{1,6}\s+\S", line) for line in lines):
        return False
    return any(_RULE.match(b) and _HEADER.match(a) and not a.startswith("|") for a, b in pairwise(lines))


def read(path: str, text: str) -> tuple[str, tuple[Section, ...]]:
    """Title (empty: flattened pages have lost it) and sections. Raises PageError for a row that is never closed."""
    lines = text.splitlines()
    sections: list[Section] = []
    kind, name, start, first = "summary", "", 1, 0
    for i, line in enumerate(lines):
        found = words.section(line)
        if found and found != kind and not line.rstrip().endswith((".", "。", ":")):
            sections.append(_section(path, kind, name, start, lines, first, i))
            kind, name, start, first = found, line.strip(), i + 1, i + 1
    sections.append(_section(path, kind, name, start, lines, first, len(lines)))
    return "", tuple(s for s in sections if s.parts or s.kind != "summary")


def _section(path: str, kind: str, name: str, start: int, lines: list[str], first: int, end: int) -> Section:
    read = _samples if kind == "examples" else _parts
    return Section(kind, name, start, tuple(read(path, lines, first, end)))


def _parts(path: str, lines: list[str], i: int, end: int) -> list[Prose | Table]:
    parts: list[Prose | Table] = []
    while i < end:
        if i + 1 < end and _RULE.match(lines[i + 1]) and _HEADER.match(lines[i]):
            i, table = _table(path, lines, i, end)
            parts.append(table)
        else:
            if lines[i].strip():
                parts.append(Prose(lines[i], i + 1))
            i += 1
    return parts


def _table(path: str, lines: list[str], i: int, end: int) -> tuple[int, Table]:
    start = i + 1
    header = tuple(c.strip() for c in lines[i].strip().rstrip("|").split("|"))
    i += 2
    rows: list[Row] = []
    while i < end and _ROW.match(lines[i]):
        i, row = _row(path, lines, i, end, len(header))
        rows.append(row)
    return i, Table(header, tuple(rows), start)


def _row(path: str, lines: list[str], i: int, end: int, width: int) -> tuple[int, Row]:
    start = i
    bars = 0
    while i < end:
        bars += lines[i].count("|")
        i += 1
        if bars >= width and lines[i - 1].rstrip().endswith("|"):
            return i, Row(_cells("\n".join(lines[start:i]), width), start + 1)
    raise PageError(path, start + 1, "this table row is never closed; is the page whole?", "cut")


def _cells(text: str, width: int) -> tuple[str, ...]:
    """Flattening starts the description on a new line and moves it forward over empty cells: move it back."""
    raw = text.rstrip()[:-1].split("|")
    found = [c.strip() for c in raw]
    if found[-1] == "":
        moved = [i for i, c in enumerate(raw) if i and c.startswith("\n") and c.strip()]
        if moved:
            found[-1], found[moved[0]] = found[moved[0]], ""
    return tuple(found + [""] * (width - len(found)))


def _samples(path: str, lines: list[str], i: int, end: int) -> list[Prose | Block]:
    """Samples have lost their fences: each starts where an address, an element or a brace does."""
    parts: list[Prose | Block] = []
    caption: list[str] = []
    while i < end:
        line = lines[i].strip()
        if re.match(r"https?(\(s\))?://", line):
            stop = _while(lines, i + 1, end, lambda t: t.startswith("&"))
        elif line.startswith("<"):
            stop = _while(lines, i + 1, end, lambda t: t.startswith("<") or not re.match(r"[\w{\[]", t) or ">" in t)
        elif line.startswith(("{", "[")):
            stop = _json_end(lines, i, end)
        else:
            if line:
                caption.append(line)
            i += 1
            continue
        parts.append(Block("\n".join(lines[i:stop]), i + 1, " ".join(caption)))
        caption = []
        i = stop
    return parts


def _while(lines: list[str], i: int, end: int, holds: Callable[[str], bool]) -> int:
    while i < end and lines[i].strip() and holds(lines[i].strip()):
        i += 1
    return i


def _json_end(lines: list[str], i: int, end: int) -> int:
    depth = 0
    while i < end:
        depth += len(re.findall(r"[{\[]", lines[i])) - len(re.findall(r"[}\]]", lines[i]))
        i += 1
        if depth <= 0:
            break
    return i
