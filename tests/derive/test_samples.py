"""Samples that people wrote by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.derive.loose_json import Unreadable, read_json
from conformance.derive.loose_xml import Element, read_xml, xml_text
from conformance.derive.page import Block
from conformance.derive.samples import read, request


@pytest.mark.parametrize(
    ("text", "value", "repair"),
    [
        ('{"a": "x"，"b": 1}', {"a": "x", "b": 1}, "full-width punctuation"),
        ('{"a": 1,}', {"a": 1}, "surplus comma left out"),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}, "missing comma added"),
        ("{a: 1}", {"a": 1}, "quotes added to a name"),
        ('//json response\n{"a": 1}', {"a": 1}, "comment left out"),
        ('{"a": [1 ...]}', {"a": [1]}, "ellipsis left out"),
        ('{"a": [{"b": 1} {"b": 2}]}', {"a": [{"b": 1}, {"b": 2}]}, "missing comma added"),
        ('{"a": {"b": 1}', {"a": {"b": 1}}, "closing brace added at the end"),
        ('{"full-width ，inside": "，"}', {"full-width ，inside": "，"}, None),
    ],
)
def test_json_is_repaired_where_one_reading_is_left(text: str, value: object, repair: str | None) -> None:
    found, repairs = read_json(text)
    assert found == value
    assert repairs == ((repair,) if repair else ())


@pytest.mark.parametrize("text", ['{"a" 1}', "[1, 2", "nonsense", '{"a": }', "{", "[" * 5000])
def test_json_that_leaves_several_readings_is_not_guessed(text: str) -> None:
    try:
        _, repairs = read_json(text)
    except Unreadable:
        return
    assert repairs


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_strict_json_is_read_as_it_is(value: object) -> None:
    assert read_json(json.dumps(value)) == (value, ())


def test_xml_without_one_root_or_with_a_wrong_end_is_repaired() -> None:
    root, repairs = read_xml("<A>1</A><B>2</B>")
    assert root == Element("", "", (Element("A", "1"), Element("B", "2")))
    assert repairs == ("root element added around several",)
    root, repairs = read_xml("<R><I><V>1</V><I></R>")
    assert root == Element("R", "", (Element("I", "", (Element("V", "1"),)),))
    assert repairs == ("second <I> read as </I>",)


def test_xml_text_is_read_back() -> None:
    root = Element("R", "", (Element("A", "x & <y>"), Element("B", "")))
    assert read_xml(xml_text(root)) == (root, ())


def test_a_request_gives_its_parameters_and_leaves_placeholders_out() -> None:
    text = "http(s)://ecs/?Action=X\n&Ids=a&b=1\n&Time=2015-01-01T00%3A00Z\n&<Common request parameters>"
    assert request(text) == (("Action", "X"), ("Ids", "a"), ("b", "1"), ("Time", "2015-01-01T00:00Z"))


def test_an_error_sample_is_told_by_its_caption() -> None:
    assert read(Block('{"Code": "x"}', 1, "Error response")).role == "error"
    assert read(Block('{"a": 1}', 1, "JSON format")).role == "response"
    assert read(Block("pip install x", 1, "Shell")).format == "other"
