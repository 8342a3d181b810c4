"""Dates as HTTP writes them (RFC 9110, section 5.6.7): in English and in GMT, whatever the locale and the zone are."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIXED = re.compile(
    rf"(?P<day>{'|'.join(_DAYS)}), (\d\d) (?P<month>{'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)


def http_date(text: str) -> datetime | None:
    """The moment that an IMF-fixdate says, the only form that a sender may use; None for anything else."""
    found = _FIXED.fullmatch(text)
    if found is None:
        return None
    day, year, hour, minute, second = (int(found[n]) for n in (2, 4, 5, 6, 7))
    try:
        moment = datetime(year, _MONTHS.index(found["month"]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return moment if _DAYS[moment.weekday()] == found["day"] else None
