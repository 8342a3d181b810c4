"""What is recorded lies on disk until it is written: the same bytes, within bounds, nothing left of a killed run."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from attrs import evolve

from conformance.cassettes import endpoint_file, file
from conformance.cassettes.recorder import Prepared, Recorder
from conformance.cassettes.spool import Spool
from conformance.report import events
from conformance.wire.exchange import HttpResponse
from tests.cassettes.test_file import cassette, interaction
from tests.cli.conftest import NO_KEY

MB = 1 << 20


def test_the_same_bytes_as_from_memory(tmp_path: Path) -> None:
    whole = cassette(interaction(1), interaction(2, b"\xff\0binary"), interaction(3, response=None, failure=("X", "y")))
    spool = Spool(tmp_path)
    assert all(spool.add(i) for i in whole.interactions)
    bare = evolve(whole, interactions=())
    assert b"".join(endpoint_file.pieces(bare, spool)).decode() == file.dump(whole)
    assert tuple(spool.interactions()) == whole.interactions
    assert not os.listdir(tmp_path), "the file has a name"


def test_memory_does_not_grow_with_what_is_kept(tmp_path: Path) -> None:
    spool, kept = Spool(tmp_path), interaction(1, b"x" * MB)
    spool.add(kept)
    tracemalloc.start()
    try:
        for _ in range(40):
            spool.add(kept)
        sum(len(piece) for piece in spool.pieces())
        assert tracemalloc.get_traced_memory()[1] < 12 * MB
    finally:
        tracemalloc.stop()


def begun(spool: Spool) -> Recorder:
    recorder = Recorder("real", "somewhere", spool=spool)
    suite = events.Suite("acs-conformance", "0", "sha256:a", "sha256:b")
    target = events.TargetIdentity("endpoint", "somewhere", "http://127.0.0.1:1/")
    recorder.hear(events.RunStarted(suite, target, "Describe", 1, "2026-01-01T00:00:00Z", "3.11", ()))
    return recorder


def sent() -> Prepared:
    one = interaction(1)
    return Prepared(one.request.method, one.request.url, one.request.headers, b"", meaning=one.meaning)


def test_a_recording_ends_where_a_cassette_could_hold_no_more(tmp_path: Path) -> None:
    recorder = begun(Spool(tmp_path, most=100_000))
    for _ in range(20):
        recorder.keep(sent(), HttpResponse(200, (), b"x" * 9_000, 0.1))
    assert recorder.exchanges == 10
    recorder.save(tmp_path / "c.yaml")
    loaded = file.load(tmp_path / "c.yaml")
    assert not loaded.changes
    assert len(loaded.cassette.interactions) == 10
    provenance = loaded.cassette.provenance
    assert not provenance.complete
    assert provenance.reason == "the run brought more than a cassette may hold; the first 10 are on it"


def test_a_full_disk_ends_the_recording_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = begun(Spool(tmp_path))
    recorder.keep(sent(), HttpResponse(200, (), b"{}", 0.1))
    with monkeypatch.context() as full:
        full.setattr(recorder._spool, "_file", open("/dev/full", "r+b", buffering=0))  # noqa: SIM115
        recorder.keep(sent(), HttpResponse(200, (), b"{}", 0.1))
    assert [i.number for i in recorder.cassette.interactions] == [1]
    assert not recorder.provenance.complete
    assert "No space left on device" in (recorder.provenance.reason or "")


def test_one_answer_over_and_over_can_be_read_again(tmp_path: Path) -> None:
    whole = cassette(*(interaction(n, b" " * 2 * MB) for n in range(1, 10)))
    file.save(tmp_path / "c.yaml.gz", whole)
    assert file.load(tmp_path / "c.yaml.gz").cassette == whole
    again = gzip.decompress((tmp_path / "c.yaml.gz").read_bytes())
    assert again.decode() == file.dump(whole)


def test_nothing_is_left_of_a_recording_that_is_killed(tmp_path: Path) -> None:
    recorded = tmp_path / "cassettes"
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "record", "-o", "cassettes/c.yaml", "--report-dir", "live", "-k", "ids.*",
         "--max-examples", "2"],
        cwd=tmp_path, env={**NO_KEY, "NO_COLOR": "1", "TMPDIR": str(tmp_path)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    assert any("requirements judged" in line for line in process.stdout)
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    process.stdout.close()
    assert not os.listdir(recorded)
