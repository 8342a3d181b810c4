"""Two contracts made by hand: one like the documented listing of tasks, one of an invented listing that differs from it
in every respect that the reference could have taken for granted."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.files import schemas_root
from conformance.contract.model import (
    Alternative,
    Choice,
    Citation,
    Constraint,
    Contract,
    ErrorCode,
    Field,
    Filter,
    IdList,
    OptionalField,
    Paging,
    Parameter,
    Semantics,
    TimeRange,
)
from conformance.ledger.choices import choice_id

HERE = (Citation("test", "test"),)
ECS = schemas_root() / "ecs" / "2014-05-26"


def parameter(name, type="string", required=False, examples=(), **constraints):
    rules = tuple(Constraint(kind, value) for kind, value in constraints.items())
    return Parameter(name, type, required, HERE, rules, examples)


def scalar(name, *examples, type="string", **more):
    constraints = tuple(Constraint(k, more.pop(k)) for k in ("time_format", "enum") if k in more)
    return Field(name, type, HERE, examples=examples, constraints=constraints, **more)


def choice(kind, subject, *alternatives, preferred=None, per_format=False):
    return Choice(
        choice_id(kind, subject),
        kind,
        subject,
        "silence",
        f"{kind} of {subject}",
        tuple(Alternative(a, a) for a in alternatives),
        preferred or alternatives[0],
        per_format,
    )


def tasks() -> Contract:
    second, minute = "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mmZ"
    item = (
        scalar("CreationTime", "2015-11-24T12:50Z", time_format=minute),
        scalar("FinishedTime", "2015-11-24T12:50Z", time_format=minute),
        scalar("SupportCancel", "true"),
        scalar("TaskAction", "IMPORT_IMAGE"),
        scalar("TaskId", "t-bp1hvgwromzv32iq****"),
        scalar("TaskStatus", "Finished"),
    )
    return Contract(
        product="Ecs",
        version="2014-05-26",
        operation="DescribeTasks",
        revisions=(),
        parameters=(
            parameter("Action"),
            parameter("RegionId", required=True, examples=("cn-hangzhou",)),
            parameter("PageNumber", "integer", examples=("1",), default=1, minimum=1),
            parameter("PageSize", "integer", examples=("2",), default=10, minimum=1, maximum=100),
            parameter("TaskIds", examples=("t-bp1hvgwromzv32iq****",), max_items=100, separator=","),
            parameter("TaskAction", examples=("ImportImage",), enum=["ImportImage", "ExportImage", "RedeployInstance"]),
            parameter(
                "TaskStatus",
                examples=("Finished",),
                enum=["Finished", "Processing", "Waiting", "Deleted", "Paused", "Failed"],
                effective_values=["Finished", "Processing", "Failed"],
            ),
            parameter("StartTime", examples=("2015-11-23T15:10:00Z",), time_format=second),
            parameter("EndTime", examples=("2015-11-23T15:16:00Z",), time_format=second),
        ),
        response=(
            scalar("PageNumber", "1", type="integer"),
            scalar("PageSize", "2", type="integer"),
            scalar("RegionId", "cn-hangzhou"),
            scalar("RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"),
            Field("TaskSet", "object", HERE, (Field("Task", "array", HERE, item),)),
            scalar("TotalCount", "2", type="integer"),
        ),
        errors=(
            ErrorCode(400, "MissingParameter", "RegionId is missing.", HERE, "RegionId"),
            ErrorCode(400, "InvalidRegionId.NotFound", "The specified RegionId does not exist.", HERE, "RegionId"),
        ),
        samples=(),
        semantics=Semantics(
            items="TaskSet.Task",
            key="TaskId",
            region="RegionId",
            region_echo="RegionId",
            paging=Paging("PageNumber", "PageSize", "TotalCount", "PageNumber", "PageSize"),
            ids=IdList("TaskIds", "TaskId", 100),
            range=TimeRange("StartTime", "EndTime", "CreationTime"),
            filters=(Filter("TaskAction", "TaskAction"), Filter("TaskStatus", "TaskStatus")),
            optional_fields=(OptionalField("FinishedTime", "TaskStatus", ("Finished", "Failed")),),
        ),
        choices=(
            choice("list-form", "TaskSet", "object", "array-of-one"),
            choice("empty-list", "TaskSet", "empty-list", "empty-wrapper", "absent"),
            choice("json-type", "TaskSet.Task.SupportCancel", "string", "boolean"),
            choice("spelling", "TaskSet.Task.TaskAction", "as-listed", "capitals", per_format=True),
            choice("time-precision", "TaskSet.Task.CreationTime", "minutes", "seconds"),
            choice("time-precision", "TaskSet.Task.FinishedTime", "minutes", "seconds"),
            choice("missing-value", "TaskSet.Task.FinishedTime", "absent", "empty"),
            choice("order", "TaskSet.Task", "newest-first", "oldest-first", "by-key", "other"),
            choice("required", "Action", "required", "optional"),
            choice("id-syntax", "TaskIds", "comma", "json-array", "both"),
            choice("short-time", "StartTime", "accepted", "rejected"),
            choice("short-time", "EndTime", "accepted", "rejected"),
            choice("range-bound", "StartTime", "inclusive", "exclusive"),
            choice("range-bound", "EndTime", "inclusive", "exclusive"),
            choice("above-maximum", "PageSize", "rejected", "clamped"),
            choice("below-minimum", "PageSize", "rejected", "clamped", "default"),
            choice("below-minimum", "PageNumber", "rejected", "clamped", "default"),
            choice("clamped-echo", "PageSize", "effective", "requested"),
            choice("malformed", "PageSize", "rejected", "ignored"),
            choice("malformed", "PageNumber", "rejected", "ignored"),
            choice("malformed", "StartTime", "rejected", "ignored", "matches-nothing"),
            choice("malformed", "EndTime", "rejected", "ignored", "matches-nothing"),
            choice("blank-id", "TaskIds", "ignored", "matches-nothing", "rejected"),
            choice("too-many-ids", "TaskIds", "rejected", "truncated", "all-answered"),
            choice("unknown-value", "TaskStatus", "matches-nothing", "drops-filter", "rejected"),
            choice("unknown-value", "TaskAction", "matches-nothing", "drops-filter", "rejected"),
            choice("unknown-id", "TaskIds", "matches-nothing", "rejected"),
            choice("empty-value", "TaskStatus", "ignored", "matches-nothing", "rejected"),
            choice("empty-value", "TaskAction", "ignored", "matches-nothing", "rejected"),
            choice("empty-value", "TaskIds", "ignored", "matches-nothing", "rejected"),
            choice("empty-value", "StartTime", "ignored", "matches-nothing", "rejected"),
            choice("empty-value", "EndTime", "ignored", "matches-nothing", "rejected"),
            choice("beyond-the-end", "PageNumber", "empty-page", "last-page", "rejected"),
            choice("inverted-range", "StartTime", "matches-nothing", "ignored", "rejected"),
            choice("unknown-parameter", "request", "ignored", "rejected"),
            choice("unknown-format", "Format", "rejected", "default-format"),
            choice("error", "InvalidRegionId.NotFound", "InvalidRegionId.NotFound/400", "InvalidRegionId.NotFound/404"),
            choice("error", "PageSize", "InvalidParameter/400", "InvalidPageSize/400"),
            choice("error-message", "MissingParameter", "page", "common"),
        ),
    )


def widgets() -> Contract:
    """No region, ids repeated (`WidgetId.N`), an unwrapped list, numbers, free text, nested members, no choices."""
    item = (
        scalar("WidgetId", "w-12345678"),
        scalar("Label", "a label"),
        scalar("Weight", "1.5", type="number"),
        scalar("Count", "3", type="integer"),
        scalar("Enabled", "true", type="boolean"),
        scalar("BornOn", "2020-01-01T00:00:00Z", time_format="yyyy-MM-ddTHH:mm:ssZ"),
        scalar("Kind", "Round"),
        Field("Tags", "object", HERE, (Field("Tag", "array", HERE, (scalar("Key", "k"), scalar("Value", "v"))),)),
        Field("Parts", "array", HERE, item_type="string", xml_item="Part"),
    )
    return Contract(
        product="Toy",
        version="2020-01-01",
        operation="ListWidgets",
        revisions=(),
        parameters=(
            parameter("WidgetId.N", max_items=5),
            parameter("Kind", enum=["Round", "Square"]),
            parameter("Label"),
            parameter("Enabled", "boolean"),
            parameter("Limit", "integer", default=7, maximum=50),
            parameter("Page", "integer", default=1),
        ),
        response=(
            scalar("RequestId", "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"),
            Field("Widgets", "array", HERE, item, xml_item="Widget"),
            scalar("Total", "2", type="integer"),
        ),
        errors=(),
        samples=(),
        semantics=Semantics(
            items="Widgets",
            key="WidgetId",
            paging=Paging("Page", "Limit", "Total"),
            ids=IdList("WidgetId.N", "WidgetId", 5),
            filters=(Filter("Kind", "Kind"), Filter("Label", "Label"), Filter("Enabled", "Enabled")),
        ),
    )


def without_choices(contract: Contract) -> Contract:
    return evolve(contract, choices=())
