"""The OpenAPI document of a service as tools of others use it: Schemathesis asks by it, Prism answers by it.

Both are installed in environments of their own, from their registries. So long and not local: a gate.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import jsonschema_rs
import pytest
from attrs import evolve

from conformance.contract.catalogue import protocol_of, service_of
from conformance.emit.json_schema import response_schema
from conformance.emit.service_openapi import service_openapi
from conformance.reference.faults import named
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.service import ServiceEndpoint

pytestmark = pytest.mark.gate
ECS = service_of("ecs")
NAMES = ("DescribeKeyPairs", "DescribeVpcs", "DescribeZones", "DescribeTags", "CreateKeyPair")
INSTALLING, RUNNING = 300, 180
REQUEST = {"RegionId": "cn-hangzhou", "Version": "2014-05-26", "Format": "JSON", "KeyPairName": "a-key-pair"}


def written(folder: Path, names: tuple[str, ...]) -> Path:
    part = evolve(ECS, operations={name: ECS.operations[name] for name in names})
    path = folder / "openapi.json"
    path.write_text(json.dumps(service_openapi(part, {name: ECS.contract(name) for name in names})), "utf-8")
    return path


def installed(command: list[str], folder: Path, what: str) -> None:
    """Leave the test out, and say so, where a registry cannot be reached."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALLING, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        pytest.skip(f"{what} cannot be had here: {re.sub(r'https?://[^ ]+', 'its registry', said)[:200]}")


# ------------------------------------------------------------------------------------------------------- Schemathesis


@pytest.fixture(scope="module")
def schemathesis(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("schemathesis")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=INSTALLING)
    pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--only-binary", ":all:", "schemathesis"]
    installed(pip, folder, "Schemathesis")
    return folder / "bin" / "schemathesis"


def asked(program: Path, document: Path, url: str, examples: int = 8) -> tuple[int, str]:
    checks = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
    command = [program, "run", document, "--url", url, "--checks", checks, "--phases", "fuzzing", "--mode", "positive"]
    done = subprocess.run(
        [*command, "--max-examples", str(examples), "--seed", "1", "--no-color"],
        cwd=document.parent, capture_output=True, text=True, timeout=RUNNING, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_schemathesis_asks_for_every_operation_and_finds_nothing(schemathesis, tmp_path):
    with ServiceEndpoint(ECS, protocol_of(ECS)) as endpoint:
        status, said = asked(schemathesis, written(tmp_path, NAMES), endpoint.url)
        assert status == 0, said
        assert endpoint.service_application.request_count > 5 * len(NAMES)
    tested = re.search(r"Tested: (\d+)", said)
    assert tested is not None, said
    assert int(tested[1]) == 2 * len(NAMES)


def test_schemathesis_finds_what_is_not_as_documented(schemathesis, tmp_path):
    contract, protocol = ECS.contract("DescribeKeyPairs"), protocol_of(ECS)
    fault = named(contract, "field-wrong-type:TotalCount", protocol)
    with ReferenceEndpoint(contract, protocol, faults=[fault]) as endpoint:
        status, said = asked(schemathesis, written(tmp_path, ("DescribeKeyPairs",)), endpoint.url, examples=80)
    assert status == 1, said
    assert "violates schema" in said


# -------------------------------------------------------------------------------------------------------------- Prism


@pytest.fixture(scope="module")
def prism(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("prism")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on PATH")
    installed([npm, "install", "--ignore-scripts", "--silent", "@stoplight/prism-cli"], folder, "Prism")
    return folder / "node_modules" / ".bin" / "prism"


@contextmanager
def mocking(program: Path, document: Path) -> Iterator[int]:
    """The port at which Prism answers by a document."""
    command = [program, "mock", "--dynamic", "--errors", "--port", "0", document]
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
        assert process.stdout is not None
        try:
            told = []
            for line in process.stdout:
                told.append(line.decode("utf-8", "replace"))
                if found := re.search(r"listening on http://[^:]+:(\d+)", told[-1]):
                    yield int(found[1])
                    break
            else:
                pytest.fail("".join(told))
        finally:
            with suppress(ProcessLookupError):
                process.kill()


def answered(port: int, operation: str, **more: str) -> tuple[int, bytes]:
    """Prism tells operations apart by their paths alone, so that of the document is sent, with its fragment."""
    path = quote(f"/#Action={operation}", safe="/=") + "?" + urlencode({"Action": operation, **REQUEST, **more})
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept": "application/json", "Authorization": "ACS3-HMAC-SHA256 x"})
    response = connection.getresponse()
    return response.status, response.read()


def test_prism_answers_every_operation_as_documented_and_refuses_what_is_not(prism, tmp_path):
    with mocking(prism, written(tmp_path, NAMES)) as port:
        for name in NAMES:
            status, body = answered(port, name)
            assert status == 200, (name, body)
            jsonschema_rs.validator_for(response_schema(ECS.contract(name))).validate(json.loads(body))
        for size in ("abc", "51"):
            status, body = answered(port, "DescribeKeyPairs", PageSize=size)
            assert status == 422, body
