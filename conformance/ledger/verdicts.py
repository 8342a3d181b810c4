"""Verdicts: their names and order, what each says, and which one a finding about a requirement means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, get_args

from attrs import frozen

from conformance.ledger.findings import Finding, Inconclusive, Lack, Met, NotApplicable, Violation
from conformance.ledger.requirement import Level, Requirement

VerdictName = Literal[
    "failed",
    "unexpectedly-passed",
    "errored",
    "known-failing",
    "inconclusive",
    "warned",
    "passed",
    "not-applicable",
]
# Worst first. What is established against the target comes before what could not be judged, and that before
# what is fine; a requirement that passed in one case and does not apply in another has passed.
ORDER: tuple[VerdictName, ...] = get_args(VerdictName)
# what a report shows as a failure, whatever the level
BAD: tuple[VerdictName, ...] = ("failed", "unexpectedly-passed", "errored")
GLYPHS: dict[str, str] = {
    "failed": "✗",
    "unexpectedly-passed": "!",
    "errored": "E",
    "known-failing": "k",
    "inconclusive": "?",
    "warned": "w",
    "passed": "✓",
    "not-applicable": "–",
    "not-judged": "·",
}


def worst(verdicts: Iterable[VerdictName]) -> VerdictName:
    """The verdict on a requirement, from those on its cases. Raises ValueError where there are none."""
    return min(verdicts, key=ORDER.index)


@frozen
class Evidence:
    """The exchange behind a verdict: a curl line, the status, and the first lines of the response, all
    redacted. `varies` names what the request asks for beyond what every request of the operation has. Of an SDK, the
    curl line is what arrived (empty where nothing did), at a port that is gone, and `command` does the case again.
    """

    curl: str
    status: int | None = None
    response: str = ""
    varies: tuple[str, ...] = ()
    command: str | None = None

    @property
    def reproduce(self) -> str:
        """The line that does it again."""
        return self.command or self.curl


@frozen
class Verdict:
    """One verdict on one requirement in one case (`json`, `xml`, or empty).

    `examples` counts the exchanges judged. Verdicts of one `cause` fail for the same reason. One that is not judged
    names the requirement `because` of which, and which failed, or the data that the target `lack`s. In a merged stream
    `part` is the id of the run that the verdict is from.
    """

    requirement: str
    case: str
    verdict: VerdictName
    message: str = ""
    expected: str | None = None
    received: str | None = None
    examples: int = 0
    seconds: float = 0.0
    exchange: Evidence | None = None
    cause: str | None = None
    part: str | None = None
    because: str | None = None
    lack: Lack | None = None


def failing(level: Level) -> VerdictName:
    """What not meeting a requirement of a level is called."""
    return "failed" if level == "MUST" else "warned"


def verdict_on(
    requirement: Requirement,
    case: str,
    finding: Finding | None,
    *,
    examples: int = 0,
    seconds: float = 0.0,
    evidence: Evidence | None = None,
    safe: Callable[[str], str] = str,
    reason: str | None = None,
) -> Verdict:
    """The verdict that a finding about a requirement means; None found is met.

    `safe` takes secrets out of a text; `evidence` has none in it. `reason` says why a requirement is no MUST, which a
    warning then repeats. Raises TypeError for a finding that is none of the known kinds.
    """

    def clean(text: str | None) -> str | None:
        return None if text is None else safe(text)

    name: VerdictName
    expected = received = cause = because = lack = None
    message = "" if finding is None else finding.message
    match finding:
        case None | Met():
            name = "passed"
        case Violation():
            name = failing(requirement.level)
            expected, received, cause = finding.expected, finding.received, finding.cause
            if name == "warned" and reason is not None:
                message = f"{message}. The documentation leaves this open: {reason}"
        case NotApplicable():
            name, lack = "not-applicable", finding.lack
        case Inconclusive():
            name, lack = "inconclusive", finding.lack
            because = finding.because and f"{requirement.operation}.{finding.because}"
        case _:
            raise TypeError(f"no verdict for {type(finding).__name__}")
    return Verdict(
        requirement.id,
        case,
        name,
        safe(message),
        clean(expected),
        clean(received),
        examples,
        seconds,
        evidence,
        clean(cause),
        because=because,
        lack=lack,
    )
