"""Known failures of an SDK: what fails as known is no surprise, and what passes although known to fail is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from conformance.ledger.known_failing import KnownFailure, KnownFailures, settle
from conformance.ledger.requirement import GLOB
from conformance.ledger.verdicts import Verdict

FAILING = ("failed", "warned")


def settled(
    verdicts: Sequence[Verdict],
    known: KnownFailures,
    dialect: Mapping[str, Sequence[str]],
    spanning: bool = False,
) -> tuple[tuple[Verdict, ...], tuple[str, ...]]:
    """The verdicts as they count, and the labels of the entries that were met.

    An entry speaks of a requirement: where one of its cases fails as known, the others may pass. Where none does, what
    passes has unexpectedly passed, unless other operations are judged too (`spanning`) and the entry is not about this
    one alone. What was not judged because of a failure that is known is known as well.
    """
    taken = _of(known, dialect)
    met: dict[tuple[str, str], KnownFailure] = {}
    found: list[Verdict] = []
    for one in verdicts:
        entry = known.entry(one.requirement, one.case, taken, one.cause or "")
        if entry is not None and one.verdict in FAILING:
            met[entry.label, one.requirement] = entry
            found.append(_known(entry, one))
        else:
            found.append(one)
    failing = {one.requirement for one in found if one.verdict in FAILING}
    excused = {requirement: entry for (_, requirement), entry in met.items() if requirement not in failing}
    settling = [
        _known(excused[one.because], one) if one.verdict == "inconclusive" and one.because in excused else one
        for one in found
    ]
    surprising = tuple(_surprises(settling, known, taken, set(met), spanning))
    return surprising, tuple(dict.fromkeys(label for label, _ in met))


def _surprises(
    found: Sequence[Verdict],
    known: KnownFailures,
    taken: Mapping[str, str],
    met: set[tuple[str, str]],
    spanning: bool,
) -> Iterator[Verdict]:
    for one in found:
        entry = known.entry(one.requirement, one.case, taken)
        is_met = entry is None or (entry.label, one.requirement) in met
        if is_met or one.verdict != "passed" or entry is None or (spanning and spans(entry)):
            yield one
        else:
            verdict, message = settle(entry, ["passed"])
            yield evolve(one, verdict=verdict, message=message or one.message)


def spans(entry: KnownFailure) -> bool:
    """Whether an entry may speak of several operations: it names none, or a glob of them."""
    head = entry.requirement.partition(".")[0]
    return head.islower() or bool(GLOB & set(head))


def _known(entry: KnownFailure, one: Verdict) -> Verdict:
    _, message = settle(entry, ["failed"])
    said = f"{message} ({one.message})" if message and one.message else message or one.message
    return evolve(one, verdict="known-failing", message=said)


def _of(known: KnownFailures, dialect: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The dialect with one alternative a choice: one that an entry speaks of, where the SDK understands that."""
    taken = {choice: alternatives[0] for choice, alternatives in dialect.items() if alternatives}
    for entry in known.entries:
        if entry.choice is not None and entry.choice[1] in dialect.get(entry.choice[0], ()):
            taken[entry.choice[0]] = entry.choice[1]
    return taken
