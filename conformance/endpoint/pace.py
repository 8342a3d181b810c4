"""The pace of an endpoint: how long its answers take, and with them a run, so that a long one is known early."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.endpoint.certification import run_for
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.target import Target
from conformance.endpoint.watch.watch import EVERY_EXCHANGE
from conformance.ledger.requirement import Ledger, Requirement
from conformance.report.events import Pace

# in seconds: a run that the answers alone make longer than this is said to be long
LONG = 300.0
# how many answers are timed; the quickest of them counts, since the first also has to connect
TIMED = 3
# requests of a check in one format, beside one an example: measured on runs over several operations, to a fifth
REQUESTS_A_CHECK = 5


def pace_of(
    target: Target,
    first: float,
    settings: RunSettings,
    ledger: Ledger,
    selection: tuple[Requirement, ...],
    workers: int,
) -> Pace | None:
    """The pace, where a run will be long by it; None where it will not. `first` is the time of an answer, in seconds.

    It sends no request where that one was quick. What gets no answer is for the run to tell of, and not timed.
    """
    requests = about(run_for(ledger, selection, settings.traffic), settings)
    answer = first
    for _ in range(TIMED - 1):
        if _seconds(answer, requests, workers) <= LONG:
            return None
        try:
            answer = min(answer, target.ask().exchange.response.seconds)
        except (Inconclusive, Violation):
            break
    seconds = _seconds(answer, requests, workers)
    if seconds <= LONG:
        return None
    return Pace(round(answer, 4), requests, round(seconds), workers, settings.limits.max_seconds)


def about(checks: Iterable[Requirement], settings: RunSettings) -> int:
    """About how many requests a run sends, to two digits; never more than it may."""
    number = sum(r.check not in EVERY_EXCHANGE for r in checks) * len(settings.formats)
    estimate = float(f"{number * (REQUESTS_A_CHECK + settings.max_examples):.1e}")
    return int(min(estimate, settings.limits.max_requests or estimate))


def _seconds(answer: float, requests: int, workers: int) -> float:
    return answer * requests / workers
