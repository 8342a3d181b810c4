"""Samples that people wrote by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.derive.loose_json import Unreadable, read_json
from conformance.derive.loose_xml import Element, read_xml, xml_text
from conformance.derive.page import Block, Prose, Section
from conformance.derive.samples import read, read_section, request


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


@pytest.mark.parametrize("text", ['{"a": %s}', '{"a": %s,}'])
def test_a_number_of_too_many_digits_is_named(text: str) -> None:
    with pytest.raises(Unreadable, match="a number of too many digits"):
        read_json(text % ("9" * 5000))


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


def captioned(*parts: str) -> tuple[str, ...]:
    """The roles of the samples among parts, where a part that is no sample is a heading."""
    written = tuple(Block(p, 1) if p.lstrip()[:1] in ("{", "<") else Prose(p, 1) for p in parts)
    return tuple(r.role for r in read_section(Section("examples", "Examples", 1, written)))


FAILURE = '{"RequestId": "R", "HostId": "h", "Code": "InternalError", "Message": "m"}'
SUCCESS = '{"Total": 1, "RequestId": "R"}'


@pytest.mark.parametrize("body", [FAILURE, "<Error><Code>InternalError</Code></Error>"])
def test_an_error_is_told_by_what_it_holds(body: str) -> None:
    assert read(Block(body, 1, "JSON format")).role == "error"


@pytest.mark.parametrize(
    "body",
    [
        '{"Code": "200", "Message": "fine", "RequestId": "R"}',
        '{"Code": "OK", "Message": "OK", "RequestId": "R"}',
        '{"Code": "Widget", "Message": "m", "RequestId": "R", "Total": 1}',
    ],
)
def test_a_success_may_have_a_code_and_a_message(body: str) -> None:
    assert read(Block(body, 1, "JSON format")).role == "response"


def test_a_heading_counts_for_the_errors_below_it_and_for_nothing_else() -> None:
    other = '{"Code": "Bad", "Message": "m", "Data": {}}'
    assert captioned("Normal", SUCCESS, "Error responses", "- JSON", other, SUCCESS) == (
        "response", "error", "response",
    )  # fmt: skip
    assert captioned("Errors", other, "Successful responses", "JSON", other) == ("error", "response")


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\nContent-Type:application/json\n\n"])
def test_a_status_line_before_a_sample_is_left_out_and_named(head: str) -> None:
    found = read(Block(head + SUCCESS, 1))
    assert (found.value, found.role) == (json.loads(SUCCESS), "response")
    assert found.repairs == ("HTTP status line and headers left out",)


def test_a_status_of_failure_makes_an_error() -> None:
    assert read(Block(f"HTTP/1.1 404 Not Found\n{SUCCESS}", 1)).role == "error"


@pytest.mark.parametrize(
    ("text", "value", "repair"),
    [
        ('"a": "x",\n"b": {"c": [1]}', {"a": "x", "b": {"c": [1]}}, "braces added around the outermost members"),
        ('"a": 1 }', {"a": 1}, "braces added around the outermost members"),
        ('{"a": {"b": 1}}, "c": 2}', {"a": {"b": 1}, "c": 2}, "brace before further members left out"),
        ('{"a": 1}}', {"a": 1}, "surplus closing brace left out"),
        ('{"a": 1} {"a": 2}', {"a": 1}, "what follows the first value left out"),
    ],
)
def test_json_without_one_root_is_read_to_its_end(text: str, value: object, repair: str) -> None:
    found = read(Block(text, 1))
    assert found.value == value
    assert repair in found.repairs


def test_nothing_of_xml_is_dropped_without_a_word() -> None:
    _, repairs = read_xml('<R xmlns="urn:x"><A kind="k">1</A>loose</R>')
    assert repairs == ("attributes of <A> left out", "text beside the elements of <R> left out")


@pytest.mark.parametrize("text", ['{"a": "b', '{"a: 1}', '["a", "b\n]'])
def test_a_quotation_mark_that_is_never_closed_leaves_no_reading(text: str) -> None:
    with pytest.raises(Unreadable):
        read_json(text)


def test_a_comment_that_is_never_closed_leaves_out_what_follows_and_says_so() -> None:
    assert read_json('{"a": 1 /* and so on') == ({"a": 1}, ("comment left out", "closing brace added at the end"))
    read, repairs = read_xml("<R><a>1</a><!-- and so on</R>")
    assert (read.name, read.children) == ("R", (Element("a", "1"),))
    assert repairs == ("<!-- that is never closed left out", "text beside the elements of <R> left out")


def test_members_of_items_without_braces_end_with_the_list() -> None:
    assert read_json('{"a": ["b": 1, "c": 2], "d": 3}')[0] == {"a": [{"b": 1, "c": 2}], "d": 3}
    assert read_json('{"a": ["b": [1, 2], "c": {"e": 2}], "d": 3}')[0] == {"a": [{"b": [1, 2], "c": {"e": 2}}], "d": 3}
    assert read_json('["b": 1')[0] == [{"b": 1}]
