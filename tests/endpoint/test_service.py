"""A run over a service: what is judged, what is not and why, what is never sent, and what it comes to."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import closing

import jsonschema_rs
import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance import foreign
from conformance.cli import main
from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.service import Service, ServiceOperation, dump_service
from conformance.endpoint.opening import open_target
from conformance.endpoint.settings import RunSettings
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.store import Store
from conformance.report.service_run import ServiceStreamError, service_run_of
from tests.reference.contracts import parameter, scalar
from tests.reference.small_contracts import ID, KEYED, NAME, TOTAL, answering, listing, pages

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
LOAD = scalar("Load", "7", type="integer")
OPERATIONS = {
    "DescribeBoats": ("list", listing(ID, NAME, parameters=pages(), response=TOTAL, **KEYED)),
    "DescribeLoad": ("get", answering(LOAD, operation="DescribeLoad")),
    "CreateBoat": ("create", answering(scalar("BoatId", "b-1"), operation="CreateBoat")),
    "StopBoat": ("action", answering(parameters=(parameter("BoatId", required=True),), operation="StopBoat")),
    "ListCrew": ("list", evolve(answering(operation="ListCrew"), response=(), root="array")),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The folder of a small service of every kind, one of whose answers is no object."""
    folder = tmp_path_factory.mktemp("toy")
    for name, (_, contract) in OPERATIONS.items():
        (folder / name).mkdir()
        (folder / name / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    operations = {name: ServiceOperation(name, kind, "sha256:0") for name, (kind, _) in OPERATIONS.items()}
    (folder / "service.yaml").write_text(dump_service(Service("Toy", "2020-01-01", "rpc", operations)), "utf-8")
    return folder


def judged(folder, tmp_path, *arguments, status=0):
    done = CliRunner().invoke(main, ["endpoint", *arguments, "--service", str(folder), "--report-dir", str(tmp_path)])
    assert done.exit_code == status, done.output
    return json.loads((tmp_path / "summary.json").read_text()), done.output


def verdicts(summary):
    return {name: one["verdict"] for name, one in summary["operations"].items()}


def test_each_operation_has_its_verdict_and_one_certificate_names_them(service, tmp_path):
    summary, output = judged(service, tmp_path, "--seed", "3", "--operation-budget", "60", "--workers", "2")
    assert summary["service"] == {"product": "Toy", "version": "2020-01-01", "operations": 5}
    found = verdicts(summary)
    assert found.pop("ListCrew") == "not-supported"
    assert set(found.values()) <= {"conformant", "in-part"}
    assert all(one["requests"] <= 60 for one in summary["operations"].values())
    assert set(summary["protocol"]) == {"DescribeBoats", "DescribeLoad"}
    assert "Conformant in part" in output
    statement = json.loads((tmp_path / "certificate.json").read_text())["predicate"]["acs-conformance"]
    assert set(statement["judged"]) == set(found)
    assert "no object" in statement["notJudged"]["ListCrew"]
    # what else could be there can be made of the stream, and a service's run is gone on with as a whole or not at all
    left = {path.name for path in (tmp_path / "operations" / "DescribeLoad").iterdir()}
    assert left == {"events.jsonl.gz", "report.html"}
    rendered = CliRunner().invoke(main, ["report", str(tmp_path / "operations" / "DescribeLoad"), "--format", "junit"])
    assert "<testsuite" in rendered.output


def test_a_fault_is_found_and_named_first(service, tmp_path):
    given = ("--operation", "DescribeL*", "--fault", "get-counts-one-more", "--seed", "3")
    summary, output = judged(service, tmp_path, *given, status=1)
    assert verdicts(summary) == {"DescribeLoad": "not-conformant"}
    assert summary["causes"][0]["operations"] == ["DescribeLoad"]
    assert output.index("Start here") < output.index("Not conformant")
    assert not (tmp_path / "certificate.json").exists()


@pytest.fixture
def silent():
    """A port that counts who comes: nobody may."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0)
        yield server


def came(server):
    try:
        server.accept()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("consent", [[], ["--allow-changes"]])
def test_nothing_that_creates_is_sent_to_a_url(service, tmp_path, silent, consent):
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    given = (url, "--operation", "CreateBoat", "--signature", "none", *consent)
    summary, _ = judged(service, tmp_path, *given, status=3)
    assert verdicts(summary) == {"CreateBoat": "not-established"}
    assert summary["requests"] == 0
    assert not came(silent)


def test_an_operation_that_an_endpoint_lacks_is_one_sentence_and_no_stand_in(service, tmp_path):
    with ReferenceEndpoint(OPERATIONS["DescribeLoad"][1], PROTOCOL) as endpoint:
        given = (endpoint.url, "--operation", "Describe*", "--signature", "none", "--seed", "3")
        summary, output = judged(service, tmp_path, *given, "--operation-budget", "40", status=3)
    assert set(summary["protocol"]) == {"DescribeLoad"}
    boats = summary["operations"]["DescribeBoats"]
    assert (boats["verdict"], boats["requests"], boats["failed"]) == ("not-established", 0, [])
    assert "as it does an action that does not exist" in boats["reason"]
    assert "Start here" not in output
    assert verdicts(summary)["DescribeLoad"] in ("conformant", "in-part")


def test_what_another_listing_would_judge_leaves_an_operation_in_part(service, tmp_path):
    contract = OPERATIONS["DescribeBoats"][1]
    store = Store({"": ({"BoatId": "b-1", "Name": "one"},)})
    with ReferenceEndpoint(contract, PROTOCOL, store=store) as endpoint:
        given = (endpoint.url, "--operation", "DescribeBoats", "--signature", "none", "--seed", "3")
        summary, _ = judged(service, tmp_path, *given)
    boats = summary["operations"]["DescribeBoats"]
    assert boats["verdict"] == "in-part"
    assert "MUSTs need other data (the listing holds 1 item" in boats["reason"]


def test_one_operation_that_changes_something_needs_consent_too(service, tmp_path, silent):
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    given = ["endpoint", url, "--contract", str(service / "StopBoat"), "--signature", "none"]
    done = CliRunner().invoke(main, [*given, "--report-dir", str(tmp_path)])
    assert done.exit_code == 2
    assert "--allow-changes" in done.output
    assert not came(silent)


def test_a_stream_without_its_end_proves_nothing(service, tmp_path):
    judged(service, tmp_path, "--operation", "DescribeLoad", "--seed", "3")
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert service_run_of(lines).exit_status == 0
    for broken in (lines[:-1], lines[1:], ["[]"], ['{"event": "operation-judged"}']):
        with pytest.raises(ServiceStreamError):
            service_run_of(broken)
    # what was to be judged and has no verdict is not established
    assert service_run_of([line for line in lines if "operation-judged" not in line]).exit_status == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [("[1]", "has other than values"), ("a: [1]", "has other than values"), ("a: {", "not YAML")],
)
def test_values_that_are_none_are_refused_in_a_sentence(service, tmp_path, text, problem):
    (tmp_path / "values.yaml").write_text(text)
    given = ["endpoint", "--service", str(service), "--values", str(tmp_path / "values.yaml")]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 2
    assert problem in done.output


def test_a_value_that_is_given_is_sent(service):
    given = RunSettings("http://127.0.0.1:9", "", ("",), signatures=("none",), values={"BoatId": "b-given"})
    call = open_target(given, OPERATIONS["StopBoat"][1], PROTOCOL).call()
    assert dict(call.parameters) == {"BoatId": "b-given"}


def test_only_documented_methods_are_used():
    contract = evolve(OPERATIONS["StopBoat"][1], methods=("POST",))
    target = open_target(RunSettings("http://127.0.0.1:9", "", ("",), signatures=("none",)), contract, PROTOCOL)
    assert {channel.method for channel in target.channels} == {"POST"}


def test_the_streams_of_operations_are_verified_beside_the_certificate(service, tmp_path, monkeypatch):
    judged(service, tmp_path, "--operation", "DescribeLoad", "--seed", "3", "--operation-budget", "30")
    given = [str(tmp_path / "certificate.json"), "--events", str(tmp_path / "events.jsonl"), "--contract", str(service)]
    done = CliRunner().invoke(main, ["verify", *given, "--allow-unsigned"])
    assert done.exit_code == 0, done.output
    assert "2 streams of operations are those that it names" in done.output
    stream = tmp_path / "operations" / "DescribeLoad" / "events.jsonl.gz"
    stream.write_bytes(gzip.compress(gzip.decompress(stream.read_bytes()).replace(b'"passed"', b'"warned"', 1)))
    done = CliRunner().invoke(main, ["verify", *given, "--allow-unsigned"])
    assert done.exit_code == 1
    assert "operations/DescribeLoad: its stream is not the one" in done.output
    stream.unlink()
    done = CliRunner().invoke(main, ["verify", *given, "--allow-unsigned"])
    assert done.exit_code == 0
    assert "The streams of DescribeLoad, which are not there" in done.output
    # a stream without an end is none that could be checked
    stream.symlink_to("/dev/zero")
    monkeypatch.setattr(foreign, "MOST_BYTES", foreign.MEBI)
    assert CliRunner().invoke(main, ["verify", *given, "--allow-unsigned"]).output == done.output


def test_the_schemas_of_a_service_run_are_those_of_its_files(service, tmp_path):
    summary, _ = judged(service, tmp_path, "--operation", "DescribeLoad", "--seed", "3", "--operation-budget", "30")
    folder = schemas_root() / "acs-conformance"
    jsonschema_rs.validator_for(json.loads((folder / "service-summary.schema.json").read_text())).validate(summary)
    events = jsonschema_rs.validator_for(json.loads((folder / "service-event.schema.json").read_text()))
    for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines():
        events.validate(json.loads(line))
