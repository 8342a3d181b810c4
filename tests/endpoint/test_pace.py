"""A slow endpoint is told of at the beginning: how long its answers take, and with them the run."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.pace import LONG, about, pace_of
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.traffic import Limits
from conformance.ledger.files import ledger_of
from conformance.report.events import Pace
from conformance.report.progress import pace_line
from conformance.wire.client import Client

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
LEDGER = ledger_of(load_contract(FOLDER), load_protocol(FOLDER.parent / "common"))
EVERY = tuple(r for r in LEDGER.requirements if r.side == "endpoint")
RUN = RunSettings("http://127.0.0.1:9", str(FOLDER), ("",))


def target(*seconds):
    answers = iter(seconds)
    return SimpleNamespace(
        ask=lambda: SimpleNamespace(exchange=SimpleNamespace(response=SimpleNamespace(seconds=next(answers))))
    )


def test_answers_of_a_fifth_of_a_second_are_told_of():
    pace = pace_of(target(0.25, 0.2), 0.3, RUN, LEDGER, EVERY, 1)
    assert pace.answer == 0.2
    assert pace.seconds == round(0.2 * pace.requests) > LONG


def test_quick_answers_are_not_even_timed():
    assert pace_of(target(), 0.002, RUN, LEDGER, EVERY, 1) is None


def test_one_slow_answer_is_no_slow_endpoint():
    assert pace_of(target(0.002, 0.003), 5.0, RUN, LEDGER, EVERY, 1) is None


def test_workers_and_bounds_on_requests_shorten_the_run():
    alone = pace_of(target(0.5, 0.5), 0.5, RUN, LEDGER, EVERY, 1)
    assert pace_of(target(0.5, 0.5), 0.5, RUN, LEDGER, EVERY, 4).seconds == pytest.approx(alone.seconds / 4, abs=1)
    bounded = evolve(RUN, limits=Limits(max_requests=100, max_seconds=60.0))
    assert pace_of(target(), 0.5, bounded, LEDGER, EVERY, 1) is None
    assert about(EVERY, bounded) == 100 < about(EVERY, RUN)


def test_a_narrow_run_is_shorter():
    few = tuple(r for r in EVERY if r.check.startswith("filters."))
    assert 0 < about(few, RUN) < about(EVERY, RUN) / 10


def test_what_a_person_is_told():
    told = pace_line(Pace(0.2, 5000, 1000.0))
    assert told.startswith("An answer takes 200 ms here: the 5,000 requests of this run, roughly, take 16 min 40 s.")
    for option in ("--workers", "-k", "--max-examples", "--max-seconds", "--max-requests"):
        assert f"{option} " in told
    bounded = pace_line(Pace(0.2, 5000, 500.0, 2, 60.0))
    assert "8 min 20 s with 2 workers, more than the 1 min 00 s after which it ends. More --workers" in bounded


@pytest.mark.parametrize(("seconds", "slow"), [(3.0, True), (None, False)])
def test_a_run_says_so_before_its_first_verdict(seconds, slow, tmp_path, monkeypatch):
    send = Client.send
    if slow:
        monkeypatch.setattr(Client, "send", lambda self, request: evolve(send(self, request), seconds=seconds))
    words = ["endpoint", "-k", "filters.TaskAction.*", "--max-examples", "40", "--format", "json"]
    words += ["--seed", "1", "--max-requests", "150", "--report-dir", str(tmp_path)]
    printed = CliRunner().invoke(main, words).output
    header = json.loads((tmp_path / "events.jsonl").read_text("utf-8").splitlines()[0])
    assert ("pace" in header) is slow
    assert printed.count("An answer takes 3.0 s here") == int(slow)
    if slow:
        assert header["pace"] == {"answer": 3.0, "requests": 140, "seconds": 420, "workers": 1, "ends_after": 7200.0}
        assert printed.index("An answer takes") < printed.index("requirements judged")


@pytest.mark.parametrize("finding", [Inconclusive("throttled"), Violation("no answer")], ids=["late", "broken off"])
def test_an_answer_that_does_not_come_ends_no_run(finding):
    def ask():
        raise finding

    pace = pace_of(SimpleNamespace(ask=ask), 0.4, RUN, LEDGER, EVERY, 1)
    assert pace.answer == 0.4
