"""The certification of one release of an SDK for a whole service: the protocol once, then what is each operation's own,
with one driver and one endpoint for each worker.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from conformance import __version__
from conformance.contract.catalogue import shipped
from conformance.contract.service import Service
from conformance.drivers.process import DriverFault, SdkUnusable
from conformance.drivers.protocol import Ready
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.known_failing import KnownFailures
from conformance.ledger.requirement import LEVELS
from conformance.ledger.specification import Specification
from conformance.ledger.templates import sdk_table
from conformance.report.folder import taken
from conformance.report.service_evidence import Heard, concluded, service_stream, started_now
from conformance.report.service_run import OperationJudged, ServiceRun
from conformance.report.watching import Unseen
from conformance.sdk.bench import Bench
from conformance.sdk.certify import SdkSettings, Subject, certify_release
from conformance.sdk.gates import Gates
from conformance.sdk.operation import OperationTask, judged_of
from conformance.sdk.plan import Plan
from conformance.sdk.requirements import SdkRequirement, table_text
from conformance.sdk.resumption import ServiceResumption, keep
from conformance.sdk.roles import SdkRoles
from conformance.sdk.workers import judge_all

# what an operation can have of its own; all else is the release's, and judged once
OF_OPERATIONS = (
    "requests.each-parameter", "requests.all-parameters", "requests.absent-stays-absent", "requests.nothing-*-added",
    "requests.no-parameter-twice", "requests.every-listed-value", "requests.client-token-made-up",
    "requests.false-and-zero", "requests.repeated-parameter", "requests.one-id", "requests.long-integer",
    "requests.integer-beyond-2-53",
    "requests.as-many-ids-as-allowed", "requests.region-of-the-parameter", "requests.times-as-given",
    "requests.action-and-version", "requests.method", "signing.signed", "signing.valid", "signing.access-key",
    "signing.fresh-nonce", "signing.covers-its-headers", "signing.secret-stays-home", "responses.each-field",
    "responses.types", "responses.no-silent-loss", "responses.one-item", "responses.many-items",
    "responses.long-integer", "responses.integer-beyond-2-53",
    "responses.*empty-listing", "responses.*list-form*", "responses.*item-name",
    "responses.*json-type*", "responses.unread-answer",
    "responses.spelling", "responses.time-precision", "responses.missing-value", "responses.unknown-member",
    "errors.code", "errors.message", "behaviour.no-answer-is-not-repeated", "behaviour.secret-not-in-exceptions",
)  # fmt: skip


@frozen
class SdkServicePlan:
    """What is asked of a run of an SDK over a service. `patterns` are of operations, `select` of requirements.

    `asked` is what the run can be gone on with (plain values), `earlier` the run that this one goes on with.
    """

    service: Service
    subject: Subject
    patterns: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS
    report_dir: Path | None = None
    workers: int = 2
    gates: Gates = field(factory=Gates)
    asked: Mapping[str, Any] = field(factory=dict)
    earlier: ServiceResumption | None = None


def unjudged_service(plan: SdkServicePlan, why: str) -> tuple[Path, ServiceRun]:
    """The evidence of a run over a service that could not even begin, such as that of a release without a package."""
    names = plan.service.matching(plan.patterns)
    identity, product = plan.subject.identity, plan.service.product
    with taken(plan.report_dir, f"{plan.subject.name}-{product}") as folder:
        started = started_now(
            plan.service,
            target=f"{identity.name} {identity.release or ''}".strip(),
            seed=0,
            selected=names,
            protocol=(),
            settings=_settings(plan),
            subject=identity,
        )
        with service_stream(folder, started, lambda judged, event: None) as told:
            for name in names:
                told(
                    "operation-judged", OperationJudged(name, plan.service.operation(name).kind, "not-established", why)
                )
        return folder, concluded(folder)


def certify_service(plan: SdkServicePlan, heard: Heard = lambda judged, event: None) -> tuple[Path, ServiceRun]:
    """Judge a release for a service and write the evidence; the folder, and the run as its stream tells it.

    Where the driver does not start, or the SDK does not load, nothing is established of any operation, and the evidence
    says why. Raises Refusal and ContractError for what is asked wrongly.
    """
    service, names = plan.service, plan.service.matching(plan.patterns)
    plan.gates.refuse_unpinnable(lambda: (service.contract(name) for name in names))
    for pattern in plan.select:
        if not any(_requirements(evolve(plan, select=(pattern,)), name) for name in names):
            if any(fnmatchcase(id, pattern.removeprefix("sdk.")) for id in _ids()):
                raise Refusal(f"None of the operations that are asked for needs {pattern}; leave it out.")
            raise unknown("requirement of an SDK", pattern, _ids(), "See acs-conformance requirements 'sdk.*'.")
    known, basis = plan.gates.known_over(service), basis_of(plan)
    earlier = plan.earlier
    if earlier is not None:
        earlier.refuse_other(basis)
    where = earlier.folder if earlier else plan.report_dir
    with taken(where, f"{plan.subject.name}-{service.product}", going_on=earlier is not None) as folder:
        stand_in, subject, broken = _standing_for_all(plan, known, names)
        started = started_now(
            service,
            target=f"{subject.identity.name} {subject.identity.release or ''}".strip(),
            seed=0,
            selected=names,
            protocol=(stand_in,) if stand_in else (),
            settings=_settings(plan),
            subject=subject.identity,
            known={k.label: k.requirement for k in known.entries},
            resumed=earlier.started.started if earlier else None,
        )
        if plan.asked:
            keep(folder, basis, plan.asked)
        kept = () if earlier is None else earlier.kept
        through = {(event, judged.name) for event, judged in kept}
        with service_stream(folder, started, heard, kept) as told:
            if stand_in and ("protocol-judged", stand_in) not in through:
                told("protocol-judged", _protocol(plan, known, subject, stand_in, folder))
            left = [name for name in names if ("operation-judged", name) not in through]
            tasks = [_task(plan, known, subject, name, folder) for name in left]
            for judged in judge_all(tasks, subject, plan.workers) if broken is None else _unjudged(tasks, broken):
                told("operation-judged", judged)
        return folder, concluded(folder)


def basis_of(plan: SdkServicePlan) -> str:
    """A digest of all that a verdict depends on: suite, contracts, requirements, gates, and the package's bytes."""
    operations = sorted((o.name, o.digest) for o in plan.service.operations.values())
    known = plan.gates.known_file
    try:
        failures = known.read_text("utf-8") if known else ""
    except (OSError, ValueError):
        failures = ""
    identity = plan.subject.identity
    parts = (__version__, table_text(), operations, _settings(plan), failures, sorted(identity.digest.items()))
    return sha256(repr((*parts, identity.release, sorted(identity.dependencies.items()))).encode()).hexdigest()


def _settings(plan: SdkServicePlan) -> dict[str, Any]:
    return {
        "select": list(plan.select),
        "levels": list(plan.levels),
        "profiles": list(plan.gates.profiles),
        "fail_on": plan.gates.fail_on,
    }


def _ids() -> list[str]:
    return [row["id"] for row in sdk_table().rows]


def _unjudged(tasks: Iterable[OperationTask], why: str) -> Iterator[OperationJudged]:
    for task in tasks:
        yield OperationJudged(task.name, task.kind, "not-established", why)


def _task(plan: SdkServicePlan, known: KnownFailures, subject: Subject, name: str, folder: Path) -> OperationTask:
    return OperationTask(
        name,
        plan.service.operation(name).kind,
        plan.service.contract_folder(name),
        folder / "operations" / name,
        subject.identity,
        plan.select,
        plan.levels,
        OF_OPERATIONS,
        plan.gates,
        known,
        _words(plan, name),
    )


def _words(plan: SdkServicePlan, name: str) -> tuple[str, ...]:
    """What says on a command line which operation it is, and which SDK."""
    folder = plan.service.contract_folder(name)
    place = ("--operation", name) if shipped().get(name) == folder else ("--contract", str(folder))
    return (*place, *plan.subject.words) if plan.subject.words else ()


def _standing_for_all(
    plan: SdkServicePlan, known: KnownFailures, names: Sequence[str]
) -> tuple[str | None, Subject, str | None]:
    """The operation on which the protocol is judged, the subject as its driver names it, and why nothing can be judged.

    Of the operations that are asked for and that the SDK has, the one of which most of the protocol can be required.
    None where only requirements of operations are asked for.
    """
    subject = plan.subject
    try:
        with Bench(subject.command, subject.release) as bench:
            if not subject.release:
                subject = evolve(subject, identity=_named(subject, bench.ready))
            for name, chosen in _by_requirements(plan, names):
                if chosen and _has(bench, _plan_of(plan, name, known).roles()):
                    return name, subject, None
    except DriverFault as e:
        return None, subject, e.sentence
    except SdkUnusable as e:
        return None, subject, f"The SDK does not load: {e}"
    return None, subject, None


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


def _plan_of(plan: SdkServicePlan, name: str, known: KnownFailures) -> Plan:
    found = Specification.of_rpc(plan.service.contract_folder(name))
    return plan.gates.plan(found, plan.select, plan.levels, known)[0]


def _requirements(plan: SdkServicePlan, name: str) -> tuple[SdkRequirement, ...]:
    return _plan_of(plan, name, KnownFailures()).requirements()


def _of_protocol(plan: SdkServicePlan, name: str) -> tuple[str, ...]:
    """The ids of what is judged once for a release."""
    checks = ((r.id, r.requirement.check or "") for r in _requirements(plan, name))
    # what holds of every request and answer is judged everywhere
    both = (
        "requests.action-and-version",
        "signing.*",
        "requests.each-parameter",
        "responses.each-field",
        "errors.code",
    )
    return tuple(id for id, check in checks if not any(fnmatchcase(check, g) for g in OF_OPERATIONS if g not in both))


def _protocol(plan: SdkServicePlan, known: KnownFailures, subject: Subject, name: str, folder: Path) -> OperationJudged:
    started = time.monotonic()
    found = Specification.of_rpc(plan.service.contract_folder(name))
    asked, ledger = plan.gates.plan(found, _of_protocol(plan, name), plan.levels, known)
    words = _words(plan, name)[:2]
    kind = plan.service.operation(name).kind
    try:
        settings = SdkSettings(evolve(asked, words=words), ledger, folder / "protocol" / name)
        done = certify_release(subject, settings, Unseen())
    except NotEstablished as e:
        seconds = round(time.monotonic() - started, 3)
        return OperationJudged(name, kind, "not-established", str(e), seconds=seconds)
    return judged_of(name, kind, done.evidence, time.monotonic() - started, done.excused)
