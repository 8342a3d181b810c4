"""The response tree of one page, from its rows, their places, and the shape of its samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from attrs import define, evolve

from conformance.contract.model import Citation, Constraint, Field, FieldType
from conformance.derive import nesting, prose, words
from conformance.derive.rows import RowEntry
from conformance.derive.shape import Node, Path, Shape, singular
from conformance.derive.text import sentences

SCALARS = ("string", "integer", "number", "boolean")
MINUTES, SECONDS = "yyyy-MM-ddTHH:mmZ", "yyyy-MM-ddTHH:mm:ssZ"


@define
class Tree:
    """The fields of a page, and what was not certain about them."""

    fields: tuple[Field, ...]
    notes: tuple[str, ...]


def response_tree(entries: tuple[RowEntry, ...], shape: Shape, revision: str, known: Iterable[Path] = ()) -> Tree:
    """The tree. `known` are paths that other revisions have: they help where this page alone does not decide."""
    hinted = Shape(dict(shape.nodes))
    for path in known:
        hinted.nodes.setdefault(path, Node())
    rows = dict(zip(nesting.nest(entries, hinted), entries, strict=True))
    notes: list[str] = []
    placed = _wrapped(rows, shape, set(known), revision, notes)
    paths = list(placed) + [p for p in shape.nodes if p and p not in placed]
    for path in list(paths):
        paths += [path[:i] for i in range(1, len(path)) if path[:i] not in paths]
    return Tree(_members((), paths, placed, shape, revision), tuple(notes))


def _wrapped(
    placed: Mapping[Path, RowEntry], shape: Shape, known: set[Path], revision: str, notes: list[str]
) -> dict[Path, RowEntry | None]:
    """Lists that no sample shows get the wrapper that every list of the same page has."""
    wraps = any(n.forms for n in shape.nodes.values()) or not any(
        "array" in n.types and not p[:-1] for p, n in shape.nodes.items()
    )
    moved: dict[Path, str] = {}
    for path, entry in placed.items():
        if (path in shape and shape.nodes[path].types) or not nesting.is_container(entry):
            continue
        members = [p for p in placed if p[:-1] == path]
        kind, item = words.type_of(entry.type)
        header = [p for p in members if nesting.is_header(placed[p])]
        if (
            header
            or any(p[:-1] == path and p not in placed for p in known)
            or (nesting.is_header(entry) and not members)
        ):
            continue
        # the item row of the list above is no list itself
        above = placed.get(path[:-1])
        if above is not None and nesting.is_header(entry) and nesting.is_container(above):
            continue
        if kind == "object" or (kind == "unknown" and singular(path[-1]) == path[-1]):
            continue
        if wraps and (members or kind == "array"):
            moved[path] = item or singular(path[-1])
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
    return result


def _members(
    parent: Path, paths: list[Path], placed: Mapping[Path, RowEntry | None], shape: Shape, revision: str
) -> tuple[Field, ...]:
    found = []
    for path in dict.fromkeys(p for p in paths if p[:-1] == parent):
        inner = _members(path, paths, placed, shape, revision)
        found.append(_field(path, inner, placed, shape, revision))
    return tuple(found)


def _field(
    path: Path, members: tuple[Field, ...], placed: Mapping[Path, RowEntry | None], shape: Shape, revision: str
) -> Field:
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
    placed: Mapping[Path, RowEntry | None],
    shape: Shape,
) -> tuple[FieldType, FieldType | None]:
    documented = words.type_of(entry.type)[0] if entry else "unknown"
    if node and node.item_types:
        return "array", next(iter(sorted(node.item_types)))
    if node and "array" in node.types:
        return ("array", None) if members or not node.empty else ("array", None if members else "string")
    if node and node.types & {"object"}:
        return ("array" if _only_item(path, placed, shape) else "object"), None
    if members:
        listed = documented == "array" and not _has_item_row(path, members, placed)
        return ("array" if listed or _only_item(path, placed, shape) else "object"), None
    if documented in SCALARS:
        return documented, None
    if documented == "array" or _only_item(path, placed, shape):
        return "array", "string"
    seen = sorted(node.types) if node else []
    return (seen[0] if seen else "string"), None


def _has_item_row(path: Path, members: tuple[Field, ...], placed: Mapping[Path, RowEntry | None]) -> bool:
    return len(members) == 1 and members[0].type == "array"


def _only_item(path: Path, placed: Mapping[Path, RowEntry | None], shape: Shape) -> bool:
    """Whether a path is the item of the list around it, although samples show one at most."""
    above = placed.get(path[:-1])
    if above is None or not path[:-1]:
        return False
    kind = words.type_of(above.type)[0]
    entry = placed.get(path)
    header = entry is None or nesting.is_header(entry)
    siblings = {p for p in (*placed, *shape.nodes) if p[:-1] == path[:-1]}
    return header and len(siblings) == 1 and (kind in ("array", "unknown"))


def _sample_citations(node: Node | None, revision: str) -> tuple[Citation, ...]:
    return tuple(Citation(revision, "examples", f.upper()) for f in sorted(node.formats)) if node else ()


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
    return joined(found)


def joined(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """One constraint for each kind and value, with the citations of all."""
    found: list[Constraint] = []
    for new in constraints:
        for i, old in enumerate(found):
            if old.kind == new.kind and old.value == new.value:
                found[i] = evolve(old, citations=tuple(dict.fromkeys((*old.citations, *new.citations))))
                break
        else:
            found.append(new)
    return tuple(found)
