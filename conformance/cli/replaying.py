"""The replay of a cassette: a run like any other, on recorded examples and answers, beside what was judged before."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from attrs import asdict, evolve, frozen
from cattrs.errors import BaseValidationError

from conformance import run as runs
from conformance.cassettes.cassette import Cassette, Provenance
from conformance.cassettes.file import BadCassette, Loaded
from conformance.cassettes.player import Player
from conformance.cli.contracts import operation_folder, requirement_names
from conformance.cli.endpoint import Subject, footer, observations
from conformance.cli.errors import Refusal, unknown
from conformance.cli.evidence import Evidence, report_folder
from conformance.cli.profiles import pins_of
from conformance.contract.files import CONTRACT_FILE
from conformance.contract.ledger import Ledger
from conformance.plugin import JSON, selected
from conformance.report import events
from conformance.report.verdicts import ORDER
from conformance.suite.draws import KeptDraws
from conformance.suite.run_header import run_header
from conformance.suite.settings import RunSettings
from conformance.suite.target import Limits
from conformance.wire.curl import curl_line

DIFFERENCES = "differences.json"


@frozen
class Difference:
    """A requirement in one case: how it was judged when it was recorded, how it is now (None: not at all), and why.

    `interaction` is the number of the recorded exchange that decides, where one does.
    """

    requirement: str
    case: str
    before: str | None
    after: str | None
    why: str
    interaction: int | None = None

    def __str__(self) -> str:
        case = f" [{self.case}]" if self.case else ""
        place = f" (interaction {self.interaction})" if self.interaction else ""
        moved = f"{self.before or 'not judged'} → {self.after or 'not judged'}"
        return f"{self.requirement}{case}: {moved}{place}{': ' if self.why else ''}{self.why}"


@frozen
class Replay:
    """One cassette, and what it is to be judged by."""

    path: Path
    cassette: Cassette
    changes: tuple[str, ...]
    subject: Subject
    profile: str | None
    pins: Mapping[str, str]
    strict: bool
    options: Mapping[str, Any]

    @classmethod
    def of(cls, path: Path, loaded: Loaded, contract_dir: Path | None, options: Mapping[str, Any]) -> Replay:
        """Raises Refusal, BadCassette or ContractError."""
        provenance = loaded.cassette.provenance
        folders = [Path(word) for word in options["against"] if _is_folder(word)]
        words = [word for word in options["against"] if not _is_folder(word)]
        if len(folders) + bool(contract_dir) > 1:
            raise Refusal("A cassette is judged by one contract; give one folder.")
        subject = Subject.load(operation_folder(provenance.operation, contract_dir or next(iter(folders), None)))
        if subject.contract.operation != provenance.operation:
            other = subject.contract.operation
            raise Refusal(f"{path} is a recording of {provenance.operation}, and the contract is one of {other}.")
        if words:
            profile, pins, strict = pins_of(words, subject.contract)
        else:
            profile, pins = provenance.profile, provenance.pins
            strict = bool(provenance.settings.get("strict", False))
        for pattern in options["select"]:
            if not subject.ledger.matching(pattern):
                raise unknown(
                    "requirement", pattern, requirement_names(subject.ledger), "See `acs-conformance requirements`."
                )
        return cls(path, loaded.cassette, tuple(loaded.changes), subject, profile, pins, strict, options)

    def run(self, scratch: Path) -> int:
        """Judge, write the evidence, show what differs, and return the exit status."""
        settings, options = self._settings(scratch), self.options
        ledger = self.subject.ledger.strict() if self.strict else self.subject.ledger
        header = self._header(ledger, settings)
        folder = report_folder(options["report_dir"], f"replay-{self.path.name}")
        evidence = Evidence(folder, options["events_file"], options["quiet"])
        verdicts: list[events.Verdict] = []
        with evidence.recording() as show:
            show(header)
            started = time.monotonic()

            def on_verdict(verdict: events.Verdict) -> None:
                verdicts.append(verdict)
                show(verdict)

            player = Player(self.cassette, KeptDraws)
            results, dialect = runs.run(settings, on_verdict, scratch / "settings.json", tape=player)
            for observed in observations(dialect):
                show(observed)
            show(self._footer(footer(results, time.monotonic() - started)))
        differences = list(self._differences(verdicts, {entry.id for entry in header.catalogue}))
        (folder / DIFFERENCES).write_text(json.dumps([asdict(d) for d in differences], indent=2) + "\n", "utf-8")
        status = evidence.conclude()
        self._show(header, differences)
        return status

    def _settings(self, scratch: Path) -> RunSettings:
        provenance = self.cassette.provenance
        items = None
        if self.cassette.items is not None:
            items = scratch / "items.json"
            items.write_text(json.dumps({"regions": self.cassette.items}), "utf-8")
        mine = {"url": provenance.url, "contract_dir": str(self.subject.folder)}
        try:
            settings = JSON.structure({**provenance.settings, **mine}, RunSettings)
        except (BaseValidationError, TypeError, ValueError, KeyError):
            raise BadCassette(f"{self.path} carries no settings of a run that this version can repeat.") from None
        # nothing is waited for, and nothing is spared: what was recorded is there
        limits = Limits(None, settings.limits.max_requests, settings.limits.attempts, 0.0)
        select = self.options["select"] or settings.select
        return evolve(
            settings, limits=limits, select=select, pins=self.pins, strict=self.strict,
            items_file=str(items) if items else None,
        )  # fmt: skip

    def _header(self, ledger: Ledger, settings: RunSettings) -> events.RunStarted:
        selection = selected(ledger, settings)
        if not selection:
            raise Refusal("Nothing is selected: --select and the cassette's own selection match no requirement.")
        provenance, pinned_by = self.cassette.provenance, f"profile {self.profile}" if self.profile else "command line"
        profile = events.Profile(self.profile, dict(self.pins), dict.fromkeys(self.pins, pinned_by))
        digest = {"sha256": hashlib.sha256(self.path.read_bytes()).hexdigest()}
        target = events.Target("cassette", f"{provenance.target}, recorded {provenance.recorded}", digest=digest)
        return run_header(self.subject.contract, ledger, selection, target, provenance.seed, profile)

    def _footer(self, end: events.RunFinished) -> events.RunFinished:
        """A cassette that is incomplete or edited proves nothing, whatever it shows."""
        provenance, reason = self.cassette.provenance, end.reason
        if not provenance.complete:
            reason = f"the cassette is incomplete: {provenance.reason or 'it was not recorded to its end'}"
        elif self.changes:
            reason = f"the cassette is not as it was recorded: {'; '.join(self.changes)}"
        return evolve(end, interrupted=reason is not None, reason=reason)

    # -------------------------------------------------------------------------------------------------- differences

    def _differences(self, verdicts: list[events.Verdict], ids: set[str]) -> Iterator[Difference]:
        before = _worst(((v["requirement"], v["case"]), v["verdict"]) for v in self.cassette.verdicts)
        after: dict[tuple[str, str], events.Verdict] = {}
        for v in verdicts:  # several checks may judge one requirement
            known = after.setdefault((v.requirement, v.case), v)
            after[v.requirement, v.case] = min(known, v, key=lambda v: ORDER.index(v.verdict))
        for key in dict.fromkeys((*before, *after)):
            now = after.get(key)
            if now is None and key[0] not in ids and self.options["select"]:
                continue
            if before.get(key) != (now.verdict if now else None):
                yield self._difference(key, before.get(key), now)

    def _difference(self, key: tuple[str, str], before: str | None, now: events.Verdict | None) -> Difference:
        if now is None:
            known = key[0] in self.subject.ledger.ids
            return Difference(*key, before, None, "" if known else "the ledger no longer has this requirement")
        shown = [f"expected {now.expected}" if now.expected else "", f"received {now.received}" if now.received else ""]
        why = "; ".join(filter(None, (now.message, *shown)))
        if not why and before is None:
            why = "it was not judged when this was recorded"
        return Difference(*key, before, now.verdict, why, self._number(now))

    def _number(self, verdict: events.Verdict) -> int | None:
        """Which interaction a verdict shows as its evidence."""
        if verdict.exchange is None:
            return None
        lines = ((i.number, curl_line(i.request)) for i in self.cassette.interactions)
        return next((number for number, line in lines if line == verdict.exchange.curl), None)

    def _show(self, header: events.RunStarted, differences: list[Difference]) -> None:
        for note in _notes(self.cassette.provenance, header):
            click.echo(f"note: {note}")
        judged = len(self.cassette.verdicts)
        if differences:
            click.echo(f"{len(differences)} of {judged} recorded verdicts differ:")
            for difference in differences:
                click.echo(f"  {difference}")
        elif self.options["against"]:
            click.echo(f"None of {judged} recorded verdicts differs.")


def _worst(verdicts: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for key, verdict in verdicts:
        found[key] = min(found.get(key, verdict), verdict, key=ORDER.index)
    return found


def _is_folder(word: str) -> bool:
    return "=" not in word and (Path(word) / CONTRACT_FILE).is_file()


def _notes(recorded: Provenance, header: events.RunStarted) -> Iterator[str]:
    """In what a replay differs from the recorded run, apart from its verdicts."""
    pairs = (
        ("suite version", recorded.suite, header.suite.version),
        ("contract", recorded.contract_digest, header.suite.contract_digest),
        ("ledger", recorded.requirements_digest, header.suite.requirements_digest),
        ("profile", recorded.profile or "none", header.profile.name or "none"),
    )
    for name, before, now in pairs:
        if before != now:
            yield f"it was recorded under another {name}: {before[:23]}, now {now[:23]}"
