"""The cassettes of the project: small, in order, and judged today as they were when they were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cassettes import file
from conformance.cli.linting import lint_file
from conformance.cli.replaying import Replay
from tests.conftest import ROOT

FOLDER = ROOT / "cassettes"
FOUND = sorted(p for p in FOLDER.rglob("*.yaml*"))
OPTIONS = {"against": (), "select": (), "events_file": None, "quiet": True, "edited": False}


def test_what_is_to_be_there_is_there() -> None:
    names = {str(p.relative_to(FOLDER)) for p in FOUND}
    variants = ("default", "every-choice-last", "every-choice-otherwise")
    assert names >= {f"DescribeTasks-reference-{v}.yaml.gz" for v in variants}
    revisions, formats = ("2019-08-06", "2021-01-07"), ("json", "xml")
    assert names >= {f"samples/DescribeTasks-{r}-{f}.yaml" for r in revisions for f in formats}


def test_they_are_small_enough_for_a_repository() -> None:
    sizes = {p.name: p.stat().st_size for p in FOUND}
    assert not {name: size for name, size in sizes.items() if size >= 1024 * 1024}
    assert sum(sizes.values()) < 10 * 1024 * 1024


@pytest.mark.parametrize("path", FOUND, ids=lambda p: p.name)
def test_judged_as_it_was(path: Path, tmp_path: Path, no_network: None, no_generator: None) -> None:
    loaded = file.load(path)
    assert not loaded.changes
    replay = Replay.of(path, loaded, None, {**OPTIONS, "report_dir": tmp_path})
    status = replay.run(tmp_path)
    assert (tmp_path / "differences.json").read_text("utf-8").strip() == "[]"
    assert status == 0


@pytest.mark.parametrize("path", [p for p in FOUND if p.parent != FOLDER], ids=lambda p: p.name)
def test_in_order(path: Path) -> None:
    problems, _ = lint_file(path)
    assert not problems
