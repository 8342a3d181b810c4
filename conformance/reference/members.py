"""Which parameter sets which member: DiskName is the DiskName of a disk, Size its Size, DiskCategory its Category."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from conformance.contract.model import Contract, Field, Parameter
from conformance.reference.id_list import sent_as
from conformance.reference.rendering import carried

# how times are written, in any of the documented forms
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?|\d{10,13}")
# what is asked for and is no value of the thing
_NO_VALUES = (
    "regionid", "clienttoken", "dryrun", "ownerid", "owneraccount", "resourceownerid", "resourceowneraccount", "action",
)  # fmt: skip


def folded(name: str) -> str:
    """A name without capitals and underscores."""
    return name.replace("_", "").casefold()


def singular_of(name: str) -> str:
    """What one value of a parameter is called: `InstanceIds` and `InstanceId.N` are of an InstanceId each."""
    plain = name.removesuffix(".N").rsplit(".", 1)[-1]
    return plain.removesuffix("s") if plain.endswith(("Ids", "Names")) else plain


def sent(contract: Contract, parameters: Mapping[str, str]) -> dict[str, Any]:
    """What a request gives, by the first part of documented names: a text, a list of texts, or a list of objects.

    `Tag.1.Key=a` is `{"Tag": [{"Key": "a"}]}`, `SystemDisk.Category=b` is `{"SystemDisk": {"Category": "b"}}`.
    """
    found: dict[str, Any] = {}
    for p in contract.parameters:
        if folded(p.name.split(".")[0]) in _NO_VALUES:
            continue
        for name in sorted(parameters, key=_in_order):
            if sent_as(p.name).fullmatch(name):
                _put(found, name.split("."), parameters[name])
    return {name: _listed(value) for name, value in found.items()}


def _in_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in name.split(".")]


def _put(into: dict[str, Any], parts: Sequence[str], value: str) -> None:
    *above, last = parts
    for part in above:
        into = into.setdefault(part, {}) if isinstance(into.get(part, {}), dict) else {}
    into[last] = value


def _listed(value: Any) -> Any:
    """Numbered members as a list."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=int)]
    return {name: _listed(inner) for name, inner in value.items()}


def values_of(given: Mapping[str, Any], fields: Sequence[Field], resource: str) -> dict[str, Any]:
    """The values that a request gives to members of a thing, in the members' own form."""
    found: dict[str, Any] = {}
    for field in fields:
        value = next((given[name] for name in given if _is_of(name, field.name, resource)), None)
        taken = None if value is None else _shaped(value, field)
        if taken is not None:
            found[field.name] = taken
    return found


def _is_of(parameter: str, field: str, resource: str) -> bool:
    p, f, r = folded(parameter), folded(field), folded(resource)
    return p in (f, f"{r}{f}") or f == f"{r}{p}" or f"{p}s" == f


def _shaped(value: Any, field: Field) -> Any:
    """A sent value in the form of a member, or None where it has no such form."""
    if field.type == "object" and len(field.members) == 1 and field.members[0].type == "array":
        inner = _shaped(value, field.members[0])
        return None if inner is None else {field.members[0].name: inner}
    if field.type == "array":
        items = value if isinstance(value, list) else [value]
        if not field.members:
            return [carried(i) for i in items if isinstance(i, str)]
        objects = [i for i in items if isinstance(i, dict)]
        return [values_in(i, field.members, field.name) for i in objects] if objects else None
    if field.members:
        return values_in(value, field.members, field.name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not is_one(value, field):
        return None
    return str(int(value)) if field.type == "integer" else carried(value)


def is_one(text: str, field: Field) -> bool:
    """Whether a text is a value as a member documents its own."""
    if field.type == "boolean":
        return text.casefold() in ("true", "false")
    if field.type in ("integer", "number"):
        return bool(re.fullmatch(r"-?\d{1,15}" if field.type == "integer" else r"-?\d{1,15}(\.\d+)?", text, re.ASCII))
    listed = field.value("enum")
    return (not listed or text in map(str, listed)) and (not field.value("time_format") or bool(_TIME.fullmatch(text)))


def values_in(given: Mapping[str, Any], fields: Sequence[Field], of: str) -> dict[str, Any]:
    """The members of an object that was sent: the Key of a Tag is its TagKey."""
    return values_of(given, fields, of)


def parameter_values(parameter: Parameter, parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Every id that a request gives in a parameter: repeated, a JSON array, or with commas between them."""
    texts = [v for n, v in parameters.items() if sent_as(parameter.name).fullmatch(n)]
    several = parameter.name.endswith(".N") or parameter.value("separator") or parameter.value("syntax")
    found: list[str] = []
    for text in texts:
        if text.lstrip().startswith("["):
            found += re.findall(r'"([^"]*)"', text)
        else:
            found += [part.strip() for part in text.split(",")] if several else [text]
    return tuple(dict.fromkeys(v for v in found if v))
