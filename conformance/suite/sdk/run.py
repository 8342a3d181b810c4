"""Certifying one release of an SDK: its driver is started, every case is done to it once, and every requirement judged."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from attrs import frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.drivers.process import DriverFault, DriverProcess
from conformance.drivers.protocol import Ready
from conformance.report.events import Evidence, Verdict
from conformance.report.verdicts import VerdictName, worst
from conformance.suite.sdk.cases import Case, expanded
from conformance.suite.sdk.endpoint import Recorded
from conformance.suite.sdk.judges.finding import PASSED, Finding, failed, skipped
from conformance.suite.sdk.judges.signing import no_problem
from conformance.suite.sdk.judges.table import ANSWERS, CASES, REQUESTS
from conformance.suite.sdk.observation import Identity, Observation, observe, observe_with_proxy
from conformance.suite.sdk.requirements import SdkRequirement, requirements
from conformance.suite.sdk.roles import Roles, roles
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text, secrets_of

_SHOWN_OF_A_BODY = 600


@frozen
class Plan:
    """What a certification goes by. `select` are globs of requirement ids, the operation's name left out or not."""

    contract: Contract
    protocol: Protocol
    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = ("MUST", "SHOULD", "MAY")

    def roles(self) -> Roles:
        return roles(self.contract)

    def requirements(self) -> tuple[SdkRequirement, ...]:
        chosen = requirements(self.contract, self.roles())
        return tuple(r for r in chosen if r.level in self.levels and self._selected(r.id))

    def _selected(self, id: str) -> bool:
        short = id.removeprefix(f"{self.contract.operation}.").removeprefix("sdk.")
        names = (id, short, f"sdk.{short}")
        return not self.select or any(fnmatchcase(name, glob) for name in names for glob in self.select)


@frozen
class Certification:
    """What came of a release. `dialect` holds, for each choice, the alternatives that the SDK understood."""

    ready: Ready
    verdicts: tuple[Verdict, ...]
    dialect: Mapping[str, tuple[str, ...]]
    requests: int
    seconds: float
    levels: Mapping[str, str]

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
) -> Certification:
    """Certifies whatever SDK `command` drives. Each verdict goes to `on_event` as soon as it is reached.

    Raises DriverFault where the driver breaks its protocol, at any time (nothing is then established), and SdkUnusable
    where the driver works and its SDK does not load.
    """
    started = time.monotonic()
    identity, nonces, used = _identity(), set(), plan.roles()

    def start(environment: Mapping[str, str] | None = None) -> DriverProcess:
        return DriverProcess(command, environment=environment, expected_version=expected_version)

    with start() as driver:
        on_ready(driver.ready)
        _smoke(driver, used, identity, nonces)
        chosen = plan.requirements()
        done: dict[str, Observation] = {}
        verdicts: list[Verdict] = []

        def look(case: Case) -> Observation:
            if case.key not in done:
                if case.proxy:
                    done[case.key] = observe_with_proxy(case, start, used, identity, nonces)
                else:
                    done[case.key] = observe(case, driver, used, identity, nonces)
            return done[case.key]

        for requirement in sorted(chosen, key=lambda r: r.over != "case"):
            for verdict in _judged(requirement, plan, driver, look, done, identity):
                verdicts.append(verdict)
                on_event(verdict)
        sent = sum(len(o.requests) + len(o.elsewhere) for o in done.values())
        dialect = _dialect(verdicts, plan.contract)
        levels = {r.id: r.level for r in chosen}
        return Certification(driver.ready, tuple(verdicts), dialect, sent, time.monotonic() - started, levels)


def _smoke(driver: DriverProcess, used: Roles, identity: Identity, nonces: set[str]) -> None:
    """One plain call. A driver that does not even reach the endpoint is broken; what the SDK makes of it is judged later."""
    seen = observe(Case(name="smoke"), driver, used, identity, nonces)
    if seen.last.answer.unsupported is not None:
        raise DriverFault("smoke", f"the driver cannot make a plain call: no {seen.last.answer.unsupported}", driver.stderr)
    if not seen.requests:
        error = seen.last.answer.error
        said = f"{error.type}: {error.message}" if error else "a success"
        raise DriverFault("smoke", f"a plain call reaches no endpoint; the driver says: {redact_text(said)[:300]}", driver.stderr)


def _judged(
    requirement: SdkRequirement,
    plan: Plan,
    driver: DriverProcess,
    look: Callable[[Case], Observation],
    done: Mapping[str, Observation],
    identity: Identity,
) -> Iterator[Verdict]:
    if requirement.over == "case":
        yield from _over_cases(requirement, plan, driver.ready, look)
        return
    started = time.monotonic()
    if requirement.over == "run":
        finding, judged = _log_finding(driver, identity), 1
    else:
        finding, judged = _over_all(requirement, done.values())
    yield _verdict(requirement, f"every {requirement.over.removesuffix('s')}", finding, judged, time.monotonic() - started, identity.temporary)


def _over_cases(
    requirement: SdkRequirement, plan: Plan, ready: Ready, look: Callable[[Case], Observation]
) -> Iterator[Verdict]:
    judge, findings = CASES[requirement.judge], []
    cases = [c for spec in requirement.cases for c in expanded(spec, plan.roles(), plan.protocol, ready)]
    for case in cases:
        started = time.monotonic()
        seen = look(case)
        seen = Observation(case, seen.calls, seen.roles, seen.ready, seen.credentials, seen.elsewhere, seen.malformed)
        finding = judge(seen)
        findings.append((case, finding, len(seen.requests), time.monotonic() - started, seen.credentials))
    if not findings:
        yield _verdict(requirement, "", skipped("nothing of this kind in this operation or this SDK"), 0, 0.0, None)
        return
    if requirement.combine == "any" and any(f.outcome == "passed" for _, f, *_ in findings):
        findings = [one for one in findings if one[1].outcome == "passed"]
    for case, finding, judged, seconds, credentials in findings:
        yield _verdict(requirement, case.name, finding, judged, seconds, credentials)


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


def _log_finding(driver: DriverProcess, identity: Identity) -> Finding:
    for credentials in (identity.plain, identity.temporary):
        if credentials.access_key_secret in driver.stderr:
            return failed("The secret of the access key is in the log", "nowhere", "on standard error")
    return PASSED


def _verdict(
    requirement: SdkRequirement, case: str, finding: Finding, judged: int, seconds: float, credentials: Credentials | None
) -> Verdict:
    name: VerdictName = finding.outcome
    if name == "failed" and requirement.level != "MUST":
        name = "warned"
    secrets = secrets_of(credentials)
    return Verdict(
        requirement=requirement.id,
        case=case,
        verdict=name,
        message=redact_text(finding.message, secrets),
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
    return Evidence(curl_line(request.request, secrets), reply.status if reply else None, redact_text(body, secrets))


def _dialect(verdicts: Sequence[Verdict], contract: Contract) -> dict[str, tuple[str, ...]]:
    """Alternatives of choices in which an answer reached the caller whole."""
    found: dict[str, set[str]] = {}
    for one in verdicts:
        id, equals, alternative = one.case.partition("=")
        if equals and one.verdict == "passed" and contract.choice(id) and "loses" not in one.requirement and "altered" not in one.requirement:
            found.setdefault(id, set()).add(alternative)
    return {id: tuple(sorted(alternatives)) for id, alternatives in sorted(found.items())}


def _identity() -> Identity:
    """Made up for this run, so that a credential found anywhere is the one that was given here."""
    mark = os.urandom(8).hex()
    return Identity(
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}"),
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}", f"TestToken/+={os.urandom(16).hex()}"),
    )
