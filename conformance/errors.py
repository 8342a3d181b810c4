"""What stops a use case before or beside a verdict: plain exceptions; `cli` turns them into exit statuses."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Refusal(Exception):
    """A usage or configuration error, in one clear sentence: what was given, what was expected, what to do."""


class NotEstablished(Exception):
    """The target could not be judged at all; the sentence says why."""


def unknown(what: str, name: str, known: Iterable[str], advice: str) -> Refusal:
    """The error for a name that is not known, with the nearest known one."""
    close = get_close_matches(name, list(known), 1, 0.6)
    hint = f"; did you mean {close[0]}?" if close else "."
    return Refusal(f"There is no {what} {name!r}{hint} {advice}".rstrip())
