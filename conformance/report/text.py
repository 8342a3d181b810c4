"""Text of strangers, made fit to be shown: a response may hold whatever its server likes."""

from __future__ import annotations

import re

# control characters (terminal escapes among them), line separators, and overrides of the writing direction
UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with what would act on a terminal, instead of being shown by it, written as its code."""
    return UNSHOWABLE.sub(_code, text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 0) -> str:
    """`text` on one line, cut to `limit` characters where that is not 0."""
    flat = " ".join(printable(text).split())
    return f"{flat[: limit - 1]}…" if limit and len(flat) > limit else flat


def first_lines(text: str, lines: int, width: int) -> list[str]:
    """At most `lines` lines of at most `width` characters, the last an ellipsis where there is more."""
    found = [line.expandtabs(4) for line in printable(text).split("\n")]
    cut = [f"{line[: width - 1]}…" if len(line) > width else line for line in found[:lines]]
    return [*cut, "…"] if len(found) > lines else cut


def folded(text: str, lines: int, width: int) -> list[str]:
    """At most `lines` lines, those longer than `width` folded; the last ends in an ellipsis where there is more."""
    found: list[str] = []
    for line in printable(text).split("\n"):
        line = line.expandtabs(4)
        found += [line[start : start + width] for start in range(0, max(len(line), 1), width)]
        if len(found) > lines:
            return [*found[: lines - 1], f"{found[lines - 1][: width - 1]}…"]
    return found


def duration(seconds: float) -> str:
    """`850 ms`, `12.3 s`, `4 min 05 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
