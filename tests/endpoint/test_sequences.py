"""Sequences of requests over the things of a service: each fault is found by the requirement that is about it, and no
conformant variant is accused.
"""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.catalogue import service_of
from conformance.endpoint.absence import NOT_THERE
from conformance.endpoint.lifecycle.book import shortened
from conformance.endpoint.lifecycle.relations import irremovable, lifecycle_of, lifecycles
from conformance.endpoint.lifecycle.requirements import requirements_of, table
from conformance.reference import manners
from conformance.reference.manners.effects import after, listing
from conformance.reference.manners.manner import Manner
from tests.fair import MOST, failed, fair_in, judged

FAULTS = {m.name: m for m in manners.all_faults()}
VARIANTS = {m.name: m for m in manners.all_variants()}


@pytest.fixture(scope="module")
def fair(tmp_path_factory):
    """The fair, whose stalls have every part of a life."""
    return fair_in(tmp_path_factory.mktemp("fair"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_what_is_about_it_and_by_nothing_else(fair, name):
    # what shows for a moment only shows in the next answer
    found = judged(fair, "Stall", [FAULTS[name]], by_requests=name in ("progress-falls", "tasks-fail-afterwards"))
    assert set(failed(found)) == set(FAULTS[name].killed_by)
    for steps in found.steps.values():
        assert 1 <= len(steps) <= 8
        assert any(step.startswith("CreateStall(") for step in steps)
    assert found.requests <= MOST


@pytest.mark.parametrize("name", [None, *VARIANTS])
def test_what_is_conformant_is_not_accused(fair, name):
    found = judged(fair, "Stall", [VARIANTS[name]] if name else [], draws=2)
    assert failed(found) == {}
    if name is None:
        assert {v.verdict for v in found.verdicts} == {"passed"}
    assert found.requests <= MOST


def test_every_requirement_is_killed_by_a_fault():
    rows = {row["check"].removeprefix("sequences.") for row in table().rows}
    assert rows == {check for fault in FAULTS.values() for check in fault.killed_by}
    assert len(FAULTS) >= 10
    assert not any(variant.killed_by for variant in VARIANTS.values())


def kept_in_another_list(operation):
    """What a list beside the first one does that keeps what was deleted."""

    def of(mock, own):
        buried = after(("delete",), lambda mock, effects, context: mock.graves.extend(effects.removed))(mock, own)
        kept = listing(lambda mock, own, context, query, items: [*items, *(t.values for t in mock.graves)])
        return (*buried, *(kept(mock, own) if own.name == operation else ()))

    return Manner("kept-in-another-list", "lists what was deleted", of, ("gone",))


def test_what_is_deleted_is_in_no_list():
    found = judged(service_of("ecs"), "Instance", [kept_in_another_list("DescribeInstanceStatus")])
    assert failed(found) == {"gone": "what was deleted is listed by DescribeInstanceStatus"}


def test_drawn_sequences_find_what_one_walk_does_not(fair, monkeypatch):
    """Hypothesis finds a fault by itself, and what it finds is short."""
    monkeypatch.setattr("conformance.endpoint.lifecycle.judging.WHOLE", ())
    found = judged(fair, "Stall", [FAULTS["deletions-in-vain"]], draws=8)
    assert set(failed(found)) == {"gone"}
    assert len(found.steps["Stall.sequences.gone"]) <= 8


def test_the_same_seed_asks_the_same(fair):
    one, other = (judged(fair, "Stall", [FAULTS["changes-in-vain"]], draws=1, seed=7) for _ in range(2))
    assert one.steps == other.steps
    assert one.steps


def test_with_no_request_left_nothing_is_claimed(fair):
    found = judged(fair, "Stall", [FAULTS["deletions-in-vain"]], most=3)
    assert failed(found) == {}
    assert "inconclusive" in {v.verdict for v in found.verdicts}
    assert found.requests <= 3


def test_the_lives_of_a_whole_service_are_inferred():
    ecs = service_of("ecs")
    names = ("CreateDisk", "DescribeDisks", "ModifyDiskAttribute", "DeleteDisk", "RunInstances", "CreateInstance",
             "DescribeInstances", "DeleteInstances", "CreateNetworkInterface", "DescribeNetworkInterfaces")  # fmt: skip
    lives = {found.resource: found for found in lifecycles(ecs, names)}
    disk = lives["Disk"]
    assert (disk.create, disk.list, disk.delete.operation) == ("CreateDisk", "DescribeDisks", "DeleteDisk")
    assert (disk.modify.operation, disk.edit.parameter) == ("ModifyDiskAttribute", "DiskName")
    assert [text.member for text in disk.texts] == ["DiskName", "Description"]
    # what does nothing besides creating comes first, and what one deletes is one thing
    assert (lives["Instance"].create, lives["Instance"].delete.operation) == ("CreateInstance", "DeleteInstance")
    # what an answer merely repeats, such as the network of an interface, is not what was made
    assert lives["NetworkInterface"].path == "NetworkInterfaceId"
    assert {r.id for r in requirements_of(ecs, disk, ("a", "b"))} >= {"Disk.sequences.gone", "Disk.sequences.narrowed"}
    # only one region is known: nothing is required of two
    assert not any("regions" in r.id for r in requirements_of(ecs, disk, ("a",)))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("CreateDisk", None),
        ("ExportImage", "begins a Task"),
        ("CreateElasticityAssurance", "takes a ElasticityAssurance away"),
        ("AllocateEipAddress", "no name or description"),
        ("CreateVSwitch", None),
    ],
)
def test_what_could_not_be_taken_away_is_known(name, why):
    found = irremovable(service_of("ecs"), name)
    assert found is None if why is None else why in found


def test_what_takes_a_part_away_is_not_what_deletes():
    """RevokeSecurityGroup is of the kind delete, and takes a rule of a group away."""
    assert lifecycle_of(service_of("ecs"), "CreateSecurityGroup").delete.operation == "DeleteSecurityGroup"


def test_requests_that_repeat_are_told_once():
    assert list(shortened(["a", "b", "b", "a"])) == ["a", "b (2 times)", "a"]


def test_a_service_run_judges_and_shows_sequences(fair, tmp_path):
    given = ["endpoint", "--service", str(fair.folder), "--fault", "deletions-take-another", "--seed", "1"]
    only = ["-k", "sequences.*", "--report-dir", str(tmp_path)]
    done = CliRunner().invoke(main, [*given, *only])
    assert done.exit_code == 1, done.output
    summary = json.loads((tmp_path / "summary.json").read_text())
    stall = summary["sequences"]["Stall"]
    assert stall["verdict"] == "not-conformant"
    assert [f["requirement"] for f in stall["failed"]] == ["Stall.sequences.stays"]
    steps = stall["failed"][0]["steps"]
    assert any(step.startswith("DeleteStall(") for step in steps)
    assert all(step in done.output for step in steps)
    assert "Stall.sequences.stays" in (tmp_path / "report.html").read_text()
    assert summary["causes"][0]["operations"] == ["Stall"]


@pytest.mark.gate
def test_the_reference_of_every_life_of_ecs_is_conformant():
    ecs = service_of("ecs")
    for life in lifecycles(ecs, ecs.operations):
        found = judged(ecs, life.resource, draws=4)
        said = {v.requirement: f"{v.verdict}: {v.message}" for v in found.verdicts if v.verdict != "passed"}
        assert said == {}
        assert found.requests <= MOST


def shows(service, life, name):
    """Whether a fault changes anything for a resource: nothing is changed where no operation changes it, and where no
    error is documented for what is not there, a second deletion may be answered in any way that breaks nothing.
    """
    if name.startswith("changes-"):
        return life.modify is not None
    if name in ("second-deletions-succeed", "second-deletions-otherwise"):
        errors = service.contract(life.delete.operation).errors
        return any(word in e.code for word in NOT_THERE for e in errors)
    return True


def test_nothing_is_required_of_a_name_by_which_alone_a_thing_is_listed():
    """With another name a key pair is another key pair: it is not listed, rather than listed otherwise."""
    ecs = service_of("ecs")
    found = judged(ecs, "KeyPair", [FAULTS["ids-come-again"]], draws=0)
    assert set(failed(found)) == {"ids-differ"}
    assert not {r.check for r in found.requirements} & {"sequences.created-as-asked", "sequences.unchanged-by-others"}
    assert "sequences.created-as-asked" in {r.check for r in requirements_of(ecs, lifecycle_of(ecs, "CreateDisk"))}


@pytest.mark.gate
@pytest.mark.parametrize("name", [*FAULTS, *VARIANTS])
@pytest.mark.parametrize("resource", ["Disk", "SecurityGroup", "Image", "KeyPair"])
def test_faults_are_found_and_variants_not_accused_elsewhere_too(resource, name):
    ecs = service_of("ecs")
    manner = FAULTS.get(name) or VARIANTS[name]
    found = judged(ecs, resource, [manner])
    required = {r.check.removeprefix("sequences.") for r in found.requirements}
    about = set(manner.killed_by) & required
    if about and shows(ecs, found.lifecycle, name):
        assert set(failed(found)) >= about
    if not manner.killed_by:
        assert failed(found) == {}
