"""The RequestId of a response: there, of its own, and of the documented form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.judgement import ExchangeJudge, Judgement, unlike
from conformance.endpoint.watch.tally import Problem

ANSWERED = "envelope.http-answer"
UUID_FORM = re.compile(r"^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$")


def _present(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    if answer.kind != "unreadable" and not answer.has_no_code:
        missing = Problem("the response carries no RequestId", "a RequestId", "none")
        yield None, None if answer.request_id else missing


def _unique(answer: Answer, earlier: AbstractSet[str]) -> Iterator[Judgement]:
    if answer.kind != "unreadable" and answer.request_id:
        again = Problem("a RequestId was used before in this run", "a RequestId of its own", answer.request_id)
        yield None, again if answer.request_id in earlier else None


def _form(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    if answer.kind != "unreadable" and answer.request_id:
        ok = UUID_FORM.match(answer.request_id)
        yield None, None if ok else unlike("the RequestId", "a UUID in capitals", answer.request_id)


def _answered(answer: Answer, _: AbstractSet[str]) -> Iterator[Judgement]:
    yield None, None  # whatever is in it; what got no answer never comes here (see `Watch.see_none`)


JUDGES: Mapping[str, ExchangeJudge] = {
    ANSWERED: _answered,
    "envelope.request-id": _present,
    "envelope.request-id-unique": _unique,
    "envelope.request-id-form": _form,
}
