"""What a parameter means that is sent without a value of its own."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.reference.context import Context


class ParameterMeaning(Enum):
    """What a value means that is none: it counts as not sent, or it matches no item."""

    IGNORED = "ignored"
    NOTHING = "nothing"


IGNORED, NOTHING = ParameterMeaning.IGNORED, ParameterMeaning.NOTHING


def json_value(text: str) -> Any:
    """The object or array that a text in JSON is; None where it is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def empty(context: Context, name: str) -> ParameterMeaning:
    """What an optional parameter means that is sent without a value. Raises RefusedRequest."""
    taken = context.take("empty-value", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return NOTHING if taken == "matches-nothing" else IGNORED


def written(context: Context, name: str) -> str | ParameterMeaning:
    """What is written as the value of a parameter; what an empty one means, and IGNORED where it was not sent."""
    text = context.steps.argument(context, name)
    return IGNORED if text is None else empty(context, name) if text == "" else text


def malformed(context: Context, name: str, refused: bool = False) -> ParameterMeaning:
    """What a value means that is not of the form of its parameter. Raises RefusedRequest."""
    taken = context.take("malformed", name)
    if taken == "rejected" or refused:
        context.steps.invalid(context, name)
    return NOTHING if taken == "matches-nothing" else IGNORED
