"""What the operations of a mocked service do: get, create, modify, delete and act on things, at once or in time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from attrs import define, field

from conformance.contract.model import ErrorCode, Field
from conformance.contract.service import Relation, ServiceOperation
from conformance.reference.context import Context
from conformance.reference.members import folded, parameter_values, sent, values_of
from conformance.reference.mock import ENDS, Mock
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import capitals
from conformance.reference.resources import Change, Thing
from conformance.reference.seeding import stamp
from conformance.reference.states import BEING_MADE, DONE, UNDER_WAY, first_of, state_after, verb_of

_AMOUNTS = ("Amount", "Quantity", "Count", "AmountOfInstances")
_MOST = 100
# verbs that undo what the other ids of the request name
_UNDOING = ("Detach", "Unassociate", "Leave", "Unassign")


@define
class Effect:
    """What a request came to: the things that it was about, and the ids that it brought, by path of the response."""

    things: list[Thing] = field(factory=list)
    made: dict[str, list[str]] = field(factory=dict)


def perform(mock: Mock, operation: ServiceOperation, context: Context) -> Effect:
    """Do what a request asks for. Raises RefusedRequest."""
    named = targets(mock, operation, context)
    given = sent(context.contract, context.parameters)
    effect = Effect([thing for things in named.values() for thing in things])
    if operation.kind in ("modify", "action", "asynchronous"):
        _change(mock, operation, context, effect.things, given, named)
    if operation.kind in ("create", "asynchronous", "action"):
        _make(mock, operation, context, effect, given)
    if operation.kind == "delete":
        for thing in effect.things:
            mock.resources.remove(thing)
    return effect


def region_of(context: Context) -> str:
    """The region that a request is about: the one that it names; without one, any."""
    name = context.contract.semantics.region
    return context.query.region if name and context.parameters.get(name) else ""


# -------------------------------------------------------------------------------------------------------- targets


def targets(mock: Mock, operation: ServiceOperation, context: Context) -> dict[str, list[Thing]]:
    """The things that a request names, by the parameter that names them. Raises RefusedRequest for what is not there.

    What an operation is about has to be there. What else it names has to be where the documentation says how an
    answer looks otherwise: a mock is also asked with ids of services that it does not mock.
    """
    own = _own(operation, context)
    found: dict[str, list[Thing]] = {}
    for relation in operation.consumes:
        parameter = context.contract.parameter(relation.at)
        if parameter is None:
            continue
        ids = parameter_values(parameter, context.parameters)
        error = not_found(context, relation)
        if relation is not own and (error is None or not mock.is_made(relation.resource)):
            continue
        things = [mock.find(relation.resource, id, region_of(context)) for id in ids]
        if any(thing is None for thing in things):
            _refuse_unknown(error, relation, context)
        if relation is own:
            found[relation.at] = [thing for thing in things if thing is not None]
    return found


def _own(operation: ServiceOperation, context: Context) -> Relation | None:
    """The relation by which an operation names what it is about; a new thing is not there yet."""
    if operation.kind == "create":
        return None
    own = [r for r in operation.consumes if r.resource == operation.resource and "." not in r.at.removesuffix(".N")]
    if not own:
        required = {p.name for p in context.contract.parameters if p.required}
        own = [r for r in operation.consumes if r.at in required]
    named = [r for r in own if _is_sent(r, context)]
    return next(iter(named or own), None)


def _is_sent(relation: Relation, context: Context) -> bool:
    parameter = context.contract.parameter(relation.at)
    return parameter is not None and bool(parameter_values(parameter, context.parameters))


def not_found(context: Context, relation: Relation) -> ErrorCode | None:
    """The documented error for an id that nothing has: about the parameter, or named after the resource."""
    missing = [e for e in context.contract.errors if any(w in e.code for w in ("NotFound", "NotExist", "NoSuch"))]
    about = [e for e in missing if e.parameter == relation.at]
    named = [e for e in missing if folded(relation.resource) in folded(e.code.replace(".", ""))]
    return next(iter((*about, *named)), None)


def _refuse_unknown(error: ErrorCode | None, relation: Relation, context: Context) -> NoReturn:
    if error is None:
        code = f"Invalid{relation.resource}Id.NotFound"
        raise RefusedRequest(code, 404, f"The specified {relation.at} does not exist.", relation.at)
    raise _as_documented(error, f"The specified {relation.at} does not exist.", relation.at)


def _as_documented(error: ErrorCode, otherwise: str, about: str) -> RefusedRequest:
    return RefusedRequest(error.code, error.status, error.message or otherwise, about)


# -------------------------------------------------------------------------------------------------------- changes


def _change(
    mock: Mock,
    operation: ServiceOperation,
    context: Context,
    things: Sequence[Thing],
    given: Mapping[str, Any],
    targets: Mapping[str, Sequence[Thing]],
) -> None:
    """Give things the values that a request has for them, and the state that the verb brings about."""
    verb, named = verb_of(operation.name), {name.split(".")[0] for name in targets}
    rest = {name: value for name, value in given.items() if name not in named}
    for thing in things:
        noun = mock.noun(thing.resource)
        own = thing.resource == operation.resource
        if verb == "Cancel" and own:
            _cancel(mock, context, thing)
            continue
        values = values_of(rest, tuple(noun.fields.values()), thing.resource)
        if operation.name.startswith(_UNDOING):
            values = dict.fromkeys((n for n, v in values.items() if isinstance(v, str)), "")
        state = state_after(verb, noun.states) if own and operation.name.startswith(verb) else None
        thing.values |= {**values, **({noun.state.name: state} if noun.state and state else {})}


def _cancel(mock: Mock, context: Context, thing: Thing) -> None:
    """End what is under way. Raises RefusedRequest for what has come to its end."""
    noun = mock.noun(thing.resource)
    if noun.state is None:
        return
    now = str(thing.values.get(noun.state.name) or "")
    if first_of(DONE, [now]) or folded(str(thing.values.get("SupportCancel"))) == "false":
        error = next((e for e in context.contract.errors if "Status" in e.code), None)
        said = "The current status does not support this operation."
        if error is not None:
            raise _as_documented(error, said, noun.state.name)
        raise RefusedRequest(f"Incorrect{thing.resource}Status", 403, said, noun.state.name)
    over = state_after("Cancel", noun.states) or "Failed"
    thing.values |= {noun.state.name: over, **_ended(mock, thing, mock.clock())}
    thing.changes.clear()
    # what it was to make does not come to be
    for made in thing.values.pop(_MADE, ()):
        mock.resources.remove(made)


_MADE = "(made)"


def _ended(mock: Mock, thing: Thing, at: float) -> dict[str, Any]:
    noun = mock.noun(thing.resource)
    ends = [n for n in noun.fields if folded(n) in ENDS]
    cancel = [n for n in noun.fields if folded(n) == "supportcancel"]
    return {**dict.fromkeys(ends, _stamped(at)), **dict.fromkeys(cancel, "false")}


def _stamped(at: float) -> str:
    return stamp(datetime.fromtimestamp(int(at), UTC))


# --------------------------------------------------------------------------------------------------------- making


def _make(mock: Mock, operation: ServiceOperation, context: Context, effect: Effect, given: Mapping[str, Any]) -> None:
    """Bring about the things whose ids the answer gives, and the task that brings them about later."""
    new: list[Thing] = []
    task: Thing | None = None
    region = _region_of_new(mock, operation, context)
    for relation in operation.produces:
        amount = _amount(context) if relation.many and relation.resource == operation.resource else 1
        if folded(relation.resource) == "task" and operation.kind == "asynchronous":
            task = _begun(mock, operation, region, effect.things)
            effect.made[relation.at] = [task.id]
            continue
        made = [_new(mock, context, relation, region, given) for _ in range(amount)]
        effect.made[relation.at] = [id for _, id in made]
        new += [thing for thing, _ in made]
    own = operation.resource
    if operation.kind == "create" and own and not any(r.resource == own for r in operation.produces):
        noun = mock.noun(own)
        if noun.fields:
            id = next((given[n] for n in noun.ids if isinstance(given.get(n), str)), None)
            new.append(mock.made(own, region, _values(mock, own, given), id))
    for thing in new:
        _come_to_be(mock, operation, thing, task)
    effect.things += new
    if task is not None:
        task.values[_MADE] = tuple(new)


def _region_of_new(mock: Mock, operation: ServiceOperation, context: Context) -> str:
    """The region in which something is made: the one that is named, else that of what it is made of, else the first."""
    named = region_of(context)
    for relation in operation.consumes if not named else ():
        parameter = context.contract.parameter(relation.at)
        for id in parameter_values(parameter, context.parameters) if parameter else ():
            if (thing := mock.find(relation.resource, id, "")) is not None:
                return thing.region
    return named or context.query.region or (mock.regions[0] if mock.regions else "")


def _new(mock: Mock, context: Context, relation: Relation, region: str, given: Mapping[str, Any]) -> tuple[Thing, str]:
    """A new thing and the id that the answer gives. What goes by a name that the request chose has an id beside it.

    Raises RefusedRequest for a name that is taken, where an error for that is documented.
    """
    noun, values = mock.noun(relation.resource), _values(mock, relation.resource, given)
    name = given.get(noun.ids[0]) if noun.ids else None
    member = relation.at.rsplit(".", 1)[-1]
    if not isinstance(name, str) or folded(member) == folded(noun.ids[0]):
        thing = mock.made(relation.resource, region, values)
        return thing, thing.id
    if mock.find(relation.resource, name, region) is not None:
        error = next((e for e in context.contract.errors if re.search("AlreadyExist|Duplicate|Existed", e.code)), None)
        if error is not None:
            raise _as_documented(error, f"The specified {noun.ids[0]} already exists.", noun.ids[0])
    id = mock.new_id(noun, member)
    return mock.made(relation.resource, region, {**values, member: id}, name), id


def _values(mock: Mock, resource: str, given: Mapping[str, Any]) -> dict[str, Any]:
    noun = mock.noun(resource)
    fields = tuple(f for f in noun.fields.values() if f.name not in noun.ids[:1])
    return values_of(given, fields, resource)


def _amount(context: Context) -> int:
    """How many things are asked for."""
    text = next((context.parameters[n] for n in _AMOUNTS if n in context.parameters), "1")
    return max(1, min(_MOST, int(text))) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _come_to_be(mock: Mock, operation: ServiceOperation, thing: Thing, task: Thing | None) -> None:
    """A new thing has its state at once, or when the task that makes it is done."""
    noun = mock.noun(thing.resource)
    if noun.state is None or noun.state.name in thing.values:
        return
    done = state_after(verb_of(operation.name), noun.states) or state_after("Create", noun.states)
    under_way = first_of(BEING_MADE, noun.states)
    if done is None:
        return
    if task is None or under_way is None:
        thing.values[noun.state.name] = done
        return
    thing.values[noun.state.name] = under_way
    thing.changes.append(Change(mock.clock() + mock.seconds, {noun.state.name: done}))


def _spelt_like(name: str, field: Field) -> str:
    """The name of an operation as the samples of a member spell it, in which the other things of a mock have it."""
    return capitals(name) if field.examples and field.examples[0].isupper() else name


def _begun(mock: Mock, operation: ServiceOperation, region: str, about: Sequence[Thing]) -> Thing:
    """The task of an operation: under way, and done when its time is over."""
    resource = next(r.resource for r in operation.produces if folded(r.resource) == "task")
    noun, now = mock.noun(resource), mock.clock()
    of_action = (f for n, f in noun.fields.items() if folded(n) in ("taskaction", "tasktype"))
    values: dict[str, Any] = {f.name: _spelt_like(operation.name, f) for f in of_action}
    values |= dict.fromkeys((n for n in noun.fields if folded(n) == "supportcancel"), "true")
    values |= {n: t.id for t in about[:1] for n in noun.fields if folded(n) == "resourceid"}
    task = mock.made(resource, region, values)
    ended = _ended(mock, task, now + mock.seconds)
    task.values |= {n: None for n in ended if folded(n) != "supportcancel"}
    if noun.state is not None:
        task.values[noun.state.name] = first_of(UNDER_WAY, noun.states) or "Processing"
        done = first_of(DONE, noun.states) or "Finished"
        progress = {n: "100%" for n in noun.fields if folded(n) in ("taskprocess", "progress")}
        task.values |= dict.fromkeys(progress, "0%")
        task.changes.append(Change(now + mock.seconds, {noun.state.name: done, **ended, **progress}))
    return task
