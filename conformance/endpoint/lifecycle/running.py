"""The sequences of one resource as a part of a run over a service, against a URL or against the embedded reference."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from conformance.contract.catalogue import protocol_of
from conformance.contract.files import ContractError
from conformance.contract.service import Service
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.judging import MOST_EXAMPLES, LifecycleJudged, LifeJudging
from conformance.endpoint.lifecycle.own import PATIENCE, OwnThings, region_of, removable
from conformance.endpoint.lifecycle.pool import Pool
from conformance.endpoint.lifecycle.relations import Lifecycle, lifecycles
from conformance.endpoint.lifecycle.requirements import requirements_of
from conformance.endpoint.settings import RunSettings, Settings
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.requirement import Requirement
from conformance.reference import manners
from conformance.reference.server import EndpointError
from conformance.reference.service import ServiceEndpoint
from conformance.report.service_causes import Failed
from conformance.report.service_run import OperationJudged, OperationVerdict
from conformance.wire.environment import KEY_ID, KEY_SECRET, changed_environment, credentials_from

KIND = "sequences"
# seconds that the reference and its variants may take to show what they did
PATIENCE_WITH_REFERENCE = 1.0
# how long what is asynchronous takes in the embedded reference, in seconds
ASYNCHRONOUS = 0.3
# how many things the sequences of one resource may make at a URL
CREATES_OF_A_SEQUENCE = 6


@frozen
class SequencesAsked:
    """The sequences of one resource, to be judged. `settings` are those of the run, with what this may send."""

    service: Service
    lifecycle: Lifecycle
    settings: Settings
    values: Mapping[str, Any]
    patience: float | None = None

    @property
    def name(self) -> str:
        """The resource."""
        return self.lifecycle.resource


def sequences_of(
    service: Service, names: Sequence[str], settings: Settings, values: Mapping[str, Any], patience: float | None
) -> Iterator[SequencesAsked]:
    """The sequences of each resource that the named operations create, where anything that is asked for is required."""
    for lifecycle in lifecycles(service, names):
        asked = SequencesAsked(service, lifecycle, settings, values, patience)
        if _chosen(asked, requirements_of(service, lifecycle, ("", ""))):
            yield asked


def judge_sequences(asked: SequencesAsked) -> OperationJudged:
    """Judge the sequences of a resource in this process. Raises nothing that can be said in a sentence."""
    started = time.monotonic()
    try:
        with _endpoint(asked) as (url, regions), tempfile.TemporaryDirectory(prefix="acs-") as scratch:
            judged = _judged(asked, url, regions, Path(scratch) / "allowance")
    except (Refusal, NotEstablished, ContractError, EndpointError) as e:
        spent = round(time.monotonic() - started, 3)
        return OperationJudged(asked.name, KIND, "not-established", str(e), seconds=spent)
    verdict, reason = _verdict(judged)
    return OperationJudged(
        asked.name,
        KIND,
        verdict,
        reason,
        counts=dict(Counter(v.verdict for v in judged.verdicts)),
        requests=judged.requests,
        seconds=round(judged.seconds, 3),
        failed=tuple(
            Failed(v.requirement, r.level, v.message, v.cause, steps=judged.steps.get(v.requirement, ()))
            for r, v in zip(judged.requirements, judged.verdicts, strict=True)
            if v.verdict in ("failed", "warned")
        ),
        themes={KIND: _worst([v.verdict for v in judged.verdicts])},
        verdicts={v.requirement: v.verdict if not v.message else f"{v.verdict}: {v.message}" for v in judged.verdicts},
    )


def asker_of(
    service: Service, settings: Settings, url: str, regions: tuple[str, ...], values: Mapping[str, Any], file: Path
) -> Asker:
    """What asks the operations of a service at a URL, within the limits of the settings; `file` keeps what is left."""
    limits = settings.limits
    if settings.budget is not None:
        limits = evolve(limits, max_requests=min(settings.budget, limits.max_requests or settings.budget))
    Allowance.begun(limits, file).close()
    plan = RunSettings(
        url=url,
        contract_dir="",
        regions=regions,
        formats=settings.formats[:1],
        signatures=settings.signatures[:1],
        methods=settings.methods[:1],
        timeout=settings.timeout,
        limits=limits,
        allow_plaintext=settings.allow_plaintext,
        access=settings.access,
        max_body=settings.max_body,
        allowance_file=str(file),
        creations_file=str(settings.creations) if settings.creations else None,
        creates=settings.creates,
    )
    if plan.signs and credentials_from() is None:
        raise Refusal(f"Signed requests need an access key: set {KEY_ID} and {KEY_SECRET}, or give --signature none.")
    return Asker(service, protocol_of(service), plan, values)


def _chosen(asked: SequencesAsked, requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """Those that are asked for, by globs over their ids with or without the resource, and by level."""
    globs = asked.settings.select
    return tuple(
        r
        for r in requirements
        if r.level in asked.settings.levels
        and (not globs or any(fnmatchcase(name, g) for g in globs for name in (r.id, r.check)))
    )


@contextmanager
def _endpoint(asked: SequencesAsked) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The URL and the regions: those of somebody's endpoint, or of the reference of the service while this is open."""
    settings = asked.settings
    if settings.url is not None:
        named = settings.regions or region_of(asked.service, [asked.lifecycle])
        with changed_environment(settings.secrets.shared()):
            yield settings.url, named or protocol_of(asked.service).regions[:1] or ("",)
        return
    given = [
        *(manners.named(manners.all_faults(), name) for name in settings.faults),
        *(manners.named(manners.all_variants(), name) for name in settings.variants),
    ]
    protocol = protocol_of(asked.service)
    endpoint = ServiceEndpoint(asked.service, protocol, seconds=ASYNCHRONOUS, manners=given)
    with endpoint:
        yield endpoint.url, settings.regions or endpoint.mock.regions[:2]


def _judged(asked: SequencesAsked, url: str, regions: tuple[str, ...], file: Path) -> LifecycleJudged:
    settings = asked.settings
    somebodys = settings.url is not None
    if not somebodys:
        settings = evolve(settings, signatures=("none",))
    usual = PATIENCE if somebodys else PATIENCE_WITH_REFERENCE
    patience = usual if asked.patience is None else asked.patience
    asker = asker_of(asked.service, settings, url, regions, asked.values, file)
    lives = {name: life for name, life in removable(asked.service).items() if name != asked.name} if somebodys else {}
    return LifeJudging(
        asker,
        asked.lifecycle,
        _chosen(asked, requirements_of(asked.service, asked.lifecycle, regions)),
        regions,
        settings.seed or 0,
        patience,
        draws=MOST_EXAMPLES,
        careful=somebodys,
        own=OwnThings(asker, lives, regions[0], patience, Pool(asker)) if somebodys else None,
    ).run()


def _verdict(judged: LifecycleJudged) -> tuple[OperationVerdict, str]:
    both = list(zip(judged.requirements, judged.verdicts, strict=True))
    if failed := [v for r, v in both if v.verdict == "failed" and r.level == "MUST"]:
        return "not-conformant", f"{failed[0].requirement}: {failed[0].message}"
    unjudged = [v for _, v in both if v.verdict == "inconclusive"]
    if not any(v.verdict == "passed" for v in judged.verdicts):
        return "not-established", unjudged[0].message if unjudged else "nothing could be judged"
    if unjudged:
        first = f"{unjudged[0].requirement}: {unjudged[0].message}"
        return "in-part", f"{len(unjudged)} of {len(both)} requirements were not judged, such as {first}"
    return "conformant", ""


def _worst(verdicts: Sequence[str]) -> str:
    return next((word for word in ("failed", "warned", "inconclusive", "passed") if word in verdicts), "")
