"""The pytest plugin in somebody's project: run by pytest itself, on a reference that is right or has a defect."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint import run as runs
from conformance.endpoint.settings import RunSettings
from conformance.reference import faults, seeding
from conformance.reference.server import ReferenceEndpoint
from tests.commands import finished

pytest_plugins = ["pytester"]
FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
FEW = ("-k", "repeatable or total-counts or unknown-id")


@contextmanager
def reference(*names: str) -> Iterator[str]:
    """The URL of a reference that takes unsigned requests."""
    seeded = [faults.named(CONTRACT, name, PROTOCOL) for name in names]
    with ReferenceEndpoint(CONTRACT, PROTOCOL, seeding.generated(CONTRACT, PROTOCOL), faults=seeded) as endpoint:
        yield endpoint.url


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of somebody's, without any configuration, in a process of its own."""
    pytester.makeini("[pytest]\n")
    return pytester


def checked(project: pytest.Pytester, url: str, *words: str, checks: bool = True) -> pytest.RunResult:
    """Run pytest on our checks in the project: a process of its own, forked from one that has imported them."""
    what = ("--pyargs", "conformance.endpoint.checks") if checks else ()
    common = ("-p", "no:randomly", "--acs-signature", "none", "--acs-max-examples", "1", "--acs-seed", "1")
    began = time.monotonic()
    done = finished([*what, "--acs-url", url, *common, *words], project.path, os.environ, "pytest")
    seconds = time.monotonic() - began
    return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), seconds)


def test_what_is_right_passes_and_nothing_is_left_behind(project: pytest.Pytester) -> None:
    with reference() as url:
        result = checked(project, url, *FEW)
    assert result.ret == 0, result.stdout.str()
    assert result.parseoutcomes()["passed"] > 20
    assert not (project.path / ".hypothesis").exists()


def test_a_failed_verdict_fails_its_test_and_says_how_to_send_it_again(project: pytest.Pytester) -> None:
    with reference("total-stops-at-100") as url:
        result = checked(project, url, *FEW, "--junitxml", "out.xml")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*DescribeTasks.paging.total-counts-the-listing failed: *", "  expected  *", "  curl *"]
    )
    assert "Traceback" not in result.stdout.str()
    cases = ElementTree.parse(project.path / "out.xml").findall(".//testcase[failure]")
    assert any("total-counts-the-listing" in (case.get("name") or "") for case in cases)


def test_what_every_exchange_is_judged_by_is_reported_too(project: pytest.Pytester) -> None:
    with reference("errors-have-status-200") as url:
        result = checked(project, url, "-k", "missing-version")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*acs-conformance::DescribeTasks.envelope.error-status*"])


def test_what_cannot_be_judged_is_skipped_with_the_reason(project: pytest.Pytester) -> None:
    with reference() as url:
        result = checked(project, url, "-k", "do-not-leak", "-rs")
    result.stdout.fnmatch_lines(["SKIPPED*this run has one region*"])
    assert "failed" not in result.parseoutcomes()


def test_known_failures_are_expected_and_one_that_passes_fails(project: pytest.Pytester) -> None:
    known = {"reason": "ticket 12", "owner": "storage", "expires": "2099-01-31"}
    rows = [{"requirement": "paging.total-counts-the-listing", **known}, {"requirement": "paging.repeatable", **known}]
    (project.path / "known.yaml").write_text(
        "known_failures:\n"
        + "".join(
            f"- {{requirement: {row['requirement']}, reason: {row['reason']}, owner: {row['owner']}, "
            f"expires: {row['expires']}}}\n"
            for row in rows
        )
    )
    with reference("total-stops-at-100") as url:
        result = checked(project, url, "--acs-known-failing", "known.yaml", "-k", "total-counts or repeatable", "-rx")
    result.stdout.fnmatch_lines(["XFAIL*total-counts-the-listing*known: ticket 12*"])
    result.stdout.fnmatch_lines(["*DescribeTasks.paging.repeatable unexpectedly-passed*"])
    assert result.ret == 1


def test_x_stops_at_the_first_failure_and_lf_runs_it_again(project: pytest.Pytester) -> None:
    with reference("total-stops-at-100") as url:
        stopped = checked(project, url, "-x", "-k", "total-counts")
        again = checked(project, url, "--lf", "-k", "total-counts")
    assert stopped.parseoutcomes()["failed"] == 1
    assert again.parseoutcomes()["failed"] >= 1


def test_workers_report_what_each_of_them_observed(project: pytest.Pytester) -> None:
    with reference("errors-have-status-200") as url:
        result = checked(project, url, "-n", "2", "-k", "missing-version or repeatable or unknown-id")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*acs-conformance::DescribeTasks.envelope.error-status*"])


def test_a_teams_own_checks_stand_beside_ours(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def test_nothing_to_do_with_us():
            assert True

        def test_by_hand(acs_target):
            assert acs_target.ask().accepted

        @pytest.mark.requirement("ours.answers-within-reason", level="MUST")
        def test_own(target, format):
            from conformance.endpoint.claims import claim_equal
            answer = target.ask((), target.channels_for(format)[0]).listing()
            claim_equal("the wrong number of items", 3, len(answer.items), answer)
        """
    )
    with reference() as url:
        result = checked(project, url, checks=False)
    result.stdout.fnmatch_lines(["*DescribeTasks.ours.answers-within-reason failed: the wrong number of items*"])
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 2  # one a format
    assert outcomes["passed"] >= 2


def test_without_an_endpoint_the_plugin_keeps_out_of_the_way(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_plain():
            assert not [name for name in sys.modules if name.startswith("conformance.wire")]

        def test_skipped(acs_target):
            assert False
        """
    )
    result = project.runpytest_subprocess("-rs")
    assert result.parseoutcomes() == {"passed": 1, "skipped": 1}
    result.stdout.fnmatch_lines(["SKIPPED*an endpoint is needed: give --acs-url URL*"])
    checks = project.runpytest_subprocess("--pyargs", "conformance.endpoint.checks")
    assert checks.ret != 0
    assert "an endpoint is needed" in checks.stdout.str() + checks.stderr.str()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--acs-operation", "DescribeTask"), "did you mean DescribeTasks"),
        (("--acs-format", "yaml"), "'yaml' is none of json, xml"),
        (("--acs-seed", "many"), "'many' is no number"),
        (("--acs-select", "nothing.*"), "There is no requirement 'nothing.*'"),
    ],
)
def test_a_wrong_option_is_one_sentence(project: pytest.Pytester, words: tuple[str, ...], said: str) -> None:
    result = checked(project, "http://127.0.0.1:1", *words)
    assert result.ret == 4
    assert said in result.stdout.str() + result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_an_endpoint_that_is_not_there_is_one_sentence(project: pytest.Pytester) -> None:
    result = checked(project, "http://127.0.0.1:1")
    assert result.ret == 3
    assert "cannot be reached" in result.stdout.str() + result.stderr.str()


# ------------------------------------------------------------------------------------ a run of ours, in foreign places


def test_a_certification_is_not_changed_by_the_pytest_of_its_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the environment, nor by a conftest.py or pytest.ini where it is run."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('a foreign conftest was loaded')")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    found = []
    with reference() as url:
        settings = RunSettings(
            url, str(FOLDER), ("cn-hangzhou",), ("json",), ("none",), ("GET",), max_examples=1, select=("paging.rep*",)
        )
        for surroundings in (False, True):
            if surroundings:
                monkeypatch.chdir(tmp_path)
                monkeypatch.setenv("PYTEST_ADDOPTS", "-x -k smoke --no-such-option")
                monkeypatch.setenv("PYTEST_PLUGINS", "no.such.plugin")
            for workers in (1, 2) if surroundings else (1,):
                results, _ = runs.run(settings, lambda verdict: None, tmp_path / "settings.json", workers)
                found.append((sorted((v.requirement, v.verdict) for v in results.verdicts), results.breakdowns))
    assert all(one == found[0] for one in found)
    assert found[0] == ([("DescribeTasks.paging.repeatable", "passed")], [])
    assert {p.name for p in tmp_path.iterdir()} == {"allowance", "conftest.py", "pytest.ini", "settings.json"}
    assert json.loads((tmp_path / "settings.json").read_text())["url"] == url
