"""The stored items of a target, where its keeper gives them: the file that the exact oracle is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.contract.files import ContractError, read_yaml
from conformance.foreign import BadText, json_value, text_of

Items = Mapping[str, Sequence[Mapping[str, Any]]]
FORM = "expected {regions: {REGION: [{FIELD: VALUE, ...}, ...]}} in YAML or JSON"


def load_items(path: str | Path) -> Items:
    """Items by region. Raises ContractError, which names the file, for anything that is not of the documented form."""
    loaded = _json(path) if str(path).endswith(".json") else read_yaml(path)
    regions = loaded.get("regions") if isinstance(loaded, Mapping) else None
    if not isinstance(regions, Mapping) or not all(isinstance(items, list) for items in regions.values()):
        raise ContractError(path, f"holds no items by region; {FORM}")
    if not all(isinstance(item, Mapping) for items in regions.values() for item in items):
        raise ContractError(path, f"holds an item that is no mapping; {FORM}")
    return regions


def _json(path: str | Path) -> Any:
    try:
        return json_value(text_of(path))
    except BadText as e:
        raise ContractError(path, f"{e}; {FORM}") from None
