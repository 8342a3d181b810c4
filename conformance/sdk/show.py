"""One case, done again for a person to see: what was given, what went over the wire, what came back, the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from attrs import evolve, frozen

from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Ready
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.requirement import LEVELS
from conformance.ledger.verdicts import Verdict
from conformance.report.text import one_line, printable
from conformance.sdk.cases import Case
from conformance.sdk.endpoint import Recorded
from conformance.sdk.harness import Harness
from conformance.sdk.judging import Observed, judge, made_up_identity, planned
from conformance.sdk.observation import Observation, ObservedCall
from conformance.sdk.plan import Plan
from conformance.sdk.requirements import SdkRequirement
from conformance.sdk.view import shown
from conformance.wire.redaction import redact_request, redact_text

MOST = 20
MOST_OF_A_BODY = 2000


@frozen
class ShownCase:
    """A case that was done for a requirement: what was seen in it, and the verdict on it alone."""

    requirement: SdkRequirement
    observation: Observation
    verdict: Verdict
    secrets: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """All of it, without any secret."""
        for line in self._lines():
            yield printable(redact_text(line, self.secrets))

    def _lines(self) -> Iterator[str]:
        case, level = self.observation.case, self.requirement.level
        yield f"{self.requirement.id}  [{case.name or 'the only case'}]  case {case.mark}"
        yield f"  {level}: {self.requirement.requirement.statement}"
        for number, call in enumerate(self.observation.calls, 1):
            which = f" {number}" if len(self.observation.calls) > 1 else ""
            yield f"Given{which}:"
            yield from _indented(_given(call))
            for request in call.requests:
                yield from self._exchange(request)
            if not call.requests:
                yield "Over the wire: nothing arrived at the endpoint"
            yield f"The caller got{which}:"
            yield from _indented(_got(call))
        for request in self.observation.elsewhere:
            yield "Over the wire, elsewhere:"
            yield from self._exchange(request)
        yield f"Verdict: {self.verdict.verdict}{f': {self.verdict.message}' if self.verdict.message else ''}"
        if self.verdict.expected is not None:
            yield f"  expected  {self.verdict.expected}"
            yield f"  received  {self.verdict.received}"

    def _exchange(self, recorded: Recorded) -> Iterator[str]:
        request = redact_request(recorded.request, self.secrets)
        yield f"Over the wire, request {recorded.number} on connection {recorded.connection}:"
        yield from _indented([f"{request.method} {request.url}", *(f"{n}: {v}" for n, v in request.headers)])
        yield from _indented(_body(request.body))
        yield from _indented(f"! {problem.message}" for problem in recorded.problems)
        reply = recorded.reply
        manner = "" if reply.transfer == "length" else f", sent as {reply.transfer!r}"
        yield f"Answered: HTTP {reply.status}{manner}{', in gzip' if reply.gzip else ''}"
        yield from _indented(f"{name}: {value}" for name, value in reply.headers)
        yield from _indented(_body(reply.body))


def show(
    command: Sequence[str], plan: Plan, wanted: Sequence[str], expected_version: str | None = None
) -> tuple[ShownCase, ...]:
    """Do the cases of the selected requirements that `wanted` names, by their names (globs) or marks; all without any.

    Raises Refusal for a case that there is not, or for too many, and NotEstablished where the driver breaks or the SDK
    does not load.
    """
    harness = Harness(command, plan, made_up_identity(), expected_version)
    try:
        with harness.driver() as driver:
            chosen = _chosen(plan, driver.ready, wanted)
            harness.smoke(driver)
            beside = [c for requirement, case in chosen for c in _beside(plan, driver.ready, requirement, case)]
            cases = {c.key: c for c in (*(case for _, case in chosen), *beside) if c.is_possible(driver.ready)}
            harness.observe(list(cases.values()), driver, workers=1)
            ready = driver.ready
    except DriverFault as e:
        raise NotEstablished(redact_text(e.sentence)) from None
    except SdkUnusable as e:
        raise NotEstablished(f"The SDK does not load: {e}") from None
    seen = Observed(ready, harness.seen, tuple(harness.leaks), harness.secrets)
    return tuple(_shown(plan, requirement, case, seen) for requirement, case in chosen)


def _chosen(plan: Plan, ready: Ready, wanted: Sequence[str]) -> list[tuple[SdkRequirement, Case]]:
    """The requirements with the cases to do. What is judged over a whole run can be shown by any case."""
    chosen: list[tuple[SdkRequirement, Case]] = []
    names: dict[str, None] = {}
    for requirement in plan.requirements():
        among = (requirement,) if requirement.over == "case" else evolve(plan, select=(), levels=LEVELS).requirements()
        # cases of one key are the same on the wire, and each is judged by its own name
        found = [case for r in among for case in planned(plan, ready, r)]
        name = (lambda case: case.name) if requirement.over == "case" else (lambda case: "")
        cases = {(case.key, name(case)): case for case in found}
        names |= dict.fromkeys(case.name or case.mark for case in cases.values())
        if wanted or requirement.over == "case":
            chosen += [(requirement, case) for case in cases.values() if _is_wanted(case, wanted)]
    if not chosen and (wanted or not names):
        raise unknown("case", ", ".join(wanted), names, f"Cases: {', '.join(list(names)[:MOST]) or 'none'}.")
    if not chosen or len(chosen) > MOST:
        some = ", ".join(one_line(name, 40) for name in list(names)[:MOST])
        raise Refusal(f"-k picks {len(chosen) or len(names)} cases; give one with --case, such as {some}.")
    return chosen


def _is_wanted(case: Case, wanted: Sequence[str]) -> bool:
    return not wanted or any(
        word in (case.mark, case.key, case.name) or fnmatchcase(case.name, word) for word in wanted
    )


def _beside(plan: Plan, ready: Ready, requirement: SdkRequirement, case: Case) -> Iterator[Case]:
    """The cases that decide with this one: where one of several has to pass."""
    for other in planned(plan, ready, requirement) if requirement.over == "case" else ():
        if requirement.combine == "any" or (case.either and other.subject == case.subject):
            yield other


def _shown(plan: Plan, requirement: SdkRequirement, case: Case, seen: Observed) -> ShownCase:
    alone = evolve(plan, select=(requirement.id,), levels=LEVELS)
    if requirement.over != "case":
        seen = evolve(seen, cases={case.key: seen.cases[case.key]})
    done = judge(seen, alone)
    verdict = next(v for v in done.verdicts if requirement.over != "case" or v.case == case.name)
    return ShownCase(requirement, evolve(seen.cases[case.key], case=case), verdict, seen.secrets)


def _given(call: ObservedCall) -> Iterator[str]:
    for name, value in call.parameters.items():
        yield f"{name} = {shown(value)}"
    if not call.parameters:
        yield "no parameters"


def _got(call: ObservedCall) -> Iterator[str]:
    answer = call.answer
    if answer.unsupported is not None:
        yield f"nothing: {answer.lack}"
    elif answer.error is not None:
        error = answer.error
        yield f"an exception: {error.type}{'' if error.declared else ', which the SDK does not declare'}"
        parts = {"code": error.code, "message": error.message, "HTTP status": error.http_status}
        for name, value in {**parts, "request id": error.request_id}.items():
            yield f"{name}: {'none' if value is None else shown(value)}"
    else:
        yield from _body(json.dumps(answer.result, indent=1, ensure_ascii=False).encode())


def _body(body: bytes) -> Iterator[str]:
    text = body.decode("utf-8", "replace")
    yield from text[:MOST_OF_A_BODY].splitlines()
    if len(text) > MOST_OF_A_BODY:
        yield f"… ({len(text)} characters)"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
