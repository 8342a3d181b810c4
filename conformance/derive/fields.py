"""The response tree of one page, from its rows, their places, and the shape of its samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from attrs import define, evolve, frozen

from conformance.contract.model import Citation, Constraint, Field, FieldType
from conformance.derive import nesting, prose, words
from conformance.derive.rows import RowEntry
from conformance.derive.shape import Node, Path, Shape, singular
from conformance.derive.spelling import NEAR, SHORT, but_one_word, is_slip
from conformance.derive.text import sentences

SCALARS = ("string", "integer", "number", "boolean")
MINUTES, SECONDS = "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ"


@define
class Tree:
    """The fields of a page, and what was not certain about them."""

    fields: tuple[Field, ...]
    notes: tuple[str, ...]


def response_tree(
    entries: tuple[RowEntry, ...], shape: Shape, revision: str, known: Iterable[Path] = (), in_place: bool = False
) -> Tree:
    """The tree. `known` are paths that other revisions have: they help where this page alone does not decide.
    With `in_place` every row stands below what it is a member of.
    """
    hinted = Shape(dict(shape.nodes))
    for path in known:
        hinted.at(path)
    rows = dict(zip(nesting.nest(entries, hinted, in_place), entries, strict=True))
    notes: list[str] = []
    rows = _as_shown(rows, shape, revision, notes)
    guessed: set[Path] = set()
    placed = _wrapped(rows, shape, set(known), revision, notes, guessed)
    paths = dict.fromkeys((*placed, *(p for p in shape.nodes if p)))
    for path in list(paths):
        paths.update(dict.fromkeys(path[:i] for i in range(1, len(path))))
    below = _below(paths)
    for path, said in _untold(placed, below, shape):
        if path not in guessed:
            guessed.add(path)
            notes.append(f"{'.'.join(path)} is open: {said} ({revision}, response)")
    fields = _members((), below, _Placed(placed, _below(placed)), shape, revision)
    return Tree(tuple(_open(f, (), guessed) for f in fields) if guessed else fields, tuple(notes))


def _untold(
    placed: Mapping[Path, RowEntry | None], below: Mapping[Path, list[Path]], shape: Shape
) -> Iterator[tuple[Path, str]]:
    """Paths without members of which neither rows nor samples say what they are or hold, and in words why."""
    for path, entry in placed.items():
        if entry is not None and path not in shape and not below.get(path) and _is_untold(entry):
            yield path, "its row says nothing of what it is"
    for path, node in shape.nodes.items():
        entry = placed.get(path)
        empty = node.empty and "array" in node.types and not node.item_types and not below.get(path)
        if path and empty and (entry is None or _is_untold(entry)):
            yield path, "samples show it empty, and no row says of what"


def _is_untold(entry: RowEntry) -> bool:
    """Whether a row says neither a type nor what the items of its list are."""
    kind, item = words.type_of(entry.type)
    return not entry.example and not entry.item and (kind == "unknown" or (kind == "array" and item is None))


@frozen
class _Placed:
    """The rows by their paths (None: a wrapper that has no row), and the paths directly below each path."""

    rows: Mapping[Path, RowEntry | None]
    below: Mapping[Path, list[Path]]

    def get(self, path: Path) -> RowEntry | None:
        """The row at a path."""
        return self.rows.get(path)


def _below(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = {}
    for path in paths:
        found.setdefault(path[:-1], []).append(path)
    return found


def _open(field: Field, above: Path, guessed: set[Path]) -> Field:
    """The field, open where only a guess says what it is, or how a list of plain values is written."""
    path = (*above, field.name)
    members = tuple(_open(m, path, guessed) for m in field.members)
    return evolve(field, members=members, open_in=("json", "xml") if path in guessed else field.open_in)


def _as_shown(rows: Mapping[Path, RowEntry], shape: Shape, revision: str, notes: list[str]) -> dict[Path, RowEntry]:
    """The rows under the names that the samples spell with other letters, where a row and a member are left over.

    Which spelling is right nobody knows, so that such a field is never there without fail.
    """
    found: dict[Path, RowEntry] = {}
    left: dict[tuple[Path, str], list[str]] = {}
    for path, node in shape.nodes.items():
        if path and path not in rows and not node.container:
            for key in but_one_word(path[-1]):
                left.setdefault((path[:-1], key), []).append(path[-1])
    for path, entry in rows.items():
        parent = path[:-1]
        alone = path not in shape and len(path[-1]) > SHORT and nesting.is_container(entry) is False
        near = {n: None for key in but_one_word(path[-1]) for n in left.get((parent, key), ())[:NEAR]} if alone else ()
        close = [n for n in near if is_slip(n, path[-1])]
        if len(close) == 1 and (*parent, close[0]) not in found:
            shown = (*parent, close[0])
            notes.append(f"{'.'.join(shown)} is spelt {path[-1]} in its row ({revision}, response, {entry.label})")
            shape.nodes[shown].seen.clear()
            path = shown
        found[path] = entry
    return found


def _wrapped(
    placed: Mapping[Path, RowEntry],
    shape: Shape,
    known: set[Path],
    revision: str,
    notes: list[str],
    guessed: set[Path],
) -> dict[Path, RowEntry | None]:
    """Lists that no sample shows get the wrapper that every list of the same page has."""
    wraps = any(n.forms for n in shape.nodes.values()) or not any(
        "array" in n.types and not p[:-1] for p, n in shape.nodes.items()
    )
    moved: dict[Path, str] = {}
    below, others = _below(placed), _below(p for p in known if p not in placed)
    for path, entry in placed.items():
        members = below.get(path, [])
        if entry.under or any(placed[p].under for p in members):
            continue  # rows that are named by their paths leave no wrapper out
        if entry.item:
            continue  # nor do those that have a row for each item
        if (path in shape and shape.nodes[path].types) or not nesting.is_container(entry):
            continue
        kind, item = words.type_of(entry.type)
        header = len(members) == 1 and nesting.is_header(placed[members[0]])
        if header or others.get(path) or (nesting.is_header(entry) and not members):
            continue
        # the item row of the list above is no list itself
        above = placed.get(path[:-1])
        alone = len(below.get(path[:-1], ())) == 1
        if above is not None and alone and nesting.is_header(entry) and nesting.is_container(above):
            continue
        if kind == "object" or (kind == "unknown" and singular(path[-1]) == path[-1]):
            continue
        if wraps and (members or kind == "array"):
            # plain values have no name of their own
            plain = item is None or words.type_of(item)[0] != "unknown"
            moved[path] = singular(path[-1]) if plain else item or ""
            notes.append(
                f"{'.'.join(path)} is taken for a list of {moved[path]}, as no sample shows it ({revision}, response)"
            )
    result: dict[Path, RowEntry | None] = {}
    for path, entry in placed.items():
        new: Path = ()
        for i in range(len(path)):
            new = (*new, path[i])
            if path[: i + 1] in moved and i + 1 < len(path):
                new = (*new, moved[path[: i + 1]])
        result[new] = entry
        if path in moved:
            result[(*new, moved[path])] = None
            if not below.get(path):
                guessed.add(new)
    return result


def _members(
    parent: Path, below: Mapping[Path, list[Path]], placed: _Placed, shape: Shape, revision: str
) -> tuple[Field, ...]:
    found = []
    for path in below.get(parent, ()):
        inner = _members(path, below, placed, shape, revision)
        found.append(_field(path, inner, placed, shape, revision))
    return tuple(found)


def _field(path: Path, members: tuple[Field, ...], placed: _Placed, shape: Shape, revision: str) -> Field:
    entry, node = placed.get(path), shape.get(path)
    type, item = _types(path, entry, node, members, placed, shape)
    cited = (Citation(revision, "response", entry.label),) if entry else ()
    field = Field(
        name=path[-1],
        type=type,
        citations=cited or _sample_citations(node, revision) or (Citation(revision, "response"),),
        members=members,
        item_type=item,
        xml_item=node.xml_item if node else None,
        presence="always" if shape.always(path) else "sometimes",
    )
    if type in ("object", "array"):
        return field
    return evolve(field, examples=_examples(entry, node), constraints=_constraints(field, entry, node, revision))


def _types(
    path: Path,
    entry: RowEntry | None,
    node: Node | None,
    members: tuple[Field, ...],
    placed: _Placed,
    shape: Shape,
) -> tuple[FieldType, FieldType | None]:
    documented = words.type_of(entry.type)[0] if entry else "unknown"
    if node and node.item_types:
        return "array", next(iter(sorted(node.item_types)))
    if node and "array" in node.types:
        return ("array", None) if members or not node.empty else ("array", None if members else "string")
    if node and node.types & {"object"}:
        # one element in XML may be one of several, where its row says so and it wraps nothing
        one_of_them = documented == "array" and node.formats == {"xml"} and len(members) > 1
        return ("array" if one_of_them or _only_item(path, placed, shape) else "object"), None
    if members:
        listed = documented == "array" and not _has_item_row(path, members, placed)
        return ("array" if listed or _only_item(path, placed, shape) else "object"), None
    if documented in SCALARS:
        return documented, None
    if documented == "array" or _only_item(path, placed, shape):
        return "array", "string"
    seen = sorted(node.types) if node else []
    if documented == "object" and not seen and not (node and any(t for shown in node.texts.values() for t in shown)):
        return "object", None  # of which nothing is said but that
    return (seen[0] if seen else "string"), None


def _has_item_row(path: Path, members: tuple[Field, ...], placed: _Placed) -> bool:
    return len(members) == 1 and members[0].type == "array"


def _only_item(path: Path, placed: _Placed, shape: Shape) -> bool:
    """Whether a path is the item of the list around it, although samples show one at most."""
    above = placed.get(path[:-1])
    if above is None or not path[:-1]:
        return False
    kind = words.type_of(above.type)[0]
    entry = placed.get(path)
    header = entry is None or nesting.is_header(entry)
    siblings = {p[-1] for p in placed.below.get(path[:-1], ())} | set(shape.members(path[:-1]))
    return header and len(siblings) == 1 and (kind in ("array", "unknown"))


def _sample_citations(node: Node | None, revision: str) -> tuple[Citation, ...]:
    return _cited(tuple(sorted(node.formats)), revision) if node else ()


@lru_cache(maxsize=256)
def _cited(formats: tuple[str, ...], revision: str) -> tuple[Citation, ...]:
    return tuple(Citation(revision, "examples", f.upper()) for f in formats)


def _examples(entry: RowEntry | None, node: Node | None) -> tuple[str, ...]:
    texts = [entry.example] if entry and entry.example else []
    for _, shown in sorted(node.texts.items()) if node else ():
        texts += [t for t in shown if t]
    return tuple(dict.fromkeys(texts))[:4]


def time_pattern(text: str) -> str | None:
    """The documented name of the format that a time is written in."""
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", text):
        return MINUTES
    return SECONDS if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text) else None


def _constraints(field: Field, entry: RowEntry | None, node: Node | None, revision: str) -> tuple[Constraint, ...]:
    row = entry.label if entry else None
    found = []
    if entry:
        for f in prose.findings(entry.name, field.type, sentences(entry.description)):
            if f.kind in ("enum", "time_format") and f.value != prose.EPOCH_MS:
                value = list(f.value) if isinstance(f.value, tuple) else f.value
                found.append(Constraint(f.kind, value, (Citation(revision, "response", row, f.sentence),)))
    for format, texts in sorted(node.texts.items()) if node else ():
        patterns = {time_pattern(t) for t in texts if t}
        if len(patterns) == 1 and None not in patterns:
            found.append(Constraint("time_format", patterns.pop(), (Citation(revision, "examples", format.upper()),)))
    if entry and (pattern := time_pattern(entry.example)) and not any(c.kind == "time_format" for c in found):
        found.append(Constraint("time_format", pattern, (Citation(revision, "response", row),)))
    if entry and field.type == "integer" and words.is_long(entry.type):
        found.append(Constraint("bits", 64, (Citation(revision, "response", row),)))
    return joined(found)


def joined(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """One constraint for each kind and value, with the citations of all. A list of values names each once: pages
    repeat those that stand below several conditions.
    """
    found: list[Constraint] = []
    citations: dict[tuple[str, str], dict[Citation, None]] = {}
    for new in constraints:
        if new.kind == "enum" and isinstance(new.value, list):
            # 1 and true are two values, and equal
            new = evolve(new, value=list({repr(v): v for v in new.value}.values()))
        key = (new.kind, repr(new.value))
        if key in citations:
            citations[key].update(dict.fromkeys(new.citations))
        else:
            citations[key] = dict.fromkeys(new.citations)
            found.append(new)
    return tuple(evolve(c, citations=tuple(citations[c.kind, repr(c.value)])) for c in found)
