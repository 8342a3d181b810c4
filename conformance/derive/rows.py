"""The rows of a page's tables, by the meaning of their columns instead of their order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from attrs import evolve, frozen

from conformance.derive import words
from conformance.derive.page import Row, Section, Table
from conformance.derive.text import flat

_MARK = re.compile(r"^[\s└├│─-]*[└├─][\s└├│─-]*")
_EMPTY = ("", "-", "n/a", "na", "none", "无", "—", "--")


@frozen
class RowEntry:
    """A row of a table of parameters. `label` names it in citations: its name, with a count where it is repeated.

    `description` keeps its markup. `marks` counts the signs before the name by which some pages show nesting. `place`
    is where a parameter travels, where a column says so. `item` is the type of the row without a name that describes
    the items of a list below it; its description is joined to this one's. `under` are the names before its own, where
    a row is named by its path.
    """

    name: str
    label: str
    type: str
    required: str
    example: str
    description: str
    line: int
    marks: int = 0
    table: int = 0
    place: str = ""
    item: str = ""
    under: tuple[str, ...] = ()


@frozen
class ErrorEntry:
    """A row of a table of error codes. `status` is None where its cell holds no HTTP status."""

    label: str
    status: int | None
    code: str
    message: str
    description: str
    line: int


def columns(table: Table) -> Mapping[str, int]:
    """Which column holds what. A table without a `name` or `code` column is none of ours."""
    found: dict[str, int] = {}
    for i, title in enumerate(table.header):
        meaning = words.column(title)
        if meaning and meaning not in found:
            found[meaning] = i
    return found


def describes_parameters(table: Table) -> bool:
    """Whether a table has rows of parameters or fields. One that says what is required may leave out the types."""
    where = columns(table)
    return "name" in where and bool({"type", "required"} & set(where))


@lru_cache(maxsize=64)
def entries(section: Section) -> tuple[RowEntry, ...]:
    """The rows of a section's tables of parameters, in order."""
    seen: dict[str, int] = {}
    found: list[RowEntry] = []
    for number, table in enumerate(section.tables):
        if not describes_parameters(table):
            continue
        where = columns(table)
        for row in table.rows:
            if again := header_again(row, len(table.header)):
                where = again
                continue
            cells = _unshifted(_fitted(row, where, len(table.header)), where)
            raw = flat(cells[where["name"]])
            mark = _MARK.match(raw)
            name = raw[mark.end() :].strip() if mark else raw
            if not name:
                if found and found[-1].table == number and is_item(found[-1], cells, where):
                    found[-1] = _with_item(found[-1], cells, where)
                continue
            found.append(
                RowEntry(
                    name=name,
                    label=_label(name, seen),
                    type=_cell(cells, where, "type"),
                    required=_cell(cells, where, "required"),
                    example=_example(_cell(cells, where, "example")),
                    description=_cell(cells, where, "description"),
                    line=row.line,
                    marks=len(re.findall("[└├]", mark.group())) if mark else 0,
                    table=number,
                    place=_cell(cells, where, "place"),
                )
            )
    return tuple(found)


def header_again(row: Row, width: int) -> Mapping[str, int] | None:
    """The columns that a row in the body of a table names, as where two tables were put together; None for others.

    `width` is how many columns the table has: what stands beyond is no column of it.
    """
    if len(row.cells) > 2 * width:
        return None  # a cell that bars have cut in many
    named = columns(Table(row.cells, (), row.line))
    if len(named) < 2 or not {"name", "type"} <= set(named) or max(named.values()) >= width:
        return None
    # a type is never called `Type`
    return named if all(words.column(c) or not flat(c) for c in row.cells) else None


def is_item(above: RowEntry, cells: tuple[str, ...], where: Mapping[str, int]) -> bool:
    """Whether a row without a name describes the items of the list in the row above it."""
    kind, item = words.type_of(above.type)
    own, _ = words.type_of(_cell(cells, where, "type"))
    return own != "unknown" and (kind == "array" or (kind == "unknown" and item is None))


def _with_item(above: RowEntry, cells: tuple[str, ...], where: Mapping[str, int]) -> RowEntry:
    said = (above.description, _cell(cells, where, "description"))
    return evolve(
        above,
        item=_cell(cells, where, "type"),
        example=above.example or _example(_cell(cells, where, "example")),
        description="\n\n".join(text for text in said if text.strip()),
    )


def errors(section: Section) -> tuple[ErrorEntry, ...]:
    """The rows of a section's tables of error codes, in order."""
    seen: dict[str, int] = {}
    found = []
    for table in section.tables:
        where = columns(table)
        if "code" not in where or "message" not in where:
            continue
        for row in table.rows:
            cells = _fitted(row, where, len(table.header))
            code = re.sub(r"\s+", "", flat(cells[where["code"]]))
            status = re.search(r"\b[1-5]\d\d\b", _cell(cells, where, "status"))
            if not code:
                continue
            found.append(
                ErrorEntry(
                    label=_label(code, seen),
                    status=int(status.group()) if status else None,
                    code=code,
                    message=flat(cells[where["message"]]),
                    description=_cell(cells, where, "description"),
                    line=row.line,
                )
            )
    return tuple(found)


def _cell(cells: tuple[str, ...], where: Mapping[str, int], meaning: str) -> str:
    return cells[where[meaning]] if meaning in where else ""


def _label(name: str, seen: dict[str, int]) -> str:
    """The name of a row in citations; the second row of the same name is `Name 2`."""
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name} {seen[name]}"


def _example(cell: str) -> str:
    text = flat(cell)
    return "" if text.casefold() in _EMPTY else text


def _fitted(row: Row, where: Mapping[str, int], width: int) -> tuple[str, ...]:
    """The row with as many cells as the table has columns: a bare bar in a cell has cut it in two.

    The cut cell is the one whose joining leaves a yes or no, a status or a type where one belongs; where that does not
    decide, the widest column of text, which is the description, or else the message.
    """
    surplus = len(row.cells) - width
    if surplus <= 0:
        return row.cells
    candidates = [
        (*row.cells[:i], " | ".join(row.cells[i : i + surplus + 1]), *row.cells[i + surplus + 1 :])
        for i in range(width)
    ]
    last = where.get("description", where.get("message", width - 1))
    ranked = sorted(range(width), key=lambda i: (-_plausible(candidates[i], where), i != last, -i))
    return candidates[ranked[0]]


def _unshifted(cells: tuple[str, ...], where: Mapping[str, int]) -> tuple[str, ...]:
    """The row with the empty name that it has lost: its type stands where names do, and its last cell is empty."""
    if where["name"] == 0 and where.get("type") == 1 and not cells[-1].strip():
        moved = words.type_of(cells[0])[0] in ("array", "object") and words.type_of(cells[1])[0] == "unknown"
        if moved and flat(cells[0]) == flat(cells[0]).casefold():
            return ("", *cells[:-1])
    return cells


def _plausible(cells: tuple[str, ...], where: Mapping[str, int]) -> int:
    score = 0
    if "required" in where:
        score += words.required(cells[where["required"]]) is not None
    if "status" in where:
        score += bool(re.fullmatch(r"\s*\d{3}\s*", cells[where["status"]]))
    if "type" in where:
        score += words.type_of(cells[where["type"]])[0] != "unknown"
    return score
