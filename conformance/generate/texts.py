"""Texts that are no value of anything: blanks, markup, query language, wildcards, and a very long one."""

from __future__ import annotations

from collections.abc import Iterator

BLANKS = ("", " ", "   ", "\t", "\r\n", "\u3000")
"""Nothing at all, and white space alone."""
BLANK_LISTS = (",", ",,", " , ")
"""Lists whose every element is blank."""
PADDED = (" {}", "{} ", "\t{}\r\n")
"""White space around a value."""
ON_BOTH_SIDES = " {}\t"
"""Before it and after it at once."""
IN_A_LIST = ("' OR 1=1 --", "%", "*")
"""What a store may take for more than an id."""
SEPARATORS = ("{}, {}", " {} ,{} ", "{}\n,\t{}")
"""White space around the values of a list of two."""
LONG = "x" * 10_000
PLAIN = "plain"
"""The nearest text without anything hostile in it."""
ALL_AT_ONCE = "'\"<b>&]]>%*_\\../${7*7}"
"""Every character that one language or another must escape, in one text."""

# what readers of some language take for more than text; none of them is a list, a number or white space
QUERIES = ("'", '"', "' OR 1=1 --", "%", "*", "_", "\\")
MARKUP = ("<b>", "<!--", "${7*7}", "../../etc/hosts", "x\x00y")


def hostile_texts() -> tuple[str, ...]:
    """Short texts with quotes, markup, wildcards and query language in them."""
    return (*QUERIES, *MARKUP)


def unknown_id(known: str) -> str:
    """An id of the same form as a known one, that no item has."""
    return f"{known[:-6]}zz0zz{known[-1]}" if len(known) > 8 else f"{known}zz0zz"


def near_texts(value: str) -> Iterator[str]:
    """Texts that are not `value`: parts of it, longer ones, and patterns that fit it."""
    half = max(1, len(value) // 2)
    yield from (text for text in (value[:-1], value[:half], value[1:]) if text.strip())
    yield from (f"{value}0", f"{value}x", f"x{value}")
    yield from (f"{value[:half]}%", f"{value[:-1]}_", f"{value[:half]}*", f"{value[:-1]}?", f"{value[:half]}.*")
    yield from ("%", "*", ".*", f"{value}' OR '1'='1", f'{value}" OR "1"="1', f"{value}\x00", f"{value}\x00x")


def near_values(listed: tuple[str, ...]) -> tuple[str, ...]:
    """Texts that begin, end or contain a listed value, or are a part of one, and are no listed value themselves."""
    known = {_plain(value) for value in listed}
    near = (text for value in listed for text in (value[:-1], value[:4], value[1:], f"{value}s", f"{value}0"))
    return tuple(dict.fromkeys(text for text in near if text.strip() and _plain(text) not in known))


def _plain(value: str) -> str:
    return value.replace("_", "").casefold()


def other_cases(value: str) -> tuple[str, ...]:
    """A text in other letters, capital or small; none where it has no letters."""
    cases = (value.upper(), value.lower(), value.swapcase())
    return tuple(dict.fromkeys(text for text in cases if text != value and text.casefold() == value.casefold()))
