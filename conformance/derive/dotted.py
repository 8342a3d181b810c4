"""Rows of a response that are named by their whole path: `Status.Code`, `Tags.N.Key`, `Disks[].Size`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import evolve

from conformance.derive.rows import RowEntry

_PART = re.compile(r"([A-Za-z_][\w-]*)(\[(?:\d*|[nNiI*])\])?")
_LONGEST = 20  # names and numbers; the documentation has nine
_ANY_ITEM = re.compile(r"[Nn]|\d+|\*")


def undotted(entries: tuple[RowEntry, ...], shown: Iterable[str] = (), in_place: bool = False) -> tuple[RowEntry, ...]:
    """The rows by their last names, each knowing what it stands `under`; a container without a row gets one.

    `shown` are names of the samples: a dot that stands in one of those is part of the name. In a table whose rows stand
    `in_place`, below what they are members of, so is the dot of a name that begins with none of a row or a sample.
    """
    names = set(shown)
    whole = {n for n in names if "." in n}
    paths = {
        i: p for i, e in enumerate(entries) if "." in e.name and e.name not in names and (p := _parts(e.name, whole))
    }
    if in_place:
        names |= {e.name for i, e in enumerate(entries) if i not in paths}
        paths = {i: p for i, p in paths.items() if p[0][0] in names or any(listed for _, listed in p)}
    return tuple(_spread(entries, paths)) if paths else entries


def _parts(name: str, whole: set[str]) -> tuple[tuple[str, bool], ...] | None:
    """The names of a path, each with whether it is a list; None where a dot means something else. `whole` are names
    that have a dot themselves.
    """
    if name.count(".") >= _LONGEST:
        return None
    found: list[tuple[str, bool]] = []
    rest = name.split(".")
    while rest:
        taken = next((n for n in range(len(rest), 1, -1) if whole and ".".join(rest[:n]) in whole), 1)
        part, rest = ".".join(rest[:taken]), rest[taken:]
        if taken > 1:
            found.append((part, False))
        elif found and _ANY_ITEM.fullmatch(part):
            found[-1] = (found[-1][0], True)
        elif match := _PART.fullmatch(part):
            found.append((match.group(1), match.group(2) is not None))
        else:
            return None
    return tuple(found)


def _spread(entries: tuple[RowEntry, ...], paths: dict[int, tuple[tuple[str, bool], ...]]) -> Iterator[RowEntry]:
    known: set[tuple[str, ...]] = {(e.name,) for i, e in enumerate(entries) if i not in paths}
    known |= {tuple(name for name, _ in p) for p in paths.values()}
    for i, entry in enumerate(entries):
        parts = paths.get(i, ())
        names = tuple(name for name, _ in parts)
        for end in range(1, len(names)):
            if names[:end] not in known:
                known.add(names[:end])
                kind = "Array" if parts[end - 1][1] else "Object"
                yield RowEntry(names[end - 1], entry.label, kind, "", "", "", entry.line, under=names[: end - 1])
        if names:
            listed = parts[-1][1] and not entry.type
            yield evolve(entry, name=names[-1], under=names[:-1], type="Array" if listed else entry.type)
        else:
            yield entry


def is_under(path: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Whether a path leads through the names that a row stands under; wrappers of lists may lie between."""
    above = path[:-1]
    if names and names[-1] not in above[-2:]:
        return False
    rest = iter(above)
    return all(name in rest for name in names)
