"""An answer: one exchange, and its response read by the contract into values that do not depend on the format.

Reading is tolerant on purpose: what the schema has against a body is judged elsewhere, once. Here a body is taken as
the documented alternatives allow, so that a check on paging is not disturbed by a member of the wrong type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NoReturn

from attrs import Factory, evolve, field, frozen

from conformance.contract.model import Contract, Field
from conformance.endpoint.bodies import Body, holders_at, members_at, named_like, read_body, xml_members
from conformance.endpoint.canonical import as_numbers, canonical, canonical_text
from conformance.endpoint.findings import Inconclusive, MadeUp, Violation
from conformance.endpoint.renaming import as_in_the_contract, with_every_name
from conformance.generate.required import names_something, sent_name
from conformance.wire.exchange import Exchange, HttpResponse

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


@frozen(eq=False)
class Answer:
    """One exchange under one contract, and what is read from its response.

    `repeated_as` is the answer's own RequestId where its reading is that of an earlier answer, which has another.
    """

    contract: Contract
    exchange: Exchange
    reading: ResponseReading = field(
        default=Factory(lambda self: ResponseReading(self.contract, self.exchange.response), takes_self=True),
        repr=False,
    )
    repeated_as: str | None = None

    def repeating(self, reading: ResponseReading, request_id: str) -> Answer:
        """This answer with the reading of an earlier one, which it repeats but for the RequestId."""
        return evolve(self, reading=reading, repeated_as=request_id)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.response.status

    @property
    def body(self) -> Body | None:
        """See `ResponseReading`."""
        return self.reading.body

    @property
    def tree(self) -> Mapping[str, Any]:
        """See `ResponseReading`."""
        return self.reading.tree

    @property
    def kind(self) -> Kind:
        """See `ResponseReading`."""
        return self.reading.kind

    @property
    def has_result(self) -> bool:
        """See `ResponseReading`."""
        return self.reading.has_result

    @property
    def raw_items(self) -> Sequence[Any]:
        """See `ResponseReading`."""
        return self.reading.raw_items

    @property
    def items(self) -> tuple[Item, ...]:
        """See `ResponseReading`."""
        return self.reading.items

    @property
    def keys(self) -> tuple[str, ...]:
        """See `ResponseReading`."""
        return self.reading.keys

    @property
    def accepted(self) -> bool:
        """Whether this is a result with a status of success."""
        return self.kind == "success" and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether this is an error with a status of the client's fault, or a documented one with the status it has. One
        that says that the server failed is no answer to a request, also where it is documented.
        """
        if self.kind != "refusal":
            return False
        documented = any(e.code == self.code and e.status == self.status for e in self.contract.errors)
        documented = documented and not (self.code or "").startswith(SERVER_FAILED)
        return 400 <= self.status < 500 or documented

    @property
    def code(self) -> str | None:
        """The code of an error."""
        return self.reading.error_text("Code")

    @property
    def message(self) -> str | None:
        """The message of an error."""
        return self.reading.error_text("Message")

    @property
    def request_id(self) -> str | None:
        """The RequestId of this very answer."""
        return self.repeated_as or self.reading.error_text(self.contract.semantics.request_id or "RequestId")

    @property
    def total(self) -> int | None:
        """The number of items over all pages, as the response gives it."""
        paging = self.contract.semantics.paging
        return self.integer(paging.total) if paging else None

    @property
    def count(self) -> int | None:
        """How many items there are over all pages: the total, or where there are no pages the items themselves."""
        return self.total if self.contract.semantics.paging else len(self.items)

    @property
    def lacks_total(self) -> bool:
        """Whether the answer does not say how many items there are over all pages, and need not."""
        paging = self.contract.semantics.paging
        member = self.contract.at(paging.total) if paging else None
        return bool(paging and member and member.presence == "sometimes" and self.reading.lacks(paging.total))

    @property
    def is_whole(self) -> bool:
        """Whether no token says that there is more, and none was sent: where pages have numbers the total says it."""
        cursor = self.contract.semantics.cursor
        if cursor is None or self.contract.semantics.paging:
            return True
        return self.text(cursor.next) is None and cursor.token not in dict(self.exchange.call.parameters)

    def text(self, path: str) -> str | None:
        """The scalar at a dotted path as canonical text, or None. Not for the RequestId, which has its own property."""
        return self.reading.text(path)

    def repeats(self, path: str, sent: str) -> bool:
        """Whether the member at a dotted path is what was sent. One that need not be there may be left out."""
        member = self.contract.at(path)
        optional = member is not None and member.presence == "sometimes"
        return self.text(path) == sent or (optional and self.reading.lacks(path))

    @property
    def facts(self) -> tuple[tuple[str, str | None], ...]:
        """What the documented scalars outside of lists say, by path, but for the RequestId."""
        own = self.contract.semantics.request_id or "RequestId"
        return tuple((path, self.text(path)) for path in single_paths(self.contract.response) if path != own)

    def integer(self, path: str) -> int | None:
        """The whole number at a dotted path, or None where there is none."""
        text = self.text(path)
        try:
            return int(text) if text is not None else None
        except ValueError:
            return None

    def listing(self) -> Answer:
        """This answer, if it is a readable success; otherwise the violation says what came instead.

        What another requirement is about is not judged here: a body that cannot be read, a result with a status of
        failure, or without what a listing is read by.
        """
        self.readable()
        if self.kind == "success" and not self.accepted:
            self._not_judged("envelope.success-status", f"a result comes with status {self.status}")
        if self.refused and (names := self._made_up()):
            why = f"{names[0]} is sent as the documentation has it, and what it names or needs may not be there"
            usual = self.exchange.call.usual.issuperset(names)
            raise MadeUp(f"not judged: {why}; the answer is {self.outline()}", self.exchange, usual=usual)
        if not self.accepted:
            raise Violation(
                "the request is allowed, and the answer is not a result",
                expected="a result with a 2xx status",
                received=self.outline(),
                exchange=self.exchange,
            )
        self._readable_as_a_listing()
        return self

    @property
    def has_no_code(self) -> bool:
        """Whether this is an error without what tells it from others, which the schema of errors is about."""
        return self.kind == "refusal" and self.contract.path is None and self.code is None

    def with_a_code(self) -> Answer:
        """This answer, unless it is such an error. Raises Inconclusive."""
        if self.has_no_code:
            self._not_judged("envelope.error-body", "the error has no Code")
        return self

    def _made_up(self) -> list[str]:
        """The parameters of the request that were sent with a documented sample and may have to name something."""
        sent, found = dict(self.exchange.call.parameters), list[str]()
        for p in self.contract.parameters:
            name = sent_name(p.name)
            if ".N." in p.name and name in self.exchange.call.varies:
                found.append(f"{name}, without what may belong beside it,")
            elif p.name != self.contract.semantics.region and names_something(p) and sent.get(name) in p.examples:
                found.append(name)
        return found

    def readable(self) -> Answer:
        """This answer, if its body can be read. Raises Inconclusive."""
        if self.kind == "unreadable":
            about = "envelope.readable" if self.reading.is_utf_8 else "envelope.utf-8"
            self._not_judged(about, f"the answer is {self.outline()}")
        return self

    def with_member(self, path: str) -> Answer:
        """This answer, if it has a member that is always there. Raises Inconclusive."""
        member = self.contract.at(path)
        if member is not None and member.presence == "always" and self.reading.lacks(path):
            self._not_judged(f"fields.{path}.present", f"{path} is missing")
        return self

    def with_a_list(self) -> Answer:
        """This answer, if nothing stands in the place of its list. Raises Inconclusive."""
        if self.reading.has_no_list:
            about = "envelope.success-body"
            self._not_judged(about, f"what stands at {self.contract.semantics.items} is no list")
        return self

    def _readable_as_a_listing(self) -> None:
        semantics = self.contract.semantics
        self.with_a_list()
        if semantics.paging and self.total is None and not self.lacks_total:
            path, there = semantics.paging.total, self.text(semantics.paging.total)
            rest = f"is {there!r}, no whole number" if there else "is missing"
            self._not_judged(f"fields.{path}.{'type' if there else 'present'}", f"{path} {rest}")
        if not all(isinstance(raw, Mapping) for raw in self.raw_items) and self.contract.item_fields:
            self._not_judged("envelope.success-body", f"{semantics.items} holds what is no object")
        if semantics.key and "" in self.keys:
            path = f"{semantics.items}.{semantics.key}"
            self._not_judged(f"fields.{path}.present", f"an item has no {semantics.key}")

    def _not_judged(self, about: str, why: str) -> NoReturn:
        raise Inconclusive(f"not judged, because {why}", self.exchange, because=about)

    def outline(self) -> str:
        """The answer in a few words."""
        if self.kind == "refusal":
            return f"status {self.status}, error {self.code}: {self.message}"
        if self.kind == "unreadable":
            return f"status {self.status} and a body that is {self.reading.unreadable}"
        return f"status {self.status} and a result of {len(self.items)} items"


def single_paths(fields: Sequence[Field], above: str = "") -> Iterator[str]:
    """The dotted paths of the scalars that there is at most one of."""
    for f in fields:
        path = f"{above}.{f.name}" if above else f.name
        if f.members and f.type != "array":
            yield from single_paths(f.members, path)
        elif not f.members and f.type not in ("array", "object"):
            yield path
