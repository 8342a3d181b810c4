"""Short recorded runs of the reference, made once a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import evolve, frozen

from conformance.cassettes.cassette import Cassette
from conformance.cassettes.player import Player
from conformance.cassettes.recorder import Recorder
from conformance.contract.files import schemas_root
from conformance.endpoint import run as runs
from conformance.endpoint.certification import selected
from conformance.endpoint.certify import footer, observations
from conformance.endpoint.draws import KeptDraws
from conformance.endpoint.embedded import embedded_reference
from conformance.endpoint.recording import Recording
from conformance.endpoint.settings import RunSettings
from conformance.ledger.specification import Specification
from conformance.report import events
from conformance.report.header import run_header

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
# short checks of every kind: drawn and not, with retries, nonces, timestamps, another key, several at once
SELECT = (
    "paging.repeatable", "paging.beyond-the-end", "regions.*", "signatures.nonce-used*", "signatures.clock-window",
    "signatures.wrong-signature*", "signatures.depends-on-secret", "isolation.*", "parameters.order-irrelevant",
    "errors.leave-no-trace", "filters.*.selects", "range.start", "methods.*", "parameters.TaskStatus.unknown-value",
    "choices.PageNumber.beyond-the-end*",
)  # fmt: skip


@frozen
class Recorded:
    """A recorded run and its results."""

    cassette: Cassette
    results: runs.Results
    settings: RunSettings
    subject: Specification


@pytest.fixture(scope="session")
def subject() -> Specification:
    return Specification.load(FOLDER)


def run_on(settings: RunSettings, folder: Path, through: Recording, shares: int = 1) -> runs.Results:
    return runs.run(settings, lambda verdict: None, folder / "settings.json", recording=through, shares=shares)[0]


def recording(
    subject: Specification, folder: Path, faults: Sequence[str] = (), variants: Sequence[str] = (), **changes
):
    """A recorded run of the reference."""
    recorder = Recorder("reference", "embedded reference")
    with embedded_reference(subject.contract, subject.protocol, faults, variants, folder) as reference:
        items = str(reference.items_file) if reference.items_file else None
        settings = RunSettings(reference.url, str(FOLDER), reference.regions, items_file=items, **changes)
        target = events.TargetIdentity("endpoint", "embedded reference", reference.url)
        recorder.hear(run_header(subject.contract, subject.ledger, selected(subject.ledger, settings), target, 1))
        results, dialect = runs.run(settings, recorder.hear, folder / "settings.json", recording=recorder)
        for event in (*observations(dialect), footer(results, 1.0)):
            recorder.hear(event)
    return Recorded(recorder.cassette, results, settings, subject)


def replayed(
    cassette: Cassette, settings: RunSettings, folder: Path, shares: int = 1, **changes: object
) -> runs.Results:
    return run_on(evolve(settings, **changes), folder, Player(cassette, KeptDraws), shares)


@pytest.fixture(scope="session")
def recorded(subject: Specification, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    return recording(subject, folder, select=SELECT, traffic=(), seed=1, max_examples=3)


def verdicts(results: runs.Results) -> list[events.Verdict]:
    """The verdicts without the time that they took."""
    return [evolve(v, seconds=0.0) for v in results.verdicts]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any socket is an error."""
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def no_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis cannot draw anything."""
    from hypothesis.internal.conjecture import engine
    from hypothesis.strategies import DataObject

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a value was drawn")

    for kind, name in ((engine.ConjectureRunner, "run"), (DataObject, "draw")):
        monkeypatch.setattr(kind, name, refuse)
