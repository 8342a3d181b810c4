"""A whole service over one store: what is created is found, changed, and gone when it is deleted."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from conformance.contract.catalogue import common_folder, service_of
from conformance.contract.files import load_protocol
from conformance.contract.service import Service, load_service
from conformance.derive.service import derive_service, read_service
from conformance.emit.json_schema import response_schema
from conformance.emit.service import service_files
from conformance.emit.writing import write_files
from conformance.reference.likeness import value_like
from conformance.reference.members import values_of
from conformance.reference.rendering import escape, xml_text
from conformance.reference.service import ServiceApplication, ServiceEndpoint
from tests.reference.contracts import scalar
from tests.reference.mocking import Caller, Clock
from tests.services import FAIR, written

ECS = service_of("ecs")
PROTOCOL = load_protocol(common_folder(ECS.contract_folder("DescribeTasks")))


def kept(folder: Path, metadata: object = FAIR) -> Service:
    """The service as a folder has it."""
    found = derive_service(read_service(written(folder, metadata)))  # type: ignore[arg-type]
    for name, files in service_files(found.service, found.contracts, PROTOCOL):
        write_files(files, folder / "service" / name)
    return load_service(folder / "service")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return kept(tmp_path_factory.mktemp("fair"))


@pytest.fixture
def fair(service: Service) -> Caller:
    clock = Clock()
    return Caller(ServiceApplication(service, load_protocol(service.folder / "common"), clock=clock, seconds=10), clock)


@pytest.fixture
def ecs() -> Caller:
    clock = Clock()
    return Caller(ServiceApplication(ECS, PROTOCOL, clock=clock, seconds=10), clock)


def stalls(fair: Caller, **parameters: str) -> dict[str, dict[str, object]]:
    found = fair.call("DescribeStalls", PageSize="50", **parameters)
    listed = {s["StallId"]: s for s in found["Stalls"]["Stall"]}
    assert found["TotalCount"] == len(listed)
    return listed


def test_what_is_created_is_found_changed_and_gone(fair: Caller) -> None:
    before = stalls(fair)
    id = fair.call("CreateStall", StallName="mine", Width="12")["StallId"]
    assert id.startswith("stl-bp67")
    assert "*" not in id
    assert set(stalls(fair)) == {*before, id}
    assert stalls(fair, StallName="mine")[id]["Width"] == 12
    assert fair.call("DescribeStallAttribute", StallId=id)["StallName"] == "mine"
    fair.call("ModifyStallAttribute", StallId=id, StallName="yours")
    assert list(stalls(fair, StallName="yours")) == [id]
    assert stalls(fair, StallName="mine") == {}
    fair.call("DeleteStall", StallId=id)
    assert stalls(fair) == before
    for action in ("DeleteStall", "DescribeStallAttribute", "ModifyStallAttribute", "ImportGoods"):
        assert fair.refused(action, StallId=id) == (404, "InvalidStallId.NotFound")


def test_a_filter_finds_what_items_show_in_another_spelling(ecs: Caller) -> None:
    tasks = ecs.call("DescribeTasks", RegionId="cn-hangzhou")["TaskSet"]["Task"]
    assert {task["TaskAction"] for task in tasks} == {"IMPORT_IMAGE"}
    kept = ecs.call("DescribeTasks", RegionId="cn-hangzhou", TaskAction="ImportImage")["TaskSet"]["Task"]
    assert [task["TaskId"] for task in kept] == [task["TaskId"] for task in tasks]
    assert not ecs.call("DescribeTasks", RegionId="cn-hangzhou", TaskAction="ExportImage")["TaskSet"]["Task"]


def test_a_reading_is_the_same_as_the_last(fair: Caller) -> None:
    assert stalls(fair) == stalls(fair)
    id = next(iter(stalls(fair)))
    one, listed = fair.call("DescribeStallAttribute", StallId=id), stalls(fair)[id]
    assert {n: v for n, v in one.items() if n != "RequestId"} == {n: v for n, v in listed.items() if n in one}


def test_regions_do_not_leak(fair: Caller) -> None:
    id = fair.call("CreateStall", StallName="mine")["StallId"]
    elsewhere = Caller(fair.application, fair.clock, "cn-beijing")
    assert id not in stalls(elsewhere)
    assert elsewhere.refused("DescribeStallAttribute", StallId=id) == (404, "InvalidStallId.NotFound")
    assert elsewhere.refused("DeleteStall", StallId=id) == (404, "InvalidStallId.NotFound")
    assert id in stalls(fair)


def test_a_task_progresses_with_the_clock(fair: Caller) -> None:
    id = next(iter(stalls(fair)))
    task = fair.call("ImportGoods", StallId=id)["TaskId"]

    def state() -> dict[str, object]:
        (found,) = fair.call("DescribeTasks", TaskIds=task)["TaskSet"]["Task"]
        one = fair.call("DescribeTaskAttribute", TaskId=task)
        assert one["TaskStatus"] == found["TaskStatus"]
        return dict(found)

    begun = state()
    assert (begun["TaskStatus"], begun["TaskAction"], begun["SupportCancel"]) == ("Processing", "ImportGoods", "true")
    assert "FinishedTime" not in begun
    fair.clock.now += 9.9
    assert state() == begun
    fair.clock.now += 0.1
    done = state()
    assert (done["TaskStatus"], done["SupportCancel"]) == ("Finished", "false")
    assert str(done["FinishedTime"]) > str(done["CreationTime"])
    assert fair.refused("CancelTask", TaskId=task)[0] == 403


def test_a_task_that_is_cancelled_stays_so(fair: Caller) -> None:
    task = fair.call("ImportGoods", StallId=next(iter(stalls(fair))))["TaskId"]
    fair.call("CancelTask", TaskId=task)
    fair.clock.now += 100
    (found,) = fair.call("DescribeTasks", TaskIds=task)["TaskSet"]["Task"]
    assert found["TaskStatus"] == "Failed"


def test_a_token_makes_one_thing(fair: Caller) -> None:
    first = fair.call("CreateStall", StallName="mine", ClientToken="t")
    again = fair.call("CreateStall", StallName="mine", ClientToken="t")
    assert (again["StallId"], again["RequestId"] == first["RequestId"]) == (first["StallId"], False)
    assert len(stalls(fair, StallName="mine")) == 1
    assert fair.refused("CreateStall", StallName="other", ClientToken="t") == (400, "IdempotentParameterMismatch")
    assert fair.call("CreateStall", StallName="mine", ClientToken="u")["StallId"] != first["StallId"]


def test_a_dry_run_changes_nothing(fair: Caller) -> None:
    before = stalls(fair)
    fair.call("CreateStall", StallName="mine", DryRun="true")
    assert stalls(fair) == before


def test_a_wrong_request_is_refused_and_changes_nothing(fair: Caller) -> None:
    before = stalls(fair)
    assert fair.refused("CreateStall")[0] == 400
    assert fair.refused("CreateStall", StallName="mine", Width="41")[0] == 400
    assert fair.refused("DeleteStall")[0] == 400
    assert fair.refused("CreateGoods") == (400, "InvalidParameter")
    assert fair.refused("DescribeStalls", RegionId="nowhere")[0] == 400
    assert stalls(fair) == before


def test_one_nonce_serves_one_operation_only(service: Service) -> None:
    application = ServiceApplication(service, load_protocol(service.folder / "common"))
    made = [application._application(name) for name in ("CreateStall", "DescribeStalls")]
    assert made[0].server.nonces is made[1].server.nonces


def test_it_is_served_over_http(service: Service) -> None:
    with ServiceEndpoint(service, load_protocol(service.folder / "common")) as endpoint:
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
        headers = {"x-acs-action": "CreateStall", "x-acs-version": "2020-01-01", "accept": "application/json"}
        connection.request("POST", "/?RegionId=cn-hangzhou&StallName=mine", headers=headers)
        assert json.loads(connection.getresponse().read())["StallId"]
        connection.request("GET", "/?Action=Nothing&Version=2020-01-01&Format=JSON")
        refused = json.loads(connection.getresponse().read())
        assert refused["HostId"] == f"127.0.0.1:{endpoint.port}"
        connection.close()
        assert endpoint.request_count == 2


# ------------------------------------------------------------------------------------------------ the shipped service


def test_disks(ecs: Caller) -> None:
    id = ecs.call("CreateDisk", DiskName="mine", Size="40", DiskCategory="cloud_essd")["DiskId"]
    (disk,) = ecs.call("DescribeDisks", DiskIds=json.dumps([id]))["Disks"]["Disk"]
    assert (disk["DiskName"], disk["Size"], disk["Category"], disk["Status"]) == ("mine", 40, "cloud_essd", "Available")
    assert disk["InstanceId"] == ""
    image = ecs.call("DescribeImages")["Images"]["Image"][0]["ImageId"]
    run = ecs.call("RunInstances", ImageId=image, InstanceType="ecs.g6.large", Amount="2", InstanceName="pair")
    first, second = run["InstanceIdSets"]["InstanceIdSet"]
    ecs.call("AttachDisk", DiskId=id, InstanceId=first)
    (disk,) = ecs.call("DescribeDisks", DiskIds=json.dumps([id]))["Disks"]["Disk"]
    assert (disk["InstanceId"], disk["Status"]) == (first, "In_use")
    ecs.call("DetachDisk", DiskId=id, InstanceId=first)
    (disk,) = ecs.call("DescribeDisks", DiskIds=json.dumps([id]))["Disks"]["Disk"]
    assert (disk["InstanceId"], disk["Status"]) == ("", "Available")
    stopped = ecs.call("StopInstances", InstanceId__1=first, InstanceId__2=second)
    assert [r["InstanceId"] for r in stopped["InstanceResponses"]["InstanceResponse"]] == [first, second]
    listed = ecs.call("DescribeInstances", InstanceName="pair")["Instances"]["Instance"]
    assert {(i["InstanceId"], i["Status"]) for i in listed} == {(first, "Stopped"), (second, "Stopped")}


def test_a_key_pair_goes_by_the_name_that_it_is_given(ecs: Caller) -> None:
    made = ecs.call("CreateKeyPair", KeyPairName="mine")
    assert made["KeyPairName"] == "mine"
    assert made["KeyPairId"] != "mine"
    assert ecs.call("DescribeKeyPairs", KeyPairName="mine")["TotalCount"] == 1
    assert ecs.refused("CreateKeyPair", KeyPairName="mine") == (400, "KeyPair.AlreadyExist")
    ecs.call("DeleteKeyPairs", KeyPairNames=json.dumps(["mine"]))
    assert ecs.call("DescribeKeyPairs", KeyPairName="mine")["TotalCount"] == 0


def test_what_is_created_with_a_tag_is_found_by_it_and_by_a_pattern(ecs: Caller) -> None:
    for name, team in (("north-1", "red"), ("north-2", "blue")):
        ecs.call("CreateKeyPair", KeyPairName=name, Tag__1__Key="team", Tag__1__Value=team)

    def found(**asked: str) -> list[str]:
        return [k["KeyPairName"] for k in ecs.call("DescribeKeyPairs", **asked)["KeyPairs"]["KeyPair"]]

    assert found(Tag__1__Key="team", Tag__1__Value="red") == ["north-1"]
    assert found(Tag__1__Key="red", Tag__1__Value="team") == []
    assert sorted(found(KeyPairName="north-*")) == ["north-1", "north-2"]
    assert ecs.refused("DescribeDisks", DryRun="true") == (400, "DryRunOperation")


def test_ids_that_repeat_narrow_a_list(ecs: Caller) -> None:
    listed = ecs.call("DescribeInstanceStatus")["InstanceStatuses"]["InstanceStatus"]
    first, second = (i["InstanceId"] for i in listed[:2])
    found = ecs.call("DescribeInstanceStatus", InstanceId__1=first, InstanceId__2=second)
    assert {i["InstanceId"] for i in found["InstanceStatuses"]["InstanceStatus"]} == {first, second}
    assert found["TotalCount"] == 2


def test_an_image_is_imported_by_a_task(ecs: Caller) -> None:
    begun = ecs.call("ImportImage", ImageName="mine")

    def state() -> tuple[str, str, list[str]]:
        (task,) = ecs.call("DescribeTasks", TaskIds=begun["TaskId"])["TaskSet"]["Task"]
        attribute = ecs.call("DescribeTaskAttribute", TaskId=begun["TaskId"])
        images = ecs.call("DescribeImages", PageSize="100")["Images"]["Image"]
        shown = [i["Status"] for i in images if i["ImageId"] == begun["ImageId"]]
        return task["TaskStatus"], attribute["TaskStatus"], shown

    assert state() == ("Processing", "Processing", ["Creating"])
    ecs.clock.now += 10
    assert state() == ("Finished", "Finished", ["Available"])
    assert ecs.refused("CancelTask", TaskId=begun["TaskId"]) == (403, "InvalidTaskId.IncorrectTaskStatus")
    begun = ecs.call("ImportImage", ImageName="another")
    ecs.call("CancelTask", TaskId=begun["TaskId"])
    ecs.clock.now += 10
    assert state() == ("Failed", "Failed", [])


def required(ecs: Caller, name: str) -> dict[str, str]:
    """What an operation asks for: ids of what there is, else the documented sample."""
    operation, contract = ECS.operation(name), ECS.contract(name)
    relations = {r.at: r.resource for r in operation.consumes}
    found: dict[str, str] = {}
    for p in contract.parameters:
        if not p.required or p.name in ("Action", "RegionId"):
            continue
        # a new thing goes by a name that nothing has
        chosen = operation.kind == "create" and p.name.endswith("Name")
        things = ecs.application.mock.every(relations[p.name], ecs.region) if p.name in relations and not chosen else ()
        shown = [str(v) for v in (*(p.value("enum") or ()), *p.examples)]
        plain = {"integer": str(p.value("minimum") or 1), "boolean": "true", "number": "1"}.get(p.type, "x")
        value = things[0].id if things else next(iter(shown), plain)
        if p.type == "integer" and not value.lstrip("-").isdigit():
            value = plain
        found[p.name.replace(".N", ".1")] = json.dumps([value]) if things and p.value("syntax") else value
    return found


def answers_as_documented(ecs: Caller, name: str) -> None:
    # what is done cannot be cancelled
    under_way = {"TaskId": ecs.call("ImportImage")["TaskId"]} if name == "CancelTask" else {}
    body = ecs.call(name, **{**required(ecs, name), **under_way})
    errors = jsonschema_rs.Draft202012Validator(response_schema(ECS.contract(name))).iter_errors(body)
    assert next(iter(errors), None) is None, name


@pytest.mark.parametrize("start", range(4))
def test_operations_of_the_shipped_service_answer_as_documented(ecs: Caller, start: int) -> None:
    for name in list(ECS.operations)[start::32]:
        answers_as_documented(ecs, name)


@pytest.mark.gate
@pytest.mark.parametrize("start", range(8))
def test_every_operation_of_the_shipped_service_answers_as_documented(ecs: Caller, start: int) -> None:
    for name in list(ECS.operations)[start::8]:
        answers_as_documented(ecs, name)


def test_what_xml_cannot_hold_is_not_written_into_it():
    assert xml_text("x\0y\ufffe\ud800") == "x\ufffdy\ufffd\ufffd"
    assert xml_text("é\t中😀\n") == "é\t中😀\n"


def test_a_carriage_return_in_xml_is_none_that_its_reader_takes_for_the_end_of_a_line():
    written = "\tx\r\ny\x1f"
    element = ElementTree.fromstring(f"<a>{escape(None, written)}</a>")
    assert element.text == "\tx\r\ny\ufffd"


def test_what_is_no_value_of_a_member_is_not_kept(fair: Caller) -> None:
    made = fair.call("CreateStall", StallName="\ttest\x1f", Width="0012", RegionId="cn-hangzhou")["StallId"]
    assert stalls(fair)[made]["StallName"] == "\ttest\ufffd"
    assert stalls(fair)[made]["Width"] == 12


@pytest.mark.parametrize(
    ("text", "field", "kept"),
    [
        ("true", scalar("IsPublic", type="boolean"), "true"), ("'", scalar("IsPublic", type="boolean"), None),
        ("", scalar("Timeout", type="integer"), None), ("0644", scalar("Mode", type="integer"), "644"),
        ("1.5", scalar("Ratio", type="number"), "1.5"), ("x", scalar("Ratio", type="number"), None),
        ("ssd", scalar("Category", enum=("ssd",)), "ssd"),
        ("hdd", scalar("Category", enum=("ssd",)), None),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_the_form_of_its_member(text, field, kept) -> None:
    assert values_of({field.name: text}, (field,), "Disk") == ({} if kept is None else {field.name: kept})


def test_what_is_made_of_a_thing_is_in_its_region_where_none_is_named(ecs: Caller) -> None:
    disk = ecs.call("CreateDisk", RegionId="cn-beijing", ZoneId="cn-beijing-a", DiskName="one")["DiskId"]
    snapshot = ecs.call("CreateSnapshot", DiskId=disk)["SnapshotId"]
    found = ecs.call("DescribeSnapshots", RegionId="cn-beijing", PageSize="50")["Snapshots"]["Snapshot"]
    assert snapshot in {one["SnapshotId"] for one in found}


def test_tasks_are_spelt_alike_and_none_ends_before_it_began(ecs: Caller) -> None:
    ecs.call("ImportImage", RegionId="cn-hangzhou")
    tasks = ecs.call("DescribeTasks", RegionId="cn-hangzhou")["TaskSet"]["Task"]
    assert {task["TaskAction"].isupper() for task in tasks} == {True}
    assert all(task["CreationTime"] <= task["FinishedTime"] for task in tasks if task.get("FinishedTime"))


def test_a_sample_of_an_integer_is_one_number_in_either_format() -> None:
    assert value_like(scalar("Mode", "0644", type="integer")) == "644"
    assert value_like(scalar("Mode", "0644")) == "0644"
