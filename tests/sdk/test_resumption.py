"""A run over a service that was killed is gone on with: only what is missing is judged. What cannot be judged at all
leaves full reports.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main

MINIATURE = Path(__file__).with_name("miniature.py")
FEW = ("-k", "requests.repeated-parameter", "-k", "requests.each-parameter", "--workers", "1")
SERVICE = ("sdk", "--service", "ecs", "--operation", "St*Instance*", *FEW)


def _summary(folder):
    return json.loads((folder / "summary.json").read_text("utf-8"))


def run(*words):
    """The command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run that came to its end."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    done = run(*SERVICE, "--report-dir", folder, "--", sys.executable, MINIATURE, "structures")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def killed(finished, tmp_path):
    """The run made to look like one that was killed in the middle of a line, after one operation."""
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    judged = [n for n, line in enumerate(lines) if '"operation-judged"' in line]
    assert len(judged) == 4
    torn = "".join(lines[: judged[0] + 1]) + lines[judged[1]][:40]
    (folder / "events.jsonl").write_text(torn, "utf-8")
    return folder


def test_what_is_through_is_not_judged_again(killed):
    name = json.loads((killed / "events.jsonl").read_text("utf-8").splitlines()[-2])["name"]
    kept = killed / "operations" / name / "events.jsonl"
    before = kept.read_bytes()
    done = run("sdk", "--resume", killed)
    assert done.exit_code == 0, done.output
    assert kept.read_bytes() == before
    assert f"  {name}  " not in done.stdout
    assert _summary(killed)["counts"]["conformant"] == 4
    started = json.loads((killed / "events.jsonl").read_text("utf-8").splitlines()[0])
    assert started["resumed"]
    assert run("sdk", "--resume", killed).exit_code == 2


def test_evidence_that_was_touched_is_judged_again(killed):
    for stream in killed.glob("operations/*/events.jsonl"):
        stream.write_text(stream.read_text("utf-8") + "\n", "utf-8")
    assert run("sdk", "--resume", killed).exit_code == 0
    assert _summary(killed)["counts"]["conformant"] == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--service", "ecs"), "leave out --service"),
        (("--fail-on", "should"), "leave out --fail-on"),
        (("python-legacy",), "leave out the driver"),
    ],
)
def test_a_run_is_gone_on_with_as_it_began(killed, words, said):
    done = run("sdk", "--resume", killed, *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_what_is_no_run_cannot_be_gone_on_with(tmp_path, killed):
    assert run("sdk", "--resume", tmp_path).exit_code == 2
    settings = json.loads((killed / "run.json").read_text("utf-8"))
    (killed / "run.json").write_text(json.dumps({**settings, "basis": "of yesterday"}), "utf-8")
    done = run("sdk", "--resume", killed)
    assert done.exit_code == 2
    assert "run it again from the start" in done.stderr


def test_a_run_that_is_killed_for_good_is_gone_on_with(acs, tmp_path):
    folder = tmp_path / "run"
    words = [*SERVICE, "--report-dir", str(folder), "--", sys.executable, str(MINIATURE), "structures"]
    command = [sys.executable, "-m", "conformance", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as first:
        for line in first.stdout:
            if " conformant" in line:
                break
        os.killpg(first.pid, signal.SIGKILL)
    done = acs("sdk", "--resume", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _summary(folder)["counts"]["conformant"] == 4


def test_an_sdk_that_does_not_load_leaves_full_reports(tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("import json\nprint(json.dumps({'ready': False, 'protocol': 1, 'reason': 'no such module'}))\n")
    for number, words in enumerate(((), ("--service", "ecs", "--operation", "St*Instance"))):
        folder = tmp_path / str(number)
        done = run("sdk", *words, "--report-dir", folder, "--", sys.executable, broken)
        assert done.exit_code == 3, done.output
        assert (folder / "report.html").is_file()
        assert _summary(folder)["exit_status"] == 3
        assert "no such module" in json.dumps(_summary(folder))
