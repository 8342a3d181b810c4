"""Values of one parameter: at its limits, and beyond them by exactly one rule."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.contract.model import Parameter

LARGEST_INT = 2**31 - 1
LARGEST_LONG = 2**63 - 1


def above(maximum: int) -> st.SearchStrategy[str]:
    """Whole numbers over a documented maximum, within 32 bits, or 64 where the maximum is beyond those."""
    largest = LARGEST_INT if maximum < LARGEST_INT else max(LARGEST_LONG, maximum + 1)
    near = st.sampled_from([maximum + 1, maximum + 2, maximum * 10, largest])
    return st.one_of(near, st.integers(maximum + 1, largest)).map(str)


def below(minimum: int) -> st.SearchStrategy[str]:
    """Whole numbers under a documented minimum, within 32 bits where that is possible."""
    least = min(-LARGEST_INT, minimum - 2)
    near = st.sampled_from([minimum - 1, minimum - 2, least])
    return st.one_of(near, st.integers(min(-1000, minimum - 2), minimum - 1)).map(str)


def not_an_integer() -> st.SearchStrategy[str]:
    """Texts that no reader takes for a whole number: no digits in them, and no blanks."""
    return st.one_of(
        st.sampled_from(["abc", "ten", "NaN", "--", "一"]), st.text("abcdefghijklm", min_size=1, max_size=8)
    )


def barely_integers() -> st.SearchStrategy[str]:
    """Texts that one reader takes for a whole number and another does not."""
    return st.sampled_from(
        ["1.5", "1e3", "0x10", "+1", " 1", "1 ", "01", "１", "2147483648", "-2147483649", str(10**30)]
    )


def not_a_time() -> st.SearchStrategy[str]:
    """Texts that are no time in any notation."""
    return st.one_of(
        st.sampled_from(["yesterday", "abc", "2015-13-45T99:99:99Z"]), st.text("ghjkmnpq", min_size=1, max_size=8)
    )


def not_json() -> st.SearchStrategy[str]:
    """Texts that are no JSON: cut off, wrongly closed, or something else."""
    return st.sampled_from(['[{"a": "b"', '{"a": "b"]', '[{"a" "b"}]', '[{"a": }]', "a=b", "[{", "}", '"a": "b"'])


def barely_json() -> st.SearchStrategy[str]:
    """Texts in JSON that are no objects, and texts that some readers take for JSON."""
    return st.sampled_from(["null", "1", '"a"', "[]", "{}", "[1]", "[null]", "[[]]", "{'a': 'b'}", '[{"a": "b"},]'])


def barely_times() -> st.SearchStrategy[str]:
    """Times in notations that the documentation does not give."""
    return st.sampled_from(
        [
            "2015-11-23",
            "2015-11-23 15:10:00",
            "2015-11-23T15:10:00+08:00",
            "2015-11-23T15:10:00",
            "1448291400",
            "2015-11-23T15:10:00.000Z",
        ]
    )


AWKWARD = (*" +*~%&=/?#é中😀\n\"'", "a b", "a+b", "100%", "%20", "%2B", "a&b=c", "中文", "-_.~")
EVERY_AWKWARD_TEXT = "".join(AWKWARD)


def awkward_texts() -> st.SearchStrategy[str]:
    """Texts that encoders and signers get wrong: reserved characters, blanks, and letters beyond ASCII."""
    letters = st.sampled_from(list(" +*~%&=/?#é中😀ab1-_."))
    return st.one_of(st.sampled_from(AWKWARD), st.text(letters, min_size=1, max_size=12))


def unlisted(parameter: Parameter) -> st.SearchStrategy[str]:
    """Values that a documented list does not hold, under any spelling of it."""
    listed = {str(v).casefold() for v in parameter.value("enum") or ()}
    words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12).map(str.capitalize)
    return st.one_of(st.just("NoSuchValue"), words).filter(lambda v: v.casefold() not in listed)
