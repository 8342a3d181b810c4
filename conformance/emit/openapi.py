"""A contract as OpenAPI 3.1: one operation, called by query or form as the RPC protocol does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.contract.model import Contract, Parameter
from conformance.contract.protocol import Protocol
from conformance.emit.json_schema import error_schema, parameter_schema, response_body


def openapi(contract: Contract, protocol: Protocol | None = None) -> dict[str, Any]:
    """The OpenAPI document. The operations of an RPC product share the path `/`; `Action` tells them apart.

    `protocol` adds its common parameters, which a request signed with V1 has, and the regions that it lists.
    """
    parts: dict[str, Any] = {}
    common = {p.name: _common(contract, p) for p in _signed(contract, protocol)}
    body = response_body(contract, "#/components/schemas/", parts)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{contract.product} {contract.operation}", "version": contract.version},
        "paths": {contract.path or "/": {m.casefold(): _operation(contract, m, protocol) for m in contract.methods}},
        "components": {
            **({"parameters": common} if common else {}),
            "schemas": {
                f"{contract.operation}Response": body,
                **parts,
                "Error": {**embedded(error_schema()), "xml": {"name": "Error"}},
            },
            "securitySchemes": SECURITY,
        },
        "security": [{"V3": []}, {"V1": []}],
    }


SECURITY: Mapping[str, Any] = {
    "V3": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "ACS3-HMAC-SHA256 over method, path, query, signed headers and body.",
    },
    "V1": {
        "type": "apiKey",
        "in": "query",
        "name": "Signature",
        "description": "HMAC-SHA1 over method and sorted parameters.",
    },
}


def _operation(contract: Contract, method: str, protocol: Protocol | None) -> dict[str, Any]:
    common = [{"$ref": f"#/components/parameters/{p.name}"} for p in _signed(contract, protocol)]
    found = operation(contract, method)
    return {
        "operationId": found.pop("operationId"),
        "parameters": [*request_parameters(contract, protocol), *common],
        **found,
    }


def request_parameters(contract: Contract, protocol: Protocol | None = None) -> list[dict[str, Any]]:
    """The parameters of a request, without those that travel in its body."""
    return [_parameter(contract, p, protocol) for p in _with_protocol(contract)]


def operation(contract: Contract, method: str) -> dict[str, Any]:
    """One method of an operation, without its parameters."""
    success = {"$ref": f"#/components/schemas/{contract.operation}Response"}
    found: dict[str, Any] = {
        "operationId": f"{contract.operation}{'' if method == contract.methods[0] else method.title()}",
        "responses": {
            "200": {"description": "The result.", "content": _content(success, _shown(contract, "response"))},
            "default": {
                "description": "An error.",
                "content": _content({"$ref": "#/components/schemas/Error"}, _shown(contract, "error")),
            },
        },
    }
    if contract.statement:
        found["summary"] = contract.statement
    if body := _body(contract):
        found["requestBody"] = body
    return found


def _with_protocol(contract: Contract) -> tuple[Parameter, ...]:
    """The operation's parameters with the three common ones that say what is called and how it answers."""
    own = tuple(p for p in contract.parameters if p.place != "body")
    if contract.path is not None:
        return own
    listed = {p.name for p in contract.parameters}
    action = Parameter("Action", "string", True, ())
    common = (Parameter("Version", "string", True, ()), Parameter("Format", "string", False, ()))
    first = () if "Action" in listed else (action,)
    return (*first, *(c for c in common if c.name not in listed), *own)


def _signed(contract: Contract, protocol: Protocol | None) -> tuple[Parameter, ...]:
    """The common parameters of a request beside those three, and beside `Signature`, which is a security scheme."""
    if protocol is None or contract.path is not None:
        return ()
    listed = {"Action", "Version", "Format", "Signature", *(p.name for p in contract.parameters)}
    return tuple(p for p in protocol.parameters if p.name not in listed)


def _common(contract: Contract, parameter: Parameter) -> dict[str, Any]:
    """A common parameter. None is required here: a request that is signed with V3 has headers instead."""
    schema = {k: v for k, v in parameter_schema(contract, parameter).items() if k != "$comment"}
    return {"name": parameter.name, "in": "query", "description": "With signature V1.", "schema": schema}


def _parameter(contract: Contract, parameter: Parameter, protocol: Protocol | None) -> dict[str, Any]:
    schema = {k: v for k, v in parameter_schema(contract, parameter).items() if v != ""}
    fixed = {"Action": [contract.operation], "Version": [contract.version], "Format": ["JSON", "XML"]}
    if parameter.name in fixed and contract.path is None:
        schema["enum"] = fixed[parameter.name]
    if protocol and parameter.name == contract.semantics.region and "enum" not in schema:
        # not an enumeration: regions are opened without notice
        schema["examples"] = list(protocol.regions)
    found: dict[str, Any] = {"name": parameter.name, "in": parameter.place, "schema": schema}
    required = parameter.required and contract.choice_about("required", parameter.name) is None
    if required or parameter.name == "Action" or parameter.place == "path":
        found["required"] = True
    if parameter.examples:
        found["example"] = parameter.examples[0]
    return found


def _body(contract: Contract) -> dict[str, Any] | None:
    """The body of an operation that has a path, with the parameters that travel in it."""
    inside = [p for p in contract.parameters if p.place == "body"]
    if not inside:
        return None
    # in a query an object is text, and in a JSON body it is one
    own: dict[str, Any] = {
        p.name: {"type": p.type} if p.type in ("object", "array") else parameter_schema(contract, p) for p in inside
    }
    schema: dict[str, Any] = {"type": "object", "properties": own}
    if required := [p.name for p in inside if p.required]:
        schema["required"] = required
    return {"content": {"application/json": {"schema": schema}}}


def _shown(contract: Contract, role: str) -> dict[str, list[Any]]:
    """The samples of one role by format: JSON as values, XML as text. One that is no JSON is left out."""
    found: dict[str, list[Any]] = {"json": [], "xml": []}
    for sample in contract.samples:
        if sample.role != role:
            continue
        try:
            value = json.loads(sample.body) if sample.format == "json" else sample.body
        except json.JSONDecodeError:
            continue
        if sample.format in found and value not in found[sample.format]:
            found[sample.format].append(value)
    return found


def _content(schema: dict[str, Any], shown: dict[str, list[Any]]) -> dict[str, Any]:
    """The bodies by media type: those that are documented for XML are two, of which requests ask for the first."""
    kinds = (("application/json", "json"), ("application/xml", "xml"), ("text/xml", "xml"))
    return {media: {"schema": schema, **_numbered(shown[form])} for media, form in kinds}


def _numbered(values: list[Any]) -> dict[str, Any]:
    return {"examples": {f"sample{i}": {"value": v} for i, v in enumerate(values, 1)}} if values else {}


def embedded(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as a part of another document, which says the dialect itself."""
    return {k: v for k, v in schema.items() if k not in ("$schema", "$id")}
