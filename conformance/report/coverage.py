"""How much of the documentation a run exercised: each normative sentence, by the requirements that it became."""

from __future__ import annotations

from attrs import frozen

from conformance.ledger.verdicts import ORDER
from conformance.report.events import SentenceEntry
from conformance.report.results import Result, Standing, results
from conformance.report.stream import Run


@frozen
class Covered:
    """A sentence, its requirements that were judged in this run, and by how many exchanges."""

    sentence: SentenceEntry
    results: tuple[Result, ...]
    examples: int

    @property
    def state(self) -> str:
        """`exercised`, `excluded` (for the reason that the sentence carries), or `not exercised`."""
        if self.results:
            return "exercised"
        return "excluded" if self.sentence.excluded is not None else "not exercised"

    @property
    def standing(self) -> Standing | None:
        """The worst that was found of it."""
        found = [result.standing for result in self.results]
        return min(found, key=ORDER.index) if found else None


def coverage(run: Run) -> tuple[Covered, ...]:
    """In the order of the ledger. A requirement that does not apply exercises nothing."""
    judged = {
        result.entry.id: result for result in results(run) if result.verdicts and result.standing != "not-applicable"
    }
    return tuple(_covered(sentence, judged) for sentence in run.header.sentences)


def _covered(sentence: SentenceEntry, judged: dict[str, Result]) -> Covered:
    found = tuple(judged[id] for id in sentence.requirements if id in judged)
    return Covered(sentence, found, sum(result.examples for result in found))


def states(covered: tuple[Covered, ...]) -> dict[str, int]:
    """How many sentences are exercised, excluded, and not exercised."""
    tally = dict.fromkeys(("exercised", "not exercised", "excluded"), 0)
    for one in covered:
        tally[one.state] += 1
    return tally
