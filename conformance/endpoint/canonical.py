"""Values of answers in one form, whatever format they came in: scalars as text, numbers as numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from conformance.contract.model import Field

# what XML 1.0 (section 2.2) cannot hold
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def canonical(value: Any) -> str | None:
    """A scalar as text: booleans as in XML, absent, null and empty alike None, structures as None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Mapping, list)):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 47.0 is the integer 47, in JSON Schema as in JSON
    return str(value)


def as_numbers(value: Any, f: Field) -> Any:
    """A value with the texts of its documented numbers as numbers: XML may write 99.0 where JSON has 99."""
    if isinstance(value, list):
        return [as_numbers(v, f) for v in value]
    if isinstance(value, Mapping):
        known = {m.name: m for m in f.members}
        return {k: as_numbers(v, known[k]) if k in known else v for k, v in value.items()}
    if isinstance(value, str) and "number" in (f.type, f.item_type) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
        return float(value)
    return value


def canonical_text(value: Any) -> str | None:
    """A scalar as `canonical` has it; a structure as JSON text of its canonical scalars, without what is absent."""
    if type(value) is str:  # by far the most
        return value or None
    if value is None:
        return None
    if not isinstance(value, (Mapping, list)):
        return canonical(value)
    deep = _canonical_deep(value)
    return json.dumps(deep, sort_keys=True, ensure_ascii=False) if deep else None


def _canonical_deep(value: Any) -> Any:
    if isinstance(value, Mapping):
        members = {k: _canonical_deep(v) for k, v in value.items()}
        return {k: v for k, v in members.items() if v not in (None, {}, [])}
    if isinstance(value, list):
        return [_canonical_deep(v) for v in value]
    return canonical(value)
