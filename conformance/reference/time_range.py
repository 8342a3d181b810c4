"""The time range of a request."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from attrs import evolve

from conformance.contract.model import TimeRange
from conformance.reference.context import Query
from conformance.reference.meaning import IGNORED, NOTHING, ParameterMeaning, malformed, written
from conformance.reference.rendering import MILLISECONDS
from conformance.reference.seeding import stamp
from conformance.reference.signatures import epoch

if TYPE_CHECKING:
    from conformance.reference.context import Context

# the last second that a time can be written for
LATEST = 253402300799


def within(context: Context, query: Query, range: TimeRange) -> Query:
    """The query with the times that are asked for. Raises RefusedRequest."""
    start = context.steps.time(context, range.start) if range.start else IGNORED
    end = context.steps.time(context, range.end) if range.end else IGNORED
    if start is NOTHING or end is NOTHING:
        return evolve(query, nothing=True)
    bounded = evolve(query, start=_sent(start), end=_sent(end))
    return context.steps.inverted(context, bounded) if is_inverted(bounded) else bounded


def _sent(time: str | ParameterMeaning) -> str | None:
    return time if isinstance(time, str) else None


def is_inverted(query: Query) -> bool:
    """Whether the start of a range comes after its end."""
    return query.start is not None and query.end is not None and query.start > query.end


def inverted(context: Context, query: Query) -> Query:
    """The query of a range that starts after its end. Raises RefusedRequest where it is rejected."""
    range = context.contract.semantics.range
    name = (range.start if range else None) or ""
    taken = context.take("inverted-range", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return evolve(query, start=None, end=None, nothing=query.nothing or taken != "ignored")


def time(context: Context, name: str) -> str | ParameterMeaning:
    """A time parameter as `yyyy-MM-ddTHH:mm:ssZ`, IGNORED, or NOTHING. Raises RefusedRequest."""
    text = written(context, name)
    if not isinstance(text, str):
        return text
    if _is_in_milliseconds(context, name) and text.isascii() and text.isdigit():
        text = stamp(datetime.fromtimestamp(min(int(text) // 1000, LATEST), UTC))
    full = f"{text[:-1]}:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", text, re.ASCII) else text
    short_refused = full != text and context.take("short-time", name) == "rejected"
    if epoch(full) is not None and not short_refused:
        return full
    return malformed(context, name, short_refused)


def _is_in_milliseconds(context: Context, name: str) -> bool:
    parameter = context.contract.parameter(name)
    return parameter is not None and parameter.value("time_format") == MILLISECONDS
