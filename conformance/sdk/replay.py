"""The replay of an SDK's recording, and two of them beside each other."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import asdict, evolve, frozen

from conformance.cassettes import comparison as wire
from conformance.cassettes import differences
from conformance.cassettes.differences import Replayed
from conformance.cassettes.file import BadCassette, Loaded
from conformance.cassettes.replaying import ReplayOutcome, ReplaySettings
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.contract.files import CONTRACT_FILE
from conformance.errors import Refusal
from conformance.ledger.requirement import LEVELS, Ledger
from conformance.report import comparison, events
from conformance.report.evidence import USAGE, EvidenceFolder, Live, evidence_of
from conformance.report.folder import taken
from conformance.report.header import run_header
from conformance.report.stream import Run, Writer, read
from conformance.sdk.certify import closing, plan_of, settings_entry
from conformance.sdk.judging import Certification, judge
from conformance.sdk.plan import Plan
from conformance.sdk.recording import observed_in
from conformance.wire.curl import curl_line

COMPARISON = "comparison.json"
SHOWN_CASES = 3
SIDES: dict[wire.Side, str] = {"sends": "Sends differently", "hands on": "Hands on differently"}


@frozen
class SdkReplay:
    """One recording of an SDK, and what it is to be judged by."""

    path: Path
    cassette: SdkCassette
    changes: tuple[str, ...]
    plan: Plan
    ledger: Ledger
    asked: ReplaySettings

    @classmethod
    def of(cls, path: Path, loaded: Loaded, asked: ReplaySettings) -> SdkReplay:
        """Raises Refusal or ContractError."""
        assert isinstance(loaded.cassette, SdkCassette)
        folders = [Path(word) for word in asked.against]
        for folder in folders:
            if not (folder / CONTRACT_FILE).is_file():
                raise Refusal(
                    f"{folder} holds no {CONTRACT_FILE}; the recording of an SDK is judged against a contract folder."
                )
        if len(folders) + bool(asked.contract_dir) > 1:
            raise Refusal("A cassette is judged by one contract; give one folder.")
        provenance = loaded.cassette.provenance
        recorded = provenance.settings
        select = asked.select or tuple(recorded.get("select", ()))
        levels = tuple(recorded.get("levels", LEVELS))
        plan, ledger = plan_of(provenance.operation, asked.contract_dir or next(iter(folders), None), select, levels)
        if plan.contract.operation != provenance.operation:
            other = plan.contract.operation
            raise Refusal(f"{path} is a recording of {provenance.operation}, and the contract is one of {other}.")
        return cls(path, loaded.cassette, tuple(loaded.changes), plan, ledger, asked)

    def run(self, live: Live) -> ReplayOutcome:
        """Judge, and write the evidence. Raises BadCassette or Refusal."""
        asked, target = self.asked, events.TargetIdentity("cassette", self.path.name)
        name, operation, usage = f"replay-{self.path.name}", self.plan.contract.operation, (*USAGE, BadCassette)
        with evidence_of(asked.report_dir, name, operation, target, asked.events_file, usage) as evidence:
            return self._run(live, evidence)

    def _run(self, live: Live, evidence: EvidenceFolder) -> ReplayOutcome:
        with evidence.recording(live) as show:
            header, done = self._judged(show)
        ids, selection = {entry.id for entry in header.catalogue}, bool(self.asked.select)
        replayed = Replayed(self.cassette.verdicts, done.verdicts, ids, selection, self.ledger, self._number)
        found = tuple(replayed.differences())
        differences.write(found, evidence.folder)
        notes, recorded = tuple(differences.notes_on(self.cassette.provenance, header)), len(self.cassette.verdicts)
        return ReplayOutcome(evidence.conclude(), found, notes, recorded, asked=bool(self.asked.against))

    def stream(self, path: Path) -> Run:
        """The replay as an event stream, written to that file. Raises BadCassette."""
        with path.open("w", encoding="utf-8") as file:
            self._judged(Writer(file).write)
        return read(path)

    def _judged(self, show: Callable[[events.Event], None]) -> tuple[events.RunStarted, Certification]:
        try:
            observed = observed_in(self.cassette, self.plan)
        except ValueError as e:
            raise BadCassette(f"{self.path} cannot be judged: {e}.") from None
        header = self._header()
        show(header)
        done = judge(observed, self.plan, show)
        for event in closing(done):
            if isinstance(event, events.RunFinished):
                event = differences.footer_of(event, self.cassette.provenance, self.changes)
            show(event)
        return header, done

    def _header(self) -> events.RunStarted:
        provenance = self.cassette.provenance
        target = events.TargetIdentity(
            "cassette",
            f"{provenance.name}, recorded {provenance.recorded}",
            runtime=provenance.runtime,
            dependencies=dict(provenance.dependencies),
            digest={"sha256": hashlib.sha256(self.path.read_bytes()).hexdigest()},
        )
        selection = tuple(r.requirement for r in self.plan.requirements())
        asked = settings_entry(self.plan)
        return run_header(self.plan.contract, self.ledger, selection, target, 0, side="sdk", settings=asked)

    def _number(self, verdict: events.Verdict) -> int | None:
        """Which interaction a verdict shows as its evidence."""
        if verdict.exchange is None:
            return None
        lines = ((one.number, curl_line(one.request)) for one in self.cassette.arrived)
        return next((number for number, line in lines if line == verdict.exchange.curl), None)


# --------------------------------------------------------------------------------------------------------- comparing


@frozen
class Compared:
    """Two recordings of an SDK beside each other: on the wire, and by today's verdicts."""

    older: str
    newer: str
    wire: wire.WireComparison
    verdicts: comparison.RunComparison
    folder: Path

    def lines(self) -> Iterator[str]:
        """What the newer one does differently, for a person."""
        yield f"{self.older} → {self.newer}"
        yield from _lines(self.wire)
        yield f"\n{comparison.as_text(evolve(self.verdicts, notes=()))}".rstrip("\n")


def compared(older: tuple[Path, Loaded], newer: tuple[Path, Loaded], asked: ReplaySettings) -> Compared:
    """Compare two recordings, and keep the comparison with the evidence. Raises Refusal or BadCassette."""
    for path, loaded in (older, newer):
        if not isinstance(loaded.cassette, SdkCassette):
            advice = "compare the runs of two endpoints with `acs-conformance compare`"
            raise Refusal(f"{path} is no recording of an SDK; {advice}.")
    one, other = (SdkReplay.of(*found, asked) for found in (older, newer))
    with taken(asked.report_dir, f"compare-{newer[0].name}") as folder:
        return _compared(one, other, folder)


def _compared(one: SdkReplay, other: SdkReplay, folder: Path) -> Compared:
    with tempfile.TemporaryDirectory(prefix="acs-") as scratch:
        runs = [side.stream(Path(scratch) / f"{name}.jsonl") for name, side in (("older", one), ("newer", other))]
    try:
        judged = comparison.compare(*runs)
    except comparison.Incomparable as e:
        raise Refusal(str(e)) from None
    found = wire.compare(one.cassette, other.cassette)
    data = {"wire": asdict(found), "verdicts": comparison.as_dict(judged)}
    (folder / COMPARISON).write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return Compared(one.cassette.provenance.name, other.cassette.provenance.name, found, judged, folder)


def _lines(found: wire.WireComparison) -> Iterator[str]:
    for cases, where in ((found.only_before, "older"), (found.only_after, "newer")):
        if cases:
            are = "case is" if len(cases) == 1 else "cases are"
            yield f"{len(cases)} {are} in the {where} recording only: {_few(cases)}"
    for side, title in SIDES.items():
        changes = found.on(side)
        yield f"\n{title} ({len(changes)}, over {found.common} cases)" if changes else f"\n{title}: nothing"
        for change in changes:
            yield f"  {change.what}: {change.before} → {change.after}"
            yield f"    in {_few(change.cases)}"


def _few(cases: tuple[str, ...]) -> str:
    shown = list(dict.fromkeys(cases))
    rest = f" and {len(shown) - SHOWN_CASES} more" if len(shown) > SHOWN_CASES else ""
    return f"{', '.join(shown[:SHOWN_CASES])}{rest}"
