"""The roles that rows of the tables speak of: what an operation has in them, by the semantics of its contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.contract.model import Contract, ErrorCode, Field, Parameter

# the least number that 32 bits have no place for
BEYOND_32_BITS = 2**31
# the parameter by which a service knows a request that it has got already, in every API that has one
CLIENT_TOKEN = "ClientToken"
# ends of the codes that say of a text that it is not formed as it should be, or too long
OF_LENGTH = ("malformed", "exceedlimit", "toolong")
# those that say of an id that there is nothing of it, and what a sample has in the place of what is somebody's
OF_ABSENCE, MASKED = ("notfound", "notexist", "notexists"), "**"
# and those that say so of a value that is none of those that are listed
OF_VALUE = ("valuenotsupported", "notsupported", "notsupport", "malformed", "notfound")


def names(contract: Contract, role: str) -> tuple[str, ...]:
    """The parameters or response paths in a role, none where the operation has none. Raises KeyError.

    `request`, `response` and `format` are the same for every operation.
    """
    return tuple(name for name in NAMES[role](contract) if name)


def has(contract: Contract, role: str) -> bool:
    """Whether an operation has what a row needs. Raises KeyError."""
    return bool(NEEDS[role](contract))


def echo_of(contract: Contract, parameter: str) -> str | None:
    """The response path that repeats a parameter, where there is one."""
    semantics = contract.semantics
    echoes = {semantics.region: semantics.region_echo}
    if semantics.paging:
        echoes[semantics.paging.number] = semantics.paging.number_echo
        echoes[semantics.paging.size] = semantics.paging.size_echo
    return echoes.get(parameter)


def free_texts(contract: Contract) -> tuple[str, ...]:
    """The text members of an item that are neither its key nor filtered on."""
    semantics = contract.semantics
    special = {semantics.key, *(f.field for f in semantics.filters)}
    return tuple(f.name for f in contract.item_fields if f.type == "string" and f.name not in special)


def is_plain(parameter: Parameter) -> bool:
    """Whether it is sent under its own name, as one text: in a path any text may lead elsewhere."""
    alone = parameter.place in ("query", "body") and ".N" not in parameter.name
    return alone and parameter.type not in ("array", "object")


def error_of_length(contract: Contract, parameter: Parameter) -> ErrorCode | None:
    """The documented error for a text that is longer than documented: one that says of the parameter that it is not
    formed as it should be, or exceeds a limit.
    """
    otherwise = any(parameter.value(kind) for kind in ("enum", "syntax", "separator", "time_format"))
    is_text = is_plain(parameter) and parameter.type == "string" and not otherwise
    if not is_text or parameter.value("max_length") is None:
        return None
    return _error_about(contract, parameter, OF_LENGTH)


def error_of_value(contract: Contract, parameter: Parameter) -> ErrorCode | None:
    """The documented error for a value that is not listed, of an operation that returns no list: as a filter of one it
    may also match nothing.
    """
    is_text = is_plain(parameter) and parameter.type == "string" and parameter.value("enum")
    if not is_text or contract.semantics.items or parameter.value("ignored_values"):
        return None
    return _error_about(contract, parameter, OF_VALUE)


def error_of_absence(contract: Contract, parameter: Parameter) -> ErrorCode | None:
    """The documented error for an id that nothing has, of an operation that returns no list and has to be told of a
    thing: one whose sample is masked, so that it is somebody's, and not one of those that a cloud offers.
    """
    is_id = is_plain(parameter) and parameter.is_required and parameter.type == "string"
    otherwise = any(parameter.value(kind) for kind in ("enum", "syntax", "separator", "time_format"))
    masked = bool(parameter.examples) and MASKED in parameter.examples[0]
    if not is_id or otherwise or not masked or contract.semantics.items or parameter.name == contract.semantics.region:
        return None
    return _error_about(contract, parameter, OF_ABSENCE)


def _error_about(contract: Contract, parameter: Parameter, ends: tuple[str, ...]) -> ErrorCode | None:
    about = (e for e in contract.errors if e.parameter == parameter.name and 400 <= e.status < 500)
    return next((e for e in about if e.code.casefold().endswith(ends)), None)


def has_known_values(contract: Contract, name: str) -> bool:
    """Whether the values of a parameter are names, of which it is known which ones there are: regions, ids of items,
    or the listed values of a filter.
    """
    parameter, semantics = contract.parameter(name), contract.semantics
    if parameter is None or not semantics.items or not is_plain(parameter):
        return False
    listed = name in {f.parameter for f in semantics.filters} and parameter.type == "string" and parameter.value("enum")
    return bool(listed) or name == semantics.region or (semantics.ids is not None and name == semantics.ids.parameter)


def has_one_limit(contract: Contract) -> bool:
    """Whether the documentation knows one greatest number of ids, and no second one beside it."""
    ids = contract.semantics.ids
    parameter = contract.parameter(ids.parameter) if ids else None
    limits = {c.value for c in parameter.constraints if c.kind == "max_items"} if parameter else set()
    return bool(ids and ids.limit) and len(limits) < 2


def is_repeated(parameter: Parameter) -> bool:
    """Whether it is documented as numbered from 1 (`Name.N`), and no structure."""
    return parameter.name.endswith(".N") or (parameter.type == "array" and "." not in parameter.name)


def is_long(thing: Parameter | Field) -> bool:
    """Whether it is documented as an integer of 64 bits (a Long)."""
    return bool(thing.value("bits") == 64)


def may_exceed(thing: Parameter | Field, value: int) -> bool:
    """Whether the documentation allows that value of something that is a Long."""
    most = thing.value("maximum")
    return is_long(thing) and not thing.value("enum") and (most is None or bool(most >= value))


def long_fields(contract: Contract) -> tuple[str, ...]:
    """Paths of the Longs that may be beyond 32 bits; not the numbers of pages, which follow from what was asked."""
    paging = contract.semantics.paging
    counted = {paging.total, paging.number_echo, paging.size_echo} if paging else set()
    found = (".".join(path) for path, f in contract.fields() if may_exceed(f, BEYOND_32_BITS))
    return tuple(path for path in found if path not in counted)


Names = Callable[[Contract], tuple[str | None, ...]]

NAMES: Mapping[str, Names] = {
    "number": lambda c: (c.semantics.paging.number,) if c.semantics.paging else (),
    "size": lambda c: (c.semantics.paging.size,) if c.semantics.paging else (),
    "total": lambda c: (c.semantics.paging.total,) if c.semantics.paging else (),
    "paging": lambda c: (c.semantics.paging.number, c.semantics.paging.size) if c.semantics.paging else (),
    "cursor": lambda c: (c.semantics.cursor.token, c.semantics.cursor.size) if c.semantics.cursor else (),
    "next": lambda c: (c.semantics.cursor.next,) if c.semantics.cursor else (),
    "ids": lambda c: (c.semantics.ids.parameter,) if c.semantics.ids else (),
    "start": lambda c: (c.semantics.range.start,) if c.semantics.range else (),
    "end": lambda c: (c.semantics.range.end,) if c.semantics.range else (),
    "bound": lambda c: (c.semantics.range.start, c.semantics.range.end) if c.semantics.range else (),
    "filters": lambda c: tuple(f.parameter for f in c.semantics.filters),
    "selectors": lambda c: tuple(s.parameter for s in c.semantics.selectors),
    "tags": lambda c: (c.semantics.tags.key, c.semantics.tags.value) if c.semantics.tags else (),
    "tag": lambda c: (c.semantics.tags.key,) if c.semantics.tags else (),
    "dry-run": lambda c: tuple(p.name for p in c.parameters if p.value("dry_run_code")),
    "region": lambda c: (c.semantics.region,),
    "list": lambda c: (c.semantics.items,),
    "request_id": lambda c: (c.semantics.request_id,),
    "request": lambda c: ("request",),
    "response": lambda c: ("response",),
    "format": lambda c: ("Format",),
}
NEEDS: Mapping[str, Callable[[Contract], object]] = {
    "shared-path": lambda c: c.path is None,
    "own-path": lambda c: c.path is not None,
    "items": lambda c: c.semantics.items and c.semantics.key,
    "list": lambda c: c.semantics.items,
    "paging": lambda c: c.semantics.paging,
    "cursor": lambda c: c.semantics.cursor and c.semantics.items,
    "cursor-size": lambda c: c.semantics.cursor and c.semantics.cursor.size,
    "filters": lambda c: c.semantics.filters,
    "ids": lambda c: c.semantics.ids,
    "ids-limit": lambda c: c.semantics.ids and c.semantics.ids.limit,
    "ids-text": lambda c: c.semantics.ids and ".N" not in c.semantics.ids.parameter,
    "one-ids-limit": has_one_limit,
    "selectors": lambda c: c.semantics.selectors,
    "tags": lambda c: c.semantics.tags,
    "dry-run": lambda c: any(p.value("dry_run_code") for p in c.parameters),
    "range": lambda c: c.semantics.range and c.semantics.range.start and c.semantics.range.end,
    "range-start": lambda c: c.semantics.range and c.semantics.range.start,
    "range-end": lambda c: c.semantics.range and c.semantics.range.end,
    "region": lambda c: c.semantics.region,
    "request-id": lambda c: c.at(c.semantics.request_id or "RequestId"),
    "free-text": free_texts,
    "optional-field": lambda c: c.semantics.items and c.semantics.optional_fields,
    "repeated": lambda c: any(is_repeated(p) for p in c.parameters),
    "long-parameter": lambda c: any(may_exceed(p, BEYOND_32_BITS) for p in c.parameters),
    "long-field": long_fields,
    # a list changes nothing, whatever parameters it has: some document a token all the same
    "client-token": lambda c: c.parameter(CLIENT_TOKEN) and not c.semantics.items,
}
