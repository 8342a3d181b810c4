"""What faults need to know of a contract: the subjects that families of faults are over."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from conformance.contract.listed import values_in_force
from conformance.contract.model import Contract, Field, Parameter
from conformance.contract.protocol import Protocol, Situation
from conformance.reference.faults.fault import Fault
from conformance.reference.listing import time_field_of
from conformance.reference.rendering import is_text_time
from conformance.reference.seeding import relative

SCALARS = ("string", "integer", "number", "boolean")


@frozen
class FaultRoles:
    """A contract and its protocol, seen from its subjects."""

    contract: Contract
    protocol: Protocol | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The operation's own parameters: a page may list common ones too."""
        common = {p.name for p in self.protocol.parameters} if self.protocol else {"Action"}
        return tuple(p for p in self.contract.parameters if p.name not in common)

    @property
    def times(self) -> tuple[Parameter, ...]:
        """The parameters whose values are times."""
        return tuple(p for p in self.parameters if p.value("time_format") is not None)

    @property
    def scalars(self) -> tuple[tuple[str, Field], ...]:
        """The scalar fields of the response by path."""
        return tuple((".".join(path), f) for path, f in self.contract.fields() if not f.members and f.type in SCALARS)

    @property
    def item_scalars(self) -> tuple[tuple[str, Field], ...]:
        """The scalar fields that are members of an item, by path."""
        items = f"{self.contract.semantics.items}."
        return tuple((p, f) for p, f in self.scalars if p.startswith(items) and "." not in p.removeprefix(items))

    @property
    def optional_fields(self) -> set[str]:
        """The paths of fields that an item may not have yet."""
        semantics = self.contract.semantics
        return {f"{semantics.items}.{relative(self.contract, o.field)}" for o in semantics.optional_fields}

    @property
    def enumerated_fields(self) -> dict[str, Parameter]:
        """The paths of fields whose values a filter's parameter lists."""
        semantics, found = self.contract.semantics, {}
        for filter in semantics.filters:
            parameter = self.contract.parameter(filter.parameter)
            if parameter and parameter.value("enum"):
                found[f"{semantics.items}.{relative(self.contract, filter.field)}"] = parameter
        return found

    @property
    def listed_fields(self) -> dict[str, Parameter]:
        """Those of which a page in force lists the values."""
        return {path: p for path, p in self.enumerated_fields.items() if values_in_force(self.contract, p)}

    @property
    def plain_fields(self) -> tuple[Field, ...]:
        """Members of an item that have no role: neither key, time nor filtered."""
        taken = {self.contract.semantics.key, *self.optional_fields, *self.enumerated_fields}
        return tuple(
            f for p, f in self.item_scalars if p not in taken and f.name not in taken and f.value("time_format") is None
        )

    @property
    def time(self) -> str | None:
        """The path of the time that says how old an item is, where it is written as text."""
        name = relative(self.contract, time_field_of(self.contract) or "")
        path = f"{self.contract.semantics.items}.{name}"
        field = self.contract.at(path) if name else None
        return path if field and is_text_time(field) else None

    @property
    def echoes(self) -> dict[str, str]:
        """The response path that repeats a parameter."""
        semantics = self.contract.semantics
        pairs = [(semantics.region, semantics.region_echo)]
        if semantics.paging:
            paging = semantics.paging
            pairs += [(paging.number, paging.number_echo), (paging.size, paging.size_echo)]
        return {parameter: path for parameter, path in pairs if parameter and path}

    @property
    def situations(self) -> tuple[Situation, ...]:
        """What the common protocol says must be refused."""
        return self.protocol.situations if self.protocol else ()


def of_known_situations(roles: FaultRoles, faults: Iterable[Fault]) -> list[Fault]:
    """Those whose situations the protocol has: without a protocol there is no requirement that they could break."""
    ids = {s.id for s in roles.situations}
    return [f for f in faults if all(k.split(".")[1] in ids for k in f.killed_by)]
