"""The names of verdicts, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

VerdictName = Literal[
    "failed",
    "unexpectedly-passed",
    "errored",
    "known-failing",
    "inconclusive",
    "warned",
    "passed",
    "not-applicable",
]
# Worst first. What is established against the target comes before what could not be judged, and that before
# what is fine; a requirement that passed in one case and does not apply in another has passed.
ORDER: tuple[VerdictName, ...] = get_args(VerdictName)
# what a report shows as a failure, whatever the level
BAD: tuple[VerdictName, ...] = ("failed", "unexpectedly-passed", "errored")
GLYPHS: dict[str, str] = {
    "failed": "✗",
    "unexpectedly-passed": "!",
    "errored": "E",
    "known-failing": "k",
    "inconclusive": "?",
    "warned": "w",
    "passed": "✓",
    "not-applicable": "–",
    "not-judged": "·",
}


def worst(verdicts: Iterable[VerdictName]) -> VerdictName:
    """The verdict on a requirement, from those on its cases. Raises ValueError where there are none."""
    return min(verdicts, key=ORDER.index)
