import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.parsing import MAX_DEPTH, Malformed, parse_json, parse_xml

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda children: st.lists(children) | st.dictionaries(TEXT, children),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_json_is_read_as_it_was_written(value, escaped):
    assert parse_json(json.dumps(value, ensure_ascii=escaped).encode()).value == value


def test_json_duplicates_are_named_once_and_the_last_value_counts():
    document = parse_json(b'{"a": 1, "b": {"c": 1, "c": 2, "c": 3}, "a": 2, "d": 0}')
    assert document.value == {"a": 2, "b": {"c": 3}, "d": 0}
    assert sorted(document.duplicates) == ["a", "c"]


def test_the_same_name_in_two_objects_is_no_duplicate():
    assert parse_json(b'[{"a": 1}, {"a": 1}]').duplicates == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"<html></html>",
        b'{"a": NaN}',
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b"['a']",
        b"[1,]",
        b'["\\ud800"]',
        b"[" * 100_000,
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b"[" + b"9" * 5000 + b"]",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_is_malformed(body):
    with pytest.raises(Malformed) as error:
        parse_json(body)
    assert len(str(error.value)) < 200
    assert "\n" not in str(error.value)


def test_json_at_the_depth_limit_and_with_a_whole_surrogate_pair():
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH).value
    assert parse_json(b'"\\ud83d\\ude00"').value == "\N{GRINNING FACE}"
    assert parse_json(b"\xef\xbb\xbf{}").value == {}


def test_xml_as_a_tree():
    root = parse_xml(b'<?xml version="1.0" encoding="utf-8"?><R><A>1<!-- c -->2<![CDATA[<3>]]></A><B x="y"/>t<A/></R>')
    assert (root.name, root.text) == ("R", "t")
    assert [child.name for child in root.children] == ["A", "B", "A"]
    assert root.child("A").text == "12<3>"
    assert root.child("B").attributes == {"x": "y"}
    assert len(root.named("A")) == 2
    assert root.child("C") is None


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_xml_text_survives_escaping(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_xml(f"<a>{escaped}</a>".encode()).text == text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<a>",
        b"<a/><b/>",
        b"<a>&nbsp;</a>",
        b"<a>\xff</a>",
        b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>',
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1),
        b"<a>" * 100_000,
        b"<a>\x00</a>",
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_is_no_safe_xml_is_malformed(body):
    with pytest.raises(Malformed) as error:
        parse_xml(body)
    assert len(str(error.value)) < 200
    assert "\n" not in str(error.value)
