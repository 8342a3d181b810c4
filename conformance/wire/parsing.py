"""Bodies as plain trees, read as an untrusted stranger's: no entities, no network, bounded depth, UTF-8 only."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn

from attrs import define, frozen
from lxml import etree

MAX_DEPTH = 64
# elements, or objects and arrays, of one document: each takes many times the memory of its text
MOST_PARTS = 150_000
# members and entries of one JSON document, whatever they are
MOST_VALUES = 500_000
MOST_ATTRIBUTES = 1000
ATTRIBUTE = re.compile(rb"""\s*+[^\s=>/]++\s*+=\s*+(?:"[^"]*+"|'[^']*+')""")
START_TAG = re.compile(rb"""[^\s>/]++(?:\s*+[^\s=>/]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))*+""")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SURROGATE = re.compile(rb"\\u[dD][89abAB]")
XML_ENCODING = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)
NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Malformed(ValueError):
    """The body is not a document of its format. The message is one sentence and quotes little of the body."""


@frozen
class JsonDocument:
    """`value` is made of dict, list, str, int, float, bool and None. Of a duplicate member the last value is
    kept.

    `duplicates` holds the names of members that appear twice in one object, in order, each once.
    """

    value: Any
    duplicates: tuple[str, ...] = ()


@define(slots=True)
class XmlNode:
    """An element. `text` is its own character data, all pieces joined; the caller changes nothing in it.

    A name in a namespace is `{namespace}name`.
    """

    name: str
    text: str
    children: Sequence[XmlNode]
    attributes: Mapping[str, str]

    def child(self, name: str) -> XmlNode | None:
        """The first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def named(self, name: str) -> list[XmlNode]:
        """The children of that name, in order."""
        return [child for child in self.children if child.name == name]


def parse_json(body: bytes) -> JsonDocument:
    """Raises Malformed for what RFC 8259 does not allow, NaN and infinities included, for nesting over MAX_DEPTH, and
    for more than any answer holds.
    """
    text = _text(body.removeprefix(BYTE_ORDER_MARK), "JSON")
    duplicates: dict[str, None] = {}
    _bound_parts(text.count("{") + text.count("["), "JSON")

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            times = Counter(name for name, _ in pairs)
            duplicates.update(dict.fromkeys(name for name in found if times[name] > 1))
        return found

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        why = error.msg.removesuffix(" at")
        raise Malformed(f"not JSON: {why} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise Malformed(f"JSON nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:
        if "string conversion" in str(error):
            raise Malformed("JSON with a number of more digits than can be read") from error
        raise Malformed(f"not JSON: {error}") from error
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _bound(value, MAX_DEPTH)
    if text.count(",") >= MOST_VALUES:
        _bound_values(value)
    if SURROGATE.search(body):
        _encodable(value)
    return JsonDocument(value, tuple(duplicates))


def parse_xml(body: bytes) -> XmlNode:
    """The root element. Raises Malformed for what is not well-formed, a DTD, another encoding, or too deep a
    nesting.

    Comments and processing instructions are passed over; CDATA is text.
    """
    declared = XML_ENCODING.match(body.removeprefix(BYTE_ORDER_MARK))
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise Malformed(f"XML declared as {declared.group(1).decode()}, where UTF-8 is documented")
    _text(body, "XML")
    _bound_parts(body.count(b"<") - body.count(b"</"), "XML")
    _bound_attributes(body)
    try:
        root = etree.fromstring(body, PARSER)
    except etree.XMLSyntaxError as error:
        why = " ".join(str(error.msg or "no element").split()).split(", use XML_PARSE_HUGE")[0]
        raise Malformed(f"not well-formed XML: {why}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("XML with a document type declaration, which no response needs")
    return _node(root, MAX_DEPTH)


def _node(element: Any, depth: int) -> XmlNode:
    if depth == 0:
        raise Malformed(f"XML nested deeper than {MAX_DEPTH} levels")
    text = element.text or ""
    if not len(element) and not element.attrib:  # by far the most
        return XmlNode(element.tag, text, (), NO_ATTRIBUTES)
    children = []
    for child in element:
        children.append(_node(child, depth - 1))
        if child.tail:
            text += child.tail
    return XmlNode(element.tag, text, children, dict(element.attrib) if element.attrib else NO_ATTRIBUTES)


def _text(body: bytes, format: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"{format} that is not UTF-8 (byte {error.start})") from error


def _bound_parts(parts: int, format: str) -> None:
    if parts > MOST_PARTS:
        what = "elements" if format == "XML" else "objects and arrays"
        raise Malformed(f"{format} of more than {MOST_PARTS:,} {what}")


def _bound_values(value: Any) -> None:
    """A comma may stand in a text: only what is read can be counted."""
    found, left = 0, [value] if isinstance(value, dict | list) else []
    while left:
        inner = left.pop()
        found += len(inner)
        if found > MOST_VALUES:
            raise Malformed(f"JSON of more than {MOST_VALUES:,} values")
        left.extend(child for child in _children(inner) if isinstance(child, dict | list))


def _bound_attributes(body: bytes) -> None:
    """The parser takes time by the square of them. No raw `<` stands in a start tag."""
    for piece in body.split(b"<"):
        if piece.count(b"=") > MOST_ATTRIBUTES and piece[:1] not in b"!?/":
            tag = START_TAG.match(piece)
            if tag is not None and len(ATTRIBUTE.findall(tag[0])) > MOST_ATTRIBUTES:
                raise Malformed(f"XML with an element of more than {MOST_ATTRIBUTES} attributes")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is out of range")
    return number


def _bound(value: Any, depth: int) -> None:
    level = [value]
    for _ in range(depth):
        level = [child for container in level for child in _children(container) if isinstance(child, dict | list)]
        if not level:
            return
    raise Malformed(f"JSON nested deeper than {depth} levels")


def _children(container: Any) -> Any:
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list) else ()


def _encodable(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("JSON with half of a surrogate pair, which is no character") from error
