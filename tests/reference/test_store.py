"""Stores: made from a seed, read from a file, moving with the clock."""

import json
from datetime import datetime
from itertools import pairwise

import pytest

from conformance.reference.items import ItemsError, load_items, stocked
from conformance.reference.progress import progressing
from conformance.reference.seeding import generated
from tests.reference.client import Answer
from tests.reference.contracts import widgets
from tests.reference.probes import NOW, Probes, application


@pytest.fixture(scope="module")
def store(contract, protocol):
    return generated(contract, protocol)


def seconds(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").timestamp()


def test_the_same_seed_gives_the_same_store(contract, protocol, store):
    assert generated(contract, protocol).as_data() == store.as_data()
    assert generated(contract, protocol, seed=2).as_data() != store.as_data()


def test_regions_have_many_items_some_one_and_none(store):
    assert [len(items) for items in store.regions.values()] == [140, 24, 0, 1]
    assert next(iter(store.regions)) == "cn-hangzhou"


def test_no_id_is_in_two_regions(store):
    ids = [item["TaskId"] for items in store.regions.values() for item in items]
    assert len(set(ids)) == len(ids)
    assert not any("," in id for id in ids)


def test_the_store_has_something_at_every_edge(contract, store):
    items = store.regions["cn-hangzhou"]
    ids = "".join(item["TaskId"] for item in items)
    assert set("<>&\"'+%中😀\\") <= set(ids)
    assert any(a["TaskId"] != b["TaskId"] and a["TaskId"].startswith(b["TaskId"]) for a in items for b in items)
    times = sorted(seconds(item["CreationTime"]) for item in items)
    gaps = [b - a for a, b in pairwise(times)]
    assert {0, 1, 60} <= set(gaps)
    assert times[-1] - times[0] > 5 * 86400
    pairs = [(item["TaskAction"], item["TaskStatus"]) for item in items]
    assert 1 in {pairs.count(pair) for pair in pairs}
    for item in items:
        assert ("FinishedTime" in item) == (item["TaskStatus"] != "Processing")
        assert item.get("FinishedTime", "9") >= item["CreationTime"]
    listed = contract.parameter("TaskStatus").value("effective_values")
    assert {item["TaskStatus"] for item in items} == set(listed)


def test_members_without_a_role_fit_their_fields():
    (items,) = generated(widgets()).regions.values()
    assert {type(item["Enabled"]) for item in items} == {bool}
    assert {type(item["Count"]) for item in items} == {int}
    assert {len(item["Parts"]) for item in items} == {0, 1, 3}
    assert any("&" in item["Label"] for item in items)
    assert any("中" in item["Label"] for item in items)


def write(tmp_path, name, data):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


GOOD = """
regions:
  cn-hangzhou:
    - {TaskId: t-1, TaskAction: ImportImage, TaskStatus: Finished, SupportCancel: true,
       CreationTime: 2015-11-24T12:50:31Z, FinishedTime: "2015-11-24T12:51Z"}
    - {TaskId: t-2, TaskAction: ImportImage, TaskStatus: Processing, SupportCancel: "false",
       CreationTime: 2015-11-24T12:50Z, FinishedTime: null}
  cn-beijing: []
"""


def test_a_file_becomes_a_store(contract, tmp_path):
    store = load_items(write(tmp_path, "items.yaml", GOOD), contract)
    first, second = store.regions["cn-hangzhou"]
    assert first == {
        "CreationTime": "2015-11-24T12:50:31Z", "FinishedTime": "2015-11-24T12:51:00Z", "SupportCancel": "true",
        "TaskAction": "ImportImage", "TaskId": "t-1", "TaskStatus": "Finished",
    }  # fmt: skip
    assert second["CreationTime"] == "2015-11-24T12:50:00Z"
    assert "FinishedTime" not in second
    assert store.regions["cn-beijing"] == ()


def test_a_store_is_read_back_from_its_own_data(contract, store, tmp_path):
    assert stocked(store.as_data(), contract, "data").as_data() == store.as_data()
    assert load_items(write(tmp_path, "items.json", store.as_data()), contract).as_data() == store.as_data()


def test_an_operation_without_regions_has_its_items_at_the_top(tmp_path):
    made = generated(widgets(), sizes=(3,))
    path = write(tmp_path, "widgets.json", {"items": made.as_data()["regions"][""]})
    assert load_items(path, widgets()).as_data() == made.as_data()


ITEM = {"TaskId": "t-1", "TaskAction": "ImportImage", "TaskStatus": "Processing", "SupportCancel": True,
        "CreationTime": "2015-11-24T12:50Z"}  # fmt: skip


def one(**changes):
    item = {k: v for k, v in {**ITEM, **changes}.items() if v is not None}
    return {"regions": {"cn-hangzhou": [item]}}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "expected `regions: {NAME: [item, ...]}`"),
        ({"regions": []}, "expected `regions: {NAME: [item, ...]}`"),
        ({"regions": {"cn-hangzhou": {}}}, "region cn-hangzhou: expected a list of items, found {}"),
        ({"regions": {"r": ["t-1"]}}, 'region r, item 1: expected the members of an item, found "t-1"'),
        (one(TaskID="x"), "item 1: no such member: TaskID; did you mean TaskId?"),
        (one(TaskId=None), "item 1: TaskId is missing"),
        (one(TaskStatus="Done"), 'item 1: TaskStatus: expected one of Finished, Processing, Failed, found "Done"'),
        (one(CreationTime="yesterday"), "CreationTime: expected a UTC time such as 2015-11-24T12:50:31Z"),
        (one(CreationTime="2015-02-30T00:00Z"), "CreationTime: expected a UTC time such as 2015-11-24T12:50:31Z"),
        (one(TaskId=["t"]), 'TaskId: expected text, found ["t"]'),
        ({"regions": {"r": [ITEM, ITEM]}}, "region r, item 2: TaskId t-1 is there twice; each item needs its own"),
        ("regions: [", "is not YAML (line"),
        ("\tregions", "is not YAML (line 1)"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_told_where(contract, tmp_path, data, message):
    path = write(tmp_path, "items.yaml", data)
    with pytest.raises(ItemsError) as told:
        load_items(path, contract)
    assert str(told.value).startswith(f"{path}: ")
    assert message in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [("Weight", "heavy", "expected a number"), ("Count", 1.5, "expected a whole number"),
     ("Count", True, "whole number"), ("Enabled", "yes", "expected true or false")],
)  # fmt: skip
def test_types_are_checked(member, value, message):
    data = generated(widgets(), sizes=(1,)).as_data()["regions"][""]
    with pytest.raises(ItemsError, match=f"item 1: {member}: .*{message}"):
        stocked({"items": [{**data[0], member: value}]}, widgets(), "data")


def test_files_that_are_not_there_or_no_json_are_told(contract, tmp_path):
    for path, message in (
        (tmp_path / "none.yaml", "cannot be read: No such file"),
        (tmp_path / "none.json", "cannot be read: No such file"),
        (write(tmp_path, "bad.json", "{,"), "is not JSON (line 1)"),
    ):  # fmt: skip
        with pytest.raises(ItemsError) as told:
            load_items(path, contract)
        assert message in str(told.value)


# ------------------------------------------------------------------------------------------------------- progress


def test_items_finish_appear_and_go_with_the_clock(contract, store):
    moving = progressing(store, contract, NOW, period=10)
    before, after = (moving.items("cn-hangzhou", NOW + t) for t in (0, 20.1))
    assert before == store.regions["cn-hangzhou"]
    unfinished = [item["TaskId"] for item in before if item["TaskStatus"] == "Processing"]
    later = {item["TaskId"]: item for item in after}
    assert unfinished
    left = [later[id] for id in unfinished if id in later]
    assert all(item["TaskStatus"] == "Finished" and item["FinishedTime"] for item in left)
    assert len([item for item in before if item["TaskId"] not in later]) == len(before) // 10
    new = [item for item in after if item["TaskId"] not in {i["TaskId"] for i in before}]
    assert len(new) == len(before) // 10
    assert all(item["CreationTime"] <= item["FinishedTime"] for item in new)
    assert min(item["CreationTime"] for item in new) >= "2023-11-14T22:13:20Z"
    assert moving.items("cn-beijing", NOW + 20) == store.items("cn-beijing", NOW)


def test_new_items_begin_unfinished_and_nothing_goes_back(contract, store):
    moving = progressing(store, contract, NOW, period=10)
    seen = {}
    for step in range(42):
        for item in moving.items("cn-hangzhou", NOW + step / 2):
            before = seen.get(item["TaskId"])
            if before is None and step:
                assert item["TaskStatus"] == "Processing"
                assert "FinishedTime" not in item
            if before and before["TaskStatus"] != "Processing":
                assert item == before
            seen[item["TaskId"]] = item
    assert len(seen) == 140 + 14


def test_the_course_is_the_same_for_the_same_arguments(contract, store):
    first, second = (progressing(store, contract, NOW, period=10) for _ in range(2))
    assert first.items("cn-hangzhou", NOW + 5) == second.items("cn-hangzhou", NOW + 5)
    assert first.as_data() == store.as_data() != first.as_data(NOW + 5)


def test_a_server_shows_the_course_by_its_clock(contract, protocol, store):
    moving = progressing(store, contract, NOW - 100, period=10)
    probes = Probes(store)
    response = application(contract, protocol, moving).respond(probes.v1({"RegionId": "cn-hangzhou"}))
    assert Answer(200, {}, response.body).json["TotalCount"] == 140
