"""Secrets of which each character is written as a number, as in dumps. Of escapes, see `escapes.py`.

What is looked for is a run of characters, however many signs each of them takes: 8 digits are four characters, which
could be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from attrs import frozen

# each way of writing a character, and what there is of it where there are eight in a row: in the shape of a text, in
# which every digit of a hexadecimal number is an h, or in the text
DENSE = (
    ("{:02x}", b"h" * 16),
    ("{:02x} ", b"hh " * 7),
    ("{:02x}:", b"hh:" * 7),
    ("{:02x}-", b"hh-" * 7),
    ("0x{:02x}, ", b"hxhh, hxhh"),
    ("{}, ", b"h, h"),
    ("{},", b"h,h"),
)
BETWEEN = " ,:-"
NUMBERS = {b"h, h": re.compile(b"(?:h{1,3}, ){7}"), b"h,h": re.compile(b"(?:h{1,3},){7}")}
SHAPES = bytes(ord("h") if chr(byte) in "0123456789abcdef" else byte for byte in range(256))
Span = tuple[int, int]


@frozen
class Spelt:
    """A secret: what stands for each of its characters, what is between two of them, and the text of some in a row, by
    the place of the first.
    """

    parts: tuple[str, ...]
    between: str
    grams: tuple[tuple[int, str], ...]


def ways_in(lowered: str) -> tuple[str, ...]:
    """The ways in which a text in small letters may spell something."""
    shape = lowered.encode("ascii", "replace").translate(SHAPES)
    return tuple(way for way, sign in DENSE if sign in shape and (sign not in NUMBERS or NUMBERS[sign].search(shape)))


def spelt_spans(
    lowered: str, ways: Iterable[str], secret: str, least: int, gram: int, step: int
) -> Iterator[Span | None]:
    """Where at least so many characters in a row of a secret are spelt, in a text in small letters; None for each place
    that only looks like one. Each `gram` of characters whose place is a multiple of `step` is looked for.
    """
    for way in ways:
        for spelt in _spellings(secret, way, least, gram, step):
            yield from _spans(lowered, spelt, least, gram)


def _spans(lowered: str, spelt: Spelt, least: int, gram: int) -> Iterator[Span | None]:
    parts, between = spelt.parts, spelt.between
    for place, text in spelt.grams:
        at = lowered.find(text)
        while at >= 0:
            begin, end, first, last = at, at + len(text), place, place + gram
            while first and lowered.endswith(part := parts[first - 1] + between, 0, begin):
                first, begin = first - 1, begin - len(part)
            while last < len(parts) and lowered.startswith(part := between + parts[last], end):
                last, end = last + 1, end + len(part)
            yield (begin, end) if last - first >= least else None
            at = lowered.find(text, end)


@lru_cache(maxsize=4096)
def _spellings(secret: str, way: str, least: int, gram: int, step: int) -> tuple[Spelt, ...]:
    """The secret as it is, in small letters and in capitals, forwards and backwards, in one way."""
    found = []
    cased = dict.fromkeys((secret, secret.lower(), secret.upper()))
    one, between = way.rstrip(BETWEEN), way[len(way.rstrip(BETWEEN)) :]
    for text in dict.fromkeys((*cased, *(one[::-1] for one in cased))):
        parts = tuple(one.format(byte) for byte in text.encode())
        places = range(0, len(parts) - gram + 1, step) if len(parts) >= least else ()
        grams = tuple((n, between.join(parts[n : n + gram])) for n in places)
        found.append(Spelt(parts, between, grams))
    return tuple(found)
