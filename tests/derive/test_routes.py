"""Method, path and place of an operation, whichever description gives them, and beside pages that leave them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.contract.model import Contract
from conformance.derive import derive

PATH = "/carts/{CartId}/wheels"
PLACES = {"CartId": "path", "Force": "query", "x-cart-token": "header", "Size": "body", "Tags": "body"}
_TEXT = {"type": "string"}

EXPLORER: dict[str, Any] = {
    "info": {"style": "ROA", "product": "Market", "version": "2020-01-01"},
    "apis": {
        "AddWheel": {
            "methods": ["put"],
            "path": PATH,
            "parameters": [
                {"name": "CartId", "in": "path", "schema": {**_TEXT, "required": True}},
                {"name": "Force", "in": "query", "schema": {"type": "boolean"}},
                {"name": "x-cart-token", "in": "header", "schema": _TEXT},
                {
                    "name": "body",
                    "in": "body",
                    "schema": {
                        "type": "object",
                        "properties": {
                            "Size": {"type": "integer", "required": True},
                            "Tags": {"type": "array", "items": _TEXT},
                        },
                    },
                },
            ],
            "responses": {"200": {"schema": {"type": "object", "properties": {"WheelId": _TEXT}}}},
        }
    },
}

OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Market AddWheel", "version": "2020-01-01"},
    "paths": {
        PATH: {
            "parameters": [{"name": "CartId", "in": "path", "required": True, "schema": _TEXT}],
            "put": {
                "operationId": "AddWheel",
                "parameters": [
                    {"name": "Force", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "x-cart-token", "in": "header", "schema": _TEXT},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["Size"],
                                "properties": {
                                    "Size": {"type": "integer"},
                                    "Tags": {"type": "array", "items": _TEXT},
                                },
                            }
                        }
                    }
                },
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            "application/json": {"schema": {"type": "object", "properties": {"WheelId": _TEXT}}}
                        },
                    }
                },
            },
        }
    },
}

CLI: dict[str, Any] = {
    "name": "AddWheel",
    "protocol": "HTTPS",
    "method": "PUT",
    "pathPattern": PATH,
    "product": "Market",
    "version": "2020-01-01",
    "parameters": [
        {"name": "CartId", "position": "Path", "type": "String", "required": True},
        {"name": "Force", "position": "Query", "type": "Boolean", "required": False},
        {"name": "x-cart-token", "position": "Header", "type": "String", "required": False},
        {"name": "Size", "position": "Body", "type": "Integer", "required": True},
        {"name": "Tags", "position": "Body", "type": "Array", "required": False},
    ],
}

PAGE = """# AddWheel

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|CartId|String|Yes|c-1|The cart.|
|Force|Boolean|No|true|Whether to force it.|
|Size|Integer|Yes|3|The size.|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|WheelId|String|w-1|The wheel.|
"""


def derived(folder: Path, **texts: object) -> Contract:
    files = []
    for name, text in texts.items():
        files.append(folder / f"{name}.{'md' if isinstance(text, str) else 'json'}")
        files[-1].write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return derive(files)


@pytest.mark.parametrize("data", [EXPLORER, OPENAPI, CLI], ids=["explorer", "openapi", "cli"])
def test_each_description_gives_method_path_and_places(tmp_path: Path, data: dict[str, Any]) -> None:
    contract = derived(tmp_path, described=data)
    assert (contract.operation, contract.product, contract.version) == ("AddWheel", "Market", "2020-01-01")
    assert (contract.methods, contract.path) == (("PUT",), PATH)
    assert {p.name: p.place for p in contract.parameters} == PLACES
    assert {p.name for p in contract.parameters if p.required} == {"CartId", "Size"}


@pytest.mark.parametrize("data", [EXPLORER, OPENAPI, CLI], ids=["explorer", "openapi", "cli"])
@pytest.mark.parametrize("newest", ["page", "described"])
def test_a_page_that_leaves_them_out_contradicts_nothing(tmp_path: Path, data: dict[str, Any], newest: str) -> None:
    dates = {"page": "2020-01-01", "described": "2020-01-01"} | {newest: "2021-01-01"}
    texts = {f"{name} {dates[name]}": text for name, text in (("page", PAGE), ("described", data))}
    contract = derived(tmp_path, **texts)
    assert (contract.methods, contract.path) == (("PUT",), PATH)
    assert {p.name: p.place for p in contract.parameters} == PLACES


def test_the_three_together_are_one_contract_without_a_contradiction(tmp_path: Path) -> None:
    contract = derived(tmp_path, explorer=EXPLORER, openapi=OPENAPI, cli=CLI)
    assert (contract.methods, contract.path) == (("PUT",), PATH)
    assert {p.name: (p.place, p.type) for p in contract.parameters} == {
        "CartId": ("path", "string"), "Force": ("query", "boolean"), "x-cart-token": ("header", "string"),
        "Size": ("body", "integer"), "Tags": ("body", "array"),
    }  # fmt: skip
    assert [c.id for c in contract.choices if c.reason == "contradiction"] == []


def test_an_rpc_operation_of_one_method_has_that_method_alone(tmp_path: Path) -> None:
    contract = derived(tmp_path, cli={**CLI, "pathPattern": "", "method": "POST", "parameters": CLI["parameters"][1:2]})
    assert (contract.methods, contract.path) == (("POST",), None)


def test_a_body_that_is_no_object_is_one_parameter(tmp_path: Path) -> None:
    data = json.loads(json.dumps(OPENAPI))
    body = data["paths"][PATH]["put"]["requestBody"]
    body["content"]["application/json"]["schema"] = {"type": "array", "items": _TEXT}
    contract = derived(tmp_path, openapi=data)
    assert {p.name: (p.place, p.type) for p in contract.parameters if p.place == "body"} == {"body": ("body", "array")}
