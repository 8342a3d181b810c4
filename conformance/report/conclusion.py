"""What a run comes to, for people: the word of `ledger/conclusion.py`, with a sentence and an exit status."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from conformance.ledger.conclusion import EXIT_STATUS, Decision, RequirementVerdicts, Word, decide
from conformance.report.results import Result, is_unsure, results
from conformance.report.scope import Scope, musts_left_out, scope, settings_of
from conformance.report.stream import Run

HEADLINES: dict[Word, str] = {
    "conformant": "Conformant",
    "conformant-in-part": "Conformant in part",
    "conformant-in-part-but-for-known-failures": "Conformant in part, but for known failures",
    "conformant-but-for-known-failures": "Conformant but for known failures",
    "not-conformant": "Not conformant",
    "not-established": "Not established",
}


@frozen
class Conclusion:
    """`conformant` holds only where every selected MUST was judged and none fails, known failures included; `scope`
    says whether that is all that is required. `word` holds both.

    With known failures only, `exit_status` is 0 and `conformant` is false: the run is as expected, the target
    is not conformant, and no certificate can be had.
    """

    exit_status: int
    conformant: bool
    headline: str
    sentence: str
    word: Word
    scope: Scope


def conclude(run: Run) -> Conclusion:
    """What the run comes to."""
    found = results(run)
    asked = scope(run)
    finished, whole = not run.footer.interrupted, asked.word == "whole"
    decision = decide((_found_of(result) for result in found), finished, whole)
    return Conclusion(
        EXIT_STATUS[decision.word],
        decision.conformant,
        HEADLINES[decision.word],
        _sentence(decision, run, found),
        decision.word,
        asked,
    )


def _found_of(result: Result) -> RequirementVerdicts:
    verdicts = result.verdicts
    unexplained = any(v.verdict == "not-applicable" and not v.message.strip() for v in verdicts)
    return RequirementVerdicts(result.entry.level, frozenset(v.verdict for v in verdicts), unexplained)


def _sentence(decision: Decision, run: Run, found: tuple[Result, ...]) -> str:
    musts = [result for result in found if result.entry.level == "MUST"]
    of_what = _of_what(run)
    match decision.why:
        case "interrupted":
            why = (run.footer.reason or "the run was interrupted").rstrip(".")
            if not run.verdicts:
                return f"{_capital(why)}{'' if why.endswith('?') else '.'} Nothing is established about {of_what}."
            return f"{_capital(why)}; what was judged until then proves nothing about {of_what}."
        case "unexpectedly-passed":
            broken = sum("unexpectedly-passed" in _verdicts(result) for result in found)
            also = f", and {_of(failed, musts)} failed" if (failed := _failed(musts)) else ""
            return f"{_number(broken, 'known failure')} unexpectedly passed{also}: {of_what}."
        case "failed":
            return f"{_of(_failed(musts), musts)} failed: {of_what}."
        case "nothing-judged":
            return f"Nothing was judged: {of_what}."
        case "unjudged":
            unjudged = sum(not _found_of(result).judged for result in musts)
            return f"{_of(unjudged, musts)} could not be judged: {of_what}."
        case "nothing-applied":
            return f"No requirement applied: {of_what}."
        case "known-failing":
            known = sum("known-failing" in _verdicts(result) for result in found)
            exception = f"{_number(known, 'requirement')} {'is' if known == 1 else 'are'} not met, as was known"
            return _with_notes(exception, run, found, musts)
        case "met":
            applied = sum(_applied(result) for result in musts)
            return _with_notes(_every(applied) if musts else "No MUST was selected", run, found, musts)


def _every(applied: int) -> str:
    if applied == 1:
        return "The one MUST requirement that applies was met"
    return f"Each of {applied} MUST requirements that apply was met"


def _with_notes(main: str, run: Run, found: tuple[Result, ...], musts: list[Result]) -> str:
    notes = list(_notes(run, found, musts))
    aside = f" ({', '.join(notes)})" if notes else ""
    left_out = ", ".join(scope(run).left_out)
    part = f"; not judged: {left_out}" if left_out else ""
    return f"{main}{aside}{part}: {_of_what(run)}."


def _failed(musts: list[Result]) -> int:
    return sum("failed" in _verdicts(result) for result in musts)


def _notes(run: Run, found: tuple[Result, ...], musts: list[Result]) -> Iterator[str]:
    if set_aside := sum(not _applied(result) for result in musts):
        yield f"{set_aside} {'does' if set_aside == 1 else 'do'} not apply"
    if warned := sum(result.standing == "warned" for result in found):
        yield f"{warned} SHOULD {'was' if warned == 1 else 'were'} not"
    for level in ("SHOULD", "MAY"):
        if unsure := sum(result.entry.level == level and is_unsure(result) for result in found):
            yield f"{unsure} {level} could not be judged"
    if left_out := len(run.header.deselected) - len(musts_left_out(run)):
        yield f"{left_out} more {'was' if left_out == 1 else 'were'} left out of the run"


def _verdicts(result: Result) -> set[str]:
    return {verdict.verdict for verdict in result.verdicts}


def _applied(result: Result) -> bool:
    return _found_of(result).applied


def _of_what(run: Run) -> str:
    target = run.header.target
    name = target.name if not target.url or target.url in target.name else f"{target.name} at {target.url}"
    release = f" {target.release}" if target.release and target.release not in name else ""
    sent = f", over {_number(run.footer.requests, 'request')}" if run.footer.requests else ""
    dates = dict.fromkeys(one.as_of for one in settings_of(run) if one.as_of)
    documented = f" as documented by {' and '.join(dates)}" if dates else ""
    return f"{run.header.operation}{documented} of {name}{release}{sent}"


def _of(number: int, musts: list[Result]) -> str:
    return f"{number} of {_number(len(musts), 'MUST requirement')}"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return text if "://" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]
