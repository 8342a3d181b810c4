"""Markup and sentences."""

from __future__ import annotations

import pytest

from conformance.derive.text import digest, sentences, unmark


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (r"t-bp10e8or\*\*\*\*\*\*\*\*74o8x", "t-bp10e8or********74o8x"),
        ("t-1****,t-2****", "t-1****,t-2****"),
        ("**Note:** see [Regions](~~25609~~)", "Note: see Regions"),
        (r"`Action` and IMPORT\_IMAGE", "Action and IMPORT_IMAGE"),
        ("[x](../a (b).md#)", "x"),
        ("Error codes { .section}", "Error codes"),
    ],
)
def test_markup_goes_and_text_stays(markup: str, text: str) -> None:
    assert unmark(markup) == text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("Pages start from page 1. Default value: 1.", ["Pages start from page 1.", "Default value: 1."]),
        ("Initial value: 1.Default value: 10.", ["Initial value: 1.", "Default value: 10."]),
        ("See Tag.N.Key. It is e.g. a name, i.e. text.", ["See Tag.N.Key.", "It is e.g. a name, i.e. text."]),
        ("页码。\n\n 起始值：1\n\n 默认值：1", ["页码。", "起始值：1", "默认值：1"]),
        ("Over\nthree\nlines.", ["Over three lines."]),
    ],
)
def test_sentences_are_told_apart(markup: str, expected: list[str]) -> None:
    found = sentences(markup)
    assert [s.text for s in found] == expected
    assert [s.number for s in found] == list(range(1, len(expected) + 1))


def test_a_short_list_belongs_to_its_lead_in() -> None:
    first, second, third = sentences("The type.\n\n Valid values:\n\n -   a: one\n-   b: two\n\n Default value: a")
    assert (first.text, first.items) == ("The type.", ())
    assert second.items == ("a: one", "b: two")
    assert second.text == "Valid values: a: one; b: two"
    assert third.number == 3


def test_bullets_of_several_sentences_are_numbered_on_their_own() -> None:
    found = sentences("Valid values:\n\n-   true: One. Two.\n-   false: Three.")
    assert found[0].items == ("true: One. Two.", "false: Three.")
    assert [s.text for s in found[1:]] == ["true: One.", "Two.", "false: Three."]


def test_bullets_on_the_line_of_their_lead_in_are_found() -> None:
    found = sentences("取值范围：-   ImportImage：导入\n-   ExportImage：导出\n\n默认值：无")
    assert found[0].items == ("ImportImage：导入", "ExportImage：导出")


def test_a_lead_in_without_its_list_is_noticed() -> None:
    assert [s.lost for s in sentences("Status. Valid values:\nThis parameter is empty by default.")] == [
        False,
        True,
        False,
    ]


def test_a_digest_ignores_markup_and_line_breaks_and_nothing_else() -> None:
    assert digest("Set the **value**\n to `x`.") == digest("Set the value to x.")
    assert digest("Set the value to x.") != digest("Set the value to y.")
    assert len(digest("x")) == 12
