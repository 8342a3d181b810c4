"""The operation's parameters, read and validated by the contract into a Query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import evolve

from conformance.contract.model import JSON_TEXT, ErrorCode, Filter, Parameter
from conformance.ledger.roles import error_of_absence, error_of_length, error_of_value
from conformance.reference import refusals
from conformance.reference.context import Query
from conformance.reference.id_list import sent_as, with_ids
from conformance.reference.meaning import IGNORED, NOTHING, ParameterMeaning, empty, json_value, malformed, written
from conformance.reference.rendering import xml_text
from conformance.reference.signatures import COMMON_NAMES
from conformance.reference.time_range import within

if TYPE_CHECKING:
    from conformance.reference.context import Context


_SIZE = 10  # items a page where nothing is documented
_WITHOUT_SIZE = 50  # and where no request can say
# defaults of filters that say that nothing is filtered
EVERYTHING = ("all", "*")


def argument(context: Context, name: str) -> str | None:
    """The text sent for a parameter, or None where it was not sent; of a repetition the first."""
    if ".N" in name:
        return next((text for sent, text in context.parameters.items() if sent_as(name).fullmatch(sent)), None)
    return context.parameters.get(name)


def arguments(context: Context) -> Query:
    """The request as a Query. Raises RefusedRequest for what the documentation does not allow."""
    steps, semantics = context.steps, context.contract.semantics
    steps.unknown_parameters(context)
    _check_repeated(context)
    steps.required(context)
    region = _region(context)
    steps.region(context, region)
    query = _by_token(context, _paged(context, Query(region=region)))
    if semantics.ids:
        query = with_ids(context, query, semantics.ids)
    if semantics.range:
        query = within(context, query, semantics.range)
    query = steps.with_narrowings(context, _filtered(context, query))
    _check_others(context)
    steps.dry_run(context)
    return query


def own_parameters(context: Context) -> tuple[Parameter, ...]:
    """The operation's parameters without the common ones that its page may list too."""
    return tuple(p for p in context.contract.parameters if p.name not in COMMON_NAMES)


def unknown_parameters(context: Context) -> None:
    """Parameters that the documentation does not know. Raises RefusedRequest where they are rejected."""
    if context.take("unknown-parameter", "request") != "rejected":
        return
    patterns = [sent_as(p.name) for p in context.contract.parameters]
    for name in context.parameters:
        if name not in COMMON_NAMES and not any(p.fullmatch(name) for p in patterns):
            refusals.invalid(context, name)


def _check_repeated(context: Context) -> None:
    """Parameters that are sent twice. Raises RefusedRequest where they are rejected."""
    names = [name for name, _ in context.sent if name not in COMMON_NAMES]
    if len(set(names)) < len(names) and context.take("repeated-parameter", "request") == "rejected":
        refusals.invalid(context, next(name for name in names if names.count(name) > 1))


def in_known_case(context: Context, name: str, value: str, known: Iterable[str]) -> str:
    """The known value that differs from a value in nothing but capital and small letters, where that is ignored."""
    if context.take("letter-case", name) != "ignored":
        return value
    return next((v for v in known if v.casefold() == value.casefold()), value)


def required(context: Context) -> None:
    """Mandatory parameters: there, and not empty. Raises RefusedRequest."""
    for parameter in own_parameters(context):
        if context.steps.is_required(context, parameter) and not _any_sent(context, parameter.name):
            context.steps.missing(context, parameter.name)


def is_required(context: Context, parameter: Parameter) -> bool:
    """Whether a request without the parameter is refused."""
    taken = context.take("required", parameter.name)
    return parameter.required if taken is None else taken == "required"


def _any_sent(context: Context, name: str) -> bool:
    if ".N" in name:
        return any(sent_as(name).fullmatch(sent) for sent in context.parameters)
    return bool(context.steps.argument(context, name)) or any(s.startswith(f"{name}.") for s in context.parameters)


def _region(context: Context) -> str:
    """The region that is asked for; the first one where it may be left out, and is."""
    name = context.contract.semantics.region
    if not name:
        return ""
    parameter, sent = context.contract.parameter(name), context.steps.argument(context, name)
    if sent or (parameter and context.steps.is_required(context, parameter)):
        return in_known_case(context, name, sent, context.server.store.regions) if sent else ""
    return next(iter(context.server.store.regions), "")


def region(context: Context, name: str) -> None:
    """That the region is known. Raises RefusedRequest."""
    semantics = context.contract.semantics
    if semantics.region and name not in context.server.store.regions:
        context.steps.unknown_region(context, semantics.region)


# --------------------------------------------------------------------------------------------------------- paging


def _paged(context: Context, query: Query) -> Query:
    """The query with the page that is asked for; a listing without pages is one page."""
    paging = context.contract.semantics.paging
    if not paging:
        return evolve(query, size=1 << 30)
    number, _ = context.steps.integer(context, paging.number)
    size, size_echo = context.steps.integer(context, paging.size)
    # a documented default of 0 is the first page, and a size of its own
    return evolve(query, number=max(1, number), number_echo=number, size=size or _SIZE, size_echo=size_echo)


def _by_token(context: Context, query: Query) -> Query:
    """The query with the page that a token leads to, where the listing has no numbers or the request asks so."""
    cursor, paging = context.contract.semantics.cursor, context.contract.semantics.paging
    if not cursor:
        return query
    token = context.steps.argument(context, cursor.token) or ""
    asked = token or (cursor.size and context.steps.argument(context, cursor.size) is not None)
    if paging and not asked:
        return query
    size = context.steps.integer(context, cursor.size)[0] if cursor.size else _WITHOUT_SIZE
    return evolve(query, by_token=True, token=token, size=max(1, size))


def integer(context: Context, name: str) -> tuple[int, int]:
    """An integer parameter: the value that counts, and the one that the response repeats. Raises RefusedRequest."""
    default = _default(context, name)
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


def _default(context: Context, name: str) -> int:
    """The documented default of an integer; where there is none, 1, and 10 items a page if that is allowed."""
    parameter = context.contract.parameter(name)
    documented = context.steps.number(context, str(parameter.value("default", ""))) if parameter else None
    if documented is not None:
        return documented
    if parameter is None or not _is_size(context, name):
        return 1
    return int(max(min(_SIZE, parameter.value("maximum", _SIZE)), parameter.value("minimum", 1)))


def number(context: Context, text: str) -> int | None:
    """The value of a decimal integer, or None where the text is none."""
    return int(text) if re.fullmatch(r"-?\d{1,19}", text, re.ASCII) else None


def bounded(context: Context, name: str, value: int) -> int:
    """The value within its documented bounds: as it is, brought there, or refused. Raises RefusedRequest."""
    parameter = context.contract.parameter(name)
    if parameter is None:
        return value
    if str(value) == str(parameter.value("default")):
        return value  # what leaving it out means may be said, also where it lies outside of the limits
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
    return _is_size(context, name) or (paging is not None and name == paging.number)


def _is_size(context: Context, name: str) -> bool:
    semantics = context.contract.semantics
    return name in [pages.size for pages in (semantics.paging, semantics.cursor) if pages]


# -------------------------------------------------------------------------------------------------------- filters


def _filtered(context: Context, query: Query) -> Query:
    values = [(f, context.steps.filter_value(context, f)) for f in context.contract.semantics.filters]
    nothing = query.nothing or any(value is NOTHING for _, value in values)
    return evolve(query, filters=tuple((f, v) for f, v in values if isinstance(v, str)), nothing=nothing)


def filter_value(context: Context, filter: Filter) -> str | ParameterMeaning:
    """The value that a filter keeps, IGNORED, or NOTHING. Raises RefusedRequest."""
    name = filter.parameter
    value = written(context, name)
    if not isinstance(value, str):
        return value
    parameter = context.contract.parameter(name)
    if parameter and parameter.type == "boolean":
        value = value.lower()
    listed = [xml_text(v) for v in parameter.value("enum") or ()] if parameter else []
    effective = [xml_text(v) for v in parameter.value("effective_values") or ()] if parameter else []
    value = in_known_case(context, name, value, listed) if listed else value
    if parameter and value.casefold() in EVERYTHING and xml_text(parameter.value("default", "")) == value:
        return IGNORED
    if not listed or value in (effective or listed):
        return value
    taken = context.take("unknown-value", name)
    if taken == "rejected" and value not in listed:
        context.steps.invalid(context, name)
    return IGNORED if taken == "drops-filter" else NOTHING


def _check_others(context: Context) -> None:
    """Numbers, times and texts in JSON, whatever they are for: of their form, and numbers within their bounds. Raises
    RefusedRequest.
    """
    for parameter in own_parameters(context):
        if parameter.type == "integer":
            context.steps.integer(context, parameter.name)
        elif parameter.value("time_format") is not None:
            context.steps.time(context, parameter.name)
        elif parameter.value("syntax") == JSON_TEXT:
            context.steps.json_text(context, parameter.name)
        context.steps.length(context, parameter)
        context.steps.listed(context, parameter)
        context.steps.there(context, parameter)


def length(context: Context, parameter: Parameter) -> None:
    """That a text is no longer than documented, where an error is documented for one that is. Raises RefusedRequest."""
    text, most = context.parameters.get(parameter.name), parameter.value("max_length")
    if text is None or most is None or len(text) <= int(most):
        return
    if error := error_of_length(context.contract, parameter):
        raise _documented(error, parameter)


def listed(context: Context, parameter: Parameter) -> None:
    """That a value is one of those that are listed, where an error is documented for one that is not. Raises
    RefusedRequest.
    """
    text, values = (context.parameters.get(parameter.name) or "").strip(), parameter.value("enum")
    if not text or not values or text.casefold() in {xml_text(value).casefold() for value in values}:
        return
    if error := error_of_value(context.contract, parameter):
        raise _documented(error, parameter)


def there(context: Context, parameter: Parameter) -> None:
    """That a thing is there which has to be named: the one of a documented sample. Raises RefusedRequest."""
    text = context.parameters.get(parameter.name)
    if text is None or text in parameter.examples:
        return
    if error := error_of_absence(context.contract, parameter):
        raise _documented(error, parameter)


def _documented(error: ErrorCode, parameter: Parameter) -> refusals.RefusedRequest:
    message = error.message or refusals.INVALID.format(name=parameter.name)
    return refusals.RefusedRequest(error.code, error.status, message, parameter.name)


def json_text(context: Context, name: str) -> str | ParameterMeaning:
    """A parameter that is a text in JSON, IGNORED, or NOTHING. Raises RefusedRequest."""
    text = written(context, name)
    return text if not isinstance(text, str) or json_value(text) is not None else malformed(context, name)
