"""Text without escapes, whichever of its characters had one: what a secret is looked for in that somebody escaped in
part.

The escapes of JSON and of other languages, of URLs and of XML, each of them escaped again in its own way however often,
and one within another to the depth of three.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left

from attrs import define, field

ESCAPE = re.compile(
    r"(?i)(?<!\\)\\++(?:u\{(?P<braced>[0-9a-f]{1,6})\}|u(?P<u>[0-9a-f]{4})|x(?P<x>[0-9a-f]{2})|(?P<octal>[0-3][0-7]{2})"
    r"|(?P<sign>[/\"']))"
    r"|%(?:25)*(?:u(?P<percent_u>[0-9a-f]{4})|(?P<percent>[0-9a-f]{2}))"
    r"|&(?:amp;)*(?:#x(?P<hexadecimal>[0-9a-f]{1,6});?|#(?P<decimal>[0-9]{1,7});?|(?P<name>amp|lt|gt|quot|apos);)"
)
HEXADECIMAL = ("braced", "u", "x", "percent_u", "percent", "hexadecimal")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
DEEPEST = 3
# of a text with more escapes it is not noted where each of them stood
MOST = 100_000
# so many ways of writing a character are remembered
KNOWN = 50_000


class Characters(dict[str, str]):
    """The character that an escape stands for; one that is none is shown as the sign for that."""

    def __missing__(self, escape: str) -> str:
        found = ESCAPE.fullmatch(escape)
        character = _character(found) if found else "\ufffd"
        if len(self) < KNOWN:
            self[escape] = character
        return character


def _character(escape: re.Match[str]) -> str:
    kind = escape.lastgroup or ""
    digits = escape[kind]
    if kind in ("sign", "name"):
        return NAMED.get(digits.lower(), digits)
    number = int(digits, 16 if kind in HEXADECIMAL else 8 if kind == "octal" else 10)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


CHARACTERS = Characters()


@define
class Places:
    """Where the escapes of a text stood: the place of each character in the text without them, and where its escape
    ended.
    """

    characters: array[int] = field(factory=lambda: array("l"))
    ends: array[int] = field(factory=lambda: array("l"))

    def before(self, place: int) -> int:
        """The place in the text with its escapes."""
        last = bisect_left(self.characters, place) - 1
        return place if last < 0 else self.ends[last] + place - self.characters[last] - 1


@define
class Unescaped:
    """A text without escapes. `places` says where they were; None where they were too many."""

    text: str
    places: list[Places] | None = field(factory=list)

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The part of the text with its escapes that became this part; all of it where that is not known."""
        if self.places is None:
            raise ValueError("where the escapes stood was not noted")
        for places in reversed(self.places):
            begin, end = places.before(begin), places.before(end)
        return begin, end


def unescaped(text: str) -> Unescaped | None:
    """A text without its escapes; None where it has none. In time in proportion to the text."""
    found = Unescaped(text)
    for _ in range(DEEPEST):
        if not any(sign in found.text for sign in "\\%&") or ESCAPE.search(found.text) is None:
            break
        text, count = ESCAPE.subn(lambda escape: CHARACTERS[escape[0]], found.text)
        if found.places is not None:
            found.places = [*found.places, _places(found.text)] if count <= MOST else None
        found.text = text
    return None if found.places == [] else found


def _places(text: str) -> Places:
    found, gone = Places(), 0
    for escape in ESCAPE.finditer(text):
        found.characters.append(escape.start() - gone)
        found.ends.append(escape.end())
        gone += escape.end() - escape.start() - 1
    return found
