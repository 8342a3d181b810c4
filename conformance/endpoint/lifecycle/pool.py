"""What is there at an endpoint: the ids that the lists of a service show, for operations that must name something."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import define, field

from conformance.contract.service import Relation, Service
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.guard import texts_at
from conformance.endpoint.lifecycle.relations import lister_of, named_by
from conformance.endpoint.opening import example_regions
from conformance.generate.required import names_something, sent_name


def needs(service: Service, operation: str) -> Iterator[Relation]:
    """What an operation has to be told of that there must be: one relation for each parameter that it requires."""
    contract = service.contract(operation)
    for relation in service.operation(operation).consumes:
        parameter = contract.parameter(relation.at)
        if parameter is not None and parameter.is_required and names_something(parameter):
            yield relation


def naming_of(service: Service, operation: str, relation: Relation, id: str) -> dict[str, str]:
    """How an operation is told of one thing, by the names that are sent."""
    plain = "." not in relation.at.removesuffix(".N")
    return named_by(service.contract(operation), relation).sent([id]) if plain else {sent_name(relation.at): id}


@define(eq=False)
class Pool:
    """The first id of each resource that its list shows, looked up when it is needed, once in a region."""

    asker: Asker
    _found: dict[tuple[str, str], str | None] = field(factory=dict)

    def needed(self, operation: str, region: str | None, but: Collection[str] = ()) -> dict[str, str]:
        """What an operation requires that has to be there, by the names that are sent: nothing of the resources `but`,
        of what the caller gave a value for, or of what no list shows. With no region a list is asked about the
        documented example of the operation, else its own. Raises Inconclusive where a list gives no answer.
        """
        return dict(self._needed(operation, region, but))

    def _needed(self, operation: str, region: str | None, but: Collection[str]) -> Iterator[tuple[str, str]]:
        given = self.asker.target(operation).values
        for relation in needs(self.asker.service, operation):
            if relation.resource in but or sent_name(relation.at) in given:
                continue
            if (id := self._first(relation, operation, region)) is not None:
                yield from naming_of(self.asker.service, operation, relation, id).items()

    def _first(self, relation: Relation, operation: str, region: str | None) -> str | None:
        lister = lister_of(self.asker.service, None, relation.resource, self.asker.contract(operation))
        if lister is None:
            return None
        region = region or self._example(operation) or self._example(lister)
        if (lister, region) not in self._found:
            self._found[lister, region] = None
            answer = self.asker.ask(lister, {}, region)
            semantics = answer.contract.semantics
            ids = texts_at(answer.tree, f"{semantics.items}.{semantics.key}".split("."))
            self._found[lister, region] = ids[0] if answer.accepted and ids else None
        return self._found[lister, region]

    def _example(self, operation: str) -> str:
        return example_regions(self.asker.contract(operation), self.asker.protocol.regions)[0]
