"""The file format of contracts as JSON Schema, made from the classes of the model, so that it cannot fall behind."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from conformance.contract.files import FORMAT_VERSION
from conformance.contract.model import Citation, Contract

Schema = dict[str, Any]


def contract_file_schema() -> Schema:
    """JSON Schema 2020-12 of `contract.yaml`. Members with a default may be left out; no others are known."""
    definitions: dict[str, Schema] = {}
    body = _class(Contract, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:acs-conformance:contract:{FORMAT_VERSION}",
        "title": "Contract of an operation",
        **body,
        "$defs": dict(sorted(definitions.items())),
    }


def _class(kind: type, definitions: dict[str, Schema]) -> Schema:
    hints = get_type_hints(kind)
    fields = attrs.fields(kind)
    schema: Schema = {
        "type": "object",
        "properties": {a.name: _of(hints[a.name], definitions) for a in fields},
        # a citation may go without saying: see contract/implied.py
        "required": [a.name for a in fields if a.default is attrs.NOTHING and a.name != "citations"],
        "additionalProperties": False,
    }
    return {"description": (kind.__doc__ or "").strip().split("\n\n")[0], **schema}


def _of(hint: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return {}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(a, definitions) for a in arguments]}
    if attrs.has(hint):
        return _reference(hint, definitions)
    return {"type": {str: "string", int: "integer", bool: "boolean", float: "number", type(None): "null"}[hint]}


def _reference(kind: type, definitions: dict[str, Schema]) -> Schema:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # a class may hold itself
        schema = _class(kind, definitions)
        if kind is Citation:
            schema = {"anyOf": [{"type": "string", "pattern": "^.+ / .+$"}, schema]}
        definitions[kind.__name__] = schema
    return {"$ref": f"#/$defs/{kind.__name__}"}
