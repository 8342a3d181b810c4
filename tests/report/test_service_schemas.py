"""What a run over a service writes is valid by the schemas that are shipped, and what is not so is refused."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from conformance.contract.files import schemas_root
from conformance.report.events import CONVERTER
from conformance.report.service_causes import Failed
from conformance.report.service_run import (
    EVENTS,
    OperationJudged,
    ServiceFinished,
    ServiceStarted,
    line_of,
    service_run_of,
    service_summary,
)


def schema(name):
    text = (schemas_root() / "acs-conformance" / f"{name}.schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


SUMMARY, EVENT = schema("service-summary"), schema("service-event")
STARTED = ServiceStarted(
    {"name": "acs-conformance", "version": "0.1.0"}, "Toy", "2020-01-01", "http://localhost", 1,
    "2026-01-01T00:00:00+00:00", 3, ("DescribeBoats", "ListCrew"), ("DescribeBoats",), sequences=("Boat",),
)  # fmt: skip
GONE = Failed("Boat.sequences.gone", "MUST", "what was deleted is listed", steps=("DeleteBoat(BoatId=b-1) → 200",))
LINES = [
    line_of("service-started", STARTED),
    line_of("protocol-judged", OperationJudged("DescribeBoats", "list", "conformant", counts={"passed": 3})),
    line_of("operation-judged", OperationJudged("DescribeBoats", "list", "in-part", digest=f"sha256:{'0' * 64}")),
    line_of("operation-judged", OperationJudged("ListCrew", "list", "not-supported", "no object", attempted=False)),
    line_of(
        "sequences-judged",
        OperationJudged(
            "Boat", "sequences", "not-conformant", "gone", failed=(GONE,), verdicts={"sequences.gone": "failed"}
        ),
    ),
    line_of("service-finished", ServiceFinished(1.5, left=("Boat b-1",))),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=lambda line: json.loads(line)["event"])
def test_each_event_is_valid_and_anything_else_is_not(line):
    event = json.loads(line)
    assert EVENT.is_valid(event)
    assert not EVENT.is_valid({**event, "mood": "fair"})
    assert not EVENT.is_valid({**event, "event": "service-paused"})


def test_the_schema_knows_each_event_and_each_of_its_members():
    known = {one["properties"]["event"]["const"]: set(one["properties"]) - {"event"} for one in _alternatives()}
    own = {name: {a.name for a in kind.__attrs_attrs__} for name, kind in EVENTS.items()}
    assert known == own


def _alternatives():
    text = (schemas_root() / "acs-conformance" / "service-event.schema.json").read_text("utf-8")
    return json.loads(text)["oneOf"]


def test_the_summary_is_valid_and_a_verdict_that_is_none_is_not():
    summary = json.loads(json.dumps(service_summary(service_run_of(LINES))))
    SUMMARY.validate(summary)
    assert summary["sequences"]["Boat"]["failed"][0] == json.loads(json.dumps(CONVERTER.unstructure(GONE)))
    summary["operations"]["ListCrew"]["verdict"] = "fine"
    assert not SUMMARY.is_valid(summary)
