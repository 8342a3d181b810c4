"""Ways in which a mocked service can answer otherwise over several requests, and be right."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.service import ServiceOperation
from conformance.reference.context import Context, Query
from conformance.reference.listing import ListingPage
from conformance.reference.manners.effects import Effects, Inner, after, begun, everything, instead, listing, plainly
from conformance.reference.manners.faults import CREATING, NAMES, TOKEN
from conformance.reference.manners.manner import Manner
from conformance.reference.members import folded
from conformance.reference.message import Response
from conformance.reference.mock import Mock
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.resources import Change
from conformance.reference.states import first_of
from conformance.reference.steps import STEP, MembersStep, Replacement, replacing
from conformance.reference.store import Item

# how long, in seconds, what is done later takes
A_MOMENT, AN_HOUR = 0.12, 3600.0
NOT_THERE = ("NotFound", "NotExist", "NoSuch")
_BORN = "(born)"
CROWD = 60


def _born_now(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.made:
        thing.values[_BORN] = mock.clock()


def _grown(mock: Mock, operation: ServiceOperation, context: Context, query: Query, items: list[Item]) -> list[Item]:
    young = {t.id for t in everything(mock) if mock.clock() - t.values.get(_BORN, 0.0) < A_MOMENT}
    return [i for i in items if young.isdisjoint(map(str, i.values()))]


def _later_listed(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    return (*after(CREATING, _born_now)(mock, operation), *listing(_grown)(mock, operation))


def _later_changed(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in everything(mock):
        known = effects.before.get((thing.resource, thing.region, thing.id))
        if known is not None and dict(known) != thing.values:
            thing.changes.append(Change(mock.clock() + A_MOMENT, dict(thing.values)))
            thing.values = dict(known)


def _later_gone(mock: Mock, effects: Effects, context: Context) -> None:
    for thing in effects.removed:
        thing.changes.append(Change(mock.clock() + A_MOMENT, gone=True))
        mock.resources.add(thing)


def _on_its_way_out(mock: Mock, effects: Effects, context: Context) -> None:
    """What was deleted stays to be seen in a state that says so, where one is documented; else it is gone at once."""
    for thing in effects.removed:
        noun = mock.noun(thing.resource)
        state = first_of(("deleting", "deleted", "releasing", "released", "terminated"), noun.states)
        if noun.state is not None and state is not None:
            thing.values[noun.state.name] = state
            thing.changes.append(Change(mock.clock() + 60, gone=True))
            mock.resources.add(thing)


def _documents_nothing(context: Context) -> bool:
    return not any(word in e.code for e in context.contract.errors for word in NOT_THERE)


def _idempotent(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """What is not there is deleted already, where the documentation says nothing else."""
    try:
        return inner(context)
    except RefusedRequest:
        if _documents_nothing(context):
            return plainly(operation, context)
        raise


def _other_code(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """An error of its own for what is not there, where none is documented."""
    try:
        return inner(context)
    except RefusedRequest as refusal:
        if _documents_nothing(context):
            raise evolve(refusal, code="ResourceIsNotThere", status=400) from None
        raise


def _another_code(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """The same token again is refused while the first request counts: no second thing comes of it."""
    token = context.parameters.get("ClientToken")
    if token and any(key[0] == operation.name and key[2] == token for key in mock.replies):
        raise RefusedRequest(
            "IdempotentProcessing", 403, "The request with that ClientToken is being processed.", token
        )
    return inner(context)


def _like_the_first(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """Another request with a token that was used is answered like the first, and does nothing."""
    try:
        return inner(context)
    except RefusedRequest as refusal:
        known = mock.replies.get((operation.name, context.query.region, context.parameters.get(TOKEN, "")))
        if refusal.about != TOKEN or known is None:
            raise
        ids = {name: context.steps.request_id(context) for name in known[1] if folded(name) == "requestid"}
        return context.steps.respond(context, 200, f"{operation.name}Response", {**known[1], **ids})


def _dry_success(mock: Mock, operation: ServiceOperation, inner: Inner, context: Context) -> Response:
    """A dry run that would succeed is answered as a success without a thing, where no error is documented for it."""
    documented = any(e.code.startswith("DryRun") for e in context.contract.errors)
    if (context.parameters.get("DryRun") or "").lower() == "true" and not documented:
        raise RefusedRequest("DryRunOperation", 400, "The request would have succeeded.", "DryRun")
    return inner(context)


def _many_without_totals(mock: Mock, operation: ServiceOperation) -> tuple[Replacement, ...]:
    return (*listing(_beside_many)(mock, operation), *replacing(STEP.result).by(_without_total))


def _beside_many(
    mock: Mock, operation: ServiceOperation, context: Context, query: Query, items: list[Item]
) -> list[Item]:
    """The items after so many others that nobody asked for that they do not stand on the first page."""
    key = context.contract.semantics.key
    if query.is_selective or not items or not key:
        return items
    first = items[0]
    names = [n for n, v in first.items() if isinstance(v, str) and (n == key or folded(n).endswith(NAMES))]
    return [*({**first, **{n: f"{first[n]}{number:02}" for n in names}} for number in range(CROWD)), *items]


def _without_total(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    """A page without a total that need not be there."""
    paging, tree = context.contract.semantics.paging, inner(context, query, page)
    member = context.contract.at(paging.total) if paging else None
    return {k: v for k, v in tree.items() if member is None or member.presence != "sometimes" or k != member.name}


def _later_done(mock: Mock, effects: Effects, context: Context) -> None:
    for task, _ in begun(mock):
        task.changes = [evolve(c, at=c.at + AN_HOUR) for c in task.changes]


def _gone_when_done(mock: Mock, effects: Effects, context: Context) -> None:
    for task, _ in begun(mock):
        task.changes = [Change(task.changes[-1].at, gone=True)]


VARIANTS: tuple[Manner, ...] = (
    Manner("many-without-totals", "lists more than a page of things, and does not say how many", _many_without_totals),
    Manner("new-appears-later", "lists a new thing a moment after it was made", _later_listed),
    Manner("changes-take-a-moment", "shows a change a moment later", after(("modify",), _later_changed)),
    Manner("deletions-take-a-moment", "lists a deleted thing a moment longer", after(("delete",), _later_gone)),
    Manner("deleted-is-shown-as-such", "shows a deleted thing in the documented state that says so",
           after(("delete",), _on_its_way_out)),
    Manner("second-deletions-are-fine", "deletes what is not there, where nothing else is documented",
           instead(("delete",), _idempotent)),
    Manner("not-there-has-another-code", "has an error of its own for what is not there, where none is documented",
           instead(("delete", "get"), _other_code)),
    Manner("tokens-are-refused-again", "refuses a ClientToken that it has seen", instead(CREATING, _another_code)),
    Manner("tokens-answer-anything", "answers another request with a ClientToken that it has seen like the first",
           instead(CREATING, _like_the_first)),
    Manner("dry-runs-are-refused", "answers a dry run with an error that says so", instead(CREATING, _dry_success)),
    Manner("tasks-take-long", "has a task under way for an hour", after(("asynchronous",), _later_done)),
    Manner("tasks-go-when-done", "forgets a task as soon as it is done", after(("asynchronous",), _gone_when_done)),
)  # fmt: skip
