"""The statuses that the common tables, and the pages of the operation, have beside a code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.judgement import Judgement, unlike

DOCUMENTED_STATUS = "errors.documented-status"
Statuses = Mapping[str, frozenset[int]]


def statuses_of(contract: Contract, protocol: Protocol) -> Statuses:
    """Each code that a table has, and every status that one has beside it."""
    common = [(a.code, a.status) for s in protocol.situations for a in s.answers]
    common += [(e.code, e.status) for e in protocol.errors]
    own = ((e.code, e.status) for e in contract.errors)
    left = (a.id.rpartition("/") for c in contract.choices if c.kind == "error" for a in c.alternatives)
    pairs = (*common, *own, *((code, int(status)) for code, _, status in left if status.isdecimal()))
    return {code: frozenset(status for other, status in pairs if other == code) for code in dict(pairs)}


def documented_status(answer: Answer, statuses: Statuses) -> Iterator[Judgement]:
    """The status of an error whose code is in a table; one that is no error's is another requirement's finding."""
    known = statuses.get(answer.code or "") if answer.kind == "refusal" and answer.status >= 400 else None
    if known:
        allowed = " or ".join(map(str, sorted(known)))
        yield None, None if answer.status in known else unlike(f"the status of {answer.code}", allowed, answer.status)
