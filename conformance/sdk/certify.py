"""The certification of one release of an SDK: from its driver to its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import evolve, frozen

from conformance.cassettes import file
from conformance.cassettes.keeping import (
    INTERRUPTED,
    is_cassette,
    refuse_unwritable,
    write_cassette,
)
from conformance.contract.catalogue import operation_folder
from conformance.contract.files import ContractError
from conformance.drivers.installation import Installation
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Ready
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.requirement import LEVELS, Ledger, Requirement
from conformance.ledger.specification import Specification
from conformance.report import events
from conformance.report.evidence import EvidenceFolder, Live, RunEvidence, both, evidence_of
from conformance.report.header import run_header
from conformance.sdk.gates import Gates, entries
from conformance.sdk.judging import Certification, certify
from conformance.sdk.plan import Plan
from conformance.sdk.recording import SdkRecorder


def plan_of(
    operation: str,
    folder: Path | None,
    select: tuple[str, ...],
    levels: tuple[str, ...],
    gates: Gates | None = None,
) -> tuple[Plan, Ledger]:
    """What a certification goes by. Raises Refusal."""
    try:
        found = Specification.of_rpc(operation_folder(operation, folder))
    except ContractError as e:
        raise Refusal(str(e)) from None
    plan, ledger = (gates or Gates()).plan(found, select, levels)
    for pattern in select:
        if not evolve(plan, select=(pattern,), levels=LEVELS).requirements():
            names = [r.id for r in found.ledger.requirements if r.side == "sdk"]
            raise unknown("requirement of an SDK", pattern, names, "See acs-conformance requirements 'sdk.*'.")
    place = ("--contract", str(folder)) if folder else ("--operation", operation)
    return evolve(plan, words=place), ledger


@frozen
class Subject:
    """One SDK as it is driven: the `command` of its driver, what is known of it beforehand, and its `release`, which
    the driver has to confirm; None where only the driver knows. `name` is for files, `words` are what a command line
    says of it: options first, what is driven last.
    """

    command: tuple[str, ...]
    identity: events.TargetIdentity
    name: str
    release: str | None = None
    words: tuple[str, ...] = ()


def subject_of(done: Installation, given: tuple[str, ...] = ()) -> Subject:
    """What is certified. `given` are the options beside the release by which it was installed."""
    identity = events.TargetIdentity(
        "sdk",
        done.recipe.package,
        release=done.release,
        runtime=done.runtime,
        digest=dict(done.digest),
        dependencies=dict(done.dependencies),
    )
    name = f"{done.recipe.name}-{done.release}"
    words = (*given, "--release", done.release, done.recipe.name)
    return Subject(tuple(done.command), identity, name, done.release, words)


@frozen
class SdkSettings:
    """What is asked of a certification. Evidence goes to `report_dir` (None: a new folder), the recording to `cassette`
    (a file, a folder, or None).
    """

    plan: Plan
    ledger: Ledger
    report_dir: Path | None = None
    cassette: Path | None = None


@frozen
class Certified:
    """The evidence of a certification, the known failures that it met, and a line on its cassette if one was kept."""

    evidence: RunEvidence
    cassette: str | None = None
    excused: tuple[str, ...] = ()


class Interrupted(NotEstablished):
    """A person ended the certification while it was recorded; no further one is to begin."""


def certify_release(subject: Subject, settings: SdkSettings, live: Live) -> Certified:
    """Certify what a driver drives.

    Raises NotEstablished where the driver breaks its protocol (which establishes nothing about its SDK) or where the
    SDK does not load, and Interrupted on an interruption; what was recorded until then is kept.
    """
    path = _cassette_path(settings.cassette, subject.name)
    recorder, operation = SdkRecorder(settings.plan), settings.plan.contract.operation
    with evidence_of(settings.report_dir, subject.name, operation, subject.identity) as evidence:
        excused = _certify_or_say_why(subject, settings, evidence, recorder, live, path)
        return Certified(evidence.conclude(), _keep(recorder, path), excused)


def _certify_or_say_why(
    subject: Subject,
    settings: SdkSettings,
    evidence: EvidenceFolder,
    recorder: SdkRecorder,
    live: Live,
    path: Path | None,
) -> tuple[str, ...]:
    try:
        return _certify(subject, settings, evidence, recorder, live)
    except DriverFault as e:
        raise NotEstablished(e.sentence) from None
    except SdkUnusable as e:
        raise NotEstablished(f"The SDK does not load: {e}") from None
    except KeyboardInterrupt:
        if path is None:
            raise
        raise Interrupted(f"{INTERRUPTED} {_keep(recorder, path) or ''}".rstrip()) from None


def _cassette_path(wanted: Path | None, name: str) -> Path | None:
    path = wanted if wanted is None or is_cassette(wanted) else wanted / f"{name}.yaml.gz"
    if path is not None:
        refuse_unwritable(path)
    return path


def _keep(recorder: SdkRecorder, path: Path | None) -> str | None:
    cassette = recorder.cassette
    if path is None or cassette is None:
        return None
    return write_cassette(path, lambda where: file.save(where, cassette), cassette.provenance)


def _certify(
    subject: Subject, settings: SdkSettings, evidence: EvidenceFolder, recorder: SdkRecorder, live: Live
) -> tuple[str, ...]:
    plan = evolve(settings.plan, words=(*settings.plan.words, *subject.words) if subject.words else ())
    selection = tuple(r.requirement for r in plan.requirements())
    with evidence.recording(live) as show:
        on_event = both(show, recorder.hear)

        def announce(ready: Ready) -> None:
            known = subject.identity
            if not subject.release:
                known = evolve(known, name=ready.name, release=ready.version, runtime=ready.runtime)
            on_event(header_of(plan, settings.ledger, selection, known))

        done = certify(
            subject.command,
            plan,
            on_event,
            expected_version=subject.release,
            on_ready=announce,
            on_observed=recorder.keep,
        )
        for event in closing(done):
            on_event(event)
    return done.excused


def header_of(
    plan: Plan, ledger: Ledger, selection: Iterable[Requirement], target: events.TargetIdentity
) -> events.RunStarted:
    """The header of a run on an SDK."""
    asked = settings_entry(plan)
    header = run_header(plan.contract, ledger, selection, target, 0, plan.profile, side="sdk", settings=asked)
    return evolve(header, known_failures=entries(plan.known))


def settings_entry(plan: Plan) -> events.SettingsEntry:
    """What is asked of a certification, as its header says it."""
    return events.SettingsEntry(select=plan.select, levels=plan.levels)


def closing(done: Certification) -> Iterator[events.Event]:
    """What a stream says after its verdicts: which alternatives the SDK understood, and the footer."""
    for choice, alternatives in done.dialect.items():
        for alternative in alternatives:
            yield events.ChoiceObserved(choice, alternative)
    outcomes = dict(done.outcomes)
    yield events.RunFinished(requests=done.requests, seconds=round(done.seconds, 3), outcomes=outcomes)
