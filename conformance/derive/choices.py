"""The points that pages leave open: the rows of the table of kinds, applied to a contract and its revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from conformance.contract.model import Alternative, Choice, Contract
from conformance.derive.contradictions import CONTRADICTIONS, Contradiction
from conformance.derive.revision import Facts
from conformance.derive.silences import CONDITIONS, STATED, Cited, subjects
from conformance.ledger.choices import ChoiceKind, choice_id, kinds


def choices(contract: Contract, revisions: Sequence[Facts], preferred: Mapping[str, str]) -> tuple[Choice, ...]:
    """All choices of a contract whose semantics are known, by their ids; `revisions` stand oldest first.

    `preferred` overrules which alternative the reference takes. Raises ValueError where there is no such alternative.
    """
    silent = (c for kind in kinds().values() for c in _silences(kind, contract, revisions))
    contradicted = (c for kind in kinds().values() for c in _contradictions(kind, contract, revisions))
    unique = {c.id: c for c in (*silent, *contradicted)}
    return tuple(_preferring(c, preferred) for c in sorted(unique.values(), key=lambda c: c.id))


def silences_anew(contract: Contract, preferred: Mapping[str, str]) -> tuple[Choice, ...]:
    """The choices of a contract without its pages: what follows from the contract and the table of kinds is made anew,
    so that a new row of the table reaches it; what only pages can tell (contradictions, `unless`) stays.

    Raises ValueError where there is no such `preferred` alternative.
    """
    plain = [kind for kind in kinds().values() if kind.silence and not kind.unless]
    anew = (c for kind in plain for c in _silences(kind, contract, ()))
    names = {kind.id for kind in plain}
    told = (c for c in contract.choices if c.reason == "contradiction" or c.kind not in names)
    unique = {c.id: c for c in (*anew, *told)}
    return tuple(_preferring(c, preferred) for c in sorted(unique.values(), key=lambda c: c.id))


def _preferring(choice: Choice, preferred: Mapping[str, str]) -> Choice:
    wanted = preferred.get(choice.id)
    if wanted is None:
        return choice
    if choice.alternative(wanted) is None:
        known = ", ".join(a.id for a in choice.alternatives)
        raise ValueError(f"overlay: {choice.id} has no alternative {wanted!r}; known: {known}")
    return evolve(choice, preferred=wanted)


def _contradictions(kind: ChoiceKind, contract: Contract, revisions: Sequence[Facts]) -> Iterator[Choice]:
    for found in CONTRADICTIONS[kind.contradiction](contract, revisions) if kind.contradiction else ():
        yield _contradicted(kind, found)


def _contradicted(kind: ChoiceKind, found: Contradiction) -> Choice:
    says = {**{a.id: a.statement for a in kind.alternatives}, **found.says}
    return Choice(
        id=choice_id(kind.id, found.subject),
        kind=kind.id,
        subject=found.subject,
        reason="contradiction",
        statement=kind.statement.format(subject=found.subject),
        alternatives=tuple(Alternative(id, says[id], citations) for id, citations in found.cited.items()),
        preferred=found.preferred,
        per_format=found.per_format,
    )


def _silences(kind: ChoiceKind, contract: Contract, revisions: Sequence[Facts]) -> Iterator[Choice]:
    if kind.silence is None:
        return
    for subject in subjects(contract, kind.subject):
        if CONDITIONS[kind.silence](contract, subject):
            yield _silence(kind, subject, contract, revisions)


def _silence(kind: ChoiceKind, subject: str, contract: Contract, revisions: Sequence[Facts]) -> Choice:
    stated = STATED[kind.unless](contract, subject, revisions) if kind.unless else None
    all_ways = [a.id for a in kind.alternatives if a.where is None or CONDITIONS[a.where](contract, subject)]
    cited: Cited = stated.cited if stated else dict.fromkeys(all_ways, ())
    return Choice(
        id=choice_id(kind.id, subject),
        kind=kind.id,
        subject=subject,
        reason="silence",
        statement=kind.statement.format(subject=subject),
        alternatives=tuple(Alternative(id, kind.says(id), citations) for id, citations in cited.items()),
        preferred=stated.preferred if stated else kind.preferred or all_ways[0],
    )
