"""No hostile target is conformant, none takes twice its bound or 300 MB, and the suite never blames itself."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from tests.cli.conftest import NO_KEY
from tests.hostile import table
from tests.hostile.oddities import ODDITIES
from tests.hostile.strangers import STRANGERS
from tests.hostile.targets import TARGETS as FIRST
from tests.hostile.targets import Served
from tests.hostile.turncoats import TURNCOATS

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
TARGETS = (*FIRST, *TURNCOATS, *STRANGERS)
SECONDS = 20
MOST_MEMORY = 300 << 20
SAMPLE = (
    "drips headers", "a gzip bomb", "407", "200,000 attributes", "silence after 10", "HTML after 10",
)  # fmt: skip


@pytest.fixture(scope="module")
def backend():
    contract, protocol = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
    with ReferenceEndpoint(contract, protocol, seeding.generated(contract, protocol)) as endpoint:
        yield endpoint.url


def tried(target, backend, folder, command, select):
    """The exit status, what was printed, seconds of the wall and of the processor, and the peak memory in bytes."""
    words = [
        sys.executable, "-m", "conformance", command, "URL", "--signature", "none", "--timeout", "1", "--max-seconds",
        str(SECONDS), "--max-examples", "2", "--seed", "1", *select, *target.options, "--report-dir", "out",
    ]  # fmt: skip
    with Served(target, backend) as served:
        words[4] = served.url
        started, before = time.monotonic(), used()
        with (folder / "printed").open("w+") as printed:
            child = subprocess.Popen(words, cwd=folder, env={**NO_KEY, "NO_COLOR": "1"}, stdout=printed, stderr=printed)
            memory = _waited(child, started)
            printed.seek(0)
            text = printed.read()
    return child.returncode, text, time.monotonic() - started, used() - before, memory


def used() -> float:
    """Seconds of the processor that children took which came to their end."""
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def _waited(child, started) -> int:
    """The most memory that a child was seen to hold until its end: what wait4 says begins with that of this process."""
    most = 0
    while child.poll() is None:
        if time.monotonic() - started > 3 * SECONDS:
            child.kill()
            child.wait()
            break
        held = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child.pid}/status").read_text())
        most = max(most, int(held[1]) * 1024 if held else 0)
        time.sleep(0.02)
    return most


def told(text, folder):
    """Everything that a person is told."""
    summary = folder / "out" / "summary.json"
    found = json.loads(summary.read_text()) if summary.exists() else {"verdicts": []}
    return text + " ".join(f"{v['message']} {v.get('received', '')}" for v in found["verdicts"])


COMMANDS = ("endpoint", "record")
ORDER = [(target.name, command) for target in TARGETS for command in COMMANDS]
MANY = ("-k", "paging.*", "-k", "envelope.*")
FEW = ("-k", "paging.total-is-constant", "-k", "paging.repeatable")


def judged(target, backend, folder, command="endpoint", select=MANY):
    status, text, seconds, processor, memory = tried(target, backend, folder, command, select)
    everything = told(text, folder)
    if os.environ.get("HOSTILE_TABLE"):
        said = next(iter(text.strip().splitlines()[-1:]), "")
        table.keep(table.Row(target.name, command, status, seconds, processor, SECONDS, memory, said), ORDER)
    assert status in (1, 3), text
    assert "the suite itself" not in everything.lower()
    assert "Traceback" not in everything
    assert "\x1b" not in text
    assert memory < MOST_MEMORY
    assert not target.words or any(word in everything for word in target.words), everything[:2000]
    return table.taken(seconds, processor, SECONDS)


@pytest.mark.parametrize("target", [t for t in TARGETS if t.name in SAMPLE], ids=lambda t: t.name)
def test_a_sample_of_hostile_targets(target, backend, tmp_path):
    judged(target, backend, tmp_path, select=FEW)


@pytest.mark.gate
def test_the_table_that_is_kept_is_whole():
    assert list(table.rows()) == ORDER


def test_the_table_that_is_kept_is_of_these_targets_and_within_the_bounds():
    kept = table.rows()
    assert list(kept) == [key for key in ORDER if key in kept]
    assert len(kept) > 100
    for _, _, status, seconds, processor, bound, memory, said in kept.values():
        assert status in ("1", "3")
        wall = float(seconds)
        assert table.taken(wall, wall if processor == "–" else float(processor), float(bound)) < 2 * float(bound)
        assert int(memory) << 20 < MOST_MEMORY
        assert "the suite itself" not in said.lower()


def test_a_row_takes_the_place_of_the_one_before(tmp_path):
    order = [("a b", "record"), ("c", "endpoint")]
    for row in (
        table.Row("c", "endpoint", 3, 1.0, 0.5, 20, 1 << 20, "one"),
        table.Row("a b", "record", 1, 1.25, 0.5, 20, 3 << 20, "two\nlines | more"),
        table.Row("c", "endpoint", 1, 2.0, 1.5, 20, 2 << 20, "x" * 999),
    ):
        table.keep(row, order, tmp_path / "t.md")
    kept = table.rows(tmp_path / "t.md")
    assert kept["c", "endpoint"][2:7] == ["1", "2.0", "1.5", "20", "2"]
    assert [cells[7][:16] for cells in kept.values()] == ["two lines / more", "x" * 16]


@pytest.mark.gate
@pytest.mark.parametrize("target", ODDITIES, ids=lambda t: t.name)
def test_what_is_odd_and_conformant_is_conformant(target, backend, tmp_path):
    status, text, *_ = tried(target, backend, tmp_path, "endpoint", FEW)
    assert status == 0, told(text, tmp_path)


@pytest.mark.gate
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("target", TARGETS, ids=lambda t: t.name)
def test_every_hostile_target(target, command, backend, tmp_path):
    assert judged(target, backend, tmp_path, command) < 2 * SECONDS
