"""Cases: what is called and what the endpoint answers, read from data and made concrete for one operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from typing import Any, Literal

from attrs import Attribute, evolve, field, fields, frozen, has

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.drivers.protocol import Ready
from conformance.ledger.roles import is_repeated, long_fields, may_exceed
from conformance.sdk.endpoint import Transfer
from conformance.sdk.giving import (
    as_types,
    example,
    has_open_type,
    is_list,
    listed,
    many,
    nothing_like,
    sdk_name,
    sdk_names,
    typed,
    ways,
)
from conformance.sdk.roles import SdkRoles

Expansion = Literal[
    "parameter",
    "all-parameters",
    "listed-value",
    "false-or-zero",
    "long-parameter",
    "long-field",
    "repeated-parameter",
    "field",
    "error",
    "alternative",
    "method",
    "signature",
    "format",
]


@frozen
class ErrorSpec:
    """An error to answer with; `extra` are further members of the envelope."""

    status: int
    code: str
    message: str
    extra: Mapping[str, Any] = field(factory=dict)


@frozen
class ReplySpec:
    """An answer, before it is known which format was asked for. Every member changes one thing of a plain listing.

    `as` (here `format`) is `other` for the format that was not asked for. `alternative` maps ids of choices to the
    alternative in which the answer is written. `cut` ends the document half way, with a matching length. `charset` is
    the encoding of the document, `mangled` makes each `¤` in it a byte that is no UTF-8. `coding` compresses the body
    whether the request asked for it or not (`gzip`: only if it did). `redirect` leads to the other host, or to another
    path of the `same` one. `long` is where the values of integers of 64 bits begin. `numbered`: the request id of each
    answer has the number of its request.
    """

    items: int = 1
    status: int | None = None
    error: ErrorSpec | None = None
    raw: str | None = None
    raw_xml: str | None = None
    format: Literal["asked", "other"] = "asked"
    set: Mapping[str, Any] = field(factory=dict)
    nulls: tuple[str, ...] = ()
    extra: Literal["", "top", "items"] = ""
    order: Literal["", "reversed", "sorted"] = ""
    alternative: Mapping[str, str] = field(factory=dict)
    escaped: bool = False
    indent: int | None = None
    cut: bool = False
    content_type: str | None = None
    headers: Mapping[str, str] = field(factory=dict)
    header_case: Literal["", "lower"] = ""
    transfer: Transfer = "length"
    gzip: bool = False
    hang_up: bool = False
    charset: str = "utf-8"
    mangled: bool = False
    coding: Literal["", "deflate"] = ""
    redirect: int | None = None
    redirect_to: Literal["elsewhere", "same"] = "elsewhere"
    long: int = 0
    numbered: bool = False


@frozen
class Walk:
    """A listing that the caller walks through: how many items there are, and how many on a page."""

    total: int
    size: int


@frozen
class CallSpec:
    """Parameters by role or name, over those that are required."""

    parameters: Mapping[str, Any] = field(factory=dict)


@frozen
class Case:
    """One thing that is done to an SDK. `calls` follow each other; request number n gets reply n, the last
    one again and again. `subject` is what an expansion is about (a field's path, an error's code). `timeout`
    in seconds. `either`: of the cases about one subject it is enough that the SDK meets one. `as_it_has`: what the SDK
    has no parameter for is left out. `undocumented`: what is answered is nothing that the documentation knows, and
    judged by the requirement alone that is about it. `ability` is what a driver must have announced to be able to do
    the case. `elsewhere` is what the other host answers, which a redirect names (without it, status 404).
    `environment` are variables of the driver's process, `tls` the certificate of an https endpoint, `burst` how many
    calls are made at once, by threads or processes as the ability says.
    """

    name: str = ""
    calls: tuple[CallSpec, ...] = (CallSpec(),)
    replies: tuple[ReplySpec, ...] = (ReplySpec(),)
    subject: str = ""
    may_refuse: bool = False
    either: bool = False
    as_it_has: bool = False
    undocumented: bool = False
    token: bool = False
    timeout: float = 5.0
    client_region: str | None = None
    options: Mapping[str, str] = field(factory=dict)
    refused: bool = False
    proxy: Literal["", "used", "excluded", "refuses"] = ""
    walk: Walk | None = None
    ability: Literal["", "nulls", "bytes", "raw", "threads", "processes", "tls"] = ""
    elsewhere: ReplySpec | None = None
    environment: Mapping[str, str] = field(factory=dict)
    tls: Literal["", "trusted", "expired", "wrong-host", "self-signed"] = ""
    burst: int = 0

    def is_possible(self, ready: Ready) -> bool:
        """Whether a driver is able to do it."""
        return self.ability in ("", *ready.can)

    @property
    def data(self) -> dict[str, Any]:
        """What is done, as JSON without what is as usual. Cases of the same data are the same on the wire, whoever
        judges them.
        """
        found: dict[str, Any] = _data(
            evolve(self, name="", subject="", may_refuse=False, either=False, as_it_has=False, undocumented=False)
        )
        return found

    @property
    def key(self) -> str:
        """The data as canonical JSON."""
        return self.key_of(self.data)

    @property
    def mark(self) -> str:
        """A short name of the key, for a command line."""
        return self.mark_of(self.key)

    @staticmethod
    def mark_of(key: str) -> str:
        """The same for a key."""
        return sha256(key.encode()).hexdigest()[:10]

    @staticmethod
    def key_of(data: Mapping[str, Any]) -> str:
        """The same for data that was kept."""
        return json.dumps(data, sort_keys=True)


@frozen
class CaseSpec:
    """A row of the table: a case, or the rule that makes several.

    For documented errors, `tails` maps codes to what the service appends to the documented message, and
    `excluded` names codes that are left out. `value` is what a parameter of 64 bits is given.
    """

    case: Case
    expand: Expansion | None = None
    kind: str | None = None
    tails: Mapping[str, str] = field(factory=dict)
    excluded: tuple[str, ...] = ()
    value: int = 0


def _data(value: Any) -> Any:
    if has(type(value)):
        members = {a.name: getattr(value, a.name) for a in fields(type(value))}
        usual = {a.name: _usual(a) for a in fields(type(value))}
        return {name: _data(v) for name, v in members.items() if v != usual[name]}
    if isinstance(value, Mapping):
        return {str(k): _data(v) for k, v in value.items()}
    return [_data(v) for v in value] if isinstance(value, (list, tuple)) else value


def _usual(member: Attribute[Any]) -> Any:
    """The default, made where it is made anew each time."""
    factory = getattr(member.default, "factory", None)
    return member.default if factory is None else factory()


def expanded(spec: CaseSpec, roles: SdkRoles, protocol: Protocol, ready: Ready) -> Iterator[Case]:
    """The cases of a row, for this operation and this SDK. None where nothing of that kind exists."""
    match spec.expand:
        case None:
            yield spec.case
        case "parameter":
            for p in roles.own_parameters:
                open_type = has_open_type(p)
                for value in ways(p):
                    name = f"{p.name} as {_kind(value)}" if open_type else p.name
                    case = _with(spec.case, p.name, dict.fromkeys(sdk_names(p.name), value))
                    yield evolve(case, name=name, either=open_type)
        case "all-parameters":
            given = [p for p in roles.own_parameters if not has_open_type(p)]
            case = _with(spec.case, "", {sdk_name(p.name): example(p) for p in given})
            yield evolve(case, as_it_has=True)
        case "repeated-parameter":
            for p in roles.own_parameters:
                if is_repeated(p):
                    for value in as_types(listed(p, many(p))):
                        name = f"{p.name} as {_kind(value)}" if has_open_type(p) else p.name
                        case = _with(spec.case, p.name, {sdk_name(p.name): value})
                        yield evolve(case, name=name, either=has_open_type(p))
        case "listed-value":
            for p in roles.own_parameters:
                for value in map(partial(typed, p), p.value("enum") or ()):
                    given_value = [value] if is_list(p) else value
                    yield _with(spec.case, f"{p.name}={value}", {sdk_name(p.name): given_value})
        case "false-or-zero":
            for p in roles.own_parameters:
                for value in nothing_like(p):
                    yield _with(spec.case, f"{p.name}={str(value).lower()}", {sdk_name(p.name): value})
        case "long-parameter":
            for p in roles.own_parameters:
                if may_exceed(p, spec.value):
                    yield _with(spec.case, p.name, {sdk_name(p.name): spec.value})
        case "long-field":
            for name in long_fields(roles.contract):
                if not roles.is_in_renamed_list(tuple(name.split("."))):
                    yield evolve(spec.case, name=name, subject=name)
        case "field":
            for path, f in roles.contract.fields():
                # a list that has several names is received under one of them, which is a requirement of its own
                if not f.members and not roles.is_in_renamed_list(path):
                    yield evolve(spec.case, name=".".join(path), subject=".".join(path))
        case "error":
            for error in _errors(roles.contract, protocol):
                if error.code in spec.excluded:
                    continue
                error = evolve(error, message=error.message + spec.tails.get(error.code, ""))
                yield evolve(spec.case, name=f"{error.code}/{error.status}", replies=(ReplySpec(error=error),))
        case "alternative":
            yield from _alternatives(spec, roles)
        case "method" | "signature" | "format":
            for value in getattr(ready, f"{spec.expand}s"):
                yield evolve(spec.case, name=value, options={spec.expand: value})


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "numbers" if isinstance(value, list) and isinstance(value[0], int) else "text"


def _with(case: Case, name: str, parameters: Mapping[str, Any]) -> Case:
    return evolve(case, name=name, subject=name, calls=(CallSpec({**case.calls[0].parameters, **parameters}),))


def _alternatives(spec: CaseSpec, roles: SdkRoles) -> Iterator[Case]:
    """A case for each alternative; for the pinned one alone where a choice is pinned."""
    contract = roles.contract
    for choice in contract.choices:
        if choice.kind != spec.kind:
            continue
        for alternative in choice.alternatives:
            if roles.pins.get(choice.id, alternative.id) != alternative.id:
                continue
            if (
                choice.kind == "missing-value"
                and alternative.id == "empty"
                and not _may_be_empty(choice.subject, contract)
            ):
                continue
            for around in roles.names_around(choice):
                taken = {choice.id: alternative.id, **around}
                replies = tuple(evolve(r, alternative=taken) for r in spec.case.replies)
                name = ",".join(f"{id}={one}" for id, one in taken.items())
                yield evolve(spec.case, name=name, subject=choice.id, replies=replies)


def _may_be_empty(subject: str, contract: Contract) -> bool:
    """Whether an empty text is a value of the documented type of a field."""
    found = contract.at(subject) or next(
        (f for path, f in contract.fields() if path[-1] == subject.split(".")[-1]), None
    )
    return found is None or found.type in ("string", "unknown")


def _errors(contract: Contract, protocol: Protocol) -> list[ErrorSpec]:
    """Documented errors of the operation, and of the common protocol one answer for each code and status."""
    # a status that HTTP does not have (4003) cannot be answered
    stated = (e for e in contract.errors if 100 <= e.status <= 599)
    found = {(e.code, e.status): ErrorSpec(e.status, e.code, e.message) for e in stated}
    for situation in protocol.situations:
        for answer in situation.answers:
            message = answer.message.replace("{name}", "X")
            found.setdefault((answer.code, answer.status), ErrorSpec(answer.status, answer.code, message))
    return list(found.values())
