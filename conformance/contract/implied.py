"""Citations that go without saying: what is derived from metadata alone stands in the row of its own name.

A contract of a whole service's metadata has thousands of facts, each cited by the row that it is read from. In the file
of such a contract a citation is left out where it is that row, and put in again when the file is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

METADATA = "metadata"
Data = dict[str, Any]


def trimmed(data: Data) -> Data:
    """The data of a contract's file without the citations that are implied."""
    return _with(data, _without)


def filled(data: Data) -> Data:
    """The data of a contract's file with them. What is no contract stays as it is."""
    return _with(data, _added)


def _with(data: Data, change: Any) -> Data:
    id = _revision(data)
    if id is None:
        return data
    return {
        **data,
        "parameters": [_thing(p, f"{id} / parameters / {_name(p)}", change) for p in _mappings(data, "parameters")],
        "response": [_field(f, id, "", change) for f in _mappings(data, "response")],
        "errors": [change(e, f"{id} / errors / {_name(e, 'code')}") for e in _mappings(data, "errors")],
    }


def _revision(data: Data) -> str | None:
    """The only revision of a contract that metadata alone has told; None for every other."""
    revisions = data.get("revisions")
    if not isinstance(revisions, list) or len(revisions) != 1 or not isinstance(revisions[0], Mapping):
        return None
    parts = all(_all_mappings(data.get(name)) for name in ("parameters", "response", "errors"))
    only = revisions[0]
    return str(only.get("id")) if parts and only.get("generation") == METADATA else None


def _all_mappings(value: Any) -> bool:
    """Whether a list holds mappings only: with anything else, the reader of the file says what is wrong."""
    return value is None or (isinstance(value, list) and all(isinstance(v, Mapping) for v in value))


def _mappings(data: Mapping[str, Any], name: str) -> Iterable[Data]:
    return data.get(name) or ()


def _name(thing: Mapping[str, Any], member: str = "name") -> str:
    return str(thing.get(member))


def _field(field: Data, id: str, above: str, change: Any) -> Data:
    path = f"{above}{_name(field)}"
    found = _thing(field, f"{id} / response / {path}", change)
    if _all_mappings(field.get("members")) and field.get("members"):
        found["members"] = [_field(m, id, f"{path}.", change) for m in field["members"]]
    return found


def _thing(thing: Data, row: str, change: Any) -> Data:
    found: Data = change(thing, row)
    if _all_mappings(found.get("constraints")) and found.get("constraints"):
        found["constraints"] = [change(c, row) for c in found["constraints"]]
    return found


def _without(thing: Data, row: str) -> Data:
    return {k: v for k, v in thing.items() if not (k == "citations" and v == [row])}


def _added(thing: Data, row: str) -> Data:
    return thing if "citations" in thing else {**thing, "citations": [row]}
