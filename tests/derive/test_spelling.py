"""A name that one revision misspells is one name, with a note; two names that look alike are two."""

from __future__ import annotations

import pytest

from conformance.derive import derive
from conformance.derive.spelling import is_slip_of_another_page, merged_capitals, merged_spellings

PAGE = """# DescribeThings

## Request parameters

|Parameter|Type|Required|Description|
|---|---|---|---|
|Action|String|Yes|The operation.|
|{parameter}|{type}|No|What kind of things, as of {year}.|

## Response parameters

|Parameter|Type|Example|Description|
|---|---|---|---|
|RequestId|String|0-1|The ID.|
|{field}|String|x|Some words.|

## Examples

```
{{"RequestId": "0-1", "{field}": "x"}}
```
"""


def derived(folder, *pages):
    for year, (parameter, field, *type) in enumerate(pages, 2019):
        text = PAGE.format(parameter=parameter, field=field, year=year, type=(type or ["String"])[0])
        (folder / f"page.{year}-01-01.md").write_text(text, "utf-8")
    return derive(sorted(folder.glob("*.md")))


def test_a_slip_of_an_older_page_is_noted_and_merged(tmp_path):
    contract = derived(tmp_path, ("ThingCatgory", "Descripiton"), ("ThingCategory", "Description"))
    assert [p.name for p in contract.parameters] == ["Action", "ThingCategory"]
    assert len(contract.parameter("ThingCategory").citations) == 2
    assert "ThingCategory is spelt ThingCatgory in 2019-01-01, parameters" in contract.notes
    assert any(n.startswith("Description is spelt Descripiton (2019-01-01") for n in contract.notes)
    # nobody knows which the server has: it need not be there under either name
    assert [(f.name, f.presence) for f in contract.response] == [("RequestId", "always"), ("Description", "sometimes")]


def test_the_spelling_of_most_revisions_counts(tmp_path):
    pages = [("ThingCategory", "Description")] * 2 + [("ThingCatgory", "Descripiton")]
    contract = derived(tmp_path, *pages)
    assert [p.name for p in contract.parameters] == ["Action", "ThingCategory"]
    assert [f.name for f in contract.response] == ["RequestId", "Description"]
    assert "ThingCategory is spelt ThingCatgory in 2021-01-01, parameters" in contract.notes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Size", "Sizes"), ("Ipv4Address", "Ipv6Address"), ("CreateTime", "CreatedTime"),
        ("InnerAddress", "InterAddress"), ("MinCount", "MaxCount"), ("ImageId", "ImageIds"),
        ("Policy", "Policies"), ("StartTime", "StartDate"), ("SourceIp", "SourceId"), ("EnableLog", "EnabledLog"),
    ],
)  # fmt: skip
def test_names_that_look_alike_are_two(one, other, tmp_path):
    assert not is_slip_of_another_page(one, other)
    contract = derived(tmp_path, (one, one), (other, other))
    assert {p.name for p in contract.parameters} == {"Action", one, other}
    assert {f.name for f in contract.response} == {"RequestId", one, other}


def test_names_that_one_page_has_both_are_two():
    assert merged_spellings([{"Category": "string"}, {"Category": "string", "Catgory": "string"}]) == {}
    assert merged_spellings([{"Catgory": "string"}, {"Category": "integer"}]) == {}
    assert merged_spellings([{"Catgory": "string", "Cateory": "string"}, {"Category": "string"}]) == {}


def test_where_each_page_has_one_the_newer_counts():
    assert merged_spellings([{"Catgory": "string"}, {"Category": "unknown"}]) == {"Catgory": "Category"}


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([("CartList",), ("cartlist",), ("cartlist",)], {"cartlist": "CartList"}),
        ([("cartList",), ("CartList",), ("CartList",)], {"cartList": "CartList"}),
        ([("cartList",), ("CartList",)], {"cartList": "CartList"}),
        ([("Cart", "CART"), ("CART",)], {}),
        ([("Cart",), ("Carts",)], {}),
    ],
)
def test_revisions_may_write_a_name_with_other_capitals(revisions, expected):
    assert merged_capitals([dict.fromkeys(names, "string") for names in revisions]) == expected
