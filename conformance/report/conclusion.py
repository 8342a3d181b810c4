"""What a run comes to: conformant, not conformant, or not established, in a word, a sentence and an exit
status.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from conformance.report.results import Result, results
from conformance.report.stream import Run

CONFORMANT, NOT_CONFORMANT, NOT_ESTABLISHED = 0, 1, 3


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
    found = results(run)
    musts = [result for result in found if result.entry.level == "MUST"]
    scope = _scope(run, musts)
    if run.footer.interrupted:
        why = (run.footer.reason or "the run was interrupted").rstrip(".")
        return _not_established(f"{_capital(why)}; what was judged until then proves nothing about {scope}.")
    if broken := [result for result in found if "unexpectedly-passed" in _verdicts(result)]:
        failed = sum("failed" in _verdicts(result) for result in musts)
        also = f", and {_of(failed, musts)} failed" if failed else ""
        return _not_conformant(f"{_number(len(broken), 'known failure')} unexpectedly passed{also}: {scope}.")
    if failed := sum("failed" in _verdicts(result) for result in musts):
        return _not_conformant(f"{_of(failed, musts)} failed: {scope}.")
    if not any(result.verdicts for result in found):
        return _not_established(f"Nothing was judged: {scope}.")
    if unjudged := [result for result in musts if not _judged(result)]:
        return _not_established(f"{_of(len(unjudged), musts)} could not be judged: {scope}.")
    if not any(_applied(result) for result in (musts or found)):
        return _not_established(f"No requirement applied: {scope}.")
    return _favourable(run, found, musts)


def _favourable(run: Run, found: tuple[Result, ...], musts: list[Result]) -> Conclusion:
    known = sum("known-failing" in _verdicts(result) for result in found)
    notes = list(_notes(run, found, musts))
    scope = _scope(run, musts)
    if known:
        exception = f"{_number(known, 'requirement')} {'is' if known == 1 else 'are'} not met, as was known"
        return Conclusion(
            CONFORMANT, False, "Conformant but for known failures", _sentence(exception, notes, f": {scope}")
        )
    applied = [result for result in musts if _applied(result)]
    every = f"Each of {len(applied)} MUST requirements that apply was met" if musts else "No MUST was selected"
    return Conclusion(CONFORMANT, True, "Conformant", _sentence(every, notes, f": {scope}"))


def _notes(run: Run, found: tuple[Result, ...], musts: list[Result]) -> Iterator[str]:
    if set_aside := sum(not _applied(result) for result in musts):
        yield f"{set_aside} {'does' if set_aside == 1 else 'do'} not apply"
    if warned := sum(result.standing == "warned" for result in found):
        yield f"{warned} SHOULD {'was' if warned == 1 else 'were'} not"
    if left_out := len(run.header.deselected):
        yield f"{left_out} {'was' if left_out == 1 else 'were'} left out of the run"


def _sentence(main: str, notes: list[str], end: str) -> str:
    aside = f" ({', '.join(notes)})" if notes else ""
    return f"{main}{aside}{end}."


def _not_conformant(sentence: str) -> Conclusion:
    return Conclusion(NOT_CONFORMANT, False, "Not conformant", sentence)


def _not_established(sentence: str) -> Conclusion:
    return Conclusion(NOT_ESTABLISHED, False, "Not established", sentence)


def _verdicts(result: Result) -> set[str]:
    return {verdict.verdict for verdict in result.verdicts}


def _judged(result: Result) -> bool:
    """Every case was: met, known not to be, or set aside for a reason that is given."""
    return bool(result.verdicts) and all(
        verdict.verdict in ("passed", "known-failing")
        or (verdict.verdict == "not-applicable" and verdict.message.strip() != "")
        for verdict in result.verdicts
    )


def _applied(result: Result) -> bool:
    return bool(_verdicts(result) - {"not-applicable"})


def _scope(run: Run, musts: list[Result]) -> str:
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
