"""An answer that repeats an earlier one but for its RequestId is read once, and nothing else is taken for a repeat."""

from __future__ import annotations

import pytest

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.repeats import Repeats
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse

ONE, TWO = "E5C82807-5588-4661-9A96-350B206A7623", "F746C690-D9EA-4F87-AF31-8E1910FAB541"
JSON = '{{"RequestId": "{id}", "TotalCount": 1, "TaskSet": {{"Task": [{{"TaskId": "t-1"}}]}}}}'
XML = (
    "<DescribeTasksResponse><RequestId>{id}</RequestId><TotalCount>1</TotalCount>"
    "<TaskSet><Task><TaskId>t-1</TaskId></Task></TaskSet></DescribeTasksResponse>"
)


def answer(contract: Contract, body: str, status: int = 200, media: str = "application/json") -> Answer:
    response = HttpResponse(status, (("Content-Type", media),), body.encode())
    return Answer(contract, Exchange(1, Call("a", "1"), HttpRequest("GET", "/"), response))


@pytest.mark.parametrize("body", [JSON, XML], ids=["json", "xml"])
def test_a_repeat_has_its_own_id_and_the_rest_of_the_first(contract: Contract, body: str) -> None:
    repeats = Repeats()
    first = repeats.read(answer(contract, body.format(id=ONE)))
    second = repeats.read(answer(contract, body.format(id=TWO)))
    assert second.reading is first.reading
    assert (first.request_id, second.request_id) == (ONE, TWO)
    alone = answer(contract, body.format(id=TWO))
    assert (second.items, second.keys, second.kind, second.total) == (alone.items, ("t-1",), "success", 1)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": JSON.format(id=TWO).replace("t-1", "t-2")},
        {"body": JSON.format(id=TWO), "status": 500},
        {"body": JSON.format(id=TWO), "media": "text/xml"},
        {"body": JSON.format(id=TWO.lower())},
        {"body": JSON.format(id=TWO).replace('"TotalCount"', f'"RequestId": "{TWO}", "TotalCount"')},
        {"body": JSON.format(id="")},
    ],
    ids=["data", "status", "media type", "form of the id", "two ids", "no id"],
)
def test_anything_else_is_no_repeat(contract: Contract, changed: dict) -> None:
    repeats = Repeats()
    repeats.read(answer(contract, JSON.format(id=ONE)))
    assert repeats.read(answer(contract, **changed)).repeated_as is None


def test_an_id_that_stands_elsewhere_is_data(contract: Contract) -> None:
    nested = '{{"TaskSet": {{"Task": [{{"RequestId": "{id}", "TaskId": "t-1"}}]}}}}'
    repeats = Repeats()
    repeats.read(answer(contract, nested.format(id=ONE)))
    second = repeats.read(answer(contract, nested.format(id=TWO)))
    assert second.repeated_as is None
    assert second.request_id is None
