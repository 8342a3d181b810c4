"""Where the samples of one page name the items of a list in two ways, both are allowed, and else nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.contract.model import Choice
from conformance.derive import derive

PEARS = {"Pears": {"Pear": [{"Weight": 3, "Colour": "green"}, {"Weight": 4, "Colour": "red"}]}}


def item_names(folder: Path, xml: str, rows: dict | None = None, sample: dict | None = None) -> list[Choice]:
    """The choices of this kind, where the table has a list of pears and a sample in XML says this."""
    item = rows or {"Weight": {"type": "integer"}, "Colour": {"type": "string"}}
    pears = {"type": "array", "items": {"type": "object", "properties": item}}
    fields = {"RequestId": {"type": "string"}, "Pears": {"type": "object", "properties": {"Pear": pears}}}
    shown = {"RequestId": "R-1", **(sample or PEARS)}
    demos = [{"type": "json", "example": json.dumps(shown)}, {"type": "xml", "example": xml}]
    api = {
        "responses": {"200": {"schema": {"type": "object", "properties": fields}}},
        "responseDemo": json.dumps(demos),
    }
    page = folder / "openapi-meta.json"
    info = {"product": "Ecs", "version": "2014-05-26", "style": "RPC"}
    page.write_text(json.dumps({"info": info, "apis": {"DescribePears": api}}), "utf-8")
    return [c for c in derive([page]).choices if c.kind == "item-name"]


def body(inner: str) -> str:
    return f"<DescribePearsResponse><RequestId>R-1</RequestId>{inner}</DescribePearsResponse>"


def test_another_name_for_the_same_item_is_a_choice(tmp_path):
    (found,) = item_names(tmp_path, body("<Pears><Fruit><Weight>3</Weight><Colour>green</Colour></Fruit></Pears>"))
    assert (found.subject, found.reason, found.preferred) == ("Pear", "contradiction", "Pear")
    assert [a.id for a in found.alternatives] == ["Pear", "Fruit"]
    assert all(a.citations for a in found.alternatives)
    assert found.per_format


def test_a_sample_that_has_the_wrapper_elsewhere_is_one_all_the_same(tmp_path):
    (found,) = item_names(tmp_path, body("<Basket><Pears><Fruit><Weight>3</Weight></Fruit></Pears></Basket>"))
    assert [a.id for a in found.alternatives] == ["Pear", "Fruit"]


@pytest.mark.parametrize(
    "inner",
    [
        "<Pears><Pear><Weight>3</Weight></Pear></Pears>",
        "<Pears><Fruit><Weight>3</Weight><Price>1</Price></Fruit></Pears>",
        "<Pears><Fruit>3</Fruit></Pears>",
        "<Pears><Fruit/></Pears>",
        "<Pears><Fruit><Weight>3</Weight></Fruit><Apple><Weight>3</Weight></Apple></Pears>",
        "<Pears><Pear><Weight>3</Weight></Pear><Fruit><Weight>3</Weight></Fruit></Pears>",
        "<Pears><Weight>3</Weight><Colour>green</Colour></Pears>",
    ],
)
def test_what_is_not_surely_the_same_item_is_none(tmp_path, inner):
    assert item_names(tmp_path, body(inner)) == []
