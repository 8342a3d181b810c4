"""Every documented answer fits the contract: where a sample does not, the contract is opened, and says so.

What the schemas demand (`contract.forms`) is walked beside each sample. A member that a sample lacks is not always
there; a place where a sample has something of another form is open in that format. Each gives a note, so that a server
that answers like the documentation is never accused, and nobody has to guess why a schema is as weak as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from attrs import evolve, frozen
from lxml import etree

from conformance.contract.forms import QUOTED, UTC_TIME, Form, form
from conformance.contract.model import Contract, Field, Sample
from conformance.derive.loose_json import Unreadable
from conformance.derive.loose_xml import Element, read_xml
from conformance.derive.misnested import is_set_aside

Path = tuple[str, ...]
_NAME = re.compile(r"[^\W\d][\w.-]*")  # what can be the name of an element


class _Forms:
    """The forms of the members of each path, and which of them must be there; each is made once."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._made: dict[Path, tuple[dict[str, Form], dict[str, int], list[str]]] = {}

    def of(self, path: Path, members: tuple[Field, ...], present: Iterable[str]) -> list[Form]:
        """The forms of the members that are present or must be, in the order of the contract."""
        if path not in self._made:
            forms = {m.name: form(self.contract, (*path, m.name), m) for m in reversed(members)}
            order = {m.name: i for i, m in enumerate(members)}
            self._made[path] = forms, order, [name for name, f in forms.items() if f.required]
        forms, order, required = self._made[path]
        names = {name for name in present if name in forms}.union(required)
        return [forms[name] for name in sorted(names, key=order.__getitem__)]


@frozen
class Mismatch:
    """A place where a sample does not fit. `found` says what is there; None where nothing is."""

    path: Path
    found: str | None = None


def agreeing(contract: Contract) -> Contract:
    """The contract, with choices, opened as far as its samples of responses need; a note for each that it needed."""
    missing: dict[Path, None] = {}
    opened: dict[Path, dict[Literal["json", "xml"], None]] = {}
    notes: list[str] = []
    root = contract.root
    for sample in contract.samples:
        if sample.role != "response" or sample.format == "url" or is_set_aside(sample.repairs):
            continue  # what is set aside has its note
        place = str(sample.citations[0])
        found, said = _compared(contract, sample)
        notes += [f"{place}: {text}" for text in said]
        for m in found:
            if not m.path:
                notes.append(f"{place}: the response is {m.found}, not {contract.root}")
                root = root if _any_object(contract) else "unknown"
            elif m.found is None:
                missing[m.path] = None
                notes.append(f"{'.'.join(m.path)} is not always there: it is missing in a sample ({place})")
            else:
                opened.setdefault(m.path, {})[sample.format] = None
                notes.append(f"{'.'.join(m.path)} is open in {sample.format}: a sample has {m.found} there ({place})")
    response = contract.response
    if missing or opened:
        response = tuple(_opened(f, (), missing, opened) for f in response)
    return evolve(contract, response=response, root=root, notes=tuple(dict.fromkeys((*contract.notes, *notes))))


def _any_object(contract: Contract) -> bool:
    """Whether some JSON sample is a response of the documented type object."""
    if contract.root != "object":
        return False
    bodies = (s.body for s in contract.samples if s.role == "response" and s.format == "json")
    return any(isinstance(json.loads(body), dict) for body in bodies)


def _opened(
    field: Field,
    above: Path,
    missing: Mapping[Path, None],
    opened: Mapping[Path, Mapping[Literal["json", "xml"], None]],
) -> Field:
    path = (*above, field.name)
    return evolve(
        field,
        members=tuple(_opened(m, path, missing, opened) for m in field.members),
        presence="sometimes" if path in missing else field.presence,
        open_in=tuple(dict.fromkeys((*field.open_in, *sorted(opened.get(path, ()))))),
    )


def _compared(contract: Contract, sample: Sample) -> tuple[list[Mismatch], list[str]]:
    """What does not fit, and what can be said of the sample as a whole."""
    forms = _Forms(contract)
    inside = (contract.operation, f"{contract.operation}Response")
    if sample.format == "json":
        value = json.loads(sample.body)
        name = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
        if name in inside and contract.at(name) is None and isinstance(value[name], dict):
            return list(_json(forms, value[name])), [f"the response stands in a member {name}"]
        return list(_json(forms, value)), []
    try:
        element, _ = read_xml(sample.body)
    except Unreadable as error:
        return [], [f"is not compared: {error}"]
    said = []
    if (problem := _malformed(sample.body)) is not None:
        said.append(f"is no well-formed XML: {problem}")
    if contract.root != "object":
        return [], [*said, f"is not compared, as the response is no object but {contract.root}"]
    names = {f.name for f in contract.response}
    if element.name in names:
        said.append(f"the root element is left out, <{element.name}> is its member")
        element = Element("", "", (element,))
        # it stands alone because the root is lost, and what is beside it may be lost as well
        found = _xml_members(forms, (), contract.response, element)
        return [m for m in found if m.found is not None or len(m.path) > 1], said
    if element.name not in inside:
        inner = (c.children if c.name in inside and c.name not in names else (c,) for c in element.children)
        children = tuple(c for group in inner for c in group)
        if children != element.children:
            said.append(f"the response stands in <{element.name}> around its own root element")
        element = Element(element.name, element.text, children)
    return list(_xml_members(forms, (), contract.response, element)), said


def _malformed(body: str) -> str | None:
    """What keeps a parser from reading a sample; the repairs of a reader do not mend everything."""
    try:
        etree.fromstring(body.encode("utf-8", "replace"), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return re.sub(r", line \d+, column \d+.*", "", str(error.msg))
    return None


# --------------------------------------------------------------------------------------------------------- JSON


def _json(forms: _Forms, value: Any) -> Iterator[Mismatch]:
    if forms.contract.root == "object":
        yield from _json_members(forms, (), forms.contract.response, value)
    elif forms.contract.root != "unknown" and not _is(value, forms.contract.root):
        yield Mismatch((), _kind(value))


def _json_members(forms: _Forms, path: Path, members: tuple[Field, ...], value: Any) -> Iterator[Mismatch]:
    if not isinstance(value, dict):
        yield Mismatch(path, _kind(value))
        return
    for shape in forms.of(path, members, value):
        m = shape.field
        below = (*path, m.name)
        if m.name in value:
            yield from () if shape.is_open("json") else _json_field(forms, below, shape, value[m.name])
        elif shape.required:
            yield Mismatch(below)


def _json_field(forms: _Forms, path: Path, shape: Form, value: Any) -> Iterator[Mismatch]:
    f = shape.field
    if f.type == "array":
        if not isinstance(value, list):
            yield Mismatch(path, _kind(value))
        elif f.members:
            for item in value:
                yield from _json_members(forms, path, f.members, item)
        else:
            types = (f.item_type or "string",)
            yield from (Mismatch(path, f"items of type {_kind(i)}") for i in value if not _is_any(i, types))
    elif f.type == "object":
        values = value if shape.array_of_one and isinstance(value, list) and len(value) < 2 else [value]
        for one in values:
            yield from _json_members(forms, path, f.members, one)
    elif not (shape.may_be_empty and value in ("", None)) and not _is_any(value, shape.types, shape.is_time):
        yield Mismatch(path, _kind(value) if not isinstance(value, str) else "text of another form")


def _is_any(value: Any, types: tuple[str, ...], time: bool = False) -> bool:
    """Whether a value is of one of the types, as schemas say it; a type that is none of a scalar allows everything."""
    if time and isinstance(value, str) and not re.search(f"^{UTC_TIME}$", value):
        return False
    known = [t for t in types if t in _SCALARS]
    if not known:
        return True
    pattern = next((QUOTED[t] for t in known if t in QUOTED and "string" in known), None)
    if pattern and isinstance(value, str) and not re.search(f"^({pattern})$", value):
        return False
    return any(_is(value, t) for t in known)


_SCALARS: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip


def _is(value: Any, type: str) -> bool:
    if type in ("array", "object"):
        return isinstance(value, list if type == "array" else dict)
    if isinstance(value, bool):
        return type == "boolean"
    if type == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _SCALARS[type]) if type in _SCALARS else True


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "a boolean", int: "an integer", float: "a number"}
    return names.get(type(value), "null")


# ---------------------------------------------------------------------------------------------------------- XML


def _xml_members(forms: _Forms, path: Path, members: tuple[Field, ...], element: Element) -> Iterator[Mismatch]:
    if element.text.strip():
        yield Mismatch(path, "text")
        return
    named: dict[str, list[Element]] = {}
    for child in element.children:
        named.setdefault(child.name, []).append(child)
    for shape in forms.of(path, members, named):
        m = shape.field
        below = (*path, m.name)
        same = named.get(m.name, [])
        if not _NAME.fullmatch(m.name) or shape.is_open("xml"):
            if shape.required and not same and _NAME.fullmatch(m.name):
                yield Mismatch(below)
        elif m.type == "array" and not m.xml_item:
            yield from _xml_items(forms, below, m, same)
        elif not same:
            yield from (Mismatch(below),) if shape.required else ()
        elif len(same) > 1:
            yield Mismatch(below, "several elements")
        else:
            yield from _xml_field(forms, below, shape, same[0])


def _xml_field(forms: _Forms, path: Path, shape: Form, element: Element) -> Iterator[Mismatch]:
    f = shape.field
    if f.type == "array":
        if element.text.strip():
            yield Mismatch(path, "text")
        else:
            yield from _xml_items(forms, path, f, [c for c in element.children if c.name == f.xml_item])
    elif f.type == "object":
        yield from _xml_members(forms, path, f.members, element)
    else:
        pattern = f"({UTC_TIME})" if shape.is_time else next((QUOTED[t] for t in shape.types if t in QUOTED), None)
        yield from _xml_text(path, element, pattern, shape.may_be_empty)


def _xml_items(forms: _Forms, path: Path, field: Field, items: list[Element]) -> Iterator[Mismatch]:
    for item in items:
        if field.members:
            yield from _xml_members(forms, path, field.members, item)
        else:
            yield from _xml_text(path, item, QUOTED.get(field.item_type or "string"), may_be_empty=True)


def _xml_text(path: Path, element: Element, pattern: str | None, may_be_empty: bool) -> Iterator[Mismatch]:
    text = " ".join(element.text.split())
    if element.children:
        yield Mismatch(path, "elements")
    elif pattern and not (may_be_empty and not text) and not re.fullmatch(pattern, text):
        yield Mismatch(path, "text of another form")
