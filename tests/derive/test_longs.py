"""An integer that is documented to be of 64 bits is one in the contract; of any other nothing is said of its width."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.contract.files import dump_contract, load_contract
from conformance.contract.model import Contract
from conformance.derive import derive

PAGE = """# WeighCrate
Weighs a crate. The operation belongs to version 2014-05-26 of the API.
## Request parameters
|Parameter|Type|Required|Description|
|---|---|---|---|
|OwnerId|{kind}|Yes|Who owns the crate.|
## Response parameters
|Parameter|Type|Description|Example|
|---|---|---|---|
|RequestId|String|The request.|1|
|Grams|{kind}|What it weighs.|7|
"""


def bits(contract: Contract) -> tuple[object, object]:
    """Those of the parameter, and of the field."""
    parameter, found = contract.parameter("OwnerId"), contract.at("Grams")
    assert parameter is not None
    assert found is not None
    assert (parameter.type, found.type) == ("integer", "integer")
    return parameter.value("bits"), found.value("bits")


def page(folder: Path, kind: str, date: str = "2020-01-01") -> Path:
    path = folder / f"{date}.md"
    path.write_text(PAGE.format(kind=kind), "utf-8")
    return path


@pytest.mark.parametrize(
    ("kind", "wide"), [("Long", 64), ("int64", 64), ("长整型", 64), ("Integer", None), ("int32", None), ("整型", None)]
)
def test_the_type_of_a_row_says_how_wide_an_integer_is(kind: str, wide: int | None, tmp_path: Path) -> None:
    contract = derive([page(tmp_path, kind)])
    assert bits(contract) == (wide, wide)
    (tmp_path / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    assert load_contract(tmp_path) == contract


@pytest.mark.parametrize(("older", "newer", "wide"), [("Long", "Integer", None), ("Integer", "Long", 64)])
def test_what_only_an_older_page_says_of_the_width_is_left_open(
    older: str, newer: str, wide: int | None, tmp_path: Path
) -> None:
    contract = derive([page(tmp_path, older, "2019-01-01"), page(tmp_path, newer, "2020-01-01")])
    assert bits(contract) == (wide, wide)


@pytest.mark.parametrize(
    ("schema", "wide"),
    [
        ({"type": "integer", "format": "int64"}, 64),
        ({"type": "long"}, 64),
        ({"type": "integer", "format": "int32"}, None),
        ({"type": "integer"}, None),
    ],
)
def test_metadata_says_it_by_a_format(schema: dict[str, str], wide: int | None, tmp_path: Path) -> None:
    operation = {
        "parameters": [{"name": "OwnerId", "schema": schema}],
        "responses": {"200": {"schema": {"properties": {"Grams": schema}}}},
    }
    about = {"info": {"product": "Ecs", "version": "2014-05-26"}, "apis": {"WeighCrate": operation}}
    (tmp_path / "m.json").write_text(json.dumps(about))
    assert bits(derive([tmp_path / "m.json"])) == (wide, wide)
