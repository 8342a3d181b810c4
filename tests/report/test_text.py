from hypothesis import given
from hypothesis import strategies as st

from conformance.report.text import duration, first_lines, folded, one_line, printable

from .streams import TEXT


@given(TEXT, st.integers(1, 9), st.integers(2, 30))
def test_folded_text_fits(text, lines, width):
    found = folded(text, lines, width)
    assert 1 <= len(found) <= lines
    assert all(len(line) <= width for line in found)


def test_folding_shows_what_fits_and_says_when_there_is_more():
    assert folded("abcdef", 3, 2) == ["ab", "cd", "ef"]
    assert folded("abcdefg", 3, 2) == ["ab", "cd", "e…"]
    assert folded("a\n\nb", 5, 9) == ["a", "", "b"]


@given(TEXT, st.integers(1, 50))
def test_one_line_is_one_line_within_its_limit(text, limit):
    assert len(one_line(text, limit)) <= limit
    assert "\n" not in one_line(text)
    assert one_line(text) == one_line(one_line(text))


def test_codes_of_characters_that_would_act():
    assert printable("a\x1b[31m\u202eb\x00\r\nc\ud800") == "a\\x1b[31m\\u202eb\\x00\nc\\ud800"


def test_first_lines():
    assert first_lines("a\nb\nc", 2, 9) == ["a", "b", "…"]
    assert first_lines("abcdef", 2, 4) == ["abc…"]


def test_durations():
    assert [duration(seconds) for seconds in (0.0123, 1.25, 61, 3605)] == [
        "12 ms",
        "1.2 s",
        "1 min 01 s",
        "60 min 05 s",
    ]
