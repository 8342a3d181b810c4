"""Layouts of pages, each shown by a small one of our own wording: what is read of it, and what is noted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.derive import derive
from conformance.derive.page import PageError

LAYOUTS = Path(__file__).parent / "layouts"


def read(tmp_path: Path, text: str, name: str = "page.md") -> Contract:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return derive([path])


def parameters(contract: Contract) -> dict[str, str]:
    return {p.name: p.type for p in contract.parameters}


def paths(contract: Contract) -> dict[str, str]:
    return {".".join(path): field.type for path, field in contract.fields()}


HELP_CENTRE = (LAYOUTS / "help-centre.md").read_text("utf-8")


def _without_last_bars(text: str) -> str:
    return re.sub(r"(?m) ?\|$", "", text)


def _name_column_last(text: str) -> str:
    """The columns in another order: nothing may depend on it."""
    lines = []
    for line in text.splitlines():
        cells = line.rstrip("|").split("|")
        if len(cells) == 5 and not line.startswith("---"):
            line = "|".join([cells[2], cells[1], cells[0], cells[4], cells[3]]) + "|"
        lines.append(line)
    return "\n".join(lines)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t,
        _without_last_bars,
        lambda t: t.replace("\nobject |", "\n | object |").replace("\nstring |", "\n| string |"),
        lambda t: t.replace("---|", ":---|"),
        lambda t: t.replace("\n", "\r\n"),
        lambda t: re.sub(r"(?m)^## (.*)$", r"\1\n---", re.sub(r"(?m)^# (.*)$", r"\1\n===", t)).replace(
            "\n---", "\n-----"
        ),
        lambda t: re.sub(r"(?m)^## ", "### ", t),
        lambda t: "---\ntitle: List crates\nkeywords:\n- crates\n---\n\n" + t,
        lambda t: t.replace("The key of tag N. Valid", "The key of tag N.\n\nValid"),
        lambda t: t.replace("## Request parameters", "## 2.1 Request parameters"),
    ],
    ids=["as-is", "no-outer-bars", "empty-names", "aligned", "crlf", "setext", "deep", "front", "lines", "numbered"],
)
def test_the_help_centre_is_read_however_its_tables_are_drawn(tmp_path: Path, change: object) -> None:
    assert callable(change)
    contract = read(tmp_path, change(HELP_CENTRE))
    assert (contract.operation, contract.product, contract.version) == ("ListCrates", "Ecs", "2014-05-26")
    assert parameters(contract) == {
        "RegionId": "string",
        "Tag.N.Key": "string",
        "Tag.N.Value": "string",
        "Number": "integer",
        "CrateId.N": "array",
    }
    number, crates = contract.parameter("Number"), contract.parameter("CrateId.N")
    assert number is not None
    assert crates is not None
    assert [number.value(k) for k in ("minimum", "maximum", "default")] == [1, 9, 3]
    assert crates.value("max_items") == 50
    assert paths(contract) == {
        "RequestId": "string",
        "Crates": "array",
        "Crates.CrateId": "string",
        "Crates.Labels": "array",
        "Crates.Weight": "number",
        "NextToken": "string",
    }
    assert [(e.status, e.code) for e in contract.errors] == [(400, "BadCrate"), (404, "NoCrate")]
    assert any("Key is taken for a member of Tag.N" in n for n in contract.notes)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^(object|string) \|", r" | \1 |", HELP_CENTRE)
    contract = read(tmp_path, _name_column_last(text))
    assert {"RegionId", "Number"} <= set(parameters(contract))
    assert contract.parameter("RegionId").required is True  # type: ignore[union-attr]


def test_a_parameter_may_be_called_as_a_type_is(tmp_path: Path) -> None:
    contract = read(tmp_path, HELP_CENTRE.replace("Number |", "string |"))
    assert parameters(contract)["string"] == "integer"


def test_a_row_without_a_name_that_describes_no_list_is_noted(tmp_path: Path) -> None:
    contract = read(tmp_path, HELP_CENTRE.replace("Tag | array<object>", "Tag | string"))
    assert parameters(contract)["Tag"] == "string"
    assert any("a row without a name is not read: 'object | No | The tag." in n for n in contract.notes)


def test_a_column_may_say_where_a_parameter_travels() -> None:
    contract = derive([LAYOUTS / "location-column.md"])
    assert (contract.operation, contract.version) == ("CreateCrate", "2014-05-26")
    assert parameters(contract) == {"RegionId": "string", "Action": "string", "Colour": "string", "Depth": "integer"}
    notes = "\n".join(contract.notes)
    for words in (
        "x-acs-organizationid travels in a header and is left out",
        "Depth: required 'Maybe' is not known",
        "type 'Sting' is read as string",
    ):
        assert words in notes
    assert contract.parameter("Colour").value("enum") == ["red", "blue"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("path-style.md", {"CrateId": "path", "pageSize": "query", "force": "body"}),
        ("path-style.zh.md", {"CrateId": "path", "force": "body"}),
    ],
)
def test_an_operation_may_have_a_method_and_a_path(name: str, places: dict[str, str]) -> None:
    contract = derive([LAYOUTS / name])
    assert (contract.operation, contract.methods, contract.path) == (
        "DescribeCrateNodes",
        ("GET",),
        "/crates/{CrateId}/nodes",
    )
    assert {p.name: p.place for p in contract.parameters} == places


@pytest.mark.parametrize("line", ["POST /", "GET /?Action=DescribeCrateNodes&CrateId=c-1 HTTP/1.1"])
def test_the_request_line_of_an_rpc_operation_is_no_path(tmp_path: Path, line: str) -> None:
    text = (LAYOUTS / "path-style.md").read_text("utf-8")
    contract = read(tmp_path, re.sub(r"GET /crates.*", line, text))
    assert (contract.methods, contract.path) == (("GET", "POST"), None)
    assert {p.place for p in contract.parameters} == {"query"}


def test_saved_html_is_read() -> None:
    contract = derive([LAYOUTS / "saved.html"])
    assert (contract.operation, contract.product, contract.version) == ("ListCrates", "Ecs", "2014-05-26")
    assert contract.revisions[0].generation == "HTML"
    colour, crates = contract.parameters
    assert (colour.value("enum"), colour.value("default")) == (["red", "blue"], "red")
    assert (crates.name, crates.value("max_items"), crates.examples) == ("CrateIds.N", 50, ("c-****a",))
    assert paths(contract) == {"RequestId": "string", "Crates": "array", "Crates.CrateId": "string"}
    # a status that spans two rows is that of both
    assert [(e.status, e.code) for e in contract.errors] == [(400, "BadCrate"), (400, "WorseCrate")]
    assert [s.format for s in contract.samples] == ["json"]


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("# Create a crate \\(CreateCrate\\)", "CreateCrate"),
        ("# 创建箱子（CreateCrate）", "CreateCrate"),
        ("# CreateCrate - create a crate", "CreateCrate"),
        ("# `CreateCrate`", "CreateCrate"),
        ("# Create a crate\n\nCreates a crate (CreateCrate).", "CreateCrate"),
        ("# Create a crate\n\nYou can call the CreateCrate operation to create one.", "CreateCrate"),
        ("# Create a crate\n\n调用CreateCrate创建一个箱子。", "CreateCrate"),
        ("Create a crate (CreateCrate)\n===", "CreateCrate"),
        ("# Create a crate\n\n## Authorization\n\n|Action|Level|\n|---|---|\n|ecs:CreateCrate|write|", "CreateCrate"),
        ("# Create a crate\n\nSee [the console](https://example.com/CreateCrate).", ""),
        ("# Introduction\n\nCalls CreateCrate.", "CreateCrate"),
    ],
)
def test_an_operation_is_named_in_many_ways(tmp_path: Path, text: str, operation: str) -> None:
    table = (
        "\n\n## Request parameters\n\n|Name|Type|Required|Description|\n|---|---|---|---|\n|Colour|String|No|Red.|\n"
    )
    if not operation:
        with pytest.raises(PageError, match="does not name its operation"):
            read(tmp_path, text + table)
        return
    assert read(tmp_path, text + table).operation == operation


@pytest.mark.parametrize(
    "cell",
    [
        "Value: CreateCrate",
        "Set the value to **CreateCrate**.",
        "系统规定参数。取值：CreateCrate",
        "The value is CreateCrate.",
    ],
)
def test_the_action_row_names_the_operation_in_its_sentence(tmp_path: Path, cell: str) -> None:
    text = "# Make a crate\n\n## Request parameters\n\n|Name|Type|Required|Description|\n|---|---|---|---|\n"
    assert read(tmp_path, f"{text}|Action|String|Yes|{cell}|\n").operation == "CreateCrate"


def test_the_sample_request_alone_may_name_the_operation_and_another_name_is_noted(tmp_path: Path) -> None:
    text = (LAYOUTS / "location-column.md").read_text("utf-8").replace(" (CreateCrate)", "")
    action = "|Action|Query|String|Yes|CreateCrate|The operation.|\n"
    assert action in text
    assert read(tmp_path, text.replace(action, "")).operation == "CreateCrate"
    other = read(
        tmp_path, text.replace(action, "").replace("Makes one crate.", "Calls MakeCrate, as CreateCrate does.")
    )
    assert any("the page also has" in n for n in other.notes)


def test_tables_that_are_not_read_are_noted(tmp_path: Path) -> None:
    text = (LAYOUTS / "path-style.md").read_text("utf-8")
    text = text.replace("## Request body", "## More of it").replace("|Name|Type|Example|Description|", "|A|B|C|D|")
    text += "\n## Response parameters\n\n|Name|Type|Description|\n|---|---|---|\n|id|String|x|\n"
    notes = "\n".join(read(tmp_path, text).notes)
    assert "a table of 1 parameters is not read: it stands under 'More of it'" in notes
    assert "a table of 2 rows is not read: its columns are A, B, C, D" in notes


PLAIN = """# ListBoxes

**Request parameters**

|Name|Type|Required|Description|
|---|---|---|---|
|Colour|String|No|Red.|

**Response parameters**

|Name|Type|Description|
|---|---|---|
|RequestId|String|The id.|
"""


def test_headings_may_be_lines_in_bold_and_tables_html(tmp_path: Path) -> None:
    assert parameters(read(tmp_path, PLAIN)) == {"Colour": "string"}
    rows = "<tr><td>Colour</td><td>String</td><td>Yes</td><td>Values:<ul><li>red</li></ul></td></tr>"
    table = f"<table>\n<tr><th>Name</th><th>Type</th><th>Required</th><th>Description</th></tr>\n{rows}\n</table>"
    start, end = PLAIN.index("|Name"), PLAIN.index("**Response")
    contract = read(tmp_path, re.sub(r"\*\*(R.*)\*\*", r"## \1", f"{PLAIN[:start]}{table}\n\n{PLAIN[end:]}"))
    assert [(p.name, p.required) for p in contract.parameters] == [("Colour", True)]
    assert paths(contract) == {"RequestId": "string"}


def test_signs_before_names_show_which_parameter_is_inside_which(tmp_path: Path) -> None:
    rows = "|Tag|Array of Tag|No|T.|\n|└Key|String|No|K.|\n|Disk|Object|No|D.|\n|├Size|Integer|No|S.|\n"
    rows += "|Name|String|No|N.|\n"
    contract = read(tmp_path, PLAIN.replace("|Colour|String|No|Red.|\n", rows))
    assert list(parameters(contract)) == ["Tag.N.Key", "Disk.Size", "Name"]


# ------------------------------------------------------------------------------------------------- for machines


def test_metadata_of_the_command_line_has_the_members_of_lists(tmp_path: Path) -> None:
    member = {"name": "Key", "position": "Query", "type": "String", "required": True}
    tag = {"name": "Tag", "position": "Query", "type": "RepeatList", "required": False, "sub_parameters": [member]}
    data = {"name": "ListCrates", "method": "GET|POST", "pathPattern": "", "parameters": [tag]}
    contract = read(tmp_path, json.dumps(data), "meta.json")
    # each tag needs a key, and a request needs no tag
    assert [(p.name, p.required) for p in contract.parameters] == [("Tag.N.Key", False)]


def test_plain_openapi_is_read_from_yaml_and_from_json(tmp_path: Path) -> None:
    import yaml

    path = LAYOUTS / "plain-openapi.yaml"
    contract = derive([path])
    assert (contract.operation, contract.product, contract.version) == ("listNodes", "Crates", "2020-01-02")
    size = contract.parameter("size")
    assert size is not None
    assert [size.value(k) for k in ("minimum", "maximum", "default")] == [1, 50, 10]
    # a schema inside itself ends there
    assert set(paths(contract)) == {"total", "nodes", "nodes.id", "nodes.child"}
    assert [(e.status, e.code) for e in contract.errors] == [(404, "NoCrate")]
    same = read(tmp_path, json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str), "same.json")
    assert (same.parameters, same.response) != ((), ())
    assert parameters(same) == parameters(contract)
    assert paths(same) == paths(contract)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("openapi: 3.0.3", "swagger: '2.0'"), "is Swagger 2.0"),
        (("'#/components/schemas/Nodes'", "'other.yaml#/Nodes'"), "outside itself"),
        (("'#/components/schemas/Nodes'", "'#/components/schemas/None'"), "which is not there"),
        (("info: {", "info: &a {x: *a, "), "aliases"),
        (("paths:", "paths: ["), "is not YAML"),
        (("    get:", "    put:\n      operationId: putNodes\n    get:"), "describes 2 operations"),
        (("paths:", "ways:"), "describes no operation"),
    ],
)
def test_openapi_that_cannot_be_read_is_refused_in_one_sentence(
    tmp_path: Path, change: tuple[str, str], problem: str
) -> None:
    text = (LAYOUTS / "plain-openapi.yaml").read_text("utf-8")
    assert change[0] in text
    with pytest.raises(PageError, match=problem) as caught:
        read(tmp_path, text.replace(*change), "page.yaml")
    assert "\n" not in str(caught.value)


def test_what_is_emitted_is_read_back(tmp_path: Path) -> None:
    """The OpenAPI description of a contract, derived anew, has the same parameters, fields and errors' samples."""
    from conformance.emit.openapi import openapi

    contract = derive([LAYOUTS / "help-centre.md"])
    again = read(tmp_path, json.dumps(openapi(contract)), "openapi.json")
    assert again.operation == contract.operation
    assert (again.product, again.version) == (contract.product, contract.version)
    assert parameters(again) == parameters(contract)
    assert paths(again) == paths(contract)


CELLS_ON_LINES = """# ListCrates

Lists the crates of a stall.

## Request parameters

|
Parameter |
Type |
Required |
Description |
Example |
| StallId |
string |
Yes |
The stall. |
stall-1 |
| PageSize |
integer |
No |
The number of crates. Valid values: 1 to 50. |
10 |

## Response elements

|
Element |
Type |
Description |
Example |
| RequestId |
string |
The request. |
r-1 |
| Crates |
object |
||
| Crate |
array<object> |
The crates. |
|
|
array<object> |
One crate. |
||
| CrateId |
string |
The crate. |
c-1 |
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t,
        lambda t: re.sub(r"(?m)^#+ ", "", t),
        lambda t: t.replace("Example |\n| ", "Example |\n|---|---|---|---|---|\n| ", 1),
        lambda t: re.sub(r"(?m)^(\w+) \|$", r"\n\1 |", t.replace("\nExample |", "\nExample |", 1)),
    ],
    ids=["as-is", "without-marks", "with-a-rule", "with-empty-lines"],
)
def test_cells_may_stand_on_lines_of_their_own(tmp_path: Path, change: object) -> None:
    assert callable(change)
    contract = read(tmp_path, change(CELLS_ON_LINES))
    assert contract.operation == "ListCrates"
    assert parameters(contract) == {"StallId": "string", "PageSize": "integer"}
    size = contract.parameter("PageSize")
    assert size is not None
    assert (size.value("minimum"), size.value("maximum")) == (1, 50)
    assert paths(contract) == {
        "RequestId": "string",
        "Crates": "object",
        "Crates.Crate": "array",
        "Crates.Crate.CrateId": "string",
    }


def test_a_header_over_lines_ends_at_its_rule(tmp_path: Path) -> None:
    text = "|Code\n\n|Error code\n\n|Error message\n\n|Description\n\n|\n|----|----|----|----|\n"
    text += "|404\n\n|CrateGone\n\n|The crate is gone.\n\n|Nobody has it.\n\n|\n"
    contract = read(tmp_path, CELLS_ON_LINES + "\n## Error codes\n\n" + text.replace("|Code", "|HTTP status code"))
    assert [(one.status, one.code) for one in contract.errors] == [(404, "CrateGone")]


TYPED = """# ListCrates

## Request parameters

|Name|Type|Required|Description|
|---|---|---|---|
|Action|String|Yes|The operation.|

## Response parameters

|Name|Type|Description|
|---|---|---|
|Total|Integer|How many.|
|Crates|Array of [CrateType](#CrateType)|The crates.|

{first} CrateType{last}

|Name|Type|Description|
|---|---|---|
|CrateId|String|The crate.|
|Visits|Array of [VisitType](#VisitType)|Who came.|
|State.Code|Integer|A number.|
|State.Name|String|A word.|

{first} VisitType{last}

|Name|Type|Description|
|---|---|---|
|VisitId|String|The visit.|
|Reason.Code|Integer|A number.|

## Examples

```
{sample}
```
"""


@pytest.mark.parametrize(("first", "last"), [("**Data type", "**"), ("##", ""), ("**", " has these members**")])
def test_a_table_of_a_type_describes_what_is_of_it(tmp_path: Path, first: str, last: str) -> None:
    visit = {"VisitId": "v", "Reason": {"Code": 1}}
    crate = {"CrateId": "c", "Visits": {"VisitType": [visit]}, "State": {"Code": 1, "Name": "n"}}
    sample = json.dumps({"Total": 1, "Crates": {"CrateType": [crate]}})
    found = paths(read(tmp_path, TYPED.replace("{sample}", sample).replace("{first}", first).replace("{last}", last)))
    assert set(found) == {
        "Total",
        "Crates",
        *(f"Crates.CrateType{rest}" for rest in ("", ".CrateId", ".Visits", ".State", ".State.Code", ".State.Name")),
        *(f"Crates.CrateType.Visits.VisitType{rest}" for rest in ("", ".VisitId", ".Reason", ".Reason.Code")),
    }


@pytest.mark.parametrize(
    ("row", "sample", "name"),
    [("CrateSets", "cratesets", "CrateSets"), ("Cratesets", "CrateSets", "CrateSets")],
    ids=["the-sample-lost-them", "the-row-lost-them"],
)
def test_of_two_spellings_that_with_the_capitals_counts(tmp_path: Path, row: str, sample: str, name: str) -> None:
    text = TYPED.replace("{first}", "**").replace("{last}", "**").replace("|Crates|", f"|{row}|")
    body = json.dumps({"total": 1, sample: {"CrateType": [{"CrateId": "c"}]}}).replace('"total"', '"Total"')
    contract = read(tmp_path, text.replace("{sample}", body))
    assert paths(contract)[name] == "object"
    assert {path.split(".")[0] for path in paths(contract)} == {"Total", name}
    field = dict(contract.fields())[(name,)]
    assert field.presence == ("sometimes" if name == row else "always")
