"""The numbers behind the plots of a run: latency as a histogram with quantiles, outcomes as shares."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from conformance.report.events import Latency


@frozen
class Bar:
    """`share` is of the largest bar (0 to 1), `part` of the whole."""

    label: str
    count: int
    share: float
    part: float


def latency_bars(latency: Latency) -> tuple[Bar, ...]:
    """One bar a bound, and one for everything slower; empty bars at both ends are left out."""
    labels = [f"≤ {bound:g} ms" for bound in latency.bounds_ms]
    labels += [f"> {latency.bounds_ms[-1]:g} ms"] if latency.bounds_ms else ["all"]
    pairs = list(zip(labels, latency.counts, strict=False))
    while pairs and pairs[0][1] == 0:
        pairs.pop(0)
    while pairs and pairs[-1][1] == 0:
        pairs.pop()
    return _bars(pairs)


def quantile(latency: Latency, share: float) -> str:
    """The bound within which that share of the answers came, as text: `20 ms`; empty where there were no
    answers.
    """
    total, seen = sum(latency.counts), 0
    if not total:
        return ""
    for bound, count in zip(latency.bounds_ms, latency.counts, strict=False):
        seen += count
        if seen >= share * total:
            return f"{bound:g} ms"
    return f"more than {latency.bounds_ms[-1]:g} ms" if latency.bounds_ms else ""


def outcome_bars(outcomes: Mapping[str, int]) -> tuple[Bar, ...]:
    """Most frequent first."""
    return _bars(sorted(outcomes.items(), key=lambda item: (-item[1], item[0])))


def _bars(pairs: list[tuple[str, int]]) -> tuple[Bar, ...]:
    largest, total = max((count for _, count in pairs), default=0), sum(count for _, count in pairs)
    return tuple(
        Bar(label, count, count / largest if largest else 0.0, count / total if total else 0.0)
        for label, count in pairs
    )
