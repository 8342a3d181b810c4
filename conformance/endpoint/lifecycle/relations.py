"""What creates, lists, gets, changes and deletes the things of a resource, by the relations of `service.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from attrs import frozen

from conformance.contract.model import Contract, Field, Parameter
from conformance.contract.service import Relation, Service, ServiceOperation
from conformance.derive.nouns import parted
from conformance.endpoint.absence import ENDING
from conformance.generate.required import names_something, sent_name
from conformance.generate.views import write_ids

CREATING = "Create"
# lists that are looked into beside the first one
MOST_OTHERS = 2
# what the name of an operation may add to that of the resource whose texts it changes
ASPECTS = ("", "attribute", "attributes")
# what a person may call a thing, or say of it: the free texts by which it is known again
TEXTS = ("name", "description")


@frozen
class Naming:
    """A parameter by which an operation is told what it is about. `member` is what one value of it is called."""

    operation: str
    parameter: str
    member: str
    syntax: str | None = None

    def sent(self, ids: Iterable[str]) -> dict[str, str]:
        """The parameters that name things."""
        ids = tuple(ids)
        if self.parameter.endswith(".N"):
            head = self.parameter.removesuffix("N")
            return {f"{head}{number}": id for number, id in enumerate(ids, 1)}
        return {self.parameter: write_ids(ids, "json-array" if self.syntax == "json-array" else "comma")}


@frozen
class ShownText:
    """A free text that a parameter gives to a thing, and the member under which its list shows it."""

    parameter: str
    member: str


@frozen
class Lifecycle:
    """How the things of a resource begin, are seen, change and end.

    `create` gives their ids at the `path` of its answer; `ids` are the members of a list's items that identify them,
    `texts` what is given to them and shown again. An operation that there is not is None. `edit` is the text that
    `modify` changes; `others` are further lists of the same things.
    """

    resource: str
    create: str
    path: str
    ids: tuple[str, ...]
    texts: tuple[ShownText, ...]
    list: str | None = None
    get: Naming | None = None
    modify: Naming | None = None
    edit: ShownText | None = None
    delete: Naming | None = None
    begin: Naming | None = None
    others: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[str, ...]:
        """Every operation that has a part in it."""
        named = (n.operation for n in (self.get, self.modify, self.begin, self.delete) if n is not None)
        return tuple(dict.fromkeys((self.create, *((self.list,) if self.list else ()), *named)))


def lifecycles(service: Service, names: Iterable[str]) -> Iterator[Lifecycle]:
    """That of each thing that one of the named operations creates and that a list shows; by the first that creates."""
    seen: set[str] = set()
    allowed = frozenset(names)
    # what is called after the thing alone does nothing else besides
    plain = {f"{CREATING}{o.resource}" for o in service.operations.values()}
    for name in sorted((n for n in service.operations if n in allowed), key=lambda n: n not in plain):
        found = lifecycle_of(service, name, allowed)
        if found is not None and found.list and found.resource not in seen:
            seen.add(found.resource)
            yield found


def lifecycle_of(service: Service, name: str, allowed: frozenset[str] | None = None) -> Lifecycle | None:
    """That of what an operation creates; None where it creates nothing that its answer gives an id of.

    Beside what deletes, only `allowed` operations have a part in it (None: all).
    """
    operation = service.operation(name)
    produced = next((r for r in operation.produces if r.resource == operation.resource), None)
    if operation.kind not in ("create", "asynchronous") or produced is None:
        return None
    resource = produced.resource
    of_it = [o for o in service.operations.values() if o.resource == resource]
    usable = [o for o in of_it if allowed is None or o.name in allowed]
    contract = service.contract(name)
    lister = lister_of(service, allowed, resource, contract)
    shown = service.contract(lister) if lister else None
    producing = (service.operation(lister), operation) if lister else (operation,)
    ids = [r.at.rsplit(".", 1)[-1] for o in producing for r in o.produces if r.resource == resource]
    texts = tuple(_texts(contract, operation, resource, shown.item_fields)) if shown else ()
    modify, edit = _modifier(service, usable, resource, shown)
    return Lifecycle(
        resource,
        name,
        produced.at,
        tuple(dict.fromkeys(ids)),
        texts,
        list=lister,
        get=_naming(service, _getters(service, usable, ids), resource),
        modify=modify,
        edit=edit,
        delete=_naming(service, _deleters(of_it, resource), resource),
        begin=_naming(service, _beginners(service, allowed, resource), resource),
        others=tuple(islice(listers(service, allowed, resource, contract), 1, 1 + MOST_OTHERS)),
    )


def irremovable(service: Service, name: str) -> str | None:
    """Why what an operation creates could not be taken away again, also after an interruption; None where it could."""
    found, operation = lifecycle_of(service, name), service.operation(name)
    if found is None and (others := [r.resource for r in operation.produces if r.resource != operation.resource]):
        return f"it begins a {others[0]}, of which no operation is known that undoes what it does"
    if found is None:
        return "its answer gives no id of what it makes"
    if found.delete is None:
        return f"no operation is known that takes a {found.resource} away again"
    if found.list is None:
        return f"no operation is known that lists every {found.resource}"
    if not found.texts:
        return "what it makes has no name or description by which it would be found after an interruption"
    return None


def folded(name: str) -> str:
    """A name without capitals and underscores."""
    return name.replace("_", "").casefold()


def getter_of(service: Service, resource: str) -> Naming | None:
    """What brings one thing of a resource by its id."""
    of_it = [o for o in service.operations.values() if o.resource == resource]
    ids = [r.at.rsplit(".", 1)[-1] for o in service.operations.values() for r in o.produces if r.resource == resource]
    return _naming(service, _getters(service, of_it, ids), resource)


def lister_of(
    service: Service, allowed: frozenset[str] | None, resource: str, creator: Contract | None = None
) -> str | None:
    """The list that shows every thing of a resource: the first of `listers`."""
    return next(listers(service, allowed, resource, creator), None)


def listers(
    service: Service, allowed: frozenset[str] | None, resource: str, creator: Contract | None = None
) -> Iterator[str]:
    """The lists that show the things of a resource, and need to be told nothing but what the `creator` is told too; by
    the shortest name first.
    """
    given = {sent_name(p.name) for p in creator.parameters} if creator else set()
    showing = [
        o
        for o in service.operations.values()
        if o.kind == "list"
        and (allowed is None or o.name in allowed)
        and any(r.resource == resource for r in o.produces)
    ]
    for operation in sorted(showing, key=lambda o: (o.resource != resource, len(o.name), o.name)):
        contract = service.contract(operation.name)
        semantics = contract.semantics
        needed = [p for p in contract.parameters if p.required and p.name != semantics.region]
        about_it = {r.at for r in operation.consumes if r.resource == resource}
        is_key = any(
            r.resource == resource and r.at == f"{semantics.items}.{semantics.key}" for r in operation.produces
        )
        if is_key and not any(_is_unknown(p, about_it, given) for p in needed):
            yield operation.name


def _is_unknown(parameter: Parameter, about_it: set[str], given: set[str]) -> bool:
    return parameter.name in about_it or (names_something(parameter) and sent_name(parameter.name) not in given)


def _texts(
    contract: Contract, operation: ServiceOperation, resource: str, fields: Iterable[Field]
) -> Iterator[ShownText]:
    """The free texts of what is created, its name first."""
    for word in TEXTS:
        for p in contract.parameters:
            if (member := _shows(p, word, resource, fields)) is not None and p.name != contract.semantics.region:
                yield ShownText(p.name, member)


def _shows(parameter: Parameter, word: str, resource: str, fields: Iterable[Field]) -> str | None:
    """The member that shows a free text of a thing, where the parameter gives one."""
    name, of = folded(parameter.name), folded(resource)
    stem = name.removesuffix(word)
    is_text = parameter.type in ("string", "unknown") and not parameter.value("enum") and "." not in parameter.name
    if not is_text or not name.endswith(word) or not of.endswith(stem):
        return None
    names = (name, word, f"{of}{word}")
    own = (f.name for n in names for f in fields if folded(f.name) == n and f.type in ("string", "unknown"))
    return next(own, None)


def _naming(service: Service, operations: Iterable[ServiceOperation], resource: str) -> Naming | None:
    """How the first of several operations, that needs no more than an id, is told what it is about."""
    for operation in operations:
        contract = service.contract(operation.name)
        if (relation := _about(contract, operation, resource)) is not None:
            return named_by(contract, relation)
    return None


def _about(contract: Contract, operation: ServiceOperation, resource: str) -> Relation | None:
    """The parameter that names what an operation is about; None where it needs to be told of other things too."""
    own = [r for r in operation.consumes if r.resource == resource and "." not in r.at.removesuffix(".N")]
    own = [r for r in own if contract.parameter(r.at) is not None]
    needed = {p.name for p in contract.parameters if p.required and p.name != contract.semantics.region}
    chosen = next((r for r in own if r.at in needed), None) or next(iter(own), None)
    others = {p.name for p in contract.parameters if p.name in needed and names_something(p)}
    return chosen if chosen is not None and others <= {chosen.at} else None


def named_by(contract: Contract, relation: Relation) -> Naming:
    """How an operation is told of things by the parameter of a relation."""
    parameter = contract.parameter(relation.at)
    syntax = parameter.value("syntax") if parameter else None
    return Naming(contract.operation, relation.at, _singular(relation.at), str(syntax) if syntax else None)


def _singular(name: str) -> str:
    """What one value of a parameter is called."""
    plain = name.removesuffix(".N").rsplit(".", 1)[-1]
    return plain.removesuffix("s") if plain.endswith(("Ids", "Names")) else plain


def _modifier(
    service: Service, usable: Iterable[ServiceOperation], resource: str, shown: Contract | None
) -> tuple[Naming | None, ShownText | None]:
    """What changes a free text of a thing that its list shows."""
    for operation in sorted(usable, key=lambda o: len(o.name)):
        aspect = folded(parted(operation.name).rest).removeprefix(folded(resource))
        if operation.kind != "modify" or shown is None or aspect not in ASPECTS:
            continue
        contract = service.contract(operation.name)
        texts = list(_texts(contract, operation, resource, shown.item_fields))
        relation = _about(contract, operation, resource)
        if texts and relation is not None and texts[0].parameter != relation.at:
            return named_by(contract, relation), texts[0]
    return None, None


def _deleters(operations: Iterable[ServiceOperation], resource: str) -> list[ServiceOperation]:
    """What takes a thing of a resource away, and not some part of it: one thing rather than several."""
    ending = [o for o in operations if o.kind == "delete" and parted(o.name).verb in ENDING]
    whole = [o for o in ending if folded(o.name) in {folded(f"{v}{resource}{s}") for v in ENDING for s in ("", "s")}]
    return sorted(whole, key=lambda o: (ENDING.index(parted(o.name).verb), len(o.name)))


def _getters(service: Service, usable: Iterable[ServiceOperation], ids: Iterable[str]) -> Iterator[ServiceOperation]:
    """What answers with a thing itself, and so with its id."""
    for o in usable:
        if o.kind == "get" and any(service.contract(o.name).at(id) for id in ids):
            yield o


def _beginners(service: Service, allowed: frozenset[str] | None, resource: str) -> Iterator[ServiceOperation]:
    """What gives the id of something else, a task, for a thing that is there; what is about the thing itself first."""
    for o in sorted(service.operations.values(), key=lambda o: o.resource != resource):
        begins = o.kind == "asynchronous" and o.produces and all(r.resource != resource for r in o.produces)
        if begins and (allowed is None or o.name in allowed):
            yield o
