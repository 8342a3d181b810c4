"""Times as the documentation writes them: ISO 8601, UTC, to the minute or to the second; and in its other forms, since
only samples may show which one an answer has.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MILLISECONDS = "epoch-milliseconds"
ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)", re.ASCII)


@lru_cache(maxsize=8192)
def parse_time(text: str | None) -> datetime | None:
    """The moment in UTC, to the second, that a time with its zone names, or None. Seconds left out are zero, and what
    is below a second is cut off.
    """
    if not ISO.fullmatch(text or ""):
        return None
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def precision_of(text: str | None) -> str | None:
    """`minutes` or `seconds`, as a time is written; None where it is no such time."""
    found = ISO.fullmatch(text or "")
    return None if not found else "seconds" if found[1] else "minutes"


def leeway(text: str | None) -> timedelta:
    """How much later than `parse_time` has it a written time may be: by what it does not show, or what was cut off."""
    found = ISO.fullmatch(text or "")
    if found is None or (found[1] and not found[2]):
        return timedelta()
    return timedelta(seconds=0 if found[2] else 59, microseconds=999_999)


def format_time(moment: datetime, pattern: str) -> str:
    """`moment`, which is UTC, by a documented pattern such as `yyyy-MM-ddTHH:mm:ssZ`, or in milliseconds since 1970."""
    if pattern == MILLISECONDS:
        return str(int(moment.replace(tzinfo=UTC).timestamp()) * 1000)
    words = (("yyyy", "%Y"), ("YYYY", "%Y"), ("MM", "%m"), ("dd", "%d"), ("DD", "%d"), ("HH", "%H"), ("hh", "%H"))
    for word, directive in (*words, ("mm", "%M"), ("ss", "%S")):
        pattern = pattern.replace(word, directive)
    return moment.strftime(pattern)
