"""The parameters and fields of an operation by their roles, so that cases name none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from conformance.contract.model import Contract, Parameter
from conformance.ledger.roles import free_texts, is_repeated
from conformance.wire.arrival import COMMON


@frozen
class SdkRoles:
    """`parameters` maps roles to names of parameters, `fields` roles to dotted paths; absent where there is
    none.
    """

    contract: Contract
    parameters: Mapping[str, str]
    fields: Mapping[str, str]

    def has(self, role: str) -> bool:
        """Whether the operation has what a requirement needs."""
        if role == "items":
            return self.contract.semantics.items is not None
        if role == "repeated":
            return any(is_repeated(p) for p in self.own_parameters)
        if role == "range":
            return "start" in self.parameters and "end" in self.parameters
        if role == "paging":
            return self.contract.semantics.paging is not None
        return role in self.parameters or role in self.fields

    @property
    def own_parameters(self) -> tuple[Parameter, ...]:
        """The operation's parameters, without the common ones and without members of structures."""
        return tuple(p for p in self.contract.parameters if p.name not in COMMON)

    @property
    def region(self) -> str | None:
        """The parameter that says which region, if there is one."""
        return self.parameters.get("region")

    def given(self, by_role: Mapping[str, Any]) -> dict[str, Any]:
        """A case's parameters by their documented names."""
        return {self.parameters.get(role, role): self._value(role, value) for role, value in by_role.items()}

    def required(self) -> dict[str, Any]:
        """What every call needs: the required parameters, each with its documented example."""
        return {p.name: example(p) for p in self.own_parameters if p.required}

    def ids(self, number: int) -> str:
        """That many ids in the documented syntax."""
        parameter = self.contract.parameter(self.parameters["ids"])
        separator = parameter.value("separator", ",") if parameter else ","
        return str(separator).join(f"t-{n:018d}" for n in range(1, number + 1))

    def _value(self, role: str, value: Any) -> Any:
        match value:
            case {"repeat": str(text), "times": int(times)}:
                return text * times
            case {"ids": number}:
                documented = self.contract.semantics.ids
                limit = (documented.limit if documented else None) or 100
                return self.ids({"limit": limit, "over-limit": limit + 1}.get(number, number))
            case {"maximum": of}:
                parameter = self.contract.parameter(self.parameters[of])
                return parameter.value("maximum", 100) if parameter else 100
        return value


def roles(contract: Contract) -> SdkRoles:
    """Read off the semantics; the free text parameter is the id list, or the first text parameter that lists
    no values.
    """
    semantics = contract.semantics
    own = [p for p in contract.parameters if p.name not in COMMON and "." not in p.name]
    texts = [p for p in own if p.type == "string" and p.name != semantics.region]
    free = [p for p in texts if not p.value("enum") and not p.value("time_format")]
    found: dict[str, str | None] = {
        "region": semantics.region,
        "ids": semantics.ids.parameter if semantics.ids else None,
    }
    if semantics.paging:
        found |= {"number": semantics.paging.number, "size": semantics.paging.size}
    if semantics.range:
        found |= {"start": semantics.range.start, "end": semantics.range.end}
    if semantics.filters:
        found["filter"] = semantics.filters[-1].parameter
    found["text"] = found["ids"] or next((p.name for p in free or texts), None)
    return SdkRoles(contract, {role: name for role, name in found.items() if name}, _fields(contract))


def example(parameter: Parameter) -> Any:
    """A documented value of the parameter, of its type."""
    if parameter.type in ("integer", "number"):
        text = next((e for e in parameter.examples if e.lstrip("-").isdigit()), None)
        return int(text or parameter.value("minimum") or 1)
    if parameter.type == "boolean":
        return True
    listed = parameter.value("enum")
    text = str(listed[0]) if listed else next((e for e in parameter.examples if e), "x-0001")
    return [text, f"{text}-2"] if is_repeated(parameter) else text


def sdk_name(name: str) -> str:
    """The name by which a driver is told of a parameter: without its number."""
    return name.removesuffix(".N")


def _fields(contract: Contract) -> dict[str, str]:
    semantics, found = contract.semantics, {}
    if semantics.paging and contract.at(semantics.paging.total):
        found["total"] = semantics.paging.total
    if semantics.items is None:
        return found
    if semantics.key:
        found["key"] = f"{semantics.items}.{semantics.key}"
    if free := free_texts(contract):
        found["note"] = f"{semantics.items}.{free[0]}"
    if semantics.optional_fields:
        found["optional"] = f"{semantics.items}.{semantics.optional_fields[0].field}"
    return found
