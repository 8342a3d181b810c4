"""The replay of a default run from its cassette against the live run, loading of the cassette included."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from conformance.cassettes import file
from conformance.cassettes.player import Player
from conformance.cassettes.recorder import Recorder
from conformance.contract.files import schemas_root
from conformance.endpoint import run as runs
from conformance.endpoint import sharing
from conformance.endpoint.certification import selected
from conformance.endpoint.draws import KeptDraws
from conformance.endpoint.embedded import embedded_reference
from conformance.endpoint.settings import RunSettings
from conformance.ledger.specification import Specification
from conformance.report import events
from conformance.report.header import run_header

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"


def measure() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        scratch, subject = Path(folder), Specification.load(FOLDER)
        with embedded_reference(subject.contract, subject.protocol, [], [], scratch) as reference:
            items = str(reference.items_file)
            settings = RunSettings(reference.url, str(FOLDER), reference.regions, seed=1, items_file=items)
            recorder = Recorder("reference", "embedded reference")
            target = events.TargetIdentity("endpoint", "embedded reference", reference.url)
            recorder.hear(run_header(subject.contract, subject.ledger, selected(subject.ledger, settings), target, 1))
            recorded = _run(settings, scratch, recorder)
            file.save(scratch / "c.yaml.gz", recorder.cassette)
            started = time.perf_counter()
            _run(settings, scratch, None)
            live = time.perf_counter() - started
        started = time.perf_counter()
        player = Player(file.load(scratch / "c.yaml.gz").cassette, KeptDraws)
        again = _run(settings, scratch, player, sharing.processors())
        replay = time.perf_counter() - started
    same = [evolve(v, seconds=0) for v in again.verdicts] == [evolve(v, seconds=0) for v in recorded.verdicts]
    count = f"{again.traffic.requests} exchanges of {recorded.traffic.requests}"
    yield f"{count}, verdicts {'identical' if same else 'DIFFERENT'}: live {live:.1f} s, replayed {replay:.1f} s"
    yield f"a replay is {live / replay:.1f} times as fast as the live run (aim: at least 5)"


def _run(settings: RunSettings, scratch: Path, through: Recorder | Player | None, shares: int = 1) -> runs.Results:
    return runs.run(settings, lambda verdict: None, scratch / "settings.json", recording=through, shares=shares)[0]
