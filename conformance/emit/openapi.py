"""A contract as OpenAPI 3.1: one operation, called by query or form as the RPC protocol does."""

from __future__ import annotations

from typing import Any

from conformance.contract.model import Contract, Parameter
from conformance.emit.json_schema import error_schema, parameter_schema, response_body


def openapi(contract: Contract) -> dict[str, Any]:
    """The OpenAPI document. Every operation of a product shares the path `/`; `Action` tells them apart."""
    parts: dict[str, Any] = {}
    body = response_body(contract, "#/components/schemas/", parts)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{contract.product} {contract.operation}", "version": contract.version},
        "paths": {"/": {m.casefold(): _operation(contract, m) for m in contract.methods}},
        "components": {
            "schemas": {
                f"{contract.operation}Response": body,
                **parts,
                "Error": {**_embedded(error_schema()), "xml": {"name": "Error"}},
            },
            "securitySchemes": {
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
            },
        },
        "security": [{"V3": []}, {"V1": []}],
    }


def _operation(contract: Contract, method: str) -> dict[str, Any]:
    success = {"$ref": f"#/components/schemas/{contract.operation}Response"}
    operation: dict[str, Any] = {
        "operationId": f"{contract.operation}{'' if method == contract.methods[0] else method.title()}",
        "parameters": [_parameter(contract, p) for p in _with_protocol(contract)],
        "responses": {
            "200": {"description": "The result.", "content": _content(success)},
            "default": {"description": "An error.", "content": _content({"$ref": "#/components/schemas/Error"})},
        },
    }
    if contract.statement:
        operation["summary"] = contract.statement
    return operation


def _with_protocol(contract: Contract) -> tuple[Parameter, ...]:
    """The operation's parameters with the three common ones that say what is called and how it answers."""
    listed = {p.name for p in contract.parameters}
    action = Parameter("Action", "string", True, ())
    common = (Parameter("Version", "string", True, ()), Parameter("Format", "string", False, ()))
    first = () if "Action" in listed else (action,)
    return (*first, *(c for c in common if c.name not in listed), *contract.parameters)


def _parameter(contract: Contract, parameter: Parameter) -> dict[str, Any]:
    schema = {k: v for k, v in parameter_schema(contract, parameter).items() if v != ""}
    fixed = {"Action": [contract.operation], "Version": [contract.version], "Format": ["JSON", "XML"]}
    if parameter.name in fixed:
        schema["enum"] = fixed[parameter.name]
    found: dict[str, Any] = {"name": parameter.name, "in": "query", "schema": schema}
    if (parameter.required and contract.choice_about("required", parameter.name) is None) or parameter.name == "Action":
        found["required"] = True
    if parameter.examples:
        found["example"] = parameter.examples[0]
    return found


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}, "text/xml": {"schema": schema}}


def _embedded(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k != "$schema"}
