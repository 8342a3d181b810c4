"""Readers of what a run keeps for later, of whole services, and of answers: valid inputs, and the errors for others."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from conformance.cli.run_options import values_in
from conformance.contract.files import ContractError, load_contract, schemas_root
from conformance.contract.service import load_service
from conformance.derive.page import PageError
from conformance.derive.reading import read_page
from conformance.derive.service import derive_service, read_service
from conformance.endpoint.answer import Answer
from conformance.endpoint.lifecycle.creations import Creations
from conformance.endpoint.resumption import keep_settings, resumed
from conformance.endpoint.settings import Settings
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import Watch
from conformance.errors import Refusal
from conformance.foreign import SAFE
from conformance.report.league_files import release_in
from conformance.report.service_evidence import service_stream
from conformance.report.service_run import OperationJudged, ServiceStarted, ServiceStreamError, service_run_of
from conformance.sdk.resumption import keep, resumption
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from conformance.wire.redaction import redact_body
from tests.services import FAIR

OPERATION = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
LAYOUTS = Path(__file__).parents[1] / "derive" / "layouts"
STARTED = ServiceStarted(
    {"name": "acs-conformance", "version": "1"}, "Ecs", "2014-05-26", "somewhere", 7, "2026-11-26T00:00:00Z", 3,
    ("ListA", "MakeB"), (),
)  # fmt: skip
CREATED = (
    {"event": "run", "format_version": 1, "creates": 20, "url": "http://127.0.0.1:1", "service": "ecs"},
    {"event": "intent", "number": 1, "operation": "MakeB", "resource": "B", "region": "cn", "texts": {"Name": "x"},
     "token": None},
    {"event": "created", "number": 1, "ids": ["b-1"]},
    {"event": "gone", "number": 1, "id": "b-1", "how": "removed"},
    {"event": "intent", "number": 2, "operation": "MakeB", "resource": "B", "region": "cn", "texts": {}, "token": "t"},
    {"event": "refused", "number": 2, "code": "Forbidden"},
)  # fmt: skip
RESULT = {
    "RequestId": "r", "TotalCount": 1, "PageNumber": 1, "PageSize": 10, "RegionId": "cn-hangzhou",
    "TaskSet": {"Task": [{"TaskId": "t-1", "SupportCancel": "true", "CreationTime": "2020-01-01T00:00Z"}]},
}  # fmt: skip
ERROR = {"RequestId": "r", "HostId": "h", "Code": "Throttling", "Message": "m"}
XML = (
    b'<?xml version="1.0"?><DescribeTasksResponse><RequestId>r</RequestId><TotalCount>1</TotalCount><TaskSet><Task>'
    b"<TaskId>t-1</TaskId></Task></TaskSet></DescribeTasksResponse>"
)
VALUES = b"RegionId: cn-hangzhou\nDescribeTasks: {PageSize: 10, TaskIds: 't-1'}\n"


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@cache
def service_run() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        with service_stream(Path(name), STARTED, lambda judged, event: None) as told:
            told("operation-judged", OperationJudged("ListA", "list", "conformant", "", digest="sha256:0"))
            told("operation-judged", OperationJudged("MakeB", "create", "not-supported", "why", attempted=False))
        return (Path(name) / "events.jsonl").read_bytes()


@cache
def run_settings() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        keep_settings(Path(name), Settings(folder=OPERATION), "2026-01-01T00:00:00Z", ("sha256:a", "sha256:b"))
        return (Path(name) / "run.json").read_bytes()


@cache
def sdk_settings() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        keep(Path(name), "sha256:a", {"service": "ecs", "select": ["*"]})
        return (Path(name) / "run.json").read_bytes()


def creations(folder: Path, data: bytes) -> object:
    kept = Creations(put(folder, "created.jsonl", data))
    return kept.head, [(c.counts, c.is_over) for c in kept.all]


def sdk_resumption(folder: Path, data: bytes) -> object:
    put(folder, "run.json", sdk_settings())
    put(folder, "events.jsonl", data)
    return resumption(folder)


def sdk_asked(folder: Path, data: bytes) -> object:
    put(folder, "events.jsonl", service_run().split(b"\n")[0] + b"\n")
    put(folder, "run.json", data)
    return resumption(folder)


def service_metadata(folder: Path, data: bytes) -> object:
    document = read_service(put(folder, "api.json", data))
    return derive_service(document)


@cache
def _watch() -> tuple[Any, Watch]:
    contract = load_contract(OPERATION)
    return contract, Watch(contract, Validation(contract), Dialect(contract, {}))


def answer(folder: Path, data: bytes) -> object:
    """An answer of an endpoint, read, judged and redacted; its first byte is its status."""
    contract, watch = _watch()
    response = HttpResponse((200, 400, 500, 204)[data[0] % 4] if data else 200, (), data[1:])
    found = Answer(contract, Exchange(1, Call("DescribeTasks", "1"), HttpRequest("GET", "http://127.0.0.1/"), response))
    watch.see(found)
    return found.outline(), redact_body(data, ("zq7-canary-XW3vT9",))


def kept_readers() -> tuple[tuple[str, Sequence[bytes], Any, tuple[type[Exception], ...], Sequence[Any]], ...]:
    """Name, seeds, reader, errors, and trees of each."""
    fair = json.dumps(FAIR).encode()
    lines = "".join(json.dumps(entry) + "\n" for entry in CREATED).encode()
    service = yaml.load((schemas_root() / "ecs" / "2014-05-26" / "service.yaml").read_bytes(), Loader=SAFE)
    service["operations"] = dict(list(service["operations"].items())[:4])
    short = yaml.safe_dump(service).encode()
    answers = [b"\0" + json.dumps(RESULT).encode(), b"\1" + json.dumps(ERROR).encode(), b"\0" + XML]
    return (
        ("service.yaml", [short], lambda f, d: load_service(put(f, "service.yaml", d).parent), (ContractError,),
         [json.loads(json.dumps(service, default=str))]),
        ("service metadata", [fair], service_metadata, (PageError,), [FAIR]),
        ("service stream", [service_run()],
         lambda f, d: service_run_of(d.decode("utf-8", "replace").splitlines()), (ServiceStreamError,),
         [json.loads(line) for line in service_run().splitlines()]),
        ("what was created", [lines], creations, (Refusal,), list(CREATED)),
        ("run.json", [run_settings()], lambda f, d: resumed(put(f, "run.json", d).parent, Settings(folder=OPERATION)),
         (Refusal,), [json.loads(run_settings())]),
        ("run.json of an SDK", [sdk_settings()], sdk_asked, (Refusal,), [json.loads(sdk_settings())]),
        ("resumed stream of an SDK", [service_run().rpartition(b'{"event":"service-finished"')[0]], sdk_resumption,
         (Refusal,), ()),
        ("values", [VALUES], lambda f, d: values_in(None, None, put(f, "v.yaml", d)), (Refusal,),  # type: ignore[arg-type]
         [{"RegionId": "x", "A": {"B": 1}}]),
        ("stream of a site", [gzip.compress(service_run(), mtime=0)],
         lambda f, d: release_in(put(f, "a/1.events.jsonl.gz", d), f), (Refusal,), ()),
        ("layouts of pages", [p.read_bytes() for p in sorted(LAYOUTS.iterdir())],
         lambda f, d: read_page(put(f, "page.en.2020-01-01.md", d)), (PageError,), ()),
        ("answer", answers, answer, (), ()),
    )  # fmt: skip
