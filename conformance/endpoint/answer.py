"""An answer: one exchange, its response as it is read, and what checks ask of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from attrs import Factory, evolve, field, frozen

from conformance.contract.model import Contract, Field
from conformance.derive.nouns import only_reads
from conformance.endpoint.absence import is_wanted, names_nothing
from conformance.endpoint.bodies import Body
from conformance.endpoint.findings import Inconclusive, MadeUp, Violation
from conformance.endpoint.response_reading import SERVER_FAILED, Item, Kind, ResponseReading
from conformance.generate.required import allowed_value, names_something, required_names, sent_name
from conformance.wire.exchange import Exchange

# said of a refusal that an earlier request of an operation that changes something may explain
NOT_FOUND, OF_ITS_STATE = "names is not found", "may have changed what"
# said of a request that is not sent, since it names what no run made
NOT_OURS = "may be somebody's"


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
        if self.wants_more:
            why = f"{self.contract.operation} wants what its page lets be left out, and has an error for that"
            raise Inconclusive(f"not judged: {why}; the answer is {self.outline()}", self.exchange)
        if self.refused and (name := self.names_nothing):
            why = f"not judged: what {name} {NOT_FOUND}; the answer is {self.outline()}"
            if only_reads(self.contract.operation):
                raise MadeUp(why, self.exchange, usual=name in self.exchange.call.usual)
            raise Inconclusive(why, self.exchange)
        if self.refused and (names := self._made_up()):
            why = f"{names[0]} is sent as the documentation has it, and what it names or needs may not be there"
            usual = self.exchange.call.usual.issuperset(names)
            raise MadeUp(f"not judged: {why}; the answer is {self.outline()}", self.exchange, usual=usual)
        if self.refused and (name := self._may_have_changed()):
            why = f"what was asked before {OF_ITS_STATE} {name} names"
            raise MadeUp(f"not judged: {why}; the answer is {self.outline()}", self.exchange, usual=True)
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
    def wants_more(self) -> bool:
        """Whether this is the documented error for the absence of what need not be there."""
        if not self.refused:
            return False
        sent = {name for name, _ in self.exchange.call.parameters}
        return is_wanted(self.contract, self.code, self.message, sent)

    @property
    def names_nothing(self) -> str | None:
        """The parameter of which this documented error says that what it names is not there, and may not be."""
        call = self.exchange.call
        sent = [name for name, _ in call.parameters]
        return names_nothing(self.contract, self.code, self.status, sent, call.varies)

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
            elif p.name != self.contract.semantics.region and names_something(p) and name in sent:
                found += [name] if sent[name] in (*p.examples, allowed_value(p)) else []
        return found

    def _may_have_changed(self) -> str | None:
        """The parameter by which every request of an operation that changes something is told what to change."""
        if only_reads(self.contract.operation):
            return None
        required = required_names(self.contract)
        return next((name for name in required if name in self.exchange.call.usual), None)

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
        if semantics.key and "" in self.keys and not all(self.raw_items):
            self._not_judged("envelope.success-body", f"{semantics.items} holds an item with nothing in it")
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
