"""Rows that are named by their whole path, headers inside a table, and names that the page spells in two ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.derive import derive
from conformance.derive.dotted import undotted
from conformance.derive.rows import RowEntry
from conformance.derive.spelling import is_slip

PAGE = """# DescribeCarts {{#doc}}

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|DescribeCarts|The operation.|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
{rows}

## Examples

Sample success responses

`JSON` format

```
{sample}
```
"""


def derived(folder: Path, rows: str, sample: object) -> Contract:
    page = folder / "page.md"
    page.write_text(PAGE.format(rows=rows, sample=json.dumps(sample)), "utf-8")
    return derive([page])


def paths(contract: Contract) -> dict[str, str]:
    return {".".join(path): f.type for path, f in contract.fields()}


def test_a_dotted_row_stands_under_what_it_names(tmp_path: Path) -> None:
    rows = """|Status.Code|String|Open|How it is.|
|Status.Since.Day|String|Monday|The day.|
|RequestId|String|1|The request.|"""
    contract = derived(tmp_path, rows, {"RequestId": "1", "Status": {"Code": "Open"}})
    assert paths(contract) == {
        "Status": "object", "Status.Code": "string", "Status.Since": "object", "Status.Since.Day": "string",
        "RequestId": "string",
    }  # fmt: skip
    assert [c.row for c in contract.at("Status.Code").citations] == ["Status.Code"]


@pytest.mark.parametrize("named", ["Wheels.N.Size", "Wheels[].Size", "Wheels.1.Size"])
def test_a_dotted_row_of_a_list_is_one_of_its_items(tmp_path: Path, named: str) -> None:
    contract = derived(tmp_path, f"|{named}|Integer|3|The size.|\n|RequestId|String|1|It.|", {"RequestId": "1"})
    assert paths(contract) == {"Wheels": "array", "Wheels.Size": "integer", "RequestId": "string"}


def test_a_dotted_row_goes_through_the_wrapper_that_samples_show(tmp_path: Path) -> None:
    rows = "|Wheels|Array of Wheel| |All.|\n|Wheels.Size|Integer|3|The size.|\n|Wheels.Tag.Key|String|k|Its key.|"
    sample = {"Wheels": {"Wheel": [{"Size": 3, "Tag": {"Key": "k"}}]}}
    assert paths(derived(tmp_path, rows, sample)) == {
        "Wheels": "object", "Wheels.Wheel": "array", "Wheels.Wheel.Size": "integer", "Wheels.Wheel.Tag": "object",
        "Wheels.Wheel.Tag.Key": "string",
    }  # fmt: skip


def test_a_path_may_end_in_a_name_that_has_a_dot(tmp_path: Path) -> None:
    rows = "|Carts|Object| |All.|\n|Carts.Cart|Array| |One.|\n|Carts.Cart.Wheel.Size|Integer|3|The size.|"
    assert paths(derived(tmp_path, rows, {"Carts": {"Cart": [{"Wheel.Size": 3}]}})) == {
        "Carts": "object", "Carts.Cart": "array", "Carts.Cart.Wheel.Size": "integer",
    }  # fmt: skip


def test_a_path_to_plain_values_is_followed_though_a_later_row_has_the_name_of_their_list(tmp_path: Path) -> None:
    rows = """|Carts|Object| |All.|
|Carts.Cart|Array| |One.|
|Carts.Cart.ZoneIds|Object| |Its zones.|
|Carts.Cart.ZoneIds.ZoneId|Array of String|["z"]|One.|
|ZoneIds|Object| |All zones.|
|ZoneIds.ZoneId|Array of String|["z"]|One.|"""
    zones = {"ZoneId": ["z"]}
    assert paths(derived(tmp_path, rows, {"Carts": {"Cart": [{"ZoneIds": zones}]}, "ZoneIds": zones})) == {
        "Carts": "object", "Carts.Cart": "array", "Carts.Cart.ZoneIds": "object", "Carts.Cart.ZoneIds.ZoneId": "array",
        "ZoneIds": "object", "ZoneIds.ZoneId": "array",
    }  # fmt: skip


def test_a_dot_that_the_samples_have_in_a_name_is_part_of_it(tmp_path: Path) -> None:
    contract = derived(tmp_path, "|cart.size|Integer|3|The size.|", {"cart.size": 3})
    assert paths(contract) == {"cart.size": "integer"}


def test_a_dot_that_separates_no_names_is_left_alone() -> None:
    rows = tuple(RowEntry(n, n, "String", "", "x", "", 1) for n in ("a..b", ".a", "a b.c", "v1.*.2x"))
    assert undotted(rows) == rows


def test_a_header_inside_a_table_gives_the_columns_of_what_follows(tmp_path: Path) -> None:
    rows = """|RequestId|String|1|The request.|
|Name|Type|Description|Example|
|Size|Integer|How large it is.|3|"""
    contract = derived(tmp_path, rows, {"RequestId": "1", "Size": 3})
    assert paths(contract) == {"RequestId": "string", "Size": "integer"}
    assert contract.at("Size").examples == ("3",)
    assert any("is read as its header" in note for note in contract.notes)


def test_a_header_inside_a_table_that_is_wider_than_it_is_no_header(tmp_path: Path) -> None:
    rows = "|RequestId|String|1|The request.|\n|Name|Type|Example|Required|Location|Description|\n|Size|Integer|3|It.|"
    assert any(p.endswith("Size") for p in paths(derived(tmp_path, rows, {"RequestId": "1"})))


def test_a_field_that_is_called_name_is_no_header(tmp_path: Path) -> None:
    contract = derived(
        tmp_path, "|Name|String|Cart|The name.|\n|Type|String|Type|The type.|", {"Name": "x", "Type": "t"}
    )
    assert paths(contract) == {"Name": "string", "Type": "string"}


def test_a_row_whose_name_is_a_slip_is_the_member_that_is_left_over_and_never_demanded(tmp_path: Path) -> None:
    rows = "|DeploymentStategy|String|Spread|How.|\n|RequestId|String|1|The request.|"
    contract = derived(tmp_path, rows, {"RequestId": "1", "DeploymentStrategy": "Spread"})
    assert paths(contract) == {"DeploymentStrategy": "string", "RequestId": "string"}
    assert contract.at("DeploymentStrategy").presence == "sometimes"
    assert contract.at("RequestId").presence == "always"
    assert any("DeploymentStrategy is spelt DeploymentStategy in its row" in note for note in contract.notes)


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("DeploymentStategy", "DeploymentStrategy", True),
        ("CartStauts", "CartStatus", True),
        ("Discription", "Description", True),
        ("MinSize", "MaxSize", False),
        ("InTraffic", "OutTraffic", False),
        ("CartId", "CartIds", False),
        ("Address", "Addresses", False),
        ("Zone1Name", "Zone2Name", False),
        ("StartTime", "StateTime", False),
        ("ImageSize", "UsageSize", False),
        ("CreationTime", "ExpirationTime", False),
        ("CartName", "CartNameLong", False),
    ],
)
def test_a_slip_is_told_from_another_name(one: str, other: str, slip: bool) -> None:
    assert is_slip(one, other) is slip
    assert is_slip(other, one) is slip


@pytest.mark.parametrize("type", ["Array of String", "Array"])
def test_how_a_list_of_plain_values_is_wrapped_is_open_where_nothing_shows_it(tmp_path: Path, type: str) -> None:
    rows = f"|WheelIds|{type}| |All.|\n|RequestId|String|1|The request.|"
    contract = derived(tmp_path, rows, {"RequestId": "1"})
    assert paths(contract) == {"WheelIds": "object", "WheelIds.WheelId": "array", "RequestId": "string"}
    assert contract.at("WheelIds").open_in == ("json", "xml")


def test_a_revision_that_shows_a_list_counts_before_one_that_leaves_it_open(tmp_path: Path) -> None:
    rows = "|WheelIds|Array of String| |All.|\n|RequestId|String|1|The request.|"
    pages = []
    for name, sample in (("2021-01-01", {"RequestId": "1", "WheelIds": ["w"]}), ("2022-01-01", {"RequestId": "1"})):
        page = tmp_path / f"en.{name}.md"
        page.write_text(PAGE.format(rows=rows, sample=json.dumps(sample)), "utf-8")
        pages.append(page)
    contract = derive(pages)
    assert paths(contract) == {"WheelIds": "array", "RequestId": "string"}
    assert contract.at("WheelIds").open_in == ()


IN_PLACE = """# DescribeThings

## Request parameters

|Parameter|Type|Required|Description|
|---|---|---|---|
|Action|String|Yes|The operation.|

## Response parameters

|Parameter|Type|Example|Description|
|---|---|---|---|
|RequestId|String|r|Words.|
|Things|Array of Thing| |Words.|
|Thing| | | |
|Id|String|a|Words.|
|Pool.Id|String|b|Words.|
|Pool.Sort|String|c|Words.|
|Zone|String|d|Words.|

## Examples

```
%s
```
"""


@pytest.mark.parametrize(
    ("pool", "names"),
    [
        ({}, {("Things", "Thing", "Pool.Id"), ("Things", "Thing", "Pool.Sort")}),
        ({"Pool.Id": "b"}, {("Things", "Thing", "Pool.Id"), ("Things", "Thing", "Pool.Sort")}),
        ({"Pool": {"Id": "b"}}, {("Things", "Thing", "Pool", "Id"), ("Things", "Thing", "Pool", "Sort")}),
    ],
)
def test_where_rows_stand_below_what_they_are_members_of_a_dot_is_part_of_the_name(tmp_path, pool, names):
    (tmp_path / "page.md").write_text(
        IN_PLACE % json.dumps({"RequestId": "r", "Things": {"Thing": [{"Id": "a", "Zone": "d", **pool}]}}), "utf-8"
    )
    found = {path for path, _ in derive([tmp_path / "page.md"]).fields()}
    assert names <= found
    assert ("Things", "Thing", "Zone") in found
