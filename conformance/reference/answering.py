"""The answers of a mocked service: members from things, ids and the request; the rest is like the documented values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from conformance.contract.model import Field
from conformance.reference.context import Context
from conformance.reference.likeness import value_like
from conformance.reference.members import folded, is_one
from conformance.reference.mock import Mock
from conformance.reference.performing import Effect
from conformance.reference.rendering import Tree
from conformance.reference.resources import Thing

_REQUEST_ID = ("requestid",)
_GOOD = {"code": "200", "success": True, "httpstatuscode": 200, "message": "success"}


@frozen
class _Answer:
    """What an answer is made of. `whole` where the response is the thing itself."""

    mock: Mock
    context: Context
    effect: Effect
    whole: bool

    @property
    def thing(self) -> Thing | None:
        return self.effect.things[0] if self.effect.things else None


def answer(mock: Mock, context: Context, effect: Effect, whole: bool) -> Tree:
    """The members of a success. With `whole` the members at the root are those of the one thing that was asked for."""
    found = _Answer(mock, context, effect, whole)
    tree: Tree = {}
    for field in context.contract.response:
        value = _value(found, field, (field.name,))
        if value is not None:
            tree[field.name] = context.steps.converter(context, field, field.name)(value)
    return tree


def _value(answer: _Answer, field: Field, path: tuple[str, ...]) -> Any:
    name = ".".join(path)
    if len(path) == 1 and folded(field.name) in _REQUEST_ID:
        return answer.context.steps.request_id(answer.context)
    if name in answer.effect.made:
        ids = answer.effect.made[name]
        return ids if field.type == "array" else next(iter(ids), None)
    if answer.whole and answer.thing is not None:
        # the whole response is one thing
        return answer.mock.view(answer.thing, field) if len(path) == 1 else None
    if field.type == "array" and field.members:
        return _elements(answer, field, path)
    if field.type == "array":
        return value_like(field)
    if field.members:
        inner = {m.name: _value(answer, m, (*path, m.name)) for m in field.members}
        return {n: v for n, v in inner.items() if v is not None}
    return _plain(answer, field, len(path) == 1)


def _elements(answer: _Answer, field: Field, path: tuple[str, ...]) -> list[Any]:
    """A list in an answer: one element for each thing that the request was about, where elements name things."""
    about = [t for t in answer.effect.things if _names(answer.mock, t, field.members)]
    if about:
        return [{m.name: _of(answer, thing, m) for m in field.members} for thing in about]
    inner = ((m, (*path, m.name)) for m in field.members)
    return [{m.name: v for m, p in inner if (v := _value(answer, m, p)) is not None}]


def _names(mock: Mock, thing: Thing, members: Sequence[Field]) -> bool:
    ids = mock.noun(thing.resource).ids
    return any(m.name in ids for m in members)


def _of(answer: _Answer, thing: Thing, field: Field) -> Any:
    good = _GOOD.get(folded(field.name))
    return answer.mock.view(thing, field) if good is None else good


def _plain(answer: _Answer, field: Field, at_root: bool) -> Any:
    """A value: of the thing, of the request, a success, or like the documented one."""
    if at_root and folded(field.name) in _GOOD:
        return _GOOD[folded(field.name)]
    thing, sent = answer.thing, answer.context.parameters
    if thing is not None and isinstance(thing.values.get(field.name), str):
        return thing.values[field.name]
    if field.name in sent and is_one(sent[field.name], field):
        return sent[field.name]
    return value_like(field)


def listed(mock: Mock, thing: Thing, fields: Sequence[Field]) -> Mapping[str, Any]:
    """A thing as an item of a list."""
    values = {f.name: mock.view(thing, f) for f in fields}
    return {name: value for name, value in values.items() if value is not None}
