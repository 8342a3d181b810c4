"""Tables in Markdown whose lines have no bar at their left: the help centre since 2023, and plain GFM.

Two ways to end a row are told apart by the header: where it ends with a bar, rows do so too, and a cell may run over
several lines; otherwise a row is a line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.derive import words
from conformance.derive.page import PageError, Row, Table
from conformance.derive.text import flat

_RULE = re.compile(r"^\s*+\|?\s*+:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)++\|?\s*+$")
_BAR = re.compile(r"(?<!\\)\|")
_LONGEST = 400  # lines of one row; a page's longest have some fifty


def starts(lines: Sequence[str], i: int) -> bool:
    """Whether such a table begins with line `i`: a header of at least two cells, and a rule below it."""
    if i + 1 >= len(lines) or not _RULE.match(lines[i + 1]):
        return False
    header = lines[i]
    if not _BAR.search(header) or _RULE.match(header):
        return False
    return not header.lstrip().startswith("|") or not header.rstrip().endswith("|")


def table(path: str, lines: Sequence[str], numbers: Sequence[int], i: int, caption: str | None) -> tuple[int, Table]:
    """The table that begins with line `i`, and the line after it. Raises PageError for a row that is never closed."""
    header = tuple(flat(c) for c in _cells(lines[i]))
    closed = lines[i].rstrip().endswith("|")
    barred = lines[i].lstrip().startswith("|")
    start = numbers[i]
    i += 2
    rows: list[Row] = []
    where = {words.column(title): n for n, title in reversed(list(enumerate(header)))}
    while i < len(lines):
        if not lines[i].strip():
            follows = _filled(lines, i)
            if not _goes_on(lines, follows, len(header)):
                break
            i = follows
            continue
        bars = len(_BAR.findall(lines[i]))
        if not bars and rows and not closed:
            # a cell over several lines, the last of the row
            last = rows[-1]
            if i > 0 and not lines[i - 1].strip():
                break
            rows[-1] = Row((*last.cells[:-1], f"{last.cells[-1]}\n{lines[i].strip()}"), last.line, last.complete)
            i += 1
        elif not bars:
            break
        elif closed:
            i, row = _closed(path, lines, numbers, i, len(header), where)
            rows.append(row)
        else:
            found = _cells(lines[i]) if barred or not lines[i].startswith("|") else ("", *_cells(lines[i]))
            rows.append(_fitted(found, len(header), where, numbers[i]))
            i += 1
    return i, Table(header, tuple(rows), start, caption)


def _filled(lines: Sequence[str], i: int) -> int:
    """The next line that is not empty."""
    while i < len(lines) and not lines[i].strip():
        i += 1
    return i


def _goes_on(lines: Sequence[str], i: int, width: int) -> bool:
    """Whether the table goes on with a line below an empty one."""
    return i < len(lines) and len(_BAR.findall(lines[i])) >= width - 1 and not starts(lines, i)


def _closed(
    path: str, lines: Sequence[str], numbers: Sequence[int], i: int, width: int, where: dict[str | None, int]
) -> tuple[int, Row]:
    """One row that a bar ends, as soon as it has as many cells as the table, or one less where its name is missing."""
    start = i
    first = lines[i][1:] if _has_empty_name(lines[i], width) else lines[i]
    wanted = width - 1 if _lacks_name(_cells(first), where) and first is lines[i] else width
    taken: list[str] = []
    bars = 0
    while i < len(lines) and i - start < _LONGEST:
        line = first if i == start else lines[i]
        taken.append(line)
        bars += len(_BAR.findall(line))
        i += 1
        if line.rstrip().endswith("|") and (bars >= wanted or (i < len(lines) and starts(lines, i))):
            cells = _cells("\n".join(taken))
            if first is not lines[start]:
                cells = ("", *cells)
            return i, _fitted(cells, width, where, numbers[start])
        if i < len(lines) and not lines[i].strip() and not any(_BAR.search(t) for t in lines[i : i + 40]):
            break
    if taken[0].rstrip().endswith("|"):
        # fewer cells than columns, and the row ended all the same
        return start + 1, _fitted(_cells(taken[0]), width, where, numbers[start])
    raise PageError(path, numbers[start], "this table row is never closed; is the page whole?", "cut")


def _has_empty_name(line: str, width: int) -> bool:
    """Whether a row of a table without outer bars begins with one: its first cell is empty."""
    return line.lstrip().startswith("|") and len(_BAR.findall(line)) <= width


def _lacks_name(cells: tuple[str, ...], where: dict[str | None, int]) -> bool:
    """Whether a row begins with its type: an empty name was lost, as that of the item of a list is.

    A parameter may be called `Number`; its next cell is then a type.
    """
    if where.get("name") != 0 or where.get("type") != 1 or not cells or not _is_type(cells[0]):
        return False
    return len(cells) < 2 or not _is_type(cells[1])


def _is_type(cell: str) -> bool:
    kind, _ = words.type_of(cell)
    return kind != "unknown" and cell.strip() == cell.strip().casefold()


def _fitted(cells: tuple[str, ...], width: int, where: dict[str | None, int], line: int) -> Row:
    """The row with the cells that the table has. `complete` is False where cells were missing at its end."""
    if len(cells) < width and _lacks_name(cells, where):
        cells = ("", *cells)
    return Row(cells + ("",) * (width - len(cells)), line, complete=len(cells) >= width)


def _cells(row: str) -> tuple[str, ...]:
    text = row.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return tuple(c.strip() for c in _BAR.split(text))
