"""Which row of a response table belongs to which: the table alone does not say, table and samples together do.

The rows stand in the order of a walk through the tree, parents first. Each is placed under one of the containers
that are open, so that the whole table agrees best with the samples, the marks, the named item types, and the
alphabet in which generated pages sort the members of an object. The search keeps the best few readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from attrs import evolve, frozen

from conformance.derive import words
from conformance.derive.dotted import is_under
from conformance.derive.rows import RowEntry
from conformance.derive.shape import Path, Shape, is_plural, singular

_MOST = 60
_DEEPEST = 12  # levels; the documentation has seven
_WIDTH = 5  # readings kept from row to row for each stack of open containers


@frozen
class _Reading:
    """A way to read the rows so far: paths in order, the open containers, and how well it agrees."""

    score: float = 0.0
    paths: tuple[Path, ...] = ()
    open: tuple[Path, ...] = ((),)
    last: Mapping[Path, str] = {}
    taken: frozenset[Path] = frozenset()
    wrappers: frozenset[Path] = frozenset()


def is_container(entry: RowEntry) -> bool:
    """Whether the row's own cells allow members: a list, an object, or nothing said."""
    kind, item = words.type_of(entry.type)
    return kind in ("array", "object") or (kind == "unknown" and (item is not None or not entry.example))


def _holds_scalars(entry: RowEntry) -> bool:
    """Whether a list holds plain values, by the type of its items or by its example."""
    kind, item = words.type_of(entry.type)
    if kind != "array":
        return False
    if item is not None:
        return words.type_of(item)[0] in ("string", "integer", "number", "boolean")
    return bool(entry.example) and not entry.example.startswith(("{", "["))


def is_header(entry: RowEntry) -> bool:
    """Whether the row only names the item of the list above it."""
    return words.type_of(entry.type) == ("unknown", None) and not entry.example


def nest(entries: tuple[RowEntry, ...], shape: Shape) -> tuple[Path, ...]:
    """The path of each row. A list without a row for its item has its wrapper in the paths of its members."""
    marked = any(e.marks for e in entries)
    dotted = any(e.under for e in entries)
    ordered = _is_sorted(entries)
    readings = [_Reading()]
    for i, entry in enumerate(entries):
        before = entries[i - 1] if i else None
        later = {e.name for e in entries[i + 1 :]}
        found = [
            new for reading in readings for new in _placements(reading, entry, before, later, shape, marked, ordered)
        ]
        if dotted:
            found = [evolve(r, score=r.score - _astray(r.paths[-1], entry, marked)) for r in found]
        readings = _best(found)
    return readings[0].paths


def _astray(path: Path, entry: RowEntry, marked: bool) -> float:
    """What counts against a place in a table that has rows named by their paths: the others stand at the root."""
    if entry.under:
        return 0.0 if is_under(path, entry.under) else 12.0
    return 2.0 if len(path) > 1 and not marked else 0.0


def _best(readings: list[_Reading]) -> list[_Reading]:
    """The best few for each stack, as what counts against a reading may come to light many rows later."""
    kept: dict[tuple[Path, ...], int] = {}
    found = []
    for reading in sorted(readings, key=lambda r: -r.score):
        kept[reading.open] = kept.get(reading.open, 0) + 1
        if kept[reading.open] <= _WIDTH:
            found.append(reading)
    return found[:_MOST]


def _placements(
    reading: _Reading,
    entry: RowEntry,
    before: RowEntry | None,
    later: set[str],
    shape: Shape,
    marked: bool,
    ordered: bool,
) -> list[_Reading]:
    found = _jumps(reading, entry, later, shape)
    for depth, container in enumerate(reading.open):
        for path in _paths(container, entry, shape):
            if path in reading.taken:
                continue
            score = _agreement(path, container, entry, shape, reading, ordered)
            score -= 0.1 * (len(reading.open) - 1 - depth)
            if marked:
                score -= 8 * (bool(entry.marks) != bool(container))
            named = _names_item(before, entry, path, reading) if before is not None else 0.0
            score += named
            if container in reading.wrappers:
                score -= 4  # a list has its item and nothing beside it
            if before is not None and reading.open[-1] == reading.paths[-1] and is_header(before):
                score += 2.0 * (container == reading.open[-1])  # an item has members
            stack = reading.open[: depth + 1]
            if path[:-1] != container:
                stack = (*stack, path[:-1])
            if _opens(entry, path, shape) and len(stack) < _DEEPEST:
                stack = (*stack, path)
            found.append(
                evolve(
                    reading,
                    score=reading.score + score,
                    paths=(*reading.paths, path),
                    open=stack,
                    last={**reading.last, path[:-1]: entry.name},
                    taken=reading.taken | {path},
                    wrappers=reading.wrappers | {path[:-1]} if named > 0 else reading.wrappers,
                )
            )
    if not found:
        # the same name twice in every open container: a repeated row
        found.append(evolve(reading, score=reading.score - 10, paths=(*reading.paths, (*reading.open[0], entry.name))))
    return found


def _jumps(reading: _Reading, entry: RowEntry, later: set[str], shape: Shape) -> list[_Reading]:
    """Under a container of the samples that has no row at all, neither before nor after."""
    found = []
    for path in shape.nodes:
        if len(path) < 2 or path[-1] != entry.name or path in reading.taken:
            continue
        above = [path[:i] for i in range(1, len(path))]
        if path[:-1] in reading.open or any(p[-1] in later for p in above):
            continue
        stack = ((), *above, path) if _opens(entry, path, shape) else ((), *above)
        found.append(
            evolve(
                reading,
                score=reading.score + 4,
                paths=(*reading.paths, path),
                open=stack,
                last={**reading.last, path[:-1]: entry.name},
                taken=reading.taken | {path},
            )
        )
    return found


def _paths(container: Path, entry: RowEntry, shape: Shape) -> list[Path]:
    """Under a container, or under the item that the container wraps."""
    paths = [(*container, entry.name)]
    wrapper = shape.wrapper(container) if container else None
    if wrapper and shape.nodes[(*container, wrapper)].item_types:
        wrapper = None  # plain values have no members
    if (wrapper and wrapper != entry.name) or (wrapper and (*container, wrapper, entry.name) in shape):
        paths.append((*container, wrapper, entry.name))
    return paths


def _agreement(path: Path, container: Path, entry: RowEntry, shape: Shape, reading: _Reading, ordered: bool) -> float:
    score = 0.0
    node = shape.get(path)
    if node is not None:
        score += 6
        scalar = words.type_of(entry.type)[0] in ("string", "integer", "number", "boolean")
        if scalar and node.container:
            score -= 4
        if not scalar and not node.container and not node.item_types and not node.empty:
            score -= 2
    elif any(p[-1:] == (entry.name,) for p in shape.nodes):
        # where samples show the name elsewhere, they would show it here, unless they leave the container out
        score -= 3 if shape.members(path[:-1]) else 0.8
    elif shape.members(container):
        score -= 0.5
    if path[:-1] not in shape and len(path) > 1 and not shape.members(path[:-1]):
        score += 0.4  # a container that no sample shows takes what no sample shows
    inner = path[-2] if len(path) > 1 else ""
    if node is None and inner and path[:-1] not in shape and (*path[:-2], entry.name) not in shape:
        # members are often named after their item: TagKey of a Tag
        stem, before = singular(inner), reading.last.get(path[:-1], "")
        score += 0.8 if entry.name.startswith(stem) else -1.2 if before.startswith(stem) else 0.0
    previous = reading.last.get(path[:-1])
    if ordered and previous is not None:
        score += 0.6 if previous.casefold() <= entry.name.casefold() else -1.5
    return score


def _names_item(before: RowEntry, entry: RowEntry, path: Path, reading: _Reading) -> float:
    """`Array of Task` followed by a row `Task`, or an untyped list followed by an untyped row of its item."""
    kind, item = words.type_of(before.type)
    expected = kind in ("array", "unknown") and is_header(entry)
    if not expected or not is_container(before):
        return 0.0
    inside = path[:-1] == reading.paths[-1]
    if item == entry.name or is_plural(before.name, entry.name) or kind == "array":
        return 4.0 if inside else -4.0
    return 0.0


def _opens(entry: RowEntry, path: Path, shape: Shape) -> bool:
    node = shape.get(path)
    if _holds_scalars(entry) and not entry.marks and not (node is not None and shape.members(path)):
        return False
    if node is not None and node.types:
        wrapper = shape.wrapper(path)
        return node.container and not (wrapper and shape.nodes[(*path, wrapper)].item_types)
    if node is not None and node.texts:
        return False
    return is_container(entry)


def _is_sorted(entries: tuple[RowEntry, ...]) -> bool:
    """Whether the table looks generated: most neighbours stand in alphabetical order."""
    # the row of an item starts a level of its own
    pairs = [(a, b) for a, b in pairwise(entries) if not is_header(a) and not is_header(b)]
    return bool(pairs) and sum(a.name.casefold() <= b.name.casefold() for a, b in pairs) >= 0.7 * len(pairs)
