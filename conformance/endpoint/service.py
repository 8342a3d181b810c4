"""The certification of a whole service: each operation in a process of its own, the protocol on a few that stand for
all, and one result.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from conformance.contract.files import ContractError
from conformance.contract.service import Service
from conformance.endpoint import consent
from conformance.endpoint.allowance import SPENT
from conformance.endpoint.answer import NOT_FOUND, NOT_OURS, OF_ITS_STATE
from conformance.endpoint.certify import certify, is_answered
from conformance.endpoint.embedded import NAME
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.forks import Task, judge_all
from conformance.endpoint.judge import ONE_ALTERNATIVE
from conformance.endpoint.lifecycle.cleaning import lines
from conformance.endpoint.lifecycle.creations import CREATED, DEFAULT_CREATES, USED_UP
from conformance.endpoint.lifecycle.guard import NAMELESS
from conformance.endpoint.lifecycle.made import made_for
from conformance.endpoint.lifecycle.own import removable, wanted_by
from conformance.endpoint.lifecycle.relations import Lifecycle, irremovable
from conformance.endpoint.lifecycle.running import KIND, judge_sequences, sequences_of
from conformance.endpoint.lifecycle.shown import shown_at
from conformance.endpoint.settings import Settings
from conformance.endpoint.support import READS, unsupported, without_consent
from conformance.endpoint.warming import warm
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.generate.required import first_name, given_values, required_names, sent_name
from conformance.ledger.specification import Specification
from conformance.reference import manners
from conformance.report.evidence import RunEvidence
from conformance.report.folder import bare, taken
from conformance.report.results import Result, results
from conformance.report.service_evidence import (
    Heard,
    concluded,
    decided,
    operation_judged,
    service_stream,
    started_now,
)
from conformance.report.service_run import OperationJudged, OperationVerdict, ServiceRun
from conformance.report.stream import pack
from conformance.report.watching import Unseen
from conformance.wire.client import BadEndpoint

# what holds of the protocol, and so is judged once for a service
PROTOCOL_THEMES = ("signatures", "protocol", "http", "formats", "methods", "isolation")
# what of it an operation can have of its own
STILL_EACH = ("formats.agree", "methods.agree")
# what an error of any operation shows: of one that gave none, the protocol's errors speak
OF_ERRORS = (
    "errors.in-the-asked-format", "errors.no-result", "errors.no-internals",
    "envelope.error-status", "envelope.error-body", "envelope.host-id",
)  # fmt: skip
# checks that send hundreds of requests to show one thing of the server
ONCE = ("stability.after-many", "stability.every-time")
STANDING_FOR_ALL = 3
# operations that are asked for a result before some stand for all
MOST_TRIED = 40
BUDGET_OF_READS, BUDGET_OF_OTHERS = 150, 250
# the part of what may be created that is for operations that change something, to be about
OF_OWN = 4
# said of an operation without a budget
MANY = 100_000
# faults and variants of the reference that only sequences show
OVER_SEVERAL = frozenset(m.name for m in (*manners.all_faults(), *manners.all_variants()))
NOT_SHOWN = "no exchange of this run could show it"


@frozen
class ServicePlan:
    """What is asked of a run over a service. `base` has the settings of each operation but its folder.

    `values` are by parameter, and by operation and parameter. `budget` is of requests an operation; None takes the
    usual ones, 0 sets none. `creates` is how many things may be created at a URL, in all; `patience` how many seconds
    an endpoint may take to show what it did (None: the usual ones). With `planned` a run begins by saying what it may
    change.
    """

    service: Service
    base: Settings
    patterns: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(factory=dict)
    budget: int | None = None
    creates: int = DEFAULT_CREATES
    patience: float | None = None
    planned: Callable[[str], None] = lambda line: None


def certify_service(plan: ServicePlan, heard: Heard = lambda judged, event: None) -> tuple[Path, ServiceRun]:
    """Judge the operations of a service and write the evidence; the folder, and the run as its stream tells it.

    `heard` is told of each operation when it is judged. Raises Refusal and ContractError for what is asked wrongly.
    """
    base, service = plan.base, plan.service
    names = service.matching(plan.patterns)
    _refuse_values(service, plan.values)
    seed = secrets.randbelow(2**32) if base.seed is None else base.seed
    plan = evolve(plan, base=evolve(base, seed=seed))
    target = base.url or NAME
    with taken(base.report_dir, f"{bare(target)}-{service.product}") as folder:
        tasks, untried = _planned(plan, names, folder)
        tasks = _with_what_is_there(plan, tasks)
        stand_in = _standing_for_all(plan, tasks, folder)
        sequences = _sequences(plan, names, folder)
        changing = {t.name: t.settings.budget or MANY for t in tasks if base.url and t.kind not in READS}
        creations, own = None, list[Lifecycle]()
        if base.url is not None and (changing or sequences):
            own = _own(plan, tasks)
            sequences, tasks = _shared(plan, sequences, tasks, own)
            asked = [t.sequences for t in sequences if t.sequences]
            deleting = [t.name for t in tasks if t.kind == "delete"]
            beside = wanted_by(service, [*(s.lifecycle.create for s in asked), *deleting], removable(service))
            for line in consent.plan_lines(service, changing, asked, [*own, *beside], plan.creates):
                plan.planned(line)
            creations = consent.creations_begun(folder, service, base, plan.creates)
        started = started_now(
            service,
            target=bare(target),
            seed=seed,
            selected=names,
            protocol=tuple(t.name for t in stand_in),
            settings={"budget": plan.budget, "examples": base.max_examples, "formats": list(base.formats)},
            sequences=tuple(t.name for t in sequences),
        )

        def ended() -> tuple[str, ...]:
            if creations is None:
                return ()
            cleaning = consent.cleaned(creations, service, base, plan.values, plan.patience)
            for line in lines(cleaning):
                plan.planned(line)
            return cleaning.left

        with service_stream(folder, started, heard, ended=ended) as told:
            for judged in untried:
                told("operation-judged", judged)
            if creations is not None:
                tasks = _with_own_things(plan, tasks, own)
            if tasks:
                warm(service, tasks[0].name)
            for together in _in_turn(plan, stand_in, sequences, tasks):
                judge_all(together, judge, base.workers, told)
        return folder, concluded(folder)


# ------------------------------------------------------------------------------------------------------------ the plan


def _refuse_values(service: Service, values: Mapping[str, Any]) -> None:
    """Raises Refusal for values of an operation that there is not, or that it has no parameter for."""
    for name, own in values.items():
        if not isinstance(own, Mapping):
            continue
        if name not in service.operations:
            raise unknown("operation", name, service.operations, "Values by operation are those of its parameters.")
        known = {sent_name(p.name) for p in service.contract(name).parameters}
        for given in own:
            if first_name(given) not in known:
                raise unknown(f"parameter of {name}", given, known, "Repetitions are numbered: ResourceId.1.")


def _planned(plan: ServicePlan, names: Sequence[str], folder: Path) -> tuple[list[Task], list[OperationJudged]]:
    """The operations that are judged, and those that are not, each with its reason."""
    tasks: list[Task] = []
    untried: list[OperationJudged] = []
    for name in names:
        operation = plan.service.operation(name)
        contract = plan.service.contract(name)
        if why := unsupported(contract):
            untried.append(OperationJudged(name, operation.kind, "not-supported", why, attempted=False))
        elif why := without_consent(operation.kind, contract, plan.base, plan.service):
            untried.append(OperationJudged(name, operation.kind, "not-established", why, attempted=False))
        else:
            tasks.append(Task(name, operation.kind, _settings_of(plan, name, operation.kind, folder)))
    return tasks, untried


def _with_what_is_there(plan: ServicePlan, tasks: list[Task]) -> list[Task]:
    """At a URL, reads that must name something name what is there. What changes something is never about a thing that
    somebody else made (`_with_own_things`).
    """
    if plan.base.url is None:
        return tasks
    reads = [t for t in tasks if t.kind in READS and required_names(plan.service.contract(t.name))]
    found = shown_at(plan.service, plan.base, [t.name for t in reads], plan.values)

    def knowing(task: Task) -> Task:
        shown = found[task.name]
        values = {**shown, **task.settings.values}
        return evolve(task, settings=evolve(task.settings, values=values, shown=tuple(shown)))

    return [knowing(t) if found.get(t.name) else t for t in tasks]


def _in_turn(plan: ServicePlan, stand_in: list[Task], sequences: list[Task], tasks: list[Task]) -> Iterator[list[Task]]:
    """What is judged at the same time. At a URL nothing that reads while something is changed: what comes and goes by
    our own doing would be the endpoint's.
    """
    if plan.base.url is None:
        yield [*stand_in, *sequences, *tasks]
        return
    yield [*stand_in, *(t for t in tasks if t.kind in READS)]
    yield sequences
    yield [t for t in tasks if t.kind not in READS]


def _settings_of(plan: ServicePlan, name: str, kind: str, folder: Path) -> Settings:
    usual = BUDGET_OF_READS if kind in READS else BUDGET_OF_OTHERS
    return evolve(
        plan.base,
        folder=plan.service.contract_folder(name),
        report_dir=folder / "operations" / name,
        workers=1,
        budget=usual if plan.budget is None else plan.budget or None,
        values=given_values(plan.service.contract(name), plan.values),
        faults=tuple(n for n in plan.base.faults if n not in OVER_SEVERAL),
        variants=tuple(n for n in plan.base.variants if n not in OVER_SEVERAL),
    )


def _sequences(plan: ServicePlan, names: Sequence[str], folder: Path) -> list[Task]:
    """The sequences over each resource. At a URL, where that is allowed, those whose things can be taken away again."""
    base, found = plan.base, list[Task]()
    if base.url is not None and not base.allow_changes:
        return []
    budget = BUDGET_OF_OTHERS if plan.budget is None else plan.budget or None
    settings = evolve(
        base,
        budget=budget,
        faults=tuple(n for n in base.faults if n in OVER_SEVERAL),
        variants=tuple(n for n in base.variants if n in OVER_SEVERAL),
    )
    for asked in sequences_of(plan.service, names, settings, plan.values, plan.patience):
        if base.url is None or irremovable(plan.service, asked.lifecycle.create) is None:
            here = evolve(settings, report_dir=folder / "sequences" / asked.name)
            found.append(Task(asked.name, KIND, here, sequences=asked))
    return found


def _own(plan: ServicePlan, tasks: Sequence[Task]) -> list[Lifecycle]:
    """What of a run's own the operations that change something may be about: so much of it as leaves the most of the
    budget of creations to others.
    """
    return wanted_by(plan.service, _about_own(tasks), removable(plan.service))[: max(1, plan.creates // OF_OWN)]


def _about_own(tasks: Sequence[Task]) -> list[str]:
    """The operations that are about a thing of the run's own: those that change something, and of those that read what
    no list shows anything for. What takes things away is given another one each time.
    """
    return [t.name for t in tasks if t.kind != "delete" and (t.kind not in READS or not t.settings.shown)]


def _with_own_things(plan: ServicePlan, tasks: list[Task], own: Sequence[Lifecycle]) -> list[Task]:
    """The tasks at a URL, those that change something with things that the run makes for them: one of each kind for
    all, and for what takes things away another one each time.
    """
    base = evolve(plan.base, creations=_root(tasks[0].settings) / CREATED) if tasks else plan.base
    made, region = made_for(plan.service, base, _about_own(tasks), plan.values, own, plan.patience)

    def about(task: Task) -> Task:
        regions, settings = task.settings.regions or region, task.settings
        if task.kind == "delete":
            return evolve(task, settings=evolve(settings, fresh=plan.values, regions=regions))
        mine = made.get(task.name, {})
        values = {**mine, **settings.values}
        return evolve(task, settings=evolve(settings, values=values, made=tuple(mine), regions=regions))

    return [about(t) if t.kind == "delete" or made.get(t.name) else t for t in tasks]


def _shared(
    plan: ServicePlan, sequences: list[Task], tasks: list[Task], own: Sequence[Lifecycle]
) -> tuple[list[Task], list[Task]]:
    """The tasks at a URL, each with what it may create of what all may."""
    creating = [t.name for t in tasks if t.kind in ("create", "asynchronous", "delete")]
    asked = [t.sequences for t in sequences if t.sequences]
    of_sequences, of_operations = consent.shares(plan.creates - len(own), asked, creating)

    def may(settings: Settings, most: int) -> Settings:
        return evolve(settings, creations=_root(settings) / CREATED, creates=most)

    return (
        [
            evolve(t, sequences=evolve(t.sequences, settings=may(t.settings, of_sequences)))
            for t in sequences
            if t.sequences
        ],
        [evolve(t, settings=may(t.settings, of_operations)) if t.name in creating else t for t in tasks],
    )


def _root(settings: Settings) -> Path:
    """The folder of the run, of that of one of its parts."""
    assert settings.report_dir is not None, "set by the plan"
    return settings.report_dir.parent.parent


def _standing_for_all(plan: ServicePlan, tasks: Sequence[Task], folder: Path) -> list[Task]:
    """Operations on which the protocol is judged: reads of several kinds, that need nothing that is there."""
    if plan.base.select:
        return []
    source = random.Random(f"{plan.base.seed} protocol")
    simple = [t for t in tasks if t.kind in READS and not required_names(plan.service.contract(t.name))]
    source.shuffle(simple)
    simple = _answered(plan, simple)
    chosen: list[Task] = []
    for kind in (*READS, *READS, *READS):
        found = next((t for t in simple if t.kind == kind and t not in chosen), None)
        if found and len(chosen) < STANDING_FOR_ALL:
            chosen.append(found)
    return [
        evolve(t, protocol=True, settings=evolve(t.settings, budget=None, report_dir=folder / "protocol" / t.name))
        for t in chosen
    ]


def _answered(plan: ServicePlan, tasks: list[Task]) -> list[Task]:
    """Those that an endpoint has a result for, as many as stand for all: what it lacks says nothing of its protocol.
    All of them where it answers none of the first, or nothing at all.
    """
    if plan.base.url is None:
        return tasks
    found = list[Task]()
    try:
        for task in tasks[:MOST_TRIED]:
            if len(found) < STANDING_FOR_ALL and is_answered(task.settings):
                found.append(task)
    except (Inconclusive, BadEndpoint):
        return found or tasks
    return found or tasks


def is_of_the_protocol(check: str) -> bool:
    """Whether a check is about the protocol, and so judged once for a service."""
    return (check.split(".")[0] in PROTOCOL_THEMES or check in ONCE) and check not in STILL_EACH


def _selection(task: Task) -> tuple[str, ...]:
    """The ids of what is judged of an operation, or of the protocol on it."""
    specification = Specification.load(task.settings.folder, task.settings.as_of)
    asked = specification.ledger.chosen(task.settings.select or ("*",))
    endpoint = [r for r in specification.ledger.requirements if r.side == "endpoint" and r.id in asked]
    if task.settings.select:
        return tuple(r.id for r in endpoint)

    both = (*OF_ERRORS, ONE_ALTERNATIVE) if task.protocol else ()
    return tuple(r.id for r in endpoint if is_of_the_protocol(r.check) == task.protocol or r.check in both)


# ----------------------------------------------------------------------------------------------------------- one by one


def judge(task: Task) -> OperationJudged:
    """Judge one operation in this process, and write its evidence. Raises nothing that can be said in a sentence."""
    if task.sequences is not None:
        return judge_sequences(task.sequences)
    started = time.monotonic()
    try:
        chosen = _selection(task)
        if not chosen:
            return OperationJudged(task.name, task.kind, "not-supported", "nothing that is asked for is required of it")
        evidence = certify(evolve(task.settings, select=chosen, traffic=chosen), Unseen(), one_of_many=True)
        judged = _judged(task, evidence, time.monotonic() - started)
        pack(evidence.folder)
        return judged
    except (Refusal, NotEstablished, ContractError) as e:
        spent = round(time.monotonic() - started, 3)
        return OperationJudged(task.name, task.kind, "not-established", str(e), seconds=spent)


def _judged(task: Task, evidence: RunEvidence, seconds: float) -> OperationJudged:
    unknown = tuple(
        r.entry.id.split(".errors.", 1)[-1].removesuffix(".documented")
        for r in results(evidence.run)
        if r.standing == "not-applicable" and r.entry.id.endswith(".documented") and "how to give cause" in r.message
    )
    return operation_judged(task.name, task.kind, evidence, seconds, partial(_verdict, task), unknown)


def _verdict(task: Task, found: Sequence[Result], broken: str | None) -> tuple[OperationVerdict, str]:
    elsewhere = () if task.protocol else tuple(f"{task.name}.{check}" for check in OF_ERRORS)
    musts = [r for r in found if r.entry.level == "MUST"]
    if plainly := decided(found, broken):
        return plainly
    open_ones = [r for r in musts if r.standing in ("inconclusive", "not-judged")]
    unshown = [r for r in open_ones if NOT_SHOWN in r.message and r.entry.id not in elsewhere]
    left_out = [r for r in open_ones if task.settings.budget is not None and SPENT in r.message]
    left_out += [r for r in open_ones if USED_UP in r.message or NAMELESS in r.message]
    changed = [r for r in open_ones if task.settings.url and (OF_ITS_STATE in r.message or NOT_FOUND in r.message)]
    changed = changed if task.kind not in READS else []
    foreign = [r for r in open_ones if NOT_OURS in r.message]
    unseen = [r for r in open_ones if r not in (*left_out, *changed, *foreign) and NOT_SHOWN not in r.message]
    lacking = [r for r in unseen if r.decisive is not None and r.decisive.lack is not None]
    if unexplained := [r for r in unseen if r not in lacking]:
        return "not-established", f"{unexplained[0].entry.id}: {unexplained[0].message}"
    if not any(r.standing == "passed" for r in musts):
        return "not-established", "no MUST could be judged"
    reasons = []
    if left_out:
        reasons.append(
            f"{len(left_out)} of {len(musts)} MUSTs lie beyond the budget of {task.settings.budget} requests"
            + (f", or of {task.settings.creates} creations" if task.settings.creates is not None else "")
        )
    if lacking:
        reasons.append(f"{len(lacking)} of {len(musts)} MUSTs need other data ({lacking[0].message})")
    if changed:
        reasons.append(f"of {len(changed)} of {len(musts)} MUSTs what was asked before may have changed what is named")
    if foreign:
        reasons.append(f"{len(foreign)} of {len(musts)} MUSTs would name a documented sample, which {NOT_OURS}")
    if unshown:
        reasons.append(f"no answer could show {len(unshown)} of {len(musts)} MUSTs, such as {unshown[0].entry.id}")
    return ("in-part", "; ".join(reasons)) if reasons else ("conformant", "")
