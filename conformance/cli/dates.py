"""Dates that a person gives."""

from __future__ import annotations

import re
from datetime import date

from conformance.errors import Refusal


def checked_date(text: str | None) -> str | None:
    """A day (2021-01-07) or a month (2021-01), as it was given. Raises Refusal for what is neither."""
    if text is None:
        return None
    try:
        date.fromisoformat(text if len(text) > len("2021-01") else f"{text}-01")
        is_date = bool(re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text, re.ASCII))
    except ValueError:
        is_date = False
    if not is_date:
        raise Refusal(f"--as-of {text!r} is no date; give a day (2021-01-07) or a month (2021-01).")
    return text
