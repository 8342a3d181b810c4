"""What of a page's tables was not taken: nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from conformance.contract.model import Citation
from conformance.derive import rows, words
from conformance.derive.page import Page, Row, Section, Table
from conformance.derive.text import flat

_SHOWN = 60  # characters of a cell


@frozen
class Remark:
    """What was not understood, at which line, in words; `citation` names the place."""

    citation: Citation
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.citation})"


def remarks(page: Page) -> tuple[Remark, ...]:
    """Tables and rows that gave nothing, cells that are not known, in the order of the page."""
    # once, as a page may have hundreds of sections
    captions = {flat(t.caption or "").casefold() for s in page.sections for t in s.tables}
    found = [r for section in page.sections for r in (*_tables(page, section), *_types(page, section, captions))]
    return tuple(sorted(found, key=lambda r: r.line))


def _tables(page: Page, section: Section) -> Iterator[Remark]:
    place = Citation(page.id, section.kind)
    for number, table in enumerate(section.tables):
        known = rows.columns(table)
        described = rows.describes_parameters(table)
        coded = section.kind == "errors" and {"code", "message"} <= set(known)
        count = len(table.rows)
        if section.kind in ("parameters", "response", "errors"):
            if not described and not coded:
                titles = ", ".join(table.header)[:_SHOWN] or "none"
                yield Remark(place, table.line, f"a table of {count} rows is not read: its columns are {titles}")
        elif {"name", "type"} <= set(known) or {"code", "message"} <= set(known):
            under, what = (section.title or "no heading")[:_SHOWN], "parameters" if "type" in known else "error codes"
            yield Remark(place, table.line, f"a table of {count} {what} is not read: it stands under {under!r}")
        if section.kind in ("parameters", "response") and described:
            yield from _rows(page, section, table, number)


def _rows(page: Page, section: Section, table: Table, number: int) -> Iterator[Remark]:
    """Rows without a name that describe no item of a list, and rows with fewer cells than their table."""
    where = rows.columns(table)
    named = {e.line for e in rows.entries(section) if e.table == number}
    with_item = {e.line for e in rows.entries(section) if e.item}
    above: Row | None = None
    for row in table.rows:
        if again := rows.header_again(row, len(table.header)):
            yield Remark(
                Citation(page.id, section.kind), row.line, "a row in the body of a table is read as its header"
            )
            where, above = again, None
            continue
        if row.line not in named:
            root = above is None and words.type_of(_cell(row, where, "type"))[0] == "object"
            inner = above is not None and above.line in with_item
            if any(flat(c) for c in row.cells) and not root and not inner:
                shown = " | ".join(text for c in row.cells if (text := flat(c)))[:_SHOWN]
                yield Remark(Citation(page.id, section.kind), row.line, f"a row without a name is not read: {shown!r}")
        above = row


def _types(page: Page, section: Section, captions: set[str]) -> Iterator[Remark]:
    """Types that are not known, or only after mending."""
    if section.kind not in ("parameters", "response"):
        return
    for entry in rows.entries(section):
        cited = Citation(page.id, section.kind, entry.label)
        if not re.fullmatch(r"[\w.$\[\]{}<>#*:/-]{1,300}", entry.name):
            yield Remark(cited, entry.line, f"the name {entry.name[:_SHOWN]!r} is none that a parameter can have")
        shown = flat(entry.type)
        if slip := words.slipped(entry.type):
            yield Remark(cited, entry.line, f"type {shown!r} is read as {slip}")
        elif (words.type_of(entry.type)[0] == "unknown" and shown and section.kind == "parameters") or (
            words.type_of(entry.type)[0] == "unknown"
            and shown
            and entry.example
            and not any(shown.casefold() in caption for caption in captions)
        ):
            yield Remark(cited, entry.line, f"type {shown!r} is not known")


def _cell(row: Row, where: dict[str, int] | object, meaning: str) -> str:
    i = where.get(meaning) if isinstance(where, dict) else None
    return row.cells[i] if i is not None and i < len(row.cells) else ""
