"""A run that is killed at any moment is gone on with: nothing is lost, judged twice, or wrongly green."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
from random import Random

import pytest

from conformance.report.events import ResumedEntry
from conformance.report.stream import read
from tests.cli.conftest import NO_KEY
from tests.commands import finished
from tests.kills import FEW, check_what_is_left, command, environment, killed, killed_until_the_end, outcome, told

ONE_WAY = ("--signature", "none", "--method", "GET", "--max-examples", "1")
SHORT = ("-k", "ids.*", "--seed", "7", "--format", "json", *ONE_WAY)
FAULT = ("--fault", "xml-error-without-code", "-k", "ids.*", "-k", "envelope.error-body", "-k", "regions.*", *ONE_WAY)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "out"
    assert killed((*SHORT, "--quiet", "--report-dir", str(folder)), folder, signal.SIGKILL, 300) == 0
    return folder


def killed_after_a_verdict(folder, number: signal.Signals) -> tuple[int, str]:
    """A run that is killed when its first verdict is told; its exit status and output."""
    process = subprocess.Popen(
        command("endpoint", *SHORT, "--report-dir", folder), cwd=folder.parent, text=True,
        env=environment(folder.parent / "scratch"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    seen = next(line for line in process.stdout if "requirements judged" in line)
    process.send_signal(number)
    return process.wait(60), seen + process.stdout.read()


@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.gate), signal.SIGKILL])
def test_a_killed_run_is_gone_on_with(number, whole, tmp_path):
    folder = tmp_path / "out"
    status, out = killed_after_a_verdict(folder, number)
    assert status == (3 if number == signal.SIGTERM else -signal.SIGKILL), out
    if number == signal.SIGTERM:
        assert (folder / "junit.xml").exists()
        assert read(folder / "events.jsonl").footer.interrupted
        assert not list((tmp_path / "scratch").iterdir()), "a temporary folder stayed"
    check_what_is_left(folder, status)
    before = told(folder)
    assert before
    assert killed(("--resume", str(folder), "--quiet"), folder, signal.SIGKILL, 300) == 0
    assert outcome(folder) == outcome(whole)
    header = read(folder / "events.jsonl").header
    assert isinstance(header.resumed, ResumedEntry)
    assert header.resumed.checks >= len(before)
    assert header.seed == 7


@pytest.mark.parametrize("command_of", ["endpoint", "record"])
def test_however_often_a_run_is_interrupted_it_leaves_its_evidence(command_of, tmp_path):
    folder, scratch = tmp_path / "out", tmp_path / "scratch"
    words = [*command("endpoint", *SHORT, "--report-dir", folder)]
    words[3:4] = [command_of]
    process = subprocess.Popen(
        words, cwd=tmp_path, text=True, env=environment(scratch), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    seen = next(line for line in process.stdout if "requirements judged" in line)
    sent = 0
    while process.poll() is None:
        process.send_signal((signal.SIGINT, signal.SIGTERM)[sent % 2])
        sent += 1
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
    out = seen + process.stdout.read()
    assert (process.returncode, "Traceback" in out, sent > 1) == (3, False, True), out
    assert read(folder / "events.jsonl").footer.interrupted
    assert json.loads((folder / "summary.json").read_text())["conformant"] is False
    assert not list(scratch.iterdir()), "a temporary folder stayed"


def test_a_cut_stream_is_shown_as_what_it_is(whole, tmp_path):
    lines = (whole / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    for cut in ("".join(lines[:4]), "".join(lines[:4]) + lines[4][:30]):
        (tmp_path / "events.jsonl").write_text(cut, "utf-8")
        done = finished(["report", tmp_path], tmp_path, NO_KEY)
        assert done.returncode == 3
        assert "stream ends before its end" in " ".join(done.stdout.split())
        assert "Conformant" not in done.stdout
    (tmp_path / "events.jsonl").write_text("".join(lines[:3]) + "no event\n" + "".join(lines[3:]), "utf-8")
    assert finished(["report", tmp_path], tmp_path, NO_KEY).returncode == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--resume", "nowhere"], "no run of `endpoint`"),
        (["--resume", "finished"], "came to its end"),
        (["--resume", "cut", "--seed", "3"], "leave out --seed"),
        (["--resume", "damaged"], "cannot be gone on from"),
        (["--resume", "other"], "another contract"),
    ],
)
def test_what_cannot_be_gone_on_with_is_one_sentence(words, named, whole, tmp_path):
    for name in ("finished", "cut", "damaged", "other"):
        shutil.copytree(whole, tmp_path / name)
        if name != "finished":
            (tmp_path / name / "events.jsonl").write_text("")
    (tmp_path / "damaged" / "progress.jsonl").write_text('{"check": [1]}\n')
    kept = json.loads((tmp_path / "other" / "run.json").read_text())
    (tmp_path / "other" / "run.json").write_text(json.dumps({**kept, "contract_digest": "sha256:0"}))
    done = finished(["endpoint", *words], tmp_path, NO_KEY)
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_was_seen_in_passing_is_kept(tmp_path):
    """The exchange that breaks a requirement of every exchange may be one of before the end."""
    folder = tmp_path / "out"
    few = ("--operation", "DescribeTaskAttribute", "--fault", "xml-error-without-code", *ONE_WAY)
    words = (*few, "--seed", "7", "--quiet", "--report-dir", str(folder))
    assert killed(words, folder, signal.SIGKILL, 300) == 1
    want = outcome(folder)
    (folder / "events.jsonl").write_text("")
    assert killed(("--resume", str(folder), "--quiet"), folder, signal.SIGKILL, 300) == 1
    assert outcome(folder) == want, "nothing is left to be asked, and the verdicts are those of the first run"


@pytest.mark.gate
@pytest.mark.parametrize("words", [FEW, (*FAULT, "--seed", "7")], ids=["conformant", "fault"])
def test_a_hundred_kills_at_random_moments(words, tmp_path):
    kills, random, folder = 0, Random(12), tmp_path / "whole"
    killed((*words, "--quiet", "--report-dir", str(folder)), folder, signal.SIGKILL, 600)
    want = outcome(folder)
    while kills < 100:
        folder = tmp_path / f"{kills}" / "out"
        folder.parent.mkdir()
        kills += max(1, killed_until_the_end((*words, "--report-dir", str(folder)), folder, random, 6, 6))
        assert outcome(folder) == want
