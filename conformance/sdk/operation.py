"""What an SDK makes of one operation of a service: seen at a bench, judged, and kept as evidence."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import evolve, field, frozen

from conformance.contract.files import ContractError
from conformance.errors import Refusal
from conformance.ledger.known_failing import KnownFailures
from conformance.ledger.specification import Specification
from conformance.report.events import TargetIdentity
from conformance.report.evidence import RunEvidence, evidence_of
from conformance.report.results import Result
from conformance.report.service_evidence import decided, operation_judged
from conformance.report.service_run import OperationJudged, OperationVerdict
from conformance.report.watching import Unseen
from conformance.sdk.bench import Bench
from conformance.sdk.certify import closing, header_of
from conformance.sdk.gates import Gates
from conformance.sdk.judging import judge, planned


@frozen
class OperationTask:
    """One operation to judge: its contract's folder, where its evidence goes, and which requirements.

    `select` are globs that somebody asked for, `own` globs over the checks that are an operation's own. `gates` are
    what the release is held to, with the `known` failures of the whole service; `words` say on a command line how the
    operation is judged alone.
    """

    name: str
    kind: str
    contract: Path
    report_dir: Path
    identity: TargetIdentity
    select: tuple[str, ...]
    levels: tuple[str, ...]
    own: tuple[str, ...]
    gates: Gates = field(factory=Gates)
    known: KnownFailures = field(factory=KnownFailures)
    words: tuple[str, ...] = ()


def judge_operation(task: OperationTask, bench: Bench) -> OperationJudged:
    """Judge an operation. Raises DriverFault where the driver breaks; what can be said in a sentence is a verdict."""
    started = time.monotonic()
    try:
        found = Specification.of_rpc(task.contract)
        # errors that every operation can answer are judged once
        found = evolve(found, protocol=evolve(found.protocol, situations=()))
        plan, ledger = task.gates.plan(found, task.select, task.levels, task.known)
        asked = plan.requirements()
        own = tuple(r.id for r in asked if any(fnmatchcase(r.requirement.check or "", g) for g in task.own))
        if not own:
            return OperationJudged(task.name, task.kind, "not-supported", "nothing that is asked for is required of it")
        plan = evolve(plan, select=own, words=task.words)
        if bench.lacks(plan.roles()):
            seconds = round(time.monotonic() - started, 3)
            return OperationJudged(
                task.name, task.kind, "not-supported", f"this SDK has no {task.name}", seconds=seconds
            )
        observed = bench.observed((c for r in plan.requirements() for c in planned(plan, bench.ready, r)), plan.roles())
        chosen = [r.requirement for r in plan.requirements()]
        with evidence_of(task.report_dir, task.name, task.name, task.identity) as evidence:
            with evidence.recording(Unseen()) as on_event:
                on_event(header_of(plan, ledger, chosen, task.identity))
                done = judge(observed, plan, on_event)
                for event in closing(done):
                    on_event(event)
            kept = evidence.conclude()
    except (Refusal, ContractError) as e:
        spent = round(time.monotonic() - started, 3)
        return OperationJudged(task.name, task.kind, "not-established", str(e), seconds=spent)
    return judged_of(task.name, task.kind, kept, time.monotonic() - started, done.excused)


def judged_of(
    name: str, kind: str, evidence: RunEvidence, seconds: float, excused: tuple[str, ...] = ()
) -> OperationJudged:
    """What the evidence of an operation, or of the protocol on it, comes to. `excused` are known failures it met."""
    return operation_judged(name, kind, evidence, seconds, _verdict, each_case=True, excused=excused)


def _verdict(found: Sequence[Result], broken: str | None) -> tuple[OperationVerdict, str]:
    musts = [r for r in found if r.entry.level == "MUST"]
    if plainly := decided(found, broken):
        return plainly
    if unjudged := [r for r in musts if r.standing == "not-judged"]:
        return "not-established", f"{unjudged[0].entry.id}: {unjudged[0].message}"
    if known := [r for r in musts if r.standing == "known-failing"]:
        return "known-failing", f"{known[0].entry.id}: {known[0].message}"
    if not any(r.standing == "passed" for r in musts):
        return "not-established", "no MUST could be judged"
    if unsure := [v for r in musts for v in r.verdicts if v.verdict == "inconclusive"]:
        reasons = Counter(v.message for v in unsure)
        said = "; ".join(f"{reason} ({number} ×)" for reason, number in reasons.most_common(3))
        more = f"; and {len(reasons) - 3} more reasons" if len(reasons) > 3 else ""
        return "in-part", f"{said}{more}"
    return "conformant", ""
