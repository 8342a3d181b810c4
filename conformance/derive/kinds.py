"""What kind of operation a contract describes, how it pages, and which ids it takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.contract.model import Contract, Field
from conformance.contract.service import Kind, PagingStyle, Relation
from conformance.derive.nouns import (
    CREATING,
    DELETING,
    MODIFYING,
    READING,
    IdNames,
    folded,
    last_part,
    parted,
    resource_in,
)
from conformance.derive.shape import singular

# what the metadata calls an operation, where its name has no verb that is known
_CALLED: Mapping[str, Kind] = {"create": "create", "update": "modify", "delete": "delete"}
_NOT_MADE = {"zoneid", "regionid"}
_TASK_IDS = ("taskid", "taskids")


def kind_of(contract: Contract, called: str | None = None, ids: IdNames | None = None) -> Kind:
    """The kind of an operation. `called` is the metadata's own word for it, `ids` the ids of its service.

    What is not sure to read is never called a list or a getter: those alone may be sent to anybody's endpoint.
    """
    verb = parted(contract.operation).verb
    if verb in READING and called not in ("create", "update", "delete"):
        # an operation that is reached by a method that writes may write
        if contract.path is None or contract.methods == ("GET",):
            return "list" if contract.semantics.items else "get"
    elif _gives_a_task(contract):
        return "asynchronous"
    elif verb in CREATING and (called in (None, "create", "none") or _gives_an_id(contract, ids)):
        return "create"
    elif verb in DELETING:
        return "delete"
    elif verb in MODIFYING:
        return "modify"
    elif not verb and called:
        return _CALLED.get(called, "action")
    return "action"


def _gives_a_task(contract: Contract) -> bool:
    return any(f.type == "string" and folded(f.name) in _TASK_IDS for f in contract.response)


def _gives_an_id(contract: Contract, ids: IdNames | None) -> bool:
    """Whether the answer has an id that was not in the request."""
    given = {folded(last_part(p.name)) for p in contract.parameters}
    names = (f.name for f in contract.response if f.name != contract.semantics.request_id)
    return ids is not None and any(ids.resource(n) and folded(n) not in given for n in names)


def paging_of(contract: Contract, kind: Kind) -> PagingStyle | None:
    """How a list comes; None for what is no list."""
    if kind != "list":
        return None
    if contract.semantics.paging:
        return "number"
    names = {folded(p.name) for p in contract.parameters}
    fields = {folded(f.name) for f in contract.response}
    if "nexttoken" in names:
        return "cursor"
    return "marker" if "marker" in names or ("nextmarker" in fields) else "whole"


def consumed(contract: Contract, ids: IdNames) -> tuple[Relation, ...]:
    """The parameters that take ids of resources."""
    found = ((p, ids.resource(p.name)) for p in contract.parameters if p.type in ("string", "array", "integer"))
    return tuple(
        Relation(noun[0], p.name, noun[1] or bool(p.value("separator") or p.value("syntax")))
        for p, noun in found
        if noun and p.name != "Action"
    )


def produced(contract: Contract, ids: IdNames, kind: Kind) -> tuple[Relation, ...]:
    """The places of the response that give ids: of a list its key, of what creates the ids that it did not get."""
    s = contract.semantics
    if kind == "list":
        noun = ids.resource(s.key) if s.key and s.items else None
        return (Relation(noun[0], f"{s.items}.{s.key}", True),) if noun else ()
    if kind not in ("create", "asynchronous", "action"):
        return ()
    given = {folded(singular(last_part(p.name))) for p in contract.parameters} | _NOT_MADE
    # a copy has an id of its own, under the name of what was copied
    own = "" if parted(contract.operation).verb != "Copy" else resource_in(parted(contract.operation).rest)
    return tuple(
        Relation(noun[0], path, many)
        for path, field, many in _scalars(contract.response)
        if (noun := ids.resource(field.name)) and (folded(singular(field.name)) not in given or noun[0] == own)
    )


def _scalars(fields: Iterable[Field], above: str = "", many: bool = False) -> Iterator[tuple[str, Field, bool]]:
    """Each field that holds a value or a list of values, with its dotted path and whether there may be several."""
    for f in fields:
        path = f"{above}.{f.name}" if above else f.name
        several = many or f.type == "array"
        if f.members:
            yield from _scalars(f.members, path, several)
        elif f.type != "object":
            yield path, f, several
