"""Schemas that others can load: XSD 1.0 in lxml and Java, OpenAPI by its own validator, identifiers, defaults."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from attrs import evolve
from lxml import etree
from openapi_spec_validator import validate

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.contract.model import Constraint as Rule
from conformance.contract.model import Contract, Parameter
from conformance.derive import derive
from conformance.emit import json_schema, openapi, xsd
from conformance.emit.writing import common_contents, contents
from conformance.wire.signing import MEDIA_TYPES

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT = load_contract(FOLDER)
PROTOCOL = load_protocol(FOLDER.parent / "common")
DERIVED = Path(__file__).parents[1] / "derive"
PAGES = sorted([*DERIVED.glob("pages/*/*.md"), *DERIVED.glob("layouts/*.*")])


def contract_of(path: Path) -> Contract:
    return CONTRACT if path == FOLDER else derive([path])


def xml(contract: Contract) -> list[str]:
    return [s.body for s in contract.samples if s.format == "xml" and s.role == "response"]


def portable(contract: Contract) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(xsd.portable_xsd(contract).encode()))


@pytest.mark.parametrize("path", [FOLDER, *PAGES], ids=lambda p: p.name)
def test_the_portable_schema_loads_and_accepts_each_documented_sample(path: Path) -> None:
    contract = contract_of(path)
    schema = portable(contract)
    for body in xml(contract):
        assert schema.validate(etree.fromstring(body)), schema.error_log
    for name, text in common_contents().items():
        if name == "error.xsd":
            etree.XMLSchema(etree.fromstring(text.encode()))


def test_elements_may_stand_in_any_order_and_still_count() -> None:
    schema = portable(CONTRACT)
    root = etree.fromstring(xml(CONTRACT)[0])
    root[:] = list(root)[::-1]
    assert schema.validate(root), schema.error_log
    for change in ("twice", "missing", "other", "value"):
        root = etree.fromstring(xml(CONTRACT)[0])
        page = root.find("PageNumber")
        assert page is not None
        if change == "twice":
            root.append(etree.fromstring("<PageNumber>1</PageNumber>"))
        elif change == "missing":
            root.remove(page)
        elif change == "other":
            page.tag = "Other"
        else:
            page.text = "one"
        assert not schema.validate(root), change
    # what 1.0 refuses only because it knows no further elements, 1.1 accepts
    root = etree.fromstring(xml(CONTRACT)[0])
    root.append(etree.fromstring("<Other/>"))
    assert not schema.validate(root)
    assert xmlschema.XMLSchema11(xsd.response_xsd(CONTRACT)).is_valid(etree.tostring(root).decode())


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        ("<PageNumber>1", "<PageNumber>one"),
        ("<PageNumber>1</PageNumber>", "<Unheard>1</Unheard>"),
        ("<TaskId>[^<]*</TaskId>", ""),
        ("<TaskSet>", "<TaskSet><Extra>7</Extra>"),
    ],
)
def test_a_sample_that_does_not_fit_opens_its_place_alone(pattern: str, replacement: str) -> None:
    """The schema accepts what is documented, says where it was opened, and is as strict as before elsewhere."""
    body = re.sub(pattern, replacement, xml(CONTRACT)[0])
    assert body != xml(CONTRACT)[0]
    samples = tuple(evolve(s, body=body) if s.body == xml(CONTRACT)[0] else s for s in CONTRACT.samples)
    changed = evolve(CONTRACT, samples=samples)
    text = xsd.portable_xsd(changed)
    assert "is open: a documented sample has something else there" in text
    assert portable(changed).validate(etree.fromstring(body))
    if "TaskSet" in text and "PageNumber" not in pattern:
        assert not portable(changed).validate(etree.fromstring(body.replace("<PageNumber>1", "<PageNumber>one")))


@pytest.mark.gate
def test_java_loads_the_portable_schemas(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no toolchain: java")
    program = tmp_path / "Load.java"
    program.write_text(
        "import java.io.*;import javax.xml.*;import javax.xml.transform.stream.*;import javax.xml.validation.*;"
        "public class Load{public static void main(String[] a)throws Exception{"
        "Schema s=SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(new File(a[0]));"
        "for(int i=1;i<a.length;i++)s.newValidator().validate(new StreamSource(new File(a[i])));"
        'System.out.println("loaded");}}'
    )
    schema = tmp_path / "response.xsd"
    schema.write_text(xsd.portable_xsd(CONTRACT), encoding="utf-8")
    samples = []
    for i, body in enumerate(xml(CONTRACT)):
        samples.append(tmp_path / f"{i}.xml")
        samples[-1].write_text(body, encoding="utf-8")
    for command in ([schema, *samples], [FOLDER.parent / "common" / "error.xsd"]):
        done = subprocess.run(["java", program, *command], capture_output=True, text=True, timeout=120, check=False)
        assert done.stdout.strip() == "loaded", done.stderr


# --------------------------------------------------------------------------------------------------------- OpenAPI


@pytest.mark.parametrize("path", [FOLDER, *PAGES], ids=lambda p: p.name)
def test_the_openapi_description_is_one(path: Path) -> None:
    validate(openapi.openapi(contract_of(path), PROTOCOL))


def test_the_openapi_description_has_what_a_client_needs() -> None:
    document = openapi.openapi(CONTRACT, PROTOCOL)
    operation = document["paths"]["/"]["get"]
    bodies = operation["responses"]["200"]["content"]
    # the media types that requests of the suite ask for, among those that are documented
    assert {MEDIA_TYPES["json"], MEDIA_TYPES["xml"]} <= set(bodies)
    schema = jsonschema.Draft202012Validator(json_schema.response_schema(CONTRACT))
    shown = [e["value"] for e in bodies["application/json"]["examples"].values()]
    assert shown
    for value in shown:
        schema.validate(value)
    assert next(iter(bodies["application/xml"]["examples"].values()))["value"] == xml(CONTRACT)[0]
    region = next(p for p in operation["parameters"] if p.get("name") == "RegionId")
    assert region["schema"]["examples"] == list(PROTOCOL.regions)
    common = {p["$ref"].rsplit("/", 1)[-1] for p in operation["parameters"] if "$ref" in p}
    assert common == {p.name for p in PROTOCOL.parameters} - {"Action", "Version", "Format", "Signature"}
    assert document["components"]["parameters"]["SignatureMethod"]["schema"]["enum"] == ["HMAC-SHA1"]


def test_a_path_and_a_body_are_described() -> None:
    contract = derive([DERIVED / "layouts" / "path-style.md"])
    document = openapi.openapi(evolve(contract, methods=("POST",)), PROTOCOL)
    validate(document)
    operation = document["paths"]["/crates/{CrateId}/nodes"]["post"]
    assert {(p["name"], p["in"]) for p in operation["parameters"]} == {("CrateId", "path"), ("pageSize", "query")}
    assert set(operation["requestBody"]["content"]["application/json"]["schema"]["properties"]) == {"force"}


# -------------------------------------------------------------------------------------------- names and defaults


def test_each_schema_has_an_identifier_with_its_version() -> None:
    files = {**contents(CONTRACT, protocol=PROTOCOL), **common_contents()}
    ids = {name: json.loads(text)["$id"] for name, text in files.items() if name.endswith(".schema.json")}
    assert len(set(ids.values())) == len(ids) == 3
    assert ids["response.schema.json"] == "urn:acs-conformance:Ecs:2014-05-26:DescribeTasks:response"
    strange = evolve(CONTRACT, product="un known", version="1:2")
    assert json_schema.identifier(strange, "request") == "urn:acs-conformance:un%20known:1%3A2:DescribeTasks:request"


def _parameter(type: str, **rules: Any) -> Parameter:
    constraints = tuple(Rule(kind, value) for kind, value in rules.items())  # type: ignore[arg-type]
    return Parameter("Colour", type, False, (), constraints)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parameter", "default"),
    [
        (_parameter("string", enum=["red", "blue"], default="red"), "red"),
        (_parameter("string", enum=["Red", "Blue"], default="red"), "Red"),
        (_parameter("string", enum=["red", "blue"], default="green"), None),
        (_parameter("integer", enum=[1, 2], default=3), None),
        (_parameter("integer", minimum=1, maximum=5, default=10), None),
        (_parameter("integer", default="ten"), None),
        (_parameter("boolean", default=False), False),
        (_parameter("string"), None),
    ],
)
def test_a_default_is_valid_by_its_own_schema(parameter: Parameter, default: object) -> None:
    schema = json_schema.parameter_schema(CONTRACT, parameter)
    assert schema.get("default") == default
    if "default" in schema:
        jsonschema.Draft202012Validator(schema).validate(schema["default"])
    elif parameter.value("default") is not None:
        assert repr(parameter.value("default")) in schema["$comment"]
