"""Answers as they go out: a specification becomes bytes in the format that the request asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from conformance.contract.forms import path_of
from conformance.contract.model import Choice, Contract
from conformance.sdk.cases import ErrorSpec, ReplySpec, Walk
from conformance.sdk.endpoint import Recorded, Reply
from conformance.sdk.listing import (
    Tree,
    array_of_one,
    as_json,
    as_xml,
    drop,
    items,
    mapped,
    put,
    rename,
    result,
)
from conformance.sdk.roles import SdkRoles

_TYPES = {"json": "application/json", "xml": "text/xml"}
_OTHER_TYPES = {"json": "text/json", "xml": "application/xml"}
_PATIENCE = 4.0
# where redirects lead; a request to it was made by an HTTP library, and no page says how it is to look
REDIRECTED = ("/elsewhere", "/again")


@frozen
class Served:
    """What an answer said: `tree` is the result in the object form, None where it was none. `format` is json
    or xml.
    """

    spec: ReplySpec
    format: str
    tree: Tree | None = None


def asked_format(recorded: Recorded) -> str:
    """The format that a request asks for. Without a word, V1 gets XML, the documented default, and V3 gets
    JSON.
    """
    asked = (recorded.arrival.format or "").lower()
    if asked in _TYPES:
        return asked
    return "xml" if recorded.arrival.signature == "v1" else "json"


def answer(
    spec: ReplySpec, recorded: Recorded, roles: SdkRoles, walk: Walk | None, elsewhere: str
) -> tuple[Reply, Served]:
    """The reply to one request, and what it says. `elsewhere` is the URL of the other host."""
    asked = asked_format(recorded)
    written = asked if spec.format == "asked" else "xml" if asked == "json" else "json"
    if spec.redirect:
        away, again = REDIRECTED
        query = urlsplit(recorded.request.url).query
        place = f"{elsewhere}{away}" if spec.redirect_to == "elsewhere" else f"{again}?{query}"
        headers = (("Location", place), ("Content-Type", "text/plain"))
        return Reply(spec.redirect, headers, b""), Served(spec, written)
    tree = None if spec.error or spec.raw is not None else _tree(spec, roles, walk, recorded)
    document = _document(spec, tree or {}, written, roles)
    body = document[: len(document) // 2] if spec.cut else document
    if spec.mangled:
        body = body.replace("¤".encode(), b"\xff")
    accepts = "gzip" in recorded.arrival.headers.get("accept-encoding", "")
    reply = Reply(
        status=spec.status or (spec.error.status if spec.error else 200),
        headers=_headers(spec, written),
        body=body,
        transfer=spec.transfer,
        gzip=spec.gzip and accepts,
        hang_up=spec.hang_up,
        deflate=spec.coding == "deflate",
        patience=_PATIENCE,
    )
    return reply, Served(spec, written, tree if reply.status == 200 and not spec.cut else None)


def _tree(spec: ReplySpec, roles: SdkRoles, walk: Walk | None, recorded: Recorded) -> Tree:
    contract, paging = roles.contract, roles.contract.semantics.paging
    if walk is None or paging is None:
        tree = result(contract, spec.items, long=spec.long)
    else:
        asked = dict(recorded.arrival.parameters)
        number, size = (_integer(asked.get(name), 1) for name in (paging.number, paging.size))
        first = (number - 1) * size
        tree = result(contract, max(0, min(size, walk.total - first)), first + 1)
        for path, value in (
            (paging.total, walk.total),
            (paging.number_echo, number),
            (paging.size_echo, size),
        ):
            if path:
                put(tree, path, value)
    if spec.numbered and contract.semantics.request_id and contract.at(contract.semantics.request_id):
        put(tree, contract.semantics.request_id, f"4F2C1B60-0000-4000-8000-{recorded.number:012d}")
    for role, value in spec.set.items():
        # what is no text, or will be none, would make one key of all items
        free = "any-note" if role == "note" and (spec.mangled or not isinstance(value, str)) else role
        put(tree, roles.fields[free], value)
    for role in spec.nulls:
        put(tree, roles.fields[role], None)
    pinned = {} if spec.items else {c.id: a for c, a in _choices(roles.pins, contract) if c.kind == "empty-list"}
    return _in_alternative(tree, {**pinned, **spec.alternative}, contract)


def _in_alternative(tree: Tree, alternatives: Mapping[str, str], contract: Contract) -> Tree:
    """Those choices that change the data itself; how it is written is decided in `_document`."""
    listed = contract.semantics.items or ""
    for choice, alternative in _choices(alternatives, contract):
        path = ".".join(path_of(choice, contract))
        if choice.kind == "missing-value":
            if alternative == "absent":
                drop(tree, path)
            else:
                put(tree, path, "")
        elif choice.kind == "item-name":
            rename(tree, path, alternative)
        elif choice.kind == "spelling" and alternative == "capitals":
            for item in items(tree, contract):
                name = path.split(".")[-1]
                item[name] = capitals(str(item.get(name, "")))
        elif choice.kind == "time-precision" and alternative == "seconds":
            tree = mapped(tree, lambda node: {n: _to_the_second(v) for n, v in node.items()})
        elif choice.kind == "empty-list" and listed:
            wrapper = listed.rpartition(".")[0]
            if alternative == "empty-wrapper" and wrapper:
                put(tree, wrapper, {})
            elif alternative == "absent":
                drop(tree, wrapper or listed)
    return tree


def _choices(alternatives: Mapping[str, str], contract: Contract) -> Iterator[tuple[Choice, str]]:
    for id, alternative in alternatives.items():
        choice = contract.choice(id)
        if choice is not None:
            yield choice, alternative


def _document(spec: ReplySpec, tree: Tree, written: str, roles: SdkRoles) -> bytes:
    if spec.raw is not None:
        return (spec.raw_xml if written == "xml" and spec.raw_xml is not None else spec.raw).encode(spec.charset)
    root = "Error" if spec.error else f"{roles.contract.operation}Response"
    tree = _error(spec.error) if spec.error else _rewritten(tree, spec, written, roles)
    if spec.order:
        tree = mapped(tree, lambda node: dict(_ordered(node, spec.order)))
    if written == "json":
        text = as_json(tree, escaped=spec.escaped, indent=spec.indent) + (b"\n\n" if spec.indent else b"")
        return text.decode().encode(spec.charset)
    document = as_xml(tree, root).replace(b"UTF-8", spec.charset.upper().encode(), 1).decode().encode(spec.charset)
    if spec.escaped:
        document = document.decode(spec.charset).encode("ascii", "xmlcharrefreplace")
    return document.replace(b"><", b">\n    <") + b"\n" if spec.indent else document


def _rewritten(tree: Tree, spec: ReplySpec, written: str, roles: SdkRoles) -> Tree:
    contract = roles.contract
    extra = {"Added": "later", "AddedList": {"AddedItem": [{"Deep": "value"}]}, "AddedNumber": 5}
    if spec.extra == "top":
        tree = {**tree, **extra}
    elif spec.extra == "items":
        keyed = contract.semantics.key or ""
        tree = mapped(tree, lambda node: {**node, **extra} if keyed in node else node)
    if written == "xml":
        return tree
    for choice, alternative in _choices({**roles.pins, **spec.alternative}, contract):
        if choice.kind == "list-form" and alternative == "array-of-one":
            tree = array_of_one(tree, choice.subject.split(".")[-1])
        elif choice.kind == "json-type":
            tree = mapped(tree, _retyped(choice.subject.split(".")[-1], alternative))
    return tree


def _retyped(name: str, kind: str) -> Callable[[Tree], Tree]:
    return lambda node: {**node, name: as_type(node[name], kind)} if name in node else node


def _error(error: ErrorSpec) -> Tree:
    envelope = {"RequestId": "7A1D0C52-0000-4000-8000-00000000E440", "HostId": "ecs.aliyuncs.com"}
    return {**envelope, "Code": error.code, "Message": error.message, **error.extra}


def _ordered(node: Tree, order: str) -> list[tuple[str, Any]]:
    return list(reversed(node.items())) if order == "reversed" else sorted(node.items())


def _headers(spec: ReplySpec, written: str) -> tuple[tuple[str, str], ...]:
    plain = _TYPES[written]
    wanted = f"{plain};charset=utf-8" if written == "xml" else plain
    if spec.content_type is not None:
        names = {"type": plain, "TYPE": plain.upper(), "other": _OTHER_TYPES[written], "format": written}
        wanted = spec.content_type.format(**names)
    headers = [("Content-Type", wanted)] if wanted else []
    headers += list(spec.headers.items())
    return tuple((name.lower(), value) if spec.header_case == "lower" else (name, value) for name, value in headers)


def as_type(value: Any, kind: str) -> Any:
    """A scalar written in another JSON type."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    match kind:
        case "boolean":
            return text.lower() == "true"
        case "integer":
            return int(text) if text.lstrip("-").isdigit() else value
        case "number":
            return float(text) if text.replace(".", "", 1).lstrip("-").isdigit() else value
    return text


def capitals(text: str) -> str:
    """ImportImage as IMPORT_IMAGE."""
    parts = [f"_{c}" if c.isupper() and n else c for n, c in enumerate(text)]
    return "".join(parts).upper()


def _to_the_second(value: Any) -> Any:
    is_time = isinstance(value, str) and len(value) == 17 and value.endswith("Z") and value[10:11] == "T"
    return f"{value[:-1]}:07Z" if is_time else value


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() else otherwise
