"""What stops a use case before or beside a verdict: plain exceptions; `cli` turns them into exit statuses."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class Stopped(Exception):
    """What stops a use case, in one clear sentence. `evidence` is the folder of what was written all the same."""

    evidence: Path | None = None


class Refusal(Stopped):
    """A usage or configuration error, in one clear sentence: what was given, what was expected, what to do."""


class NotEstablished(Stopped):
    """The target could not be judged at all; the sentence says why."""


def unknown(what: str, name: str, known: Iterable[str], advice: str) -> Refusal:
    """The error for a name that is not known, with the nearest known one."""
    return Refusal(unknown_sentence(what, name, known, advice))


def unknown_sentence(what: str, name: str, known: Iterable[str], advice: str) -> str:
    """That there is no such thing, the nearest one that there is, and advice."""
    close = get_close_matches(name, list(known), 1, 0.6)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"There is no {what} {name!r}{hint} {advice}".rstrip()
