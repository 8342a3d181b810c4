"""What a run comes to, for people: the word of `ledger/conclusion.py`, with a sentence and an exit status."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from conformance.ledger.conclusion import EXIT_STATUS, Decision, RequirementVerdicts, Word, decide
from conformance.report.results import Result, results
from conformance.report.stream import Run

HEADLINES: dict[Word, str] = {
    "conformant": "Conformant",
    "conformant-but-for-known-failures": "Conformant but for known failures",
    "not-conformant": "Not conformant",
    "not-established": "Not established",
}


@frozen
class Conclusion:
    """`conformant` holds only where every selected MUST was judged and none fails, known failures included.

    With known failures only, `exit_status` is 0 and `conformant` is false: the run is as expected, the target
    is not conformant, and no certificate can be had.
    """

    exit_status: int
    conformant: bool
    headline: str
    sentence: str


def conclude(run: Run) -> Conclusion:
    """What the run comes to."""
    found = results(run)
    decision = decide((_found_of(result) for result in found), finished=not run.footer.interrupted)
    return Conclusion(
        EXIT_STATUS[decision.word],
        decision.conformant,
        HEADLINES[decision.word],
        _sentence(decision, run, found),
    )


def _found_of(result: Result) -> RequirementVerdicts:
    verdicts = result.verdicts
    unexplained = any(v.verdict == "not-applicable" and not v.message.strip() for v in verdicts)
    return RequirementVerdicts(result.entry.level, frozenset(v.verdict for v in verdicts), unexplained)


def _sentence(decision: Decision, run: Run, found: tuple[Result, ...]) -> str:
    musts = [result for result in found if result.entry.level == "MUST"]
    scope = _scope(run)
    match decision.why:
        case "interrupted":
            why = (run.footer.reason or "the run was interrupted").rstrip(".")
            return f"{_capital(why)}; what was judged until then proves nothing about {scope}."
        case "unexpectedly-passed":
            broken = sum("unexpectedly-passed" in _verdicts(result) for result in found)
            also = f", and {_of(failed, musts)} failed" if (failed := _failed(musts)) else ""
            return f"{_number(broken, 'known failure')} unexpectedly passed{also}: {scope}."
        case "failed":
            return f"{_of(_failed(musts), musts)} failed: {scope}."
        case "nothing-judged":
            return f"Nothing was judged: {scope}."
        case "unjudged":
            unjudged = sum(not _found_of(result).judged for result in musts)
            return f"{_of(unjudged, musts)} could not be judged: {scope}."
        case "nothing-applied":
            return f"No requirement applied: {scope}."
        case "known-failing":
            known = sum("known-failing" in _verdicts(result) for result in found)
            exception = f"{_number(known, 'requirement')} {'is' if known == 1 else 'are'} not met, as was known"
            return _with_notes(exception, run, found, musts)
        case "met":
            applied = sum(_applied(result) for result in musts)
            every = f"Each of {applied} MUST requirements that apply was met" if musts else "No MUST was selected"
            return _with_notes(every, run, found, musts)


def _with_notes(main: str, run: Run, found: tuple[Result, ...], musts: list[Result]) -> str:
    notes = list(_notes(run, found, musts))
    aside = f" ({', '.join(notes)})" if notes else ""
    return f"{main}{aside}: {_scope(run)}."


def _failed(musts: list[Result]) -> int:
    return sum("failed" in _verdicts(result) for result in musts)


def _notes(run: Run, found: tuple[Result, ...], musts: list[Result]) -> Iterator[str]:
    if set_aside := sum(not _applied(result) for result in musts):
        yield f"{set_aside} {'does' if set_aside == 1 else 'do'} not apply"
    if warned := sum(result.standing == "warned" for result in found):
        yield f"{warned} SHOULD {'was' if warned == 1 else 'were'} not"
    if left_out := len(run.header.deselected):
        yield f"{left_out} {'was' if left_out == 1 else 'were'} left out of the run"


def _verdicts(result: Result) -> set[str]:
    return {verdict.verdict for verdict in result.verdicts}


def _applied(result: Result) -> bool:
    return _found_of(result).applied


def _scope(run: Run) -> str:
    target = run.header.target
    name = target.name if not target.url or target.url in target.name else f"{target.name} at {target.url}"
    release = f" {target.release}" if target.release and target.release not in name else ""
    requests = _number(run.footer.requests, "request")
    return f"{run.header.operation} of {name}{release}, over {requests}"


def _of(number: int, musts: list[Result]) -> str:
    return f"{number} of {_number(len(musts), 'MUST requirement')}"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
