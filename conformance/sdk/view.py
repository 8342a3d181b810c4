"""What the caller of an SDK holds in hand, compared with what was sent to the SDK.

SDKs differ in shape, and rightly: a typed model in the documented names, one whose lists have lost their
wrapper, parsed JSON as it came, an XML tree whose values are all text and whose list of one is no list. The
same data in any of these shapes counts as received.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from conformance.contract.model import Contract, Field

# what a language has where there is no value, as text
_ZEROS = {"", "0", "false"}


@frozen
class ValueDifference:
    """A documented value that did not arrive as it was. `path` has positions in lists (`TaskSet.Task[1].TaskId`)."""

    path: str
    sent: Any
    received: Any

    def __str__(self) -> str:
        return f"{self.path}: sent {shown(self.sent)}, received {shown(self.received)}"


def differences(sent: Mapping[str, Any], received: Any, contract: Contract) -> Iterator[ValueDifference]:
    """Every documented value that was sent and did not arrive as it was. `sent` is in the object form. The order of the
    items of a listing is documented nowhere, so they may come in any.
    """
    keys = {contract.semantics.items or "": contract.semantics.key or ""}
    for f in contract.response:
        if f.name in sent:
            yield from _compare(f, f.name, sent[f.name], member(received, f.name), keys)


def renamed(contract: Contract, path: tuple[str, ...], name: str) -> Contract:
    """The contract with another name for the field at a path, and nothing else changed."""
    return evolve(contract, response=tuple(_renamed(f, path, name) for f in contract.response))


def _renamed(f: Field, path: tuple[str, ...], name: str) -> Field:
    if f.name != path[0]:
        return f
    if len(path) == 1:
        return evolve(f, name=name)
    return evolve(f, members=tuple(_renamed(m, path[1:], name) for m in f.members))


def lost_fields(sent: Mapping[str, Any], received: Any, contract: Contract) -> frozenset[str]:
    """Paths of the fields that the caller does not have, or has otherwise: the SDK does not know or changes them."""
    return frozenset(plain(d.path) for d in differences(sent, received, contract)) - {contract.semantics.items}


def plain(path: str) -> str:
    """The path without positions in lists."""
    return ".".join(part.partition("[")[0] for part in path.split("."))


def received_items(received: Any, contract: Contract) -> list[Any]:
    """The items of the listing that the caller got, in whatever shape."""
    node = received
    *wrappers, name = (contract.semantics.items or "").split(".")
    for wrapper in wrappers:
        node = member(node, wrapper)
    found = contract.at(contract.semantics.items or "")
    return _listed(node, name, found is not None and bool(found.members))


def received_keys(received: Any, contract: Contract) -> list[str]:
    """The keys of the items that the caller got; an item without its key counts as an empty text."""
    key = contract.semantics.key or ""
    return [text(member(item, key)) for item in received_items(received, contract)]


def member(node: Any, name: str) -> Any:
    """A member by its documented name. A list of one object is looked into (the array-of-one form)."""
    if isinstance(node, list) and len(node) == 1:
        node = node[0]
    if not isinstance(node, Mapping):
        return None
    if name in node:
        return node[name]
    folded = name.lower()
    return next((value for key, value in node.items() if key.lower() == folded), None)


def text(value: Any) -> str:
    """A scalar as it stands on the wire."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def same(sent: Any, received: Any) -> bool:
    """Whether a scalar is the one that was sent, whatever type holds it. Absent and empty are the same here, and the
    zero of its type, which is how some languages have an absent value. An object of which no member is documented
    holds nothing either.
    """
    if sent in ("", None, {}):
        return is_nothing(received)
    if isinstance(sent, bool) or text(sent).lower() in ("true", "false"):
        return text(sent).lower() == text(received).lower()
    return text(sent) == text(received)


def is_nothing(value: Any) -> bool:
    """Whether a value says no more than none would: an object does whose members all say nothing."""
    return all(map(is_nothing, value.values())) if isinstance(value, Mapping) else not value


def same_keys(sent: Iterable[str], received: Iterable[str]) -> bool:
    """Whether the keys of items are those that were sent, in any order. A key that was absent may be the zero of its
    type, as `same` has it.
    """
    gone, new = Counter(sent), Counter(received)
    return gone.total() == new.total() and set(gone - new) <= {""} and set(new - gone) <= _ZEROS


def shown(value: Any) -> str:
    """A value as a person should see it, cut at 120 characters."""
    words = repr(value)
    return words if len(words) <= 120 else words[:117] + "…"


def _listed(node: Any, name: str, of_objects: bool) -> list[Any]:
    """The list `name` inside a wrapper; the wrapper may be gone, doubled, or hold a single item that is no
    list. Without its wrapper, an object may have a value by the name of the list it is an item of.
    """
    if isinstance(node, list):
        wrapped = [member(one, name) for one in node if isinstance(one, Mapping) and name in one]
        if wrapped and not (of_objects and not any(isinstance(inner, (Mapping, list)) for inner in wrapped)):
            return [item for inner in wrapped for item in (inner if isinstance(inner, list) else [inner])]
        return list(node)
    inner = member(node, name)
    if isinstance(inner, list):
        return inner
    return [] if inner in (None, "") else [inner]


def _compare(f: Field, path: str, sent: Any, received: Any, keys: Mapping[str, str]) -> Iterator[ValueDifference]:
    if f.type == "object" and len(f.members) == 1 and f.members[0].type == "array" and isinstance(sent, Mapping):
        inner = f.members[0]
        yield from _compare_list(
            inner,
            f"{path}.{inner.name}",
            sent.get(inner.name) or [],
            _listed(received, inner.name, bool(inner.members)),
            keys,
        )
    elif f.type == "array":
        got = received if isinstance(received, list) else [] if received in (None, "") else [received]
        yield from _compare_list(f, path, sent or [], got, keys)
    elif f.members and isinstance(sent, Mapping):
        for m in f.members:
            if m.name in sent:
                yield from _compare(m, f"{path}.{m.name}", sent[m.name], member(received, m.name), keys)
    elif (isinstance(received, (Mapping, list)) and sent != {}) or not same(sent, received):
        yield ValueDifference(path, sent, received)


def _compare_list(
    f: Field, path: str, sent: list[Any], received: list[Any], keys: Mapping[str, str]
) -> Iterator[ValueDifference]:
    if path in keys:
        received = _as_sent(sent, received, keys[path])
    if len(sent) != len(received):
        yield ValueDifference(path, f"{len(sent)} items", f"{len(received)} items")
    for number, (one, other) in enumerate(zip(sent, received, strict=False)):
        if isinstance(one, Mapping):
            for m in f.members:
                if m.name in one:
                    yield from _compare(m, f"{path}[{number}].{m.name}", one[m.name], member(other, m.name), keys)
        elif not same(one, other):
            yield ValueDifference(f"{path}[{number}]", one, other)


def _as_sent(sent: list[Any], received: list[Any], key: str) -> list[Any]:
    """What was received in the order of what was sent, by the keys of the items, where those are the same."""
    order, got = ([text(member(item, key)) for item in items] for items in (sent, received))
    if order == got or sorted(order) != sorted(got):
        return received
    return [item for _, item in sorted(zip(map(order.index, got), received, strict=True), key=lambda pair: pair[0])]


def reached(received: Any, path: str) -> Any:
    """The member at a dotted path outside lists."""
    for name in path.split("."):
        received = member(received, name)
    return received
