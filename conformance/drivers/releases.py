"""Release numbers: their order, and the ranges by which a user picks some of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PIECE = re.compile(r"\d+|[A-Za-z]+")
_BEFORE_FINAL = frozenset({"a", "b", "c", "rc", "alpha", "beta", "dev", "pre", "preview", "snapshot", "m"})


class ReleaseRangeError(ValueError):
    """A range that cannot be understood, or that no known release is in."""


def order(release: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key: 1.10 after 1.9, a pre-release before its release, a hotfix after it; a leading `v` does not
    count.
    """
    pieces = _PIECE.findall(release[1:] if re.match(r"v\d", release) else release)
    return (*(_weight(p) for p in pieces), (1, 0, ""))


def ordered(releases: Iterable[str]) -> tuple[str, ...]:
    """Oldest first, without repetitions."""
    return tuple(sorted(set(releases), key=order))


def is_final(release: str) -> bool:
    """Whether it is no pre-release."""
    return all(weight[0] >= 1 for weight in order(release))


def selected(known: Iterable[str], wanted: str) -> tuple[str, ...]:
    """The known releases that `all`, `latest:N`, `spread:N`, `A..B` or a comma-separated list asks for,
    oldest first.

    `latest:N` and `spread:N` leave out pre-releases; `spread:N` takes N over the whole life, the first and
    the last among them. A..B includes both ends, which need not be releases themselves. Raises ReleaseRangeError.
    """
    releases = ordered(known)
    if wanted == "all":
        return _some(releases, wanted)
    kind, _, count = wanted.partition(":")
    if kind in ("latest", "spread") and count:
        finals = tuple(r for r in releases if is_final(r))
        number = _count(count, wanted)
        return _some(finals[-number:] if kind == "latest" else _spread(finals, number), wanted)
    if ".." in wanted:
        low, _, high = wanted.partition("..")
        return _some(tuple(r for r in releases if _between(r, low, high)), wanted)
    names = tuple(name.strip() for name in wanted.split(",") if name.strip())
    missing = [name for name in names if name not in releases]
    if missing or not names:
        raise ReleaseRangeError(
            f"no known release {', '.join(missing) or wanted!r}; give all, latest:N, spread:N, A..B or releases out of"
            f" {_few(releases)}"
        )
    return ordered(names)


def _weight(piece: str) -> tuple[int, int, str]:
    if piece.isdigit():
        return (2, int(piece), "")
    word = piece.lower()
    return (0, 0, word) if word in _BEFORE_FINAL else (1, 1, word)


def _between(release: str, low: str, high: str) -> bool:
    return (not low or order(low) <= order(release)) and (not high or order(release) <= order(high))


def _spread(releases: tuple[str, ...], number: int) -> tuple[str, ...]:
    if number >= len(releases) or number < 2:
        return releases[-number:]
    step = (len(releases) - 1) / (number - 1)
    return tuple(releases[round(i * step)] for i in range(number))


def _count(text: str, wanted: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ReleaseRangeError(f"{wanted!r}: the number after the colon must be 1 or more")
    return int(text)


def _some(releases: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    if not releases:
        raise ReleaseRangeError(f"{wanted!r} picks no known release; see --list for those that exist")
    return releases


def _few(releases: tuple[str, ...]) -> str:
    return ", ".join(releases) if len(releases) <= 6 else f"{', '.join(releases[:2])} … {', '.join(releases[-3:])}"
