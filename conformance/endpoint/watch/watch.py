"""The watch: every exchange of a run judged as it goes by, and what it shows of the dialect noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from attrs import define, evolve, field, frozen

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.response_reading import ResponseReading
from conformance.endpoint.watch import echoes, envelope, fields, identity
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.identity import ANSWERED
from conformance.endpoint.watch.judgement import ExchangeJudge, Judgement, ResponseJudge
from conformance.endpoint.watch.observers import ShownAlternative, shown_alternatives
from conformance.endpoint.watch.returning import ReturningTimes
from conformance.endpoint.watch.statuses import DOCUMENTED_STATUS, Statuses, documented_status
from conformance.endpoint.watch.tally import Problem, Tallies
from conformance.endpoint.watch.validation import Validation
from conformance.wire.exchange import Exchange

# check of the ledger → what judges it
RESPONSE_JUDGES: Mapping[str, ResponseJudge] = {**envelope.JUDGES, **fields.JUDGES}
EXCHANGE_JUDGES: Mapping[str, ExchangeJudge] = {**identity.JUDGES, **echoes.JUDGES}
# the checks that have no test of their own
EVERY_EXCHANGE = frozenset((*RESPONSE_JUDGES, *EXCHANGE_JUDGES, DOCUMENTED_STATUS))


# what a schema has against a whole body, and what says the same of one part of it
BODIES = ("envelope.success-body", "envelope.error-body")
FIELDS = ("fields.present", "fields.type", "fields.time-format")
LACKING = re.compile(r"^'(\w+)' is a required property|\bTag '(\w+)' expected")


def is_said_elsewhere(problem: str, answer: Answer, judgements: Iterable[tuple[str, Judgement]]) -> bool:
    """Whether what a schema has against a body is the finding of a requirement about the very member, or the root."""
    failed = {(check, subject) for check, (subject, found) in judgements if found is not None}
    if ("envelope.root-element", None) in failed:
        return True
    paths = {subject for check, subject in failed if check in FIELDS}
    if answer.kind == "refusal" and not answer.has_no_code:
        paths |= {"HostId"} if ("envelope.host-id", None) in failed else set()
        paths |= set() if answer.request_id else {answer.contract.semantics.request_id or "RequestId"}
    return path_in(problem) in paths


def path_in(problem: str) -> str:
    """The dotted path of the member that a schema tells of: at its place, or there where it has to be."""
    place, _, words = problem.partition(": ")
    names = re.sub(r"\[\d+\]", "", place)
    path = names.split("/")[2:] if names.startswith("/") else names.split(".")[1:]
    lacking = LACKING.search(words)
    return ".".join([*path, lacking[1] or lacking[2]] if lacking else path)


@frozen
class JudgedResponse:
    """What hangs on a response alone: judgements by check, and the alternatives of choices that it shows."""

    judgements: tuple[tuple[str, Judgement], ...]
    shown: tuple[ShownAlternative, ...]


@define
class Watch:
    """Judges each answer, tallies the judgements, and notes the dialect.

    A reading that several answers share is judged once, with the first of them.
    """

    contract: Contract
    validation: Validation
    dialect: Dialect
    statuses: Statuses = field(factory=dict)
    tallies: Tallies = field(factory=Tallies)
    times: ReturningTimes = field(factory=ReturningTimes)
    _request_ids: set[str] = field(factory=set)
    _judged: WeakKeyDictionary[ResponseReading, JudgedResponse] = field(factory=WeakKeyDictionary)

    def see(self, answer: Answer) -> None:
        """Judge one answer."""
        response = self._judged.get(answer.reading)
        if response is None:
            response = self._judged[answer.reading] = self._judge_response(answer)
        for check, judgement in response.judgements:
            self._tally(check, judgement, answer)
        self.times.see(answer)
        for check, judge in EXCHANGE_JUDGES.items():
            for judgement in judge(answer, self._request_ids):
                self._tally(check, judgement, answer)
        for judgement in documented_status(answer, self.statuses):
            self._tally(DOCUMENTED_STATUS, judgement, answer)
        if answer.kind != "unreadable" and answer.request_id:
            self._request_ids.add(answer.request_id)
        for s in response.shown:
            self.dialect.observe(s.kind, s.subject, s.alternative, answer.exchange, s.format)

    def see_none(self, why: str, exchange: Exchange | None) -> None:
        """Judge that a request got no answer at all."""
        self.tallies.judge(ANSWERED, None, Problem("a request got no HTTP answer", "an answer", why, exchange))

    def see_status(self, answer: Answer) -> None:
        """Judge nothing of an answer but its status, beside what is in it."""
        for check, judge in envelope.STATUSES.items():
            for judgement in judge(answer, None):
                self._tally(check, judgement, answer)

    def _judge_response(self, answer: Answer) -> JudgedResponse:
        problem = self.validation.problem(answer)
        judgements = [(check, j) for check, judge in RESPONSE_JUDGES.items() for j in judge(answer, problem)]
        if problem is not None and is_said_elsewhere(problem, answer, judgements):
            judgements = [(check, judgement) for check, judgement in judgements if check not in BODIES]
        return JudgedResponse(tuple(judgements), tuple(shown_alternatives(answer, self.contract.choices)))

    def _tally(self, check: str, judgement: Judgement, answer: Answer) -> None:
        subject, problem = judgement
        self.tallies.judge(check, subject, evolve(problem, exchange=answer.exchange) if problem else None)
