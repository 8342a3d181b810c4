"""The forms in which metadata of operations comes, as one: what is documented of an operation, with its schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.derive.page import Block, PageError
from conformance.foreign import BadText, json_value

# what may be half of a pair that stands for one character
HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
ADVICE = "expected the metadata of one operation, with `apis` or with `name` and `parameters`"
_DEEPEST = 12  # levels of objects; a schema that refers to itself ends there
_PATH_STYLE = "ROA"
Schema = Mapping[str, Any]


@frozen
class Described:
    """A parameter of the metadata: its documented name (`Tag.N.Key`), its schema, and where in a request it goes."""

    name: str
    schema: Schema
    place: str = "query"


@frozen
class MetadataOperation:
    """The metadata of one operation, whichever form it came in.

    `path` is the template of the URL where operations have one each, `kind` what the metadata calls the operation
    (`create`, `get`, …), `response` the schema of a success.
    """

    name: str
    product: str | None
    version: str | None
    parameters: tuple[Described, ...]
    response: Schema
    errors: Mapping[str, Any]
    samples: tuple[Block, ...]
    methods: tuple[str, ...] = ("GET", "POST")
    path: str | None = None
    kind: str | None = None
    deprecated: bool = False


def operation(path: str, text: str) -> MetadataOperation:
    """The one operation that a metadata file describes. Raises PageError."""
    data = read_json(path, text)
    if isinstance(data.get("apis"), dict):
        if len(data["apis"]) != 1:
            names = ", ".join(list(data["apis"])[:4])
            found = f"{len(data['apis'])} operations ({names}, …)" if names else "no operation"
            raise PageError(path, 1, f"describes {found}; {ADVICE}")
        refuse_no_name(path, (name := next(iter(data["apis"]))))
        return operation_of(data, name)
    if isinstance(data.get("name"), str) and isinstance(data.get("parameters"), list):
        refuse_no_name(path, data["name"])
        described = (_short(p) for p in data["parameters"] if isinstance(p, dict) and p.get("name"))
        return MetadataOperation(data["name"], None, None, tuple(described), {}, {}, ())
    raise PageError(path, 1, f"is JSON without an operation; {ADVICE}")


def refuse_no_name(path: Path | str, name: str) -> None:
    """Raises PageError for what is no name of an operation: it becomes that of files, elements and addresses."""
    if not NAME.fullmatch(name):
        raise PageError(path, None, f"has an operation {name[:60]!r}, which is no name of one; {ADVICE}")


def read_json(path: str, text: str) -> dict[str, Any]:
    """The object in a metadata file. Raises PageError."""
    try:
        data = json_value(text)
        if HALF.search(text):
            json.dumps(data, ensure_ascii=False).encode()
    except BadText as error:
        raise PageError(path, 1, f"{error}; {ADVICE}") from None
    except UnicodeEncodeError:
        raise PageError(path, 1, f"holds half of a surrogate pair, which is no character; {ADVICE}") from None
    if not isinstance(data, dict):
        raise PageError(path, 1, f"is JSON without an operation; {ADVICE}")
    return data


def operation_of(data: Mapping[str, Any], name: str) -> MetadataOperation:
    """The operation of that name among `apis`, with what its schemas refer to put in place."""
    api, info = _mapping(data["apis"][name]), _mapping(data.get("info"))
    shared = _mapping(_mapping(data.get("components")).get("schemas"))
    responses = _mapping(api.get("responses"))
    success = next((r for status, r in sorted(responses.items()) if str(status).startswith("2")), None)
    tags = _mapping(api.get("systemTags"))
    path = _text(api.get("path")) if info.get("style") == _PATH_STYLE else None
    methods = tuple(m.upper() for m in _list(api.get("methods")) if isinstance(m, str) and m.isalpha())
    return MetadataOperation(
        name=name,
        product=_text(info.get("product")),
        version=_text(info.get("version")),
        parameters=tuple(
            d
            for p in _list(api.get("parameters"))
            for d in _placed(_resolved(_mapping(p), shared), by_path=path is not None)
        ),
        response=_resolved(_mapping(_mapping(success).get("schema")), shared),
        errors={
            status: [e for e in _list(errors) if isinstance(e, Mapping)]
            for status, errors in _mapping(api.get("errorCodes")).items()
        },
        samples=tuple(_demos(api.get("responseDemo"))),
        # the order of GET and POST says nothing
        methods=tuple(sorted(methods)) or ("GET", "POST"),
        path=path,
        kind=_text(tags.get("operationType")),
        deprecated=api.get("deprecated") is True,
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _resolved(schema: Mapping[str, Any], shared: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The schema with `$ref`s into the shared ones replaced; below the deepest level an object without members."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        schema = {**_mapping(shared.get(reference.rsplit("/", 1)[-1])), **schema}
    found = {k: v for k, v in schema.items() if _FORMS.get(k, _is_plain)(v)}
    if depth > _DEEPEST:
        return found
    for name in ("items", "schema"):
        if isinstance(schema.get(name), Mapping):
            found[name] = _resolved(schema[name], shared, depth + 1)
    members = _mapping(schema.get("properties"))
    if members:
        found["properties"] = {n: _resolved(_mapping(s), shared, depth + 1) for n, s in members.items() if _is_name(n)}
    return found


def _is_name(text: str) -> bool:
    return bool(text) and text.isprintable() and not text.isspace()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _are_plain(value: Any) -> bool:
    return isinstance(value, list) and all(_is_plain(v) and v is not None for v in value)


def _never(value: Any) -> bool:
    """Of what has schemas inside: those are put in one by one."""
    return False


# what a member of a schema has to be; what is of another form says nothing
_FORMS: Mapping[str, Callable[[Any], bool]] = {
    "type": _is_text, "description": _is_text, "title": _is_text, "enum": _are_plain,
    "properties": _never, "items": _never, "schema": _never, "$ref": _never,
}  # fmt: skip


# ----------------------------------------------------------------------------------------------------- parameters


def _placed(parameter: Mapping[str, Any], by_path: bool) -> Iterator[Described]:
    """One parameter as the names that travel. Where operations have paths, a body is its members."""
    name, schema = str(parameter.get("name") or ""), _mapping(parameter.get("schema"))
    place = str(parameter.get("in") or "query")
    if not _is_name(name):
        return
    if by_path:
        members = _mapping(schema.get("properties"))
        if place == "body" and members:
            yield from (Described(n, s, "body") for n, s in members.items())
        else:
            yield Described(name, schema, {"formData": "body", "host": "query"}.get(place, place))
        return
    if parameter.get("style") == "json":
        yield Described(name, {**schema, "type": "json"})
        return
    yield from _spread(name, schema, parameter.get("style") == "flat")


def _spread(name: str, schema: Schema, flat: bool = False) -> Iterator[Described]:
    """A repeated or flat object as the names that travel: `Tag.N.Key`, `SystemDisk.Category`."""
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, Mapping):
        outer = {k: v for k, v in schema.items() if k == "maxItems"}
        members = _mapping(items.get("properties"))
        for member, inner in members.items():
            for one in _spread(f"{name}.N.{member}", _within(schema, inner), flat=True):
                yield Described(one.name, {**one.schema, **outer})
        if not members:
            inner = {k: v for k, v in items.items() if k in ("enum", "example")}
            described = schema.get("description") or items.get("description")
            yield Described(f"{name}.N", {**inner, **schema, "description": described})
        return
    members = _mapping(schema.get("properties"))
    if flat and members:
        for member, inner in members.items():
            yield from _spread(f"{name}.{member}", _within(schema, inner), flat=True)
        return
    yield Described(name, schema)


def _within(outer: Schema, inner: Schema) -> Schema:
    """A member that is asked for of each object is asked for of a request only where an object is."""
    asked = ("required", "docRequired")
    return {**inner, **{k: inner[k] is True and outer.get(k) is True for k in asked if k in inner}}


def _short(parameter: Mapping[str, Any]) -> Described:
    repeated = str(parameter.get("type")).casefold() == "repeatlist"
    return Described(f"{parameter['name']}{'.N' if repeated else ''}", _resolved(parameter, {}))


# -------------------------------------------------------------------------------------------------------- samples


def _demos(demo: Any) -> Iterator[Block]:
    """The sample responses, which are JSON in a string."""
    try:
        found = json.loads(demo) if isinstance(demo, str) and demo.strip() else demo or []
    except json.JSONDecodeError:
        return
    for one in _list(found):
        if isinstance(one, dict) and str(one.get("example") or "").strip():
            yield Block(str(one["example"]), 1, f"{one.get('type', '')} format")
