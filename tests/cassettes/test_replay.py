"""A recorded run and its replay come to the same verdicts over the same exchanges, without network or generator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve

from conformance.cassettes import file
from conformance.cassettes.replaying import ReplaySettings
from conformance.cli.showing import live
from conformance.endpoint.replay import Replay
from tests.cassettes.conftest import Recorded, recording, replayed, verdicts


@pytest.mark.parametrize("shares", [1, 2, 3])
def test_verdicts_and_exchanges_are_the_same(
    recorded: Recorded, tmp_path: Path, shares: int, no_network: None, no_generator: None
) -> None:
    assert not recorded.results.breakdowns
    assert len({v.requirement for v in recorded.results.verdicts}) > 15
    again = replayed(recorded.cassette, recorded.settings, tmp_path, shares, seed=777, max_examples=50)
    assert not again.breakdowns
    assert len(again.in_passing) == shares
    assert verdicts(again) == verdicts(recorded.results)
    assert again.traffic == recorded.results.traffic


def test_the_same_after_a_round_trip_through_a_file(recorded: Recorded, tmp_path: Path) -> None:
    file.save(tmp_path / "c.yaml.gz", recorded.cassette)
    loaded = file.load(tmp_path / "c.yaml.gz")
    assert not loaded.changes
    assert verdicts(replayed(loaded.cassette, recorded.settings, tmp_path)) == verdicts(recorded.results)


def test_every_exchange_of_the_run_is_in_the_cassette(recorded: Recorded) -> None:
    cassette = recorded.cassette
    assert len(cassette.interactions) == recorded.results.traffic.requests > 200
    assert [i.number for i in cassette.interactions] == list(range(1, len(cassette.interactions) + 1))
    assert cassette.provenance.complete
    assert cassette.provenance.kind == "reference"
    assert cassette.provenance.dialect


# one that always shows, one that shows now and then, one of which the bodies are no text
@pytest.mark.parametrize(
    "fault",
    ["pages-skip-an-item", pytest.param("page-moves-by-one-every-third-time", marks=pytest.mark.gate), "xml-in-gbk"],
)
def test_what_fails_live_fails_replayed(recorded: Recorded, tmp_path: Path, fault: str) -> None:
    found = recording(
        recorded.subject, tmp_path, [fault], select=("paging.pages-*", "envelope.utf-8"),
        traffic=("paging.repeatable",), max_examples=2, shrinks=5, signatures=("v1",), methods=("GET",),
    )  # fmt: skip
    assert any(v.verdict == "failed" for v in found.results.verdicts)
    file.save(tmp_path / "c.yaml", found.cassette)
    loaded = file.load(tmp_path / "c.yaml")
    assert not loaded.changes
    for shares in (1, 2):
        again = replayed(loaded.cassette, found.settings, tmp_path, shares)
        assert verdicts(again) == verdicts(found.results)
        assert again.traffic.outcomes == found.results.traffic.outcomes


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_judged_otherwise_than_it_was_is_said_by_any_number_of_workers(
    recorded: Recorded, tmp_path: Path, workers: int
) -> None:
    """Processes that do not find what was found leave the judgement to one."""
    first, *others = recorded.cassette.verdicts
    other = evolve(recorded.cassette, verdicts=({**first, "verdict": "failed"}, *others))
    file.save(tmp_path / "c.yaml", other)
    asked = ReplaySettings(report_dir=tmp_path, workers=workers)
    outcome = Replay.of(tmp_path / "c.yaml", file.load(tmp_path / "c.yaml"), asked).run(live(quiet=True))
    assert outcome.evidence.conclusion.exit_status == 0
    (difference,) = json.loads((tmp_path / "differences.json").read_text("utf-8"))
    assert difference["requirement"] == first["requirement"]
    assert (difference["before"], difference["after"]) == ("failed", first["verdict"])


def test_a_listing_that_moves_is_replayed_as_it_moved(recorded: Recorded, tmp_path: Path) -> None:
    select = ("range.*", "paging.repeatable", "filters.*.selects")
    found = recording(recorded.subject, tmp_path, variants=["progressing"], select=select, traffic=(), max_examples=3)
    assert found.cassette.items is None
    again = replayed(found.cassette, found.settings, tmp_path)
    assert verdicts(again) == verdicts(found.results)
    assert again.traffic.requests == found.results.traffic.requests


def test_a_request_that_was_not_recorded_is_inconclusive_and_named(recorded: Recorded, tmp_path: Path) -> None:
    left = tuple(i for i in recorded.cassette.interactions if i.meaning.minutes is None)
    again = replayed(evolve(recorded.cassette, interactions=left), recorded.settings, tmp_path)
    found = {v.requirement: v for v in again.verdicts if v.verdict == "inconclusive"}
    window = next(v for r, v in found.items() if r.endswith("signatures.clock-window"))
    assert "no answer to DescribeTasks" in window.message
    assert "was recorded" in window.message
    assert not any(v.verdict == "passed" and "clock-window" in v.requirement for v in again.verdicts)


def test_a_check_without_recorded_examples_is_inconclusive(recorded: Recorded, tmp_path: Path) -> None:
    examples = recorded.cassette.examples
    kept = tuple(evolve(e, requirement="other") if "range.start" in e.requirement else e for e in examples)
    again = replayed(evolve(recorded.cassette, examples=kept), recorded.settings, tmp_path)
    found = [v for v in again.verdicts if v.requirement.endswith("range.start")]
    assert found
    assert all(v.verdict == "inconclusive" for v in found)
    assert "no example of this check was recorded" in found[0].message


def test_an_unknown_draw_is_inconclusive(recorded: Recorded, tmp_path: Path) -> None:
    def changed(example):
        draws = tuple((f"{label} of old", value) for label, value in example.draws)
        return evolve(example, draws=draws) if "repeatable" in example.requirement else example

    kept = tuple(map(changed, recorded.cassette.examples))
    again = replayed(evolve(recorded.cassette, examples=kept), recorded.settings, tmp_path)
    found = [v for v in again.verdicts if v.requirement.endswith("paging.repeatable")]
    assert {v.verdict for v in found} == {"inconclusive"}
    assert "another version of the suite" in found[0].message


def test_one_check_alone_finds_the_answers_that_another_asked_for(recorded: Recorded, tmp_path: Path) -> None:
    """The inventory was read by a check that is left out now; answers that are given twice are judged once."""
    select = ("range.start", "envelope.request-id-unique")
    alone = replayed(recorded.cassette, recorded.settings, tmp_path, select=select)
    assert {v.verdict for v in alone.verdicts} == {"passed"}
