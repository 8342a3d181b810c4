"""The ledger as documentation, and the commands that read documentation."""

from __future__ import annotations

import json
import re

import pytest


def test_requirements_are_listed_and_filtered(acs):
    done = acs("requirements", "ids.*", "--json")
    listed = json.loads(done.stdout)
    assert done.returncode == 0
    assert {"DescribeTasks.ids.selects", "DescribeTasks.ids.complete"} <= {r["id"] for r in listed}
    assert all(r["id"].startswith("DescribeTasks.ids.") for r in listed)
    shown = acs("requirements", "ids.*").stdout
    assert "statement" in shown
    assert {r["id"] for r in listed} <= set(shown.split()), "an id is cut where nobody reads it at a terminal"


def test_a_requirement_is_explained(acs):
    done = acs("explain", "parameters.PageSize.above-maximum")
    assert done.returncode == 0
    for word in ("PageSize", "MUST", "2019-08-06", "clamped", "Documented examples", "endpoint -k", "Killed by"):
        assert word in done.stdout


def test_a_requirement_of_an_sdk_is_explained_with_the_command_that_judges_it(acs):
    words = ("--operation", "DescribeSnapshotMonitorData")
    done = acs("explain", "sdk.responses.long-integer", *words)
    assert done.returncode == 0, done.stderr
    [command] = [line.strip() for line in done.stdout.splitlines() if line.strip().startswith("acs-conformance ")]
    wanted = ["acs-conformance sdk DRIVER --release VERSION", *words, "-k 'responses.long-integer'"]
    assert command == " ".join(wanted)


@pytest.mark.parametrize("command", ["explain", "requirements"])
def test_an_unknown_requirement_gets_a_suggestion(acs, command):
    done = acs(command, "ids.select")
    assert done.returncode == 2
    assert "did you mean ids.selects" in done.stderr


def test_derive_gives_a_suite_for_an_operation(acs, seeds, tmp_path):
    done = acs("derive", *seeds, "-o", "made")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "contract.yaml").exists()
    run = acs("endpoint", "--contract", "made", "-k", "paging.total-is-constant", "--seed", "1")
    assert run.returncode == 0, run.stdout + run.stderr


def test_derive_reports_what_was_understood(acs, seeds, tmp_path):
    done = acs("derive", *seeds, "--report")
    assert done.returncode == 0
    assert "rows" in done.stdout
    assert "contradictory" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_diff_tells_breaking_changes_by_its_status(acs, seeds):
    done = acs("diff", seeds[1], seeds[0])
    assert done.returncode == 1
    assert "breaking for clients" in done.stdout
    assert acs("diff", seeds[0], seeds[0]).returncode == 0
    assert json.loads(acs("diff", seeds[1], seeds[0], "--format", "json").stdout)


@pytest.mark.parametrize("text", ["", "Once upon a time.", "# Title\n\nNo table here.\n"])
def test_what_is_no_page_is_refused_and_nothing_is_written(acs, tmp_path, text):
    (tmp_path / "page.md").write_text(text)
    done = acs("derive", "page.md", "-o", "made")
    assert done.returncode == 2
    assert "page.md" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "made").exists()


def test_derive_without_a_folder_says_what_to_do(acs, tmp_path):
    (tmp_path / "page.md").write_text("x")
    done = acs("derive", "page.md")
    assert done.returncode == 2
    assert "-o" in done.stderr


def test_the_requirements_of_one_operation_are_readable(acs):
    listed = acs("requirements", "--operation", "RunInstances", "--side", "endpoint").stdout
    lines = [line for line in listed.splitlines() if line.startswith("RunInstances.")]
    assert len(lines) <= 100
    alone = [line for line in lines if " subjects: " not in line]
    counted = sum(int(n) for n in re.findall(r"\((\d+) subjects: ", listed)) + len(alone)
    assert f"{counted} requirements on {len(lines)} lines" in listed  # none is lost
    # a pattern gives each of a kind
    each = acs("requirements", "--operation", "RunInstances", "RunInstances.parameters.*.maximum").stdout
    assert len([line for line in each.splitlines() if line.startswith("RunInstances.")]) == 11
    assert "sdk" not in {r["side"] for r in json.loads(acs("requirements", "--side", "endpoint", "--json").stdout)}


def test_ids_of_every_operation_and_resource_are_explained_and_listed(acs):
    done = acs("explain", "Disk.sequences.gone")
    assert done.returncode == 0, done.stderr
    for words in ("DeleteDisk", "endpoint --service ecs -k 'Disk.sequences.gone'", "deletions-in-vain"):
        assert words in done.stdout
    done = acs("explain", "DescribeKeyPairs.tags.selects")
    assert "--operation DescribeKeyPairs" in done.stdout
    done = acs("requirements", "--service", "ecs", "DescribeKeyPairs.tags.*", "Vpc.sequences.*", "--json")
    ids = {r["id"] for r in json.loads(done.stdout)}
    assert {"DescribeKeyPairs.tags.selects", "Vpc.sequences.created-listed"} <= ids
    assert all(id.startswith(("DescribeKeyPairs.tags.", "Vpc.sequences.")) for id in ids)


def test_an_id_that_no_service_has_gets_a_suggestion(acs):
    done = acs("explain", "Disk.sequences.gon")
    assert done.returncode == 2
    assert "did you mean Disk.sequences.gone" in done.stderr
    done = acs("requirements", "--service", "ecs", "DescribeKeyPairs.tags.select")
    assert done.returncode == 2
    assert "did you mean DescribeKeyPairs.tags.selects" in done.stderr
    assert acs("explain", "ids.selects", "--service", "ecs", "--operation", "DescribeDisks").returncode == 2
