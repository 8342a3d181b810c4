"""The rule for levels: what a requirement stands on, and the level that this makes.

What the pages or the common protocol state is a MUST; what only samples show, or nothing settles, a SHOULD. What only
pages before the newest state is a SHOULD too, be it a whole parameter, field or error, or a limit of a parameter that
the newest page still has: who follows that page breaks no word of it, and a warning still tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from conformance.ledger.requirement import Level

Ground = Literal["states", "protocol", "sample-only", "open", "superseded"]
BINDING: tuple[Ground, ...] = ("states", "protocol")
# sources of the common protocol, as rows of the SDK's table write them; the rest are words for parts of the pages
OF_THE_PAGES = ("parameters", "response", "errors", "paging", "ids")


def ground_of(cites: Iterable[str], said: Ground | None = None) -> Ground:
    """What a row of the endpoint's table stands on: as it says, else by what it cites."""
    words = tuple(cites)
    if said is not None:
        return said
    if words and all(word == "samples" for word in words):
        return "sample-only"
    return "protocol" if words and all(word.startswith("protocol:") for word in words) else "states"


def ground_for_sdk(cites: Iterable[str], reason: str | None, said: Ground | None = None) -> Ground:
    """What a row of the SDK's table stands on: where it gives a reason for its level, nothing settles it."""
    words = tuple(cites)
    if said is not None or reason is not None or not words:
        return said or "open"
    if all(word == "samples" for word in words):
        return "sample-only"
    return "states" if any(word in OF_THE_PAGES for word in words) else "protocol"


def disagreement(level: Level, ground: Ground) -> str | None:
    """Why a level does not follow from a ground; None where it does. A MAY stands on nothing that settles it."""
    if (level == "MUST") == (ground in BINDING):
        return None
    made = "a MUST" if ground in BINDING else "no MUST"
    return f"the level is {level}, and what stands on {ground!r} is {made}"
