"""What was seen of an SDK as a cassette, and back: so that it can be judged again without the SDK."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from attrs import asdict, define, evolve, field

from conformance.cassettes.recorder import BROKEN_OFF, Recorder
from conformance.cassettes.scrubbing import scrubbed_data
from conformance.cassettes.sdk_cassette import KIND, Arrived, KeptCall, KeptCase, SdkCassette, SdkProvenance
from conformance.drivers.protocol import DriverAnswer, Ready, SdkError
from conformance.report.events import Event, RunFinished, RunStarted, Verdict
from conformance.sdk.cases import Case
from conformance.sdk.endpoint import Recorded, Reply, Transfer
from conformance.sdk.judging import Observed, planned
from conformance.sdk.leaks import Carried
from conformance.sdk.observation import Observation, ObservedCall
from conformance.sdk.plan import Plan
from conformance.sdk.replies import Served
from conformance.sdk.roles import SdkRoles
from conformance.wire.arrival import read_request
from conformance.wire.exchange import HttpResponse
from conformance.wire.redaction import redact_request, redact_response, redact_values, secrets_in
from conformance.wire.verification import SignatureProblem

_TRANSFERS: Mapping[str, Transfer] = {name: name for name in get_args(Transfer)}


@define
class SdkRecorder:
    """Keeps a certification as a cassette: it hears the events, is given what was seen, and has the cassette then."""

    plan: Plan
    observed: Observed | None = None
    _events: list[Event] = field(factory=list)

    def hear(self, event: Event) -> None:
        """Header, verdicts and footer become part of the cassette."""
        self._events.append(event)

    def keep(self, observed: Observed) -> None:
        """What was seen, once nothing more is to come."""
        self.observed = observed

    @property
    def cassette(self) -> SdkCassette | None:
        """What was recorded until now; None where that is nothing."""
        header = next((e for e in self._events if isinstance(e, RunStarted)), None)
        if header is None or self.observed is None or not self.observed.cases:
            return None
        footer = next((e for e in self._events if isinstance(e, RunFinished)), None)
        complete = self.observed.complete and footer is not None
        verdicts = tuple(Recorder.without_evidence(e) for e in self._events if isinstance(e, Verdict))
        provenance = SdkProvenance(
            target=header.target.name,
            kind=KIND,
            release=header.target.release,
            recorded=header.started,
            suite=header.suite.version,
            python=header.python,
            operation=header.operation,
            contract_digest=header.suite.contract_digest,
            requirements_digest=header.suite.requirements_digest,
            driver=asdict(self.observed.ready),
            runtime=header.target.runtime,
            dependencies=dict(header.target.dependencies),
            settings={"select": list(self.plan.select), "levels": list(self.plan.levels)},
            logged=self.observed.leaks,
            requests=self.observed.requests,
            seconds=self.observed.seconds,
            complete=complete,
            reason=None if complete else BROKEN_OFF,
        )
        return SdkCassette(provenance, *_cases(self.observed, self.plan), verdicts)


# ---------------------------------------------------------------------------------------------------------- keeping


def _cases(observed: Observed, plan: Plan) -> tuple[tuple[KeptCase, ...], tuple[Arrived, ...]]:
    wanted = _judged_for(plan, observed.ready)
    cases: list[KeptCase] = []
    arrived: list[Arrived] = []
    for index, (key, seen) in enumerate(observed.cases.items()):
        known = (*observed.secrets, *(s for r in (*seen.requests, *seen.elsewhere) for s in secrets_in(r.request)))
        calls = tuple(_kept(call, known) for call in seen.calls)
        cases.append(KeptCase(seen.case.data, tuple(wanted.get(key, ())), calls))
        for request, call, served in _requests(seen):
            arrived.append(_arrived(request, served, index, call, len(arrived) + 1, known))
    return tuple(cases), tuple(arrived)


def _judged_for(plan: Plan, ready: Ready) -> dict[str, list[tuple[str, str]]]:
    """By the key of a case, the requirements that it is done for, each with its own name of the case."""
    found: dict[str, list[tuple[str, str]]] = {}
    for requirement in plan.requirements():
        for case in planned(plan, ready, requirement):
            found.setdefault(case.key, []).append((requirement.id, case.name))
    return found


def _requests(seen: Observation) -> Iterator[tuple[Recorded, int | None, Served | None]]:
    """Every request of a case, with the call that it was made for and what was served."""
    for number, call in enumerate(seen.calls):
        for request, served in zip(call.requests, call.served, strict=True):
            yield request, number, served
    for request in seen.elsewhere:
        yield request, None, None


def _kept(call: ObservedCall, secrets: tuple[str, ...]) -> KeptCall:
    """All secrets of a certification are known, so that only they go: what else was given or got is made up."""
    answer = scrubbed_data(_answer_data(call.answer), secrets, redact_values)
    return KeptCall(call.parameters, answer, round(call.answer.seconds, 6), call.reveals)


def _arrived(
    r: Recorded, served: Served | None, case: int, call: int | None, number: int, secrets: tuple[str, ...]
) -> Arrived:
    response = redact_response(HttpResponse(r.reply.status, r.reply.headers, r.reply.body), secrets)
    return Arrived(
        number=number,
        case=case,
        call=call,
        count=r.number,
        connection=r.connection,
        request=redact_request(r.request, secrets),
        response=response,
        parameters=tuple((redact_values(n, secrets), redact_values(v, secrets)) for n, v in r.arrival.parameters),
        transfer=r.reply.transfer,
        gzip=r.reply.gzip,
        problems=tuple((p.id, redact_values(p.message, secrets)) for p in r.problems),
        carries=tuple((c.name, c.place) for c in r.carries),
        given_up=r.given_up,
        after=None if r.after is None else max(0.001, round(r.after, 3)),
        served=_served_data(served),
    )


def _served_data(served: Served | None) -> dict[str, Any] | None:
    if served is None:
        return None
    return {"format": served.format} | ({} if served.tree is None else {"tree": served.tree})


def _answer_data(answer: DriverAnswer) -> dict[str, Any]:
    """As in the driver protocol. The text of an exception stays out: it is a stack of the machine."""
    if answer.unsupported is not None:
        why = {"by": answer.by, "because": answer.because} if answer.by != "sdk" else {}
        return {"unsupported": answer.unsupported} | {key: text for key, text in why.items() if text}
    if answer.error is not None:
        return {"error": {name: value for name, value in asdict(answer.error).items() if name != "text"}}
    return {"result": answer.result}


# ------------------------------------------------------------------------------------------------------- giving back


def observed_in(cassette: SdkCassette, plan: Plan) -> Observed:
    """What was seen, as far as the plan still has the cases. Raises ValueError where the cassette is damaged."""
    provenance = cassette.provenance
    try:
        lists = {name: tuple(provenance.driver[name]) for name in ("methods", "signatures", "formats")}
        ready = Ready(**{**provenance.driver, **lists, "can": tuple(provenance.driver.get("can", ()))})
        today = {c.key: c for c in (Case(), *(c for r in plan.requirements() for c in planned(plan, ready, r)))}
        by_case: dict[int, list[Arrived]] = {}
        for one in cassette.arrived:
            by_case.setdefault(one.case, []).append(one)
        roles, cases = plan.roles(), {}
        for index, kept in enumerate(cassette.cases):
            case = today.get(Case.key_of(kept.case))
            if case is not None:
                cases[case.key] = _observation(case, kept, by_case.get(index, ()), roles, ready)
    except (TypeError, KeyError, AttributeError, IndexError) as e:
        raise ValueError(f"it is damaged ({e})") from None
    return Observed(ready, cases, provenance.logged, (), provenance.seconds, provenance.complete)


def _observation(case: Case, kept: KeptCase, arrived: Iterable[Arrived], roles: SdkRoles, ready: Ready) -> Observation:
    by_call: dict[int | None, list[Arrived]] = {}
    for one in arrived:
        by_call.setdefault(one.call, []).append(one)
    calls = tuple(_call(case, call, by_call.get(number, [])) for number, call in enumerate(kept.calls))
    return Observation(case, calls, roles, ready, tuple(_recorded(one) for one in by_call.get(None, ())))


def _call(case: Case, kept: KeptCall, arrived: list[Arrived]) -> ObservedCall:
    served = tuple(_served(case, one) for one in arrived)
    return ObservedCall(kept.parameters, _answer(kept), tuple(map(_recorded, arrived)), served, kept.reveals)


def _served(case: Case, one: Arrived) -> Served:
    spec = case.replies[min(one.count, len(case.replies)) - 1]
    if one.served is None:
        raise KeyError("served")
    return Served(spec, one.served["format"], one.served.get("tree"))


def _recorded(one: Arrived) -> Recorded:
    reply = Reply(one.response.status, one.response.headers, one.response.body, _TRANSFERS[one.transfer], one.gzip)
    return Recorded(
        number=one.count,
        connection=one.connection,
        at=0.0,
        request=one.request,
        arrival=evolve(read_request(one.request), parameters=one.parameters),
        problems=tuple(SignatureProblem(id, message) for id, message in one.problems),
        carries=tuple(Carried(name, place) for name, place in one.carries),
        reply=reply,
        given_up=one.given_up,
        after=one.after,
    )


def _answer(kept: KeptCall) -> DriverAnswer:
    told: Mapping[str, Any] = kept.answer
    error = SdkError(**told["error"]) if "error" in told else None
    by, because = told.get("by", "sdk"), told.get("because", "")
    return DriverAnswer(told.get("result"), error, told.get("unsupported"), kept.seconds, by, because)
