"""A request in a form that gets no answer, where the same request gets one that is written plainly, is a finding."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.wire.client import Client
from conformance.wire.transport import TimedOut
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
CHUNKED = "DescribeTasks.http.chunked-request"


def is_chunked(request):
    return any(name.lower() == "transfer-encoding" for name, _ in request.headers)


@pytest.mark.parametrize(
    ("unanswered", "verdict"),
    [(lambda request, times: True, "warned"), (lambda request, times: times == 1, "passed")],
    ids=["always", "once"],
)
def test_a_form_body_in_chunks(unanswered, verdict, tmp_path, monkeypatch):
    send, times = Client.send, []

    def without_an_answer(self, request):
        if is_chunked(request):
            times.append(request)
            if unanswered(request, len(times)):
                raise TimedOut("http://127.0.0.1 did not answer in full within 10 s.")
        return send(self, request)

    monkeypatch.setattr(Client, "send", without_an_answer)
    found = certified(FOLDER, CONTRACT, PROTOCOL, tmp_path, select=(CHUNKED,), seed=1)
    assert times
    assert CHUNKED in found.with_verdict(verdict)
    if verdict == "warned":
        assert "a form body in chunks gets no answer" in found.with_verdict("warned")[CHUNKED]


def test_an_endpoint_that_answers_nothing_in_time_is_not_judged_by_that(tmp_path, monkeypatch):
    send, sent = Client.send, []

    def silent_after_the_first(self, request):
        sent.append(request)
        if len(sent) > 3:
            raise TimedOut("http://127.0.0.1 did not answer in full within 10 s.")
        return send(self, request)

    monkeypatch.setattr(Client, "send", silent_after_the_first)
    found = certified(FOLDER, CONTRACT, PROTOCOL, tmp_path, select=(CHUNKED,), seed=1)
    assert CHUNKED in found.with_verdict("inconclusive")
