"""Files that are pages, and files that are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.derive.derivation import contract_of, understand
from conformance.derive.overlay import Overlay
from conformance.derive.page import PageError
from conformance.derive.reading import identified, parse_page, read_page
from conformance.derive.rows import entries, errors

MARKDOWN = """# DescribeThings {#d .reference}

You can query things.

## Request parameters {#p .section}

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|RegionId|String|Yes|cn-x|The region.

 |
|Kind|String|No|a|One of a | b.

 Valid values:

 -   a
-   b

 |

## Response parameters

|Parameter|Type|Example|Description|
|---|---|---|---|
|RequestId|String|4734|The ID.|

## Error codes { .section}

|Error code|Error message|HTTP status code|Note|
|---|---|---|---|
|Bad|It is bad.| 400|Bad.|
"""

FLATTENED = """You can query things.
Request parameters
Parameter | Type | Required | Example | Description |
---|---|---|---|---|
RegionId | String | Yes | cn-x |
The region
of the thing. |
Response parameters
Parameter | Type | Example | Description |
---|---|---|---|
Things | Array of Thing |
The things. |
|
Thing | |||
Id | String | t-1 |
The ID. |
Examples
Sample requests
https://ecs.aliyuncs.com/?Action=DescribeThings
&RegionId=cn-x
JSON
format
{
"Things": []
}
"""


def test_a_markdown_page_is_read_with_its_lines() -> None:
    page = parse_page("things.md", MARKDOWN.encode())
    assert (page.title, page.language, page.generation) == ("DescribeThings", "en", "Markdown with anchors")
    rows = entries(page.section("parameters"))
    assert [(r.name, r.line) for r in rows] == [("RegionId", 9), ("Kind", 12)]
    assert rows[1].description.startswith("One of a | b.")
    (error,) = errors(page.section("errors"))
    assert (error.status, error.code, error.message) == (400, "Bad", "It is bad.")


def test_a_flattened_page_is_read_with_its_shifted_cells() -> None:
    page = parse_page("things.txt", FLATTENED.encode())
    assert page.generation == "flattened text"
    things, thing, id = entries(page.section("response"))
    assert (things.type, things.example, things.description) == ("Array of Thing", "", "The things.")
    assert (thing.name, thing.type) == ("Thing", "")
    assert id.example == "t-1"
    assert [b.caption for b in page.section("examples").blocks] == ["Sample requests", "JSON format"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\xff\xfe\xfa", ":1: is not UTF-8 text"),
        (b"a\nb\0c", ":2: is not text"),
        (b"x" * 5_000_000, "has 5000000 bytes"),
        (b"Hello, world.", "has no table of request or response parameters"),
        (b"# DescribeX\n\n## Request parameters\n\nNone.", "its sections are: Request parameters"),
        ("# Описание\n\nЭто страница на другом языке, и таблиц в ней нет.".encode(), "in a language that is not known"),
        (MARKDOWN[: MARKDOWN.index("Valid values")].encode(), ":12: this table row is never closed"),
        (MARKDOWN.encode() + b"\n```\n{", ": this code block is never closed"),
        (FLATTENED[: FLATTENED.index("of the thing")].encode(), ":5: this table row is never closed"),
    ],
)
def test_what_is_no_page_is_refused_in_one_sentence(data: bytes, problem: str) -> None:
    with pytest.raises(PageError) as caught:
        parse_page("page.md", data)
    assert str(caught.value).startswith("page.md")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_text_is_understood_or_refused_in_one_sentence(data: st.DataObject) -> None:
    """Pages cut, doubled and strewn with markup never bring anything but a contract or a PageError."""
    text = data.draw(st.sampled_from([MARKDOWN, FLATTENED]))
    for _ in range(data.draw(st.integers(1, 4))):
        a, b = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        piece = data.draw(
            st.sampled_from(["", "|", "\n|", "```\n", "# ", "{", "<a>", "\\", "**", "-   ", "：", "[x](", text[a:b]])
        )
        text = text[:a] + piece + text[b:]
    refused = ""
    try:
        contract_of(understand(identified([parse_page("p.md", text.encode())])), Overlay())
    except PageError as error:
        refused = str(error)
    assert "\n" not in refused


@pytest.mark.parametrize(
    "cell",
    ["[" * 20_000, "**a" * 7_000, "9" * 20_000, "1," * 10_000, "a and " * 4_000, "-   a\n" * 4_000, "{" * 20_000],
)
def test_a_cell_of_garbage_is_read_in_passing(cell: str) -> None:
    text = MARKDOWN.replace("The region.", f"The system only supports things in {cell}")
    contract = contract_of(understand(identified([parse_page("p.md", text.encode())])), Overlay())
    assert contract.parameter("Kind").value("enum") == ["a", "b"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match="cannot be read"):
        read_page(tmp_path / "nowhere.md")


def test_revisions_are_named_by_date_and_stand_oldest_first() -> None:
    chinese = MARKDOWN.replace(
        "You can query things.", "查询一个或多个事物的列表，以及它们的状态和创建时间，支持分页查询。" * 3
    )
    named = identified(
        [
            parse_page("a.2021-01-07.md", MARKDOWN.encode()),
            parse_page("b.2021-01-07.md", chinese.encode()),
            parse_page("c.2019-08-06.md", (MARKDOWN + "\n").encode()),
        ]
    )
    assert [p.id for p in named] == ["2019-08-06", "2021-01-07-zh", "2021-01-07-en"]


def test_every_table_of_the_seeds_is_read(seeds: list[Path]) -> None:
    for path in seeds:
        page = read_page(path)
        assert len(entries(page.section("parameters"))) == 9
        assert len(entries(page.section("response"))) in (12, 13)
        assert len(errors(page.section("errors"))) == 2
