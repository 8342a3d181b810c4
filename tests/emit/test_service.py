"""A whole service as one OpenAPI document, which a validator that is not ours accepts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from openapi_spec_validator import OpenAPIV31SpecValidator

from conformance.contract.catalogue import service_of
from conformance.derive.service import derive_service, read_service
from conformance.emit.service_openapi import service_openapi
from tests.services import BY_PATH, FAIR, written


def accepted(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def emitted(folder: Path, metadata: Mapping[str, Any]) -> dict[str, Any]:
    found = derive_service(read_service(written(folder, metadata)))
    return service_openapi(found.service, found.contracts)


def test_operations_by_action(tmp_path: Path) -> None:
    document = emitted(tmp_path, FAIR)
    accepted(document)
    item = document["paths"]["/#Action=CreateStall"]
    assert set(item) == {"parameters", "get", "post"}
    action = next(p for p in item["parameters"] if p["name"] == "Action")
    assert (action["required"], action["schema"]["enum"]) == (True, ["CreateStall"])
    assert document["paths"]["/#Action=DescribeTokens"]["get"]["deprecated"] is True
    assert len({o["operationId"] for i in document["paths"].values() for m, o in i.items() if m != "parameters"}) == 26


def test_operations_by_path(tmp_path: Path) -> None:
    document = emitted(tmp_path, BY_PATH)
    accepted(document)
    # two spellings of the name in a path are one path
    assert set(document["paths"]) == {"/fields", "/fields/{FieldId}"}
    assert set(document["paths"]["/fields/{FieldId}"]) == {"get", "delete"}
    assert document["paths"]["/fields/{FieldId}"]["delete"]["parameters"][0]["name"] == "FieldId"
    body = document["paths"]["/fields"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert (body["required"], body["properties"]["crop"]) == (["name"], {"type": "object"})
    assert document["components"]["schemas"]["ListFieldsResponse"]["type"] == "array"


def test_operations_of_the_shipped_service() -> None:
    service = service_of("ecs")
    some = list(service.operations)[::12]
    part = evolve(service, operations={name: service.operations[name] for name in some})
    accepted(service_openapi(part, {name: service.contract(name) for name in some}))


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ({"minimum": "1", "maximum": "9", "default": "-1"}, {"maximum": 9, "default": -1}),
        ({"minimum": "1", "maximum": "9", "default": "2"}, {"minimum": 1, "maximum": 9, "default": 2}),
    ],
)
def test_a_bound_that_rules_out_the_default_is_none(tmp_path: Path, limits: Any, kept: Any) -> None:
    """The documentation contradicts itself, so nobody can be held to it."""
    listing = FAIR["apis"]["DescribeStalls"]
    parameter = {"name": "Row", "in": "query", "schema": {"type": "integer", **limits}}
    document = {**FAIR, "apis": {**FAIR["apis"], "DescribeStalls": {**listing, "parameters": [parameter]}}}
    contract = derive_service(read_service(written(tmp_path, document))).contracts["DescribeStalls"]
    assert {c.kind: c.value for c in contract.parameters[0].constraints} == kept
    assert bool([n for n in contract.notes if "rules out the default" in n]) == ("minimum" not in kept)
