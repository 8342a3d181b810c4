"""Which parameters keep the items of a listing by several values, by tags, or by a least or greatest value."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Literal

from conformance.contract.model import JSON_TEXT, Contract, Field, Parameter
from conformance.contract.narrowing import Bound, Form, Selector, TagFilter
from conformance.derive.nouns import folded
from conformance.derive.shape import singular

_TAG = re.compile(r"([A-Za-z]*Tags?)\.N\.Key")
_PAIR = re.compile(r"(\w*Filters?)\.(N|\d+)\.Key")
_TAG_LISTS = ("tags", "tagset", "resourcetags", "taglist")
_TAG_KEYS, _TAG_VALUES = ("tagkey", "key"), ("tagvalue", "value")
# what a parameter about a least or a greatest value has before, in or after the name of the member
_BOUNDS = (
    ("least", re.compile(r"(?:Minimum|Min)[._]?(?P<of>[A-Z]\w*)")),
    ("most", re.compile(r"(?:Maximum|Max)[._]?(?P<of>[A-Z]\w*)")),
    ("least", re.compile(r"(?P<of>[A-Z]\w*?)[._]?(?:Start|From|Min|After)")),
    ("most", re.compile(r"(?P<of>[A-Z]\w*?)[._]?(?:End|To|Max|Before)")),
    ("least", re.compile(r"(?P<of>[A-Z]\w*?)(?:Start|Begin)(?P<time>Time)")),
    ("most", re.compile(r"(?P<of>[A-Z]\w*?)End(?P<time>Time)")),
    ("least", re.compile(r"(?:Start|Begin)(?P<of>[A-Z]\w*Time)")),
    ("most", re.compile(r"End(?P<of>[A-Z]\w*Time)")),
)  # fmt: skip


def _plain(name: str) -> str:
    """A name without capitals, dots and underscores."""
    return folded(name.replace(".", ""))


def repeated_ids(contract: Contract, key: str) -> Parameter | None:
    """The repeated parameter whose values are the keys of items: `InstanceId.N` of an InstanceId."""
    return next(
        (p for p in contract.parameters if form_of(p) == "repeated" and not p.required and _is_called(p, key)), None
    )


def selectors(contract: Contract, members: Mapping[str, Field], taken: Container[str | None]) -> tuple[Selector, ...]:
    """Optional lists of values that are called like a member of the items."""
    found = []
    for p in contract.parameters:
        form = form_of(p)
        if form is None or p.required or p.name in taken or p.value("time_format"):
            continue
        member = next((n for n, f in members.items() if _is_value(f) and _is_called(p, n)), None)
        if member is not None:
            found.append(Selector(p.name, member, form, p.value("max_items")))
    return tuple(found)


def form_of(parameter: Parameter) -> Form | None:
    """How several values of a parameter are written; None where it takes one, or is documented otherwise."""
    if re.fullmatch(r"[A-Za-z_]\w*\.N", parameter.name):
        return "repeated"
    if parameter.type != "string" or ".N" in parameter.name:
        return None
    array = any(re.fullmatch(r"\[\s*\".*\"\s*\]", e, re.DOTALL) for e in parameter.examples)
    if array or parameter.value("syntax") == "json-array":
        return "json-array"
    several = parameter.value("separator") == "," and parameter.value("max_items") and parameter.name.endswith("s")
    return "comma" if several else None


def _is_called(parameter: Parameter, member: str) -> bool:
    """Whether one value of a parameter is called like a member, perhaps without the `Id` at its end."""
    plain, wanted = parameter.name.removesuffix(".N"), _plain(member)
    names = {_plain(name) for name in (plain, singular(plain), singular(plain.rsplit(".", 1)[-1]))}
    return wanted in names or wanted.removesuffix("id") in names - {""}


def _is_value(field: Field) -> bool:
    return field.type in ("string", "integer") and not field.members


def tags(contract: Contract, members: Mapping[str, Field]) -> TagFilter | None:
    """`Tag.N.Key` and `Tag.N.Value`, where the items show their tags."""
    known = {p.name: p for p in contract.parameters if not p.required}
    for name, p in known.items():
        match = _TAG.fullmatch(name)
        value = f"{match.group(1)}.N.Value" if match else ""
        names = _names_in_text(p)
        if value not in known and names is None:
            continue
        for path, listed in _lists(members):
            keys = [m.name for m in listed.members if _plain(m.name) in _TAG_KEYS]
            values = [m.name for m in listed.members if _plain(m.name) in _TAG_VALUES]
            if keys and values and names:
                return TagFilter(name, name, path, keys[0], values[0], *names)
            if keys and values:
                return TagFilter(name, value, path, keys[0], values[0])
    return None


def _names_in_text(parameter: Parameter) -> tuple[str, str] | None:
    """What the key and the value of a tag are called in a parameter that takes tags as one text in JSON."""
    if parameter.type != "string" or _plain(parameter.name) not in _TAG_LISTS or parameter.value("syntax") != JSON_TEXT:
        return None
    for example in parameter.examples:
        names = re.findall(r'[{,]\s*"(\w+)"\s*:', example)
        keys, values = ([n for n in names if _plain(n) in wanted] for wanted in (_TAG_KEYS, _TAG_VALUES))
        if keys and values and example.lstrip().startswith("["):
            return keys[0], values[0]
    return None


def _lists(members: Mapping[str, Field]) -> Iterator[tuple[str, Field]]:
    """The lists of tags of an item, each with its path."""
    for name, field in members.items():
        if _plain(name) not in _TAG_LISTS:
            continue
        if field.type == "array" and field.members:
            yield name, field
        yield from ((f"{name}.{m.name}", m) for m in field.members if m.type == "array" and m.members)


def bounds(contract: Contract, members: Mapping[str, Field], taken: Container[str | None]) -> tuple[Bound, ...]:
    """Optional parameters that are called like a member with a word for its least or its greatest value."""
    known = {_plain(n): f for n, f in members.items()}
    found = []
    for p in contract.parameters:
        if p.required or p.name in taken:
            continue
        for side, pattern in _BOUNDS:
            match = pattern.fullmatch(p.name)
            field = known.get(_plain("".join(match.groupdict().values()))) if match else None
            if field is not None and _compares(p, field):
                found.append(Bound(p.name, field.name, "least" if side == "least" else "most"))
                break
    return (*found, *_named_bounds(contract, known))


def _named_bounds(contract: Contract, known: Mapping[str, Field]) -> Iterator[Bound]:
    """Pairs of which one says what the value of the other bounds: `Filter.1.Key` is to be `CreationStartTime`."""
    for p in contract.parameters:
        match = _PAIR.fullmatch(p.name)
        value = contract.parameter(f"{match[1]}.{match[2]}.Value") if match else None
        if match is None or value is None or p.required or value.required:
            continue
        any_number = match[2] == "N"
        listed = (str(v) for v in p.value("enum") or ())
        words = [w for w in dict.fromkeys([*p.examples, *listed]) if re.fullmatch(r"[A-Za-z]\w*", w)]
        for number, word in enumerate(words if any_number else words[:1], 1):
            for side, pattern in _BOUNDS:
                name = pattern.fullmatch(word)
                field = known.get(_plain("".join(name.groupdict().values()))) if name else None
                if field is not None and _compares(value, field):
                    prefix = f"{match[1]}.{number if any_number else match[2]}"
                    least: Literal["least", "most"] = "least" if side == "least" else "most"
                    yield Bound(f"{prefix}.Value", field.name, least, f"{prefix}.Key", word, any_number)
                    break


def _compares(parameter: Parameter, field: Field) -> bool:
    """Whether both are numbers, or both are times."""
    numbers = ("integer", "number")
    if parameter.type in numbers and field.type in numbers:
        return True
    return field.type == "string" and bool(parameter.value("time_format")) and bool(field.value("time_format"))
