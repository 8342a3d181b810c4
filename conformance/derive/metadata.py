"""Reads operation metadata in JSON: what the vendor's API explorer serves, and the shorter form of its command line.

Metadata states types, limits and nesting outright; its descriptions are prose, and are read like a page's. Its sample
of a response in JSON is made from the schema, with every member there is: it shows forms and values, and never that a
member is always there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from conformance.contract.model import (
    JSON_TEXT,
    Citation,
    Constraint,
    ConstraintKind,
    ErrorCode,
    Field,
    FieldType,
    Parameter,
    Place,
    Sample,
)
from conformance.derive import explorer, prose, samples, words
from conformance.derive.explorer import ADVICE, Described, MetadataOperation, Schema
from conformance.derive.fields import joined, time_pattern
from conformance.derive.mentions import Names
from conformance.derive.page import Page, PageError, Row, Section, Table
from conformance.derive.revision import Facts, parameter_constraints, product_of
from conformance.derive.rows import RowEntry
from conformance.derive.shape import Path, Shape, shape
from conformance.derive.text import sentences

_TYPES: Mapping[str, FieldType] = {
    "string": "string", "integer": "integer", "long": "integer", "number": "number", "float": "number",
    "double": "number", "boolean": "boolean", "array": "array", "repeatlist": "array", "object": "object",
    "struct": "object", "json": "string", "list": "array",
}  # fmt: skip
_LIMITS: Mapping[str, ConstraintKind] = {
    "minimum": "minimum", "maximum": "maximum", "maxItems": "max_items", "minLength": "min_length",
    "maxLength": "max_length", "default": "default", "enum": "enum",
}  # fmt: skip
# limits that a value of the type can have; an explorer writes some that make no sense
_NUMERIC = ("minimum", "maximum")
# the bounds of 32 and 64 bits, the latter also as a double has them: these say how wide a type is, and limit nothing
_AS_WIDE = (2**31 - 1, 2**63 - 2048)
_PLACES: Mapping[str, Place] = {"path": "path", "body": "body", "header": "header"}
# what every response has
_ALWAYS = "RequestId"


def is_metadata(text: str) -> bool:
    """Whether a text is JSON and so no page."""
    return text.lstrip().startswith("{")


def sections(path: str, text: str) -> tuple[str, tuple[Section, ...]]:
    """Title and sections, as a page would have them. Raises PageError."""
    with _understood(path):
        found = explorer.operation(path, text)
        return found.name, sections_of(found)


@contextmanager
def _understood(path: str) -> Iterator[None]:
    """While open, JSON whose members are of other kinds than those of metadata is a PageError."""
    try:
        yield
    except PageError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise PageError(path, 1, f"is JSON of another form ({type(error).__name__}: {error}); {ADVICE}") from None


def sections_of(found: MetadataOperation) -> tuple[Section, ...]:
    """The sections of an operation, as a page would have them."""
    header = ("Parameter", "Type", "Required", "Example", "Description")
    parameters = tuple(Row(_cells(d), 1) for d in found.parameters)
    fields = tuple(Row(_cells(Described(n, s)), 1) for n, s in _flat(found.response))
    return (
        Section("parameters", "parameters", 1, (Table(header, parameters, 1),)),
        Section("response", "responses", 1, (Table(header, fields, 1),)),
        Section("examples", "responseDemo", 1, found.samples),
    )


def facts(page: Page) -> Facts:
    """Everything that the metadata of one operation in a file says. Raises PageError."""
    with _understood(page.path):
        return facts_of(page, explorer.operation(page.path, page.source))


def facts_of(page: Page, found: MetadataOperation) -> Facts:
    """Everything that the metadata of one operation says. `page` is what citations name."""
    readings = [samples.read(b) for b in found.samples]
    notes = [f"{page.id}, examples, {r.format.upper()}: {repair}" for r in readings for repair in r.repairs]
    parameters = tuple({d.name: _parameter(page, d) for d in found.parameters}.values())
    product, version = product_of(page) if found.product is None else (None, None)
    shown = shape(readings, found.name)
    root, members = _root(found.response)
    return Facts(
        page=page,
        operation=found.name,
        product=found.product or product,
        version=found.version or version,
        parameters=parameters,
        response=tuple(_field(page, (), n, s, shown) for n, s in members.items()),
        errors=tuple(_errors(page, found, parameters)),
        samples=tuple(
            Sample(r.role, r.format, r.body, (Citation(page.id, "examples", r.format.upper()),), r.repairs)
            for r in readings
            if r.format != "other" and r.value is not None
        ),
        shape=shown,
        root=root,
        notes=tuple(dict.fromkeys(notes)),
        required_by=_said_to_be_required(page, found),
        shows_presence=False,
        methods=found.methods,
        path=found.path,
    )


def _root(response: Schema) -> tuple[FieldType, Mapping[str, Any]]:
    """The type of a response, and the members of one that is an object."""
    kind = _type(response, "object")
    if kind == "array" and response.get("properties"):
        kind = "unknown"  # an array with members is neither
    return kind, (response.get("properties") or {} if kind == "object" else {})


def _cells(described: Described) -> tuple[str, ...]:
    s = described.schema
    example = s.get("example")
    return (
        described.name,
        str(s.get("type") or ""),
        "Yes" if s.get("required") is True else "No",
        "" if example is None else str(example),
        _description(s),
    )


def _flat(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for name, member in (schema.get("properties") or {}).items():
        yield name, member
        yield from _flat(_inside(member))


def _inside(schema: Schema) -> Schema:
    """The schema that holds the members: of an array, its items."""
    return schema.get("items") or {} if schema.get("type") == "array" else schema


def _description(schema: Schema) -> str:
    return str(schema.get("description") or schema.get("title") or "")


# ----------------------------------------------------------------------------------------------------- parameters


def _parameter(page: Page, described: Described) -> Parameter:
    s = described.schema
    kind = _type(s, "unknown")
    example = "" if s.get("example") is None else str(s["example"])
    entry = RowEntry(described.name, described.name, kind, "", example, _description(s), 1)
    row = Citation(page.id, "parameters", described.name)
    stated = tuple(_stated(s, kind, row))
    said = parameter_constraints(page, entry, kind, sentences(entry.description))
    kinds = {c.kind for c in stated}
    # where schema and sentences have two limits, the smaller one is that of which both are sure
    lower = [c for c in said if c.kind == "max_items" and c not in stated and _is_less(c, stated)]
    return Parameter(
        name=described.name,
        type=kind,
        required=s.get("required") is True,
        citations=(row,),
        constraints=joined(
            _containing(
                [
                    *lower,
                    *stated,
                    *_agreeing(stated, said),
                    *(c for c in said if c.kind not in kinds),
                    *_shown(entry, row),
                ],
                s,
            )
        ),
        examples=tuple(dict.fromkeys([*([example] if example else []), *_named(entry)])),
        place=_PLACES.get(described.place, "query"),
    )


def _named(entry: RowEntry) -> list[str]:
    """What the key of a pair may be, where sentences say what each does: `Filter.N.Key` is no list of values, since a
    request needs the value beside it.
    """
    if not re.search(r"Filters?\.(?:N|\d+)\.Key$", entry.name):
        return []
    return re.findall(r"(?:取值(?:必须)?(?:为|是)|(?i:\b(?:set to|must be)))\s*`(\w+)`", entry.description)


def _shown(entry: RowEntry, row: Citation) -> Iterator[Constraint]:
    """That a text is an object, or an array of objects, in JSON, as its sample is."""
    if entry.type == "string" and re.match(r"\s*(?:\[\s*\{|\{)\s*\"", entry.example):
        yield Constraint("syntax", JSON_TEXT, (row,))


def _is_less(limit: Constraint, stated: Iterable[Constraint]) -> bool:
    others = [c.value for c in stated if c.kind == limit.kind]
    return isinstance(limit.value, int) and any(isinstance(v, int) and limit.value < v for v in others)


def _agreeing(stated: Iterable[Constraint], said: Iterable[Constraint]) -> Iterator[Constraint]:
    """Sentences that say what the schema states: a further citation of the same."""
    values = {(c.kind, str(c.value)) for c in stated}
    return (c for c in said if (c.kind, str(c.value)) in values)


def _stated(schema: Schema, kind: str, row: Citation) -> Iterator[Constraint]:
    """The limits in the schema itself."""
    for keyword, constraint in _LIMITS.items():
        value = schema.get(keyword)
        if value in (None, "", []) or (constraint in _NUMERIC and kind not in ("integer", "number")):
            continue
        if constraint != "default" and _is_as_wide_as_a_type(value):
            continue
        yield Constraint(constraint, _value(value, kind), (row,))
    if kind == "integer" and any(words.is_long(str(schema.get(key) or "")) for key in ("type", "format")):
        yield Constraint("bits", 64, (row,))


def _is_as_wide_as_a_type(limit: Any) -> bool:
    """Whether a limit is that of the integers of 32 or 64 bits."""
    text = str(limit)
    if not re.fullmatch(r"-?\d+", text):
        return False
    size = abs(int(text)) - text.startswith("-")
    return size == _AS_WIDE[0] or size >= _AS_WIDE[1]


def _said_to_be_required(page: Page, found: MetadataOperation) -> dict[str, tuple[Citation, ...]]:
    """What the documentation asks for and the gateway lets out."""
    return {
        d.name: (Citation(page.id, "parameters", d.name),)
        for d in found.parameters
        if d.schema.get("docRequired") is True and d.schema.get("required") is not True
    }


def _type(schema: Schema, otherwise: FieldType) -> FieldType:
    kind = str(schema.get("type") or "").casefold()
    return _TYPES.get(kind, "object" if not kind and schema.get("properties") else otherwise)


def _value(value: Any, kind: str) -> Any:
    """Limits are strings in the metadata."""
    if isinstance(value, list):
        return [_value(v, kind) for v in value]
    if isinstance(value, str) and kind in ("integer", "number", "array") and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and str(value).casefold() in ("true", "false"):
        return str(value).casefold() == "true"
    return value


# ------------------------------------------------------------------------------------------------------- response


def _field(page: Page, above: Path, name: str, schema: Schema, shown: Shape) -> Field:
    kind = _type(schema, "string")
    inner = _inside(schema)
    path = (*above, name)
    members = tuple(_field(page, path, n, s, shown) for n, s in (inner.get("properties") or {}).items())
    row = Citation(page.id, "response", ".".join(path))
    node = shown.get(path)
    described = inner if kind == "array" and not members else schema
    item = _type(inner, "string") if kind == "array" and not members else None
    example = described.get("example")
    plain = kind not in ("array", "object") or item in ("string", "integer", "number", "boolean")
    return Field(
        name=name,
        type=kind,
        citations=(row,),
        members=members,
        item_type=item,
        xml_item=node.xml_item if node else None,
        presence="always" if path == (_ALWAYS,) else "sometimes",
        constraints=_rules(page, row, name, item or kind, described, shown, path) if plain else (),
        examples=(str(example),) if plain and example not in (None, "") and not str(example).startswith("[") else (),
    )


def _rules(
    page: Page, row: Citation, name: str, kind: str, schema: Schema, shown: Shape, path: Path
) -> tuple[Constraint, ...]:
    """What the schema, the sentences and the sample say of the values of a field."""
    found = [c for c in _stated(schema, kind, row) if c.kind in ("enum", "minimum", "maximum", "bits")]
    for f in prose.findings(name, kind, sentences(_description(schema))):
        if f.kind not in ("enum", "time_format") or f.value == prose.EPOCH_MS or (f.kind == "enum" and found):
            continue
        value = list(f.value) if isinstance(f.value, tuple) else f.value
        found.append(Constraint(f.kind, value, (Citation(page.id, "response", ".".join(path), f.sentence),)))
    node = shown.get(path)
    for format, texts in sorted(node.texts.items()) if node and kind == "string" else ():
        patterns = {time_pattern(t) for t in texts if t}
        if len(patterns) == 1 and None not in patterns:
            cited = (Citation(page.id, "examples", format.upper()),)
            found.append(Constraint("time_format", patterns.pop(), cited))
    pattern = time_pattern(str(schema.get("example") or ""))
    if kind == "string" and pattern and not any(c.kind == "time_format" for c in found):
        found.append(Constraint("time_format", pattern, (row,)))
    return joined(_containing(found, schema))


def _containing(found: Iterable[Constraint], schema: Schema) -> Iterator[Constraint]:
    """Without the list of values that does not have the schema's own example: the example is documented too."""
    example = schema.get("example")
    for c in found:
        if c.kind == "enum" and example not in (None, "") and not _is_among(example, c.value):
            continue
        yield c


def _is_among(example: Any, values: Any) -> bool:
    """Whether an example is one of the values; a truth value is one in any case, and several may be listed."""
    known = {str(v).casefold() for v in values} if isinstance(example, bool) else {str(v) for v in values}
    text = str(example).casefold() if isinstance(example, bool) else str(example)
    return text in known or text.strip('[]" ').split(",")[0].strip('" ') in known or _is_truth(text, values)


def _is_truth(text: str, values: Any) -> bool:
    return text.casefold() in ("true", "false") and any(isinstance(v, bool) for v in values)


def _errors(page: Page, found: MetadataOperation, parameters: tuple[Parameter, ...]) -> Iterator[ErrorCode]:
    names = Names(p.name for p in parameters)
    for status, codes in found.errors.items():
        for e in codes if str(status).isdigit() and isinstance(codes, list) else ():
            code, message = str(e.get("errorCode") or "").strip(), str(e.get("errorMessage") or "")
            if code:
                cited = (Citation(page.id, "errors", code),)
                yield ErrorCode(int(status), code, message, cited, names.about(message, code))
