"""A contract as JSON Schema 2020-12: the request's parameters, the response, and the error that operations share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import jsonschema
from attrs import frozen

from conformance.contract.files import format_citation
from conformance.contract.forms import QUOTED, UTC_TIME, form
from conformance.contract.model import ConstraintKind, Contract, Field, Parameter

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def identifier(contract: Contract, kind: str) -> str:
    """The `$id` of a schema: a URN with product, version and operation, as relative references need no address."""
    parts = (contract.product, contract.version, contract.operation, kind)
    return "urn:acs-conformance:" + ":".join(quote(part, safe="") for part in parts)


def request_schema(contract: Contract) -> Schema:
    """The parameters of a request as one object. Repetitions (`Tag.N.Key`) are pattern properties."""
    plain = [p for p in contract.parameters if not _repeated(p.name)]
    repeated = [p for p in contract.parameters if _repeated(p.name)]
    schema: Schema = {
        "$schema": DIALECT,
        "$id": identifier(contract, "request"),
        "title": f"{contract.operation} request",
        "type": "object",
        "properties": {p.name: parameter_schema(contract, p) for p in plain},
    }
    if repeated:
        schema["patternProperties"] = {_pattern(p.name): parameter_schema(contract, p) for p in repeated}
    required = [p.name for p in plain if p.required and not _may_be_left_out(contract, p)]
    return {**schema, "required": required} if required else schema


def _repeated(name: str) -> bool:
    return bool(re.search(r"\.[Nn](\.|$)", name))


def _pattern(name: str) -> str:
    return "^" + re.sub(r"\\\.[Nn](?=\\\.|$)", r"\\.[1-9][0-9]*", re.escape(name)) + "$"


def _may_be_left_out(contract: Contract, parameter: Parameter) -> bool:
    return contract.choice_about("required", parameter.name) is not None


def parameter_schema(contract: Contract, parameter: Parameter) -> Schema:
    """One parameter's value. Lists that travel as text are strings, with the limit on their items in the pattern."""
    value = parameter.value
    schema: Schema = {"type": parameter.type if parameter.type in _SCALARS else "string"}
    if parameter.statement:
        schema["description"] = parameter.statement
    for keyword, kind in _KEYWORDS.items():
        if value(kind) is not None and (kind not in ("minimum", "maximum") or schema["type"] in ("integer", "number")):
            schema[keyword] = value(kind)
    limit = value("max_items")
    if limit and value("separator") and not _repeated(parameter.name):
        schema["pattern"] = "|".join(f"^{p}$" for p in _lists(contract, parameter, int(limit)))
    if str(value("time_format", "")).startswith("yyyy"):
        schema["pattern"] = f"^{UTC_TIME}$"
    default = schema.get("default")
    if default is not None and not jsonschema.Draft202012Validator(schema).is_valid(default):
        del schema["default"]
        fitting = _as_documented(default, schema)
        if fitting is not None:
            schema["default"] = fitting
        else:
            remark = f"documented default {default!r} is none of the documented values"
            return {**schema, "$comment": f"{_cited(parameter)}; {remark}"}
    return {**schema, "$comment": _cited(parameter)}


def _as_documented(default: Any, schema: Schema) -> Any:
    """The value of the enumeration that a default means, which a page may write with other capitals, or None."""
    text = str(default).casefold()
    alike = [value for value in schema.get("enum", ()) if str(value).casefold() == text]
    checked = jsonschema.Draft202012Validator({k: v for k, v in schema.items() if k != "default"})
    return next((value for value in alike if checked.is_valid(value)), None)


_SCALARS = ("string", "integer", "number", "boolean")
_KEYWORDS: Mapping[str, ConstraintKind] = {
    "default": "default",
    "minimum": "minimum",
    "maximum": "maximum",
    "enum": "enum",
    "minLength": "min_length",
    "maxLength": "max_length",
}


def _lists(contract: Contract, parameter: Parameter, limit: int) -> list[str]:
    choice = contract.choice_about("id-syntax", parameter.name)
    ways = {a.id for a in choice.alternatives} if choice else set()
    if not ways:
        ways = {"json-array"} if parameter.value("syntax") == "json-array" else {"comma"}
    found = []
    if ways & {"comma", "both"}:
        found.append(rf"[^,\[\]]+(,[^,\[\]]+){{0,{limit - 1}}}")
    if ways & {"json-array", "both"}:
        found.append(rf'\[\s*("[^"]*"\s*(,\s*"[^"]*"\s*){{0,{limit - 1}}})?\]')
    return found


def response_schema(contract: Contract) -> Schema:
    """The body of a success. Members that the documentation does not name are allowed."""
    definitions: dict[str, Schema] = {}
    body = response_body(contract, "#/$defs/", definitions)
    about = {"$schema": DIALECT, "$id": identifier(contract, "response"), "title": f"{contract.operation} response"}
    schema = {**about, **body}
    return {**schema, "$defs": definitions} if definitions else schema


def response_body(contract: Contract, place: str, definitions: dict[str, Schema]) -> Schema:
    """The schema of a success, whose shared parts are put into `definitions` and referred to under `place`."""
    if contract.root != "object":
        return {"type": contract.root} if contract.root in ("array", *_SCALARS) else {}
    return _object(_Scope(contract, place, definitions), (), contract.response)


@frozen
class _Scope:
    contract: Contract
    place: str
    definitions: dict[str, Schema]

    def refer(self, name: str, schema: Schema) -> Schema:
        self.definitions[name] = schema
        return {"$ref": f"{self.place}{name}"}


def _object(scope: _Scope, path: tuple[str, ...], members: tuple[Field, ...]) -> Schema:
    forms = {m.name: form(scope.contract, (*path, m.name), m) for m in members}
    schema: Schema = {
        "type": "object",
        "properties": {m.name: _field(scope, (*path, m.name), m) for m in members},
    }
    required = [name for name, f in forms.items() if f.required]
    return {**schema, "required": required} if required else schema


def _field(scope: _Scope, path: tuple[str, ...], field: Field) -> Schema:
    shape = form(scope.contract, path, field)
    if shape.is_open("json"):
        return {"$comment": f"{_cited(field)}; open: a documented sample has something else there"}
    if field.type == "array":
        items = _object(scope, path, field.members) if field.members else _scalar(field.item_type or "string")
        schema: Schema = {"type": "array", "items": items}
    elif field.type == "object":
        schema = _object(scope, path, field.members)
        if shape.array_of_one:
            inner = scope.refer(".".join(path), schema)
            schema = {"anyOf": [inner, {"type": "array", "maxItems": 1, "items": inner}]}
    else:
        schema = _scalar(*shape.types)
        if shape.is_time:
            schema["pattern"] = f"^{UTC_TIME}$"
        if shape.may_be_empty:
            schema = {"anyOf": [schema, {"enum": ["", None]}]}
    return {**schema, "$comment": _cited(field)}


def _scalar(*types: str) -> Schema:
    known = [t for t in types if t in _SCALARS]
    if not known:
        return {}
    schema: Schema = {"type": known[0] if len(known) == 1 else known}
    # a string that may also be of another type says the same thing in quotes
    pattern = next((QUOTED[t] for t in known if t in QUOTED and "string" in known), None)
    return {**schema, "pattern": f"^({pattern})$"} if pattern else schema


def _cited(thing: Field | Parameter) -> str:
    return "; ".join(format_citation(c) for c in thing.citations)


def error_schema() -> Schema:
    """The error body that operations share: code, message and request id; host and advice where given."""
    text = {"type": "string"}
    return {
        "$schema": DIALECT,
        "$id": "urn:acs-conformance:common:1:error",
        "title": "Error",
        "type": "object",
        "properties": {
            "RequestId": {**text, "minLength": 1},
            "Code": {**text, "minLength": 1},
            "Message": text,
            "HostId": text,
            "Recommend": text,
        },
        "required": ["RequestId", "Code", "Message"],
    }
