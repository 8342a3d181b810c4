"""The reference of operations with paths of their own: which one a request is for, what it gives, and its errors."""

from __future__ import annotations

import json

import pytest

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.service import Service, ServiceOperation, dump_service, load_service
from conformance.reference.application import Application
from conformance.reference.message import Request
from conformance.reference.paths import in_path
from conformance.reference.seeding import generated
from conformance.reference.service import ServiceApplication
from tests.reference.path_contracts import ALL, SCALE

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
HEADERS = (("x-acs-version", "2020-01-01"),)
KINDS = {"ListCrateNodes": "list", "ScaleCrate": "action", "DeleteCrate": "delete"}


def asked(answering, method, path, body=None, **options):
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    response = answering.respond(Request(method, path, options.get("query", ""), HEADERS, data))
    return response.status, json.loads(response.body)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paths")
    operations = {}
    for contract in ALL:
        (folder / contract.operation).mkdir()
        (folder / contract.operation / "contract.yaml").write_text(dump_contract(contract), "utf-8")
        operations[contract.operation] = ServiceOperation(
            contract.operation, KINDS.get(contract.operation, "get"), "sha256:0"
        )
    (folder / "service.yaml").write_text(dump_service(Service("Toy", "2020-01-01", "path", operations)), "utf-8")
    return ServiceApplication(load_service(folder), PROTOCOL)


def test_a_service_finds_the_operation_by_method_and_path_the_plainest_first(service):
    assert set(asked(service, "GET", "/crates/c-1")[1]) == {"crate_id", "name"}
    assert set(asked(service, "GET", "/crates/limits")[1]) == {"limit"}
    assert set(asked(service, "GET", "/crates/c-1/nodes")[1]) == {"nodes"}
    assert asked(service, "DELETE", "/crates/c-1") == (200, {})


def test_what_is_no_path_or_no_method_of_the_service_is_refused(service):
    assert asked(service, "GET", "/elsewhere")[0] == 404
    assert asked(service, "GET", "/crates/c-1/")[0] == 404
    assert asked(service, "PATCH", "/crates/c-1")[1]["code"] == "UnsupportedHTTPMethod"


def test_the_body_is_validated_like_any_parameter():
    application = Application(SCALE, PROTOCOL, generated(SCALE, PROTOCOL))
    right = {"count": 3, "tags": [{"key": "a"}], "note": None}
    assert asked(application, "PUT", "/crates/c-1", right)[0] == 200
    for body, code in (
        ({}, "MissingParameter"),
        ({"count": 10}, "InvalidParameter"),
        ({"count": "ten"}, "InvalidParameter"),
        (b"[1]", "InvalidRequestBody"),
        (b"{", "InvalidRequestBody"),
        (b"[" * 100_000, "InvalidRequestBody"),
    ):
        status, error = asked(application, "PUT", "/crates/c-1", body)
        assert (status, error["code"]) == (400, code)
        assert set(error) == {"code", "message", "requestId"}


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/a/{B}/c", "/a/x%2Fy/c", {"B": "x/y"}),
        ("a/{B}", "/a/x", {"B": "x"}),
        ("/a/{B}/c", "/a//c", None),
        ("/a/{B}", "/a/x/y", None),
        ("/a.b/{C}-{D}", "/a.b/1-2", {"C": "1", "D": "2"}),
        ("/a.b", "/axb", None),
    ],
)
def test_a_path_has_the_values_of_its_template(template, path, values):
    assert in_path(template, path) == values
