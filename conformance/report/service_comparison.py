"""Two runs over a service beside each other, by operation and requirement, with the kinds of change of single runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.report.comparison import KINDS, Incomparable, RunComparison, VerdictChange, kind_of_change, sentence_of
from conformance.report.service_run import OperationJudged, ServiceRun

# a requirement that says nothing of a whole operation which could not be judged
NOT_JUDGED = ("not-established", "not-supported")
Standings = Mapping[tuple[str, str], tuple[str, str]]


def compare_services(base: ServiceRun, head: ServiceRun) -> RunComparison:
    """Raises Incomparable where the services differ."""
    names = [f"{run.started.product} {run.started.version}" for run in (base, head)]
    if names[0] != names[1]:
        raise Incomparable(f"A run over {names[0]} and one over {names[1]} cannot be compared.")
    before, after = ({o.name: o for o in (*run.protocol, *run.operations)} for run in (base, head))
    found = [
        change for name in dict.fromkeys((*before, *after)) for change in _of(name, before.get(name), after.get(name))
    ]
    order = list(KINDS)
    changes = tuple(sorted(found, key=lambda change: order.index(change.kind)))
    interrupted = head.finished.interrupted
    status = 3 if interrupted else int(any(KINDS[change.kind][1] for change in changes))
    return RunComparison(changes, tuple(_notes(base, head)), status, sentence_of(changes, interrupted, status))


def _of(name: str, base: OperationJudged | None, head: OperationJudged | None) -> Iterator[VerdictChange]:
    """What changed of an operation. One that is no longer judged is one change, and not one for each requirement."""
    if head is None:
        if base is not None and base.verdict not in NOT_JUDGED:
            yield VerdictChange("vanished", name, "", base.verdict, None, "the newer run did not judge it")
        return
    if base is None:
        yield VerdictChange("new", name, "", None, head.verdict, head.reason)
    elif head.verdict in NOT_JUDGED:
        if base.verdict not in NOT_JUDGED:
            kind = "vanished" if head.verdict == "not-supported" else "newly-inconclusive"
            yield VerdictChange(kind, name, "", base.verdict, head.verdict, head.reason)
        return
    before, after = _standings(base), _standings(head)
    judged = base is not None and base.verdict not in NOT_JUDGED
    for requirement, case in dict.fromkeys((*before, *after)):
        old: str | None = "passed" if judged else None
        if (requirement, case) in before:
            old = before[requirement, case][0]
        new, message = after.get((requirement, case), ("passed", ""))
        if found := kind_of_change(old, new):
            yield VerdictChange(found, requirement, case, old, new, message)


def _standings(judged: OperationJudged | None) -> Standings:
    """What was not met, by requirement and case; what is not here passed, or was not judged."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for failed in judged.failed if judged is not None else ():
        subjects = failed.subjects or ("",)
        for subject in subjects:
            # the message is of the first of them
            found[failed.requirement, subject] = (failed.standing, failed.message if subject == subjects[0] else "")
    return found


def _notes(base: ServiceRun, head: ServiceRun) -> Iterator[str]:
    """Differences that a reader must know to judge the changes."""
    pairs = (
        ("target", base.started.target, head.started.target),
        ("bytes of the package", _bytes(base), _bytes(head)),
        ("suite", base.started.suite.get("version"), head.started.suite.get("version")),
        ("operations asked for", len(base.started.selected), len(head.started.selected)),
        ("settings", base.started.settings, head.started.settings),
    )
    yield from (f"the runs differ in {name}: {old} and {new}" for name, old, new in pairs if old != new)
    if base.finished.interrupted:
        yield "the older run was interrupted: what it did not judge cannot have regressed"


def _bytes(run: ServiceRun) -> str | None:
    subject = run.started.subject
    return None if subject is None else subject.digest.get("sha256")
