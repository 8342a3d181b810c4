"""Where to start mending after a run over a service: each cause once, however many operations show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen

from conformance.ledger.requirement import Level
from conformance.ledger.verdicts import BAD, Evidence, Verdict
from conformance.report.results import Result

# of a failure, what a reader goes on from; what is known does not need mending now
NOT_MET = (*BAD, "known-failing", "warned")
NUMBER = re.compile(r"(?<=result of )\d+(?= items)")
# what came is an error, which says more of the cause than the check that met it
ERROR = re.compile(r"\bstatus \d+, error \w")
SHOWN_CHECKS = 2
# the theme of what is required of the things of a resource
SEQUENCES = "sequences"
TO_MEND = ("failed", "errored", "unexpectedly-passed")


@frozen
class Failed:
    """One requirement that was not met, for one cause: a line for whoever starts to mend.

    `subjects` are the cases of an SDK's requirement that show the cause; the rest is of the first of them. Where there
    are none, the cause is worded for its requirement alone. `steps` are the requests of a sequence that shows it.
    """

    requirement: str
    level: Level
    message: str
    cause: str | None = None
    standing: str = "failed"
    subjects: tuple[str, ...] = ()
    expected: str | None = None
    received: str | None = None
    evidence: Evidence | None = None
    steps: tuple[str, ...] = ()


def failures_of(result: Result) -> Iterator[Failed]:
    """What an SDK does not meet of a requirement: one for each cause, with the cases that show it."""
    entry = result.entry
    causes: dict[str | None, list[Verdict]] = {}
    for one in result.verdicts:
        if one.verdict in NOT_MET:
            causes.setdefault(one.cause, []).append(one)
    for cause, those in causes.items():
        first, subjects = those[0], tuple(dict.fromkeys(v.case or "the only case" for v in those))
        yield Failed(
            entry.id, entry.level, first.message, cause, first.verdict, subjects,
            first.expected, first.received, first.exchange,
        )  # fmt: skip


@frozen
class ServiceCause:
    """What was not met, on which operations, in how many cases of them all, and the first failure that shows it."""

    text: str
    operations: tuple[str, ...]
    subjects: int
    first: Failed

    @property
    def extent(self) -> str:
        """How far it reaches, in words."""
        number = len(self.operations)
        cases = f", {self.subjects} cases" if self.subjects > number else ""
        what = "resource" if f".{SEQUENCES}." in self.first.requirement else "operation"
        return f"{number} {what}{'' if number == 1 else 's'}{cases}"


@frozen
class _Shown:
    first: Failed
    checks: dict[str, None] = field(factory=dict)
    operations: dict[str, None] = field(factory=dict)
    subjects: set[tuple[str, str]] = field(factory=set)


def service_causes(failures: Iterable[tuple[str, Failed]]) -> tuple[ServiceCause, ...]:
    """The causes of the MUSTs that failed, the most frequent first. A failure comes with its operation's name."""
    found: dict[str, _Shown] = {}
    for name, failed in failures:
        if failed.level != "MUST" or failed.standing not in TO_MEND:
            continue
        shown = found.setdefault(_key(name, failed), _Shown(failed))
        shown.checks[_general(failed.requirement.removeprefix(f"{name}."))] = None
        shown.operations[name] = None
        shown.subjects.update((name, subject) for subject in failed.subjects)
    causes = (
        ServiceCause(_text(s.first, tuple(s.checks)), tuple(s.operations), len(s.subjects), s.first)
        for s in found.values()
    )
    return tuple(sorted(causes, key=lambda cause: (-len(cause.operations), -cause.subjects)))


def _key(operation: str, failed: Failed) -> str:
    """What failures have in common that are one cause: the check, or for what answers that are errors fail, what was
    said and what came, whichever check asked. How many items an answer holds makes no other cause of it.
    """
    if failed.subjects and failed.cause:
        return failed.cause
    if failed.cause and ERROR.search(failed.cause):
        return f"{failed.message}: {failed.cause}"
    check = failed.requirement.removeprefix(f"{operation}.")
    return f"{_general(check)}: {NUMBER.sub('N', failed.cause or failed.message)}"


def _text(failed: Failed, checks: Sequence[str]) -> str:
    """A cause in words: what was found of which checks, and what came where that is no part of it."""
    if failed.subjects and failed.cause:
        return failed.cause
    cause, more = failed.cause, len(checks) - SHOWN_CHECKS
    came = "" if cause is None or cause in failed.message else f" ({cause})"
    named = ", ".join(checks[:SHOWN_CHECKS]) + (f" and {more} more" if more > 0 else "")
    return f"{named}: {failed.message}{came}"


def _general(check: str) -> str:
    """The check without its subject: `parameters.*.default`."""
    parts = check.split(".")
    return check if len(parts) < 3 else f"{parts[0]}.*.{parts[-1]}"
