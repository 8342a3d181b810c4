"""Certifying one release of an SDK: its driver is started, every case is done to it once, and every
requirement judged.
"""

from __future__ import annotations

import os
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from conformance.contract.model import ErrorCode, Field, Parameter
from conformance.drivers.process import DriverFault
from conformance.drivers.protocol import Ready
from conformance.ledger.conclusion import RequirementVerdicts, Word, decide
from conformance.ledger.findings import Finding, Inconclusive, Met, NotApplicable, Violation
from conformance.ledger.requirement import Level
from conformance.ledger.verdicts import Evidence, Verdict, VerdictName, verdict_on, worst
from conformance.sdk.attribution import Judged, attributed
from conformance.sdk.cases import Case, expanded
from conformance.sdk.harness import Harness
from conformance.sdk.judges.finding import PASSED, ShownByRequest, failed, skipped
from conformance.sdk.judges.signing import no_problem, told_apart
from conformance.sdk.judges.table import ANSWERS, CASES, FOLLOWING, REQUESTS, RUNS
from conformance.sdk.known import settled
from conformance.sdk.leaks import SECRET
from conformance.sdk.observation import Identity, Observation
from conformance.sdk.plan import Plan
from conformance.sdk.replies import REDIRECTED
from conformance.sdk.requirements import SdkRequirement
from conformance.sdk.view import lost_fields
from conformance.wire.curl import curl_line
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text

_SHOWN_OF_A_BODY = 600
# the problem of a signature whose nonce an earlier request had
REUSED = "nonce-reused"
_UNABLE = {
    "nulls": "the driver has no way to give null",
    "bytes": "the driver has no way to give bytes",
    "raw": "the driver has no way to hand over a body unparsed",
    "threads": "the driver has no way to make calls at once by threads",
    "processes": "the driver has no way to make calls at once by forked processes",
    "tls": "the driver has no way to call an https endpoint",
}
TAKEN = Met("the SDK takes the value in another type; the documentation states none")
UNDERSTOOD = Met("another documented alternative is understood, which is enough")


@frozen
class Certification:
    """What came of a release. `dialect` holds, for each choice, the alternatives that the SDK understood.

    `outcomes` counts the answers that the endpoint gave, by status or broken transfer. `complete` is False where the
    cases were broken off. `excused` names the known failures that were met.
    """

    ready: Ready
    verdicts: tuple[Verdict, ...]
    dialect: Mapping[str, tuple[str, ...]]
    requests: int
    seconds: float
    levels: Mapping[str, Level]
    outcomes: Mapping[str, int] = field(factory=dict)
    complete: bool = True
    excused: tuple[str, ...] = ()

    def summary(self) -> dict[str, VerdictName]:
        """One verdict for each requirement: the worst of its cases."""
        found: dict[str, list[VerdictName]] = {}
        for one in self.verdicts:
            found.setdefault(one.requirement, []).append(one.verdict)
        return {requirement: worst(names) for requirement, names in found.items()}

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements have each verdict."""
        return dict(Counter(self.summary().values()))

    @property
    def word(self) -> Word:
        """The word on the release."""
        names: dict[str, set[VerdictName]] = {id: set() for id in self.levels}
        for one in self.verdicts:
            names[one.requirement].add(one.verdict)
        return decide(
            (RequirementVerdicts(self.levels[id], frozenset(v)) for id, v in names.items()), self.complete
        ).word

    @property
    def conformant(self) -> bool:
        """No MUST failed, and every MUST was judged."""
        return self.word == "conformant"


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
        """How many requests arrived, at the endpoint or at another that it named."""
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
    harness = Harness(command, plan, made_up_identity(), expected_version)
    complete = False
    with harness.driver() as driver:
        ready = driver.ready
        on_ready(ready)
        cases = tuple(case for r in plan.requirements() for case in planned(plan, ready, r))
        try:
            harness.smoke(driver)
            possible = {case.key: case for case in cases if case.is_possible(ready)}
            harness.observe(list(possible.values()), driver, workers)
            complete = True
        except DriverFault as fault:
            what, log = (redact_text(text, harness.secrets) for text in (str(fault), fault.stderr))
            raise DriverFault(fault.kind, what, log) from None
        finally:
            if not complete:
                on_observed(_observed(harness, ready, cases, started, complete))
    harness.closed(driver)
    observed = _observed(harness, ready, cases, started, complete)
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
    chosen = plan.requirements()
    judged = attributed([(r, one) for r in chosen for one in _judged(r, observed, plan)])
    dialect = _dialect(judged)
    found = [_verdict(requirement, one, observed.secrets, plan) for requirement, one in judged]
    verdicts, excused = settled(found, plan.known, dialect, plan.spanning)
    for verdict in verdicts:
        on_event(verdict)
    return Certification(
        observed.ready,
        verdicts,
        dialect=dialect,
        requests=observed.requests,
        seconds=observed.seconds,
        levels={r.id: r.level for r in chosen},
        outcomes=_outcomes(observed.cases.values()),
        complete=observed.complete,
        excused=excused,
    )


def _judged(requirement: SdkRequirement, observed: Observed, plan: Plan) -> Iterator[Judged]:
    if requirement.over == "case":
        yield from _over_cases(requirement, observed, plan)
    elif requirement.over == "run":
        if requirement.judge in RUNS:
            yield Judged("every run", RUNS[requirement.judge](tuple(observed.cases.values())), observed.requests)
        else:
            yield Judged("every run", _of_the_log(observed.leaks), 1)
    else:
        yield _over_all(requirement, tuple(observed.cases.values()))


def _of_the_log(leaks: Sequence[str]) -> Finding:
    if not leaks:
        return PASSED
    return failed(f"The {SECRET} is in the log", "nowhere", f"on standard error, in case {leaks[0]}")


def _over_cases(requirement: SdkRequirement, observed: Observed, plan: Plan) -> Iterator[Judged]:
    judge = CASES[requirement.judge]
    found: list[Judged] = []
    cases = tuple(planned(plan, observed.ready, requirement))
    for case in cases:
        done = observed.cases.get(case.key)
        if done is None and not case.is_possible(observed.ready):
            found.append(Judged(case.name, Inconclusive(_UNABLE[case.ability])))
            continue
        if done is None:
            found.append(Judged(case.name, Inconclusive(f"this was not done: {case.key}")))
            continue
        seen = evolve(done, case=case)
        seconds = sum(call.answer.seconds for call in seen.calls)
        finding = _without_what_is_required(_excused(judge(seen), case, plan), seen)
        shown = ((case.key, finding),) if isinstance(finding, Violation) else ()
        found.append(Judged(case.name, finding, len(seen.requests), seconds, _alternative(seen), shown))
    if not found:
        yield Judged("", skipped("nothing of this kind in this operation or this SDK"))
    enough = requirement.combine == "any" and any(one.met for one in found)
    understood = {case.subject for case, one in zip(cases, found, strict=True) if case.either and one.met}
    spelt = {case.subject.casefold(): case.subject for case, one in zip(cases, found, strict=True) if one.met}
    for case, one in zip(cases, found, strict=True):
        other = spelt.get(case.subject.casefold(), case.subject)
        if other != case.subject and _is_lacking(observed.cases.get(case.key)):
            # the documentation has both (Tag.N.Key and Tag.N.key), and no word of a difference
            yield evolve(one, finding=skipped(f"this SDK has {other}, the same but for capitals, which arrives"))
        elif one.met or not (enough or (case.either and case.subject in understood)):
            yield one
        else:
            of_answers = enough or bool(case.replies[0].alternative)
            yield evolve(one, finding=UNDERSTOOD if of_answers else TAKEN, alternative=None, shown=())


def _without_what_is_required(finding: Finding, seen: Observation) -> Finding:
    """Where the SDK has no way to be given what every call needs, nothing is said of the rest of the case."""
    needed = [n for n in (seen.last.answer.unsupported or "").split(", ") if n in seen.roles.required()]
    if needed and isinstance(finding, NotApplicable):
        return Inconclusive(f"this SDK has no {needed[0]}, which every call of {seen.roles.contract.operation} needs")
    return finding


def _is_lacking(done: Observation | None) -> bool:
    """Whether the SDK has no way to be given what a case gives."""
    return done is not None and done.last.answer.unsupported is not None


def _excused(finding: Finding, case: Case, plan: Plan) -> Finding:
    """Without what only pages before the newest one document: it is no defect to have given that up."""
    if not isinstance(finding, Violation):
        return finding
    contract, reply = plan.contract, case.replies[0]
    about: list[Parameter | Field | ErrorCode | None] = [
        plan.roles().documented(case.subject.partition("=")[0]),
        contract.at(case.subject),
    ]
    if reply.error is not None:
        about += [e for e in contract.errors if (e.code, e.status) == (reply.error.code, reply.error.status)]
    if any(thing is not None and contract.is_superseded(thing) for thing in about):
        return skipped(f"only pages before the newest one document this ({finding})")
    return finding


def _alternative(seen: Observation) -> tuple[str, str] | None:
    """The choice that a case is about, and the alternative in which it is answered. None where the caller got an error:
    a case may allow one, but whoever raises it has not understood the answer.
    """
    case = seen.case
    if not seen.last.answer.ok:
        return None
    found = ((choice, taken) for reply in case.replies for choice, taken in reply.alternative.items())
    return next((pair for pair in found if pair[0] == case.subject), None)


def _over_all(requirement: SdkRequirement, seen: Sequence[Observation]) -> Judged:
    """The first thing that is wrong anywhere in the run, and how many requests or answers were looked at."""
    subject = f"every {requirement.over.removesuffix('s')}"
    judged = [(one, finding) for one in seen for finding in _each(requirement, one)]
    wrong = tuple((one.case.key, finding) for one, finding in judged if isinstance(finding, Violation))
    if not judged:
        return Judged(subject, skipped("there was nothing to judge"))
    decisive = next((finding for _, finding in judged if finding is not None), PASSED)
    return Judged(subject, wrong[0][1] if wrong else decisive, len(judged), shown=wrong)


def _each(requirement: SdkRequirement, seen: Observation) -> Iterator[Finding | None]:
    """What is found about each answer, or about each request, of a case."""
    if seen.case.undocumented and requirement.judge == "loses-nothing-silently":
        return
    for call in seen.calls:
        if requirement.over == "answers":
            yield ANSWERS[requirement.judge](seen, call)
            continue
        judge = REQUESTS.get(requirement.judge) or no_problem(requirement.problems)
        for request in told_apart(call.requests) if REUSED in requirement.problems else call.requests:
            if request.arrival.path not in REDIRECTED or requirement.judge in FOLLOWING:
                yield judge(seen, call, request)


def _verdict(requirement: SdkRequirement, one: Judged, secrets: tuple[str, ...], plan: Plan) -> Verdict:
    return verdict_on(
        requirement.requirement,
        one.case,
        one.finding,
        examples=one.requests,
        seconds=round(one.seconds, 3),
        evidence=_evidence(requirement, one, secrets, plan),
        safe=lambda text: redact_text(text, secrets),
        reason=requirement.reason,
    )


def _evidence(requirement: SdkRequirement, one: Judged, secrets: tuple[str, ...], plan: Plan) -> Evidence | None:
    request = one.finding.request if isinstance(one.finding, ShownByRequest) else None
    command = None
    if one.key is not None and plan.words:
        # a name says more than a mark; what is judged over a whole run has none
        named = requirement.over == "case" and one.case
        command = again(requirement.id, one.case if named else Case.mark_of(one.key), plan.words)
    if request is None:
        return None if command is None else Evidence("", command=command)
    reply = request.reply
    body = redact_text(reply.body.decode("utf-8", "replace"), secrets)
    return Evidence(curl_line(request.request, secrets), reply.status, body[:_SHOWN_OF_A_BODY], command=command)


def again(requirement: str, case: str, words: tuple[str, ...]) -> str:
    """The command that does a case again; `words` are what a command line says of the operation and the SDK."""
    return shlex.join(("acs-conformance", "sdk", "-k", requirement, "--case", case, "--show", *words))


def _dialect(judged: Iterable[tuple[SdkRequirement, Judged]]) -> dict[str, tuple[str, ...]]:
    """Alternatives of choices in which an answer reached the caller whole."""
    found: dict[str, set[str]] = {}
    for requirement, one in judged:
        if requirement.shows == "dialect" and one.met and one.alternative is not None:
            choice, alternative = one.alternative
            found.setdefault(choice, set()).add(alternative)
    return {id: tuple(sorted(alternatives)) for id, alternatives in sorted(found.items())}


def _unknown(seen: Observation | None) -> frozenset[str]:
    """The documented fields that the SDK does not hand out even from the plainest answer."""
    if seen is None:
        return frozenset()
    call = seen.last
    tree = call.served[-1].tree if call.served else None
    if not call.answer.ok or call.answer.result is None or tree is None:
        return frozenset()
    return lost_fields(tree, call.answer.result, seen.roles.contract)


def _outcomes(seen: Iterable[Observation]) -> dict[str, int]:
    """How many requests were answered with each status, or in each broken way."""
    replies = [r.reply for o in seen for r in o.requests]
    plain = ("length", "chunked", "until-close", "drip")
    return dict(Counter(str(r.status) if r.transfer in plain else r.transfer for r in replies))


def made_up_identity() -> Identity:
    """Made up for this run, so that a credential found anywhere is the one that was given here."""
    mark = os.urandom(8).hex()
    return Identity(
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}"),
        Credentials(f"testid{mark}", f"TestSecret{os.urandom(12).hex()}", f"TestToken/+={os.urandom(16).hex()}"),
    )
