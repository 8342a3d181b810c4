"""The judge: findings, tallies and choice_observations become verdicts on requirements."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.endpoint.findings import Finding, Inconclusive, NotApplicable, Violation
from conformance.endpoint.watch.dialect import ChoiceObservation, Dialect
from conformance.endpoint.watch.tally import Tallies, Tally
from conformance.endpoint.watch.watch import EVERY_EXCHANGE
from conformance.ledger.requirement import Ledger, Requirement
from conformance.report.events import Evidence, Verdict
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials, Exchange
from conformance.wire.redaction import redact_text, secrets_in, secrets_of

RESPONSE_LINES = 40
RESPONSE_CHARACTERS = 4000
ONE_ALTERNATIVE = "choices.one-alternative"


def evidence(exchange: Exchange | None, credentials: Credentials | None) -> Evidence | None:
    """An exchange as a person can read it: a curl line, the status, the first lines of the response; no secret in
    it.
    """
    if exchange is None:
        return None
    secrets = _secrets(exchange, credentials)
    text = exchange.response.body.decode("utf-8", "replace")[:RESPONSE_CHARACTERS]
    lines = redact_text(text, secrets).splitlines()[:RESPONSE_LINES]
    return Evidence(curl_line(exchange.request, secrets), exchange.response.status, "\n".join(lines))


def verdict_of(
    requirement: Requirement,
    case: str,
    finding: Finding | None,
    examples: int,
    seconds: float,
    credentials: Credentials | None,
) -> Verdict:
    """The verdict that a check's finding means for its requirement."""
    if finding is None:
        return Verdict(requirement.id, case, "passed", examples=examples, seconds=seconds)
    shown = evidence(finding.exchange, credentials)
    if isinstance(finding, Violation):
        verdict = failing(requirement)
        return Verdict(
            requirement.id,
            case,
            verdict,
            _safe(finding.message, finding.exchange, credentials),
            _safe(finding.expected, finding.exchange, credentials),
            _safe(finding.received, finding.exchange, credentials),
            examples,
            seconds,
            shown,
            _safe(cause_of(finding), finding.exchange, credentials),
        )
    verdict = "not-applicable" if isinstance(finding, NotApplicable) else "inconclusive"
    assert isinstance(finding, (NotApplicable, Inconclusive))
    message = _safe(finding.message, finding.exchange, credentials)
    return Verdict(requirement.id, case, verdict, message, None, None, examples, seconds, shown)


def failing(requirement: Requirement) -> str:
    """What not meeting a requirement is called."""
    return "failed" if requirement.level == "MUST" else "warned"


def cause_of(violation: Violation) -> str:
    """A key under which failures of one cause meet: what came back, with whatever is particular to the request left
    out.
    """
    received = violation.received or ""
    if received.startswith("status "):
        return received.split(":")[0]
    what = violation.message.rsplit(": ", 1)[-1]
    return what if what.startswith("items ") else violation.message


def _safe(text: str | None, exchange: Exchange | None, credentials: Credentials | None) -> str | None:
    return None if text is None else redact_text(text, _secrets(exchange, credentials))


def _secrets(exchange: Exchange | None, credentials: Credentials | None) -> tuple[str, ...]:
    """The credentials, and what the request was signed with, which an answer may echo under no name at all."""
    return (*secrets_of(credentials), *(secrets_in(exchange.request) if exchange else ()))


def tallied_verdicts(ledger: Ledger, tallies: Tallies, credentials: Credentials | None) -> Iterator[Verdict]:
    """Verdicts on the requirements that every exchange is judged by."""
    for requirement in ledger.requirements:
        if requirement.check in EVERY_EXCHANGE:
            tally = tallies.get(requirement.check, requirement.subject)
            yield _tallied(requirement, tally, credentials)


def _tallied(requirement: Requirement, tally: Tally, credentials: Credentials | None) -> Verdict:
    if tally.judged == 0:
        return Verdict(requirement.id, "", "inconclusive", "no exchange of this run could show it")
    if tally.worst is None:
        return Verdict(requirement.id, "", "passed", examples=tally.judged)
    problem, share = tally.worst, f"{tally.failed} of {tally.judged} exchanges"
    return Verdict(
        requirement.id,
        "",
        failing(requirement),
        _safe(f"{problem.message} ({share})", problem.exchange, credentials),
        _safe(problem.expected, problem.exchange, credentials),
        _safe(problem.received, problem.exchange, credentials),
        tally.judged,
        0.0,
        evidence(problem.exchange, credentials),
        _safe(problem.message, problem.exchange, credentials),
    )


def choice_verdicts(ledger: Ledger, dialect: Dialect, credentials: Credentials | None) -> Iterator[Verdict]:
    """Verdicts on the choices: one alternative throughout, and the pinned one where a profile pins it."""
    for requirement in ledger.requirements:
        if requirement.check == ONE_ALTERNATIVE:
            yield _chosen(requirement, dialect, credentials)


def _chosen(requirement: Requirement, dialect: Dialect, credentials: Credentials | None) -> Verdict:
    seen = dialect.seen(requirement.subject or "")
    if not seen:
        message = "nothing in this run showed which alternative is taken"
        return Verdict(requirement.id, "", "not-applicable", message)
    pinned = dialect.pins.get(requirement.subject or "")
    slots = {s.slot for s in seen}
    for slot in sorted(slots, key=str):
        here = sorted((s for s in seen if s.slot == slot), key=lambda s: -s.count)
        if len(here) > 1:
            return _odd(requirement, here[-1], f"{here[0].alternative} ({here[0].count} times)", credentials)
        if pinned is not None and here[0].alternative != pinned:
            return _odd(requirement, here[0], f"{pinned}, which the profile pins", credentials)
    return Verdict(requirement.id, "", "passed", examples=sum(s.count for s in seen))


def _odd(requirement: Requirement, odd: ChoiceObservation, expected: str, credentials: Credentials | None) -> Verdict:
    return Verdict(
        requirement.id,
        "",
        failing(requirement),
        "the implementation does not keep to one documented alternative",
        expected,
        f"{odd.alternative} ({odd.count} times)",
        1,
        0.0,
        evidence(odd.exchange, credentials),
        f"choice {odd.choice}",
    )
