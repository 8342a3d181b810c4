"""What is at the root of a failure, in words without a name in them, so that it is one cause wherever it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.sdk.giving import is_member

# each shows in every parameter of its kind, and one mend cures all of them; by the requirement that is about it
CAPITAL_TRUTH = "truth values are sent as True and False"
NUMBERED_FROM_ZERO = "lists are numbered from 0"
LIST_AS_JSON = "lists are sent as one JSON text"
REORDERED = "lists are sent in another order"
PLUS_AS_SPACE = "a plus sign is sent as it is, which says a space"
MEMBERS_LOST = "members of structures do not arrive"
ROOTS: Mapping[str, str] = {
    CAPITAL_TRUTH: "requests.each-parameter",
    NUMBERED_FROM_ZERO: "requests.repeated-parameter",
    LIST_AS_JSON: "requests.repeated-parameter",
    REORDERED: "requests.repeated-parameter",
    MEMBERS_LOST: "requests.each-parameter",
    PLUS_AS_SPACE: "requests.plus",
}
NO_REQUEST = "The call succeeds, and no request for it reached the endpoint"
NO_ERROR = "an error reaches the caller as a success"
# what is a root only where the requirement about it shows it, and fails in every case: who never gets a code gets none
# in gzip either
BASES: Mapping[str, str] = {
    NO_ERROR: "errors.code",
    "The code of the error does not reach the caller": "errors.code",
    "The message of the error does not reach the caller": "errors.message",
    # who reads a list in no documented form reads none in any transfer
    "The call fails, though the answer is a documented success": "responses.list-form",
}


def not_arrived(name: str, given: Any, arrived: set[str]) -> str:
    """Why a parameter did not arrive under its documented name, or what kind of parameter did not.

    `name` is the one it travels by (`InstanceId.1`), `arrived` has the names of all that did.
    """
    stem, _, number = name.rpartition(".")
    if number.isdigit() and not is_member(stem):
        if f"{stem}.0" in arrived:
            return NUMBERED_FROM_ZERO
        if stem in arrived:
            return LIST_AS_JSON
        return "an item of a list does not arrive"
    return MEMBERS_LOST if is_member(name) else f"{_a(given)} does not arrive"


def changed(name: str, given: Any, got: str, arrived: set[str], beside: Iterable[Any] = ()) -> str:
    """Why a parameter arrived changed, or what kind of parameter did. `beside` has the values of the list it is in."""
    stem, _, number = name.rpartition(".")
    if isinstance(given, bool) and got in ("True", "False"):
        return CAPITAL_TRUTH
    if number.isdigit() and f"{stem}.0" in arrived:
        return NUMBERED_FROM_ZERO
    if number.isdigit() and got in map(str, beside):
        return REORDERED
    if isinstance(given, str) and "+" in given and got == given.replace("+", " "):
        return PLUS_AS_SPACE
    return f"{_a(given)} arrives changed"


def lost(sent: Any, received: Any) -> str:
    """What kind of documented value did not reach the caller as it was sent."""
    if str(sent).endswith(" items") and str(received).endswith(" items"):
        return "a list reaches the caller with other than its items"
    if received is None:
        return "a documented member does not reach the caller"
    return f"{_a(sent)} reaches the caller changed"


def _a(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a text"
