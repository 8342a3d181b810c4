"""Certifying one release of an SDK: its driver is started, every case is done to it once, and every
requirement judged.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from conformance.contract.model import Contract
from conformance.drivers.protocol import Ready
from conformance.report.events import Evidence, Verdict
from conformance.report.verdicts import VerdictName, worst
from conformance.suite.sdk.endpoint import Recorded
from conformance.suite.sdk.judges.finding import PASSED, Finding, skipped
from conformance.suite.sdk.judges.signing import no_problem
from conformance.suite.sdk.judges.table import ANSWERS, CASES, REQUESTS
from conformance.suite.sdk.laboratory import Laboratory
from conformance.suite.sdk.observation import Identity, Observation
from conformance.suite.sdk.plan import Plan
from conformance.suite.sdk.requirements import SdkRequirement
from conformance.suite.sdk.view import lost_fields
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text

_SHOWN_OF_A_BODY = 600


@frozen
class Certification:
    """What came of a release. `dialect` holds, for each choice, the alternatives that the SDK understood.

    `outcomes` counts the answers that the endpoint gave, by status or broken transfer.
    """

    ready: Ready
    verdicts: tuple[Verdict, ...]
    dialect: Mapping[str, tuple[str, ...]]
    requests: int
    seconds: float
    levels: Mapping[str, str]
    outcomes: Mapping[str, int] = field(factory=dict)

    def summary(self) -> dict[str, VerdictName]:
        """One verdict for each requirement: the worst of its cases."""
        found: dict[str, list[VerdictName]] = {}
        for one in self.verdicts:
            found.setdefault(one.requirement, []).append(one.verdict)
        return {requirement: worst(names) for requirement, names in found.items()}

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(self.summary().values()))

    @property
    def conformant(self) -> bool:
        """No MUST failed, and every MUST was judged."""
        musts = {v for r, v in self.summary().items() if self.levels[r] == "MUST"}
        return bool(musts) and not musts & {"failed", "inconclusive", "errored"}


def certify(
    command: Sequence[str],
    plan: Plan,
    on_event: Callable[[Verdict], None] = lambda _: None,
    *,
    expected_version: str | None = None,
    on_ready: Callable[[Ready], None] = lambda _: None,
    workers: int = 3,
) -> Certification:
    """Certifies whatever SDK `command` drives. Verdicts go to `on_event` one by one, in the order of the table.

    `workers` drivers share the cases, which do not depend on each other.

    Raises DriverFault where the driver breaks its protocol, at any time (nothing is then established), and
    SdkUnusable where the driver works and its SDK does not load.
    """
    started = time.monotonic()
    laboratory = Laboratory(command, plan, _identity(), expected_version)
    chosen = plan.requirements()
    with laboratory.driver() as driver:
        on_ready(driver.ready)
        plain = laboratory.smoke(driver)
        cases = [case for r in chosen for spec in r.cases for case in laboratory.expanded(spec, driver.ready)]
        distinct = list({case.key: case for case in cases}.values())
        seen = {plain.case.key: plain} | laboratory.observed(distinct, driver, workers)
    unknown = _unknown(plain)
    seen = {key: evolve(one, unknown=unknown) for key, one in seen.items()}
    laboratory.closed(driver)
    verdicts: list[Verdict] = []
    for requirement in chosen:
        for verdict in _judged(requirement, laboratory, driver.ready, seen):
            verdicts.append(verdict)
            on_event(verdict)
    return Certification(
        driver.ready,
        tuple(verdicts),
        dialect=_dialect(verdicts, plan.contract),
        requests=sum(len(o.requests) + len(o.elsewhere) for o in seen.values()),
        seconds=time.monotonic() - started,
        levels={r.id: r.level for r in chosen},
        outcomes=_outcomes(seen.values()),
    )


def _judged(
    requirement: SdkRequirement, laboratory: Laboratory, ready: Ready, seen: Mapping[str, Observation]
) -> Iterator[Verdict]:
    if requirement.over == "case":
        yield from _over_cases(requirement, laboratory, ready, seen)
        return
    if requirement.over == "run":
        finding, judged = laboratory.log_finding(), 1
    else:
        finding, judged = _over_all(requirement, seen.values())
    yield _verdict(
        requirement,
        f"every {requirement.over.removesuffix('s')}",
        finding,
        judged,
        0.0,
        laboratory.secrets,
    )


def _over_cases(
    requirement: SdkRequirement, laboratory: Laboratory, ready: Ready, done: Mapping[str, Observation]
) -> Iterator[Verdict]:
    judge, findings = CASES[requirement.judge], []
    for case in (c for spec in requirement.cases for c in laboratory.expanded(spec, ready)):
        seen = evolve(done[case.key], case=case)
        seconds = sum(call.answer.seconds for call in seen.calls)
        findings.append((case, judge(seen), len(seen.requests), seconds))
    if not findings:
        nothing = skipped("nothing of this kind in this operation or this SDK")
        yield _verdict(requirement, "", nothing, 0, 0.0, ())
        return
    if requirement.combine == "any" and any(f.outcome == "passed" for _, f, *_ in findings):
        findings = [one for one in findings if one[1].outcome == "passed"]
    for case, finding, judged, seconds in findings:
        yield _verdict(requirement, case.name, finding, judged, seconds, laboratory.secrets)


def _over_all(requirement: SdkRequirement, seen: Sequence[Observation]) -> tuple[Finding, int]:
    """The first thing that is wrong anywhere in the run, and how many requests or answers were looked at."""
    judged = 0
    for observation in seen:
        for call in observation.calls:
            if requirement.over == "answers":
                judged += 1
                found = ANSWERS[requirement.judge](observation, call)
                if found:
                    return found, judged
                continue
            judge = REQUESTS.get(requirement.judge) or no_problem(requirement.problems)
            for request in call.requests:
                judged += 1
                found = judge(observation, call, request)
                if found:
                    return found, judged
    return (PASSED, judged) if judged else (skipped("there was nothing to judge"), 0)


def _verdict(
    requirement: SdkRequirement,
    case: str,
    finding: Finding,
    judged: int,
    seconds: float,
    secrets: tuple[str, ...],
) -> Verdict:
    name: VerdictName = finding.outcome
    message = finding.message
    if name == "failed" and requirement.level != "MUST":
        name = "warned"
        message = f"{message}. The documentation leaves this open: {requirement.reason}"
    return Verdict(
        requirement=requirement.id,
        case=case,
        verdict=name,
        message=redact_text(message, secrets),
        expected=finding.expected and redact_text(finding.expected, secrets),
        received=finding.received and redact_text(finding.received, secrets),
        examples=judged,
        seconds=round(seconds, 3),
        exchange=_evidence(finding.request, secrets),
        cause=finding.message.partition(":")[0] if finding.outcome == "failed" else None,
    )


def _evidence(request: Recorded | None, secrets: tuple[str, ...]) -> Evidence | None:
    if request is None:
        return None
    reply = request.reply
    body = reply.body[:_SHOWN_OF_A_BODY].decode("utf-8", "replace") if reply else ""
    return Evidence(
        curl_line(request.request, secrets), reply.status if reply else None, redact_text(body, secrets)
    )


def _dialect(verdicts: Sequence[Verdict], contract: Contract) -> dict[str, tuple[str, ...]]:
    """Alternatives of choices in which an answer reached the caller whole."""
    found: dict[str, set[str]] = {}
    for one in verdicts:
        id, equals, alternative = one.case.partition("=")
        if (
            equals
            and one.verdict == "passed"
            and contract.choice(id)
            and "loses" not in one.requirement
            and "altered" not in one.requirement
        ):
            found.setdefault(id, set()).add(alternative)
    return {id: tuple(sorted(alternatives)) for id, alternatives in sorted(found.items())}


def _unknown(seen: Observation) -> frozenset[str]:
    """The documented fields that the SDK does not hand out even from the plainest answer."""
    call = seen.last
    if not call.answer.ok or call.answer.result is None or call.served[-1].tree is None:
        return frozenset()
    return lost_fields(call.served[-1].tree, call.answer.result, seen.roles.contract)


def _outcomes(seen: Iterable[Observation]) -> dict[str, int]:
    """How many requests were answered with each status, or in each broken way."""
    replies = [r.reply for o in seen for r in o.requests]
    plain = ("length", "chunked", "until-close", "drip")
    return dict(Counter(str(r.status) if r.transfer in plain else r.transfer for r in replies))


def _identity() -> Identity:
    """Made up for this run, so that a credential found anywhere is the one that was given here."""
    mark = os.urandom(8).hex()
    return Identity(
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}"),
        Credentials(
            f"testid{mark}", f"TestSecret{os.urandom(12).hex()}", f"TestToken/+={os.urandom(16).hex()}"
        ),
    )
