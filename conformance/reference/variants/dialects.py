"""Variants of what the documentation leaves open: the other alternatives of choices and of common errors."""

from __future__ import annotations

from typing import NoReturn

from conformance.contract.model import Choice, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.choices import choice_id
from conformance.reference.context import Context
from conformance.reference.refusals import ABSENT, MISSING, RefusedRequest
from conformance.reference.signatures import V3_HEADERS
from conformance.reference.steps import STEP, Middleware, NamedCheckStep, RefusalStep, replacing
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


def _naming_the_header(inner: NamedCheckStep, context: Context, situation: str) -> None:
    header = V3_HEADERS.get(ABSENT.get(situation, ""))
    if context.signature == "v3" and header:
        raise RefusedRequest(f"Missing{header}", 400, f"{header} is mandatory for this action.", situation)
    inner(context, situation)


def _naming_it(inner: RefusalStep, context: Context, parameter: str) -> NoReturn:
    raise RefusedRequest(f"Missing{parameter}", 400, f"{parameter} is mandatory for this action.", parameter)


def _in_common(cause: str, protocol: Protocol) -> Middleware[[str], NoReturn]:
    """A parameter that is absent, or a region that there is not, as the first table of all operations has it."""
    row = next(e for e in protocol.errors if e.cause == cause)

    def refuse(inner: RefusalStep, context: Context, parameter: str) -> NoReturn:
        raise RefusedRequest(row.code, row.status, MISSING.format(name=parameter), parameter)

    return refuse


def error_tables(protocol: Protocol | None) -> tuple[Variant, ...]:
    """The common errors as the other documented tables have them."""
    situations = [s for s in protocol.situations if len(s.answers) > 1] if protocol else []
    if protocol is None or not situations:
        return ()
    longest = max(len(s.answers) for s in situations)

    def nth(n: int) -> dict[str, str]:
        answers = ((s.id, s.answers[n]) for s in situations if -1 <= n < len(s.answers))
        return {choice_id("error", id): f"{a.code}/{a.status}" for id, a in answers}

    second, last = nth(1), nth(-1)
    between = [
        Variant(f"table-{n + 1}-errors", f"answers common errors as the documented table {n + 1} does", nth(n))
        for n in range(2, longest - 1)
    ]
    return (
        *between,
        Variant(
            "common-table-for-parameters",
            "answers a missing parameter and an unknown region as the tables of all operations do",
            replacements=replacing(STEP.missing).by(_in_common("absent", protocol))
            + replacing(STEP.unknown_region).by(_in_common("unknown-region", protocol)),
        ),
        Variant(
            "codes-name-what-is-missing",
            "names in the code the parameter, or the header of a V3 request, that is missing",
            replacements=replacing(STEP.refuse).by(_naming_the_header) + replacing(STEP.missing).by(_naming_it),
        ),
        Variant("second-table-errors", "answers common errors as the second documented table does", second),
        Variant("last-table-errors", "answers common errors as the last documented table does", last),
    )
