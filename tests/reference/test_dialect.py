"""Each alternative of each kind of choice, as the reference takes it."""

import re

import pytest
from attrs import evolve

from conformance.contract.model import Alternative, Choice
from conformance.reference.message import Request
from conformance.reference.seeding import generated
from tests.reference.client import Answer
from tests.reference.contracts import tasks
from tests.reference.probes import Probes, application

CONTRACT = tasks()
STORE = generated(CONTRACT)
PROBES = Probes(STORE)
HERE = PROBES.first
TIMES = sorted(item["CreationTime"] for item in PROBES.items)
IDS = [item["TaskId"] for item in PROBES.items]


def ask(dialect=None, xml=False, **parameters):
    server = application(CONTRACT, None, STORE, dialect=dialect)
    parameters = {"RegionId": HERE, **{k: v for k, v in parameters.items() if v is not None}}
    response = server.respond(PROBES.v1(parameters, format="XML" if xml else "JSON"))
    return Answer(response.status, {}, response.body)


def total(dialect, **parameters):
    """The total, or the code of the error."""
    found = ask(dialect, **parameters)
    return int(found.text("TotalCount")) if found.status == 200 else found.code


def test_list_form():
    assert isinstance(ask().json["TaskSet"], dict)
    assert [list(w) for w in ask({"TaskSet.list-form": "array-of-one"}).json["TaskSet"]] == [["Task"]]
    assert ask(xml=True).body == ask({"TaskSet.list-form": "array-of-one"}, xml=True).body


@pytest.mark.parametrize(
    ("taken", "expected"),
    [("empty-list", {"TaskSet": {"Task": []}}), ("empty-wrapper", {"TaskSet": {}}), ("absent", {})],
)
def test_empty_list(taken, expected):
    found = ask({"TaskSet.empty-list": taken}, RegionId=PROBES.third).json
    assert {k: v for k, v in found.items() if k == "TaskSet"} == expected
    assert found["TotalCount"] == 0


def test_json_type():
    flags = {task["SupportCancel"] for task in ask().json["TaskSet"]["Task"]}
    assert flags == {"true", "false"}
    taken = {"TaskSet.Task.SupportCancel.json-type": "boolean"}
    assert {task["SupportCancel"] for task in ask(taken).json["TaskSet"]["Task"]} == {True, False}
    assert ask(xml=True).tasks == ask(taken, xml=True).tasks == ask(taken).tasks


def test_spelling_for_one_format_alone():
    taken = {"TaskSet.Task.TaskAction.spelling@xml": "capitals"}
    assert {task["TaskAction"] for task in ask(taken, xml=True, PageSize="100").tasks} == {
        "IMPORT_IMAGE", "EXPORT_IMAGE", "REDEPLOY_INSTANCE",
    }  # fmt: skip
    assert {task["TaskAction"] for task in ask(taken, PageSize="100").tasks} >= {"ImportImage", "ExportImage"}


def test_time_precision():
    assert {len(task["CreationTime"]) for task in ask().tasks} == {len("2015-11-24T12:50Z")}
    taken = {"TaskSet.Task.CreationTime.time-precision": "seconds"}
    assert {task["CreationTime"] for task in ask(taken).tasks} <= set(TIMES)


def test_missing_value():
    absent = ask(TaskStatus="Processing").json["TaskSet"]["Task"]
    assert not any("FinishedTime" in task for task in absent)
    taken = {"TaskSet.Task.FinishedTime.missing-value": "empty"}
    assert {task["FinishedTime"] for task in ask(taken, TaskStatus="Processing").json["TaskSet"]["Task"]} == {""}


def test_order():
    by_id = {item["TaskId"]: item for item in PROBES.items}
    orders = ("newest-first", "oldest-first", "by-key", "other")
    listed = {o: ask({"TaskSet.Task.order": o}, PageSize="100").ids for o in orders}
    times = {o: [by_id[id]["CreationTime"] for id in ids] for o, ids in listed.items()}
    assert times["newest-first"] == sorted(TIMES, reverse=True)[:100]
    assert times["oldest-first"] == TIMES[:100]
    assert listed["by-key"] == sorted(IDS)[:100]
    assert listed["other"] not in (listed["by-key"], listed["newest-first"], listed["oldest-first"])


EVERY = len(IDS)
FINISHED = sum(item["TaskStatus"] == "Finished" for item in PROBES.items)
AT_40 = sum(time == TIMES[40] for time in TIMES)
REFUSED = "InvalidParameter"
AS_EMPTY = {"ignored": EVERY, "matches-nothing": 0, "rejected": REFUSED}


@pytest.mark.parametrize(
    ("choice", "outcomes", "parameters"),
    [
        ("TaskIds.id-syntax", {"comma": 2, "json-array": REFUSED, "both": 2}, {"TaskIds": ",".join(IDS[:2])}),
        ("TaskIds.id-syntax", {"comma": 0, "json-array": 2, "both": 2}, {"TaskIds": f'["{IDS[0]}", "{IDS[1]}"]'}),
        ("TaskIds.id-syntax", {"json-array": REFUSED, "both": REFUSED}, {"TaskIds": "[" * 5000}),
        ("StartTime.short-time", {"accepted": EVERY, "rejected": REFUSED}, {"StartTime": "2015-01-01T00:00Z"}),
        ("StartTime.range-bound", {"inclusive": EVERY, "exclusive": EVERY - TIMES.count(TIMES[0])},
         {"StartTime": TIMES[0]}),
        ("EndTime.range-bound", {"inclusive": TIMES.count(TIMES[0]), "exclusive": 0}, {"EndTime": TIMES[0]}),
        ("PageSize.above-maximum", {"rejected": REFUSED, "clamped": EVERY}, {"PageSize": "101"}),
        ("PageSize.below-minimum", {"rejected": REFUSED, "clamped": EVERY, "default": EVERY}, {"PageSize": "0"}),
        ("PageNumber.malformed", {"rejected": REFUSED, "ignored": EVERY}, {"PageNumber": "one"}),
        ("StartTime.malformed", {"rejected": REFUSED, "ignored": EVERY, "matches-nothing": 0}, {"StartTime": "soon"}),
        ("TaskIds.too-many-ids", {"rejected": REFUSED, "truncated": 100, "all-answered": 101},
         {"TaskIds": ",".join(IDS[:101])}),
        ("TaskStatus.unknown-value", {"drops-filter": EVERY, "matches-nothing": 0, "rejected": REFUSED},
         {"TaskStatus": "Odd"}),
        ("TaskStatus.unknown-value", {"drops-filter": EVERY, "matches-nothing": 0, "rejected": 0},
         {"TaskStatus": "Paused"}),
        ("TaskIds.unknown-id", {"matches-nothing": 1, "rejected": REFUSED}, {"TaskIds": f"{IDS[5]},t-none"}),
        ("TaskIds.blank-id", {"ignored": 2, "matches-nothing": 0, "rejected": REFUSED},
         {"TaskIds": f"{IDS[5]}, ,{IDS[6]},"}),
        ("TaskStatus.empty-value", AS_EMPTY, {"TaskStatus": ""}),
        ("TaskIds.empty-value", AS_EMPTY, {"TaskIds": ""}),
        ("EndTime.empty-value", AS_EMPTY, {"EndTime": ""}),
        ("PageNumber.beyond-the-end", {"empty-page": EVERY, "last-page": EVERY, "rejected": REFUSED},
         {"PageNumber": "99"}),
        ("StartTime.inverted-range", {"matches-nothing": 0, "ignored": EVERY, "rejected": REFUSED},
         {"StartTime": TIMES[50], "EndTime": TIMES[10]}),
        ("request.unknown-parameter", {"ignored": EVERY, "rejected": REFUSED}, {"Colour": "red"}),
        ("InvalidRegionId.NotFound.error", dict.fromkeys(("InvalidRegionId.NotFound/404",), "InvalidRegionId.NotFound"),
         {"RegionId": "nowhere"}),
        ("PageSize.error", {"InvalidParameter/400": REFUSED, "InvalidPageSize/400": "InvalidPageSize"},
         {"PageSize": "x"}),
    ],
)  # fmt: skip
def test_alternatives(choice, outcomes, parameters):
    assert {taken: total({choice: taken}, **parameters) for taken in outcomes} == outcomes


def test_beyond_the_end_shows_the_last_page():
    last = ask(PageSize="50", PageNumber="3")
    assert ask({"PageNumber.beyond-the-end": "last-page"}, PageSize="50", PageNumber="9").ids == last.ids != []
    assert ask(PageSize="50", PageNumber="9").ids == []


def test_clamped_echo():
    clamped = {"PageSize.above-maximum": "clamped"}
    assert ask(clamped, PageSize="500").json["PageSize"] == 100
    assert ask({**clamped, "PageSize.clamped-echo": "requested"}, PageSize="500").json["PageSize"] == 500


def test_unknown_format():
    server = application(CONTRACT, None, STORE, dialect={"Format.unknown-format": "default-format"})
    assert server.respond(PROBES.v1({"RegionId": HERE}, format="YAML")).body.startswith(b"<?xml")
    assert application(CONTRACT, None, STORE).respond(PROBES.v1({"RegionId": HERE}, format="YAML")).status == 400


def test_action_may_be_optional():
    left_out = PROBES.v1({"RegionId": HERE}, common={"Action": None})
    assert application(CONTRACT, None, STORE).respond(left_out).status == 400
    assert application(CONTRACT, None, STORE, dialect={"Action.required": "optional"}).respond(left_out).status == 200


def test_error_wording():
    assert ask(RegionId="").text("Message") == "RegionId is missing."
    common = ask({"MissingParameter.error-message": "common"}, RegionId="").text("Message")
    assert common == 'The input parameter "RegionId" that is mandatory for processing this request is not supplied.'


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"TaskSet.listform": "object"}, "no such choice: TaskSet.listform; did you mean TaskSet.list-form?"),
        ({"TaskSet.list-form": "list"}, "choice TaskSet.list-form has no alternative 'list'; it has object"),
        ({"TaskSet.list-form@yaml": "object"}, "no such choice: TaskSet.list-form@yaml"),
    ],
)
def test_a_wrong_dialect_is_told(wanted, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        application(CONTRACT, None, STORE, dialect=wanted)


def test_paths_other_than_the_root_are_not_found():
    request = Request("GET", "/docs", "")
    assert application(CONTRACT, None, STORE).respond(request).status == 404


@pytest.mark.parametrize("xml", [False, True])
def test_item_name(xml):
    both = Choice(
        "Task.item-name",
        "item-name",
        "Task",
        "contradiction",
        "?",
        (Alternative("Task", "?"), Alternative("Job", "?")),
        "Task",
        True,
    )
    server = application(
        evolve(CONTRACT, choices=(*CONTRACT.choices, both)), None, STORE, dialect={"Task.item-name": "Job"}
    )
    body = server.respond(PROBES.v1({"RegionId": HERE}, format="XML" if xml else "JSON")).body
    usual = ask(xml=xml).body
    assert body != usual
    assert [re.sub(rb"\bJob\b", b"Task", re.sub(rb"RequestId\W+[\w-]+", b"", b)) for b in (body,)] == [
        re.sub(rb"RequestId\W+[\w-]+", b"", usual)
    ]
