"""A store from a file that a person wrote, in YAML or JSON:

    regions:
      cn-hangzhou:
        - {TaskId: t-1, TaskAction: ImportImage, TaskStatus: Finished, SupportCancel: true,
           CreationTime: "2015-11-24T12:50:31Z", FinishedTime: "2015-11-24T12:51Z"}
      cn-beijing: []

The members of an item are those of the documented response. A region without items is known and empty. An operation
without regions has its items at the top: `items: [...]`. Times may leave the seconds out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conformance.contract.files import ContractError, read_yaml
from conformance.contract.model import Contract, Field
from conformance.foreign import BadText, json_value, text_of
from conformance.reference.rendering import is_time, xml_text
from conformance.reference.seeding import relative
from conformance.reference.signatures import epoch
from conformance.reference.store import Item, Store


class ItemsError(ValueError):
    """A file that holds no items for the contract: names the place, what is there, and what was expected."""


def load_items(path: Path | str, contract: Contract) -> Store:
    """The store in a file. Raises ItemsError."""
    return stocked(_read(Path(path)), contract, str(path))


def stocked(data: Any, contract: Contract, source: str) -> Store:
    """The store in plain data as `Store.as_data` gives it; `source` is named in errors. Raises ItemsError."""
    has_regions = contract.semantics.region is not None
    form = "regions: {NAME: [item, ...]}" if has_regions else "items: [item, ...]"
    if isinstance(data, Mapping) and not has_regions and set(data) == {"items"}:
        data = {"regions": {"": data["items"]}}
    if not isinstance(data, Mapping) or set(data) != {"regions"} or not isinstance(data["regions"], Mapping):
        raise ItemsError(f"{source}: expected `{form}`")
    return Store(
        {str(name): _items(items, contract, f"{source}: region {name}") for name, items in data["regions"].items()}
    )


def _read(path: Path) -> Any:
    if path.suffix.lower() != ".json":
        try:
            return read_yaml(path)
        except ContractError as error:
            raise ItemsError(str(error)) from None
    try:
        return json_value(text_of(path))
    except BadText as error:
        raise ItemsError(f"{path}: {error}") from None


def _items(data: Any, contract: Contract, place: str) -> tuple[Item, ...]:
    if not isinstance(data, list):
        raise ItemsError(f"{place}: expected a list of items, found {_shown(data)}")
    key = relative(contract, contract.semantics.key or "")
    found: dict[str, Item] = {}
    for number, entry in enumerate(data, 1):
        item = _item(entry, contract, f"{place}, item {number}")
        id = str(item.get(key, number))
        if id in found:
            raise ItemsError(f"{place}, item {number}: {key} {id} is there twice; each item needs its own")
        found[id] = item
    return tuple(found.values())


def _item(data: Any, contract: Contract, place: str) -> Item:
    if not isinstance(data, Mapping):
        raise ItemsError(f"{place}: expected the members of an item, found {_shown(data)}")
    known = {f.name: f for f in contract.item_fields}
    for name in data:
        if name not in known:
            close = get_close_matches(str(name), known, 1)
            hint = f"did you mean {close[0]}?" if close else f"members: {', '.join(known)}"
            raise ItemsError(f"{place}: no such member: {name}; {hint}")
    optional = {relative(contract, o.field) for o in contract.semantics.optional_fields}
    for name, field in known.items():
        if data.get(name) is None and field.presence == "always" and name not in optional:
            raise ItemsError(f"{place}: {name} is missing")
    allowed = _allowed(contract)
    return {
        name: _value(data[name], field, allowed.get(name), f"{place}: {name}")
        for name, field in known.items()
        if data.get(name) is not None
    }


def _allowed(contract: Contract) -> dict[str, list[str]]:
    """The values that a filtered field can have."""
    allowed = {}
    for filter in contract.semantics.filters:
        parameter = contract.parameter(filter.parameter)
        values = parameter and (parameter.value("effective_values") or parameter.value("enum"))
        if values:
            allowed[relative(contract, filter.field)] = [str(v) for v in values]
    return allowed


def _value(value: Any, field: Field, allowed: list[str] | None, place: str) -> Any:
    """The value in the type that the store holds."""
    if field.type in ("array", "object") or field.members:
        return value
    if field.type == "integer" and (isinstance(value, bool) or not isinstance(value, int)):
        raise ItemsError(f"{place}: expected a whole number, found {_shown(value)}")
    if field.type == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ItemsError(f"{place}: expected a number, found {_shown(value)}")
    if field.type == "boolean" and not isinstance(value, bool):
        raise ItemsError(f"{place}: expected true or false, found {_shown(value)}")
    if field.type in ("integer", "number", "boolean"):
        return value
    if not isinstance(value, str | int | float | bool):
        raise ItemsError(f"{place}: expected text, found {_shown(value)}")
    text = xml_text(value)
    if is_time(field):
        return _time(text, place)
    if allowed and text not in allowed:
        raise ItemsError(f"{place}: expected one of {', '.join(allowed)}, found {_shown(value)}")
    return text


def _time(text: str, place: str) -> str:
    full = text if len(text) != len("2015-11-24T12:50Z") else f"{text[:-1]}:00Z"
    if epoch(full) is None:
        raise ItemsError(f"{place}: expected a UTC time such as 2015-11-24T12:50:31Z, found {_shown(text)}")
    return full


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
