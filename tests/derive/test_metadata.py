"""Operation metadata in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.derive import derive
from conformance.derive.page import PageError

EXPLORER = {
    "info": {"product": "Ecs", "version": "2014-05-26"},
    "apis": {
        "DescribeThings": {
            "parameters": [
                {"name": "RegionId", "schema": {"type": "string", "required": True, "description": "The region."}},
                {"name": "PageSize", "schema": {"type": "integer", "maximum": "50", "minimum": "1", "default": "10"}},
                {
                    "name": "Tag",
                    "style": "repeatList",
                    "schema": {"type": "array", "maxItems": 20, "items": {"properties": {"Key": {"type": "string"}}}},
                },
                {"name": "Ids", "style": "repeatList", "schema": {"type": "array", "items": {"type": "string"}}},
            ],
            "responses": {
                "200": {
                    "schema": {
                        "properties": {
                            "Things": {
                                "type": "object",
                                "properties": {
                                    "Thing": {"type": "array", "items": {"properties": {"Id": {"type": "string"}}}}
                                },
                            }
                        }
                    }
                }
            },
            "errorCodes": {"400": [{"errorCode": "MissingRegionId", "errorMessage": "The RegionId is missing."}]},
        }
    },
}


def test_metadata_gives_a_contract(tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.write_text(json.dumps(EXPLORER))
    contract = derive([path])
    assert (contract.operation, contract.product, contract.version) == ("DescribeThings", "Ecs", "2014-05-26")
    assert [(p.name, p.type, p.required) for p in contract.parameters] == [
        ("RegionId", "string", True),
        ("PageSize", "integer", False),
        ("Tag.N.Key", "string", False),
        ("Ids.N", "array", False),
    ]
    size = contract.parameter("PageSize")
    assert [size.value(k) for k in ("minimum", "maximum", "default")] == [1, 50, 10]
    assert contract.parameter("Tag.N.Key").value("max_items") == 20
    assert [".".join(p) for p, _ in contract.fields()] == ["Things", "Things.Thing", "Things.Thing.Id"]
    assert contract.errors[0].parameter == "RegionId"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"apis": {', ":1: is not JSON"),
        ('{"words": "nothing here"}', "is JSON without an operation"),
        ('{"apis": {"A": {}, "B": {}}}', "describes 2 operations (A, B, …)"),
        ('{"apis": {}}', "describes no operation; expected"),
    ],
)
def test_json_that_is_no_metadata_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "m.json"
    path.write_text(text)
    with pytest.raises(PageError) as caught:
        derive([path])
    assert problem in str(caught.value)


def test_a_bound_of_all_integers_is_no_limit_of_a_parameter(tmp_path: Path) -> None:
    def count(name: str, **limits: str) -> dict:
        return {"name": name, "in": "query", "schema": {"type": "integer", **limits}}

    api = {
        "parameters": [
            count("Int", minimum="-2147483648", maximum="2147483647"),
            count("Long", minimum="-9223372036854775808", maximum="9223372036854775807"),
            count("Rounded", minimum="-9223372036854774808", maximum="9223372036854775000"),
            count("Real", minimum="-1", maximum="2147483646"),
        ]
    }
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"apis": {"CountThings": api}}))
    contract = derive([path])
    limits = {p.name: (p.value("minimum"), p.value("maximum")) for p in contract.parameters}
    assert limits == {"Int": (None, None), "Long": (None, None), "Rounded": (None, None), "Real": (-1, 2147483646)}


def test_a_truth_value_is_no_filter_of_a_number(tmp_path: Path) -> None:
    item = {"Id": "string", "Managed": "integer", "Shared": "boolean"}
    properties = {name: {"type": kind} for name, kind in item.items()}
    things = {"type": "array", "items": {"type": "object", "properties": properties}}
    result = {"type": "object", "properties": {"RequestId": {"type": "string"}, "Things": things}}
    api = {
        "parameters": [{"name": n, "in": "query", "schema": {"type": "boolean"}} for n in ("Managed", "Shared")],
        "responses": {"200": {"schema": result}},
    }
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"apis": {"DescribeThings": api}}))
    assert [f.parameter for f in derive([path]).semantics.filters] == ["Shared"]
