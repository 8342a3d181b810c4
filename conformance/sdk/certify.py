"""The certification of one release of an SDK: from its driver to its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve, frozen

from conformance.cassettes.keeping import (
    INTERRUPTED,
    is_cassette,
    refuse_unwritable,
    terminated_like_interrupted,
    write_cassette,
)
from conformance.contract.catalogue import common_folder, operation_folder
from conformance.contract.files import ContractError, load_contract, load_protocol
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Ready
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.files import load_ledger
from conformance.ledger.requirement import Ledger
from conformance.report import events
from conformance.report.evidence import EvidenceFolder, both
from conformance.report.header import run_header
from conformance.sdk.judging import Certification, certify
from conformance.sdk.plan import Plan
from conformance.sdk.recording import SdkRecorder

LEVELS = ("MUST", "SHOULD", "MAY")


def plan_of(
    operation: str, folder: Path | None, select: tuple[str, ...], levels: tuple[str, ...]
) -> tuple[Plan, Ledger]:
    """What a certification goes by. Raises Refusal."""
    try:
        found = operation_folder(operation, folder)
        contract = load_contract(found)
        plan = Plan(contract, load_protocol(common_folder(found)), select, levels or LEVELS)
        ledger = load_ledger(found)
    except ContractError as e:
        raise Refusal(str(e)) from None
    for pattern in select:
        if not Plan(contract, plan.protocol, (pattern,)).requirements():
            names = [r.id for r in ledger.requirements if r.side == "sdk"]
            raise unknown("requirement of an SDK", pattern, names, "See acs-conformance requirements 'sdk.*'.")
    return plan, ledger


@frozen
class KeptRecording:
    """Where a certification is kept, if anywhere."""

    recorder: SdkRecorder
    path: Path | None

    @classmethod
    def of(cls, wanted: Path | None, name: str, plan: Plan) -> KeptRecording:
        path = wanted if wanted is None or is_cassette(wanted) else wanted / f"{name}.yaml.gz"
        if path is not None:
            refuse_unwritable(path)
        return cls(SdkRecorder(plan), path)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While open, a signal ends the certification like Ctrl-C; at its end, and then, what was seen is written."""
        if self.path is None:
            yield
            return
        with terminated_like_interrupted():
            try:
                yield
            except KeyboardInterrupt:
                self._write()
                raise NotEstablished(INTERRUPTED) from None
        self._write()

    def _write(self) -> None:
        if self.recorder.cassette is not None:
            write_cassette(self.path, self.recorder.cassette)


def certified(
    command: tuple[str, ...],
    plan: Plan,
    ledger: Ledger,
    evidence: EvidenceFolder,
    target: events.TargetIdentity,
    release: str | None,
    tape: KeptRecording,
) -> int:
    """Certify what `command` drives. A driver that breaks its protocol establishes nothing about its SDK."""
    selection = tuple(r.requirement for r in plan.requirements())
    try:
        with tape.kept(), evidence.recording() as show:
            on_event = both(show, tape.recorder.hear)

            def announce(ready: Ready) -> None:
                known = (
                    evolve(target, name=ready.name, release=ready.version, runtime=ready.runtime)
                    if not release
                    else target
                )
                on_event(run_header(plan.contract, ledger, selection, known, 0, side="sdk"))

            done = certify(
                command,
                plan,
                on_event,
                expected_version=release,
                on_ready=announce,
                on_observed=tape.recorder.keep,
            )
            for event in closing(done):
                on_event(event)
    except DriverFault as e:
        raise NotEstablished(f"The driver is at fault, not its SDK ({e.kind}): {e}") from None
    except SdkUnusable as e:
        raise NotEstablished(f"The SDK does not load: {e}") from None
    return evidence.conclude()


def closing(done: Certification) -> Iterator[events.Event]:
    """What a stream says after its verdicts: which alternatives the SDK understood, and the footer."""
    for choice, alternatives in done.dialect.items():
        for alternative in alternatives:
            yield events.ChoiceObserved(choice, alternative)
    outcomes = dict(done.outcomes)
    yield events.RunFinished(requests=done.requests, seconds=round(done.seconds, 3), outcomes=outcomes)
