"""A release of an SDK is certified for a whole service: each operation by what is its own, the protocol once."""

from __future__ import annotations

import json
import re

import pytest
from attrs import evolve

from conformance.contract.catalogue import service_of
from conformance.contract.files import load_contract
from conformance.report.events import TargetIdentity
from conformance.report.service_run import service_certificate, service_run_of
from conformance.sdk.certify import Subject
from conformance.sdk.service import SdkServicePlan, certify_service
from tests.sdk.faults import OF_CHANGES, OF_OPERATIONS, OF_TOKENS, VERSION

DIGEST = {"sha256": "ab" * 32}
IDENTITY = TargetIdentity("sdk", "miniature", release=VERSION, runtime="Python", digest=DIGEST)
# a boolean, lists, members of structures, numbered names, a list by page
OPERATIONS = ("StartInstances", "JoinResourceGroup", "TagResources", "DescribeEipAddresses")


@pytest.fixture(scope="module")
def ecs():
    return service_of("ecs")


@pytest.fixture
def judged(ecs, miniature, tmp_path):
    """The run of a miniature with these faults over a few operations."""

    def run(*faults, operations=OPERATIONS, select=("requests.*", "responses.each-field", "errors.code")):
        subject = Subject(tuple(miniature(*faults)), IDENTITY, "miniature", VERSION)
        plan = SdkServicePlan(ecs, subject, operations, select, report_dir=tmp_path / "run", workers=1)
        return certify_service(plan)

    return run


def test_the_right_miniature_is_certified_by_the_bytes_of_its_package(judged):
    folder, run = judged("structures")
    assert [(o.name, o.verdict, o.reason) for o in run.operations] == [
        (n, "conformant", "") for n in run.started.selected
    ]
    assert [o.verdict for o in run.protocol] == ["conformant"]
    assert run.exit_status == 0
    statement = json.loads((folder / "certificate.json").read_text("utf-8"))
    assert statement["subject"] == [{"name": f"miniature {VERSION}", "digest": DIGEST}]
    told = statement["predicate"]["acs-conformance"]
    assert set(told["judged"]) == set(OPERATIONS)
    assert told["operationsNotAskedFor"] == run.started.operations - len(OPERATIONS)
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    for name in OPERATIONS:
        assert {"kind", "verdict", "reason", "counts", "requests", "seconds"} <= set(summary["operations"][name])
        assert (folder / "operations" / name / "report.html").is_file()


def test_what_names_no_bytes_gets_no_certificate(judged):
    folder, _ = judged("structures", operations=("StartInstances",), select=("requests.each-parameter",))
    events = (folder / "events.jsonl").read_bytes()
    run = service_run_of(events.decode().splitlines())
    nameless = evolve(run, started=evolve(run.started, subject=evolve(IDENTITY, digest={})))
    assert service_certificate(run, events) is not None
    assert service_certificate(nameless, events) is None


def test_an_sdk_without_what_every_call_needs_is_not_conformant_in_silence(judged):
    _, run = judged("structures", "cannot-give-ResourceType", operations=("TagResources", "StartInstances"))
    [without, other] = sorted(run.operations, key=lambda o: o.name, reverse=True)
    assert (without.verdict, other.verdict) == ("in-part", "conformant")
    assert "this SDK has no ResourceType, which every call of TagResources needs" in without.reason
    assert without.verdicts["sdk.requests.each-parameter"] == "inconclusive"
    assert run.headline == "Conformant in part"


@pytest.mark.parametrize("fault", OF_OPERATIONS)
def test_a_fault_of_some_operations_is_found_in_those_and_no_others(judged, ecs, fault):
    _, run = judged("structures", fault)
    wanted = OF_OPERATIONS[fault][0]
    failed = {o.name for o in run.operations if any(f.requirement.endswith(wanted) for f in o.failed)}
    shows = {
        "capital-booleans": lambda p: p.type == "boolean",
        "drops-false": lambda p: p.type == "boolean",
        "lists-from-zero": lambda p: p.name.endswith(".N"),
        "sorts-lists": lambda p: p.name.endswith(".N"),
        "nine-of-a-list": lambda p: p.name.endswith(".N") and (p.value("max_items") or 10) > 9,
        "first-structure-only": lambda p: bool(re.search(r"\.(N|[2-9])\.", p.name)),
        "last-structure-only": lambda p: bool(re.search(r"\.(N|1)\.", p.name)),
    }[fault]
    able = {n for n in OPERATIONS if any(map(shows, load_contract(ecs.contract_folder(n)).parameters))}
    assert failed == able
    assert able
    assert {f.requirement.partition(".sdk.")[2] for o in run.operations for f in o.failed} == {wanted}
    assert {o.verdict for o in run.operations if o.name in able} == {"not-conformant"}
    assert run.exit_status == 1


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [((), "passed"), (("repeats-what-changes",), "warned"), (("repeats-the-bytes",), "passed")],
)
def test_a_request_that_may_have_been_carried_out_is_sent_again_with_a_client_token_only(judged, fault, verdict):
    [wanted] = {row for row, _ in OF_CHANGES.values()}
    select = (wanted, "requests.absent-stays-absent", "signing.fresh-nonce")
    _, run = judged("structures", *fault, operations=("RunInstances", "DescribeHpcClusters"), select=select)
    found = {o.name: o.verdicts for o in run.operations}
    # a list may be asked as often as one likes, also where the documentation has such a token for it
    assert (found["RunInstances"].get(f"sdk.{wanted}"), f"sdk.{wanted}" in found["DescribeHpcClusters"]) == (
        verdict,
        False,
    )
    # a service takes no nonce twice: who repeats the very bytes does no harm, and has made one request
    assert found["RunInstances"]["sdk.signing.fresh-nonce"] == "passed"
    assert run.exit_status == 0


def test_a_client_token_may_be_made_up_if_it_is_another_one_for_each_call(judged):
    # by the pages a client may make it up, and has to make sure that no two requests have the same
    for faults, verdict in ((), "not-applicable"), (("makes-up-tokens",), "passed"):
        _, run = judged(
            "structures", *faults, operations=("RunInstances",), select=("requests.*", "behaviour.no-answer*")
        )
        assert run.operations[0].verdicts["sdk.requests.client-token-made-up"] == verdict
        assert run.operations[0].failed == ()
    [(fault, (wanted, _))] = OF_TOKENS.items()
    _, run = judged("structures", fault, operations=("RunInstances",), select=("requests.*",))
    assert {f.requirement for f in run.operations[0].failed} == {f"RunInstances.sdk.{wanted}"}


def test_an_operation_that_the_sdk_lacks_is_listed_and_is_no_fault(judged):
    _, run = judged("structures", "lacks-TagResources", operations=("TagResources", "StartInstances"))
    assert [(o.name, o.verdict) for o in run.operations] == [
        ("StartInstances", "conformant"),
        ("TagResources", "not-supported"),
    ]
    assert run.operations[1].reason == "this SDK has no TagResources"
    assert run.exit_status == 0


def test_one_that_answers_from_memory_is_not_conformant_and_breaks_nothing(judged):
    _, run = judged("structures", "keeps-answers", operations=("StartInstances",), select=("responses.*", "requests.*"))
    [found] = run.operations
    assert found.verdict == "not-conformant", found.reason
    assert run.exit_status == 1


def test_a_driver_that_breaks_in_one_operation_costs_that_one(judged):
    _, run = judged("crashes-in-StartInstances", operations=("StartInstances", "StopInstances"))
    found = {o.name: o for o in run.operations}
    assert found["StartInstances"].verdict == "not-established"
    assert "The driver is at fault, or the SDK in it (crash)" in found["StartInstances"].reason
    assert found["StopInstances"].verdict == "conformant"
    assert run.exit_status == 3
