"""The rows of request parameters under the names by which they travel, each with its place in the request.

Tables since 2023 give a list, a row without a name for its item, and the members of that item under their own names
alone; those travel as `Tag.N.Key`. Which rows are members such a table does not say: signs before the names do, or else
the sentences that speak of an N, or the pair of a key and a value.
"""

from __future__ import annotations

import re

from attrs import evolve

from conformance.derive import rows, words
from conformance.derive.page import Page, Section
from conformance.derive.routes import Calling
from conformance.derive.rows import RowEntry
from conformance.derive.text import flat

_OF_N = re.compile(r"(?<![A-Za-z])N(?![A-Za-z])")


def requested(page: Page, route: Calling, notes: list[str]) -> tuple[RowEntry, ...]:
    """The parameters of a page. What travels in a header is left out of RPC operations, and noted."""
    found = []
    for section in page.of_kind("parameters"):
        for entry in _named(page, section, route, notes):
            place = words.place(entry.place) or words.place(section.title)
            if entry.place.strip() and words.place(entry.place) is None:
                notes.append(f"{entry.name}: location {flat(entry.place)!r} is not known ({page.id}, parameters)")
            if route.path is None:
                if place == "header":
                    notes.append(f"{entry.name} travels in a header and is left out ({page.id}, parameters)")
                    continue
                place = "query"
            elif entry.name in route.variables:
                place = "path"
            elif place is None:
                place = "query" if route.methods in (("GET",), ("DELETE",), ("HEAD",)) else "body"
            found.append(evolve(entry, place=place))
    return tuple(found)


def _named(page: Page, section: Section, route: Calling, notes: list[str]) -> tuple[RowEntry, ...]:
    entries = rows.entries(section)
    found: list[RowEntry] = []
    above: list[tuple[int, str]] = []  # what is open: marks and name
    members_of = ""
    for i, entry in enumerate(entries):
        if entry.marks:
            while above and above[-1][0] >= entry.marks:
                above.pop()
            name = f"{above[-1][1]}.{entry.name}" if above and route.path is None else entry.name
        else:
            above.clear()
            if members_of and not _is_member(entries, i):
                members_of = ""
            name = f"{members_of}.{entry.name}" if members_of else entry.name
            if members_of:
                notes.append(
                    f"{entry.name} is taken for a member of {members_of} ({page.id}, parameters, {entry.label})"
                )
        if entry.item and route.path is None and not name.endswith((".N", ".n")):
            name = f"{name}.N"
        kind, item = words.type_of(entry.type)
        if not entry.marks and entry.item:
            members_of = name if words.type_of(entry.item)[0] == "object" and not _has_marks(entries, i) else ""
        opened = name if kind != "array" or name.endswith((".N", ".n")) else f"{name}.N"
        above.append((entry.marks, opened))
        if (
            kind == "array"
            and (item is None or words.type_of(item)[0] in ("object", "unknown"))
            and _has_marks(entries, i)
        ):
            continue  # its members travel, and it does not
        if members_of == name or (kind == "object" and _has_marks(entries, i)):
            continue
        found.append(evolve(entry, name=name))
    return tuple(found)


def _has_marks(entries: tuple[RowEntry, ...], i: int) -> bool:
    """Whether the next row is marked as a member of this one."""
    return i + 1 < len(entries) and entries[i + 1].marks > entries[i].marks


def _is_member(entries: tuple[RowEntry, ...], i: int) -> bool:
    """Whether a row below a list of objects describes a member of its items."""
    entry, before = entries[i], entries[i - 1]
    first = bool(before.item)
    pair = entry.name.casefold() in ("key", "value")
    return first or pair or bool(_OF_N.search(flat(entry.description)))
