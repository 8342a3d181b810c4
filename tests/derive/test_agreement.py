"""Documented answers fit what is derived from the same pages, or it is said that they do not."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from attrs import evolve

from conformance.contract.files import dump_contract, load_contract
from conformance.contract.model import Citation, Contract, Field, Sample, Semantics
from conformance.derive import derive
from conformance.derive.agreement import agreeing
from conformance.emit.json_schema import response_schema
from conformance.emit.xsd import response_xsd
from tests.documentation import OWN, Library

CITED = (Citation("p", "response", "x"),)


def field(name: str, type: Any = "string", *members: Field, **more: Any) -> Field:
    return Field(name, type, CITED, members, **more)


def documented(*response: Field, root: Any = "object", **samples: str) -> Contract:
    """A contract with samples, of which a name that begins with `j` is JSON."""
    shown = tuple(
        Sample("response", "json" if n[0] == "j" else "xml", body, (Citation("p", "examples", n),))
        for n, body in samples.items()
    )
    return Contract("P", "1", "DescribeCarts", (), (), response, (), shown, Semantics(), root=root)


def accepts(contract: Contract, sample: Sample) -> bool:
    if sample.format == "json":
        return jsonschema.Draft202012Validator(response_schema(contract)).is_valid(json.loads(sample.body))
    try:
        return xmlschema.XMLSchema11(response_xsd(contract)).is_valid(sample.body)
    except xmlschema.XMLResourceError:
        return False


def responses(contract: Contract) -> list[Sample]:
    return [s for s in contract.samples if s.role == "response" and s.format != "url"]


@pytest.mark.parametrize(
    ("contract", "note"),
    [
        (documented(field("A"), field("B"), j='{"A": "x"}'), "B is not always there"),
        (documented(field("A"), field("B"), x="<DescribeCartsResponse><A>x</A></DescribeCartsResponse>"), "B is not"),
        (documented(field("A", "object", field("B")), j='{"A": ["x"]}'), "A is open in json: a sample has an array"),
        (documented(field("A", "array", item_type="string"), j='{"A": [{"B": 1}]}'), "items of type an object"),
        (documented(field("A", "array", field("B")), j='{"A": ["x"]}'), "A is open in json: a sample has text"),
        (documented(field("A", "integer"), j='{"A": null}'), "A is open in json: a sample has null"),
        (documented(field("A"), root="array", j='{"A": 1}'), "the response is an object, not array"),
        (documented(field("A"), j="[]"), "the response is an array, not object"),
        (documented(field("A", "object", field("B")), x="<R><A>[1, 2]</A></R>"), "A is open in xml: a sample has text"),
        (documented(field("A", "object", field("B")), x="<R><A><B/><B/></A></R>"), "A.B is open in xml: a sample has"),
        (documented(field("A", "integer"), x="<R><A>1 of 2</A></R>"), "A is open in xml: a sample has text of another"),
        (documented(field("A"), x="<R><A><B>1</B></A></R>"), "A is open in xml: a sample has elements"),
    ],
)
def test_a_sample_that_does_not_fit_opens_the_contract_at_that_place_and_is_told(contract: Contract, note: str) -> None:
    (sample,) = contract.samples
    assert not accepts(contract, sample)
    opened = agreeing(contract)
    assert accepts(opened, sample)
    assert len(opened.notes) == 1
    assert note in opened.notes[0]
    assert agreeing(opened) == opened


def test_what_is_open_in_one_format_is_strict_in_the_other() -> None:
    opened = agreeing(documented(field("A", "integer"), x="<R><A>1 of 2</A></R>", j='{"A": 1}'))
    assert opened.response[0].open_in == ("xml",)
    assert not accepts(opened, Sample("response", "json", '{"A": "1 of 2"}', CITED))


@pytest.mark.parametrize(
    ("samples", "note"),
    [
        ({"j": '{"DescribeCartsResponse": {"A": "x"}}'}, "the response stands in a member DescribeCartsResponse"),
        ({"x": "<A>x</A>"}, "the root element is left out, <A> is its member"),
        ({"x": "<R><a:b>1</a:b><A>x</A></R>"}, "is no well-formed XML"),
        ({"x": "<R><DescribeCartsResponse><A>x</A></DescribeCartsResponse></R>"}, "around its own root element"),
    ],
)
def test_a_sample_in_a_frame_of_its_own_is_told_and_opens_nothing(samples: dict[str, str], note: str) -> None:
    contract = documented(field("A"), **samples)
    found = agreeing(contract)
    assert found.response == contract.response
    (said,) = found.notes
    assert note in said


def test_samples_that_fit_change_nothing() -> None:
    contract = documented(
        field("A", "number"), field("L", "object", field("I", "array", field("B"))),
        j='{"A": 1, "L": {"I": []}, "More": 1}', x="<R><A>1.0</A><L><I><B/></I></L><More/></R>",
    )  # fmt: skip
    assert agreeing(contract) == contract


def test_what_is_open_is_kept_in_the_file(tmp_path: Path) -> None:
    opened = agreeing(documented(field("A", "integer"), x="<R><A>1 of 2</A></R>"))
    (tmp_path / "contract.yaml").write_text(dump_contract(opened), "utf-8")
    assert load_contract(tmp_path) == opened


def test_every_response_sample_fits_its_contract_or_has_a_note(library: Library, pages: list[Path]) -> None:
    for operation in sorted({p.parent.name for p in pages}):
        alone = [[p] for p in library.pages_of(operation)]
        for group in (*alone, library.pages_of(operation)):
            contract = derive(group)
            for sample in responses(contract):
                told = any(str(c) in note for c in sample.citations for note in contract.notes)
                assert told or accepts(contract, sample), (contract.operation, sample.citations)


def _broken_json(value: Any) -> Iterator[Any]:
    """The value with one member or item left out, or replaced by what it is not."""
    places = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for place in places:
        without = copy.deepcopy(value)
        del without[place]
        yield without
        for other in (None, "no such thing", 7, [], [{}], {}, True):
            yield {**value, place: other} if isinstance(value, dict) else [*value[:place], other, *value[place + 1 :]]
        for inner in _broken_json(value[place]):
            yield {**value, place: inner} if isinstance(value, dict) else [*value[:place], inner, *value[place + 1 :]]


def _broken_xml(body: str) -> Iterator[str]:
    """The document with one element left out, emptied, filled with text, given a child, or repeated."""
    count = sum(1 for _ in ET.fromstring(body).iter())
    for number in range(1, count):
        for damage in ("drop", "empty", "text", "child", "twice"):
            root = ET.fromstring(body)
            above = {child: parent for parent in root.iter() for child in parent}
            element = list(root.iter())[number]
            parent = above[element]
            if damage == "drop":
                parent.remove(element)
            elif damage == "twice":
                parent.append(copy.deepcopy(element))
            elif damage == "child":
                ET.SubElement(element, "Surprise").text = "x"
            else:
                element.clear()
                element.text = "no such thing" if damage == "text" else ""
            yield ET.tostring(root, "unicode")


@pytest.mark.parametrize("operation", sorted(p.name for p in OWN.iterdir() if list(p.glob("*.md"))))
def test_whatever_is_wrong_with_a_sample_the_schemas_accept_it_then_or_it_is_told(operation: str) -> None:
    contract = derive(Library("own", OWN, OWN).pages_of(operation))
    strict = 0
    for sample in {s.format: s for s in responses(contract)}.values():
        if sample.format == "json":
            bodies = [json.dumps(b) for b in _broken_json(json.loads(sample.body))][::7]
        else:
            bodies = list(_broken_xml(sample.body))[::5] if _is_xml(sample.body) else []
        for body in bodies:
            broken = evolve(sample, body=body)
            opened = agreeing(evolve(contract, samples=(broken,)))
            assert accepts(opened, broken), body
            # nothing is opened for a sample that fits
            if accepts(contract, broken):
                assert opened.response == contract.response, body
            else:
                strict += opened.notes != contract.notes
    assert strict


def _is_xml(body: str) -> bool:
    try:
        ET.fromstring(body)
    except ET.ParseError:
        return False
    return True
