"""Lists of values, tags, and least and greatest values of a request, and the items that they keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve

from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.reference.context import Query, Tag
from conformance.reference.id_list import sent_as
from conformance.reference.listing import value_at
from conformance.reference.meaning import NOTHING, json_value
from conformance.reference.refusals import RefusedRequest
from conformance.reference.store import Item

if TYPE_CHECKING:
    from conformance.reference.context import Context

_FALSE, _TRUE = "false", "true"


def with_narrowings(context: Context, query: Query) -> Query:
    """The query with the values, tags and bounds that are asked for. Raises RefusedRequest."""
    semantics, steps = context.contract.semantics, context.steps
    among = [(s, values) for s in semantics.selectors if (values := steps.selector_values(context, s)) is not None]
    tags = steps.tags(context, semantics.tags) if semantics.tags else ()
    if semantics.tags and semantics.tags.text_key:
        query = evolve(query, nothing=query.nothing or steps.json_text(context, semantics.tags.key) is NOTHING)
    bounds = []
    for b in semantics.bounds:
        parameter, text = context.contract.parameter(b.documented), steps.bound(context, b)
        meaning = steps.time(context, b.documented) if text and parameter and parameter.value("time_format") else text
        query = evolve(query, nothing=query.nothing or meaning is NOTHING)
        bounds += [(b, text)] if text and isinstance(meaning, str) else []
    return evolve(query, among=tuple(among), tags=tags, bounds=tuple(bounds))


def selector_values(context: Context, selector: Selector) -> tuple[str, ...] | None:
    """The values of a list, or None where none was sent. Raises RefusedRequest."""
    if selector.form == "repeated":
        return tuple(text for _, text in _numbered(context.parameters, selector.parameter)) or None
    text = context.steps.argument(context, selector.parameter)
    if not text:
        return None
    if selector.form == "comma":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        context.steps.invalid(context, selector.parameter)
    return tuple(values)


def _numbered(parameters: Mapping[str, str], name: str) -> Iterator[tuple[int, str]]:
    """The values of a repeated parameter by their numbers, in order."""
    found = ((int(re.findall(r"\d+", sent)[-1]), text) for sent, text in parameters.items() if _is(name, sent))
    return iter(sorted(found))


def _is(name: str, sent: str) -> bool:
    return bool(sent_as(name).fullmatch(sent))


def bound(context: Context, bound: Bound) -> str | None:
    """The value of a bound, or None where it was not sent. Raises RefusedRequest."""
    if not bound.word:
        return context.steps.argument(context, bound.parameter)
    key = sent_as(re.sub(r"\.\d+\.", ".N.", bound.key)) if bound.any_number else re.compile(re.escape(bound.key))
    for name, word in context.parameters.items():
        if key.fullmatch(name) and word == bound.word:
            return context.parameters.get(f"{name.removesuffix('Key')}Value")
    return None


def tags(context: Context, tags: TagFilter) -> tuple[Tag, ...]:
    """The tags that are asked for, each a key with its value. Raises RefusedRequest."""
    if tags.text_key:
        asked = _tags_in_text(context, tags)
    else:
        keys, values = (dict(_numbered(context.parameters, name)) for name in (tags.key, tags.value))
        asked = tuple((key, values.get(number)) for number, key in keys.items() if key)
    if len(asked) > 1 and context.take("several-tags", tags.key) == "rejected":
        context.steps.invalid(context, tags.key)
    if any(not value for _, value in asked) and context.take("tag-without-value", tags.key) == "rejected":
        context.steps.invalid(context, tags.value)
    return asked


def _tags_in_text(context: Context, tags: TagFilter) -> tuple[Tag, ...]:
    """The tags that one text in JSON has; none where it is no such text."""
    held = json_value(context.steps.argument(context, tags.key) or "")
    given = [t for t in held if isinstance(t, dict)] if isinstance(held, list) else []
    return tuple((str(t[tags.text_key]), t.get(tags.text_value)) for t in given if t.get(tags.text_key))


def narrowed(context: Context, query: Query, item: Item) -> bool:
    """Whether lists of values, tags and bounds keep an item."""
    steps, prefix = context.steps, context.contract.semantics.items
    return (
        all(steps.selected(context, s, values, value_at(item, s.field, prefix)) for s, values in query.among)
        and steps.tagged(context, query.tags, item)
        and all(steps.bounded_by(context, b, text, value_at(item, b.field, prefix)) for b, text in query.bounds)
    )


def selected(context: Context, selector: Selector, values: tuple[str, ...], found: Any) -> bool:
    """Whether the value of an item is one of those of a list."""
    return found is not None and _text(found) in values


def tagged(context: Context, asked: tuple[Tag, ...], item: Item) -> bool:
    """Whether an item has the tags that are asked for."""
    semantics = context.contract.semantics.tags
    if not asked or semantics is None:
        return True
    own = tags_of(semantics, item)
    without = context.take("tag-without-value", semantics.key)
    has = [
        (key, value) in own or (not value and without != "matches-nothing" and any(key == k for k, _ in own))
        for key, value in asked
    ]
    return any(has) if context.take("several-tags", semantics.key) == "any-of-them" else all(has)


def tags_of(tags: TagFilter, item: Item) -> list[Tag]:
    """The tags of an item."""
    held: Any = item
    for name in tags.field.split("."):
        held = held.get(name) if isinstance(held, Mapping) else None
    listed: Iterable[Any] = held if isinstance(held, list) else ()
    return [(str(t.get(tags.key_member)), t.get(tags.value_member)) for t in listed if isinstance(t, Mapping)]


def bounded_by(context: Context, bound: Bound, text: str, found: Any) -> bool:
    """Whether the value of an item is not beyond a bound, which is within."""
    one, other = _comparable(found), _comparable(text)
    if one is None or other is None or type(one) is not type(other):
        return False
    return one >= other if bound.side == "least" else one <= other  # type: ignore[operator]


def _comparable(value: Any) -> float | str | None:
    """A number, or a time to the second as text."""
    if value is None:
        return None
    text = _text(value)
    try:
        return float(text)
    except (ValueError, RecursionError):
        return f"{text[:-1]}:00Z" if re.fullmatch(r"[\d-]+T\d\d:\d\dZ", text) else text


def _text(value: Any) -> str:
    return (_TRUE if value else _FALSE) if isinstance(value, bool) else str(value)


def dry_run(context: Context) -> None:
    """A request that is only to be tried, and is right. Raises RefusedRequest where an answer to it is documented."""
    parameter = next((p for p in context.contract.parameters if p.value("dry_run_code")), None)
    if parameter is None or (context.steps.argument(context, parameter.name) or "").lower() != _TRUE:
        return
    code = str(parameter.value("dry_run_code"))
    status = next((e.status for e in context.contract.errors if e.code == code), 400)
    raise RefusedRequest(code, status, "The request would have succeeded, and was only tried.", parameter.name)
