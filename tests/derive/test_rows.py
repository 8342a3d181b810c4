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


def test_items_of_a_list_that_is_only_shown_empty_may_be_anything(tmp_path: Path) -> None:
    shown = '## Examples\n```\n{"Ports": {"Port": []}, "Ids": {"Id": []}, "RequestId": "1"}\n```\n'
    rows = "|Ports| |All ports.| |\n|Ids|Object|All ids.| |\n|Id|Array of String|One.| |\n|RequestId|string|It.|1|"
    contract = read(tmp_path, rows, examples=shown)
    found = {".".join(path): (f.type, f.open_in) for path, f in contract.fields()}
    assert found["Ports.Port"] == ("array", ("json", "xml"))
    assert found["Ids.Id"] == ("array", ())
    assert [n for n in contract.notes if n.startswith("Ports.Port is open: samples show it empty")]


def test_a_list_of_two_nouns_wraps_its_item_though_the_rows_are_out_of_order(tmp_path: Path) -> None:
    shown = """## Examples
```
{"Base": "b", "PortsAndProtocol": {"PortAndProtocol": []}, "RequestId": "1", "Ports": {"Port": ["1"]}}
```
"""
    rows = "|Base|string|It.|b|\n|PortsAndProtocol| |All.| |\n"
    rows += "".join(f"|└{name}|string|It.|x|\n" for name in ("Port", "Protocol", "Detail", "Forward"))
    contract = read(tmp_path, f"{rows}|RequestId|string|It.|1|", examples=shown)
    inside = "PortsAndProtocol.PortAndProtocol."
    assert {inside + name for name in ("Port", "Protocol", "Detail", "Forward")} <= set(paths(contract))


def test_names_that_differ_in_capitals_alone_are_noted(tmp_path: Path) -> None:
    shown = """## Examples
```
<ListCratesResponse><RequestId>1</RequestId></ListCratesResponse>
```
```
{"requestId": "1"}
```
"""
    notes = read(tmp_path, "|RequestId|string|The request.|1|", examples=shown).notes
    assert [n for n in notes if n.startswith("RequestId is also spelt requestId")]
    whole = shown.replace('"requestId"', '"RequestId"')
    assert not [n for n in read(tmp_path, "|RequestId|string|It.|1|", examples=whole).notes if "also spelt" in n]


@pytest.mark.parametrize(("example", "values"), [("a-1", ["a-1"]), ("A-1", ["a-1"]), ("", ["a-1"]), ("a-****", None)])
def test_an_only_value_that_the_example_is_not_is_no_list_of_values(
    example: str, values: list[str] | None, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    text = PAGE.format(rows="|RequestId|string|It.|1|", asked="Request parameters", answered="Response parameters",
                       examples="")  # fmt: skip
    text = text.replace("|Required|Description|\n|---|", "|Required|Example|Description|\n|---|---|")
    page.write_text(text.replace("|Yes|The region.|", f"|Yes|{example}|The region. Set the value to a-1.|"), "utf-8")
    contract = derive([page])
    assert contract.parameters[0].value("enum") == values
    assert bool([n for n in contract.notes if n.startswith("RegionId: its only value is a-1")]) == (values is None)


ERRORS = """## {title}
|Error code

|Error message

|HTTP status code

|Description |
|---|---|---|---|
|NoCrate

|There is no crate.

|404

|It is not there. |
"""


def test_errors_stand_under_other_headings_and_their_headers_over_lines(tmp_path: Path) -> None:
    contract = read(tmp_path, "|RequestId|string|It.|1|", examples=ERRORS.format(title="Common errors"))
    assert [(e.status, e.code) for e in contract.errors] == [(404, "NoCrate")]


def test_a_table_of_errors_that_is_not_read_is_noted(tmp_path: Path) -> None:
    contract = read(tmp_path, "|RequestId|string|It.|1|", examples=ERRORS.format(title="What else may happen"))
    assert not contract.errors
    assert [n for n in contract.notes if "a table of 1 error codes is not read: it stands under" in n]
