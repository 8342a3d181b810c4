"""A response read by the contract into values that do not depend on the format.

Reading is tolerant on purpose: what the schema has against a body is judged elsewhere, once. Here a body is taken as
the documented alternatives allow, so that a check on paging is not disturbed by a member of the wrong type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from attrs import frozen

from conformance.contract.model import Contract
from conformance.endpoint.bodies import Body, holders_at, members_at, named_like, read_body, xml_members
from conformance.endpoint.canonical import as_numbers, canonical, canonical_text
from conformance.endpoint.renaming import as_in_the_contract, with_every_name
from conformance.wire.exchange import HttpResponse

Item = Mapping[str, str | None]
Kind = Literal["success", "refusal", "unreadable"]


# what JSON has for a result that is no object
ROOTS: Mapping[str, type] = {"array": list, "string": str, "boolean": bool}
NO_FIELDS: Item = MappingProxyType({})
# codes of errors that are nobody's fault but the server's
SERVER_FAILED = ("Internal", "UnknownError")
# what an error is made of, as the documented ones show
ERROR_MEMBERS = ("Code", "Message", "HostId", "Recommend")


@frozen(slots=False, eq=False)
class ResponseReading:
    """What is read from a response under a contract: all that does not depend on its RequestId.

    Answers that repeat an earlier one share its reading (see repeats.py). Readings are told apart by identity.
    """

    contract: Contract
    response: HttpResponse

    @cached_property
    def _read(self) -> Body | str:
        if self.says_nothing and not self.response.body.strip():
            return Body("json", {})
        return read_body(self.response.body)

    @cached_property
    def is_utf_8(self) -> bool:
        """Whether the body is UTF-8."""
        try:
            self.response.body.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def has_no_list(self) -> bool:
        """Whether something that is no list stands in the place of the operation's list, in JSON."""
        path = self.contract.semantics.items
        if not path or self.body is None or self.body.format != "json":
            return False
        *wrappers, name = path.split(".")
        held: Any = self.tree
        for wrapper in wrappers:
            held = held.get(wrapper) if isinstance(held, Mapping) else None
            held = held[0] if isinstance(held, list) and len(held) == 1 else held
        return isinstance(held, Mapping) and name in held and not isinstance(held[name], list)

    @property
    def says_nothing(self) -> bool:
        """Whether this may be a result that has nothing to say: with a path, and without documented members."""
        contract, succeeds = self.contract, 200 <= self.response.status < 300
        return contract.path is not None and not contract.response and succeeds

    @cached_property
    def body(self) -> Body | None:
        """The parsed body in whichever format it is, or None where it is neither JSON nor XML."""
        return self._read if isinstance(self._read, Body) else None

    @cached_property
    def unreadable(self) -> str | None:
        """Why the body cannot be read as JSON or XML, a phrase; None where it can."""
        if isinstance(self._read, str):
            return self._read
        mapping = self._read.format == "xml" or isinstance(self._read.value, Mapping) or self.says_nothing
        return None if mapping or self._is_of_another_root(self._read.value) else "JSON that is no object"

    def _is_of_another_root(self, value: Any) -> bool:
        """Whether this is a result that is documented to be no object, and is as documented."""
        root = self.contract.root
        return 200 <= self.response.status < 300 and root != "object" and isinstance(value, ROOTS.get(root, object))

    @cached_property
    def tree(self) -> Mapping[str, Any]:
        """The top-level members, in the shape and by the names that the contract gives to JSON."""
        return as_in_the_contract(self.written, self.contract)

    @cached_property
    def written(self) -> Mapping[str, Any]:
        """The top-level members by the names that they came under. XML is brought into the shape of JSON."""
        if self.body is None:
            return {}
        if self.body.format == "xml":
            return xml_members(self.body.value, with_every_name(self.contract))
        return self.body.value if isinstance(self.body.value, Mapping) else {}

    @cached_property
    def kind(self) -> Kind:
        """A refusal is what looks like the documented error, whatever its status; a success what else can be read."""
        if self.body is None or self.unreadable:
            return "unreadable"
        if self.contract.path is not None:
            return self._kind_of_a_path
        if self.body.format == "xml" and self.body.value.name == "Error":
            return "refusal"
        if {"Code", "HostId"} <= set(self.tree) and self.contract.at("HostId") is None:
            return "refusal"  # a result may document a Code, but no HostId
        succeeds = 200 <= self.response.status < 300
        if "Code" in self.tree and self.contract.at("Code") is None and not (succeeds and self.has_whole_result):
            return "refusal"
        return "refusal" if self.response.status >= 400 and not self.has_result else "success"

    @property
    def _kind_of_a_path(self) -> Kind:
        """Errors of such operations have no documented members: the status tells them, or a code and a message that no
        result has.
        """
        named = [named_like(self.tree, name) for name in ("Code", "Message")]
        looks = all(name is not None and self.contract.at(name) is None for name in named)
        if 200 <= self.response.status < 300:
            return "refusal" if looks and not self.has_result else "success"
        return "success" if self.has_result and not looks else "refusal"

    @cached_property
    def has_whole_result(self) -> bool:
        """Whether every member that the documentation always shows at the top is there: a result that says `Code` of
        success beside it is no error.
        """
        always = [f.name for f in self.contract.response if f.presence == "always"]
        return bool(always) and all(name in self.tree for name in always)

    @cached_property
    def has_result(self) -> bool:
        """Whether the body carries the operation's list, or where it has none, anything of its response but the
        RequestId and what every error has.
        """
        shared = (self.contract.semantics.request_id, *ERROR_MEMBERS)
        own = [f.name for f in self.contract.response if f.name not in shared and not self._is_shared(f.name)]
        lists = [f.name for f in self.contract.response if f.members]
        return any(name in self.tree for name in lists or own)

    def _is_shared(self, name: str) -> bool:
        members = (*ERROR_MEMBERS, "RequestId")
        return self.contract.path is not None and named_like(dict.fromkeys(members), name) is not None

    @cached_property
    def raw_items(self) -> Sequence[Any]:
        """The items as they came, under every documented form of the list."""
        path = self.contract.semantics.items
        return list(members_at(self.tree, path.split("."))) if path else []

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items in canonical form: every scalar as text, absent and empty both None."""
        fields = [(f.name, f) for f in self.contract.item_fields]
        numeric = {name for name, f in fields if any(inner.type == "number" for _, inner in f.walk())}
        return tuple(
            {n: canonical_text(as_numbers(raw.get(n), f) if n in numeric else raw.get(n)) for n, f in fields}
            if isinstance(raw, dict)
            else NO_FIELDS
            for raw in self.raw_items
        )

    def holders(self, path: tuple[str, ...]) -> Sequence[Mapping[str, Any]]:
        """The objects at a path, through arrays: what should have a field that is documented below it."""
        if path not in self._held:
            self._held[path] = list(holders_at(self.tree, path))
        return self._held[path]

    @cached_property
    def _held(self) -> dict[tuple[str, ...], Sequence[Mapping[str, Any]]]:
        return {}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The identities of the items, in the order they came."""
        key = self.contract.semantics.key or ""
        return tuple(item.get(key) or "" for item in self.items)

    def text(self, path: str) -> str | None:
        """The scalar at a dotted path as canonical text, or None."""
        value: Any = self.tree
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return canonical(value)

    def lacks(self, path: str) -> bool:
        """Whether there is no member at a dotted path, not even an empty one."""
        value: Any = self.tree
        for name in path.split("."):
            if not isinstance(value, dict) or name not in value:
                return True
            value = value[name]
        return False

    def error_text(self, name: str) -> str | None:
        """A member of an error. With a path of its own an operation may write its name otherwise (`code`)."""
        found = named_like(self.tree, name) if self.contract.path is not None else name
        return self.text(found) if found else None
