"""Which row of a response table belongs to which: the table alone does not say, table and samples together do.

The rows stand in the order of a walk through the tree, parents first. Each is placed under one of the containers
that are open, so that the whole table agrees best with the samples, the marks, the named item types, and the
alphabet in which generated pages sort the members of an object. The search keeps the best few readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import Factory, define, frozen

from conformance.derive import words
from conformance.derive.dotted import is_under
from conformance.derive.rows import RowEntry
from conformance.derive.shape import Path, Shape, is_plural, singular

_MOST = 60
_LEAST = 2
_WORK = 8_000  # readings of all rows together: of a table longer than any of the documentation fewer are kept
_DEEPEST = 12  # levels; the documentation has seven
_WIDTH = 5  # readings kept from row to row for each stack of open containers
_DISORDER = 4  # what counts against a row that is out of order in a table that has one
_LAG = 150  # rows after which a place is settled


@define
class _Past:
    """What all readings that are kept have in common: the places of the rows that are settled."""

    paths: list[Path] = Factory(list)
    taken: set[Path] = Factory(set)
    last: dict[Path, str] = Factory(dict)
    wrappers: set[Path] = Factory(set)


@define(eq=False)
class _Reading:
    """A way to read the rows so far: where the last of them stands, the open containers, and how well it agrees.

    `before` is the reading of the rows before the last; what it took since the past is in `taken`, `last` (the name of
    the last row below a path) and `wrappers`.
    """

    past: _Past
    before: _Reading | None = None
    path: Path = ()
    wraps: bool = False  # the last row is the item of the list above it
    score: float = 0.0
    open: tuple[Path, ...] = ((),)
    taken: frozenset[Path] = frozenset()
    last: Mapping[Path, str] = {}
    wrappers: frozenset[Path] = frozenset()

    def has(self, path: Path) -> bool:
        """Whether a row stands at a path."""
        return path in self.taken or path in self.past.taken

    def before_in(self, container: Path) -> str | None:
        """The name of the last row directly below a path."""
        return self.last.get(container) or self.past.last.get(container)

    def is_wrapper(self, container: Path) -> bool:
        """Whether a path is a list with a row for its item."""
        return container in self.wrappers or container in self.past.wrappers


@frozen
class _Step:
    """A place for the next row, before the reading that it makes is kept."""

    reading: _Reading
    path: Path
    open: tuple[Path, ...]
    score: float
    wraps: bool = False

    def taken(self, name: str) -> _Reading:
        """The reading with the row of this name at this place."""
        r, container = self.reading, self.path[:-1]
        return _Reading(
            r.past,
            r,
            self.path,
            self.wraps,
            self.score,
            self.open,
            r.taken | {self.path},
            {**r.last, container: name},
            r.wrappers | {container} if self.wraps else r.wrappers,
        )


@frozen
class _Table:
    """The rows and what is known of the whole of them. `ends` are the last rows of each name; with `in_place` rows that
    are named by paths stand below what they follow, like the others.
    """

    entries: tuple[RowEntry, ...]
    shape: Shape
    marked: bool
    deep: bool
    dotted: bool
    in_place: bool
    ordered: bool
    ends: Mapping[str, int]


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


def nests_by_order(entries: Sequence[RowEntry]) -> bool:
    """Whether a table shows by a row for the item of a list that members stand below what they are members of."""
    for above, below in pairwise(entries):
        kind, item = words.type_of(above.type)
        if kind == "array" and is_header(below) and (item == below.name or is_plural(above.name, below.name)):
            return True
    return False


def nest(entries: tuple[RowEntry, ...], shape: Shape, in_place: bool = False) -> tuple[Path, ...]:
    """The path of each row. A list without a row for its item has its wrapper in the paths of its members.

    With `in_place` rows stand below what they are members of, those too that are named by their paths.
    """
    table = _Table(
        entries,
        shape,
        marked=any(e.marks for e in entries),
        deep=any(e.marks > 1 for e in entries),
        dotted=any(e.under for e in entries),
        in_place=in_place or nests_by_order(entries),
        ordered=_is_sorted(entries),
        ends={e.name: i for i, e in enumerate(entries)},
    )
    most = max(_LEAST, min(_MOST, _WORK // max(1, len(entries))))
    past = _Past()
    readings = [_Reading(past)]
    for i, entry in enumerate(entries):
        found = [step for reading in readings for step in _places(table, i, reading)]
        readings = [step.taken(entry.name) for step in _best(found, most)]
        if i + 1 - len(past.paths) >= 2 * _LAG:
            readings = _settled(readings)
    return (*past.paths, *_steps(readings[0]))


def _steps(reading: _Reading) -> list[Path]:
    """The paths that a reading took since the past, in order."""
    found = []
    while reading.before is not None:
        found.append(reading.path)
        reading = reading.before
    return found[::-1]


def _settled(readings: list[_Reading]) -> list[_Reading]:
    """The readings that agree with the best about all rows but the last few; those rows are past."""
    past = readings[0].past
    origins = [_ancestor(reading) for reading in readings]
    kept = [reading for reading, origin in zip(readings, origins, strict=True) if origin is origins[0]]
    reading, steps = origins[0], []
    while reading.before is not None:
        steps.append((reading.path, reading.wraps))
        reading = reading.before
    for path, wraps in reversed(steps):
        past.paths.append(path)
        past.taken.add(path)
        past.wrappers.update([path[:-1]] if wraps else [])
    past.last.update(origins[0].last)
    origins[0].before = None
    for reading in kept:
        # what is past is no longer kept with each
        reading.taken -= past.taken
        reading.wrappers -= past.wrappers
        recent = {path[:-1] for path in _steps(reading)}
        reading.last = {path: name for path, name in reading.last.items() if path in recent}
    return kept


def _ancestor(reading: _Reading) -> _Reading:
    for _ in range(_LAG):
        assert reading.before is not None
        reading = reading.before
    return reading


def _astray(table: _Table, path: Path, entry: RowEntry, reading: _Reading) -> float:
    """What counts against a place in a table that has rows named by their paths: the others stand at the root."""
    if entry.under:
        above = tuple(path[n - 1] for n in range(1, len(path)) if reading.has(path[:n]))
        exact = above[-len(entry.under) :] == entry.under if table.in_place else above == entry.under
        return 0.0 if exact else 6.0 if is_under(path, entry.under) else 12.0
    return 2.0 if len(path) > 1 and not table.marked and not table.in_place else 0.0


def _best(steps: list[_Step], most: int) -> list[_Step]:
    """The best few for each stack, as what counts against a reading may come to light many rows later."""
    kept: dict[tuple[Path, ...], int] = {}
    found = []
    for step in sorted(steps, key=lambda s: -s.score):
        kept[step.open] = kept.get(step.open, 0) + 1
        if kept[step.open] <= _WIDTH:
            found.append(step)
            if len(found) == most:
                break
    return found


def _places(table: _Table, i: int, reading: _Reading) -> list[_Step]:
    entry, shape = table.entries[i], table.shape
    before = table.entries[i - 1] if i else None
    item = before is not None and _names_item(before, entry)
    found = _jumps(table, i, reading)
    for depth, container in enumerate(reading.open):
        for path in _paths(container, entry, shape):
            if reading.has(path):
                continue
            score = _agreement(path, container, entry, shape, reading, table.ordered)
            score -= 0.1 * (len(reading.open) - 1 - depth)
            if table.marked:
                score -= 8 * (bool(entry.marks) != bool(container))
            if table.deep:
                # a sign for each level
                score -= 3 * abs(entry.marks - sum(reading.has(container[:n]) for n in range(1, len(container) + 1)))
            named = 0.0 if not item else 4.0 if path[:-1] == reading.path else -4.0
            score += named
            if reading.is_wrapper(container):
                score -= 4  # a list has its item and nothing beside it
            if before is not None and reading.open[-1] == reading.path and is_header(before):
                score += 2.0 * (container == reading.open[-1])  # an item has members
            if table.dotted:
                score -= _astray(table, path, entry, reading)
            stack = reading.open[: depth + 1]
            if path[:-1] != container:
                stack = (*stack, path[:-1])
            if _opens(entry, path, shape) and len(stack) < _DEEPEST:
                stack = (*stack, path)
            found.append(_Step(reading, path, stack, reading.score + score, named > 0))
    if not found:
        # the same name twice in every open container: a repeated row
        path = (*reading.open[0], entry.name)
        against = _astray(table, path, entry, reading) if table.dotted else 0.0
        found.append(_Step(reading, path, reading.open, reading.score - 10 - against))
    return found


def _jumps(table: _Table, i: int, reading: _Reading) -> list[_Step]:
    """Under a container of the samples that has no row at all, neither before nor after."""
    entry, shape = table.entries[i], table.shape
    found = []
    for path in shape.called(entry.name)[:_MOST]:
        if len(path) < 2 or reading.has(path):
            continue
        above = [path[:n] for n in range(1, len(path))]
        if path[:-1] in reading.open:
            continue
        against = _astray(table, path, entry, reading) if table.dotted else 0.0
        # a row that is named by this very path says itself where it stands
        if not entry.under or against:
            if any(table.ends.get(p[-1], -1) > i for p in above):
                continue
            if any(p not in reading.open and p != reading.path and reading.has(p) for p in above):
                continue  # it has a row, and the rows since then are not below it
        stack = ((), *above, path) if _opens(entry, path, shape) else ((), *above)
        found.append(_Step(reading, path, stack, reading.score + 4 - against))
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
    elif shape.called(entry.name):
        # where samples show the name elsewhere, they would show it here, unless they leave the container out
        score -= 3 if shape.members(path[:-1]) else 0.8
    elif shape.members(container):
        score -= 0.0 if container else 0.3  # a sample leaves out members of items before it does of the whole
    if node is None and path[:-1] == container and _wraps(container, entry, shape):
        score -= 6  # the samples show an item there, and nothing beside it
    inner = path[-2] if len(path) > 1 else ""
    if node is None and inner and path[:-1] not in shape and (*path[:-2], entry.name) not in shape:
        # members are often named after their item: TagKey of a Tag
        stem, before = singular(inner), reading.before_in(path[:-1]) or ""
        score += 0.8 if entry.name.startswith(stem) else -1.2 if before.startswith(stem) else 0.0
    previous = reading.before_in(path[:-1])
    if ordered and previous is not None:
        score += 0.6 if _in_order(previous, entry.name) else -_DISORDER
    return score


def _wraps(container: Path, entry: RowEntry, shape: Shape) -> bool:
    """Whether samples show a container as the wrapper of a list of another name than the row's."""
    wrapper = shape.wrapper(container) if container else None
    return wrapper is not None and wrapper != entry.name and is_plural(container[-1], wrapper)


def _names_item(before: RowEntry, entry: RowEntry) -> bool:
    """`Array of Task` followed by a row `Task`, or an untyped list followed by an untyped row of its item."""
    kind, item = words.type_of(before.type)
    if kind not in ("array", "unknown") or not is_header(entry) or not is_container(before):
        return False
    return item == entry.name or kind == "array" or is_plural(before.name, entry.name)


def _opens(entry: RowEntry, path: Path, shape: Shape) -> bool:
    node = shape.get(path)
    if _holds_scalars(entry) and not entry.marks and not (node is not None and shape.members(path)):
        return False
    if node is not None and node.types:
        wrapper = shape.wrapper(path)
        return node.container and not (wrapper and shape.nodes[(*path, wrapper)].item_types)
    if node is not None and any(any(texts) for texts in node.texts.values()):
        return False
    return is_container(entry)


def _in_order(before: str, name: str) -> bool:
    """Whether two names stand in alphabetical order, in which capitals may come first."""
    return before.casefold() <= name.casefold() or before <= name


def _is_sorted(entries: tuple[RowEntry, ...]) -> bool:
    """Whether the table looks generated: most neighbours stand in alphabetical order."""
    # the row of an item starts a level of its own
    pairs = [(a, b) for a, b in pairwise(entries) if not is_header(a) and not is_header(b)]
    return bool(pairs) and sum(_in_order(a.name, b.name) for a, b in pairs) >= 0.7 * len(pairs)
