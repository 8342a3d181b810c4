"""The tree that the samples of a response show: which members, of which types, how often, in which form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from attrs import Factory, define, field

from conformance.contract.model import FieldType
from conformance.derive.loose_xml import Element
from conformance.derive.samples import Reading

Path = tuple[str, ...]
IsWrapper = Callable[[str, str], bool]


@define
class Node:
    """What the samples show at one path.

    `types` are the JSON types seen (`object` and `array` included), `item_types` those of scalar items of an array;
    `forms` the ways a list is written (`object`, `array-of-one`), each with the format that shows it; `seen` and
    `instances` count, for each sample, the parents that have the member and the objects that may have members.
    """

    types: set[FieldType] = Factory(set)
    item_types: set[FieldType] = Factory(set)
    forms: dict[str, set[str]] = Factory(dict)
    formats: set[str] = Factory(set)
    texts: dict[str, dict[str, None]] = Factory(dict)
    seen: dict[int, int] = Factory(dict)
    instances: dict[int, int] = Factory(dict)
    repeated: bool = False
    empty: bool = False
    xml_item: str | None = None

    @property
    def container(self) -> bool:
        """Whether what was seen here can have members."""
        return bool(self.types & {"object", "array"}) and not self.item_types


@define
class Shape:
    """`wrappers` are lists whose item has an element in XML and a row in the table; `notes` what was set right.

    `spelt` are names of rows with capitals inside, by the same in small letters; `respelt` those that samples write so.
    """

    nodes: dict[Path, Node] = Factory(dict)
    wrappers: dict[str, str] = Factory(dict)
    notes: list[str] = Factory(list)
    spelt: dict[str, str] = Factory(dict)
    respelt: dict[str, str] = Factory(dict)
    _below: dict[Path, dict[str, None]] = field(init=False, factory=dict, repr=False, eq=False)
    _folded: dict[tuple[Path, str], list[str]] = field(init=False, factory=dict, repr=False, eq=False)
    _called: dict[str, list[Path]] = field(init=False, factory=dict, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        for path in self.nodes:
            self._index(path)

    def _index(self, path: Path) -> None:
        if path:
            self._below.setdefault(path[:-1], {})[path[-1]] = None
            self._called.setdefault(path[-1], []).append(path)
            self._folded.setdefault((path[:-1], path[-1].casefold()), []).append(path[-1])

    def at(self, path: Path) -> Node:
        """The node at a path, made if it is not there. Nodes are added by this alone."""
        node = self.nodes.get(path)
        if node is None:
            node = self.nodes[path] = Node()
            self._index(path)
        return node

    def spelling(self, shown: str) -> str:
        """The name that a sample shows, as the rows spell it where the sample has lost its capitals."""
        row = self.spelt.get(shown.casefold())
        if row is None or shown[1:] != shown[1:].casefold():
            return shown
        self.respelt.setdefault(row, shown)
        return row

    def called(self, name: str) -> Sequence[Path]:
        """The paths that end in a name, in the order in which they were seen."""
        return self._called.get(name, ())

    def __contains__(self, path: Path) -> bool:
        return path in self.nodes

    def get(self, path: Path) -> Node | None:
        """What was seen at a path, or None."""
        return self.nodes.get(path)

    def members(self, path: Path) -> tuple[str, ...]:
        """The names seen directly below a path."""
        return tuple(self._below.get(path, ()))

    def names_below(self, path: Path) -> set[str]:
        """The names seen below a path, at any depth."""
        found: set[str] = set()
        open = [path]
        while open:
            path = open.pop()
            found.update(self._below.get(path, ()))
            open += [(*path, name) for name in self._below.get(path, ())]
        return found

    def alike(self, path: Path, name: str) -> Sequence[str]:
        """The names seen directly below a path that differ from this one in capitals at most."""
        return self._folded.get((path, name.casefold()), ())

    def wrapper(self, path: Path) -> str | None:
        """The only member of a container, where that is a list or shows no other reading."""
        names = self._below.get(path, {})
        if len(names) != 1:
            return None
        name = next(iter(names))
        child = self.nodes[(*path, name)]
        return name if child.container or child.item_types else None

    def always(self, path: Path) -> bool:
        """Whether every parent that any sample shows has the member."""
        node, parent = self.nodes.get(path), self.nodes.get(path[:-1])
        if node is None or parent is None:
            return False
        return all(node.seen.get(i, 0) == n for i, n in parent.instances.items() if n)


_INNER_PLURAL = re.compile(r"(?<=[a-z])s(?=[A-Z]|$)")


@lru_cache(maxsize=16384)
def is_plural(name: str, of: str) -> bool:
    """Whether a list of `of` may be called `name`: TaskSet of Task, Tags of Tag, Policies of Policy."""
    n, o = name.casefold(), of.casefold()
    if n != o and _INNER_PLURAL.sub("", name).casefold() == _INNER_PLURAL.sub("", of).casefold():
        return True  # PortsAndProtocols of PortAndProtocol
    stems = {o, o.removesuffix("y") + "ie"}
    return any(n in (s + "s", s + "es", s + "set", s + "sets", s + "list", s + "infos", s + "info") for s in stems)


# what takes -es in the plural (Switches, Indexes, Statuses; not Caches, whose e is its own)
_HISSING = re.compile(r"((?<=[a-z])(?:[tnr]ch|sh|x|tus))es$")
# what ends like Status and Analysis, and is a plural all the same
_ABBREVIATED = re.compile(r"(?:[cg]pu|sku|api)s$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def singular(name: str) -> str:
    """The name of one of them: Tags, TaskSet, Policies and Switches give Tag, Task, Policy and Switch."""
    if hissing := _HISSING.search(name):
        return name[: hissing.start()] + hissing.group(1)
    if name.endswith(("ss", "us", "is")) and not _ABBREVIATED.search(name):
        return name  # Address, Status, Analysis
    for plural, single in (("ies", "y"), ("sses", "ss"), ("Set", ""), ("List", ""), ("s", "")):
        if name.endswith(plural) and len(name) > len(plural):
            return name[: -len(plural)] + single
    return name


def shape(readings: Iterable[Reading], operation: str, rows: Iterable[str] = ()) -> Shape:
    """The tree of the response samples. `rows` are the names of the table's rows, which help to tell wrappers."""
    found = Shape({(): Node(types={"object"})})
    rows = list(rows)
    found.spelt.update(_spelt_out(rows))
    readings = [r for r in readings if r.role == "response" and r.value is not None]
    xml_names = dict.fromkeys(pair for r in readings if r.format == "xml" for pair in _wrappers(r.value))
    named = set(rows)
    for name, item in xml_names:
        # a list named as its item has one row, which is the list's
        if name != item and name in named and item in named and not is_plural(name, found.wrappers.get(name, "")):
            found.wrappers[name] = item

    def wraps(name: str, item: str) -> bool:
        return (name, item) in xml_names or is_plural(name, item)

    # JSON first: it tells lists from single members, which XML does not
    for number, reading in enumerate(sorted(readings, key=lambda r: r.format)):
        if reading.format == "json":
            _json(found, (), _unwrapped(reading.value, operation), number, wraps)
        elif reading.format == "xml":
            found.nodes[()].instances[number] = 1
            _members(found, (), [_unwrapped_xml(reading.value, operation)], number)
    for path, node in found.nodes.items():
        if path and path[-1] in found.respelt:
            node.seen.clear()  # which spelling is right nobody knows
    found.notes += [f"{row} is spelt {shown} in a sample" for row, shown in found.respelt.items()]
    return found


def _spelt_out(rows: Iterable[str]) -> dict[str, str]:
    """The names with capitals inside, by what is left of them where all are written small: some pages do that."""
    found: dict[str, set[str]] = {}
    for name in rows:
        found.setdefault(name.casefold(), set()).add(name)
    alone = {small: next(iter(names)) for small, names in found.items() if len(names) == 1}
    return {small: name for small, name in alone.items() if name[1:] != name[1:].casefold()}


def renamed(found: Shape, rows: Iterable[str], containers: Iterable[str]) -> Shape:
    """The shape with the table's names for containers that the samples call otherwise and fill alike.

    `rows` are the names of all rows, `containers` of those that may have members.
    """
    names = set(rows)
    seen = {path[-1] for path in found.nodes if path}
    missing = [n for n in dict.fromkeys(containers) if n not in seen]
    tried: set[Path] = set()
    while missing and len(tried) < _TRIED:
        path = next((p for p in found.nodes if p and p not in tried and _is_unnamed(found, p, names)), None)
        if path is None:
            break
        tried.add(path)
        close = get_close_matches(path[-1], missing[:_TRIED], n=1, cutoff=0.75)
        if close:
            # what stands under it comes next, under its new name
            new = (*path[:-1], close[0])
            tried = {new + p[len(path) :] if p[: len(path)] == path else p for p in tried}
            found = _moved(found, path, close[0])
            missing.remove(close[0])
    return found


_TRIED = 60  # containers; a response has a few


def _is_unnamed(found: Shape, path: Path, names: set[str]) -> bool:
    """Whether samples have a container of a name that no row has, and many of its members have rows."""
    if path[-1] in names or not found.nodes[path].container:
        return False
    below = found.names_below(path)
    return bool(below & names) and len(below & names) >= 0.4 * len(below)


def _moved(found: Shape, path: Path, name: str) -> Shape:
    new = (*path[:-1], name)
    nodes = {new + p[len(path) :] if p[: len(path)] == path else p: n for p, n in found.nodes.items()}
    return Shape(nodes, found.wrappers, [*found.notes, f"{'.'.join(new)} is called {path[-1]} in the samples"])


def _unwrapped(value: Any, operation: str) -> Any:
    """Some samples put the whole response into a member named after the operation."""
    if isinstance(value, dict) and len(value) == 1:
        (name, inner) = next(iter(value.items()))
        if name in (operation, f"{operation}Response") and isinstance(inner, dict):
            return inner
    return value


def _unwrapped_xml(root: Element, operation: str) -> Element:
    """The root with the members of the element that is named after the operation, where that is not the root."""
    if root.name in (operation, f"{operation}Response"):
        return root
    children = [
        inner
        for child in root.children
        for inner in (child.children if child.name in (operation, f"{operation}Response") else (child,))
    ]
    return Element(root.name, root.text, tuple(children))


def _wrappers(element: Element) -> Iterable[tuple[str, str]]:
    names = {c.name for c in element.children}
    if len(names) == 1:
        yield element.name, next(iter(names))
    for child in element.children:
        yield from _wrappers(child)


def _json(found: Shape, path: Path, value: Any, number: int, wraps: IsWrapper) -> None:
    node = found.at(path)
    node.formats.add("json")
    item = found.wrappers.get(path[-1]) if path else None
    if len(path) > 1 and found.wrappers.get(path[-2]) == path[-1]:
        item = None  # this is the item already
    if item and isinstance(value, list) and value and all(isinstance(v, dict) and item not in v for v in value):
        found.notes.append(f"{'.'.join(path)} lacks its {item} in JSON, which table and XML have")
        value = {item: value}
    if isinstance(value, list) and _is_array_of_one(path, value, wraps):
        node.forms.setdefault("array-of-one", set()).add("json")
        value = value[0]
    elif isinstance(value, dict) and path and len(value) == 1 and isinstance(next(iter(value.values())), list):
        node.forms.setdefault("object", set()).add("json")
    if isinstance(value, dict):
        node.types.add("object")
        node.instances[number] = node.instances.get(number, 0) + 1
        for name, member in value.items():
            name = _alike(found, path, found.spelling(name.strip()), value)
            child = found.at((*path, name))
            child.seen[number] = child.seen.get(number, 0) + 1
            _json(found, (*path, name), member, number, wraps)
    elif isinstance(value, list):
        node.types.add("array")
        node.empty |= not value
        for item in value:
            if isinstance(item, dict):
                _json(found, path, item, number, wraps)
                node.types.discard("object")
            else:
                node.item_types.add(_type(item))
                _keep(node, "json", item)
    elif value is not None:
        node.types.add(_type(value))
        _keep(node, "json", value)


def _alike(found: Shape, path: Path, name: str, value: dict[str, Any]) -> str:
    """The name as other items spell it: one item of a sample may have it in other capitals."""
    if (*path, name) in found:
        return name
    alike = next((n for n in found.alike(path, name) if n not in value), None)
    if alike:
        found.notes.append(f"{name} is read as {alike}, as other items spell it")
    return alike or name


def _is_array_of_one(path: Path, value: list[Any], wraps: IsWrapper) -> bool:
    if not path or len(value) != 1 or not isinstance(value[0], dict) or len(value[0]) != 1:
        return False
    (item, inner) = next(iter(value[0].items()))
    return isinstance(inner, list) and wraps(path[-1], item)


def _members(found: Shape, path: Path, elements: list[Element], number: int) -> None:
    """The children of elements that stand for one path."""
    for element in elements:
        named: dict[str, list[Element]] = {}
        for child in element.children:
            named.setdefault(found.spelling(child.name), []).append(child)
        for name, same in named.items():
            _xml(found, path, name, same, number)


def _xml(found: Shape, path: Path, name: str, same: list[Element], number: int) -> None:
    at = (*path, name)
    node = found.at(at)
    node.formats.add("xml")
    node.seen[number] = node.seen.get(number, 0) + 1
    node.repeated |= len(same) > 1
    items = _xml_items(node, same)
    inner = [e for e in items if e.children]
    if inner or (node.container and not node.item_types):
        if not node.types:
            node.types.add("array" if len(same) > 1 else "object")
        if "object" in node.types and len({c.name for e in inner for c in e.children}) == 1:
            child = inner[0].children[0]
            if child.children or len(inner[0].children) > 1:
                node.forms.setdefault("object", set()).add("xml")
        node.instances[number] = node.instances.get(number, 0) + len(items)
        _members(found, at, inner, number)
        return
    for element in same:
        _keep(node, "xml", element.text)
    if node.repeated and not node.types:
        node.types.add("array")
        node.item_types.add("string")


def _xml_items(node: Node, same: list[Element]) -> list[Element]:
    """The elements that stand for items: those in a wrapper that JSON does not have, or the elements themselves."""
    if "array" in node.types and len(same) == 1 and not node.repeated:
        names = {c.name for c in same[0].children}
        if len(names) == 1 and (node.item_types or all(c.children for c in same[0].children)):
            node.xml_item = next(iter(names))
            return list(same[0].children)
    return same


def _keep(node: Node, format: str, value: Any) -> None:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    node.texts.setdefault(format, {})[text] = None


def _type(value: Any) -> FieldType:
    if isinstance(value, bool):
        return "boolean"
    return _TYPES.get(type(value), "string")


_TYPES: Mapping[type, FieldType] = {int: "integer", float: "number", str: "string"}
