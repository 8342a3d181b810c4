"""The folder of a run's evidence: one run's alone, without leftovers, and with reports whatever the end is."""

import json
import multiprocessing
import os
from contextlib import nullcontext, suppress
from datetime import datetime

import pytest
from lxml import etree

from conformance.cli import main
from conformance.errors import NotEstablished, Refusal
from conformance.report import events as e
from conformance.report import folder as report_folder
from conformance.report.evidence import evidence_of
from conformance.report.folder import WRITTEN, safe_name, taken
from conformance.report.stream import read

from .streams import run

TARGET = e.TargetIdentity("endpoint", "http://127.0.0.1:1")


class Silent(nullcontext):
    def on_event(self, event):
        pass

    def on_requests(self, requests):
        pass


def place(folder, **more):
    return evidence_of(folder, "target", "DescribeTasks", TARGET, **more)


def recorded(folder, made, **more):
    with place(folder, **more) as evidence:
        with evidence.recording(Silent()) as show:
            for event in made.events():
                show(event)
        return evidence.conclude()


def summary(folder):
    return json.loads((folder / "summary.json").read_text("utf-8"))


def test_two_runs_of_one_second_get_two_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with taken(None, "x") as one, taken(None, "x") as other:
        assert one != other
        assert one.is_dir()
        assert other.is_dir()


def test_a_folder_in_use_is_refused_and_left_as_it_is(tmp_path):
    with taken(tmp_path, "x"):
        (tmp_path / "junit.xml").write_text("mine")
        with pytest.raises(Refusal, match="Another run is writing its evidence"), taken(tmp_path, "x"):
            pass
        assert (tmp_path / "junit.xml").read_text() == "mine"
    with taken(tmp_path, "x"):
        assert not (tmp_path / "junit.xml").exists()


def test_nothing_of_an_earlier_run_is_left_and_what_is_not_ours_stays(tmp_path):
    for name in (*WRITTEN, "notes.txt"):
        (tmp_path / name).write_text("yesterday")
    copy = tmp_path / "copy.jsonl"
    copy.write_text("yesterday")
    with place(tmp_path, events_copy=copy):
        assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotEstablished("http://127.0.0.1:1 cannot be reached."), 3), (Refusal("no such thing."), 2), (KeyError("x"), 3)],
    ids=["unreachable", "usage", "a bug"],
)
def test_a_run_that_dies_leaves_reports_that_say_so(tmp_path, error, status):
    recorded(tmp_path, run(verdicts=[("a.b", "passed")]))
    assert summary(tmp_path)["exit_status"] == 0
    with pytest.raises(type(error)), place(tmp_path):
        raise error
    found = summary(tmp_path)
    assert (found["headline"], found["exit_status"], found["conformant"]) == ("Not established", status, False)
    root = etree.parse(str(tmp_path / "junit.xml")).getroot()
    assert root.get("errors") == "1"
    assert found["sentence"] in root.find(".//error").text
    assert "<title>Not established" in (tmp_path / "report.html").read_text("utf-8")
    assert read(tmp_path / "events.jsonl").footer.interrupted


def test_what_was_judged_before_the_end_is_kept(tmp_path):
    made = run(verdicts=[("a.b", "passed"), ("a.c", "passed")])

    def broken_off():
        with place(tmp_path) as evidence, evidence.recording(Silent()) as show:
            show(made.header)
            show(made.verdicts[0])
            raise NotEstablished("The driver is at fault.")

    with pytest.raises(NotEstablished):
        broken_off()
    kept = read(tmp_path / "events.jsonl")
    assert (kept.header, kept.verdicts) == (made.header, made.verdicts[:1])
    assert kept.footer.reason == "The driver is at fault."
    assert summary(tmp_path)["counts"]["not-judged"] == 1


def test_a_new_folder_is_taken_away_where_a_usage_error_ends_the_run_before_it_began(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal), place(None):
        raise Refusal("no such thing.")
    assert list(tmp_path.iterdir()) == []
    with suppress(NotEstablished), place(None):
        raise NotEstablished("unreachable.")
    assert [p.name for p in tmp_path.glob("reports/*/summary.json")] == ["summary.json"]


def test_a_copy_that_cannot_be_written_is_one_sentence_and_the_reports_say_it(tmp_path):
    with pytest.raises(Refusal, match="Cannot write /dev/full: No space left on device"):
        recorded(tmp_path, run(verdicts=[("a.b", "passed")]), events_copy=type(tmp_path)("/dev/full"))
    assert summary(tmp_path)["exit_status"] == 2


def test_the_copy_is_the_stream(tmp_path):
    recorded(tmp_path, run(verdicts=[("a.b", "passed")]), events_copy=tmp_path / "copy.jsonl")
    assert (tmp_path / "copy.jsonl").read_bytes() == (tmp_path / "events.jsonl").read_bytes()
    assert recorded(tmp_path, run(verdicts=[("a.b", "passed")]), events_copy=tmp_path / "events.jsonl").run.sealed


def test_a_folder_is_named_without_what_may_be_a_credential():
    assert safe_name("https://user:word@ecs.example.test/?key=secret") == "https-ecs.example.test"


class Noon(datetime):
    """A clock that stands still, so that whatever starts together starts in one second."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 2, 3, 4, 5, tzinfo=tz)


def _run_at_once(folder, ready, seed):
    os.chdir(folder)
    report_folder.datetime = Noon
    ready.wait()
    main(["endpoint", "-k", "formats.default", "--seed", str(seed), "--quiet"], standalone_mode=False)


def test_two_real_runs_of_one_second_write_two_whole_folders(tmp_path):
    """Two processes, started at once and by one clock, without a folder being given."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(2)
    runs = [context.Process(target=_run_at_once, args=(tmp_path, ready, seed)) for seed in (7, 8)]
    for process in runs:
        process.start()
    for process in runs:
        process.join()
    folders = sorted((tmp_path / "reports").iterdir())
    assert [f.name.partition("-")[0] for f in folders] == ["20260102T030405"] * 2
    streams = [read(f / "events.jsonl") for f in folders]
    assert {s.header.seed for s in streams} == {7, 8}
    for folder, stream in zip(folders, streams, strict=True):
        assert not stream.footer.interrupted
        assert summary(folder)["headline"] == "Conformant in part"
        assert (folder / "junit.xml").is_file()
