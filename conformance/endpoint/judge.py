"""The judge: findings, tallies and choice_observations become verdicts on requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.contract.model import Contract
from conformance.endpoint.watch.dialect import ChoiceObservation, Dialect
from conformance.endpoint.watch.envelope import ONLY_IN
from conformance.endpoint.watch.tally import Tallies, Tally
from conformance.endpoint.watch.watch import EVERY_EXCHANGE
from conformance.ledger.findings import Finding, Inconclusive, Lack, NotApplicable, Violation
from conformance.ledger.requirement import Ledger, Requirement
from conformance.ledger.verdicts import Evidence, Verdict, verdict_on
from conformance.wire.access import known_secrets
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials, Exchange, Format
from conformance.wire.redaction import redact_text, secrets_in

RESPONSE_LINES = 40
RESPONSE_CHARACTERS = 4000
ONE_ALTERNATIVE = "choices.one-alternative"
SEVERAL = "the implementation does not keep to one documented alternative"
OTHERWISE = "the implementation takes another way than the one that is documented"
# checks on what each item says, which any item shows
SHOWN_BY_ITEMS = frozenset(("fields.present", "fields.type", "fields.time-format", "fields.listed-value"))


def evidence(exchange: Exchange | None, credentials: Credentials | None) -> Evidence | None:
    """An exchange as a person can read it: a curl line, the status, the first lines of the response; no secret in
    it.
    """
    if exchange is None:
        return None
    secrets = secrets_about(exchange, credentials)
    text = exchange.response.body.decode("utf-8", "replace")[:RESPONSE_CHARACTERS]
    lines = redact_text(text, secrets).splitlines()[:RESPONSE_LINES]
    curl = curl_line(exchange.request, secrets)
    return Evidence(curl, exchange.response.status, "\n".join(lines), exchange.call.varies)


def verdict_of(
    requirement: Requirement,
    case: str,
    finding: Finding | None,
    examples: int,
    seconds: float,
    credentials: Credentials | None,
) -> Verdict:
    """The verdict that a check's finding means for its requirement, with its exchange as evidence, no secret in it."""
    exchange = finding.exchange if finding else None

    def safe(text: str) -> str:
        return redact_text(text, secrets_about(exchange, credentials))

    shown = evidence(exchange, credentials)
    return verdict_on(requirement, case, finding, examples=examples, seconds=seconds, evidence=shown, safe=safe)


def secrets_about(exchange: Exchange | None, credentials: Credentials | None) -> tuple[str, ...]:
    """The credentials, and what the request was signed with, which an answer may echo under no name at all."""
    return (*known_secrets(credentials), *(secrets_in(exchange.request) if exchange else ()))


def tallied_verdicts(
    ledger: Ledger,
    tallies: Tallies,
    credentials: Credentials | None,
    formats: Sequence[Format],
    items: str | None = None,
    region: str = "",
) -> Iterator[Verdict]:
    """Verdicts on the requirements that every exchange is judged by, in a run that asks for these formats.

    Its items are those of a `region`, and are found at the path `items`.
    """
    no_item = Lack(region, 0, 1) if items and _shows_no_item(tallies, items) else None
    for requirement in ledger.requirements:
        if requirement.check in EVERY_EXCHANGE:
            tally = tallies.get(requirement.check, requirement.subject)
            only = ONLY_IN.get(requirement.check)
            if tally.judged == 0 and only is not None and only not in formats:
                other = NotApplicable(f"this run does not ask for {only.upper()}")
                yield verdict_of(requirement, "", other, 0, 0.0, credentials)
                continue
            of_items = requirement.check in SHOWN_BY_ITEMS and (requirement.subject or "").startswith(f"{items}.")
            yield _tallied(requirement, tally, credentials, no_item if of_items else None)


def _shows_no_item(tallies: Tallies, items: str) -> bool:
    """Whether results were read, and none of them had an item."""
    seen = {subject or "" for (check, subject), tally in tallies.items() if check == "fields.type" and tally.judged}
    return bool(seen) and not any(subject.startswith(f"{items}.") for subject in seen)


def _tallied(requirement: Requirement, tally: Tally, credentials: Credentials | None, lack: Lack | None) -> Verdict:
    finding: Finding | None = None
    if tally.judged == 0:
        finding = Inconclusive("no exchange of this run could show it", lack=lack)
    elif (problem := tally.worst) is not None:
        finding = Violation(
            f"{problem.message} ({tally.failed} of {tally.judged} exchanges)",
            expected=problem.expected,
            received=problem.received,
            exchange=problem.exchange,
            cause=problem.message,
        )
    return verdict_of(requirement, "", finding, tally.judged, 0.0, credentials)


def choice_verdicts(ledger: Ledger, dialect: Dialect, credentials: Credentials | None) -> Iterator[Verdict]:
    """Verdicts on the choices: one alternative throughout, and the pinned one where a profile pins it."""
    for requirement in ledger.requirements:
        if requirement.check == ONE_ALTERNATIVE:
            yield _chosen(requirement, dialect, credentials)


def _chosen(requirement: Requirement, dialect: Dialect, credentials: Credentials | None) -> Verdict:
    choice = requirement.subject or ""
    seen = dialect.seen(choice)
    if not seen:
        nothing = NotApplicable("nothing in this run showed which alternative is taken")
        return verdict_of(requirement, "", nothing, 0, 0.0, credentials)
    odd = _undocumented(seen, dialect.contract) or _odd(seen, dialect.pins.get(choice))
    examples = sum(s.count for s in seen) if odd is None else 1
    return verdict_of(requirement, "", odd, examples, 0.0, credentials)


def _undocumented(seen: Sequence[ChoiceObservation], contract: Contract) -> Violation | None:
    """What was seen of a settled choice that is not the one documented way."""
    choice = contract.choice(seen[0].choice)
    if choice is None or not choice.is_settled:
        return None
    only = choice.alternatives[0].id
    return next((_of(s, f"{only}, which alone is documented", OTHERWISE) for s in seen if s.alternative != only), None)


def _odd(seen: Sequence[ChoiceObservation], pinned: str | None) -> Violation | None:
    """Of several alternatives in one slot the rarest; or the only one, where another is pinned."""
    for slot in sorted({s.slot for s in seen}, key=str):
        here = sorted((s for s in seen if s.slot == slot), key=lambda s: -s.count)
        if len(here) > 1:
            return _of(here[-1], f"{here[0].alternative} ({here[0].count} times)")
        if pinned is not None and here[0].alternative != pinned:
            return _of(here[0], f"{pinned}, which the profile pins")
    return None


def _of(odd: ChoiceObservation, expected: str, message: str = SEVERAL) -> Violation:
    return Violation(
        message,
        expected=expected,
        received=f"{odd.alternative} ({odd.count} times)",
        exchange=odd.exchange,
        cause=f"choice {odd.choice}",
    )
