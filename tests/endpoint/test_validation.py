"""The fast path may only say yes: what it passes, the authority passes too; what it does not, the authority decides."""

from __future__ import annotations

import json
from copy import deepcopy

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from conformance.contract.files import load_contract, schemas_root
from conformance.endpoint.watch.validation import Validation, error_schemas

CONTRACT = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")
PAIR = Validation(CONTRACT).success
ERROR = Validation(CONTRACT).error
REFUSAL = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>4C467B38</RequestId><HostId>ecs.aliyuncs.com</HostId>'
    "<Code>InvalidRegionId.NotFound</Code><Message>No such region.</Message><Recommend>none</Recommend></Error>"
)
JSON_AUTHORITY = jsonschema.Draft202012Validator(PAIR.json_schema)
XML_AUTHORITY = xmlschema.XMLSchema11(PAIR.xsd)
SAMPLES = {f: [s.body for s in CONTRACT.samples if s.role == "response" and s.format == f] for f in ("json", "xml")}

texts = st.one_of(st.text(max_size=5), st.sampled_from(["true", "2015-11-24T12:50Z"]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 2**40), texts)
values = st.recursive(scalars, lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=3), v, max_size=2))


@st.composite
def changed_json(draw):
    """A documented sample in which a few values were replaced, removed or added anywhere."""
    value = deepcopy(json.loads(draw(st.sampled_from(SAMPLES["json"]))))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(list(containers(value))))
        if isinstance(place, dict):
            name = draw(st.sampled_from([*place, "Extra"]))
            if draw(st.booleans()):
                place.pop(name, None)
            else:
                place[name] = draw(values)
        elif place and draw(st.booleans()):
            place.pop()
        else:
            place.append(draw(values))
    return value


def containers(value):
    if isinstance(value, (dict, list)):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from containers(child)


@st.composite
def changed_xml(draw, samples):
    """A documented body in which a few elements were moved, removed, renamed, repeated or given other text."""
    root = etree.fromstring(draw(st.sampled_from(samples)).encode())
    for _ in range(draw(st.integers(0, 3))):
        element = draw(st.sampled_from(list(root.iter())[1:]))
        acts = ["remove", "text", "rename", "repeat", "last", "attribute"]
        parent, act = element.getparent(), draw(st.sampled_from(acts))
        if act == "remove":
            parent.remove(element)
        elif act == "text":
            element.text = draw(st.sampled_from(["", "x", "7", " 7 ", "true", "2015-11-24T12:50:01Z", "é"]))
        elif act == "rename":
            element.tag = "Extra"
        elif act == "repeat":
            parent.append(deepcopy(element))
        elif act == "attribute":
            element.set("a", "b")
        else:
            parent.append(element)
        if len(root) == 0 or not list(root.iter())[1:]:
            break
    return etree.tostring(root)


@settings(max_examples=150, deadline=None)
@given(changed_json())
def test_json_verdicts_are_the_authoritys(value):
    assert (PAIR.json_problem(value) is None) == JSON_AUTHORITY.is_valid(value)


def without_attributes(body):
    """An XML body as it is judged: no page speaks of attributes."""
    root = etree.fromstring(body)
    for element in root.iter("*"):
        element.attrib.clear()
    return root


def test_attributes_are_passed_over() -> None:
    assert PAIR.xml_problem(SAMPLES["xml"][0].replace("<RequestId>", '<RequestId n="1">').encode()) is None
    assert ERROR.xml_problem(REFUSAL.replace("<Code>", '<Code lang="en">').encode()) is None
    assert ERROR.xml_problem(REFUSAL.replace("Code>", "Kode>").encode()) is not None


@settings(max_examples=100, deadline=None)
@given(changed_xml(SAMPLES["xml"]))
def test_xml_verdicts_are_the_authoritys(body):
    assert (PAIR.xml_problem(body) is None) == XML_AUTHORITY.is_valid(without_attributes(body))


@settings(max_examples=100, deadline=None)
@given(changed_xml([REFUSAL]))
def test_verdicts_on_xml_errors_are_the_authoritys(body):
    assert (ERROR.xml_problem(body) is None) == ERROR.xml_authority.is_valid(without_attributes(body))


def test_a_plain_refusal_does_not_need_the_authority():
    pair = error_schemas.__wrapped__()
    assert pair.xml_problem(REFUSAL.encode()) is None
    assert "xml_authority" not in vars(pair)


@pytest.mark.parametrize("body", SAMPLES["json"])
def test_documented_json_samples_are_valid(body):
    assert PAIR.json_problem(json.loads(body)) is None


@pytest.mark.parametrize("body", SAMPLES["xml"])
def test_documented_xml_samples_are_valid(body):
    assert PAIR.xml_problem(body.encode()) is None


def test_a_problem_says_where_it_is():
    value = json.loads(SAMPLES["json"][0])
    value["TotalCount"] = "2"
    assert "TotalCount" in PAIR.json_problem(value)
