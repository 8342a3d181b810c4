"""Reads pages written in Markdown, of any generation: with `{#anchors}` or not, with cells over several lines, with
headings by `#` or underlined, with tables that have outer bars or not.
"""

from __future__ import annotations

import re

from attrs import evolve, frozen

from conformance.derive import bare_table, saved_html, words
from conformance.derive.page import Block, PageError, Prose, Row, Section, Table
from conformance.derive.text import flat

_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_RULE = re.compile(r"^\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?\s*+$")
_BAR = re.compile(r"(?<!\\)\|")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{2,})\s*$")


@frozen
class Line:
    """A line of a page; `number` counts from 1."""

    number: int
    text: str


def read(path: str, text: str) -> tuple[str, tuple[Section, ...]]:
    """Title and sections. Raises PageError for a fence or a row that is never closed."""
    lines, title = _without_front_matter([Line(i, t) for i, t in enumerate(text.splitlines(), 1)])
    lines = _with_hash_headings(lines)
    if not any((m := _HEADING.match(line.text)) and words.heading(_label(m)) in _MAIN for line in lines):
        lines = [_bold_as_heading(line) for line in lines]
        if not any(_HEADING.match(line.text) for line in lines):
            lines = [_named_as_heading(line) for line in lines]
            title = title or next((flat(line.text) for line in lines if line.text.strip()), "")[:_LONGEST_TITLE]
    sections = []
    current: list[Line] = []
    kind, name, start, level = "summary", "", 1, 1
    fenced = None
    for line in lines:
        fence = _FENCE.match(line.text)
        if fence:
            fenced = None if fenced else line.number
        heading = None if fenced else _HEADING.match(line.text)
        if not heading:
            current.append(line)
            continue
        label, depth = _label(heading), len(heading.group(1))
        if depth == 1 and not title:
            title = label
            continue
        found = words.heading(label)
        inner = kind == "examples" and depth > level and found != "errors"
        if (found is None and depth > 2) or inner:
            # a heading inside a section is a caption
            current.append(Line(line.number, f"**{label}**"))
            continue
        sections.append(Section(kind, name, start, _parts(path, current)))
        current = []
        kind, name, start, level = found or "other", label, line.number, depth
    if fenced:
        raise PageError(path, fenced, "this code block is never closed; is the page whole?", "cut")
    sections.append(Section(kind, name, start, _parts(path, current)))
    return title, tuple(s for s in sections if s.parts or s.kind != "summary")


_MAIN = ("parameters", "response")
_LONGEST_TITLE = 120


def _label(heading: re.Match[str]) -> str:
    """The words of a heading, without the signs that may close it."""
    return flat(heading.group(2).rstrip().rstrip("#"))


def _bold_as_heading(line: Line) -> Line:
    """A line in bold that names a section, as a heading: some pages have no others."""
    bold = re.fullmatch(r"\s*(\*\*|__)(?P<name>[^*_|]{1,60})\1\s*+[:：]?\s*+", line.text)
    named = bold is not None and words.section(bold.group("name")) in (*_MAIN, "errors", "examples")
    return Line(line.number, f"## {bold.group('name').strip()}") if bold and named else line


def _named_as_heading(line: Line) -> Line:
    """A line that is nothing but the name of a section, as a heading: some copies of pages have lost all marks."""
    named = len(line.text) < 40 and words.section(line.text) in (*_MAIN, "errors", "examples")
    return Line(line.number, f"## {line.text.strip()}") if named else line


def _without_front_matter(lines: list[Line]) -> tuple[list[Line], str]:
    """The lines below the YAML between two rules at the top, if there is such, and the title that it gives."""
    if not lines or lines[0].text.strip() != "---":
        return lines, ""
    for i, line in enumerate(lines[1:40], 1):
        if line.text.strip() == "---":
            given = (re.match(r"title:\s*[\"']?(.*?)[\"']?\s*$", one.text) for one in lines[1:i])
            return lines[i + 1 :], next((m.group(1) for m in given if m), "")
        if not re.match(r"[\w-]+:|\s|$|- ", line.text):
            break
    return lines, ""


def _with_hash_headings(lines: list[Line]) -> list[Line]:
    """The lines with each underlined heading written as one with `#`."""
    found: list[Line] = []
    fenced, i = False, 0
    while i < len(lines):
        text = lines[i].text
        if _FENCE.match(text):
            fenced = not fenced
        under = _UNDERLINE.match(lines[i + 1].text) if i + 1 < len(lines) and not fenced else None
        before = lines[i - 1].text if i else ""
        # a page without empty lines has its headings among its rows
        alone = not before.strip() or bool(_UNDERLINE.match(before)) or words.heading(flat(text[:200])) is not None
        plain = 0 < len(text.strip()) <= 120 and "|" not in text and not re.match(r"\s*([#>-]|\*\s)", text)
        if under and alone and plain:
            found.append(Line(lines[i].number, f"{'#' if under.group(1)[0] == '=' else '##'} {text.strip()}"))
            i += 2
            continue
        found.append(lines[i])
        i += 1
    return found


def _parts(path: str, lines: list[Line]) -> tuple[Prose | Table | Block, ...]:
    parts: list[Prose | Table | Block] = []
    part: Prose | Table | Block
    texts, numbers = [line.text for line in lines], [line.number for line in lines]
    i = 0
    while i < len(lines):
        text = lines[i].text
        if not text.strip():
            i += 1
            continue
        if _FENCE.match(text):
            i, part = _block(lines, i, _caption(parts))
        elif text.lstrip().casefold().startswith("<table"):
            i, tables = _html(texts, numbers, i, _caption(parts))
            parts += tables
            continue
        elif bare_table.starts(texts, i):
            i, part = bare_table.table(path, texts, numbers, i, _caption(parts) or None)
        elif spread := _spread_header(texts, i):
            i, part = _table(path, lines, spread, _caption(parts), i)
        elif text.lstrip().startswith("|") and len(_BAR.findall(text)) >= 3:
            i, part = _table(path, lines, i + 1, _caption(parts), i)
        else:
            i, part = _prose(lines, texts, i)
        parts.append(part)
    return tuple(parts)


def _html(texts: list[str], numbers: list[int], i: int, caption: str) -> tuple[int, tuple[Table, ...]]:
    """The tables of HTML that begin with a line, each cell as Markdown; the line after them."""
    start = i
    while i < len(texts) and "</table>" not in texts[i].casefold():
        i += 1
    source = "\n".join(texts[start : i + 1])
    return i + 1, tuple(
        evolve(t, caption=t.caption or caption or None) for t in saved_html.tables(source, numbers[start])
    )


def _caption(parts: list[Prose | Table | Block]) -> str:
    """The short text above a table or sample."""
    if parts and isinstance(parts[-1], Prose):
        caption = flat(parts[-1].text)
        return caption if len(caption) <= 80 else ""
    return ""


def _block(lines: list[Line], i: int, caption: str) -> tuple[int, Block]:
    start = i
    i += 1
    while i < len(lines) and not _FENCE.match(lines[i].text):
        i += 1
    body = "\n".join(line.text for line in lines[start + 1 : i])
    return i + 1, Block(body, lines[start].number, caption)


def _prose(lines: list[Line], texts: list[str], i: int) -> tuple[int, Prose]:
    start = i
    while i < len(lines) and lines[i].text.strip() and not _FENCE.match(lines[i].text):
        if i > start and (texts[i].startswith(("|", "<table")) or bare_table.starts(texts, i)):
            break
        i += 1
    return i, Prose("\n".join(line.text for line in lines[start:i]), lines[start].number)


_LONGEST_HEADER = 30  # lines


def _spread_header(texts: list[str], i: int) -> int | None:
    """The line after a header whose cells stand on lines of their own, or None where no such header begins.

    It ends at a rule; without one, where its cells name the columns of parameters and a row begins.
    """
    if not texts[i].startswith("|") or len(_BAR.findall(texts[i])) > 2 or _RULE.match(texts[i]):
        return None
    for end in range(i + 1, min(i + _LONGEST_HEADER, len(texts))):
        if not texts[end].strip():
            continue
        titles = cells(" ".join(texts[i:end]))
        if _RULE.match(texts[end]):
            return end if len(titles) == len(cells(texts[end])) else None
        if len(texts[end]) > _LONGEST_HEADER:
            return None
        if texts[end].startswith("|") and texts[end - 1].endswith("|"):
            known = [words.column(t) for t in titles]
            return end if None not in known and {"name", "type"} <= set(known) else None
    return None


def _table(path: str, lines: list[Line], i: int, caption: str, first: int) -> tuple[int, Table]:
    """The table whose header begins with the line `first` and ends before `i`."""
    start = lines[first].number
    header = tuple(flat(c) for c in cells(" ".join(line.text for line in lines[first:i])))
    if i < len(lines) and _RULE.match(lines[i].text):
        i += 1
    rows: list[Row] = []
    while i < len(lines):
        if not lines[i].text.startswith("|"):
            follows = i if lines[i].text.strip() else _filled(lines, i)
            if follows == i or not _row_begins(lines, follows):
                break
            i = follows
            continue
        i, row = _row(path, lines, i, len(header))
        rows.append(row)
    return i, Table(header, tuple(rows), start, caption or None)


def _filled(lines: list[Line], i: int) -> int:
    """The next line that is not empty."""
    while i < len(lines) and not lines[i].text.strip():
        i += 1
    return i


def _row_begins(lines: list[Line], i: int) -> bool:
    """Whether a row stands below an empty line: that then is inside a table and not after it."""
    if i >= len(lines) or not lines[i].text.startswith("|") or len(_BAR.findall(lines[i].text)) < 3:
        return False
    return not (i + 1 < len(lines) and _RULE.match(lines[i + 1].text))


def _row(path: str, lines: list[Line], i: int, width: int) -> tuple[int, Row]:
    """One row, which ends at the first line that ends with a bar once there are bars enough."""
    start = i
    taken: list[str] = []
    bars = 0
    while i < len(lines):
        line = lines[i].text
        if i > start and line.startswith("|") and line.strip() != "|" and len(_BAR.findall(line)) > width:
            # the next row begins although this one was not closed
            return i, Row(_fit("\n".join(taken) + "|", width), lines[start].number, complete=False)
        taken.append(line)
        bars += len(_BAR.findall(line))
        i += 1
        if bars > width and line.rstrip().endswith("|"):
            return i, Row(_fit("\n".join(taken), width), lines[start].number)
    if len(taken) == 1 and taken[0].rstrip().endswith("|"):
        return start + 1, Row(_fit(taken[0], width), lines[start].number, complete=False)
    raise PageError(path, lines[start].number, "this table row is never closed; is the page whole?", "cut")


def _fit(text: str, width: int) -> tuple[str, ...]:
    found = list(cells(text))
    return tuple(found + [""] * (width - len(found)))


def cells(row: str) -> tuple[str, ...]:
    """The cells of a row in its own text; a row may have more than its header where a cell holds a bare bar."""
    text = row.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return tuple(c.strip() for c in _BAR.split(text))
