"""A whole service as one OpenAPI 3.1 document.

Operations of the RPC style share the path `/`, and OpenAPI tells operations apart by path alone: each gets a fragment,
`/#Action=Name`, which no client sends, and a parameter Action of one value, which every client does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.contract.model import Contract
from conformance.contract.service import Service
from conformance.emit.json_schema import error_schema, response_body
from conformance.emit.openapi import SECURITY, embedded, operation, request_parameters

SCHEMAS = "#/components/schemas/"


def service_openapi(service: Service, contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """The OpenAPI document of the operations whose contracts are given."""
    schemas: dict[str, Any] = {"Error": {**embedded(error_schema()), "xml": {"name": "Error"}}}
    paths: dict[str, dict[str, Any]] = {}
    spelt: dict[str, str] = {}
    for name, contract in contracts.items():
        parts: dict[str, Any] = {}
        # a part is named by its path in the response, which other operations have too
        schemas[f"{name}Response"] = response_body(contract, f"{SCHEMAS}{name}.", parts)
        schemas |= {f"{name}.{part}": schema for part, schema in parts.items()}
        deprecated = service.operations[name].deprecated if name in service.operations else False
        if service.style == "path" and contract.path is not None:
            _add_by_path(paths, spelt, contract, deprecated)
        else:
            paths[f"/#Action={name}"] = _by_action(contract, deprecated)
    return {
        "openapi": "3.1.0",
        "info": {"title": service.product, "version": service.version},
        "servers": [{"url": f"https://{host}"} for host in dict.fromkeys(e.host for e in service.endpoints)]
        or [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": SECURITY},
        "security": [{"V3": []}, *([{"V1": []}] if service.style == "rpc" else [])],
    }


def _by_action(contract: Contract, deprecated: bool) -> dict[str, Any]:
    """One path item; what is asked for stands there once for all methods."""
    item: dict[str, Any] = {"parameters": request_parameters(contract)}
    for method in contract.methods:
        item[method.casefold()] = {**operation(contract, method), **({"deprecated": True} if deprecated else {})}
    return item


def _add_by_path(paths: dict[str, dict[str, Any]], spelt: dict[str, str], contract: Contract, deprecated: bool) -> None:
    """Adds an operation to the path item of its path; `spelt` has each path by its places without their names."""
    path = "/" + (contract.path or "").strip("/")
    places = re.sub(r"\{[^{}]*\}", "{}", path)
    first = spelt.setdefault(places, path)
    names = dict(zip(re.findall(r"\{([^{}]*)\}", path), re.findall(r"\{([^{}]*)\}", first), strict=True))
    item = paths.setdefault(first, {})
    for method in contract.methods:
        found = operation(contract, method)
        found["parameters"] = [_renamed(p, names) for p in request_parameters(contract)]
        documented = {p.name for p in contract.parameters if p.place == "path"}
        found["parameters"] += [
            {"name": names[n], "in": "path", "required": True, "schema": {"type": "string"}}
            for n in names
            if n not in documented
        ]
        if method in ("GET", "HEAD", "DELETE"):
            found.pop("requestBody", None)
        # an operation may have the path and method of another one, and is then found under a fragment
        if method.casefold() in item:
            item = paths.setdefault(f"{first}#{contract.operation}", {})
        item[method.casefold()] = {**found, **({"deprecated": True} if deprecated else {})}


def _renamed(parameter: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A parameter under the name that the path has it by; one that the path does not have is asked for in the query."""
    if parameter["in"] != "path":
        return parameter
    name = names.get(parameter["name"])
    return {**parameter, **({"name": name} if name else {"in": "query"})}
