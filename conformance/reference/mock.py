"""A mocked service: its resources, and what is known of each from the contracts of the operations about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import define, field, frozen

from conformance.contract.model import Contract, Field
from conformance.contract.service import Service, ServiceOperation
from conformance.reference.likeness import id_like, source_of, value_like
from conformance.reference.members import folded
from conformance.reference.resources import Resources, Thing
from conformance.reference.seeding import stamp
from conformance.reference.states import AFTER, DONE, first_of, state_field, states_of

# how many things of a resource there are at the start, in the first and second region
AT_THE_START = (3, 1)
SECONDS = 3.0
# members that hold the time at which a thing was made, and that of its end
BEGINNINGS = ("creationtime", "createtime", "createdtime", "createdat", "starttime")
ENDS = ("finishedtime", "finishtime", "endtime", "finished")


@frozen
class Noun:
    """What is known of a resource: the members of its things, the names of their ids, and their states.

    `ids` are member names, the one by which lists have them first; `example` is a documented id.
    """

    name: str
    ids: tuple[str, ...]
    example: str | None
    fields: Mapping[str, Field]
    state: Field | None
    states: tuple[str, ...]


@define
class Mock:
    """A mocked service. `regions` are the known ones, `seconds` how long what is asynchronous takes.

    `given` counts the ids that were given, `links` are the names of members that hold ids of things that requests make,
    `replies` the answers to requests with a token, by operation, region and token, each with what was asked, and
    `at_the_start` the ids of what no request made. In `graves` is what a fault remembers of the deleted.
    """

    service: Service
    regions: tuple[str, ...]
    clock: Callable[[], float]
    seconds: float = SECONDS
    seed: int = 0
    resources: Resources = field(factory=Resources)
    nouns: dict[str, Noun] = field(factory=dict)
    given: int = 0
    links: set[str] = field(factory=set)
    replies: dict[tuple[str, str, str], tuple[Any, Any]] = field(factory=dict)
    at_the_start: set[str] = field(factory=set)
    graves: list[Thing] = field(factory=list)

    def noun(self, name: str) -> Noun:
        """What is known of a resource. The first time, its things at the start are made."""
        with self.resources.lock:
            if name not in self.nouns:
                self.nouns[name] = noun_of(self.service, name)
                self._begin(self.nouns[name])
            return self.nouns[name]

    def is_made(self, name: str) -> bool:
        """Whether any operation makes things of a resource: what nobody makes is not all known here."""
        return any(o.kind in ("create", "asynchronous") for o in self.service.producers(name))

    def every(self, name: str, region: str) -> tuple[Thing, ...]:
        """The things of a resource in a region; in all for the empty string."""
        self.noun(name)
        return self.resources.every(name, region, self.clock())

    def find(self, name: str, id: str, region: str) -> Thing | None:
        """The thing that has the id, under any of the names of its ids."""
        noun = self.noun(name)
        things = self.resources.every(name, region, self.clock())
        by_id = (t for t in things if t.id == id)
        return next(by_id, None) or next((t for t in things if id in (t.values.get(n) for n in noun.ids)), None)

    def made(self, name: str, region: str, values: Mapping[str, Any], id: str | None = None) -> Thing:
        """A new thing, with a new id if none is given."""
        noun, now = self.noun(name), self.clock()
        with self.resources.lock:
            id = id or self.new_id(noun)
            named: dict[str, Any] = {noun.ids[0]: id} if noun.ids else {}
            return self.resources.add(Thing(name, id, region, {**self._times(noun, now), **named, **values}))

    def view(self, thing: Thing, field: Field) -> Any:
        """The value of a member of a thing. What nobody gave is like the documented value, and stays the same."""
        with self.resources.lock:
            name = next((n for n in (field.name, f"{field.name} ({field.type})") if _fits(thing, n, field)), None)
            if name is not None:
                return thing.values[name]
            noun = self.nouns[thing.resource]
            made = next((t for n, t in thing.values.items() if folded(n) in BEGINNINGS), None)
            ended = str(made) if made and folded(field.name) in ENDS else None
            like = thing.region if folded(field.name) == "regionid" else value_like(field, made=ended)
            value = self._unlinked(like, field.name)
            if folded(field.name) in {folded(n) for n in noun.ids[:1]}:
                value = thing.id
            thing.values[field.name if field.name not in thing.values else f"{field.name} ({field.type})"] = value
            return value

    def _unlinked(self, value: Any, name: str) -> Any:
        """A made-up value without the ids of other things that a request could make: nobody has linked them."""
        if isinstance(value, dict):
            kept = {n: self._unlinked(v, n) for n, v in value.items()}
            return None if value and any(v == "" and value[n] != "" for n, v in kept.items()) else kept
        if isinstance(value, list):
            return [v for v in (self._unlinked(v, name) for v in value) if v not in (None, "")]
        return "" if isinstance(value, str) and self._links(name) else value

    def _links(self, name: str) -> bool:
        """Whether a member of that name holds the id of a thing that requests make."""
        if not self.links:
            made = (o for o in self.service.operations.values() if o.kind in ("create", "asynchronous"))
            self.links |= {folded(r.at.rsplit(".", 1)[-1]) for o in made for r in o.produces}
        return folded(name) in self.links

    def new_id(self, noun: Noun, member: str = "") -> str:
        """An id that no thing had before, like the documented ones of the resource, or of another member of it."""
        field = noun.fields.get(member)
        example = field.examples[0] if field and field.examples else None if member else noun.example
        with self.resources.lock:
            self.given += 1
            return id_like(example, noun.name, source_of(self.seed, noun.name, self.given))

    def _times(self, noun: Noun, now: float) -> dict[str, Any]:
        return {
            f.name: stamp(datetime.fromtimestamp(int(now), UTC))
            for f in noun.fields.values()
            if folded(f.name) in BEGINNINGS and f.type == "string"
        }

    def _begin(self, noun: Noun) -> None:
        state = first_of((*AFTER["Run"], *AFTER["Create"], *DONE), noun.states)
        for region, number in zip(self.regions, AT_THE_START, strict=False):
            for _ in range(number):
                values = {noun.state.name: state} if noun.state and state else {}
                self.at_the_start.add(self.made(noun.name, region, values).id)


def _fits(thing: Thing, name: str, field: Field) -> bool:
    """Whether a thing has a value under a name, in the form of the field: two operations may differ in it."""
    if name not in thing.values:
        return False
    value = thing.values[name]
    form = "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "scalar"
    return value is None or form == (field.type if field.type in ("array", "object") else "scalar")


def noun_of(service: Service, name: str) -> Noun:
    """What the contracts of a service say of a resource."""
    lists = [o for o in service.operations.values() if o.kind == "list" and _gives(o, name)]
    getters = [o for o in service.operations.values() if o.kind == "get" and o.resource == name]
    contracts = {o.name: service.contract(o.name) for o in (*lists, *getters)}
    fields: dict[str, Field] = {}
    # the list that is named after the resource has the last word on its members
    for o in sorted(lists, key=lambda o: (o.resource != name, len(o.name))):
        for f in contracts[o.name].item_fields:
            fields.setdefault(f.name, f)
    for o in getters:
        for f in contracts[o.name].response:
            if f.name != contracts[o.name].semantics.request_id:
                fields.setdefault(f.name, f)
    ids = _ids(service, name, [contracts[o.name] for o in lists], [o for o in lists if o.resource == name] or lists)
    state = state_field(fields.values(), name)
    return Noun(
        name=name,
        ids=ids,
        example=next((e for i in ids if i in fields for e in fields[i].examples), None) or _example(service, name),
        fields=fields,
        state=state,
        states=states_of(state, contracts.values()) if state else (),
    )


def _gives(operation: ServiceOperation, resource: str) -> bool:
    return any(r.resource == resource for r in operation.produces)


def _ids(service: Service, name: str, contracts: list[Contract], lists: list[ServiceOperation]) -> tuple[str, ...]:
    """The names of ids: the key of lists first, then what creates and takes them calls them."""
    keys = [r.at.rsplit(".", 1)[-1] for o in lists for r in o.produces if r.resource == name]
    keys += [c.semantics.key for c in contracts if c.semantics.key]
    made = [
        r.at.rsplit(".", 1)[-1]
        for o in service.operations.values()
        if o.kind in ("create", "asynchronous") and o.resource == name
        for r in o.produces
        if r.resource == name and "." not in r.at
    ]
    return tuple(dict.fromkeys((*keys, *made)))


def _example(service: Service, name: str) -> str | None:
    """A documented id of a resource whose lists show none: from what creates or takes it."""
    for o in service.operations.values():
        for r in (*o.produces, *o.consumes):
            if r.resource != name:
                continue
            contract = service.contract(o.name)
            found = contract.at(r.at) or contract.parameter(r.at)
            if found is not None and found.examples and not found.examples[0].startswith("["):
                return found.examples[0]
    return None
