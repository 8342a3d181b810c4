"""The release matrix: resumed where it stopped, and rendered with the first release of each change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from lxml import html

from conformance.drivers.installation import Installation, InstallFailed
from conformance.drivers.recipe import recipe
from conformance.sdk import matrix as matrices
from conformance.sdk import render
from conformance.sdk.matrix import run_matrix
from conformance.sdk.publish import publish

MINIATURE = str(Path(__file__).with_name("miniature.py"))
FAULTS = {"1.0": ("raw-plus", "no-gzip"), "1.1": ("no-gzip",), "1.10": (), "2.0": ("lies-about-version",)}


@pytest.fixture
def small(plan):
    return evolve(plan, select=("requests.plus", "requests.space", "responses.gzip", "signing.valid"))


@pytest.fixture
def installs(monkeypatch):
    """Installs a miniature for each release; 0.9 is one that the registry refuses."""
    asked = []

    def install(one, release, cache=None, build=False):
        asked.append(release)
        if release == "0.9":
            raise InstallFailed("pip: no such release")
        faults = FAULTS[release]
        return Installation(one, release, (sys.executable, MINIATURE, *faults), {"dep": "1"}, "Python")

    monkeypatch.setattr(matrices, "install", install)
    return asked


@pytest.fixture
def certified(monkeypatch):
    """The miniature always says 1.2.3: that is the release that is expected of it here."""
    real = matrices.certify

    def certify(command, plan, expected_version=None, workers=1):
        return real(command, plan, expected_version="1.2.3")

    monkeypatch.setattr(matrices, "certify", certify)


def test_a_matrix_is_resumed_and_repeats_nothing(tmp_path, small, installs, certified):
    told = []
    one = recipe("python-legacy")
    run_matrix(one, ["1.0"], small, tmp_path, on_record=lambda r, fresh: told.append((r.release, fresh)))
    done = run_matrix(
        one,
        ["1.0", "1.1", "1.10"],
        small,
        tmp_path,
        on_record=lambda r, fresh: told.append((r.release, fresh)),
    )
    assert sorted(told[1:]) == [("1.0", False), ("1.1", True), ("1.10", True)]
    assert sorted(installs) == ["1.0", "1.1", "1.10"]
    assert [r.release for r in done.records] == ["1.0", "1.1", "1.10"]


def test_a_half_written_record_is_made_anew(tmp_path, small, installs, certified):
    one = recipe("python-legacy")
    run_matrix(one, ["1.1"], small, tmp_path)
    kept = tmp_path / one.name / "1.1.json"
    kept.write_text(kept.read_text()[:50])
    run_matrix(one, ["1.1"], small, tmp_path)
    assert installs == ["1.1", "1.1"]
    assert json.loads(kept.read_text())["outcome"] == "certified"


def test_another_selection_is_certified_anew(tmp_path, small, installs, certified):
    one = recipe("python-legacy")
    run_matrix(one, ["1.1"], small, tmp_path)
    run_matrix(one, ["1.1"], evolve(small, select=("requests.plus",)), tmp_path)
    assert installs == ["1.1", "1.1"]


def test_what_does_not_install_and_faulty_drivers_are_told_apart(tmp_path, small, installs, certified):
    done = run_matrix(recipe("python-legacy"), ["0.9", "1.10", "2.0"], small, tmp_path)
    assert [(r.release, r.outcome) for r in done.records] == [
        ("0.9", "does-not-install"),
        ("1.10", "certified"),
        ("2.0", "driver-fault"),
    ]
    assert all(r.conformant is None for r in done.records if r.outcome != "certified")


@pytest.mark.parametrize(
    ("releases", "word"),
    [
        (["1.10"], "conformant"),
        (["1.0", "1.10", "2.0"], "not-conformant"),
        (["0.9", "1.10"], "not-established"),
        (["0.9", "2.0"], "not-established"),
    ],
)
def test_the_word_on_a_matrix(tmp_path, small, installs, certified, releases, word):
    assert run_matrix(recipe("python-legacy"), releases, small, tmp_path).word == word


def test_changes_and_renderings(tmp_path, small, installs, certified):
    done = run_matrix(recipe("python-legacy"), ["0.9", "1.0", "1.1", "1.10"], small, tmp_path)
    changes = {(render.short(c.requirement), c.release, c.kind) for c in done.changes()}
    assert {("requests.plus", "1.1", "fix"), ("responses.gzip", "1.10", "fix")} <= changes
    markdown = render.as_markdown(done)
    assert "| requests.plus | MUST | ✗ | ✓ | ✓ |" in markdown
    assert "0.9 | does-not-install: pip: no such release" in markdown
    assert "requests.space" not in markdown.partition("## Changes")[0].partition("| Requirement |")[2]
    data = json.loads(render.as_json(done))
    assert [r["release"] for r in data["releases"]] == ["0.9", "1.0", "1.1", "1.10"]
    page = html.fromstring(render.as_html(done))
    assert len(page.xpath("//tbody/tr")) == 4
    assert page.xpath("//td[@class='failed']/@title")
    assert "[python-legacy](python-legacy.md) | 3 | 1.10 |" in render.index([done])


def test_publishing_writes_an_index_and_three_files_for_each_driver(tmp_path, small, installs, certified):
    done = run_matrix(recipe("python-legacy"), ["1.1"], small, tmp_path / "state")
    written = publish([done], tmp_path / "out")
    names = [p.name for p in written]
    assert names == ["README.md", "python-legacy.md", "python-legacy.json", "python-legacy.html"]
    assert all(p.stat().st_size > 200 for p in written)


KILLED = """
import os
import signal
import subprocess
import sys
from pathlib import Path
from attrs import evolve
sys.path.insert(0, {tests!r})
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.drivers.installation import Installation
from conformance.drivers.recipe import recipe
from conformance.sdk import matrix
from conformance.sdk.plan import Plan

here = schemas_root() / "ecs" / "2014-05-26"
plan = Plan(load_contract(here / "DescribeTasks"), load_protocol(here / "common"), select=("requests.plus",))
command = (sys.executable, {miniature!r})
matrix.install = lambda one, release, cache=None, build=False: Installation(one, release, command, {{}}, "Python")
certify = matrix.certify
matrix.certify = lambda c, p, expected_version=None, workers=1: certify(c, p)
releases = [f"1.{{n}}" for n in range(10)]
tell = lambda r, fresh: os.write(1, f"{{r.release}} {{fresh}}\\n".encode())  # whole lines from two threads
matrix.run_matrix(recipe("python-legacy"), releases, plan, Path({folder!r}), on_record=tell)
"""


def test_a_matrix_that_is_killed_half_way_goes_on_where_it_was(tmp_path):
    script = KILLED.format(tests=str(Path(__file__).parent), miniature=MINIATURE, folder=str(tmp_path))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as first:
        before = [first.stdout.readline().split()[0] for _ in range(3)]
        os.killpg(first.pid, signal.SIGKILL)
    kept = {p.stem for p in (tmp_path / "python-legacy").glob("*.json")}
    assert set(before) <= kept
    again = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    told = dict(line.split() for line in again.splitlines())
    assert {r for r, fresh in told.items() if fresh == "False"} == kept
    assert len(told) == 10
