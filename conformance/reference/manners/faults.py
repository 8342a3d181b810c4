"""What a mocked service can do wrong over several requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from conformance.contract.service import ServiceOperation
from conformance.reference.context import Context, Query
from conformance.reference.faults.middleware import count
from conformance.reference.manners.effects import (
    Effects,
    Inner,
    after,
    begun,
    everything,
    instead,
    is_ours,
    listing,
    plainly,
)
from conformance.reference.manners.manner import Manner
from conformance.reference.members import folded
from conformance.reference.message import Response
from conformance.reference.mock import Mock
from conformance.reference.refusals import RefusedRequest
from conformance.reference.resources import Change, Thing
from conformance.reference.steps import STEP, Replacement, replacing
from conformance.reference.store import Item

CREATING = ("create", "asynchronous")
TOKEN = "ClientToken"
NAMES = ("name", "description")


def _texts(mock: Mock, thing: Thing) -> list[str]:
    """The members of a thing that say what it is called or for."""
    names = (n for n in thing.values if folded(n).endswith(NAMES) and isinstance(thing.values[n], str))
    return [n for n in names if n not in mock.noun(thing.resource).ids]


def _lose(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.made:
        mock.resources.remove(thing)


def _forget_what_was_asked(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.made:
        thing.values |= dict.fromkeys(_texts(mock, thing), "default")


def _rename_the_others(mock: Mock, effects: Effects, context: Context) -> None:
    for new in effects.made:
        for other in effects.others(mock):
            other.values |= {n: new.values[n] for n in _texts(mock, new) if n in other.values}


def _copy_elsewhere(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.made:
        for region in mock.regions[:3]:
            if region != thing.region:
                mock.resources.add(evolve(thing, region=region, values=dict(thing.values)))


def _undo_changes(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in everything(mock):
        known = effects.before.get((thing.resource, thing.region, thing.id))
        if known is not None:
            thing.values = dict(known)


def _change_the_others(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in everything(mock):
        known = effects.before.get((thing.resource, thing.region, thing.id))
        changed = {n: v for n, v in thing.values.items() if known is not None and known.get(n) != v}
        if changed and thing.resource == effects.resource:
            for other in effects.others(mock):
                other.values |= changed


def _change_one_of_somebody(mock: Mock, effects: Effects, context: Context) -> None:
    """What is changed is so in a thing that was there before any request, too."""
    for thing in everything(mock):
        known = effects.before.get((thing.resource, thing.region, thing.id))
        changed = {n: v for n, v in thing.values.items() if known is not None and known.get(n) != v}
        if changed and thing.resource == effects.resource:
            there = (t for t in everything(mock) if t.resource == thing.resource and t.region == thing.region)
            first = next((t for t in there if not is_ours(mock, t)), None)
            if first is not None:
                first.values |= changed


def _make_twice(mock: Mock, effects: Effects, context: Context) -> None:
    """Beside what was asked for, another thing like it, of which the answer says nothing."""
    for thing in effects.made:
        noun = mock.noun(thing.resource)
        again = mock.new_id(noun, noun.ids[0])
        mock.resources.add(evolve(thing, id=again, values={**thing.values, noun.ids[0]: again}))


def _keep(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.removed:
        mock.resources.add(thing)


def _take_another(mock: Mock, effects: Effects, context: Context) -> None:
    for other in effects.others(mock)[-1:] if effects.removed else ():
        mock.resources.remove(other)


def _take_all(mock: Mock, effects: Effects, context: Context) -> None:
    for other in effects.others(mock) if effects.removed else ():
        mock.resources.remove(other)


def _same_id(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """Ids are counted from the same number each time, after those of what there is at the start."""
    for relation in operation.produces:
        mock.noun(relation.resource)
    context.memory.setdefault("ids", mock.given)
    mock.given = context.memory["ids"]
    return inner(context)


def _forget_tokens(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    mock.replies.clear()
    return inner(context)


def _token_of_each(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """A token counts for the very same request alone."""
    try:
        return inner(context)
    except RefusedRequest as refusal:
        if refusal.about != TOKEN:
            raise
        _forget(mock, operation, context)
        return inner(context)


def _forget(mock: Mock, operation: ServiceOperation, context: Context) -> None:
    mock.replies.pop((operation.name, context.query.region, context.parameters[TOKEN]), None)


def _in_earnest(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """A dry run does what it should only try, and answers as it should."""
    tried = context.parameters.get("DryRun")
    if (tried or "").lower() != "true":
        return inner(context)
    context.parameters["DryRun"] = "false"
    response = inner(context)
    context.parameters["DryRun"] = tried or ""
    return response


def _success_of_nothing(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    try:
        return inner(context)
    except RefusedRequest:
        return plainly(operation, context)


def _break_of_nothing(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    try:
        return inner(context)
    except RefusedRequest as refusal:
        return context.steps.fail(context, evolve(refusal, code="InternalError", status=500))


def _other_code(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    try:
        return inner(context)
    except RefusedRequest as refusal:
        return context.steps.fail(context, evolve(refusal, code="OperationFailed", status=400))


def _not_yet(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """What requests made is not brought: it is looked up among what was there at the start."""
    ours = [t for t in everything(mock) if is_ours(mock, t) and t.resource == operation.resource]
    for thing in ours:
        mock.resources.remove(thing)
    try:
        return inner(context)
    finally:
        for thing in ours:
            mock.resources.add(thing)


def _remembered(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    """What was deleted is kept for whoever gets it."""
    graves: list[Thing] = mock.graves

    def raised(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
        for thing in graves:
            mock.resources.add(thing)
        try:
            return inner(context)
        finally:
            for thing in graves:
                mock.resources.remove(thing)

    return (*after(("delete",), _buried)(mock, operation), *instead(("get",), raised)(mock, operation))


def _buried(mock: Mock, effects: Effects, context: Context) -> None:
    mock.graves.extend(effects.removed)


def _found_by_id(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    """An index that keeps what was deleted: who asks for it by its id or name still finds it."""

    def select(inner: Callable[[Context, Query], list[Item]], context: Context, query: Query) -> list[Item]:
        if not query.is_selective and query.ids is None:
            return inner(context, query)
        with mock.resources.lock:
            for thing in mock.graves:
                mock.resources.add(thing)
            try:
                return inner(context, query)
            finally:
                for thing in mock.graves:
                    mock.resources.remove(thing)

    listed = replacing(STEP.select).by(select) if operation.kind == "list" else ()
    return (*after(("delete",), _buried)(mock, operation), *listed)


def _by_old_names(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    """An index that knows what things were called before they were changed, and not what they are called now."""

    def keep(mock: Mock, effects: Effects, context: Context) -> None:
        for thing in everything(mock):
            known = effects.before.get((thing.resource, thing.region, thing.id))
            if known is not None and dict(known) != thing.values and thing.id not in {t.id for t in mock.graves}:
                mock.graves.append(evolve(thing, values=dict(known)))

    def select(inner: Callable[[Context, Query], list[Item]], context: Context, query: Query) -> list[Item]:
        if not query.is_selective:
            return inner(context, query)
        with mock.resources.lock:
            now = [t for t in everything(mock) if t.id in {old.id for old in mock.graves}]
            for old in mock.graves:
                if old.id in {t.id for t in now}:
                    mock.resources.add(old)
            try:
                return inner(context, query)
            finally:
                for thing in now:
                    mock.resources.add(thing)

    listed = replacing(STEP.select).by(select) if operation.kind == "list" else ()
    return (*after(("modify",), keep)(mock, operation), *listed)


def _lose_tasks(mock: Mock, effects: Effects, context: Context) -> None:
    """Nobody knows of the task that was begun."""
    for task, _ in begun(mock):
        mock.resources.remove(task)


def _one_task(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """Whatever is begun is the task that was begun first: the answer has its id."""
    if any(r.resource == operation.resource for r in operation.produces):
        return inner(context)
    response: Response = context.memory.setdefault("first", inner(context))
    return response


def _fail_afterwards(mock: Mock, effects: Effects, context: Context) -> None:
    """A task that is done turns out to have failed."""
    for task, state in begun(mock):
        over = task.changes[-1].at
        task.changes += [Change(over + mock.seconds / 8, {state: "Failed"})]


def _without_new(
    mock: Mock, operation: ServiceOperation, context: Context, query: Query, items: list[Item]
) -> list[Item]:
    """An index of names that only knows what was there at the start."""
    old = set(mock.at_the_start)
    narrowed = query.is_selective or query.ids is not None
    return [i for i in items if not old.isdisjoint(map(str, i.values()))] if narrowed else items


def _unfiltered(
    mock: Mock, operation: ServiceOperation, context: Context, query: Query, items: list[Item]
) -> list[Item]:
    """Conditions are read, and keep everything that is stored."""
    return list(context.steps.stored(context, query.region)) if query.is_selective else items


def _hidden_after_a_change(mock: Mock, effects: Effects, context: Context) -> None:
    """What was changed is there no longer."""
    for thing in everything(mock):
        known = effects.before.get((thing.resource, thing.region, thing.id))
        if known is not None and dict(known) != thing.values and thing.resource == effects.resource:
            mock.resources.remove(thing)


def _back_and_forth(mock: Mock, effects: Effects, context: Context) -> None:
    """A task comes further, falls back, and is done."""
    for thing in everything(mock):
        noun = mock.noun(thing.resource)
        if folded(thing.resource) == "task" and thing.changes and noun.state and is_ours(mock, thing):
            begun, now = thing.values.get(noun.state.name), mock.clock()
            shares = [n for n in noun.fields if folded(n) in ("taskprocess", "progress")]
            done = next((c.values.get(noun.state.name) for c in thing.changes), begun)
            step = mock.seconds / 4
            thing.changes += [
                Change(now + step, {noun.state.name: done, **dict.fromkeys(shares, "80%")}),
                Change(now + 2 * step, {noun.state.name: begun, **dict.fromkeys(shares, "40%")}),
            ]


def _wrong_state(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """Gets another thing of the kind than the one that was asked for."""
    count(context, "asked")
    others: list[Any] = [t for t in everything(mock) if t.resource == operation.resource and not is_ours(mock, t)]
    for name, value in list(context.parameters.items()):
        if others and mock.find(operation.resource or "", value, "") is not None:
            context.parameters[name] = others[0].id
    return inner(context)


FAULTS: tuple[Manner, ...] = (
    Manner("creations-get-lost", "gives an id for what it then forgets", after(CREATING, _lose), ("created-listed",)),
    Manner(
        "creations-forget-names", "keeps nothing of what it is told about a new thing",
        after(CREATING, _forget_what_was_asked), ("created-as-asked",),
    ),
    Manner(
        "creations-rename-others", "gives every other thing the name of a new one",
        after(CREATING, _rename_the_others), ("unchanged-by-others",),
    ),
    Manner(
        "creations-leak-into-regions", "lists a new thing in every region",
        after(CREATING, _copy_elsewhere), ("regions-apart",),
    ),
    Manner("ids-come-again", "gives every new thing the id of the first", instead(CREATING, _same_id), ("ids-differ",)),
    Manner(
        "tokens-are-forgotten", "makes a second thing for a ClientToken that it has seen",
        instead(CREATING, _forget_tokens), ("token-once", "token-other"),
    ),
    Manner(
        "tokens-count-for-one-request", "makes a second thing for another request with a ClientToken that it has seen",
        instead(CREATING, _token_of_each), ("token-other",),
    ),
    Manner("dry-runs-in-earnest", "does what it is to try", instead(CREATING, _in_earnest), ("dry-run",)),
    Manner("changes-in-vain", "says that a change is made, and makes none", after(("modify",), _undo_changes),
           ("changed-as-asked",)),
    Manner("changes-spread", "changes every other thing, too", after(("modify",), _change_the_others),
           ("unchanged-by-others",)),
    Manner("changes-reach-others", "changes what was there before, too", after(("modify",), _change_one_of_somebody),
           ("unchanged-by-others",)),
    Manner("creations-come-twice", "makes two things of one request", after(CREATING, _make_twice),
           ("created-listed",)),
    Manner("changes-hide", "no longer lists what was changed", after(("modify",), _hidden_after_a_change), ("stays",)),
    Manner("deletions-in-vain", "says that a thing is deleted, and keeps it", after(("delete",), _keep), ("gone",)),
    Manner("deletions-take-another", "deletes another thing, too", after(("delete",), _take_another), ("stays",)),
    Manner("deletions-take-all", "deletes everything that was made", after(("delete",), _take_all), ("stays",)),
    Manner("second-deletions-succeed", "deletes what is not there, whatever is documented",
           instead(("delete",), _success_of_nothing), ("second-deletion",)),
    Manner("second-deletions-break", "has an internal error for what is not there",
           instead(("delete",), _break_of_nothing), ("second-deletion",)),
    Manner("second-deletions-otherwise", "gives what is not there an error that is nowhere documented",
           instead(("delete",), _other_code), ("second-deletion",)),
    Manner("deleted-is-remembered", "brings what was deleted", _remembered, ("not-got-when-gone",)),
    Manner("new-is-not-got", "does not bring what is listed", instead(("get",), _not_yet),
           ("created-got", "task-found")),
    Manner("another-is-got", "brings another thing than is asked for", instead(("get",), _wrong_state),
           ("created-got", "task-found")),
    Manner("index-is-stale", "finds nothing new by filters and ids", listing(_without_new), ("narrowed",)),
    Manner("conditions-are-dropped", "lists everything, whatever is asked for", listing(_unfiltered), ("narrowed",)),
    Manner("progress-falls", "a task comes further and falls back", after(("asynchronous", "action"), _back_and_forth),
           ("progress-never-falls",)),
    Manner("deleted-is-found-by-id", "finds by id or name what was deleted, and lists it no more", _found_by_id,
           ("gone",)),
    Manner("changed-is-found-by-old-names", "finds what was changed by its old name, and not by the new one",
           _by_old_names, ("narrowed",)),
    Manner("gone-is-got-empty", "brings a result with nothing in it for what is not there",
           instead(("get",), _success_of_nothing), ("not-got-when-gone",)),
    Manner("tasks-are-unknown", "gives the id of a task that nobody knows", after(("asynchronous",), _lose_tasks),
           ("task-found",)),
    Manner("tasks-share-an-id", "gives every task the id of the first", instead(("asynchronous",), _one_task),
           ("task-own",)),
    Manner("tasks-fail-afterwards", "says of a task that is done that it has failed",
           after(("asynchronous",), _fail_afterwards), ("task-ends",)),
)  # fmt: skip
