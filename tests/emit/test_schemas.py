"""Schemas accept what the documentation shows, in every documented alternative, and nothing that contradicts it."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import xmlschema
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from conformance.contract.files import load_contract, load_protocol, read_yaml, schemas_root
from conformance.contract.model import Citation, Contract, Field
from conformance.emit import json_schema, model_schema, openapi, xsd
from conformance.emit.writing import common_contents, contents
from conformance.ledger.files import ledger_of

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT = load_contract(FOLDER)
PROTOCOL = load_protocol(FOLDER.parent / "common")
JSON = jsonschema.Draft202012Validator(json_schema.response_schema(CONTRACT))
FAST_JSON = jsonschema_rs.validator_for(json_schema.response_schema(CONTRACT))
XML = xmlschema.XMLSchema11(xsd.response_xsd(CONTRACT))
STRICT = etree.XMLSchema(etree.fromstring(xsd.strict_xsd(CONTRACT).encode()))
ERROR_XML = xmlschema.XMLSchema11(xsd.error_xsd())


def sample(format: str, number: int = 0) -> str:
    return [s.body for s in CONTRACT.samples if s.format == format][number]


@pytest.fixture
def body() -> dict[str, Any]:
    return json.loads(sample("json"))


def test_regenerating_gives_the_committed_files_byte_for_byte() -> None:
    for name, text in contents(CONTRACT, protocol=PROTOCOL).items():
        assert (FOLDER / name).read_text("utf-8") == text, name
    for name, text in common_contents().items():
        assert (FOLDER.parent / "common" / name).read_text("utf-8") == text, name


def test_the_file_format_of_contracts_is_described() -> None:
    schema = model_schema.contract_file_schema()
    committed = schemas_root() / "acs-conformance" / "contract.schema.json"
    assert json.loads(committed.read_text("utf-8")) == schema
    jsonschema.Draft202012Validator(schema).validate(read_yaml(FOLDER / "contract.yaml"))


def test_the_schemas_are_schemas() -> None:
    for schema in (
        json_schema.request_schema(CONTRACT),
        json_schema.response_schema(CONTRACT),
        json_schema.error_schema(),
    ):
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("number", [0, 1])
def test_the_samples_of_both_revisions_are_valid(number: int) -> None:
    JSON.validate(json.loads(sample("json", number)))
    XML.validate(sample("xml", number))
    assert STRICT.validate(etree.fromstring(sample("xml", number))), STRICT.error_log


def tasks(body: dict[str, Any]) -> list[dict[str, Any]]:
    return body["TaskSet"][0]["Task"]


def test_every_documented_alternative_is_accepted(body: dict[str, Any]) -> None:
    as_object = {**body, "TaskSet": body["TaskSet"][0]}
    JSON.validate(as_object)
    for empty in ({"Task": []}, {}, [], [{"Task": []}]):
        JSON.validate({**body, "TaskSet": empty})
    JSON.validate({k: v for k, v in body.items() if k != "TaskSet"})
    for change in (
        {"SupportCancel": "true"},
        {"SupportCancel": False},
        {"CreationTime": "2015-11-24T12:50:01Z"},
        {"CreationTime": "2015-11-24T20:50+08:00"},
        {"TaskAction": "IMPORT_IMAGE"},
        {"FinishedTime": ""},
        {"Unknown": {"more": []}},
    ):
        changed = copy.deepcopy(body)
        tasks(changed)[0].update(change)
        JSON.validate(changed)
    del tasks(body)[0]["FinishedTime"]
    JSON.validate(body)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda b: b.pop("RequestId"),
        lambda b: b.update(PageSize="2"),
        lambda b: b.update(TotalCount=1.5),
        lambda b: b.update(TaskSet=[*b["TaskSet"], *b["TaskSet"]]),
        lambda b: b.update(TaskSet={"Task": {}}),
        lambda b: tasks(b)[1].pop("TaskId"),
        lambda b: tasks(b)[1].update(TaskId=7),
        lambda b: tasks(b)[1].update(SupportCancel="maybe"),
        lambda b: tasks(b)[1].update(SupportCancel=1),
        lambda b: tasks(b)[1].update(CreationTime=1448369400),
    ],
)
def test_json_against_the_documentation_is_refused(body: dict[str, Any], break_it: Any) -> None:
    break_it(body)
    assert not JSON.is_valid(body)
    assert not FAST_JSON.is_valid(body)


def stated(fields: tuple[Field, ...], revision: str) -> tuple[Field, ...]:
    """The fields with the form of their times stated by a sentence of a revision."""
    said = Citation(revision, "response", "CreationTime", 2)
    return tuple(
        evolve(
            f,
            constraints=tuple(
                evolve(c, citations=(*c.citations, said)) if c.kind == "time_format" else c for c in f.constraints
            ),
            members=stated(f.members, revision),
        )
        for f in fields
    )


@pytest.mark.parametrize("revision", ["2021-01-07", "2019-08-06"])
def test_the_form_of_a_time_is_a_rule_where_the_newest_page_states_it(body: dict[str, Any], revision: str) -> None:
    contract = evolve(CONTRACT, response=stated(CONTRACT.response, revision))
    schema = jsonschema.Draft202012Validator(json_schema.response_schema(contract))
    schema.validate(body)
    binding = revision == "2021-01-07"
    for text in ("2015-11-24 12:50", "2015-13-24T12:50Z", "2015-11-24T20:50+08:00", ""):
        tasks(body)[1].update(CreationTime=text)
        assert schema.is_valid(body) is not binding
    levels = {r.id: r.level for r in ledger_of(contract, PROTOCOL).requirements}
    assert levels["DescribeTasks.fields.TaskSet.Task.CreationTime.time-format"] == ("MUST" if binding else "SHOULD")


@pytest.mark.parametrize(
    ("pattern", "replacement", "valid"),
    [
        ("<PageNumber>1</PageNumber>\n", "", False),
        ("<PageNumber>1</PageNumber>", "<PageNumber>one</PageNumber>", False),
        ("<PageNumber>1</PageNumber>", "<PageNumber>1</PageNumber><PageNumber>1</PageNumber>", False),
        ("<TaskId>[^<]*</TaskId>", "", False),
        ("<SupportCancel>true", "<SupportCancel>yes", False),
        ("2015-11-24T12:50Z", "24.11.2015", True),
        ("DescribeTasksResponse", "DescribeTaskResponse", False),
        ("<FinishedTime>[^<]*</FinishedTime>", "", True),
        ("<FinishedTime>[^<]*</FinishedTime>", "<FinishedTime/>", True),
        ("2015-11-24T12:50Z", "2015-11-24T12:50:59Z", True),
        ("(?s)<TaskSet>.*</TaskSet>", "<TaskSet/>", True),
        ("(?s)<TaskSet>.*</TaskSet>", "", True),
        ("<PageNumber>1</PageNumber>", "<New><a x='1'/></New><PageNumber>1</PageNumber><Other/>", True),
    ],
)
def test_xml_is_judged_as_json_is(pattern: str, replacement: str, valid: bool) -> None:
    text = re.sub(pattern, replacement, sample("xml"))
    assert text != sample("xml")
    assert XML.is_valid(text) is valid
    if not valid:
        assert not STRICT.validate(etree.fromstring(text))


def _elements(contract: Contract) -> list[str]:
    return [f.name for _, f in contract.fields()]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_what_the_strict_schema_accepts_is_valid(data: st.DataObject) -> None:
    root = etree.fromstring(sample("xml"))
    elements = list(root.iter())[1:]
    for _ in range(data.draw(st.integers(0, 3))):
        element = data.draw(st.sampled_from(elements))
        parent = element.getparent()
        if parent is None:
            continue
        action = data.draw(st.sampled_from(["drop", "repeat", "move", "text", "rename"]))
        if action == "drop":
            parent.remove(element)
        elif action == "repeat":
            parent.append(copy.deepcopy(element))
        elif action == "move":
            parent.insert(0, element)
        elif action == "text" and not len(element):
            element.text = data.draw(st.sampled_from(["", " ", "1", "true", "x", "2015-11-24T12:50Z", " 7 ", "é"]))
        elif action == "rename":
            element.tag = data.draw(st.sampled_from([*_elements(CONTRACT), "Other"]))
    if STRICT.validate(root):
        assert XML.is_valid(root)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("<Error><RequestId>1</RequestId><HostId>h</HostId><Code>C</Code><Message>m</Message></Error>", True),
        ("<Error><Message/><New/><Code>C</Code><RequestId>1</RequestId><Recommend>u</Recommend></Error>", True),
        ("<Error><RequestId/><Code>C</Code><Message>m</Message></Error>", False),
        ("<Error><RequestId>1</RequestId><Message>m</Message></Error>", False),
        ("<Errors><RequestId>1</RequestId><Code>C</Code><Message>m</Message></Errors>", False),
    ],
)
def test_errors_are_judged_by_the_common_schema(text: str, valid: bool) -> None:
    assert ERROR_XML.is_valid(text) is valid
    value = {e.tag: e.text or "" for e in etree.fromstring(text)}
    if "Errors" not in text:
        assert jsonschema.Draft202012Validator(json_schema.error_schema()).is_valid(value) is valid


def test_a_root_element_that_a_sample_shows_is_accepted() -> None:
    samples = tuple(evolve(s, body=s.body.replace("DescribeTasksResponse", "Tasks")) for s in CONTRACT.samples)
    schema = xmlschema.XMLSchema11(xsd.response_xsd(evolve(CONTRACT, samples=samples)))
    for root in ("DescribeTasksResponse", "Tasks"):
        assert schema.is_valid(sample("xml").replace("DescribeTasksResponse", root))
    assert not schema.is_valid(sample("xml").replace("DescribeTasksResponse", "Other"))


def test_requests_are_described() -> None:
    schema = jsonschema.Draft202012Validator(json_schema.request_schema(CONTRACT))
    good = {"RegionId": "cn-hangzhou", "PageSize": 100, "TaskIds": ",".join(["t-1"] * 100)}
    schema.validate(good)
    schema.validate({**good, "TaskIds": json.dumps(["t-1"] * 100)})
    for bad in (
        {"PageSize": 101},
        {"PageSize": 0},
        {"TaskAction": "Nothing"},
        {"TaskIds": ",".join(["t-1"] * 101)},
        {"StartTime": "2015-11-23"},
    ):
        assert not schema.is_valid({**good, **bad}), bad
    assert not schema.is_valid({})


def test_the_openapi_document_holds_together() -> None:
    document = openapi.openapi(CONTRACT)
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    for reference in references:
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    assert {f"#/components/schemas/{n}" for n in document["components"]["schemas"]} == set(references)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    operations = document["paths"]["/"]
    assert set(operations) == {"get", "post"}
    assert len({o["operationId"] for o in operations.values()}) == 2
    names = [p["name"] for p in operations["get"]["parameters"]]
    assert len(names) == len(set(names))
    assert {p["name"] for p in operations["get"]["parameters"] if p.get("required")} >= {
        "Action",
        "Version",
        "RegionId",
    }
