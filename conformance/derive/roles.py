"""The semantics of an operation by convention: which parameters and fields play which role."""

from __future__ import annotations

import re
from collections.abc import Container

from conformance.contract.model import (
    Contract,
    Cursor,
    Field,
    Filter,
    IdList,
    Paging,
    Parameter,
    Semantics,
    TimeRange,
)
from conformance.derive import narrowing
from conformance.derive.shape import singular

_NUMBER = ("PageNumber", "PageNo", "PageNum", "CurrentPage", "Page")
_SIZE = ("PageSize", "Limit", "MaxItems")
_TOKEN, _NEXT, _AT_MOST = ("NextToken",), ("NextToken",), ("MaxResults", "MaxResult")
_TOTAL = ("TotalCount", "Total", "TotalRecordCount", "TotalNumber")
# values at the root of a list that are about the list, and how many others make the response one thing
_OF_EVERY_LIST = {
    "requestid", "regionid", "totalcount", "total", "totalrecordcount", "totalnumber", "pagenumber", "pagesize",
    "nexttoken", "maxresults", "count", "hostid", "code", "message", "success", "httpstatuscode",
}  # fmt: skip
_OWN_VALUES = 3
_START = ("StartTime", "BeginTime", "StartDate")
_END = ("EndTime", "FinishTime", "EndDate")
_CREATED = (
    "CreationTime",
    "CreateTime",
    "CreatedTime",
    "GmtCreate",
    "CreatedAt",
    "CreationDate",
    "Time",
    "StartTime",
)
# what tells several items with one id of another thing apart
_SEVERAL = re.compile(r"(?i)tag_?key|version_?number|time_?stamp|listener_?port|\w+token|\w+arn")
_COMMON = (
    "Action",
    "OwnerId",
    "OwnerAccount",
    "ResourceOwnerId",
    "ResourceOwnerAccount",
    "DryRun",
    "ClientToken",
)


def semantics(contract: Contract, key: str | None = None) -> Semantics:
    """The roles that names, types and constraints give away; an overlay corrects the rest.

    `key` is the member of the items that other operations of the service take for their id, where that is known.
    """
    root = {f.name: f for f in contract.response}
    items = _items(contract)
    members = {f.name: f for f in items[1].members} if items else {}
    given = items is not None and key in members and not _share_ids(items[1])
    key = (key if given else _key(items[1], contract)) if items else None
    paging, cursor = _paging(contract, root), _cursor(contract, root) if items else None
    ids = _ids(contract, key)
    span = _range(contract, members)
    region = "RegionId" if contract.parameter("RegionId") else None
    taken = {*_COMMON, region, ids.parameter if ids else None}
    taken |= {paging.number, paging.size} if paging else set()
    taken |= {cursor.token, cursor.size} if cursor else set()
    taken |= {span.start, span.end} if span else set()
    filters = _filters(contract, members, taken)
    taken |= {f.parameter for f in filters}
    return Semantics(
        items=items[0] if items else None,
        key=key,
        request_id="RequestId" if "RequestId" in root else None,
        region=region,
        region_echo="RegionId" if region and "RegionId" in root else None,
        paging=paging,
        cursor=cursor,
        ids=ids,
        range=span,
        filters=filters,
        selectors=narrowing.selectors(contract, members, taken),
        tags=narrowing.tags(contract, members),
        bounds=narrowing.bounds(contract, members, taken),
    )


def _items(contract: Contract) -> tuple[str, Field] | None:
    """The list that the operation is about: the array of objects nearest the root, the longest row among equals."""
    if not re.match(r"(Describe|List|Query|Get|Search)", contract.operation) or _is_about_one(contract):
        return None
    found = [
        (path, f)
        for path, f in contract.fields()
        if f.type == "array" and f.members and not _inside_array(contract, path)
    ]
    if not found:
        return None
    path, field = min(found, key=lambda pair: (len(pair[0]), -len(pair[1].members)))
    return ".".join(path), field


def _is_about_one(contract: Contract) -> bool:
    """Whether the response is one thing, whose lists are parts of it: values of its own stand at the root."""
    asked = {p.name.replace("_", "").casefold() for p in contract.parameters}
    own = [
        f
        for f in contract.response
        if f.type not in ("array", "object") and f.name.replace("_", "").casefold() not in asked | _OF_EVERY_LIST
    ]
    return len(own) >= _OWN_VALUES


def _inside_array(contract: Contract, path: tuple[str, ...]) -> bool:
    above = (contract.at(".".join(path[:i])) for i in range(1, len(path)))
    return any(f is not None and f.type == "array" for f in above)


def _key(item: Field, contract: Contract) -> str | None:
    """The member that identifies an item: `TaskId` of a Task."""
    # what every request names one value of is the same in every item
    asked = {p.name for p in contract.parameters if p.required}
    scalars = [m.name for m in item.members if m.type in ("string", "integer") and m.name not in asked]
    lower = {n.casefold(): n for n in scalars}
    name = singular(item.name)
    plain = re.sub(r"(Type|Item|Info|Set)$", "", name)
    for wanted in (f"{item.name}Id", f"{name}Id", f"{plain}Id", "Id", item.name, name, f"{plain}Name"):
        if wanted.casefold() in lower:
            return lower[wanted.casefold()]
    for p in contract.parameters:
        found = lower.get(singular(p.name).casefold()) if p.value("max_items") else None
        if found and not _share_ids(item):
            return found
    if _share_ids(item):
        return None
    named = [n for n in scalars if n.endswith("Id") and n not in ("RegionId", "ZoneId", "OwnerId", "ResourceGroupId")]
    ends = [n for n in named if any(_ends(word, n[:-2]) for word in (item.name, name, plain))]
    if len(named) == 1 or ends:
        return (ends or named)[0]
    return None


def _share_ids(item: Field) -> bool:
    """Whether several items may have the id of one other thing: tags of a resource, versions, ports."""
    return any(_SEVERAL.fullmatch(m.name) for m in item.members)


def _ends(word: str, stem: str) -> bool:
    return word.casefold().endswith(stem.casefold())


def _first(names: tuple[str, ...], known: Container[str]) -> str | None:
    return next((n for n in names if n in known), None)


def _paging(contract: Contract, root: dict[str, Field]) -> Paging | None:
    parameters = {p.name: p for p in contract.parameters if p.type == "integer"}
    number, size, total = _first(_NUMBER, parameters), _first(_SIZE, parameters), _first(_TOTAL, root)
    if not (number and size and total):
        return None
    return Paging(number, size, total, number if number in root else None, size if size in root else None)


def _cursor(contract: Contract, root: dict[str, Field]) -> Cursor | None:
    """Pages by a token: what one answer gives as the next the next request takes."""
    texts = {p.name for p in contract.parameters if p.type == "string"}
    counts = {p.name for p in contract.parameters if p.type == "integer"}
    token, told = _first(_TOKEN, texts), _first(_NEXT, root)
    return Cursor(token, told, _first(_AT_MOST, counts)) if token and told else None


def _ids(contract: Contract, key: str | None) -> IdList | None:
    for p in contract.parameters:
        if key and p.type == "string" and p.name.endswith("s") and singular(p.name).casefold() == key.casefold():
            return IdList(p.name, key, p.value("max_items"))
    repeated = narrowing.repeated_ids(contract, key) if key else None
    return IdList(repeated.name, key, repeated.value("max_items")) if key and repeated else None


def _range(contract: Contract, members: dict[str, Field]) -> TimeRange | None:
    names = {p.name for p in contract.parameters if p.value("time_format")}
    start, end = _first(_START, names), _first(_END, names)
    timed = [n for n, f in members.items() if f.value("time_format")]
    field = _first(_CREATED, timed)
    return TimeRange(start, end, field) if field and (start or end) else None


def _filters(contract: Contract, members: dict[str, Field], taken: set[str | None]) -> tuple[Filter, ...]:
    """Optional parameters that are named like a member of the items, and have values as it has: `true` is no `1`."""
    lower = {n.casefold(): n for n, f in members.items() if f.type not in ("array", "object")}
    return tuple(
        Filter(p.name, lower[p.name.casefold()])
        for p in contract.parameters
        if p.name not in taken
        and p.name.casefold() in lower
        and _is_filter(p)
        and {p.type, members[lower[p.name.casefold()]].type} != {"boolean", "integer"}
    )


def _is_filter(parameter: Parameter) -> bool:
    return parameter.type in ("string", "boolean", "integer") and not parameter.value("time_format")
