"""A store made up from a seed, so that it fits a contract and has something at every edge.

Ids follow the documented examples; a few hold characters that must be escaped somewhere on the way, and a few are the
beginning of another. Times are spread over days, some equal, some a second or a minute apart. Of the combinations of
enumerated values one occurs once and one never.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from conformance.contract.model import Contract, Field, OptionalField, Parameter
from conformance.contract.protocol import Protocol
from conformance.reference.rendering import is_time, xml_text
from conformance.reference.store import Store

SEED = 20140526
SIZES = (140, 24, 0, 1)
OTHER_REGIONS = ("cn-qingdao", "cn-beijing", "cn-shanghai", "cn-shenzhen")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
AWKWARD = ("<&>\"'😀", "é中文😀", "a b+c%2B~=&amp;*é", '\\u0041/\\"中😀')
FREE_TEXT = (
    "plain",
    "Tom & Jerry",
    "<b>not a tag</b>",
    "\"quoted\" and 'quoted'",
    "ünïcödé 中文 😀",
    "back\\slash",
    "a+b c%20d",
)
EPOCH = datetime(2015, 11, 23, 15, 10, 0, tzinfo=UTC)


def generated(
    contract: Contract,
    protocol: Protocol | None = None,
    seed: int = SEED,
    sizes: Sequence[int] = SIZES,
) -> Store:
    """A store with `sizes` items in as many regions; the same for the same arguments.

    The first region is the documented example; an operation without regions has one, named by the empty string. An
    operation that returns no list has no items, and one whose key has few values has as few items.
    """
    names = region_names(contract, protocol, len(sizes))
    regions = {}
    sizes = sizes if contract.item_fields else (0,) * len(sizes)
    for name, size in zip(names, sizes, strict=False):
        regions[name] = items(contract, random.Random(f"{seed} {name}"), size)
    return Store(regions)


def region_names(contract: Contract, protocol: Protocol | None, count: int) -> tuple[str, ...]:
    """Names of known regions, the documented default and example first."""
    parameter = contract.parameter(contract.semantics.region) if contract.semantics.region else None
    if parameter is None:
        return ("",)
    # what is left out means the first
    default = parameter.value("default")
    names = (default, *parameter.examples[:1], *(protocol.regions if protocol else ()), *OTHER_REGIONS)
    return tuple(dict.fromkeys(filter(None, names)))[:count]


def items(contract: Contract, source: random.Random, size: int) -> tuple[Mapping[str, Any], ...]:
    """`size` items that fit the contract, or fewer where fewer keys are allowed."""
    keys = _keys(contract, source, size)
    size = len(keys)
    enumerated = _combinations(contract, source, size)
    created = _times(source, size)
    return tuple(
        _item(contract, source, key, values, time) for key, values, time in zip(keys, enumerated, created, strict=True)
    )


def relative(contract: Contract, path: str) -> str:
    """A path inside an item, without the path of the list."""
    return path.removeprefix(f"{contract.semantics.items}.")


def _item(
    contract: Contract, source: random.Random, key: Any, values: Mapping[str, Any], created: datetime
) -> Mapping[str, Any]:
    optional = {relative(contract, o.field): o for o in contract.semantics.optional_fields}
    times = [f.name for f in contract.item_fields if is_time(f) and f.name not in optional]
    item: dict[str, Any] = {}
    for field in contract.item_fields:
        if field.name == relative(contract, contract.semantics.key or ""):
            item[field.name] = key
        elif field.name in values:
            item[field.name] = values[field.name]
        elif field.name in optional:
            if _is_due(contract, optional[field.name], values):
                item[field.name] = _later(source, created) if is_time(field) else _value(field, source)
        elif field.name in times:
            item[field.name] = stamp(created)
        elif field.presence == "always" or source.random() < 0.7:
            item[field.name] = _value(field, source)
    return item


def _is_due(contract: Contract, optional: OptionalField, values: Mapping[str, Any]) -> bool:
    value = values.get(relative(contract, optional.unless_field))
    return value is None or xml_text(value) in optional.unless_values


def _later(source: random.Random, created: datetime) -> str:
    return stamp(created + timedelta(seconds=source.choice((0, 1, 59, 60, 361, 7200))))


def _value(field: Field, source: random.Random) -> Any:
    """A value of a field that has no role."""
    if field.type == "array":
        count = source.choice((0, 1, 3))
        return [_members(field, source) if field.members else _scalar(field.item_type, source) for _ in range(count)]
    if field.members:
        return _members(field, source)
    if field.value("enum"):
        return typed(source.choice(list(field.value("enum"))), field.type)
    if (
        field.examples
        and field.type in ("string", "boolean", "unknown")
        and field.examples[0].lower() in ("true", "false")
    ):
        flag = source.random() < 0.5
        return flag if field.type == "boolean" else "true" if flag else "false"
    if is_time(field):
        return stamp(EPOCH + timedelta(seconds=source.randrange(10**6)))
    return _scalar(field.type, source)


def _members(field: Field, source: random.Random) -> dict[str, Any]:
    return {m.name: _value(m, source) for m in field.members if m.presence == "always" or source.random() < 0.7}


def _scalar(type: str | None, source: random.Random) -> Any:
    if type == "integer":
        return source.choice((0, 1, 7, 100, 2**31 - 1))
    if type == "number":
        return source.choice((0.5, 1.25, 99.0))
    if type == "boolean":
        return source.random() < 0.5
    if type in ("array", "object"):
        return [] if type == "array" else {}
    return source.choice(FREE_TEXT)


# ------------------------------------------------------------------------------------------------------------ keys


def _keys(contract: Contract, source: random.Random, size: int) -> list[Any]:
    """Distinct ids: listed ones, numbers, or text."""
    field = contract.at(f"{contract.semantics.items}.{relative(contract, contract.semantics.key or '')}")
    listed = _listed(contract).get(field.name) or field.value("enum") if field else None
    if field and listed:
        return source.sample([typed(value, field.type) for value in listed], min(size, len(listed)))
    if field and field.type in ("integer", "number"):
        return source.sample(range(1, 10**6), size)
    return list(_texts(field, source, size))


def _texts(field: Field | None, source: random.Random, size: int) -> list[str]:
    """Distinct ids: mostly like the documented example, some awkward, one the beginning of another."""
    example = field.examples[0] if field and field.examples else "i-0000000000000000"
    keys: list[str] = []
    while len(keys) < size:
        key = _like(example, source)
        if size > 20 and len(keys) % 8 == 5:
            key = f"{_prefix(example)}{AWKWARD[len(keys) // 8 % len(AWKWARD)]}{source.randrange(10**6)}"
        elif size > 20 and len(keys) % 7 == 4:
            key = keys[-1] + "".join(source.choice(LETTERS) for _ in range(2))
        if key not in keys:
            keys.append(key)
    return keys


def _prefix(example: str) -> str:
    return example.partition("-")[0] + "-" if "-" in example else ""


def _like(example: str, source: random.Random) -> str:
    """Another id of the form of the example; masked places (`*`) are filled."""
    prefix = _prefix(example)
    return prefix + "".join(source.choice(LETTERS) for _ in range(max(12, len(example) - len(prefix))))


# ------------------------------------------------------------------------------------- enumerated values and times


def _listed(contract: Contract) -> dict[str, list[Any]]:
    """The values that filters list for members of an item, as the store holds them."""
    members, found = {f.name: f for f in contract.item_fields}, {}
    for filter in contract.semantics.filters:
        parameter, name = contract.parameter(filter.parameter), relative(contract, filter.field)
        listed = parameter and (parameter.value("effective_values") or parameter.value("enum"))
        if not listed and parameter and parameter.required and name != relative(contract, contract.semantics.key or ""):
            # what every request has to choose by parts the items into two listings
            listed = _two_texts(parameter, members.get(name)) if parameter.type == "string" else None
        if listed and name in members:
            found[name] = [typed(value, members[name].type) for value in listed]
    for selector in contract.semantics.selectors:
        parameter, name = contract.parameter(selector.parameter), relative(contract, selector.field)
        listed = parameter and parameter.value("enum")
        if listed and name in members and name != relative(contract, contract.semantics.key or ""):
            found.setdefault(name, [typed(value, members[name].type) for value in listed])
    return found


def _two_texts(parameter: Parameter, field: Field | None) -> list[str]:
    """Two values like the documented one; digits where the member is a number and the documented one is masked."""
    example = parameter.examples[0] if parameter.examples else "x-0001"
    if field and field.type in ("integer", "number"):
        example = re.sub(r"\D", "", example) or "1"
    return [example, f"{example}2"]


def typed(value: Any, type: str) -> Any:
    """A documented value as the store holds it: a number or a truth value where the field has that type."""
    text = xml_text(value)
    if type == "boolean":
        return text.lower() == "true"
    try:
        return int(text) if type == "integer" else float(text) if type == "number" else text
    except ValueError:
        return text


def _combinations(contract: Contract, source: random.Random, size: int) -> list[dict[str, Any]]:
    """The filtered fields' values: the last combination never occurs, the one before it once."""
    fields = _listed(contract)
    every = [dict(zip(fields, values, strict=True)) for values in product(*fields.values())]
    if size < 3 * len(every) or len(every) < 4:
        return [source.choice(every) for _ in range(size)]
    common, once = every[:-2], every[-2]
    chosen = common + [source.choice(common) for _ in range(size - len(common) - 1)] + [once]
    source.shuffle(chosen)
    return chosen


def _times(source: random.Random, size: int) -> list[datetime]:
    """Creation times over days: about a quarter equal to, a second after, or a minute after the one before."""
    times, now = [], EPOCH
    for number in range(size):
        step = (0, 1, 60)[number % 3] if number % 5 in (1, 2) and number % 4 else source.randrange(61, 20000)
        now += timedelta(seconds=step)
        times.append(now)
    source.shuffle(times)
    return times


def stamp(time: datetime) -> str:
    """A time as the store holds it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
