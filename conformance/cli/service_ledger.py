"""The requirements of a whole service: those of each operation, and those over several requests of each resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from attrs import frozen

from conformance.contract.catalogue import protocol_of, service_of, shipped_services
from conformance.contract.service import Service, load_service
from conformance.endpoint.lifecycle.relations import Lifecycle, lifecycles
from conformance.endpoint.lifecycle.requirements import requirements_of
from conformance.errors import unknown
from conformance.ledger.files import ledger_of
from conformance.ledger.requirement import Requirement

SEQUENCES = "sequences."
# regions that a run may be given, so that what is required between two of them is known
_TWO_REGIONS = ("", "")


@frozen
class SequenceRequirement:
    """A requirement over several requests, and the life of the things that it is about."""

    requirement: Requirement
    lifecycle: Lifecycle


@frozen
class ServiceLedger:
    """The requirements of a service, each made when it is asked for. Patterns are globs over whole ids."""

    service: Service

    def sequences(self, patterns: Sequence[str] = ("*",)) -> Iterator[SequenceRequirement]:
        """Those over several requests that a pattern matches."""
        if not any(_may_be(pattern, SEQUENCES) for pattern in patterns):
            return
        for lifecycle in lifecycles(self.service, self.service.operations):
            for requirement in requirements_of(self.service, lifecycle, _TWO_REGIONS):
                if any(fnmatchcase(requirement.id, pattern) for pattern in patterns):
                    yield SequenceRequirement(requirement, lifecycle)

    def of_operations(self, patterns: Sequence[str]) -> Iterator[Requirement]:
        """Those of operations that a pattern matches, operation by operation."""
        protocol = protocol_of(self.service)
        for name in self.service.operations:
            if any(_may_be_about(pattern, name) for pattern in patterns):
                for requirement in ledger_of(self.service.contract(name), protocol).requirements:
                    if any(fnmatchcase(requirement.id, pattern) for pattern in patterns):
                        yield requirement

    def matching(self, patterns: Sequence[str]) -> tuple[Requirement, ...]:
        """All that a pattern matches, those over several requests first. Refuses a pattern that matches none."""
        found = (*(s.requirement for s in self.sequences(patterns)), *self.of_operations(patterns))
        for pattern in patterns:
            if not any(fnmatchcase(r.id, pattern) for r in found):
                raise self.refusal(pattern)
        return found

    def refusal(self, id: str) -> Exception:
        """What is said of an id that the service does not have, with the nearest that it has."""
        head = id.split(".", 1)[0]
        near: Iterable[str] = (s.requirement.id for s in self.sequences())
        if head in self.service.operations:
            near = (r.id for r in self.of_operations((f"{head}.*",)))
        advice = f"Ids begin with an operation or a resource of {self.service.product}."
        return unknown("requirement", id, [*near], advice)


def ledger_in(name: str) -> ServiceLedger:
    """That of a shipped service, or of one in a folder. Raises Refusal."""
    return ServiceLedger(service_of(name))


def speaking_of(id: str) -> Iterator[ServiceLedger]:
    """The shipped services that have an operation or a resource of the name that an id begins with."""
    head = id.split(".", 1)[0]
    for folder in shipped_services().values():
        service = load_service(folder)
        resources = {o.resource for o in service.operations.values()}
        if head in service.operations or (head in resources and SEQUENCES in id):
            yield ServiceLedger(service)


def _may_be(pattern: str, theme: str) -> bool:
    """Whether a glob may match an id with a theme after its first part."""
    rest = pattern.partition(".")[2]
    return "*" in pattern.partition(".")[0] or rest.startswith(theme) or rest[:1] in ("*", "?", "[")


def _may_be_about(pattern: str, name: str) -> bool:
    """Whether a glob may match an id that begins with a name."""
    head = pattern.partition(".")[0]
    return fnmatchcase(name, head) or "*" in head
