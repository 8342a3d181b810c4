"""Tables that describe a type each: older pages name it above the table, and in the rows that are of that type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from conformance.derive import rows, words
from conformance.derive.page import Page, Section, Table
from conformance.derive.rows import RowEntry

_MOST = 2_000  # rows, of a type that several rows are of
_LONGEST = 200  # characters of what may name a type


def with_types(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections, where one that bears the name of a type of the response is a part of the response."""
    asked = _words(e for s in sections if s.kind == "parameters" for e in rows.entries(s))
    told = _words(e for s in sections if s.kind == "response" for e in rows.entries(s)) - asked
    return tuple(_as_response(s, told) if s.kind == "other" else s for s in sections)


def _as_response(section: Section, told: set[str]) -> Section:
    name = _named(section.title, told)
    if name is None or not any(rows.describes_parameters(t) for t in section.tables):
        return section
    parts = (evolve(p, caption=p.caption or name) if isinstance(p, Table) else p for p in section.parts)
    return evolve(section, kind="response", parts=tuple(parts))


def response_rows(page: Page) -> tuple[tuple[RowEntry, ...], bool]:
    """The rows of the response, those of a type below each row that is of it, and whether there are such."""
    sections = page.of_kind("response")
    all_ = tuple(e for s in sections for e in rows.entries(s))
    known = _words(all_)
    types: dict[str, list[RowEntry]] = {}
    others: list[RowEntry] = []
    for section in sections:
        names = [_named(t.caption or "", known) for t in section.tables]
        for entry in rows.entries(section):
            name = names[entry.table]
            (others if name is None else types.setdefault(name, [])).append(entry)
    if not types:
        return all_, False
    placed: list[RowEntry] = []
    used: set[str] = set()
    for entry in _spread(others, types, (), used):
        if len(placed) == _MOST:
            return all_, False
        placed.append(entry)
    left = (e for name, entries in types.items() if name not in used for e in entries)
    return (*placed, *left), bool(used)


def _spread(
    entries: Iterable[RowEntry], types: Mapping[str, list[RowEntry]], within: tuple[str, ...], used: set[str]
) -> Iterator[RowEntry]:
    for entry in entries:
        yield entry
        item = words.type_of(entry.type)[1]
        name = item if item in types else entry.name if entry.name in types and _may_have_members(entry) else None
        if name is not None and name not in within:
            used.add(name)
            yield from _spread(types[name], types, (*within, name), used)


def _may_have_members(entry: RowEntry) -> bool:
    return words.type_of(entry.type)[0] in ("array", "object", "unknown")


def _words(entries: Iterable[RowEntry]) -> set[str]:
    """What rows that may have members are called, and their types."""
    found = [(e.name, words.type_of(e.type)[1]) for e in entries if _may_have_members(e)]
    return {word for pair in found for word in pair if word}


def _named(text: str, known: set[str]) -> str | None:
    """The first word of a caption or heading that is one of these."""
    return next((w for w in re.findall(r"(?a:\b[A-Za-z]\w*)", text[:_LONGEST]) if w in known), None)
