"""Bodies as they are read: parsed in whichever format they are, and walked along paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from conformance.contract.model import Field
from conformance.wire.exchange import Format
from conformance.wire.parsing import BYTE_ORDER_MARK, Malformed, XmlNode, parse_json, parse_xml

HTML = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body)\b")
SHOWN_OF_A_BODY = 40
GZIP = b"\x1f\x8b"


@frozen
class Body:
    """A parsed body: its actual format, the JSON value or XML root, and what the parser had against it."""

    format: Format
    value: Any
    duplicates: tuple[str, ...] = ()


def read_body(data: bytes) -> Body | str:
    """The parsed body, or a phrase that says why there is none.

    It is parsed by its first character, not by what was asked for or by the Content-Type.
    """
    stripped = data.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")
    if not stripped:
        return "empty"
    try:
        if stripped.startswith(b"<"):
            if HTML.match(stripped):
                return "an HTML page"
            root = parse_xml(data)
            return Body("xml", root)
        parsed = parse_json(data)
        return Body("json", parsed.value, tuple(parsed.duplicates))
    except Malformed as problem:
        if stripped[:1] in b"<{[":
            return str(problem)
        if stripped.startswith(GZIP):
            return "gzip that no Content-Encoding announces"
        beginning = stripped[:SHOWN_OF_A_BODY].decode("utf-8", "replace")
        return f"neither JSON nor XML: it begins {beginning!r}"


def members_at(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """The items at a path, through objects, arrays of one object, and arrays of items."""
    if isinstance(value, list):
        for entry in value:
            if not names:
                yield entry
            else:
                yield from members_at(entry, names)
    elif names and isinstance(value, Mapping) and names[0] in value:
        yield from members_at(value[names[0]], names[1:])


def holders_at(value: Any, names: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """The objects at a path, through arrays."""
    if isinstance(value, list):
        for entry in value:
            if isinstance(entry, (dict, list)):
                yield from holders_at(entry, names)
    elif isinstance(value, dict):
        if not names:
            yield value
        elif names[0] in value:
            yield from holders_at(value[names[0]], names[1:])


def xml_members(element: XmlNode, fields: Sequence[Field]) -> dict[str, Any]:
    """The children of an element as members: lists by the contract, anything it does not know as text."""
    known = {f.name: f for f in fields}
    members: dict[str, Any] = {}
    for child in element.children:
        f = known.get(child.name)
        if f is not None and f.type == "array":
            members.setdefault(child.name, []).extend(_xml_items(child, f))
        elif f is not None and f.members:
            members[child.name] = xml_members(child, f.members)
        else:
            members[child.name] = child.text
    return members


def _xml_items(child: XmlNode, f: Field) -> list[Any]:
    """One item for `<Task>` repeated under its wrapper; several for an unwrapped list `<Items><Item/>…</Items>`."""
    entries = child.named(f.xml_item) if f.xml_item else [child]
    return [xml_members(e, f.members) if f.members else e.text for e in entries]


def folded(name: str) -> str:
    """A name without capitals, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").casefold()


def named_like(tree: Mapping[str, Any], name: str) -> str | None:
    """The member of that very name, or else of one that is written otherwise: `requestId` for `RequestId`."""
    if name in tree:
        return name
    wanted = folded(name)
    return next((member for member in tree if folded(member) == wanted), None)
