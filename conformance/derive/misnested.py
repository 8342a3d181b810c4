"""Samples that were repaired and then put members elsewhere than a sample that needed no repair.

Where a brace or a tag is missing, a repair closes what is open at one place of several; an intact sample of the same
page says which was meant, and the repaired one is set aside: it says nothing of what stands where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from conformance.derive.samples import Reading
from conformance.derive.shape import Path, Shape, shape

# the repair that a sample has which is set aside
SET_ASIDE = "set aside"
# repairs that decide what is a member of what
_OF_NESTING = re.compile(
    r"closing (?:brace|bracket) added|braces added around the members|brace before further members"
    r"|surplus closing brace|what follows the first value|missing </|surplus </|second <"
)
_TRIED = 60  # places of one name
_MOST = 8  # repaired samples that are compared; a page has one or two


def set_aside(readings: Sequence[Reading], operation: str, rows: Iterable[str]) -> list[Reading]:
    """The readings; those that are misnested have a repair more, which says so (`is_set_aside`)."""
    shown = [r for r in readings if r.role == "response" and r.value is not None and r.format != "url"]
    broken = dict.fromkeys(id(r) for r in shown if any(_OF_NESTING.match(repair) for repair in r.repairs))
    intact = [r for r in shown if id(r) not in broken]
    repaired = list(broken)[:_MOST]
    if not repaired or not intact:
        return list(readings)
    names = list(rows)
    meant = shape(intact, operation, names)
    found = []
    for reading in readings:
        place = next(_astray(shape([reading], operation, names), meant), None) if id(reading) in repaired else None
        if place is not None:
            here, there = (".".join(path) for path in place)
            said = f"{SET_ASIDE}, as repaired it has {here}, and a sample without a slip {there}"
            reading = evolve(reading, repairs=(*reading.repairs, said))
        found.append(reading)
    return found


def is_set_aside(repairs: Iterable[str]) -> bool:
    """Whether a sample with these repairs says nothing of what stands where."""
    return any(repair.startswith(SET_ASIDE) for repair in repairs)


def _astray(repaired: Shape, meant: Shape) -> Iterator[tuple[Path, Path]]:
    """Members that stand where the intact samples have others but not this one, and have it further in or out."""
    for path in repaired.nodes:
        if not path or path in meant or not meant.members(path[:-1]):
            continue
        here = _unwrapped(path, repaired)
        for other in meant.called(path[-1])[:_TRIED]:
            there = _unwrapped(other, meant)
            # what differs by the wrappers of lists alone is another form of a list
            if other not in repaired and here != there and _on_a_line(here[:-1], there[:-1]):
                yield path, other
                break


def _unwrapped(path: Path, found: Shape) -> Path:
    """The path without the names of items that are the only member of what they are in."""
    return tuple(name for n, name in enumerate(path) if not n or found.wrapper(path[:n]) != name)


def _on_a_line(a: Path, b: Path) -> bool:
    """Whether one leads through the other: a slip moves what follows into what is open, or out of it."""
    short = min(len(a), len(b))
    return a[:short] == b[:short]
