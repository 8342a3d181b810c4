"""A run's own things: what an operation that changes something is about, so that it is never somebody else's."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import define, evolve, field

from conformance.contract.catalogue import protocol_of
from conformance.contract.files import ContractError
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.service import Relation, Service, load_service
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.guard import texts_at
from conformance.endpoint.lifecycle.listings import Listings
from conformance.endpoint.lifecycle.pool import Pool, naming_of, needs
from conformance.endpoint.lifecycle.relations import CREATING, Lifecycle, irremovable, lifecycle_of
from conformance.endpoint.lifecycle.sight import FIRST_PAUSE, LONGEST_PAUSE, is_beginning
from conformance.endpoint.opening import example_regions, open_target
from conformance.endpoint.recording import Recording
from conformance.endpoint.response_reading import Item
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.target import Target
from conformance.generate.required import allowed_value, sent_name

CREATE = "create"
# seconds that somebody's endpoint, which may be large, may take to show what it did
PATIENCE = 30.0
# what a thing is made of may have to be made first, and so on
DEEPEST = 3
# a documented sample that is shorter is no id, such as `null`
SHORTEST_ID = 6


# of services whose contracts were read for it, by what tells them apart: children of a run have it from their parent
_REMOVABLE = dict[tuple[object, ...], Mapping[str, Lifecycle]]()


def removable(service: Service) -> Mapping[str, Lifecycle]:
    """By resource the life of things that a run may make, since it can take them away again; by the plainest name of
    what creates them.
    """
    known = (service.folder, *((o.name, o.digest) for o in service.operations.values()))
    if known not in _REMOVABLE:
        _REMOVABLE[known] = _removable(service)
    return _REMOVABLE[known]


def _removable(service: Service) -> dict[str, Lifecycle]:
    found = dict[str, Lifecycle]()
    creating = (o for o in service.operations.values() if o.kind == CREATE)
    for operation in sorted(creating, key=lambda o: (o.name != f"{CREATING}{o.resource}", len(o.name), o.name)):
        if operation.resource in found or irremovable(service, operation.name) is not None:
            continue
        if life := lifecycle_of(service, operation.name):
            found[life.resource] = life
    return found


def wanted_by(service: Service, operations: Iterable[str], lives: Mapping[str, Lifecycle]) -> list[Lifecycle]:
    """The lives of the things that operations must be told of, each with those of what it is made of: what most of
    them must be told of first.
    """
    asked = Counter(r.resource for name in operations for r in needs(service, name) if r.resource in lives)
    found: dict[str, Lifecycle] = {}

    def add(resource: str) -> None:
        if resource in lives and resource not in found:
            found[resource] = lives[resource]
            for relation in needs(service, lives[resource].create):
                add(relation.resource)

    for resource, _ in asked.most_common():
        add(resource)
    return list(found.values())


def region_of(service: Service, lives: Iterable[Lifecycle]) -> tuple[str, ...]:
    """The documented example of a region: of what creates or lists a thing, where one of them has any; else none."""
    listed = protocol_of(service).regions
    names = (name for life in lives for name in (life.create, life.list) if name)
    found = (example_regions(service.contract(name), listed) for name in names)
    return next((regions for regions in found if any(regions)), ())


class NotMade(Inconclusive):
    """A thing is made of another one that a run could make, and this one could not."""


@define(eq=False)
class OwnThings:
    """One thing of each resource that operations must be told of, made when it is asked for.

    `lives` says what may be made. `patience` is in seconds: so long a new thing may take to be listed.
    """

    asker: Asker
    lives: Mapping[str, Lifecycle]
    region: str
    patience: float
    pool: Pool
    _made: dict[str, str | None] = field(factory=dict)

    def needed(self, operation: str) -> dict[str, str]:
        """What an operation has to name, by the names that are sent, each a thing of the run. Nothing of what the
        caller gave a value for, and of what could not be made. Raises Inconclusive where an endpoint gives no answer.
        """
        return dict(self._needed(operation, depth=0))

    def beside(self, life: Lifecycle) -> dict[str, str]:
        """What a creation has to be told of that there must be: things of the run, and of what no run can make the
        first that a list shows. Raises Inconclusive where what a run can make could not be made.
        """
        return self._beside(life, depth=0)

    def forget(self, operation: str) -> None:
        """What an operation was told of is not there any more: another one is made when it is asked for."""
        for relation in needs(self.asker.service, operation):
            self._made.pop(relation.resource, None)

    def _needed(self, operation: str, depth: int) -> Iterator[tuple[str, str]]:
        given = self.asker.target(operation).values
        for relation in needs(self.asker.service, operation):
            id = None if sent_name(relation.at) in given else self._one(relation, depth)
            if id is not None:
                yield from naming_of(self.asker.service, operation, relation, id).items()

    def _one(self, relation: Relation, depth: int) -> str | None:
        life = self.lives.get(relation.resource)
        if life is None or depth == DEEPEST:
            return None
        if relation.resource not in self._made:
            self._made[relation.resource] = None  # what it is made of may be one of the same
            self._made[relation.resource] = self._create(life, depth)
        return self._made[relation.resource]

    def _create(self, life: Lifecycle, depth: int) -> str | None:
        """A new thing's id, once it is listed; None where it is refused."""
        try:
            sent = self._beside(life, depth + 1)
        except NotMade:
            return None
        answer = self.asker.ask(life.create, sent, self.region)
        ids = texts_at(answer.tree, life.path.split("."))
        if not answer.accepted or not ids:
            return None
        return ids[0] if self._is_seen(life, ids[0], dict(answer.exchange.call.parameters)) else None

    def _beside(self, life: Lifecycle, depth: int) -> dict[str, str]:
        service = self.asker.service
        own, makable = dict(self._needed(life.create, depth)), removable(service).keys()
        given = {*self.asker.target(life.create).values, *own}
        for relation in needs(service, life.create):
            is_named = any(name in given for name in naming_of(service, life.create, relation, ""))
            if relation.resource in makable - {life.resource} and not is_named:
                raise NotMade(f"not judged: {life.create} needs a {relation.resource}, and this run could make none")
        return {**self.pool.needed(life.create, self.region, but={life.resource, *makable}), **own}

    def _is_seen(self, life: Lifecycle, id: str, sent: Mapping[str, str]) -> bool:
        """Whether its list shows a new thing under the name that it was given: by another it is still known later. One
        that is still being made is waited for, as long as patience has it.
        """
        texts = {t.member: sent[t.parameter] for t in life.texts if t.parameter in sent}
        until, pause = time.monotonic() + self.patience, FIRST_PAUSE
        while (item := self._item(life, id, texts)) is None or is_beginning(item):
            if time.monotonic() + pause > until:
                break
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        guard = self.asker.target(life.create).guard
        if guard is None or item is None or not any(text in item.values() for text in texts.values()):
            return False
        guard.creations.seen(guard.mine[-1], id)
        return True

    def _item(self, life: Lifecycle, id: str, texts: Mapping[str, str]) -> Item | None:
        return Listings(self.asker, life).every(self.region, [id], texts).find(id, texts)


@define(eq=False)
class FreshThings:
    """What an operation that takes things away is told of: another thing of the run whenever the one before may be
    gone.
    """

    things: OwnThings
    operation: str
    names: frozenset[str]
    _current: dict[str, str] | None = None
    _used_up: Inconclusive | None = None

    def get(self, name: str) -> str | None:
        """The value of a parameter; None for one that names no such thing, and where none can be made any more."""
        if name not in self.names:
            return None
        if self._current is None and self._used_up is None:
            try:
                self._current = self.things.needed(self.operation)
            except Inconclusive as finding:
                self._used_up = finding
        if self._used_up is not None:
            raise Inconclusive(self._used_up.message)
        return (self._current or {}).get(name)

    def after(self, answer: Answer) -> None:
        """An answer to a request that named one: but for a refusal with the thing still there, it may be gone."""
        named = {value for _, value in answer.exchange.call.parameters}
        if self._current is None or named.isdisjoint(self._current.values()):
            return
        if not answer.refused or answer.names_nothing:
            self._current = None
            self.things.forget(self.operation)


def _samples(settings: RunSettings, contract: Contract) -> dict[str, frozenset[str]]:
    """By parameter the documented samples of things that a run can make, and so somebody else, too."""
    try:
        service = load_service(Path(settings.contract_dir).parent)
    except ContractError:
        return {}
    makable = removable(service)
    about = service.operations[contract.operation].consumes if contract.operation in service.operations else ()
    named = (contract.parameter(r.at) for r in about if r.resource in makable)
    samples = {sent_name(p.name): {*p.examples, allowed_value(p)} for p in named if p is not None}
    return {name: frozenset(s for s in found if len(s) >= SHORTEST_ID) for name, found in samples.items()}


def opened(settings: RunSettings, contract: Contract, protocol: Protocol, recording: Recording | None = None) -> Target:
    """The target of a run, which gives another thing of the run each time, where the settings say so."""
    target = open_target(settings, contract, protocol, recording)
    if settings.careful:
        target.sender.strangers = _samples(settings, contract)
    if settings.fresh is None:
        return target
    service = load_service(Path(settings.contract_dir).parent)
    asker = Asker(service, protocol, evolve(settings, budget=None, fresh=None, values={}), settings.fresh)
    things = OwnThings(asker, removable(service), settings.regions[0], PATIENCE, Pool(asker))
    given = asker.target(contract.operation).values
    named = (
        name
        for relation in needs(service, contract.operation)
        for name in naming_of(service, contract.operation, relation, "")
        if relation.resource in things.lives and name not in given
    )
    target.fresh = FreshThings(things, contract.operation, frozenset(named))
    return target
