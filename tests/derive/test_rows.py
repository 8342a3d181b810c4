"""Rows and tables as they stand on real pages: headings in the singular, cells that have moved, rows of items."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.derive import derive

PAGE = """# ListCrates
Lists crates. The operation belongs to version 2014-05-26 of the API.
## {asked}
|Parameter|Type|Required|Description|
|---|---|---|---|
|RegionId|string|Yes|The region.|
## {answered}
|Parameter|Type|Description|Example|
|---|---|---|---|
{rows}
{examples}"""


def read(folder: Path, rows: str, asked: str = "Request parameters", answered: str = "Response parameters",
         examples: str = "") -> Contract:  # fmt: skip
    page = folder / "page.md"
    page.write_text(PAGE.format(rows=rows, asked=asked, answered=answered, examples=examples), "utf-8")
    return derive([page])


def paths(contract: Contract) -> dict[str, str]:
    return {".".join(path): f.type for path, f in contract.fields()}


@pytest.mark.parametrize(
    "answered", ["Response parameter", "**Response parameter**", "返回参数", "RESPONSE PARAMETERS"]
)
def test_a_heading_may_stand_in_the_singular(answered: str, tmp_path: Path) -> None:
    contract = read(tmp_path, "|RequestId|string|The request.|1|", "Request parameter", answered)
    assert paths(contract) == {"RequestId": "string"}
    assert [p.name for p in contract.parameters] == ["RegionId"]
    assert not [n for n in contract.notes if "is not read" in n]


def test_a_heading_that_only_begins_like_one_is_another(tmp_path: Path) -> None:
    contract = read(tmp_path, "|RequestId|string|The request.|1|", answered="Response parameter groups")
    assert paths(contract) == {}
    assert [n for n in contract.notes if "a table of 1 parameters is not read: it stands under" in n]


# the row of an item has lost its empty first cell, so that its type stands where names do
SHIFTED = """|Crates|array<object>|The crates.| |
|object|One crate.| | |
|CrateId|string|The crate.|c-1|
|RequestId|string|The request.|1|"""
SHOWN = '## Examples\n```\n{"Crates": [{"CrateId": "c-1"}], "RequestId": "1"}\n```\n'


def test_the_row_of_an_item_may_have_lost_its_empty_name(tmp_path: Path) -> None:
    moved = read(tmp_path, SHIFTED, examples=SHOWN)
    assert paths(moved) == {"Crates": "array", "Crates.CrateId": "string", "RequestId": "string"}
    assert paths(read(tmp_path, SHIFTED.replace("|object|One", "||object|One"), examples=SHOWN)) == paths(moved)


@pytest.mark.parametrize(
    "row",
    [
        "|object|string|What it is about.| |",  # a type stands where types do
        "|Object|What it is about.| | |",  # a name has capitals
        "|object|What it is about.| |c-1|",  # nothing has moved out of the last cell
    ],
)
def test_a_field_may_be_called_as_a_type_is(row: str, tmp_path: Path) -> None:
    contract = read(tmp_path, f"|RequestId|string|The request.|1|\n{row}")
    assert {path.casefold() for path in paths(contract)} == {"requestid", "object"}


WITH_ITEMS = """|Labels|array|The labels.| |
| |string|A label.|red|
|Crates|array<object>|The crates.| |
| |object|One crate.| |
|CrateId|string|The crate.|c-1|"""
NO_LIST = '## Examples\n```\n{"RequestId": "1"}\n```\n'


def test_a_list_that_has_a_row_for_its_items_has_no_wrapper(tmp_path: Path) -> None:
    """No sample shows the lists; what reads is that nothing stands between the list and its item."""
    contract = read(tmp_path, f"{WITH_ITEMS}\n|RequestId|string|The request.|1|", examples=NO_LIST)
    assert paths(contract) == {
        "Labels": "array", "Crates": "array", "Crates.CrateId": "string", "RequestId": "string",
    }  # fmt: skip
    assert [f.item_type for path, f in contract.fields() if path == ("Labels",)] == ["string"]
    assert not [n for n in contract.notes if "is taken for a list of" in n]


def test_a_list_without_such_a_row_has_the_wrapper_that_rpc_lists_have(tmp_path: Path) -> None:
    contract = read(tmp_path, "|Crates|Array of Crate|All.| |\n|RequestId|String|The request.|1|", examples=NO_LIST)
    assert paths(contract) == {"Crates": "object", "Crates.Crate": "array", "RequestId": "string"}
    assert [n for n in contract.notes if n.startswith("Crates is taken for a list of Crate")]
