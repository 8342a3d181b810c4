"""One allowed value of a parameter, for what an operation requires: a contract always gives the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.contract.model import JSON_TEXT, Contract, Parameter
from conformance.generate.times import MILLISECONDS, format_time, parse_time

A_TIME = "2015-11-23T15:10:00Z"


def required_values(contract: Contract) -> Iterator[tuple[str, str]]:
    """What a request must say beside its region: names as they are sent (`Tag.1.Key`), and a value of each. Of pages
    that have to be numbered it is the first.
    """
    paging = contract.semantics.paging
    for parameter in contract.parameters:
        if parameter.is_required and parameter.name != contract.semantics.region:
            is_number = paging is not None and parameter.name == paging.number and _is_allowed(parameter, "1")
            yield sent_name(parameter.name), "1" if is_number else allowed_value(parameter)


def required_names(contract: Contract) -> tuple[str, ...]:
    """The required parameters that may have to name something that is there: nothing made up need be accepted."""
    own = (p for p in contract.parameters if p.is_required and p.name != contract.semantics.region)
    return tuple(sent_name(p.name) for p in own if names_something(p))


def given_values(contract: Contract, values: Mapping[str, Any]) -> dict[str, str]:
    """Of values that somebody gave, by parameter and by operation and parameter, those that every request of an
    operation has: of those by parameter what it requires; of its own all that it knows, but what keeps some of the
    items of a list, which is no part of every request.
    """
    required = {sent_name(p.name) for p in contract.parameters if p.is_required}
    known = {sent_name(p.name) for p in contract.parameters}
    own = values.get(contract.operation)
    own = own if isinstance(own, Mapping) else {}
    of_all = {name: v for name, v in values.items() if name in required}
    more = {} if contract.semantics.items else {name: v for name, v in own.items() if first_name(name) in known}
    found = {**of_all, **more, **{name: v for name, v in own.items() if name in required}}
    return {name: str(v) for name, v in found.items() if not isinstance(v, Mapping)}


def first_name(sent: str) -> str:
    """A name that was sent with the first number for each of its own: `Tag.2.Key` as `Tag.1.Key`."""
    return re.sub(r"\.\d+(?=\.|$)", ".1", sent)


def sent_name(name: str) -> str:
    """The documented name of a parameter with the first number for each repetition: `Tag.N.Key` as `Tag.1.Key`."""
    return re.sub(r"\.N(?=\.|$)", ".1", name)


def allowed_value(parameter: Parameter) -> str:
    """A documented example or listed value that every other rule allows; else one made up of the rules."""
    listed = parameter.value("effective_values") or parameter.value("enum") or ()
    for candidate in (*parameter.examples, *listed, parameter.value("default")):
        if candidate not in (None, "") and _is_allowed(parameter, as_sent(candidate)):
            return as_sent(candidate)
    return _made(parameter)


def as_sent(value: object) -> str:
    """A documented value as a request has it: truth values are `true` and `false`."""
    text = "true" if value is True else "false" if value is False else str(value)
    return text.lower() if text in ("True", "False") else text


def names_something(parameter: Parameter) -> bool:
    """Whether a value of it may have to be the name of something that is there: free text without a list of values."""
    free = parameter.type in ("string", "unknown", "array", "object")
    return free and not parameter.value("enum") and not parameter.value("time_format")


def _is_allowed(parameter: Parameter, text: str) -> bool:
    listed = {as_sent(v) for v in parameter.value("enum") or ()}
    if listed and text not in listed:
        return False
    if parameter.type in ("integer", "number"):
        return is_within_limits(parameter, text)
    if parameter.type == "boolean":
        return text.lower() in ("true", "false")
    if pattern := parameter.value("time_format"):
        return text.isdigit() if pattern == MILLISECONDS else parse_time(text) is not None
    shortest, longest = parameter.value("min_length", 0), parameter.value("max_length")
    return len(text) >= int(shortest) and (longest is None or len(text) <= int(longest))


def is_within_limits(parameter: Parameter, text: str) -> bool:
    """Whether a number lies within the documented limits; anything does where the parameter is no number."""
    if parameter.type not in ("integer", "number"):
        return True
    try:
        value = float(text)
    except ValueError:
        return False
    if parameter.type == "integer" and not re.fullmatch(r"-?\d+", text):
        return False
    lowest, highest = parameter.value("minimum"), parameter.value("maximum")
    return (lowest is None or value >= float(lowest)) and (highest is None or value <= float(highest))


def _made(parameter: Parameter) -> str:
    if parameter.type in ("integer", "number"):
        lowest, highest = parameter.value("minimum"), parameter.value("maximum")
        return str(lowest if lowest is not None else highest if highest is not None else 1)
    if parameter.type == "boolean":
        return "true"
    if pattern := parameter.value("time_format"):
        moment = parse_time(A_TIME)
        assert moment is not None, "it is a constant"
        return format_time(moment, str(pattern))
    if parameter.type == "object" or parameter.value("syntax") in ("json-array", JSON_TEXT):
        return (
            "{}" if parameter.type == "object" else '["x-0001"]' if parameter.value("syntax") != JSON_TEXT else "[{}]"
        )
    text = f"{parameter.value('prefix', '') if isinstance(parameter.value('prefix', ''), str) else ''}x-0001"
    longest = parameter.value("max_length")
    padded = text.ljust(int(parameter.value("min_length", 0)), "0")
    return padded if longest is None else padded[: int(longest)]
