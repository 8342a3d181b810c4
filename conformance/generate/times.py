"""Times as the documentation writes them: ISO 8601, UTC, to the minute or to the second."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

ISO = re.compile(r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?Z$")


@lru_cache(maxsize=8192)
def parse_time(text: str | None) -> datetime | None:
    """The moment that a documented time names, or None. Seconds left out are zero."""
    found = ISO.match(text or "")
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}{found[2] or ':00'}").replace(tzinfo=UTC)
    except ValueError:
        return None


def precision_of(text: str | None) -> str | None:
    """`minutes` or `seconds`, as a documented time is written; None where it is no such time."""
    found = ISO.match(text or "")
    return None if not found else "seconds" if found[2] else "minutes"


def format_time(moment: datetime, pattern: str) -> str:
    """`moment` by a documented pattern such as `yyyy-MM-ddTHH:mm:ssZ`."""
    words = (("yyyy", "%Y"), ("YYYY", "%Y"), ("MM", "%m"), ("dd", "%d"), ("DD", "%d"), ("HH", "%H"), ("hh", "%H"))
    for word, directive in (*words, ("mm", "%M"), ("ss", "%S")):
        pattern = pattern.replace(word, directive)
    return moment.strftime(pattern)
