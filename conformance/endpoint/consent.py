"""What a run with --allow-changes may do to somebody's endpoint: said before it does, kept, and undone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.contract.catalogue import service_of, shipped_services
from conformance.contract.service import Service
from conformance.endpoint.lifecycle.cleaning import Cleaner, Cleaning
from conformance.endpoint.lifecycle.creations import CREATED, Creations
from conformance.endpoint.lifecycle.guard import DRY_RUN, OURS
from conformance.endpoint.lifecycle.own import PATIENCE
from conformance.endpoint.lifecycle.relations import Lifecycle, lifecycle_of
from conformance.endpoint.lifecycle.running import CREATES_OF_A_SEQUENCE, SequencesAsked, asker_of
from conformance.endpoint.resumption import CONVERTER
from conformance.endpoint.settings import Settings
from conformance.endpoint.traffic import Limits
from conformance.errors import Refusal
from conformance.report.folder import EVENTS, bare
from conformance.wire.access import Access
from conformance.wire.environment import changed_environment

# how an endpoint is reached, so that what was created there can be taken away again; nothing of it is secret
KEPT = ("regions", "formats", "signatures", "methods", "timeout", "allow_plaintext", "max_body", "access")


def shares(creates: int, sequences: Sequence[SequencesAsked], creating: Sequence[str]) -> tuple[int, int]:
    """How many things the sequences of a resource, and one operation that creates, may make of what all may."""
    each = max(1, creates // max(1, len(sequences)))
    # of a budget that is large sequences get half: where one defect is found, others are looked for anew
    of_sequences = max(min(CREATES_OF_A_SEQUENCE, each), each // 2)
    rest = creates - of_sequences * len(sequences)
    return of_sequences, max(1, rest // len(creating)) if creating else 1


def plan_lines(
    service: Service,
    names: Mapping[str, int],
    sequences: Sequence[SequencesAsked],
    own: Sequence[Lifecycle],
    creates: int,
) -> Iterator[str]:
    """What a run is about to do to a URL: `names` are the operations that may change something, with how many requests
    each gets at most, `own` what is made for those to be about.
    """
    kinds: dict[tuple[str, int], list[str]] = {}
    for name, requests in names.items():
        kinds.setdefault((service.operation(name).kind, requests), []).append(name)
    if not kinds and not sequences:
        return
    yield "What may be changed:"
    for (kind, requests), found in kinds.items():
        yield f"  {kind}: at most {requests} requests to each of {', '.join(found)}"
    for asked in sequences:
        parts = [name for name in asked.lifecycle.operations if not service.operation(name).reads]
        most = asked.settings.limits.max_requests if asked.settings.budget is None else asked.settings.budget
        yield f"  sequences over {asked.name}: at most {most} requests, with {', '.join(parts)}"
    made = (life.create for life in own)
    creating = list(dict.fromkeys([*(a.lifecycle.create for a in sequences), *_creating(service, names), *made]))
    if creating:
        yield f"  At most {creates} things are created (--budget), called {OURS}…, and deleted at the end:"
    for name in creating:
        lifecycle = lifecycle_of(service, name)
        assert lifecycle is not None, "nothing else is sent"
        assert lifecycle.delete is not None, "nothing else is sent"
        tried = f", after a {DRY_RUN}" if service.contract(name).parameter(DRY_RUN) else ""
        yield f"    {lifecycle.resource} by {name}{tried}; {lifecycle.delete.operation} takes it away"


def _creating(service: Service, names: Mapping[str, int]) -> list[str]:
    return [n for n in names if service.operation(n).kind in ("create", "asynchronous")]


def creations_begun(folder: Path, service: Service, settings: Settings, creates: int) -> Creations:
    """What a run creates, written to its folder from here on. Raises Refusal."""
    kept = CONVERTER.unstructure(settings)
    head = {
        "product": service.product,
        "version": service.version,
        "service": _named(service),
        "url": bare(settings.url or ""),
        "settings": {name: kept[name] for name in KEPT},
    }
    return Creations.begun(folder, head, creates)


def _named(service: Service) -> str:
    """How a service is found again: by product and version where it is shipped, else by its folder."""
    if service.folder is not None and service.folder in shipped_services().values():
        return f"{service.folder.parent.name}/{service.folder.name}"
    return str((service.folder or Path()).resolve())


def cleaned(
    creations: Creations, service: Service, settings: Settings, values: Mapping[str, Any], patience: float | None
) -> Cleaning:
    """Take away what a run created and what is still there. No limit of the run holds for it but the pace."""
    unlimited = Limits(settings.limits.rate)
    plain = evolve(settings, limits=unlimited, budget=None, creations=None)
    with changed_environment(settings.secrets.shared()), tempfile.TemporaryDirectory(prefix="acs-") as scratch:
        asker = asker_of(service, plain, settings.url or "", settings.regions, values, Path(scratch) / "allowance")
        return Cleaner(creations, asker, PATIENCE if patience is None else patience).run()


def clean(run: Path, service_name: str | None, given: Settings, patience: float | None) -> Cleaning:
    """Take away what the run in a folder created and what is still there. Of `given` the access and secrets count.

    Raises Refusal for a folder that says of no such run.
    """
    file = run if run.name == CREATED else run / CREATED
    if not file.is_file() and (run / EVENTS).is_file():
        return Cleaning()  # it is there before the first request that may create anything
    if not file.is_file():
        raise Refusal(f"{run} says nothing of what a run created: there is no {CREATED} in it.")
    creations = Creations(file)
    head = creations.head
    try:
        kept = {name: head["settings"][name] for name in KEPT}
        settings = CONVERTER.structure({"folder": "", "url": str(head["url"]), **kept}, Settings)
        name = service_name or str(head["service"])
    except Exception as e:
        raise Refusal(f"{file} does not say how the endpoint is reached ({type(e).__name__}).") from None
    if all(creation.is_over for creation in creations.all):
        return Cleaning()
    access = given.access if given.access != Access() else settings.access
    settings = evolve(settings, access=access, secrets=given.secrets, folder=Path())
    return cleaned(creations, service_of(name), settings, {}, patience)
