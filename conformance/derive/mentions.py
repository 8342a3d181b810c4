"""Where a text has a name, in the same or in other capitals; one pass over the text, however many names there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_START = re.compile(r"(?<![\w.])\w")
_PARTS = 8  # names of a path; the documentation has four


@lru_cache(maxsize=8)
def spellings(source: str) -> Mapping[str, Counter[str]]:
    """The words of a page, and the beginnings of those with dots, by their small letters: how often each is."""
    found: dict[str, Counter[str]] = {}
    for run in re.finditer(r"(?<![\w.])\w[\w.]*", source):
        parts = run.group().split(".")[:_PARTS]
        for end in range(1, len(parts) + 1):
            name = ".".join(parts[:end])
            if not name.endswith("."):
                found.setdefault(name.casefold(), Counter())[name] += 1
    return found


class Names:
    """The parameters that an error may be about."""

    def __init__(self, names: Iterable[str]) -> None:
        own = sorted((n for n in names if n != "Action"), key=len)
        self.order = {n: i for i, n in enumerate(own)}
        self.exact = {n: n for n in own}
        self.prefixes = {n.casefold(): n for n in reversed(own)}
        # the longest counts, and of those as long the first
        spaced = {re.sub(r"(?<=[a-z])(?=[A-Z])", " ", n).casefold(): n for n in reversed(own)}
        self.loose = spaced | self.prefixes
        self.lengths = _lengths(self.prefixes)

    def about(self, text: str, code: str) -> str | None:
        """The parameter that an error is about: the longest one that its code, message or description names."""
        in_code = re.sub(r"^(?:Invalid|Missing|Incorrect|Unsupported)", "", code).casefold()
        for length in self.lengths:
            if found := self.prefixes.get(in_code[:length]):
                return found
        return self._longest(text, self.exact) or self._longest(text.casefold(), self.loose)

    def _longest(self, text: str, names: Mapping[str, str]) -> str | None:
        return max(_mentioned(text, names), key=lambda n: (len(n), -self.order[n]), default=None)


def _lengths(names: Mapping[str, str]) -> list[int]:
    return sorted({len(n) for n in names}, reverse=True)


def _mentioned(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """The names that stand in a text as whole words."""
    lengths = _lengths(names)
    for start in _START.finditer(text):
        at = start.start()
        for length in lengths:
            found = names.get(text[at : at + length])
            if found and not re.match(r"\w", text[at + length : at + length + 1]):
                yield found
