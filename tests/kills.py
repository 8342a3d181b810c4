"""A run that is killed and gone on with, and what has to hold of what it leaves; `python -m tests.kills 20` counts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from conformance.report.events import Verdict, from_dict
from conformance.report.stream import read
from tests.cli.conftest import NO_KEY
from tests.commands import finished

FEW = ("-k", "ids.*", "-k", "regions.*", "-k", "paging.*", "-k", "choices.*", "--max-examples", "1", "--seed", "7")


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "conformance", *map(str, words)]


def environment(scratch: Path) -> dict[str, str]:
    scratch.mkdir(exist_ok=True)
    return {**NO_KEY, "NO_COLOR": "1", "TMPDIR": str(scratch)}


def told(folder: Path) -> dict[tuple[str, str], list[str]]:
    """The verdicts in a stream that may be cut, by requirement and case."""
    found: dict[tuple[str, str], list[str]] = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (folder / "events.jsonl").read_text("utf-8").split("\n")[:-1]:
            event = from_dict(json.loads(line))
            if isinstance(event, Verdict):
                found.setdefault((event.requirement, event.case), []).append(event.verdict)
    return found


def through(folder: Path) -> list[tuple[str, ...]]:
    """The checks that were judged, as often as they were."""
    with contextlib.suppress(FileNotFoundError):
        return [tuple(json.loads(line)["check"]) for line in (folder / "progress.jsonl").read_text().split("\n")[:-1]]
    return []


def killed(words: tuple[str, ...], folder: Path, number: signal.Signals, seconds: float) -> int:
    """Start a run, or go on with it, and kill it after so long; its exit status."""
    scratch = folder.parent / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)  # nobody cleans up after SIGKILL
    process = subprocess.Popen(
        command("endpoint", *words), cwd=folder.parent, env=environment(scratch), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell's background ignores it
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        out, _ = process.communicate(timeout=120)
    assert "Traceback" not in out, out
    assert "suite itself failed" not in out, out
    if number is not signal.SIGKILL and process.returncode >= 0:
        assert not os.listdir(scratch), "something was left behind"
    return process.returncode


def check_what_is_left(folder: Path, status: int) -> None:
    """Nothing that a killed run leaves is green, and `report` shows what was judged."""
    if status in (0, 1) or not (folder / "events.jsonl").exists() or not (folder / "events.jsonl").stat().st_size:
        return
    done = finished(["report", folder], folder, {**NO_KEY, "NO_COLOR": "1"})
    whole = (folder / "events.jsonl").read_bytes().endswith(b"\n") and b'"run-finished"' in (
        folder / "events.jsonl"
    ).read_bytes().split(b"\n")[-2]
    if not (whole and not read(folder / "events.jsonl").footer.interrupted):
        assert done.returncode in (2, 3), done.stdout
        assert "Conformant" not in done.stdout
        for name in ("summary.json", "junit.xml"):
            text = (folder / name).read_text() if (folder / name).exists() else ""
            assert '"conformant": true' not in text


def phase_of(folder: Path, before: int) -> str:
    """How far a run had come that was killed, of which so many checks were through when it began."""
    if not (folder / "run.json").exists():
        return "before its settings were kept"
    went_on = ", gone on with" if before else ""
    if (folder / "summary.json").exists() and b'"run-finished"' in (folder / "events.jsonl").read_bytes():
        return f"its end was told{went_on}"
    return f"before a check was through{went_on}" if len(through(folder)) == before else f"among its checks{went_on}"


def killed_until_the_end(
    words: tuple[str, ...],
    folder: Path,
    random: Random,
    kills: int,
    longest: float,
    counted: Counter[str] | None = None,
) -> int:
    """Kill a run and go on with it up to so many times, then let it end; how often it was killed. `counted` gets the
    kills by signal, by exit status and by phase.
    """
    before: dict[tuple[str, str], list[str]] = {}
    judged: list[tuple[str, ...]] = []
    done, asked = 0, words
    for _ in range(kills):
        number = random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
        status = killed((*asked, "--quiet"), folder, number, random.uniform(0.2, longest))
        if status in (0, 1):
            break
        done += 1
        if counted is not None:
            counted.update((number.name, f"exit status {status}", phase_of(folder, len(judged))))
        check_what_is_left(folder, status)
        now = through(folder)
        assert now[: len(judged)] == judged, "what was judged was lost"
        judged = now
        before |= {key: value for key, value in told(folder).items() if key in {k[:2] for k in now}}
        if (folder / "run.json").exists():
            asked = ("--resume", str(folder))
    status = killed((*asked, "--quiet"), folder, signal.SIGKILL, 300) if status not in (0, 1) else status
    assert through(folder)[: len(judged)] == judged, "what was judged was lost"
    assert max(Counter(through(folder)).values()) == 1, "judged twice"
    after = told(folder)
    assert all(after[key] == value for key, value in before.items()), "a verdict changed"
    return done


def outcome(folder: Path) -> tuple[str, dict[tuple[str, str], list[str]]]:
    """What a run comes to: its last word, and every verdict."""
    return json.loads((folder / "summary.json").read_text())["conformant"], told(folder)


def main() -> None:
    """`python -m tests.kills KILLS [SEED]`: so many kills of runs that are gone on with, and what came of them."""
    wanted, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 12
    counted: Counter[str] = Counter()
    kills, runs, random = 0, 0, Random(seed)
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name, "whole", "out")
        whole.parent.mkdir()
        killed((*FEW, "--quiet", "--report-dir", str(whole)), whole, signal.SIGKILL, 600)
        want = outcome(whole)
        while kills < wanted:
            folder = Path(name, str(runs), "out")
            folder.parent.mkdir()
            kills += killed_until_the_end((*FEW, "--report-dir", str(folder)), folder, random, 6, 6, counted)
            runs += 1
            assert outcome(folder) == want, f"another outcome: seed {seed}, run {runs}"
            shutil.rmtree(folder.parent)
            print(f"{kills} kills of {runs} runs: {dict(sorted(counted.items()))}", flush=True)


if __name__ == "__main__":
    main()
