"""The watch: every exchange is counted, a response that repeats an earlier one is judged once, and each check once."""

from __future__ import annotations

import json

import pytest

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.repeats import Repeats
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.statuses import DOCUMENTED_STATUS, statuses_of
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import EVERY_EXCHANGE, EXCHANGE_JUDGES, RESPONSE_JUDGES, Watch
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse

IDS = ("E5C82807-5588-4661-9A96-350B206A7623", "F746C690-D9EA-4F87-AF31-8E1910FAB541")
NO_TOTAL = (
    '{{"RequestId": "{id}", "RegionId": "cn-hangzhou", "PageNumber": 1, "PageSize": 10, "TaskSet": {{"Task": []}}}}'
)


@pytest.fixture
def watch(contract: Contract) -> Watch:
    return Watch(contract, Validation(contract), Dialect(contract))


def answers(contract: Contract, *ids: str) -> list[Answer]:
    repeats = Repeats()
    bodies = [NO_TOTAL.format(id=id).encode() for id in ids]
    responses = [HttpResponse(200, (("Content-Type", "application/json"),), body) for body in bodies]
    request = HttpRequest("GET", "/")
    exchanges = [Exchange(n, Call("a", "1"), request, response) for n, response in enumerate(responses, 1)]
    return [repeats.read(Answer(contract, exchange)) for exchange in exchanges]


def test_a_problem_of_a_repeated_response_counts_in_each_exchange(contract: Contract, watch: Watch) -> None:
    for answer in answers(contract, *IDS):
        watch.see(answer)
    tally = watch.tallies.get("fields.present", "TotalCount")
    assert (tally.judged, tally.failed) == (2, 2)
    assert tally.worst is not None
    assert tally.worst.exchange is not None
    assert tally.worst.exchange.number == 1


def test_what_was_found_of_a_response_is_forgotten_with_it(contract: Contract, watch: Watch) -> None:
    first, second = answers(contract, *IDS)
    watch.see(first)
    watch.see(second)
    assert len(watch._judged) == 1
    del first, second
    assert len(watch._judged) == 0


@pytest.mark.parametrize(("ids", "failed"), [(IDS, 0), (IDS[:1] * 2, 1)], ids=["own ids", "one id twice"])
def test_a_request_id_is_judged_by_those_before_it(contract: Contract, watch: Watch, ids: tuple, failed: int) -> None:
    for answer in answers(contract, *ids):
        watch.see(answer)
    tally = watch.tallies.get("envelope.request-id-unique")
    assert (tally.judged, tally.failed) == (2, failed)


def test_each_check_has_one_judge() -> None:
    assert not RESPONSE_JUDGES.keys() & EXCHANGE_JUDGES.keys()
    assert len(EVERY_EXCHANGE) == len(RESPONSE_JUDGES) + len(EXCHANGE_JUDGES) + 1 == 30
    assert DOCUMENTED_STATUS not in {**RESPONSE_JUDGES, **EXCHANGE_JUDGES}


@pytest.mark.parametrize(
    ("code", "status", "judged", "failed"),
    [
        ("SignatureNonceUsed", 400, 1, 0),
        ("SignatureNonceUsed", 409, 1, 1),
        ("InvalidAccessKeyId.NotFound", 404, 1, 0),
        ("InvalidRegionId.NotFound", 404, 1, 0),
        ("InvalidRegionId.NotFound", 403, 1, 1),
        ("Unheard.Of", 418, 0, 0),
        ("SignatureNonceUsed", 200, 0, 0),
    ],
)
def test_the_status_of_an_error_is_one_that_a_table_has(contract, protocol, code, status, judged, failed) -> None:
    watch = Watch(contract, Validation(contract), Dialect(contract), statuses_of(contract, protocol))
    body = json.dumps({"RequestId": IDS[0], "HostId": "h", "Code": code, "Message": "m"}).encode()
    response = HttpResponse(status, (("Content-Type", "application/json"),), body)
    watch.see(Answer(contract, Exchange(1, Call("a", "1"), HttpRequest("GET", "/"), response)))
    tally = watch.tallies.get(DOCUMENTED_STATUS, None)
    assert (tally.judged, tally.failed) == (judged, failed)
