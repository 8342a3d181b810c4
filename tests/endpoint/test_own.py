"""What changes something is about things of the run's own, and about nobody else's; a thing's state accuses nobody."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.catalogue import service_of
from conformance.endpoint.lifecycle.creations import CREATED
from conformance.endpoint.lifecycle.own import OwnThings, removable, wanted_by
from conformance.reference import operations
from conformance.reference.refusals import RefusedRequest
from tests.fair import fair_in, served

CHANGING = ("CloseStall", "ModifyStallAttribute", "DeleteStall")


@pytest.fixture(scope="module")
def fair(tmp_path_factory):
    """The service of the tests."""
    return fair_in(tmp_path_factory.mktemp("fair"))


@pytest.fixture
def endpoint(fair):
    with served(fair) as serving:
        yield serving


def judged(fair, endpoint, folder, *names, creates=20):
    chosen = [word for name in names for word in ("--operation", name)]
    given = ("--service", str(fair.folder), "--signature", "none", "--allow-changes", "--patience", "1", "--seed", "1",
             "--report-dir", str(folder), "--budget", f"creates={creates}", *chosen)  # fmt: skip
    done = CliRunner().invoke(main, ["endpoint", endpoint.url, *given])
    return json.loads((folder / "summary.json").read_text())["operations"], done.output


def performing(monkeypatch, first):
    """What the mocked operations do, after `first` has looked at the operation and its parameters."""
    usual = operations.perform

    def perform(mock, operation, context):
        first(operation.name, context.parameters)
        return usual(mock, operation, context)

    monkeypatch.setattr(operations, "perform", perform)


def test_what_most_operations_must_be_told_of_comes_first_and_is_made_by_the_plainest_name(fair):
    lives = removable(fair)
    assert lives["Stall"].create == "CreateStall"
    assert [life.resource for life in wanted_by(fair, CHANGING, lives)] == ["Stall"]


def test_operations_that_change_something_are_judged_on_things_of_the_run_alone(fair, endpoint, tmp_path, monkeypatch):
    named, there = set(), {t.id for t in endpoint.mock.every("Stall", "")}

    def note(name, parameters):
        if name in CHANGING:
            named.add(parameters["StallId"])

    performing(monkeypatch, note)
    found, output = judged(fair, endpoint, tmp_path, *CHANGING, creates=60)
    assert {name: one["verdict"] for name, one in found.items()} == dict.fromkeys(CHANGING, "conformant"), output
    made = {t for t in named if t.startswith("stl-")}
    assert len(made) > 2  # another one for each deletion
    assert made.isdisjoint(there)
    # also what was renamed meanwhile is away
    assert {t.id for t in endpoint.mock.every("Stall", "")} == there
    assert "could not be removed" not in output


def test_of_a_small_budget_what_is_not_judged_is_said(fair, endpoint, tmp_path):
    found, output = judged(fair, endpoint, tmp_path, "DeleteStall", creates=3)
    assert found["DeleteStall"]["verdict"] == "in-part", output
    assert "of 3 creations" in found["DeleteStall"]["reason"]
    assert "Stall by CreateStall" in output.partition("DeleteStall  in-part")[0]
    entries = [json.loads(line) for line in (tmp_path / CREATED).read_text().splitlines()]
    assert sum(entry["event"] == "intent" for entry in entries) <= 3


@pytest.mark.parametrize("name", ["CloseStall", "DeleteStall"])
def test_what_breaks_a_server_is_found_in_what_changes_something(name, fair, endpoint, tmp_path, monkeypatch):
    def crash(operation, parameters):
        if operation == name and parameters.keys() & {"NoSuchParameter", "X-Unknown", "debug"}:
            raise RefusedRequest("InternalError", 500, "The request processing has failed.", "")

    performing(monkeypatch, crash)
    found, output = judged(fair, endpoint, tmp_path, name)
    assert {failed["requirement"] for failed in found[name]["failed"]} == {f"{name}.parameters.unknown-parameter"}, (
        output
    )


def test_a_state_in_which_something_may_not_be_done_again_accuses_nobody(fair, endpoint, tmp_path, monkeypatch):
    closed = set()

    def once(operation, parameters):
        if operation == "CloseStall" and parameters["StallId"] in closed:
            raise RefusedRequest("IncorrectStallStatus", 403, "The stall is closed.", "")
        if operation == "CloseStall":
            closed.add(parameters["StallId"])

    performing(monkeypatch, once)
    found, output = judged(fair, endpoint, tmp_path, "CloseStall")
    assert found["CloseStall"]["verdict"] == "in-part", output
    assert "what was asked before may have changed what is named" in found["CloseStall"]["reason"]
    assert not found["CloseStall"]["failed"]


def test_what_is_in_the_way_of_a_thing_is_taken_away_before_it_is_given_up(fair, endpoint, tmp_path, monkeypatch):
    there, first = {t.id for t in endpoint.mock.every("Stall", "")}, []

    def leaning(name, parameters):
        made = [t.id for t in endpoint.mock.every("Stall", "") if t.id not in there]
        first[:] = first or made[:1]
        if name == "DeleteStall" and first and parameters["StallId"] != first[0] and first[0] in made:
            raise RefusedRequest("DependencyViolation", 403, "The stall leans on another one.", "")

    performing(monkeypatch, leaning)
    _, output = judged(fair, endpoint, tmp_path, "CloseStall", "DeleteStall")
    assert {t.id for t in endpoint.mock.every("Stall", "")} == there, output
    assert "could not be removed" not in output


@pytest.fixture(scope="module")
def ecs():
    """A service in which things are made of others."""
    return service_of("ecs")


@pytest.fixture
def cloud(ecs):
    with served(ecs) as serving:
        yield serving


def test_a_value_that_does_not_go_with_the_thing_accuses_nobody(ecs, cloud, tmp_path, monkeypatch):
    sizes = {}

    def growing(name, parameters):
        size = parameters.get("NewSize", "")
        if name == "ResizeDisk" and size.isdigit():
            if int(size) < sizes.get(parameters.get("DiskId"), 0):
                raise RefusedRequest("InvalidDiskSize.TooSmall", 403, "The disk is larger than that.", "")
            sizes[parameters.get("DiskId")] = int(size)

    performing(monkeypatch, growing)
    found, output = judged(ecs, cloud, tmp_path, "ResizeDisk")
    assert not found["ResizeDisk"]["failed"], output


def test_also_what_things_are_made_of_is_the_runs_own(ecs, cloud, tmp_path, monkeypatch):
    named, there = set(), {t.id for t in cloud.mock.every("Disk", "")}

    def note(name, parameters):
        if name == "CreateSnapshot":
            named.add(parameters.get("DiskId"))

    performing(monkeypatch, note)
    given = ("CreateSnapshot", "DescribeSnapshots", "ModifySnapshotAttribute", "DeleteSnapshot")
    _, output = judged(ecs, cloud, tmp_path, *given, creates=40)
    assert named, output
    assert named.isdisjoint(there), output
    assert {t.id for t in cloud.mock.every("Disk", "")} == there, output


def test_what_is_still_being_made_is_waited_for(fair, endpoint, tmp_path, monkeypatch):
    usual, looks = OwnThings._item, []

    def item(self, life, id, texts):
        found = usual(self, life, id, texts)
        looks.append(id)
        return {**found, "Status": "Creating"} if found and len(looks) < 4 else found

    def early(name, parameters):
        if name == "CloseStall" and len(looks) < 4:
            raise RefusedRequest("IncorrectStallStatus", 403, "The stall is being put up.", "")

    performing(monkeypatch, early)
    monkeypatch.setattr(OwnThings, "_item", item)
    found, output = judged(fair, endpoint, tmp_path, "CloseStall")
    assert found["CloseStall"]["verdict"] == "conformant", output


SAMPLE = "stl-bp67acfmxazb4p****"


def test_a_documented_sample_that_may_be_somebodys_is_never_named_by_what_changes_something(
    fair, endpoint, tmp_path, monkeypatch
):
    named = []
    performing(monkeypatch, lambda name, parameters: named.append(f"{name} {parameters.get('StallId')}"))
    found, output = judged(fair, endpoint, tmp_path, *CHANGING, creates=60)
    assert {one["verdict"] for one in found.values()} == {"conformant"}, output
    assert not [line for line in named if SAMPLE in line]
    # also where nothing of the run's own could be made
    judged(fair, endpoint, tmp_path / "refused", "CloseStall", creates=0)
    assert not [line for line in named if SAMPLE in line]
