"""The release matrix: resumed where it stopped, kept as event streams; no release that cannot be judged stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from conformance.contract.catalogue import service_of
from conformance.drivers.installation import Installation, InstallFailed
from conformance.drivers.recipe import recipe
from conformance.report.basis import Basis
from conformance.report.league_files import certificate_path, lines_in, stream_in, stream_path, streams_in
from conformance.report.signature import verify
from conformance.sdk import matrix as matrices
from conformance.sdk.certify import plan_of
from conformance.sdk.matrix import Judging, run_matrix

MINIATURE = str(Path(__file__).with_name("miniature.py"))
FAULTS = {"1.0": ("raw-plus", "no-gzip"), "1.1": ("no-gzip",), "1.10": (), "2.0": ("crashes",)}
SELECT = ("requests.plus", "requests.space", "responses.gzip", "signing.valid")
DIGEST = {"sha256": "ab" * 32}


@pytest.fixture
def small():
    return Judging(*plan_of("DescribeTasks", None, SELECT, ()))


@pytest.fixture
def installs(monkeypatch):
    """Installs a miniature for each release; 0.9 is one that the registry refuses."""
    asked = []

    def install(one, release, cache=None, build=False):
        asked.append(release)
        if release == "0.9":
            raise InstallFailed("pip: no such release")
        command = (sys.executable, MINIATURE, "structures", f"is-{release}", *FAULTS[release])
        return Installation(one, release, command, {"dep": "1"}, "Python", DIGEST)

    monkeypatch.setattr(matrices, "install", install)
    return asked


@pytest.fixture
def run(small, installs, tmp_path):
    """The matrix of these releases, and what was told of each."""

    def run(*releases, judging=small):
        told = []
        found = run_matrix(
            recipe("python-legacy"),
            releases,
            judging,
            tmp_path,
            on_release=lambda r, fresh: told.append((r.name, fresh)),
        )
        return found, sorted(told)

    return run


def test_a_matrix_is_resumed_and_repeats_nothing(run, installs):
    run("1.0")
    found, told = run("1.0", "1.1", "1.10")
    assert told == [("1.0", False), ("1.1", True), ("1.10", True)]
    assert sorted(installs) == ["1.0", "1.1", "1.10"]
    assert [r.name for r in found.releases] == ["1.0", "1.1", "1.10"]


def test_another_selection_or_a_stream_that_was_taken_away_is_certified_anew(run, small, installs, tmp_path):
    run("1.1")
    run("1.1", judging=evolve(small, plan=evolve(small.plan, select=("requests.plus",))))
    [stream] = streams_in(tmp_path)
    stream.unlink()
    run("1.1", judging=evolve(small, plan=evolve(small.plan, select=("requests.plus",))))
    assert installs == ["1.1"] * 3


def test_what_cannot_be_judged_stops_no_other_and_says_why(run, installs):
    found, _ = run("0.9", "1.10", "2.0")
    assert [(r.name, r.scope.exit_status) for r in found.releases] == [("0.9", 3), ("1.10", 0), ("2.0", 3)]
    assert "no such release" in found.releases[0].scope.sentence
    assert "The driver is at fault" in found.releases[2].scope.sentence
    assert not found.releases[0].verdicts
    run("0.9")
    assert installs.count("0.9") == 2, "what could not be established is tried again"


@pytest.mark.parametrize(
    ("releases", "word"),
    [
        (("1.10",), "conformant"),
        (("1.0", "1.10", "2.0"), "not-conformant"),
        (("0.9", "1.10"), "not-established"),
    ],
)
def test_the_word_on_a_matrix(run, releases, word):
    assert run(*releases)[0].word == word


def test_the_first_release_of_each_change_is_told(run, tmp_path):
    run("0.9", "1.0", "1.1", "1.10")
    [line] = lines_in(tmp_path)
    assert [r.name for r in line.releases] == ["1.10", "1.1", "1.0", "0.9"]
    changes = {(c.check, c.release, c.kind) for c in line.changes()}
    assert changes == {("requests.plus", "1.1", "fix"), ("responses.gzip", "1.10", "fix")}
    assert line.newest.name == "1.10"


def test_a_certificate_that_is_kept_follows_from_its_stream(installs, tmp_path):
    whole = Judging(*plan_of("DescribeTasks", None, (), ("MUST",)))
    run_matrix(recipe("python-legacy"), ["1.10"], whole, tmp_path)
    [stream] = streams_in(tmp_path)
    found = verify(
        certificate_path(stream).read_bytes(), stream_in(stream), None, None, lambda header: Basis.of_run(header, None)
    )
    assert found.problems == ()


def test_a_matrix_over_a_service(installs, tmp_path):
    plan, ledger = plan_of("DescribeTasks", None, (), ())
    few = evolve(plan, select=("requests.each-parameter", "requests.repeated-parameter"))
    judging = Judging(few, ledger, service_of("ecs"), ("St*Instances",))
    told = []
    one = recipe("python-legacy")
    for _ in range(2):
        found = run_matrix(one, ["0.9", "1.10"], judging, tmp_path, on_release=lambda r, f: told.append((r.name, f)))
    assert [(r.name, r.scope.exit_status) for r in found.releases] == [("0.9", 3), ("1.10", 0)]
    assert sorted(told) == [("0.9", True), ("0.9", True), ("1.10", False), ("1.10", True)]
    assert set(found.releases[1].verdicts) >= {"StartInstances", "StopInstances"}
    path = stream_path(tmp_path, one.package, "1.10", "ecs")
    statement = json.loads(certificate_path(path).read_text("utf-8"))
    assert statement["subject"][0]["digest"] == DIGEST


OVER_A_SERVICE = """
import os
import signal
import sys
from pathlib import Path
from attrs import evolve
from conformance.contract.catalogue import service_of
from conformance.drivers.installation import Installation
from conformance.drivers.recipe import recipe
from conformance.sdk import matrix, service
from conformance.sdk.certify import plan_of

command = (sys.executable, {miniature!r}, "structures")
def install(one, release, cache=None, build=False):
    return Installation(one, "1.2.3", command, {{}}, "Python", {{"sha256": "ab" * 32}})
matrix.install = install
plan, ledger = plan_of("DescribeTasks", None, (), ())
few = evolve(plan, select=("requests.each-parameter",))
judge_all, judged = service.judge_all, []
def one_by_one(tasks, subject, workers):
    for one in judge_all(tasks, subject, 1):
        yield one
        print(one.name, flush=True)
        if sys.argv[1:] and len(list(Path({folder!r}).rglob("operations/*/events.jsonl"))) >= 2:
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
service.judge_all = one_by_one
judging = matrix.Judging(few, ledger, service_of("ecs"), ("St*Instance*",))
found = matrix.run_matrix(recipe("python-legacy"), ["1.2.3"], judging, Path({folder!r}))
print(*(release.scope.exit_status for release in found.releases))
"""


@pytest.mark.parametrize("by", ["SIGKILL", "SIGINT"])
def test_a_matrix_over_a_service_goes_on_within_a_release(tmp_path, by):
    script = OVER_A_SERVICE.format(miniature=MINIATURE, folder=str(tmp_path))
    first = subprocess.run([sys.executable, "-c", script, by], capture_output=True, text=True, check=False)
    assert first.returncode != 0
    assert len(first.stdout.split()) < 4
    assert streams_in(tmp_path) == ()
    assert (tmp_path / matrices.UNFINISHED).is_dir()
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    *names, status = again.stdout.split()
    assert status == "0"
    assert 0 < len(names) < 4
    assert not {*first.stdout.split()} & {*names}
    assert not (tmp_path / matrices.UNFINISHED).exists()
    [line] = lines_in(tmp_path)
    assert len(line.newest.verdicts) == 4


KILLED = """
import os
import sys
from pathlib import Path
from conformance.drivers.installation import Installation
from conformance.drivers.recipe import recipe
from conformance.sdk import matrix
from conformance.sdk.certify import plan_of

command = (sys.executable, {miniature!r})
def install(one, release, cache=None, build=False):
    return Installation(one, "1.2.3", command, {{}}, "Python")
matrix.install = install
judging = matrix.Judging(*plan_of("DescribeTasks", None, ("requests.plus",), ()))
releases = [f"1.{{n}}" for n in range(6)]
tell = lambda r, fresh: os.write(1, f"{{fresh}}\\n".encode())  # whole lines from two threads
matrix.run_matrix(recipe("python-legacy"), releases, judging, Path({folder!r}), on_release=tell)
"""


def test_a_matrix_that_is_killed_half_way_goes_on_where_it_was(tmp_path):
    script = KILLED.format(miniature=MINIATURE, folder=str(tmp_path))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as first:
        assert [first.stdout.readline() for _ in range(3)] == ["True\n"] * 3
        os.killpg(first.pid, signal.SIGKILL)
    kept = len(streams_in(tmp_path))
    assert kept >= 3
    again = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert len(again) == 6
    assert again.count("False") >= 3
    assert len(streams_in(tmp_path)) == 6
