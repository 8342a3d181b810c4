"""The parameters and fields of an operation by their roles, so that cases name none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Any

from attrs import evolve, field, frozen

from conformance.contract.forms import item_names
from conformance.contract.model import Choice, Contract, Field, Parameter
from conformance.ledger.roles import free_texts, is_repeated
from conformance.sdk.giving import example, sdk_name, ways
from conformance.sdk.listing import looks_like_time
from conformance.wire.arrival import COMMON


@frozen
class SdkRoles:
    """`parameters` maps roles to names of parameters, `fields` roles to dotted paths; absent where there is
    none. `typed` has the required parameters, by the driver's names, that this SDK does not take as texts. `pins` has
    the alternative of each choice that is pinned.
    """

    contract: Contract
    parameters: Mapping[str, str]
    fields: Mapping[str, str]
    typed: Mapping[str, Any] = field(factory=dict)
    pins: Mapping[str, str] = field(factory=dict)

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
        """The operation's parameters, members of structures too, without the common ones."""
        return tuple(p for p in self.contract.parameters if p.name not in COMMON)

    @cached_property
    def renamed_lists(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of the lists whose items are documented under several names, by the ids of these choices."""
        return {c.id: path for path, c in item_names(self.contract).items()}

    def names_around(self, choice: Choice) -> Iterator[Mapping[str, str]]:
        """The ways in which lists around the one of a choice may be named, the innermost first; one way at least."""
        path = self.renamed_lists.get(choice.id, ())
        outer = [id for id, one in self.renamed_lists.items() if len(one) < len(path) and path[: len(one)] == one]
        outer.sort(key=lambda id: -len(self.renamed_lists[id]))
        choices = [c for id in outer if (c := self.contract.choice(id))]
        for names in product(*([self.pins.get(c.id, a.id) for a in c.alternatives] for c in choices)):
            yield dict(zip(outer, names, strict=True))

    def is_in_renamed_list(self, path: tuple[str, ...]) -> bool:
        """Whether a field is such a list, or below one."""
        return any(path[: len(one)] == one for one in self.renamed_lists.values())

    @property
    def region(self) -> str | None:
        """The parameter that says which region, if there is one."""
        return self.parameters.get("region")

    def given(self, by_role: Mapping[str, Any]) -> dict[str, Any]:
        """A case's parameters by their documented names."""
        return {self.parameters.get(role, role): self._value(role, value) for role, value in by_role.items()}

    def required(self) -> dict[str, Any]:
        """What every call needs: the required parameters, each with its documented example."""
        return {sdk_name(p.name): example(p) for p in self.own_parameters if p.required} | dict(self.typed)

    def retyped(self) -> SdkRoles | None:
        """The same with numbers and objects for texts, in the required parameters whose type the documentation leaves
        open; None where there are none.
        """
        others = {sdk_name(p.name): tuple(ways(p))[1:] for p in self.own_parameters if p.required}
        found = {name: other[0] for name, other in others.items() if other}
        return evolve(self, typed=found) if found else None

    def documented(self, name: str) -> Parameter | None:
        """The parameter that travels under that name (`Tag.2.Key` for `Tag.N.Key`)."""
        return next((p for p in self.own_parameters if _travels_as(p, name)), None)

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
        "ids": semantics.ids.parameter if semantics.ids and ".N" not in semantics.ids.parameter else None,
    }
    if semantics.paging:
        found |= {"number": semantics.paging.number, "size": semantics.paging.size}
    if semantics.range:
        found |= {"start": semantics.range.start, "end": semantics.range.end}
    if semantics.filters:
        texts_too = {p.name for p in texts if not is_repeated(p)}
        found["filter"] = next((f.parameter for f in reversed(semantics.filters) if f.parameter in texts_too), None)
    found["text"] = found["ids"] or next((p.name for p in free or texts), None)
    return SdkRoles(contract, {role: name for role, name in found.items() if name}, _fields(contract))


def _travels_as(parameter: Parameter, name: str) -> bool:
    if name == parameter.name or name == sdk_name(parameter.name):
        return True
    pattern = re.sub(r"\\\.N(?=\\\.|$)", r"\\.[1-9][0-9]*", re.escape(parameter.name))
    return re.fullmatch(pattern, name) is not None


def _has_form(f: Field | None) -> bool:
    """Whether the values of a text are those of another type: times, or truth values."""
    examples = [e for e in f.examples if e] if f is not None else []
    written = all(looks_like_time(e) or e.lower() in ("true", "false") for e in examples) and bool(examples)
    return written or (f is not None and bool(f.value("time_format")))


def _fields(contract: Contract) -> dict[str, str]:
    semantics, found = contract.semantics, {}
    if semantics.paging and contract.at(semantics.paging.total):
        found["total"] = semantics.paging.total
    if semantics.items is None:
        return found
    if semantics.key:
        found["key"] = f"{semantics.items}.{semantics.key}"
    if free := free_texts(contract):
        # a language may have a type for times and truth values, which takes no other text
        named = [name for name in free if not _has_form(contract.at(f"{semantics.items}.{name}"))]
        found["any-note"] = f"{semantics.items}.{free[0]}"
        found["note"] = f"{semantics.items}.{next(iter(named), semantics.key or free[0])}"
    if semantics.optional_fields:
        found["optional"] = f"{semantics.items}.{semantics.optional_fields[0].field}"
    return found
