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
from conformance.drivers.process import DriverFault
from conformance.drivers.protocol import Ready
from conformance.ledger.verdicts import VerdictName, worst
from conformance.report.events import Evidence, Verdict
from conformance.sdk.cases import Case, expanded
from conformance.sdk.endpoint import Recorded
from conformance.sdk.harness import Harness
from conformance.sdk.judges.finding import PASSED, SdkFinding, failed, skipped
from conformance.sdk.judges.signing import no_problem
from conformance.sdk.judges.table import ANSWERS, CASES, REQUESTS
from conformance.sdk.leaks import SECRET
from conformance.sdk.observation import Identity, Observation
from conformance.sdk.plan import Plan
from conformance.sdk.requirements import SdkRequirement
from conformance.sdk.view import lost_fields
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text

_SHOWN_OF_A_BODY = 600
UNDERSTOOD = SdkFinding("passed", "another documented alternative is understood, which is enough")


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


@frozen
class Observed:
    """What was seen of a release: each case that was done, by its key, in the order of the table.

    `leaks` are the cases after which the secret of the access key stood in a driver's log. `secrets` may appear in no
    report. `complete` is False where it was broken off.
    """

    ready: Ready
    cases: Mapping[str, Observation]
    leaks: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    seconds: float = 0.0
    complete: bool = True

    @property
    def requests(self) -> int:
        return sum(len(o.requests) + len(o.elsewhere) for o in self.cases.values())


def certify(
    command: Sequence[str],
    plan: Plan,
    on_event: Callable[[Verdict], None] = lambda _: None,
    *,
    expected_version: str | None = None,
    on_ready: Callable[[Ready], None] = lambda _: None,
    on_observed: Callable[[Observed], None] = lambda _: None,
    workers: int = 3,
) -> Certification:
    """Certifies whatever SDK `command` drives. Verdicts go to `on_event` one by one, in the order of the table.

    `workers` drivers share the cases, which do not depend on each other. `on_observed` is given what was seen before it
    is judged, also where the cases were broken off.

    Raises DriverFault where the driver breaks its protocol, at any time (nothing is then established), and
    SdkUnusable where the driver works and its SDK does not load.
    """
    started = time.monotonic()
    harness = Harness(command, plan, _identity(), expected_version)
    complete = False
    with harness.driver() as driver:
        on_ready(driver.ready)
        cases = tuple(case for r in plan.requirements() for case in planned(plan, driver.ready, r))
        try:
            harness.smoke(driver)
            harness.observe(list({case.key: case for case in cases}.values()), driver, workers)
            complete = True
        except DriverFault as fault:
            what, log = (redact_text(text, harness.secrets) for text in (str(fault), fault.stderr))
            raise DriverFault(fault.kind, what, log) from None
        finally:
            if not complete:
                on_observed(_observed(harness, driver.ready, cases, started, complete))
    harness.closed(driver)
    observed = _observed(harness, driver.ready, cases, started, complete)
    on_observed(observed)
    return judge(observed, plan, on_event)


def planned(plan: Plan, ready: Ready, requirement: SdkRequirement) -> Iterator[Case]:
    """The cases that show a requirement, for an SDK."""
    for spec in requirement.cases:
        yield from expanded(spec, plan.roles(), plan.protocol, ready)


def _observed(harness: Harness, ready: Ready, cases: Sequence[Case], started: float, complete: bool) -> Observed:
    order = dict.fromkeys((Case().key, *(case.key for case in cases)))
    seen = {key: harness.seen[key] for key in order if key in harness.seen}
    seconds = time.monotonic() - started
    leaks = tuple(dict.fromkeys(harness.leaks))
    return Observed(ready, seen, leaks, harness.secrets, seconds, complete)


def judge(observed: Observed, plan: Plan, on_event: Callable[[Verdict], None] = lambda _: None) -> Certification:
    """Judges what was seen, by the requirements of a plan. A case that was not done leaves them inconclusive."""
    unknown = _unknown(observed.cases.get(Case().key))
    observed = evolve(observed, cases={k: evolve(one, unknown=unknown) for k, one in observed.cases.items()})
    verdicts: list[Verdict] = []
    chosen = plan.requirements()
    for requirement in chosen:
        for verdict in _judged(requirement, observed, plan):
            verdicts.append(verdict)
            on_event(verdict)
    return Certification(
        observed.ready,
        tuple(verdicts),
        dialect=_dialect(verdicts, plan.contract),
        requests=observed.requests,
        seconds=observed.seconds,
        levels={r.id: r.level for r in chosen},
        outcomes=_outcomes(observed.cases.values()),
    )


def _judged(requirement: SdkRequirement, observed: Observed, plan: Plan) -> Iterator[Verdict]:
    if requirement.over == "case":
        yield from _over_cases(requirement, observed, plan)
        return
    if requirement.over == "run":
        finding, judged = _of_the_log(observed.leaks), 1
    else:
        finding, judged = _over_all(requirement, observed.cases.values())
    subject = f"every {requirement.over.removesuffix('s')}"
    yield _verdict(requirement, subject, finding, judged, 0.0, observed.secrets)


def _of_the_log(leaks: Sequence[str]) -> SdkFinding:
    if not leaks:
        return PASSED
    return failed(f"The {SECRET} is in the log", "nowhere", f"on standard error, in case {leaks[0]}")


def _over_cases(requirement: SdkRequirement, observed: Observed, plan: Plan) -> Iterator[Verdict]:
    judge, findings = CASES[requirement.judge], []
    for case in planned(plan, observed.ready, requirement):
        done = observed.cases.get(case.key)
        if done is None:
            findings.append((case, SdkFinding("inconclusive", f"this was not done: {case.key}"), 0, 0.0))
            continue
        seen = evolve(done, case=case)
        seconds = sum(call.answer.seconds for call in seen.calls)
        findings.append((case, judge(seen), len(seen.requests), seconds))
    if not findings:
        nothing = skipped("nothing of this kind in this operation or this SDK")
        yield _verdict(requirement, "", nothing, 0, 0.0, ())
        return
    if requirement.combine == "any" and any(f.outcome == "passed" for _, f, *_ in findings):
        findings = [(c, f if f.outcome == "passed" else UNDERSTOOD, *more) for c, f, *more in findings]
    for case, finding, judged, seconds in findings:
        yield _verdict(requirement, case.name, finding, judged, seconds, observed.secrets)


def _over_all(requirement: SdkRequirement, seen: Sequence[Observation]) -> tuple[SdkFinding, int]:
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
    finding: SdkFinding,
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
    body = redact_text(reply.body.decode("utf-8", "replace"), secrets) if reply else ""
    return Evidence(curl_line(request.request, secrets), reply.status if reply else None, body[:_SHOWN_OF_A_BODY])


def _dialect(verdicts: Sequence[Verdict], contract: Contract) -> dict[str, tuple[str, ...]]:
    """Alternatives of choices in which an answer reached the caller whole."""
    found: dict[str, set[str]] = {}
    for one in verdicts:
        id, equals, alternative = one.case.partition("=")
        if (
            equals
            and one.verdict == "passed"
            and one.message != UNDERSTOOD.message
            and contract.choice(id)
            and "loses" not in one.requirement
            and "altered" not in one.requirement
        ):
            found.setdefault(id, set()).add(alternative)
    return {id: tuple(sorted(alternatives)) for id, alternatives in sorted(found.items())}


def _unknown(seen: Observation | None) -> frozenset[str]:
    """The documented fields that the SDK does not hand out even from the plainest answer."""
    if seen is None:
        return frozenset()
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
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}", f"TestToken/+={os.urandom(16).hex()}"),
    )
