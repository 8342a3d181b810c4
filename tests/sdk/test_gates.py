"""What a release is held to beyond the documentation: pinned choices, SHOULDs that fail it, and known failures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conformance.contract.catalogue import service_of
from conformance.contract.files import schemas_root
from conformance.errors import Refusal
from conformance.ledger.specification import Specification
from conformance.report.events import TargetIdentity
from conformance.report.service_run import service_certificate
from conformance.sdk.certify import Subject
from conformance.sdk.gates import Gates
from conformance.sdk.judging import certify
from conformance.sdk.service import SdkServicePlan, certify_service
from tests.sdk.faults import VERSION

TOMORROW = date.today() + timedelta(days=1)
OPERATIONS = ("StartInstances", "StopInstances", "RebootInstance")


@pytest.fixture(scope="session")
def tasks():
    return Specification.load(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")


@pytest.fixture
def known(tmp_path):
    """A file of known failures."""

    def written(*entries: str):
        lines = [f"- {{owner: ada, expires: {TOMORROW}, reason: to be mended, {one}}}" for one in entries]
        file = tmp_path / "known.yaml"
        file.write_text("known_failures:\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return file

    return written


@pytest.fixture
def held(tasks, miniature):
    """The miniature with these faults, as it is certified under gates."""

    def run(gates: Gates, *faults: str, select=("requests.plus", "requests.space")):
        plan, _ = gates.plan(tasks, select)
        return certify(miniature(*faults), plan, workers=1)

    return run


def _short(done):
    return {r.removeprefix("DescribeTasks.sdk."): v for r, v in done.summary().items()}


@pytest.mark.parametrize(
    ("fail_on", "fault", "wanted"),
    [
        ("must", "adds-unknown", "conformant"),
        ("should", "adds-unknown", "not-conformant"),
        ("security", "adds-unknown", "conformant"),
        ("must", "follows-with-credentials", "conformant"),
        ("security", "follows-with-credentials", "not-conformant"),
    ],
)
def test_a_should_fails_a_release_where_that_is_asked_for(held, fail_on, fault, wanted):
    select = ("requests.space", "requests.nothing-unknown-added", "behaviour.redirect-keeps-credentials")
    assert held(Gates(fail_on=fail_on), fault, select=select).word == wanted


def test_a_pinned_alternative_is_the_one_that_counts(held):
    select = ("responses.list-form", "responses.one-item", "responses.every-list-form")
    pinned = Gates(("TaskSet.list-form=array-of-one",))
    assert _short(held(pinned, select=select)) == dict.fromkeys(select, "passed")
    # which reads a list in the other form, and gives no result for this one
    failing = _short(held(pinned, "no-result", select=select))
    assert "failed" in failing.values()
    assert held(Gates(("TaskSet.list-form=object",)), "no-result", select=select).word == "conformant"
    assert held(Gates(("sdk-compatible",)), "no-result", select=select).word == "conformant"


def test_a_failure_that_is_known_is_no_surprise_and_one_that_is_none_is(held, known):
    gates = Gates(known_file=known("requirement: requests.plus"))
    assert _short(held(gates, "raw-plus")) == {"requests.plus": "known-failing", "requests.space": "passed"}
    assert held(gates, "raw-plus").word == "conformant-but-for-known-failures"
    surprising = held(gates)
    assert _short(surprising)["requests.plus"] == "unexpectedly-passed"
    assert surprising.word == "not-conformant"
    assert held(gates, "raw-plus", "trims").word == "not-conformant"


def test_of_a_requirement_some_cases_are_known_to_fail_and_no_others(held, known):
    gates = Gates(known_file=known("requirement: requests.space, case: 'at the *'"))
    assert _short(held(gates, "trims"))["requests.space"] == "known-failing"
    gates = Gates(known_file=known("requirement: requests.space, case: inside"))
    assert _short(held(gates, "trims"))["requests.space"] == "failed"
    gates = Gates(known_file=known("requirement: requests.space, cause: 'another *'"))
    assert _short(held(gates, "trims"))["requests.space"] == "failed"


def test_what_follows_from_a_known_failure_is_known(held, known):
    gates = Gates(known_file=known("requirement: responses.no-silent-loss"))
    done = held(gates, "loses-last", select=("responses.no-silent-loss", "responses.one-item", "responses.many-items"))
    assert set(_short(done).values()) == {"known-failing"}
    assert done.word == "conformant-but-for-known-failures"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("requirement: requests.pluss", "requests.plus"),
        ("requirement: requests.plus, flaky: {failures: 1, of: 3}", "flaky is of endpoints"),
        ("requirement: requests.plus, colour: red", "colour"),
    ],
)
def test_a_file_that_is_wrong_stops_the_run(held, known, entry, said):
    with pytest.raises(Refusal, match=said):
        held(Gates(known_file=known(entry)))


@pytest.fixture
def judged(miniature, tmp_path):
    """The run of a miniature with these faults over a few operations, under gates."""

    def run(gates: Gates, *faults: str, operations=OPERATIONS):
        identity = TargetIdentity("sdk", "miniature", release=VERSION, runtime="Python", digest={"sha256": "ab" * 32})
        subject = Subject(tuple(miniature("structures", *faults)), identity, "miniature", VERSION)
        select = ("requests.each-parameter", "requests.repeated-parameter")
        plan = SdkServicePlan(
            service_of("ecs"), subject, operations, select, report_dir=tmp_path / "run", workers=1, gates=gates
        )
        return certify_service(plan)[1]

    return run


def test_over_a_service_one_entry_by_its_cause_knows_of_every_operation(judged, known):
    gates = Gates(known_file=known("requirement: sdk.requests.each-parameter, cause: 'truth values *'"))
    run = judged(gates, "capital-booleans")
    assert {o.name: o.verdict for o in run.operations} == {
        "StartInstances": "known-failing",
        "StopInstances": "known-failing",
        "RebootInstance": "known-failing",
    }
    assert (run.exit_status, run.headline, run.unmet) == (0, "Conformant but for known failures", ())
    assert service_certificate(run, b"") is None
    assert judged(gates, "capital-booleans", "lists-from-zero").exit_status == 1


def test_over_a_service_an_entry_that_nothing_meets_is_to_go(judged, known):
    entry = "requirement: sdk.requests.each-parameter, cause: 'truth values *'"
    run = judged(Gates(known_file=known(entry)))
    assert {o.verdict for o in run.operations} == {"conformant"}
    assert run.exit_status == 1
    assert "did not occur" in run.sentence
    exact = judged(Gates(known_file=known("requirement: StopInstances.sdk.requests.each-parameter")))
    assert {o.name: o.verdict for o in exact.operations}["StopInstances"] == "not-conformant"
    # what is not judged cannot be met
    elsewhere = Gates(known_file=known("requirement: StopInstances.sdk.requests.each-parameter"))
    assert judged(elsewhere, operations=("StartInstances",)).exit_status == 0


def test_a_pin_reaches_the_operations_that_have_the_choice(judged):
    assert judged(Gates(("sdk-compatible",))).exit_status == 0
    with pytest.raises(Refusal, match="There is no choice"):
        judged(Gates(("NoSuch.list-form=object",)))


def test_one_cause_over_a_service_is_one_with_all_its_subjects(judged):
    run = judged(Gates(), "capital-booleans")
    [cause] = run.causes
    assert cause.text == "truth values are sent as True and False"
    assert set(cause.operations) == set(OPERATIONS)
    assert cause.subjects == sum(len(f.subjects) for o in run.operations for f in o.failed)
    assert cause.subjects > len(OPERATIONS)
    assert cause.extent == f"{len(OPERATIONS)} operations, {cause.subjects} cases"
