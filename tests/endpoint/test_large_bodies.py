"""Large bodies are judged in parts: nothing is missed behind the first part, and nothing is accused for being cut."""

from __future__ import annotations

import json
import weakref

import pytest

from conformance.contract.files import load_contract, schemas_root
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.response_reading import ResponseReading
from conformance.endpoint.run import _rare_collection
from conformance.endpoint.sender import Sender
from conformance.endpoint.traffic import Limits
from conformance.endpoint.watch import validation as v
from conformance.wire.exchange import Call, HttpRequest, HttpResponse
from conformance.wire.parsing import MOST_ATTRIBUTES, MOST_PARTS, MOST_VALUES, Malformed, parse_json, parse_xml
from conformance.wire.redaction import redact_text

CONTRACT = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")
TASK = {
    "TaskId": "t-1", "TaskAction": "ExportImage", "TaskStatus": "Finished", "SupportCancel": "true",
    "CreationTime": "2020-01-01T00:00:00Z", "FinishedTime": "2020-01-01T00:00:01Z",
}  # fmt: skip


def as_json(tasks):
    return {
        "PageNumber": 1,
        "PageSize": 100,
        "TotalCount": 1,
        "RequestId": "r",
        "RegionId": "x",
        "TaskSet": {"Task": tasks},
    }


def as_xml(tasks):
    inner = "".join("<Task>" + "".join(f"<{n}>{t}</{n}>" for n, t in task.items()) + "</Task>" for task in tasks)
    head = "<PageNumber>1</PageNumber><PageSize>100</PageSize><TotalCount>1</TotalCount><RequestId>r</RequestId>"
    whole = f"<DescribeTasksResponse>{head}<RegionId>x</RegionId><TaskSet>{inner}</TaskSet></DescribeTasksResponse>"
    return whole.encode()


@pytest.mark.parametrize("place", [0, 199, 200, 450, -1])
def test_a_wrong_item_is_found_wherever_it_stands(place):
    pair = v.Validation(CONTRACT).success
    tasks = [dict(TASK) for _ in range(601)]
    assert pair.json_problem(as_json(tasks)) is None
    tasks[place]["TaskId"] = 5
    assert pair.json_problem(as_json(tasks)) is not None


def test_the_same_in_xml(monkeypatch):
    monkeypatch.setattr(v, "RUN", 50)
    monkeypatch.setattr(v, "LARGEST_WHOLE", 0)
    pair = v.Validation(CONTRACT).success
    tasks = [dict(TASK) for _ in range(120)]
    assert pair.xml_problem(as_xml(tasks)) is None
    for place in (0, 49, 50, 119):
        wrong = [*tasks[:place], {**TASK, "Odd": "1", "TaskId": "x"}, *tasks[place:]]
        before = pair.xml_problem(as_xml([wrong[place]]))
        assert bool(pair.xml_problem(as_xml(wrong))) == bool(before)
    lacking = as_xml(tasks).replace(b"<TotalCount>1</TotalCount>", b"")
    monkeypatch.setattr(v, "LARGEST_WHOLE", 10**9)
    whole = pair.xml_problem(lacking)
    monkeypatch.setattr(v, "LARGEST_WHOLE", 0)
    assert bool(pair.xml_problem(lacking)) == bool(whole)


def test_duplicates_are_named_once_each_in_order():
    body = b'{"b":1,"a":1,"b":2,"c":[{"a":1,"a":2},{"d":1,"d":2}],"b":3}'
    assert parse_json(body).duplicates == ("a", "d", "b")
    many = ",".join(f'"n{n}":0,"n{n}":1' for n in range(30_000))
    assert len(parse_json(f"{{{many}}}".encode()).duplicates) == 30_000


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<a " + b" ".join(b'b%d=">"' % n for n in range(MOST_ATTRIBUTES + 1)) + b"/>", "attributes"),
        (b"<a>" + b"<b/>" * MOST_PARTS + b"</a>", "elements"),
    ],
)
def test_xml_that_takes_too_much_is_malformed(body, words):
    with pytest.raises(Malformed, match=words):
        parse_xml(body)


def test_text_with_many_equal_signs_is_no_attribute():
    text = "a=1 " * (MOST_ATTRIBUTES * 2)
    assert parse_xml(f"<a b='1'>{text}</a>".encode()).text == text


def test_json_of_too_many_objects_is_malformed():
    with pytest.raises(Malformed, match="objects and arrays"):
        parse_json(b"[" + b"{}," * MOST_PARTS + b"{}]")


def test_json_of_too_many_values_is_malformed_and_commas_in_texts_are_none():
    with pytest.raises(Malformed, match="values"):
        parse_json(b'{"a":[1' + b",1" * MOST_VALUES + b"]}")
    text = "," * (MOST_VALUES + 1)
    assert parse_json(f'{{"a":["{text}",{{"b":"{text}"}}]}}'.encode()).value == {"a": [text, {"b": text}]}
    assert parse_json(f'"{text}"'.encode()).value == text


def test_items_that_are_none_are_judged_and_no_field_is_looked_for_in_them():
    body = json.dumps(as_json([7, TASK, None, {}])).encode()
    reading = ResponseReading(CONTRACT, HttpResponse(200, (), body))
    assert [item.get("TaskId") for item in reading.items] == [None, "t-1", None, None]
    assert reading.holders(("TaskSet", "Task")) == [TASK, {}]


def test_secrets_in_elements_go_also_where_no_end_comes():
    assert redact_text("<Signature>ab<b>c</b></Signature><x>d</x>") == "<Signature>REDACTED</Signature><x>d</x>"
    assert redact_text("<Signature>ab") == "<Signature>REDACTED"
    many = "".join(f"<p{n}:Signature>s3cret{n}" for n in range(200))
    assert "s3cret" not in redact_text(many)
    assert "s3cret" not in redact_text("<Signature>s3cret" * 5000)


class Long:
    """A client whose every answer is a long text."""

    credentials = None

    def prepare(self, call, credentials=None):
        return HttpRequest("GET", "http://127.0.0.1/")

    def send(self, request):
        return HttpResponse(200, (), b'{"A":"%s"}' % (b"a" * (1 << 20)))

    def is_new(self, response):
        return True


def test_a_finding_that_is_thrown_away_takes_its_long_answer_with_it():
    """Each is a cycle, as an exception that somebody kept is; there are too few of them for the collector to look."""
    limits = Limits()
    sender, answers = Sender(CONTRACT, Long(), limits, Allowance.begun(limits)), []
    with _rare_collection():
        for _ in range(60):
            answer = sender.send(Call("DescribeTasks", "2014-05-26"))
            answers.append(weakref.ref(answer))
            finding = Inconclusive("not judged", answer.exchange)
            finding.kept = finding, answer
            del answer, finding
            assert sum(one() is not None for one in answers) < 12
