"""Reads operation metadata in JSON: what the vendor's API explorer serves, and the shorter form of its command line.

Metadata states types, limits and nesting outright; its descriptions are prose, and are read like a page's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from conformance.contract.model import (
    Citation,
    Constraint,
    ConstraintKind,
    ErrorCode,
    Field,
    FieldType,
    Parameter,
    Sample,
)
from conformance.derive import samples
from conformance.derive.fields import joined
from conformance.derive.page import Block, Page, PageError, Row, Section, Table
from conformance.derive.revision import Facts, about, parameter_constraints, product_of
from conformance.derive.rows import RowEntry
from conformance.derive.shape import shape
from conformance.derive.text import sentences
from conformance.foreign import BadText, json_value

_ADVICE = "expected the metadata of one operation, with `apis` or with `name` and `parameters`"
_TYPES: Mapping[str, FieldType] = {
    "string": "string", "integer": "integer", "long": "integer", "number": "number", "float": "number",
    "double": "number", "boolean": "boolean", "array": "array", "repeatlist": "array", "object": "object",
    "struct": "object", "json": "string", "list": "array",
}  # fmt: skip
_LIMITS: Mapping[str, ConstraintKind] = {
    "minimum": "minimum", "maximum": "maximum", "maxItems": "max_items", "minLength": "min_length",
    "maxLength": "max_length", "default": "default", "enum": "enum",
}  # fmt: skip


@frozen
class Described:
    """A parameter of the metadata: its documented name (`Tag.N.Key`), and its schema."""

    name: str
    schema: Mapping[str, Any]


@frozen
class MetadataOperation:
    """The metadata of one operation, whichever form it came in."""

    name: str
    product: str | None
    version: str | None
    parameters: tuple[Described, ...]
    response: Mapping[str, Any]
    errors: Mapping[str, Any]
    samples: tuple[Block, ...]
    summary: str


def is_metadata(text: str) -> bool:
    """Whether a text is JSON and so no page."""
    return text.lstrip().startswith("{")


def sections(path: str, text: str) -> tuple[str, tuple[Section, ...]]:
    """Title and sections, as a page would have them. Raises PageError."""
    with _understood(path):
        return _sections(operation(path, text))


@contextmanager
def _understood(path: str) -> Iterator[None]:
    """While open, JSON whose members are of other kinds than those of metadata is a PageError."""
    try:
        yield
    except PageError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise PageError(path, 1, f"is JSON of another form ({type(error).__name__}: {error}); {_ADVICE}") from None


def _sections(found: MetadataOperation) -> tuple[str, tuple[Section, ...]]:
    header = ("Parameter", "Type", "Required", "Example", "Description")
    parameters = tuple(Row(_cells(d), 1) for d in found.parameters)
    fields = tuple(Row(_cells(Described(n, s)), 1) for n, s in _flat(found.response))
    return found.name, (
        Section("parameters", "parameters", 1, (Table(header, parameters, 1),)),
        Section("response", "responses", 1, (Table(header, fields, 1),)),
        Section("examples", "responseDemo", 1, found.samples),
    )


def facts(page: Page) -> Facts:
    """Everything that the metadata says. Raises PageError."""
    with _understood(page.path):
        found = _facts(page, operation(page.path, page.source))
        for text in (found.product, found.version, *(error.code for error in found.errors)):
            if not isinstance(text, str | None):
                raise TypeError(f"expected text, found {text!r:.40}")
        for limit in (c for parameter in found.parameters for c in parameter.constraints):
            if isinstance(limit.value, dict) or (limit.kind == "enum" and not isinstance(limit.value, list)):
                raise TypeError(f"a limit is {limit.value!r:.40}")
        return found


def _facts(page: Page, found: MetadataOperation) -> Facts:
    notes: list[str] = []
    readings = [samples.read(b) for b in found.samples]
    notes += [f"{page.id}, examples, {r.format.upper()}: {repair}" for r in readings for repair in r.repairs]
    parameters = tuple(_parameter(page, d) for d in found.parameters)
    product, version = product_of(page)
    return Facts(
        page=page,
        operation=found.name,
        product=found.product or product,
        version=found.version or version,
        parameters=parameters,
        response=tuple(_field(page, (), n, s) for n, s in (found.response.get("properties") or {}).items()),
        errors=tuple(_errors(page, found, parameters)),
        samples=tuple(
            Sample(r.role, r.format, r.body, (Citation(page.id, "examples", r.format.upper()),), r.repairs)
            for r in readings
            if r.format != "other" and r.value is not None
        ),
        shape=shape(readings, found.name),
        notes=tuple(dict.fromkeys(notes)),
    )


def operation(path: str, text: str) -> MetadataOperation:
    """The one operation that a metadata file describes. Raises PageError."""
    try:
        data = json_value(text)
    except BadText as error:
        raise PageError(path, 1, f"{error}; {_ADVICE}") from None
    if isinstance(data.get("apis"), dict):
        if len(data["apis"]) != 1:
            names = ", ".join(list(data["apis"])[:4])
            raise PageError(path, 1, f"describes {len(data['apis'])} operations ({names}, …); {_ADVICE}")
        (name, api), info = next(iter(data["apis"].items())), data.get("info") or {}
        return _explorer(name, api, info)
    if isinstance(data.get("name"), str) and isinstance(data.get("parameters"), list):
        described = (_short(p) for p in data["parameters"] if isinstance(p, dict) and p.get("name"))
        return MetadataOperation(data["name"], None, None, tuple(described), {}, {}, (), data.get("description") or "")
    raise PageError(path, 1, f"is JSON without an operation; {_ADVICE}")


def _explorer(name: str, api: Mapping[str, Any], info: Mapping[str, Any]) -> MetadataOperation:
    response = ((api.get("responses") or {}).get("200") or {}).get("schema") or {}
    return MetadataOperation(
        name=name,
        product=info.get("product"),
        version=info.get("version"),
        parameters=tuple(
            d for p in api.get("parameters") or () for d in _repeated(p["name"], p.get("schema") or {}, p)
        ),
        response=response,
        errors=api.get("errorCodes") or {},
        samples=tuple(_demos(api.get("responseDemo"))),
        summary=api.get("summary") or api.get("title") or "",
    )


def _short(parameter: Mapping[str, Any]) -> Described:
    kind = _TYPES.get(str(parameter.get("type", "")).casefold(), "unknown")
    suffix = ".N" if str(parameter.get("type")).casefold() == "repeatlist" else ""
    return Described(f"{parameter['name']}{suffix}", {**parameter, "type": kind})


def _repeated(name: str, schema: Mapping[str, Any], parameter: Mapping[str, Any]) -> Iterator[Described]:
    """A repeated object as the names that travel: `Tag.N.Key`."""
    items = schema.get("items")
    if schema.get("type") == "array" and parameter.get("style") != "json" and isinstance(items, dict):
        members = items.get("properties") or {}
        outer = {k: v for k, v in schema.items() if k == "maxItems"}
        for member, inner in members.items():
            yield Described(f"{name}.N.{member}", {**inner, **outer})
        if not members:
            yield Described(
                f"{name}.N", {**schema, "description": schema.get("description") or items.get("description")}
            )
        return
    yield Described(name, schema)


def _demos(demo: Any) -> Iterator[Block]:
    """The sample responses, which are JSON in a string."""
    try:
        found = json.loads(demo) if isinstance(demo, str) and demo.strip() else demo or []
    except json.JSONDecodeError:
        return
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict) and str(one.get("example") or "").strip():
            yield Block(str(one["example"]), 1, f"{one.get('type', '')} format")


def _cells(described: Described) -> tuple[str, ...]:
    s = described.schema
    example = s.get("example")
    return (
        described.name,
        str(s.get("type") or ""),
        "Yes" if s.get("required") is True else "No",
        "" if example is None else str(example),
        str(s.get("description") or ""),
    )


def _flat(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, member in (schema.get("properties") or {}).items():
        yield name, member
        yield from _flat(member.get("items") or {} if member.get("type") == "array" else member)


def _parameter(page: Page, described: Described) -> Parameter:
    s = described.schema
    kind = _TYPES.get(str(s.get("type", "")).casefold(), "unknown")
    example = "" if s.get("example") is None else str(s["example"])
    entry = RowEntry(described.name, described.name, kind, "", example, str(s.get("description") or ""), 1)
    row = Citation(page.id, "parameters", described.name)
    stated = [
        Constraint(kind_, _value(s[key], kind), (row,))
        for key, kind_ in _LIMITS.items()
        if s.get(key) not in (None, "")
    ]
    said = parameter_constraints(page, entry, kind, sentences(entry.description))
    kinds = {c.kind for c in stated}
    return Parameter(
        name=described.name,
        type=kind,
        required=s.get("required") is True,
        citations=(row,),
        constraints=joined([*stated, *(c for c in said if c.kind not in kinds)]),
        examples=(example,) if example else (),
    )


def _value(value: Any, kind: str) -> Any:
    """Limits are strings in the metadata."""
    if isinstance(value, list):
        return [_value(v, kind) for v in value]
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value) and kind != "string":
        return int(value)
    if kind == "boolean" and str(value).casefold() in ("true", "false"):
        return str(value).casefold() == "true"
    return value


def _field(page: Page, above: tuple[str, ...], name: str, schema: Mapping[str, Any]) -> Field:
    kind = _TYPES.get(str(schema.get("type", "string")).casefold(), "string")
    inner = (schema.get("items") or {}) if kind == "array" else schema
    path = (*above, name)
    members = tuple(_field(page, path, n, s) for n, s in (inner.get("properties") or {}).items())
    return Field(
        name=name,
        type=kind,
        citations=(Citation(page.id, "response", ".".join(path)),),
        members=members,
        item_type=None
        if kind != "array" or members
        else _TYPES.get(str(inner.get("type", "string")).casefold(), "string"),
        presence="sometimes",
        examples=(str(schema["example"]),)
        if schema.get("example") not in (None, "") and kind not in ("array", "object")
        else (),
    )


def _errors(page: Page, found: MetadataOperation, parameters: tuple[Parameter, ...]) -> Iterator[ErrorCode]:
    for status, codes in found.errors.items():
        for e in codes if str(status).isdigit() else ():
            code, message = str(e.get("errorCode") or ""), str(e.get("errorMessage") or "")
            if code:
                cited = (Citation(page.id, "errors", code),)
                yield ErrorCode(int(status), code, message, cited, about(message, code, parameters))
