"""What is there at an endpoint: the ids that the lists of a service show, for operations that must name something."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from conformance.contract.service import Relation
from conformance.endpoint.certify import example_regions
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.guard import texts_at
from conformance.endpoint.lifecycle.relations import lister_of, named_by
from conformance.generate.required import names_something, sent_name


@define(eq=False)
class Pool:
    """The first id of each resource that its list shows, looked up when it is needed, once in a region."""

    asker: Asker
    _found: dict[tuple[str, str], str | None] = field(factory=dict)

    def needed(self, operation: str, region: str | None, but: str | None = None) -> dict[str, str]:
        """What an operation requires that has to be there, by the names that are sent: nothing of the resource `but`,
        of what the caller gave a value for, or of what no list shows. With no region a list is asked about the
        documented example of the operation, else its own. Raises Inconclusive where a list gives no answer.
        """
        return dict(self._needed(operation, region, but))

    def _needed(self, operation: str, region: str | None, but: str | None) -> Iterator[tuple[str, str]]:
        contract, given = self.asker.contract(operation), self.asker.target(operation).values
        for relation in self.asker.service.operation(operation).consumes:
            parameter, name = contract.parameter(relation.at), sent_name(relation.at)
            if parameter is None or not parameter.is_required or not names_something(parameter) or name in given:
                continue
            if relation.resource != but and (id := self._first(relation, operation, region)) is not None:
                plain = "." not in relation.at.removesuffix(".N")
                yield from (named_by(contract, relation).sent([id]) if plain else {name: id}).items()

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
