"""Where to start mending: failures put together by what their requests ask for, the most at once first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from attrs import frozen

from conformance.ledger.verdicts import BAD
from conformance.report.results import Result, groups

# how many causes are named as the ones to start with, where there are more failures than that
MOST = 5


@frozen
class Cause:
    """Failed requirements that one mend may turn green, the one with the simplest request first.

    `about` is what the requests have in common: the name of a parameter, or `Format=XML`. It is None where a
    requirement, with those that name the same cause, stands by itself.
    """

    about: str | None
    results: tuple[Result, ...]


def start_here(found: Iterable[Result]) -> tuple[Cause, ...]:
    """The causes of all failures, in the order in which mending them turns most of them green.

    A parameter counts as one only where the request of some failure varies it alone. What fails with several of those
    goes to the one that fewest requests vary: page sizes are in many requests that are about something else.
    """
    varied = {result: _varied(result) for result in found if result.standing in BAD}
    alone = {name for names in varied.values() if len(names) == 1 for name in names}
    often = Counter(name for names in varied.values() for name in names)
    explained: dict[str, list[Result]] = {}
    for result, names in sorted(varied.items(), key=lambda item: (len(item[1]), _length(item[0]))):
        if about := sorted(names & alone, key=lambda name: (often[name], name)):
            explained.setdefault(about[0], []).append(result)
    causes = [Cause(name, tuple(results)) for name, results in explained.items() if len(results) > 1]
    told = {result for cause in causes for result in cause.results}
    causes += [Cause(None, group.results) for group in groups(result for result in varied if result not in told)]
    return tuple(sorted(causes, key=lambda cause: -len(cause.results)))


def _length(result: Result) -> int:
    """How long the request that shows a failure is: of two that vary the same the shorter is the simpler."""
    return len(result.evidence.reproduce) if result.evidence else 0


def _varied(result: Result) -> frozenset[str]:
    """What the request behind a result asks for beyond the barest one. One that fails in XML alone asks for that."""
    varied = set(result.evidence.varies) if result.evidence else set()
    if {case for case, verdict in result.cases.items() if verdict in BAD} == {"xml"} and len(result.cases) > 1:
        varied.add("Format=XML")
    return frozenset(varied)
