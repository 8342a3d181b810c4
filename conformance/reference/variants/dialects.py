"""Variants of what the documentation leaves open: the other alternatives of choices and of common errors."""

from __future__ import annotations

from conformance.contract.model import Choice, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.choices import choice_id
from conformance.reference.variants.variant import Variant


def dialects(contract: Contract) -> tuple[Variant, ...]:
    """Each alternative of each choice that is not the preferred one, and all choices differently at once."""
    single = [v for choice in contract.choices for v in _alternatives(choice)]
    first = {c.id: next(a.id for a in c.alternatives if a.id != c.preferred) for c in contract.choices if _is_open(c)}
    last = {c.id: [a.id for a in c.alternatives if a.id != c.preferred][-1] for c in contract.choices if _is_open(c)}
    if not first:
        return tuple(single)
    return (
        *single,
        Variant("every-choice-otherwise", "takes the first alternative of every choice that is not preferred", first),
        Variant("every-choice-last", "takes the last alternative of every choice", last),
    )


def _is_open(choice: Choice) -> bool:
    return any(a.id != choice.preferred for a in choice.alternatives)


def _alternatives(choice: Choice) -> list[Variant]:
    found = []
    for alternative in choice.alternatives:
        if alternative.id == choice.preferred:
            continue
        found.append(_dialect(choice, choice.id, alternative.id))
        if choice.per_format:
            found += [_dialect(choice, f"{choice.id}@{format}", alternative.id) for format in ("json", "xml")]
    return found


def _dialect(choice: Choice, key: str, alternative: str) -> Variant:
    return Variant(f"{key}={alternative}", f"{choice.subject}: {choice.kind} is {alternative}", {key: alternative})


def error_tables(protocol: Protocol | None) -> tuple[Variant, ...]:
    """The common errors as the other documented tables have them."""
    situations = [s for s in protocol.situations if len(s.answers) > 1] if protocol else []
    if not situations:
        return ()
    second, last = (
        {choice_id("error", s.id): f"{s.answers[n].code}/{s.answers[n].status}" for s in situations} for n in (1, -1)
    )
    return (
        Variant("second-table-errors", "answers common errors as the second documented table does", second),
        Variant("last-table-errors", "answers common errors as the last documented table does", last),
    )
