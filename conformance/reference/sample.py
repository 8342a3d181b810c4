"""A value like the documented ones, for what no stored item holds."""

from __future__ import annotations

from typing import Any

from conformance.contract.model import Field

PLAIN = {"integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": []}
TIME = "2015-11-23T15:10:00Z"


def sample(field: Field) -> Any:
    """The first listed or documented value that is of the field's type, or a plain one; of an array, an element. An
    integer is written as JSON has it: a documented mode of 0644 is 644 there.
    """
    type = (field.item_type or "string") if field.type == "array" else field.type
    for value in (*(field.value("enum") or ()), *field.examples):
        if _is_of_type(value, type):
            return str(int(value)) if type == "integer" else value
    if type == "string" and field.value("time_format"):
        return TIME
    return PLAIN.get(type, field.name)


def _is_of_type(value: Any, type: str) -> bool:
    text = str(value)
    if type == "boolean":
        return text.lower() in ("true", "false")
    if type in ("integer", "number"):
        try:
            float(text) if type == "number" else int(text)
        except ValueError:
            return False
        return True
    return type not in ("array", "object")
