"""What is kept of one release in a matrix: a small JSON file, whole or not there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from attrs import asdict, field, frozen

from conformance.ledger.conclusion import Word
from conformance.ledger.verdicts import VerdictName
from conformance.report.events import Verdict
from conformance.sdk.judging import Certification

Outcome = Literal["certified", "does-not-install", "does-not-load", "driver-fault"]
_SHOWN = ("failed", "warned", "inconclusive", "errored")


@frozen
class Note:
    """Why a requirement did not pass, in one of its cases."""

    requirement: str
    case: str
    verdict: VerdictName
    message: str
    expected: str | None = None
    received: str | None = None
    curl: str | None = None
    status: int | None = None
    response: str | None = None


@frozen
class ReleaseRecord:
    """One release as it was certified, or why it was not. `basis` is the digest of what it was certified
    against, `digest` names the package's bytes. `conformant` is None where that could not be established.
    """

    driver: str
    release: str
    basis: str
    outcome: Outcome
    reason: str = ""
    runtime: str = ""
    digest: Mapping[str, str] = field(factory=dict)
    dependencies: Mapping[str, str] = field(factory=dict)
    verdicts: Mapping[str, VerdictName] = field(factory=dict)
    levels: Mapping[str, str] = field(factory=dict)
    notes: tuple[Note, ...] = ()
    dialect: Mapping[str, tuple[str, ...]] = field(factory=dict)
    conformant: bool | None = None
    requests: int = 0
    seconds: float = 0.0

    @property
    def word(self) -> Word:
        """The word on the release."""
        if self.conformant is None:
            return "not-established"
        return "conformant" if self.conformant else "not-conformant"


def record_of(driver: str, release: str, basis: str, done: Certification) -> ReleaseRecord:
    """What a matrix keeps of a certification. `basis` stands for what it was judged by."""
    return ReleaseRecord(
        driver=driver,
        release=release,
        basis=basis,
        outcome="certified",
        runtime=done.ready.runtime,
        dependencies=dict(sorted(done.ready.dependencies.items())),
        verdicts=done.summary(),
        levels=dict(done.levels),
        notes=tuple(_note(v) for v in done.verdicts if v.verdict in _SHOWN),
        dialect=dict(done.dialect),
        conformant=None if done.word == "not-established" else done.conformant,
        requests=done.requests,
        seconds=round(done.seconds, 1),
    )


def write(record: ReleaseRecord, path: Path) -> None:
    """Atomically: a run that is killed leaves the file as it was, or as it shall be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.part")
    aside.write_text(json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def read(path: Path) -> ReleaseRecord | None:
    """The record, or None where there is none that can be read."""
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        notes = tuple(Note(**note) for note in data.pop("notes", ()))
        dialect = {choice: tuple(taken) for choice, taken in data.pop("dialect", {}).items()}
        return ReleaseRecord(**data, notes=notes, dialect=dialect)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def file_name(release: str) -> str:
    """The name of the file that a release is kept in."""
    return re.sub(r"[^A-Za-z0-9._+-]", "_", release) + ".json"


def _note(verdict: Verdict) -> Note:
    exchange = verdict.exchange if verdict.verdict == "failed" else None
    return Note(
        requirement=verdict.requirement,
        case=verdict.case,
        verdict=verdict.verdict,
        message=verdict.message,
        expected=verdict.expected,
        received=verdict.received,
        curl=exchange.curl if exchange else None,
        status=exchange.status if exchange else None,
        response=exchange.response[:400] if exchange else None,
    )
