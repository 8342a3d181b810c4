"""The certification of one release of an SDK for a whole service: the protocol once, then what is each operation's own,
with one driver and one endpoint for each worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from conformance.contract.service import Service
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Ready
from conformance.errors import NotEstablished, unknown
from conformance.ledger.requirement import LEVELS
from conformance.ledger.specification import Specification
from conformance.ledger.templates import sdk_table
from conformance.report.folder import taken
from conformance.report.service_evidence import Heard, concluded, service_stream, started_now
from conformance.report.service_run import OperationJudged, ServiceRun
from conformance.report.watching import Unseen
from conformance.sdk.bench import Bench
from conformance.sdk.certify import SdkSettings, Subject, certify_release
from conformance.sdk.operation import OperationTask, judged_of
from conformance.sdk.plan import Plan
from conformance.sdk.roles import SdkRoles
from conformance.sdk.workers import judge_all

# what an operation can have of its own; all else is the release's, and judged once
OF_OPERATIONS = (
    "requests.each-parameter", "requests.all-parameters", "requests.absent-stays-absent", "requests.nothing-*-added",
    "requests.no-parameter-twice", "requests.every-listed-value", "requests.repeated-parameter", "requests.one-id",
    "requests.as-many-ids-as-allowed", "requests.region-of-the-parameter", "requests.times-as-given",
    "requests.action-and-version", "requests.method", "signing.signed", "signing.valid", "signing.access-key",
    "signing.fresh-nonce", "signing.covers-its-headers", "signing.secret-stays-home", "responses.each-field",
    "responses.types", "responses.no-silent-loss", "responses.one-item", "responses.many-items",
    "responses.*empty-listing", "responses.*list-form*", "responses.*json-type*", "responses.unread-answer",
    "responses.spelling", "responses.time-precision", "responses.missing-value", "responses.unknown-member",
    "errors.code", "errors.message", "behaviour.secret-not-in-exceptions",
)  # fmt: skip


@frozen
class SdkServicePlan:
    """What is asked of a run of an SDK over a service. `patterns` are of operations, `select` of requirements."""

    service: Service
    subject: Subject
    patterns: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS
    report_dir: Path | None = None
    workers: int = 2


def certify_service(plan: SdkServicePlan, heard: Heard = lambda judged, protocol: None) -> tuple[Path, ServiceRun]:
    """Judge a release for a service and write the evidence; the folder, and the run as its stream tells it.

    Raises Refusal and ContractError for what is asked wrongly, and NotEstablished where the driver does not start or
    the SDK does not load.
    """
    service, names = plan.service, plan.service.matching(plan.patterns)
    for pattern in plan.select:
        if not any(_plan_of(evolve(plan, select=(pattern,)), name).requirements() for name in names):
            raise unknown("requirement of an SDK", pattern, _ids(), "See acs-conformance requirements 'sdk.*'.")
    with taken(plan.report_dir, f"{plan.subject.name}-{service.product}") as folder:
        stand_in, subject = _standing_for_all(plan, names)
        started = started_now(
            service,
            target=f"{subject.identity.name} {subject.identity.release or ''}".strip(),
            seed=0,
            selected=names,
            protocol=(stand_in,) if stand_in else (),
            settings={"select": list(plan.select), "levels": list(plan.levels)},
            subject=subject.identity,
        )
        with service_stream(folder, started, heard) as told:
            if stand_in:
                told("protocol-judged", _protocol(plan, subject, stand_in, folder))
            tasks = [_task(plan, subject, name, folder) for name in names]
            for judged in judge_all(tasks, subject, plan.workers):
                told("operation-judged", judged)
        return folder, concluded(folder)


def _ids() -> list[str]:
    return [row["id"] for row in sdk_table().rows]


def _task(plan: SdkServicePlan, subject: Subject, name: str, folder: Path) -> OperationTask:
    return OperationTask(
        name,
        plan.service.operation(name).kind,
        plan.service.contract_folder(name),
        folder / "operations" / name,
        subject.identity,
        plan.select,
        plan.levels,
        OF_OPERATIONS,
    )


def _standing_for_all(plan: SdkServicePlan, names: Sequence[str]) -> tuple[str | None, Subject]:
    """The operation on which the protocol is judged, and the subject as its driver names it.

    Of the operations that are asked for and that the SDK has, the one of which most of the protocol can be required.
    None where only requirements of operations are asked for. Raises NotEstablished.
    """
    subject = plan.subject
    try:
        with Bench(subject.command, subject.release) as bench:
            if not subject.release:
                subject = evolve(subject, identity=_named(subject, bench.ready))
            for name, chosen in _by_requirements(plan, names):
                if chosen and _has(bench, _plan_of(plan, name).roles()):
                    return name, subject
    except DriverFault as e:
        raise NotEstablished(f"The driver is at fault, not its SDK ({e.kind}): {e}") from None
    except SdkUnusable as e:
        raise NotEstablished(f"The SDK does not load: {e}") from None
    return None, subject


def _has(bench: Bench, roles: SdkRoles) -> bool:
    """Whether the SDK has the operation, and its driver stands it. Raises DriverFault where it does not start again."""
    try:
        return not bench.lacks(roles)
    except DriverFault:
        bench.renew()
        return False


def _named(subject: Subject, ready: Ready) -> Any:
    return evolve(subject.identity, name=ready.name, release=ready.version, runtime=ready.runtime)


def _by_requirements(plan: SdkServicePlan, names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Operations with how much of the protocol can be required of them, the most first; lists by page before others,
    without a look at these where there are any.
    """
    operations = [plan.service.operation(name) for name in names]
    listing = [o.name for o in operations if o.paging == "number"]
    found = {name: len(_of_protocol(plan, name)) for name in listing or names[:20]}
    yield from sorted(found.items(), key=lambda entry: -entry[1])
    yield from ((name, len(_of_protocol(plan, name))) for name in names if name not in found)


def _plan_of(plan: SdkServicePlan, name: str) -> Plan:
    found = Specification.load(plan.service.contract_folder(name))
    return Plan(found.contract, found.protocol, plan.select, plan.levels)


def _of_protocol(plan: SdkServicePlan, name: str) -> tuple[str, ...]:
    """The ids of what is judged once for a release."""
    checks = ((r.id, r.requirement.check or "") for r in _plan_of(plan, name).requirements())
    # what holds of every request and answer is judged everywhere
    both = (
        "requests.action-and-version",
        "signing.*",
        "requests.each-parameter",
        "responses.each-field",
        "errors.code",
    )
    return tuple(id for id, check in checks if not any(fnmatchcase(check, g) for g in OF_OPERATIONS if g not in both))


def _protocol(plan: SdkServicePlan, subject: Subject, name: str, folder: Path) -> OperationJudged:
    started = time.monotonic()
    found = Specification.load(plan.service.contract_folder(name))
    asked = Plan(found.contract, found.protocol, _of_protocol(plan, name), plan.levels)
    kind = plan.service.operation(name).kind
    try:
        settings = SdkSettings(asked, found.ledger, folder / "protocol" / name)
        evidence = certify_release(subject, settings, Unseen()).evidence
    except NotEstablished as e:
        seconds = round(time.monotonic() - started, 3)
        return OperationJudged(name, kind, "not-established", str(e), seconds=seconds)
    return judged_of(name, kind, evidence, time.monotonic() - started)
