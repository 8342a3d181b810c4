"""The operation's parameters, read and validated by the contract into a Query."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from conformance.contract.model import Filter, Parameter
from conformance.reference import refusals
from conformance.reference.context import Query
from conformance.reference.signatures import COMMON_NAMES, epoch

if TYPE_CHECKING:
    from conformance.reference.context import Context

IGNORED = object()
"""A value that counts as not sent."""
NOTHING = object()
"""A value that matches no item."""


def argument(context: Context, name: str) -> str | None:
    """The text sent for a parameter, or None where it was not sent."""
    return context.parameters.get(name)


def arguments(context: Context) -> Query:
    """The request as a Query. Raises Refusal for what the documentation does not allow."""
    steps, semantics = context.steps, context.contract.semantics
    steps.unknown_parameters(context)
    steps.required(context)
    region = steps.argument(context, semantics.region) if semantics.region else ""
    steps.region(context, region or "")
    query = {"region": region or "", **_paging(context), **_ids(context), **_range(context)}
    filters = [(f, steps.filter_value(context, f)) for f in semantics.filters]
    nothing = query.pop("nothing", False) or any(value is NOTHING for _, value in filters)
    chosen = tuple((f, value) for f, value in filters if isinstance(value, str))
    _check_others(context)
    return Query(filters=chosen, nothing=nothing, **query)


def own_parameters(context: Context) -> tuple[Parameter, ...]:
    """The operation's parameters without the common ones that its page may list too."""
    return tuple(p for p in context.contract.parameters if p.name not in COMMON_NAMES)


def unknown_parameters(context: Context) -> None:
    """Parameters that the documentation does not know. Raises Refusal where they are rejected."""
    if context.take("unknown-parameter", "request") != "rejected":
        return
    patterns = [_pattern(p.name) for p in context.contract.parameters]
    for name in context.parameters:
        if name not in COMMON_NAMES and not any(p.fullmatch(name) for p in patterns):
            refusals.invalid(context, name)


def required(context: Context) -> None:
    """Mandatory parameters: there, and not empty. Raises Refusal."""
    for parameter in own_parameters(context):
        if context.steps.is_required(context, parameter) and not _any_sent(context, parameter.name):
            context.steps.missing(context, parameter.name)


def is_required(context: Context, parameter: Parameter) -> bool:
    taken = context.take("required", parameter.name)
    return parameter.required if taken is None else taken == "required"


def _any_sent(context: Context, name: str) -> bool:
    if ".N" not in name:
        return bool(context.steps.argument(context, name))
    return any(_pattern(name).fullmatch(sent) for sent in context.parameters)


def _pattern(name: str) -> re.Pattern[str]:
    """`Tag.N.Key` as documented matches `Tag.1.Key` as sent."""
    return re.compile(re.escape(name).replace(r"\.N", r"\.\d+"))


def region(context: Context, name: str) -> None:
    """That the region is known. Raises Refusal."""
    semantics = context.contract.semantics
    if semantics.region and name not in context.server.store.regions:
        context.steps.unknown_region(context, semantics.region)


# --------------------------------------------------------------------------------------------------------- paging


def _paging(context: Context) -> dict[str, int]:
    paging = context.contract.semantics.paging
    if not paging:
        return {"size": 1 << 30}
    number, _ = context.steps.integer(context, paging.number)
    size, size_echo = context.steps.integer(context, paging.size)
    return {"number": number, "number_echo": number, "size": size, "size_echo": size_echo}


def integer(context: Context, name: str) -> tuple[int, int]:
    """An integer parameter: the value that counts, and the one that the response repeats. Raises Refusal."""
    parameter = context.contract.parameter(name)
    default = int(parameter.value("default", 1)) if parameter else 1
    text = context.steps.argument(context, name)
    if text is None or (text == "" and empty(context, name) is IGNORED):
        return default, default
    value = context.steps.number(context, text)
    if value is None:
        if context.take("malformed", name) in ("ignored", "matches-nothing"):
            return default, default
        context.steps.invalid(context, name)
    effective = context.steps.bounded(context, name, value)
    return effective, value if context.take("clamped-echo", name) == "requested" else effective


def number(context: Context, text: str) -> int | None:
    """The value of a decimal integer, or None where the text is none."""
    return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None


def bounded(context: Context, name: str, value: int) -> int:
    """The value within its documented bounds: as it is, brought there, or refused. Raises Refusal."""
    parameter = context.contract.parameter(name)
    lowest, highest = parameter.value("minimum"), parameter.value("maximum")
    if lowest is None and _is_paging(context, name):
        lowest = 1
    if lowest is not None and value < lowest:
        taken = context.take("below-minimum", name)
        if taken == "rejected":
            context.steps.invalid(context, name)
        return int(parameter.value("default", lowest)) if taken == "default" else int(lowest)
    if highest is not None and value > highest:
        if context.take("above-maximum", name) == "rejected":
            context.steps.invalid(context, name)
        return int(highest)
    return value


def _is_paging(context: Context, name: str) -> bool:
    paging = context.contract.semantics.paging
    return paging is not None and name in (paging.number, paging.size)


# -------------------------------------------------------------------------------------------------------- filters


def filter_value(context: Context, filter: Filter) -> object:
    """The value that a filter keeps, IGNORED, or NOTHING. Raises Refusal."""
    name = filter.parameter
    value = context.steps.argument(context, name)
    if value is None:
        return IGNORED
    if value == "":
        return empty(context, name)
    parameter = context.contract.parameter(name)
    listed = parameter.value("enum") if parameter else None
    effective = (parameter.value("effective_values") if parameter else None) or listed
    if not listed or value in effective:
        return value
    taken = context.take("unknown-value", name)
    if taken == "rejected" and value not in listed:
        context.steps.invalid(context, name)
    return IGNORED if taken == "drops-filter" else NOTHING


def empty(context: Context, name: str) -> object:
    """What an optional parameter means that is sent without a value. Raises Refusal."""
    taken = context.take("empty-value", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return NOTHING if taken == "matches-nothing" else IGNORED


# ------------------------------------------------------------------------------------------------------- id lists


def _ids(context: Context) -> dict[str, object]:
    ids = context.contract.semantics.ids
    if not ids:
        return {}
    text = context.steps.id_text(context)
    if text is None:
        return {}
    if text == "":
        return {"nothing": True} if empty(context, ids.parameter) is NOTHING else {}
    found = context.steps.split_ids(context, text)
    if found is None:
        taken = context.take("malformed", ids.parameter)
        if taken == "rejected":
            context.steps.invalid(context, ids.parameter)
        return {} if taken == "ignored" else {"nothing": True}
    return {"ids": context.steps.limit_ids(context, found)}


def id_text(context: Context) -> str | tuple[str, ...] | None:
    """What was sent for the id list: one text, or the values of a repeated parameter."""
    name = context.contract.semantics.ids.parameter
    if ".N" not in name:
        return context.steps.argument(context, name)
    values = tuple(v for n, v in context.parameters.items() if _pattern(name).fullmatch(n))
    return values or None


def split_ids(context: Context, text: str | tuple[str, ...]) -> tuple[str, ...] | None:
    """The ids of the list, in the syntax that is taken; None where it is not of that syntax."""
    if isinstance(text, tuple):
        return _without_blanks(context, text)
    syntax = context.take("id-syntax", context.contract.semantics.ids.parameter)
    if syntax == "json-array" or (syntax == "both" and text.lstrip().startswith("[")):
        ids = _json_ids(text)
        return None if ids is None else _without_blanks(context, ids)
    return _without_blanks(context, tuple(part.strip() for part in text.split(",")))


def _without_blanks(context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids without blanks among them; none at all, or a refusal, as taken. Raises Refusal."""
    named = tuple(id for id in ids if id.strip())
    if len(named) == len(ids):
        return ids
    name = context.contract.semantics.ids.parameter
    taken = context.take("blank-id", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return () if taken == "matches-nothing" else named


def _json_ids(text: str) -> tuple[str, ...] | None:
    try:
        ids = json.loads(text)
    except ValueError:
        return None
    return tuple(ids) if isinstance(ids, list) and all(isinstance(i, str) for i in ids) else None


def limit_ids(context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
    """At most as many ids as are allowed, or all, as taken. Raises Refusal."""
    semantics = context.contract.semantics.ids
    if semantics.limit is None or len(ids) <= semantics.limit:
        return ids
    taken = context.take("too-many-ids", semantics.parameter)
    if taken == "rejected":
        context.steps.invalid(context, semantics.parameter)
    return ids[: semantics.limit] if taken == "truncated" else ids


# ---------------------------------------------------------------------------------------------------------- times


def _range(context: Context) -> dict[str, object]:
    semantics = context.contract.semantics.range
    if not semantics:
        return {}
    start = context.steps.time(context, semantics.start) if semantics.start else IGNORED
    end = context.steps.time(context, semantics.end) if semantics.end else IGNORED
    if start is NOTHING or end is NOTHING:
        return {"nothing": True}
    found = {k: v for k, v in (("start", start), ("end", end)) if isinstance(v, str)}
    if len(found) == 2 and found["start"] > found["end"]:
        return context.steps.inverted(context, found)
    return found


def inverted(context: Context, found: dict[str, str]) -> dict[str, object]:
    """A start after the end. Raises Refusal where it is rejected."""
    taken = context.take("inverted-range", context.contract.semantics.range.start)
    if taken == "rejected":
        context.steps.invalid(context, context.contract.semantics.range.start)
    return {} if taken == "ignored" else {"nothing": True}


def time(context: Context, name: str) -> object:
    """A time parameter as `yyyy-MM-ddTHH:mm:ssZ`, IGNORED, or NOTHING. Raises Refusal."""
    text = context.steps.argument(context, name)
    if text is None:
        return IGNORED
    if text == "":
        return empty(context, name)
    full = f"{text[:-1]}:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", text, re.ASCII) else text
    short_refused = full != text and context.take("short-time", name) == "rejected"
    if epoch(full) is not None and not short_refused:
        return full
    taken = context.take("malformed", name)
    if taken == "rejected" or short_refused:
        context.steps.invalid(context, name)
    return NOTHING if taken == "matches-nothing" else IGNORED


def _check_others(context: Context) -> None:
    """Integers that have no role: of their form and within their bounds. Raises Refusal."""
    for parameter in own_parameters(context):
        if parameter.type == "integer" and not _is_paging(context, parameter.name) and ".N" not in parameter.name:
            context.steps.integer(context, parameter.name)
