"""The replay of a cassette: a run like any other, on recorded examples and answers, beside what was judged before."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from attrs import evolve, frozen
from cattrs.errors import BaseValidationError

from conformance.cassettes import differences
from conformance.cassettes.cassette import Cassette
from conformance.cassettes.differences import Replayed
from conformance.cassettes.file import BadCassette, Loaded
from conformance.cassettes.player import Player
from conformance.cassettes.recorder import Recorder
from conformance.cassettes.replaying import ReplayOutcome, ReplaySettings
from conformance.contract.as_of import TooEarly
from conformance.contract.catalogue import operation_folder
from conformance.contract.files import CONTRACT_FILE
from conformance.endpoint import run as runs
from conformance.endpoint import sharing
from conformance.endpoint.certification import selected
from conformance.endpoint.certify import footer, observations, pinned_profile, settings_entry
from conformance.endpoint.draws import KeptDraws
from conformance.endpoint.settings import JSON, RunSettings
from conformance.endpoint.watch.dialect import Dialect
from conformance.errors import Refusal
from conformance.ledger.profiles import pins_of
from conformance.ledger.requirement import Ledger
from conformance.ledger.specification import Specification
from conformance.report import events
from conformance.report.evidence import USAGE, EvidenceFolder, Live, evidence_of
from conformance.report.header import run_header
from conformance.wire.curl import curl_line

Judged = tuple[runs.Results, Dialect]


@frozen(slots=False)
class Replay:
    """One cassette, and what it is to be judged by."""

    path: Path
    cassette: Cassette
    changes: tuple[str, ...]
    specification: Specification
    profile: str | None
    pins: Mapping[str, str]
    strict: bool
    asked: ReplaySettings

    @classmethod
    def of(cls, path: Path, loaded: Loaded, asked: ReplaySettings) -> Replay:
        """Raises Refusal, BadCassette or ContractError."""
        assert isinstance(loaded.cassette, Cassette)
        provenance = loaded.cassette.provenance
        folders = [Path(word) for word in asked.against if _is_folder(word)]
        words = [word for word in asked.against if not _is_folder(word)]
        if len(folders) + bool(asked.contract_dir) > 1:
            raise Refusal("A cassette is judged by one contract; give one folder.")
        folder = operation_folder(provenance.operation, asked.contract_dir or next(iter(folders), None))
        date = provenance.settings.get("as_of")
        try:
            specification = Specification.load(folder, None if date is None else str(date))
        except TooEarly as e:
            raise Refusal(f"{path} was recorded as of a date. {e}") from None
        if specification.contract.operation != provenance.operation:
            other = specification.contract.operation
            raise Refusal(f"{path} is a recording of {provenance.operation}, and the contract is one of {other}.")
        if words:
            profile, pins, strict = pins_of(words, specification.contract)
        else:
            profile, pins = provenance.profile, dict(provenance.pins)
            strict = bool(provenance.settings.get("strict", False))
        specification.ledger.refuse_unknown(asked.select)
        return cls(path, loaded.cassette, tuple(loaded.changes), specification, profile, pins, strict, asked)

    def run(self, live: Live) -> ReplayOutcome:
        """Judge, and write the evidence. Raises Refusal or BadCassette."""
        asked, name = self.asked, f"replay-{self.path.name}"
        target = events.TargetIdentity("cassette", self.path.name)
        operation, usage = self.specification.contract.operation, (*USAGE, BadCassette)
        place = evidence_of(asked.report_dir, name, operation, target, asked.events_file, usage)
        with place as evidence, tempfile.TemporaryDirectory(prefix="acs-") as scratch:
            return self._run(live, Path(scratch), evidence)

    def _run(self, live: Live, scratch: Path, evidence: EvidenceFolder) -> ReplayOutcome:
        settings = self._settings(scratch)
        ledger = self.specification.ledger.strict(self.strict)
        header = self._header(ledger, settings)
        verdicts: list[events.Verdict] = []
        started = time.monotonic()
        judged = self._in_shares(settings, scratch)
        with evidence.recording(live) as show:
            show(header)

            def on_verdict(verdict: events.Verdict) -> None:
                verdicts.append(verdict)
                show(verdict)

            if judged is None:
                judged = self._judged(settings, on_verdict, scratch)
            else:
                for verdict in judged[0].verdicts:
                    on_verdict(verdict)
            results, dialect = judged
            for observed in observations(dialect):
                show(observed)
            end = footer(results, time.monotonic() - started)
            show(differences.footer_of(end, self.cassette.provenance, self.changes))
        recorded = self.cassette.verdicts
        ids, selection = {entry.id for entry in header.catalogue}, bool(self.asked.select)
        replayed = Replayed(recorded, verdicts, ids, selection, self.specification.ledger, self._number)
        found = tuple(replayed.differences())
        differences.write(found, evidence.folder)
        notes = tuple(differences.notes_on(self.cassette.provenance, header))
        return ReplayOutcome(evidence.conclude(), found, notes, len(recorded), asked=bool(self.asked.against))

    def _in_shares(self, settings: RunSettings, scratch: Path) -> Judged | None:
        """The replay, judged in several processes; None where it has to be judged in one.

        What a check finds may hang on what checks before it saw, which processes do not tell each other. So what they
        find counts only where it is what was found when it was recorded; anything else is judged again in order.
        """
        shares = sharing.available(self.asked.workers)
        whole = self.cassette.provenance.complete and not self.changes
        if shares < 2 or not whole or self.asked.against or self.asked.select:
            return None
        judged = self._judged(settings, lambda verdict: None, scratch, shares)
        found = [Recorder.without_evidence(v) for v in judged[0].verdicts]
        same = found == [dict(v) for v in self.cassette.verdicts] and not judged[0].breakdowns
        return judged if same or judged[0].interrupted else None

    def _judged(self, settings: RunSettings, on_verdict: runs.Listener, scratch: Path, shares: int = 1) -> Judged:
        player = Player(self.cassette, KeptDraws)
        return runs.run(settings, on_verdict, scratch / "settings.json", recording=player, shares=shares)

    def _settings(self, scratch: Path) -> RunSettings:
        provenance = self.cassette.provenance
        items = None
        if self.cassette.items is not None:
            items = scratch / "items.json"
            items.write_text(json.dumps({"regions": self.cassette.items}), "utf-8")
        mine = {"url": provenance.url, "contract_dir": str(self.specification.folder)}
        try:
            settings = JSON.structure({**provenance.settings, **mine}, RunSettings)
        except (BaseValidationError, TypeError, ValueError, KeyError):
            raise BadCassette(f"{self.path} carries no settings of a run that this version can repeat.") from None
        # nothing is waited for, and nothing is spared: what was recorded is there
        limits = evolve(settings.limits, rate=None, longest_wait=0.0, max_seconds=None)
        select = self.asked.select or settings.select
        return evolve(
            settings, limits=limits, select=select, pins=self.pins, strict=self.strict,
            items_file=str(items) if items else None,
        )  # fmt: skip

    def _header(self, ledger: Ledger, settings: RunSettings) -> events.RunStarted:
        selection = selected(ledger, settings)
        if not selection:
            raise Refusal("Nothing is selected: --select and the cassette's own selection match no requirement.")
        provenance = self.cassette.provenance
        digest = {"sha256": hashlib.sha256(self.path.read_bytes()).hexdigest()}
        target = events.TargetIdentity(
            "cassette", f"{provenance.target}, recorded {provenance.recorded}", digest=digest
        )
        return run_header(
            self.specification.contract, ledger, selection, target, provenance.seed,
            pinned_profile(self.profile, self.pins),
            settings=settings_entry(settings, self.specification),
        )  # fmt: skip

    def _number(self, verdict: events.Verdict) -> int | None:
        """Which interaction a verdict shows as its evidence."""
        if verdict.exchange is None:
            return None
        return self._numbers.get(_brief(verdict.exchange.curl))

    @cached_property
    def _numbers(self) -> dict[bytes, int]:
        """The first interaction of each request; what a request is takes room, what tells it from others little."""
        found: dict[bytes, int] = {}
        for i in self.cassette.interactions:
            found.setdefault(_brief(curl_line(i.request)), i.number)
        return found


def _brief(line: str) -> bytes:
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest()


def _is_folder(word: str) -> bool:
    return "=" not in word and (Path(word) / CONTRACT_FILE).is_file()
