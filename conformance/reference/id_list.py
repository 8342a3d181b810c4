"""The id list of a request: one text with several ids, or a repeated parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from conformance.contract.model import IdList
from conformance.reference.context import Query
from conformance.reference.listing import key_of
from conformance.reference.meaning import NOTHING, empty
from conformance.reference.store import Item

if TYPE_CHECKING:
    from conformance.reference.context import Context

IdText = str | tuple[str, ...]
"""An id list as it was sent: one text, or the values of a repeated parameter."""


def with_ids(context: Context, query: Query, ids: IdList) -> Query:
    """The query with the ids that are asked for. Raises RefusedRequest."""
    text = context.steps.id_text(context)
    if text is None:
        return query
    if text == "":
        return evolve(query, nothing=empty(context, ids.parameter) is NOTHING)
    found = context.steps.split_ids(context, text)
    if found is None:
        taken = context.take("malformed", ids.parameter)
        if taken == "rejected":
            context.steps.invalid(context, ids.parameter)
        return evolve(query, nothing=taken != "ignored")
    return evolve(query, ids=_in_stored_case(context, query, context.steps.limit_ids(context, found)))


def _in_stored_case(context: Context, query: Query, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids as items have them, where capital and small letters are not told apart."""
    if context.take("letter-case", _id_parameter(context)) != "ignored":
        return ids
    stored = {key_of(context, item).casefold(): key_of(context, item) for item in _stored(context, query)}
    return tuple(stored.get(id.casefold(), id) for id in ids)


def _stored(context: Context, query: Query) -> Sequence[Item]:
    return context.steps.stored(context, query.region)


def _id_parameter(context: Context) -> str:
    """The name of the id list; a contract without one has no requests with ids."""
    ids = context.contract.semantics.ids
    return ids.parameter if ids else ""


def id_text(context: Context) -> IdText | None:
    """What was sent for the id list, or None where it was not sent."""
    name = _id_parameter(context)
    if ".N" not in name:
        return context.steps.argument(context, name)
    values = tuple(v for n, v in context.parameters.items() if sent_as(name).fullmatch(n))
    return values or None


def split_ids(context: Context, text: IdText) -> tuple[str, ...] | None:
    """The ids of the list, in the syntax that is taken; None where it is not of that syntax."""
    if isinstance(text, tuple):
        return _without_blanks(context, text)
    syntax = context.take("id-syntax", _id_parameter(context))
    if syntax == "json-array" or (syntax == "both" and text.lstrip().startswith("[")):
        ids = _json_ids(text)
        return None if ids is None else _without_blanks(context, ids)
    return _without_blanks(context, tuple(part.strip() for part in text.split(",")))


def _without_blanks(context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids without blanks among them; none at all, or a refusal, as taken. Raises RefusedRequest."""
    named = tuple(id for id in ids if id.strip())
    if len(named) == len(ids):
        return ids
    name = _id_parameter(context)
    taken = context.take("blank-id", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return () if taken == "matches-nothing" else named


def _json_ids(text: str) -> tuple[str, ...] | None:
    try:
        ids = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return tuple(ids) if isinstance(ids, list) and all(isinstance(i, str) for i in ids) else None


def limit_ids(context: Context, ids: tuple[str, ...]) -> tuple[str, ...]:
    """At most as many ids as are allowed, or all, as taken. Raises RefusedRequest."""
    semantics = context.contract.semantics.ids
    if semantics is None or semantics.limit is None or len(ids) <= semantics.limit:
        return ids
    taken = context.take("too-many-ids", semantics.parameter)
    if taken == "rejected":
        context.steps.invalid(context, semantics.parameter)
    return ids[: semantics.limit] if taken == "truncated" else ids


def sent_as(name: str) -> re.Pattern[str]:
    """`Tag.N.Key` as documented matches `Tag.1.Key` as sent."""
    return re.compile(re.sub(r"\\\.N(?=\\\.|$)", r"\\.\\d+", re.escape(name)))
