"""Bodies: the result or error as a tree of members, and that tree as JSON or XML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from conformance.contract.model import Field
from conformance.reference import paths
from conformance.reference.listing import ListingPage
from conformance.reference.sample import sample
from conformance.reference.signatures import epoch

if TYPE_CHECKING:
    from conformance.reference.context import Context, Query
    from conformance.reference.refusals import RefusedRequest

MILLISECONDS = "epoch-milliseconds"
"""The time format of a number of milliseconds since 1970."""
ERROR = "Error"
"""The name of the root of an error."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can hold."""
NO_OBJECT: Mapping[str, Any] = {"array": [], "string": "", "boolean": True}
"""What stands for a result that is documented to be no object."""
Tree = dict[str, Any]
Converter = Callable[[Any], Any]
ItemPlan = list[tuple[Field, Converter]]


# ----------------------------------------------------------------------------------------------------- the result


def result(context: Context, query: Query, page: ListingPage) -> Tree:
    """The response's members in the contract's order."""
    known = context.steps.known_members(context, query, page)
    tree: Tree = {}
    for field in context.contract.response:
        value = _member(context, field, (field.name,), known, page)
        if value is not None:
            tree[field.name] = value
    return tree


def known_members(context: Context, query: Query, page: ListingPage) -> dict[str, Any]:
    """The values of the response's scalars, by path."""
    semantics = context.contract.semantics
    known: dict[str, Any] = {semantics.request_id or "RequestId": context.steps.request_id(context)}
    if semantics.region_echo:
        known[semantics.region_echo] = query.region
    if semantics.paging:
        paging = semantics.paging
        echoes = ((paging.number_echo, page.number), (paging.size_echo, page.size))
        known |= {paging.total: page.total, **{path: value for path, value in echoes if path}}
    if semantics.cursor:
        known[semantics.cursor.next] = page.next
    return known


def _member(context: Context, field: Field, path: tuple[str, ...], known: Mapping[str, Any], page: ListingPage) -> Any:
    name = ".".join(path)
    if name == context.contract.semantics.items and field.members:
        return _items(context, field, page)
    if field.type == "array":
        return _wrapped(context, field, [_only_element(context, field, path, known, page)])
    if field.members:
        return _wrapper(context, field, path, known, page)
    return _scalar(known[name] if name in known else sample(field), field.type)


def _only_element(
    context: Context, field: Field, path: tuple[str, ...], known: Mapping[str, Any], page: ListingPage
) -> Any:
    """The one element of a list that is not the listing: its values are like the documented ones."""
    if not field.members:
        return _scalar(sample(field), field.item_type or "string")
    members = ((m.name, _member(context, m, (*path, m.name), known, page)) for m in field.members)
    return {name: value for name, value in members if value is not None}


def _wrapper(context: Context, field: Field, path: tuple[str, ...], known: Mapping[str, Any], page: ListingPage) -> Any:
    """An object; where it wraps the items it takes the form of the list, also of an empty one."""
    items = context.contract.semantics.items or ""
    holds_items = items.rpartition(".")[0] == ".".join(path)
    empty = context.take("empty-list", items, ".".join(path)) if holds_items and not page.items else "empty-list"
    if empty == "absent":
        return None
    members = {
        _called(context, field, m, (*path, m.name)): value
        for m in field.members
        if not (empty == "empty-wrapper" and ".".join((*path, m.name)) == items)
        and (value := _member(context, m, (*path, m.name), known, page)) is not None
    }
    if context.format == "json" and context.take("list-form", ".".join(path), items) == "array-of-one":
        return [members]
    return members


def _called(context: Context, wrapper: Field, member: Field, path: tuple[str, ...]) -> str:
    """The name of a member; the items of a list in a wrapper may be documented under several."""
    if member.type == "array" and wrapper.members == (member,):
        return context.take("item-name", ".".join(path), path[-1]) or member.name
    return member.name


def _items(context: Context, field: Field, page: ListingPage) -> Any:
    plan = item_plan(context)
    return _wrapped(context, field, [context.steps.item(context, item, plan) for item in page.items])


def _wrapped(context: Context, field: Field, values: list[Any]) -> Any:
    """In XML an array that has an element of its own wraps its items' elements."""
    if context.format == "xml" and field.xml_item and field.xml_item != field.name:
        return {field.xml_item: values}
    return values


# ------------------------------------------------------------------------------------------------------ the items


def item_plan(context: Context) -> ItemPlan:
    """For each member of an item, how its value is written in this answer: settled once, not for each item."""
    kept = context.server.plans if context.steps.writes_alike else {}
    if context.format not in kept:
        prefix, fields = context.contract.semantics.items or "", context.contract.item_fields
        kept[context.format] = [(f, context.steps.converter(context, f, f"{prefix}.{f.name}")) for f in fields]
    return kept[context.format]


def item(context: Context, item: Mapping[str, Any], plan: ItemPlan) -> Tree:
    """One item as it is answered."""
    members: Tree = {}
    for field, convert in plan:
        value = item.get(field.name)
        value = convert(value) if value is not None else context.steps.missing_value(context, field, item)
        if value is not None:
            members[field.name] = value
    return members


def missing_value(context: Context, field: Field, item: Mapping[str, Any]) -> str | None:
    """How a value that does not exist yet is written."""
    semantics = context.contract.semantics
    if not any(o.field.removeprefix(f"{semantics.items}.") == field.name for o in semantics.optional_fields):
        return None
    return "" if context.take("missing-value", f"{semantics.items}.{field.name}", field.name) == "empty" else None


def converter(context: Context, field: Field, path: str) -> Converter:
    """How the values of one field are written: spelling, precision of times, type in JSON."""
    if field.type == "array":
        inner = _array_item(context, field, path)
        return lambda values: _wrapped(context, field, [inner(v) for v in values])
    if field.members:
        return _object_converter(context, field, path)
    if is_time(field) and field.value("time_format") == MILLISECONDS:
        return lambda value: _scalar(round((epoch(value) or 0) * 1000), field.type)
    if is_text_time(field) and context.take("time-precision", path, field.name, "times", "response") == "minutes":
        return lambda value: value[:16] + "Z"
    if context.take("spelling", path, field.name) == "capitals" and _is_enumerated(context, field, path):
        return capitals
    if field.type == "object":
        return lambda value: value
    if context.format == "xml":
        return xml_text
    type = context.take("json-type", path, field.name) or field.type
    return lambda value: _scalar(value, type)


def _array_item(context: Context, field: Field, path: str) -> Converter:
    if not field.members:
        return lambda value: _scalar(value, field.item_type or "string")
    return _object_converter(context, field, path)


def _object_converter(context: Context, field: Field, path: str) -> Converter:
    where = tuple(path.split("."))
    members = [
        (m.name, _called(context, field, m, (*where, m.name)), converter(context, m, f"{path}.{m.name}"))
        for m in field.members
    ]
    return lambda value: {name: convert(value[n]) for n, name, convert in members if value.get(n) is not None}


def is_time(field: Field) -> bool:
    """Whether the values of a field are times: documented so, or all its examples are."""
    if field.value("time_format"):
        return field.type in ("string", "unknown") or field.value("time_format") == MILLISECONDS
    return bool(field.examples) and all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$", e) for e in field.examples)


def is_text_time(field: Field) -> bool:
    """Whether the values of a field are times that are written as text."""
    return is_time(field) and field.value("time_format") != MILLISECONDS


def _is_enumerated(context: Context, field: Field, path: str) -> bool:
    semantics = context.contract.semantics
    fields = {f"{semantics.items}.{f.field.removeprefix(f'{semantics.items}.')}" for f in semantics.filters}
    return path in fields or bool(field.value("enum"))


@lru_cache(maxsize=512)
def capitals(value: str) -> str:
    """`ImportImage` as `IMPORT_IMAGE`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value).upper()


def xml_text(value: Any) -> str:
    """A scalar as text, as XML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return carried(str(value))


def carried(text: str) -> str:
    """A text with U+FFFD in the place of what XML cannot hold (XML 1.0, section 2.2)."""
    return text if text.isprintable() else NO_XML.sub("\ufffd", text)


def _scalar(value: Any, type: str) -> Any:
    """A value as the type in which it is written; what does not convert stays as it is."""
    if type in ("array", "object") or (isinstance(value, str) and type == "string"):
        return value
    if type == "boolean":
        return str(value).lower() == "true"
    try:
        return int(value) if type == "integer" else float(value) if type == "number" else xml_text(value)
    except ValueError:
        return value


# ------------------------------------------------------------------------------------------------------ the error


def error(context: Context, refusal: RefusedRequest) -> Tree:
    """The members of an error, in the documented order."""
    if context.contract.path is not None:
        return paths.error(context, refusal)
    return {
        "RequestId": context.steps.request_id(context),
        "HostId": context.server.host_id,
        "Code": refusal.code,
        "Message": refusal.message,
    }


# --------------------------------------------------------------------------------------------------------- bodies


def as_json(context: Context, root: str, tree: Tree) -> str:
    """The tree in JSON, which has no name for its root. A result that is documented to be no object has no tree."""
    value = tree if root == ERROR else NO_OBJECT.get(context.contract.root, tree)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_xml(context: Context, root: str, tree: Tree) -> str:
    """The tree in XML, under an element of the root's name."""
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>']
    _element(context.steps.escape, context, root, tree, pieces)
    return "".join(pieces)


def _element(escape: Callable[..., str], context: Context, name: str, value: Any, pieces: list[str]) -> None:
    if isinstance(value, dict):
        pieces.append(f"<{name}>")
        for member, inner in value.items():
            if isinstance(inner, str):
                pieces.append(f"<{member}>{escape(context, inner)}</{member}>")
            else:
                _element(escape, context, member, inner, pieces)
        pieces.append(f"</{name}>")
    elif isinstance(value, list | tuple):
        for inner in value:
            _element(escape, context, name, inner, pieces)
    else:
        pieces.append(f"<{name}>{escape(context, xml_text(value))}</{name}>")


def escape(context: Context, text: str) -> str:
    """Text for the inside of an XML element. A carriage return that is written as it is reads as the end of a line."""
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text if text.isprintable() else carried(text).replace("\r", "&#13;")


def encoded(context: Context, text: str) -> bytes:
    """The bytes of a body."""
    return text.encode("utf-8", "surrogatepass")
