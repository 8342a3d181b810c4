"""The cassettes of the project: small, in order, and judged today as they were when they were recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.cassettes import file
from conformance.cassettes.comparison import compare
from conformance.cassettes.replaying import ReplaySettings
from conformance.cli.cassettes import linted
from conformance.cli.showing import live
from conformance.drivers.recipe import packaged
from conformance.endpoint.replay import Replay
from conformance.sdk.replay import SdkReplay
from tests.conftest import ROOT

FOLDER = ROOT / "cassettes"
FOUND = sorted(p for p in FOLDER.rglob("*.yaml*"))
OF_SDKS = [p for p in FOUND if p.parent.name == "sdk"]
# the registry that the project is developed with does not hand these out
NOT_INSTALLABLE = {"aliyun-cli"}


def test_what_is_to_be_there_is_there() -> None:
    names = {str(p.relative_to(FOLDER)) for p in FOUND}
    variants = ("default", "every-choice-last", "every-choice-otherwise")
    assert names >= {f"DescribeTasks-reference-{v}.yaml.gz" for v in variants}
    revisions, formats = ("2019-08-06", "2021-01-07"), ("json", "xml")
    assert names >= {f"samples/DescribeTasks-{r}-{f}.yaml" for r in revisions for f in formats}
    driven = {name.removeprefix("sdk/").rpartition("-")[0] for name in names if name.startswith("sdk/")}
    assert driven == {r.name for r in packaged()} - NOT_INSTALLABLE


def test_they_are_small_enough_for_a_repository() -> None:
    sizes = {p.name: p.stat().st_size for p in FOUND}
    assert not {name: size for name, size in sizes.items() if size >= 1024 * 1024}
    assert sum(sizes.values()) < 10 * 1024 * 1024


@pytest.mark.parametrize("path", OF_SDKS, ids=lambda p: p.name)
def test_an_sdk_is_judged_as_it_was(path: Path, tmp_path: Path, no_network: None) -> None:
    loaded = file.load(path)
    assert not loaded.changes
    outcome = SdkReplay.of(path, loaded, ReplaySettings(report_dir=tmp_path)).run(live(quiet=True))
    status = outcome.evidence.conclusion.exit_status
    assert (tmp_path / "differences.json").read_text("utf-8").strip() == "[]"
    found = {v["verdict"] for v in loaded.cassette.verdicts}
    assert status == (1 if "failed" in found else 0)
    assert "errored" not in found
    open_ = [v["message"] for v in loaded.cassette.verdicts if v["verdict"] == "inconclusive"]
    known = ("the driver has no way to", "a program in its language has no way to give", "counted once, by")
    assert all(any(words in said for words in known) for said in open_), open_


def test_two_releases_side_by_side(tmp_path: Path) -> None:
    """The recordings of two SDKs of one language stand in for two releases: the signature is another."""
    one, other = ((p, file.load(p)) for p in OF_SDKS if p.name.startswith(("python-legacy", "python-ecs")))
    found = compare(one[1].cassette, other[1].cassette)
    assert found.common > 150
    assert "signature" in {c.what for c in found.on("sends")}


# of the two with every choice otherwise, which are recorded together, one is judged often
SELDOM = "DescribeTasks-reference-every-choice-otherwise.yaml.gz"


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=pytest.mark.gate) if p.name == SELDOM else p for p in FOUND if p not in OF_SDKS],
    ids=lambda p: p.name,
)
def test_judged_as_it_was(path: Path, tmp_path: Path, no_network: None, no_generator: None) -> None:
    loaded = file.load(path)
    assert not loaded.changes
    outcome = Replay.of(path, loaded, ReplaySettings(report_dir=tmp_path)).run(live(quiet=True))
    status = outcome.evidence.conclusion.exit_status
    assert (tmp_path / "differences.json").read_text("utf-8").strip() == "[]"
    assert status == 0


@pytest.mark.parametrize("path", [p for p in FOUND if p.parent != FOLDER], ids=lambda p: p.name)
def test_in_order(path: Path) -> None:
    problems, _ = linted(file.load(path))
    assert not problems
