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
