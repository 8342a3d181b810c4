"""The metadata of a made-up service, the fair of a market town: stalls in regions, goods that are brought by a task."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
REGION = {"name": "RegionId", "in": "query", "schema": {"type": "string", "required": True, "example": "cn-hangzhou"}}
STATUS = "The state of the stall. Valid values:\n\n- Open: it sells.\n- Closed: it does not."
STALL: Mapping[str, Schema] = {
    "StallId": {"type": "string", "description": "The ID of the stall.", "example": "stl-bp67acfmxazb4p****"},
    "StallName": {"type": "string", "description": "The name of the stall.", "example": "testStall"},
    "Status": {"type": "string", "description": STATUS, "example": "Open"},
    "Width": {"type": "integer", "format": "int32", "description": "The width in feet.", "example": "10"},
    "CreationTime": {
        "type": "string",
        "description": "The time when it was put up, in the yyyy-MM-ddTHH:mm:ssZ format.",
        "example": "2021-06-07T06:08:54Z",
    },
    "OrderId": {"type": "string", "description": "Returned only for paid stalls.", "example": "123456****"},
}
PUBLIC = {name: schema for name, schema in STALL.items() if name != "OrderId"}
TASK: Mapping[str, Schema] = {
    "TaskId": {"type": "string", "example": "t-bp67acfmxazb4p****"},
    "TaskAction": {"type": "string", "example": "ImportGoods"},
    "TaskStatus": {
        "type": "string",
        "description": "The state. Valid values:\n\n- Finished: done.\n- Processing: under way.\n- Failed: not done.",
        "example": "Finished",
    },
    "SupportCancel": {"type": "string", "example": "true"},
    "CreationTime": {"type": "string", "example": "2021-06-07T06:08Z"},
    "FinishedTime": {"type": "string", "example": "2021-06-07T06:09Z"},
}
PAGING = {"TotalCount": {"type": "integer"}, "PageNumber": {"type": "integer"}, "PageSize": {"type": "integer"}}


def asked(name: str, required: bool = False, **schema: Any) -> Schema:
    """A parameter in the query."""
    return {"name": name, "in": "query", "schema": {"type": "string", "required": required, **schema}}


def listed(wrapper: str, item: str, members: Mapping[str, Schema]) -> Schema:
    """A list in its wrapper."""
    items = {"type": "object", "properties": dict(members)}
    return {wrapper: {"type": "object", "properties": {item: {"type": "array", "items": items}}}}


def api(kind: str, parameters: Sequence[Schema], members: Mapping[str, Schema], **more: Any) -> Schema:
    """An operation of the metadata."""
    answer = {"RequestId": {"type": "string", "example": "473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E"}, **members}
    return {
        "methods": ["post", "get"],
        "systemTags": {"operationType": kind},
        "parameters": [REGION, *parameters],
        "responses": {"200": {"schema": {"type": "object", "properties": answer}}},
        **more,
    }


PAGED = (
    asked("PageNumber", type="integer", minimum="1", default="1", example="1"),
    asked("PageSize", type="integer", minimum="1", maximum="50", default="10", example="10"),
)
STALL_ID = asked("StallId", True, example="stl-bp67acfmxazb4p****")
NOT_FOUND = {"404": [{"errorCode": "InvalidStallId.NotFound", "errorMessage": "The specified StallId is not there."}]}
APIS: Mapping[str, Schema] = {
    "CreateStall": api(
        "create",
        [
            asked("StallName", True, example="testStall"),
            asked("Width", type="integer", minimum="1", maximum="40", example="10"),
            {
                "name": "Tag",
                "in": "query",
                "style": "repeatList",
                "schema": {
                    "type": "array",
                    "maxItems": 20,
                    "items": {"type": "object", "properties": {"Key": {"type": "string"}, "Value": {"type": "string"}}},
                },
            },
            asked("ClientToken", example="123e4567-e89b-12d3"),
            asked("DryRun", type="boolean", example="false"),
        ],
        {"StallId": STALL["StallId"], "OrderId": STALL["OrderId"]},
        errorCodes={"403": [{"errorCode": "QuotaExceed.Stall", "errorMessage": "There are too many stalls."}]},
        responseDemo=json.dumps(
            [{"type": "json", "example": '{"RequestId": "4734", "StallId": "stl-bp67****", "OrderId": "12****"}'}]
        ),
    ),
    "DescribeStalls": api(
        "get",
        [
            *PAGED,
            asked("StallIds", description="A JSON array of up to 100 IDs.", example='["stl-1", "stl-2"]'),
            asked("StallName", example="testStall"),
            asked("Status", description=STATUS, example="Open"),
        ],
        {**PAGING, **listed("Stalls", "Stall", STALL)},
    ),
    "DescribeStallAttribute": api("get", [STALL_ID], PUBLIC, errorCodes=NOT_FOUND),
    "ModifyStallAttribute": api("update", [STALL_ID, asked("StallName", example="new")], {}, errorCodes=NOT_FOUND),
    "CloseStall": api("update", [STALL_ID], {}, errorCodes=NOT_FOUND),
    "StartStall": api("update", [STALL_ID], {}, errorCodes=NOT_FOUND),
    "DeleteStall": api("delete", [STALL_ID], {}, errorCodes=NOT_FOUND),
    "ImportGoods": api("update", [STALL_ID], {"TaskId": TASK["TaskId"]}, errorCodes=NOT_FOUND),
    "DescribeTasks": api(
        "get",
        [*PAGED, asked("TaskIds", description="Up to 100 IDs, separated by commas (,)."), asked("TaskStatus")],
        {**PAGING, **listed("TaskSet", "Task", TASK)},
    ),
    "DescribeTaskAttribute": api("get", [asked("TaskId", True)], TASK),
    "CancelTask": api("update", [asked("TaskId", True)], {}),
    "DescribeTokens": api(
        "list",
        [asked("NextToken"), asked("MaxResults", type="integer")],
        {"NextToken": {"type": "string"}, **listed("Tokens", "Token", {"TokenId": {"type": "string"}})},
        deprecated=True,
    ),
    "ReportStall": api("get", [STALL_ID], {}),
}
FAIR: Mapping[str, Any] = {
    "info": {"style": "RPC", "product": "Fair", "version": "2020-01-01"},
    "components": {"schemas": {}},
    "apis": APIS,
    "endpoints": [
        {"regionId": region, "endpoint": f"fair.{region}.example"} for region in ("cn-hangzhou", "cn-beijing")
    ],
}
BY_PATH: Mapping[str, Any] = {
    "info": {"style": "ROA", "product": "Fields", "version": "2020-01-01"},
    "components": {"schemas": {"crop": {"type": "object", "properties": {"name": {"type": "string"}}}}},
    "apis": {
        "CreateField": {
            "path": "/fields",
            "methods": ["post"],
            "systemTags": {"operationType": "create"},
            "parameters": [
                {
                    "name": "body",
                    "in": "body",
                    "schema": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string", "required": True},
                            "crop": {"$ref": "#/components/schemas/crop"},
                        },
                    },
                }
            ],
            "responses": {"200": {"schema": {"type": "object", "properties": {"field_id": {"type": "string"}}}}},
        },
        "DescribeFieldDetail": {
            "path": "/fields/{FieldId}",
            "methods": ["get"],
            "systemTags": {"operationType": "get"},
            "parameters": [{"name": "FieldId", "in": "path", "schema": {"type": "string", "required": True}}],
            "responses": {"200": {"schema": {"$ref": "#/components/schemas/crop"}}},
        },
        "DeleteField": {
            "path": "/fields/{field_id}",
            "methods": ["delete"],
            "systemTags": {"operationType": "delete"},
            "parameters": [{"name": "field_id", "in": "path", "schema": {"type": "string", "required": True}}],
            "responses": {"200": {}},
        },
        "ListFields": {
            "path": "/fields",
            "methods": ["get"],
            "systemTags": {"operationType": "list"},
            "parameters": [],
            "responses": {"200": {"schema": {"type": "array", "items": {"type": "object"}}}},
        },
    },
    "endpoints": [],
}


def written(folder: Path, document: Mapping[str, Any] = FAIR, packed: bool = False) -> Path:
    """The metadata as a file."""
    text = json.dumps(document)
    path = folder / ("fair.api-docs.json.gz" if packed else "fair.api-docs.json")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path
