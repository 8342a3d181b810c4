"""Faults of the memory for nonces over many requests, and of timestamps far away or in another form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import in_form, is_get
from conformance.reference.signatures import CLOCK_WINDOW, epoch
from conformance.reference.steps import STEP, CheckStep, Middleware, replacing

HOUR, DAY = 3600, 86400


def faults() -> tuple[Fault, ...]:
    """Faults of nonces and timestamps that one request does not show."""
    return (*_nonces(), *_windows(), *_forms())


def _nonces() -> Iterator[Fault]:
    killed_by = ("signatures.nonce-remembered",)
    for many in (16, 50):
        yield Fault(
            f"only-{many}-nonces-are-remembered",
            f"remembers the last {many} nonces",
            killed_by,
            replacing(STEP.nonce).by(_remembering(many)),
        )
    apart: dict[str, tuple[str, Callable[[Context], str]]] = {
        "format": ("format", lambda c: c.format),
        "method": ("method", lambda c: c.request.method),
        "signature": ("signature version", lambda c: c.signature),
        "placement": ("place of the parameters", lambda c: str(in_form(c))),
    }
    for name, (what, of) in apart.items():
        yield Fault(
            f"nonces-count-by-{name}",
            f"takes a nonce for new where it was used with another {what}",
            killed_by,
            replacing(STEP.nonce_name).by(_apart_by(of)),
        )
    yield Fault(
        "nonces-of-get-are-forgotten-by-and-by",
        "forgets the nonces of GET after 20 more requests",
        killed_by,
        replacing(STEP.nonce).by(_forgetting_get),
    )


def _apart_by(of: Callable[[Context], str]) -> Middleware[[], tuple[str | None, ...]]:
    return lambda inner, context: (*inner(context), of(context))


def _remembering(many: int) -> Middleware[[], None]:
    def nonce(inner: CheckStep, context: Context) -> None:
        nonces = context.server.nonces
        with context.server.lock:
            for old in list(nonces)[: max(0, len(nonces) - many + 1)]:
                del nonces[old]
        inner(context)

    return nonce


def _forgetting_get(inner: CheckStep, context: Context) -> None:
    inner(context)
    of_get = context.memory.setdefault("nonces of GET", {})
    if is_get(context):
        of_get[context.steps.nonce_name(context)] = context.number
    for name in [name for name, number in of_get.items() if context.number - number > 20]:
        context.server.nonces.pop(name, None)
        del of_get[name]


def _windows() -> Iterator[Fault]:
    """Timestamps that are let through from afar."""
    away: dict[str, tuple[str, Callable[[float], bool]]] = {
        "window-of-an-hour": ("up to an hour old", lambda late: late < HOUR),
        "future-of-an-hour": ("up to an hour ahead", lambda late: late > -HOUR),
        "date-is-not-compared": ("of any day, by their time", lambda late: _near(late, DAY)),
        "time-zone-is-not-compared": ("some whole hours off", lambda late: _near(late, HOUR)),
        "any-future-is-accepted": ("any time ahead of a day", lambda late: late < -DAY / 2),
        "long-ago-is-accepted": ("more than a year old", lambda late: late > 365 * DAY),
    }
    sides: dict[str, Callable[[float], bool]] = {
        "window-of-an-hour": lambda late: late > 0,
        "future-of-an-hour": lambda late: late < 0,
    }
    for name, (what, lets) in away.items():
        side = sides.get(name, lambda late: True)
        yield Fault(
            name,
            f"accepts timestamps {what}",
            ("signatures.beyond-the-window",),
            replacing(STEP.timestamp).by(_letting(side, lets)),
        )


def _near(late: float, cycle: int) -> bool:
    return min(late % cycle, -late % cycle) <= CLOCK_WINDOW / 3


def _letting(*lets: Callable[[float], bool]) -> Middleware[[], None]:
    """What lies so many seconds back (ahead: below 0) is let through where all of the functions let it."""

    def timestamp(inner: CheckStep, context: Context) -> None:
        sent = epoch(context.common["Timestamp"] or "")
        late = context.server.clock() - sent if sent is not None else 0
        if sent is None or not all(let(late) for let in lets):
            inner(context)

    return timestamp


def _forms() -> Iterator[Fault]:
    """Timestamps that are let through by their form."""
    day, clock = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d:\d\d"
    impossible = {
        "words-are-a-timestamp": (r"[a-z ]+", "words"),
        "seconds-since-1970-are-a-timestamp": (r"\d+", "a whole number"),
        "a-day-is-a-timestamp": (day, "a day without a time"),
        "months-have-any-number": (rf"\d{{4}}-1[3-9]-\d\dT{clock}Z", "a month above 12"),
        "february-has-30-days": (rf"\d{{4}}-02-30T{clock}Z", "the 30th of February"),
        "days-have-25-hours": (rf"{day}T25:\d\d:\d\dZ", "an hour of 25"),
        "what-follows-a-timestamp-is-ignored": (rf"{day}T{clock}Z.+", "more text after its end"),
        "dates-of-http-are-timestamps": (r"\w+, \d\d \w+ \d{4} .*GMT", "the form of HTTP"),
    }
    other = {
        "offsets-are-read": (rf"{day}T{clock}[+]\d\d:\d\d", "an offset from UTC"),
        "zone-may-be-missing": (rf"{day}T{clock}", "no zone"),
        "seconds-may-be-missing": (rf"{day}T\d\d:\d\dZ", "no seconds"),
        "fractions-are-read": (rf"{day}T{clock}[.]\d+Z", "fractions of a second"),
        "blank-for-t-is-read": (rf"{day} {clock}Z", "a blank in place of T"),
        "lower-case-zone-is-read": (rf"{day}T{clock}z", "a z in lower case"),
    }
    named = {"signatures.impossible-timestamp": impossible, "signatures.timestamp-form": other}
    for killed_by, table in named.items():
        for name, (pattern, what) in table.items():
            yield Fault(
                name,
                f"accepts a timestamp with {what} for the present",
                (killed_by,),
                replacing(STEP.timestamp).by(_reading(re.compile(pattern, re.ASCII))),
            )


def _reading(pattern: re.Pattern[str]) -> Middleware[[], None]:
    def timestamp(inner: CheckStep, context: Context) -> None:
        if not pattern.fullmatch(context.common["Timestamp"] or ""):
            inner(context)

    return timestamp
