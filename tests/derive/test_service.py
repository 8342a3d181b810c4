"""A whole service from its metadata."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.files import ContractError, load_contract
from conformance.contract.service import Relation, load_service
from conformance.derive.bare import is_value
from conformance.derive.overlay import ServiceOverlay, load_service_overlay
from conformance.derive.page import PageError
from conformance.derive.reading import read_page
from conformance.derive.service import DerivedService, derive_service, read_service, service_in
from conformance.report.header import digest
from tests.services import APIS, BY_PATH, FAIR, STALL_ID, asked, written


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> DerivedService:
    return derive_service(read_service(written(tmp_path_factory.mktemp("fair"), packed=True)))


def test_every_operation_has_a_kind(fair: DerivedService) -> None:
    kinds = {name: operation.kind for name, operation in fair.service.operations.items()}
    assert kinds == {
        "CreateStall": "create",
        "DescribeStalls": "list",
        "DescribeStallAttribute": "get",
        "ModifyStallAttribute": "modify",
        "CloseStall": "modify",  # a verb that is not known: the metadata calls it an update
        "StartStall": "action",
        "DeleteStall": "delete",
        "ImportGoods": "asynchronous",
        "DescribeTasks": "list",
        "DescribeTaskAttribute": "get",
        "CancelTask": "action",
        "DescribeTokens": "list",
        "ReportStall": "action",  # called a getter, and its name does not read
    }


def test_only_what_is_sure_to_read_counts_as_reading(fair: DerivedService) -> None:
    reading = [name for name, operation in fair.service.operations.items() if operation.reads]
    assert reading == [n for n in APIS if n.startswith("Describe")]


def test_resources_and_relations(fair: DerivedService) -> None:
    service = fair.service
    assert {o.resource for o in service.operations.values()} == {"Stall", "Task", "Token", "Good"}
    assert service.operation("CreateStall").produces == (Relation("Stall", "StallId"),)
    assert service.operation("DescribeStalls").produces == (Relation("Stall", "Stalls.Stall.StallId", True),)
    assert service.operation("DescribeStalls").consumes == (Relation("Stall", "StallIds", True),)
    assert service.operation("ImportGoods").produces == (Relation("Task", "TaskId"),)
    assert [o.name for o in service.producers("Task")] == ["ImportGoods", "DescribeTasks"]
    taking = [o.name for o in service.operations.values() if "Task" in {r.resource for r in o.consumes}]
    assert taking == ["DescribeTasks", "DescribeTaskAttribute", "CancelTask"]


def test_paging_and_deprecation(fair: DerivedService) -> None:
    operations = fair.service.operations
    assert operations["DescribeStalls"].paging == "number"
    assert operations["DescribeTokens"].paging == "cursor"
    assert operations["DescribeStallAttribute"].paging is None
    assert [n for n, o in operations.items() if o.deprecated] == ["DescribeTokens"]


def test_what_describes_values_is_read_in_requests_and_answers(fair: DerivedService) -> None:
    listing = fair.contracts["DescribeStalls"]
    assert listing.parameter("Status").value("enum") == ["Open", "Closed"]
    assert listing.at("Stalls.Stall.Status").value("enum") == ["Open", "Closed"]
    assert listing.at("Stalls.Stall.CreationTime").value("time_format") == "yyyy-MM-ddTHH:mm:ssZ"
    assert listing.parameter("StallIds").value("syntax") == "json-array"
    assert listing.parameter("StallIds").value("max_items") == 100
    assert listing.semantics.key == "StallId"
    assert [f.parameter for f in listing.semantics.filters] == ["StallName", "Status"]
    assert [str(c) for c in listing.parameter("Status").citations] == ["metadata, parameters, Status"]


def test_a_sample_made_from_the_schema_shows_no_member_to_be_always_there(fair: DerivedService) -> None:
    created = fair.contracts["CreateStall"]
    assert [s.format for s in created.samples] == ["json"]
    assert {f.name: f.presence for f in created.response} == {
        "RequestId": "always",
        "StallId": "sometimes",
        "OrderId": "sometimes",
    }


def test_a_list_in_one_thing_does_not_make_it_a_list(fair: DerivedService) -> None:
    assert fair.contracts["DescribeStallAttribute"].semantics.items is None


def test_the_id_of_what_belongs_to_another_thing_goes_without_its_name(tmp_path: Path) -> None:
    awning = {**APIS["CreateStall"], "parameters": [STALL_ID, asked("MarketAwningId")]}
    answer = {"200": {"schema": {"type": "object", "properties": {"AwningId": {"type": "string"}}}}}
    document = {**FAIR, "apis": {**APIS, "CreateStallAwning": {**awning, "responses": answer}}}
    found = derive_service(read_service(written(tmp_path, document))).service.operation("CreateStallAwning")
    assert (found.resource, found.produces) == ("StallAwning", (Relation("StallAwning", "AwningId"),))
    assert found.consumes == (Relation("Stall", "StallId"),)


def test_a_value_that_every_request_names_is_no_key(tmp_path: Path) -> None:
    points = {"type": "array", "items": {"type": "object", "properties": {"StallId": {"type": "string"}}}}
    answer = {"200": {"schema": {"type": "object", "properties": {"Points": points}}}}
    readings = {**APIS["DescribeStallAttribute"], "responses": answer}
    document = {**FAIR, "apis": {**APIS, "DescribeStallReadings": readings}}
    found = derive_service(read_service(written(tmp_path, document))).contracts["DescribeStallReadings"]
    assert (found.semantics.items, found.semantics.key) == ("Points", None)


def test_operations_with_paths(tmp_path: Path) -> None:
    found = derive_service(read_service(written(tmp_path, BY_PATH)))
    create, detail = found.contracts["CreateField"], found.contracts["DescribeFieldDetail"]
    assert found.service.style == "path"
    assert (create.path, create.methods) == ("/fields", ("POST",))
    assert [(p.name, p.type, p.place, p.required) for p in create.parameters] == [
        ("name", "string", "body", True),
        ("crop", "object", "body", False),
    ]
    assert [(p.name, p.place) for p in detail.parameters] == [("FieldId", "path")]
    assert [f.name for f in detail.response] == ["name"]
    assert {n: o.kind for n, o in found.service.operations.items()} == {
        "CreateField": "create",
        "DescribeFieldDetail": "get",
        "DeleteField": "delete",
        "ListFields": "get",
    }
    taking = {n for n, o in found.service.operations.items() if "Field" in {r.resource for r in o.consumes}}
    assert taking == {"DescribeFieldDetail", "DeleteField"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"parameters": 3.5},
        {"parameters": [None, {"name": "N", "schema": {"type": ["string"], "enum": 1}}, {"name": "a\0b"}]},
        {"responses": {"200": {"schema": {"properties": [1], "items": "x"}}}},
        {"responses": {"200": {"schema": {"properties": {"A": None, "": {}, "B": {"type": "array", "items": []}}}}}},
        {"errorCodes": {"400": ["x", None], "404": 1}},
        {"methods": 7, "systemTags": [], "responseDemo": "{"},
    ],
)
def test_metadata_of_another_form_says_nothing_and_breaks_nothing(tmp_path: Path, wrong: dict[str, object]) -> None:
    document = {**FAIR, "apis": {**APIS, "CloseStall": {**APIS["CloseStall"], **wrong}}}
    output = tmp_path / "out"
    words = ["derive", str(written(tmp_path, document)), "-o", str(output), "--operation", "CloseStall"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert load_service(output).contract("CloseStall").operation == "CloseStall"


def test_an_operation_that_is_no_name_is_refused(tmp_path: Path) -> None:
    document = {**FAIR, "apis": {"../x": APIS["CloseStall"], "CloseStall": APIS["CloseStall"]}}
    done = CliRunner().invoke(main, ["derive", str(written(tmp_path, document)), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "'../x', which is no name of one" in done.output
    assert not (tmp_path / "out").exists()


def test_a_schema_that_holds_itself_ends(tmp_path: Path) -> None:
    crop = {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/crop"}}}
    document = {**BY_PATH, "components": {"schemas": {"crop": crop}}}
    detail = derive_service(read_service(written(tmp_path, document))).contracts["DescribeFieldDetail"]
    assert max(len(path) for path, _ in detail.fields()) < 20


def test_pages_are_merged_in_with_citations_of_both(tmp_path: Path) -> None:
    page = tmp_path / "2021-01-01.md"
    page.write_text(
        "# DescribeStalls\n\n## Request parameters\n\n|Parameter|Type|Required|Example|Description|\n"
        "|---|---|---|---|---|\n|PageSize|Integer|No|10|The items of a page. Maximum value: 50.|\n"
        "|Colour|String|No|red|The colour.|\n"
    )
    found = derive_service(read_service(written(tmp_path)), ["DescribeStalls"], [read_page(page)])
    contract = found.contracts["DescribeStalls"]
    assert [r.id for r in contract.revisions] == ["2021-01-01", "metadata"]
    assert [c.revision for c in contract.parameter("PageSize").citations] == ["2021-01-01", "metadata"]
    assert contract.parameter("Colour") is not None
    assert list(found.service.operations) == ["DescribeStalls"]


def test_corrections_by_hand(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "kinds: {CloseStall: action}\nresources: {ImportGoods: Stall}\n"
        "produces: {CreateStall: [{resource: Order, at: OrderId}]}\n"
    )
    found = derive_service(read_service(written(tmp_path)), overlay=load_service_overlay(overlay)).service
    assert found.operation("CloseStall").kind == "action"
    assert found.operation("ImportGoods").resource == "Stall"
    assert found.operation("CreateStall").produces == (Relation("Order", "OrderId"),)
    with pytest.raises(ContractError, match="corrects Nothing, which is no operation"):
        derive_service(read_service(written(tmp_path)), overlay=ServiceOverlay(kinds={"Nothing": "list"}))


# -------------------------------------------------------------------------------------------------------- command


def test_the_command_writes_a_service(tmp_path: Path) -> None:
    output = tmp_path / "out"
    done = CliRunner().invoke(main, ["derive", str(written(tmp_path, packed=True)), "-o", str(output)])
    assert done.exit_code == 0, done.output
    assert "Fair 2020-01-01: 13 operations (3 list, 3 action" in done.output
    service = load_service(output)
    assert set(service.operations) == set(APIS)
    assert service.contract("CreateStall") == load_contract(output / "CreateStall")
    names = {p.name for p in (output / "CreateStall").iterdir()}
    assert {"contract.yaml", "request.schema.json", "response.schema.json", "response.xsd"} <= names
    assert {"error.schema.json", "error.xsd", "protocol.yaml"} <= {p.name for p in (output / "common").iterdir()}


@pytest.mark.parametrize(
    ("example", "kept"), [("Open", True), ("Shut", False), ('["Open", "Closed"]', True), (None, True)]
)
def test_a_list_of_values_without_its_own_example_is_none(tmp_path: Path, example: str | None, kept: bool) -> None:
    listing = APIS["DescribeStalls"]
    status = asked("Status", description="Valid values:\n\n- Open: it sells.\n- Closed: it does not.", example=example)
    document = {**FAIR, "apis": {**APIS, "DescribeStalls": {**listing, "parameters": [status]}}}
    contract = derive_service(read_service(written(tmp_path, document))).contracts["DescribeStalls"]
    assert contract.parameter("Status").value("enum") == (["Open", "Closed"] if kept else None)


@pytest.mark.parametrize("required", [True, False])
def test_a_member_is_asked_for_where_its_list_is(tmp_path: Path, required: bool) -> None:
    members = {"Key": {"type": "string", "required": True}, "Value": {"type": "string"}}
    schema = {"type": "array", "required": required, "items": {"type": "object", "properties": members}}
    operation = {**APIS["CreateStall"], "parameters": [{"name": "Tag", "style": "repeatList", "schema": schema}]}
    document = {**FAIR, "apis": {**APIS, "CreateStall": operation}}
    contract = derive_service(read_service(written(tmp_path, document))).contracts["CreateStall"]
    assert [(p.name, p.required) for p in contract.parameters] == [("Tag.N.Key", required), ("Tag.N.Value", False)]


def test_facts_alone_hold_no_word_of_the_documentation(tmp_path: Path) -> None:
    output = tmp_path / "out"
    done = CliRunner().invoke(main, ["derive", str(written(tmp_path)), "-o", str(output), "--facts"])
    assert done.exit_code == 0, done.output
    text = (output / "CreateStall" / "contract.yaml").read_text()
    assert "QuotaExceed.Stall" in text
    assert "too many stalls" not in text
    contract = load_contract(output / "CreateStall")
    assert ([e.message for e in contract.errors], contract.samples) == ([""], ())
    assert [c.row for c in contract.parameter("StallName").citations] == ["StallName"]
    assert "citations" not in text.split("choices:")[0]
    assert [p.name for p in (output / "CreateStall").iterdir()] == ["contract.yaml"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [("i-bp67****", True), ("2021-06-07T06:08:54Z", True), ("this is a test description", False), ("测试", False)],
)
def test_what_is_a_value_and_what_a_sentence(text: str, kept: bool) -> None:
    assert is_value(text) == kept


def test_a_contract_that_is_corrected_by_hand_stays_with_facts_alone(tmp_path: Path) -> None:
    output = tmp_path / "out"
    words = ["derive", str(written(tmp_path)), "-o", str(output), "--operation", "*Stall*"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (output / "CreateStall" / "overlay.yaml").write_text("product: Fair\n")
    before = (output / "CreateStall" / "contract.yaml").read_text()
    assert CliRunner().invoke(main, [*words, "--facts"]).exit_code == 0
    assert (output / "CreateStall" / "contract.yaml").read_text() == before
    assert load_service(output).operation("CreateStall").digest == digest(before)
    assert "too many stalls" in before


def test_the_command_writes_the_operations_that_are_asked_for(tmp_path: Path) -> None:
    output = tmp_path / "out"
    words = ["derive", str(written(tmp_path)), "-o", str(output), "--operation", "*Task", "--operation", "CreateStall"]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert list(load_service(output).operations) == ["CreateStall", "CancelTask"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gzip.compress(b"no json"), "is not JSON"),
        (gzip.compress(json.dumps(FAIR).encode())[:200], "cannot be unpacked"),
        (gzip.compress(b'{"apis": {}}'), "has no `apis` with operations"),
        (gzip.compress(b"[1]"), "is JSON without an operation"),
        (gzip.compress(b" " * 65_000_000), "the metadata of a service at most"),
    ],
    ids=["no JSON", "cut", "nothing in it", "a list", "too much"],  # packed bytes have a time in them
)
def test_what_is_no_service_is_refused_in_a_sentence(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "docs.json.gz"
    path.write_bytes(data)
    done = CliRunner().invoke(main, ["derive", str(path), "-o", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert problem in done.output
    assert not (tmp_path / "out").exists()


def test_what_matches_nothing_is_refused(tmp_path: Path) -> None:
    words = ["derive", str(written(tmp_path)), "-o", str(tmp_path / "out"), "--operation", "Forget*"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "has no operation Forget*" in done.output


def test_names_are_told_apart_by_case_and_the_nearest_is_named(tmp_path: Path) -> None:
    output = tmp_path / "out"
    CliRunner().invoke(main, ["derive", str(written(tmp_path)), "-o", str(output), "--operation", "*Stall*"])
    with pytest.raises(ContractError, match="did you mean CreateStall"):
        load_service(output).contract("createstall")


def test_an_operation_of_a_service_file_is_no_way_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text(
        "format_version: 1\nproduct: P\nversion: v\nstyle: rpc\n"
        "operations: {../x: {name: ../x, kind: list, digest: d}}\n"
    )
    with pytest.raises(ContractError, match="is no name"):
        load_service(tmp_path)


def test_two_services_at_once_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(PageError, match="second service"):
        service_in([written(tmp_path), written(other, BY_PATH)])
