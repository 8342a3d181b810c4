"""The endpoint under test, as the checks see it: ask, get an answer that was judged on its own merits, and compute what
it should bring.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict, Unpack

from attrs import Factory, define, evolve, field

from conformance.contract.model import Filter, TimeRange
from conformance.contract.protocol import Protocol
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Violation
from conformance.endpoint.id_syntax import IdSyntaxes
from conformance.endpoint.inventory import Inventories, Inventory
from conformance.endpoint.learnt import Learnt
from conformance.endpoint.lifecycle.guard import CreationGuard
from conformance.endpoint.oracle import Expectation, Oracle
from conformance.endpoint.paths import route_of
from conformance.endpoint.response_reading import Item
from conformance.endpoint.roles import ContractRoles
from conformance.endpoint.sender import Sender
from conformance.endpoint.stored import StoredItems
from conformance.endpoint.thrift import Thrift
from conformance.endpoint.traffic import Limits, Traffic
from conformance.endpoint.walk import PageWalk, TokenWalk, pages_by_token
from conformance.endpoint.watch.watch import Watch
from conformance.generate.required import first_name, required_names, required_values, sent_name
from conformance.generate.views import IdSyntax, View, write_ids
from conformance.ledger.subjects import operation_parameters
from conformance.wire.client import AnyClient
from conformance.wire.exchange import (
    Call,
    Channel,
    Credentials,
    Exchange,
    Forgery,
    Format,
    HttpRequest,
    HttpResponse,
    WireForm,
)
from conformance.wire.routes import OperationRoute

if TYPE_CHECKING:
    from conformance.endpoint.lifecycle.own import FreshThings

# so many requests do for a run with every page size; with fewer, some sizes stand for all
PLENTY = 5_000
SentParameters = Mapping[str, str] | Sequence[tuple[str, str]]


class CallOptions(TypedDict, total=False):
    """What else may be said of a call: see `Target.call` and `conformance.wire.exchange.Call`."""

    region: str | None
    without: str | None
    common: Mapping[str, str | None] | None
    tamper: Mapping[str, str | None] | None
    covered: Mapping[str, str | None] | None
    forgery: Forgery | None
    wire_form: WireForm


@define(slots=False, eq=False)
class Target(ContractRoles):
    """One endpoint under one contract.

    `regions` hold data, the first is the one that checks use by default. `channels` are the ways in which calls may
    travel. `known` gives the stored items by region where the caller knows them, `values` those of parameters that must
    name something that is there. `allowance` is what may still be sent. A `guard` stands before what creates. `thrift`
    says whether checks ask as little as they can. `fresh` gives what is taken away.
    """

    protocol: Protocol
    client: AnyClient
    watch: Watch
    regions: Sequence[str]
    channels: Sequence[Channel]
    limits: Limits = field(factory=Limits)
    known: Mapping[str, Sequence[Mapping[str, object]]] | None = None
    allowance: Allowance = field(default=Factory(lambda self: Allowance.begun(self.limits), takes_self=True))
    values: Mapping[str, str] = field(factory=dict)
    scopes: tuple[Filter, ...] = ()
    guard: CreationGuard | None = None
    span: TimeRange | None = None
    thrift: Thrift = field(factory=Thrift)
    fresh: FreshThings | None = None
    sender: Sender = field(
        default=Factory(
            lambda self: Sender(
                self.contract,
                self.client,
                self.limits,
                self.allowance,
                {*self.regions, *self.values.values()},
                guard=self.guard,
            ),
            takes_self=True,
        ),
        init=False,
    )
    _inventories: Inventories = field(
        default=Factory(
            lambda self: Inventories(self._read, self.sender.gives_away, self.contract.semantics.key), takes_self=True
        ),
        init=False,
    )
    stored: StoredItems = field(
        default=Factory(
            lambda self: StoredItems(self.contract, self.known, self.scopes, self.values, self.span), takes_self=True
        ),
        init=False,
    )
    # whether what the example at hand claims rests on what the listing is
    relies: bool = field(default=False, init=False)
    learnt: Learnt = field(factory=Learnt, init=False)
    _by_format: dict[Format, tuple[Channel, ...]] = field(factory=dict, init=False)
    _unwatched: set[int] = field(factory=set, init=False)
    _id_syntax: IdSyntaxes = field(factory=IdSyntaxes, init=False)

    @property
    def traffic(self) -> Traffic:
        """What went over the wire so far."""
        return self.sender.traffic

    # -------------------------------------------------------------------------------------------------- what is asked

    def every_page_size(self) -> Sequence[int]:
        """All sizes that are allowed, in order; where requests are scarce, those at the edges and a few between."""
        if self.limits.max_requests is None or self.limits.max_requests >= PLENTY:
            return range(self.smallest_size, self.largest_size + 1)
        if self.thrift.on:
            return self.page_sizes(self.smallest_size + 1, 50)
        smallest, largest = self.smallest_size, self.largest_size
        return self.page_sizes(smallest, smallest + 1, 10, 50, largest - 1)

    def few_page_sizes(self) -> list[int]:
        """A few sizes that are allowed, below the largest; where requests are scarce, one."""
        scarce = self.limits.max_requests is not None and self.limits.max_requests < PLENTY
        sizes = self.page_sizes(10) if scarce else self.page_sizes(2, 10, 50)
        return [size for size in sizes if size < self.largest_size]

    @cached_property
    def homes(self) -> Sequence[str]:
        """The regions in which a plain request may be made: what it must name, where that is given, is in the first."""
        named = {*self.values, *(self.fresh.names if self.fresh else ())}
        return self.regions[:1] if named & set(required_names(self.contract)) else self.regions

    @property
    def id_syntax(self) -> IdSyntax:
        """How several ids are written: as the implementation was seen to read them, else as documented first."""
        return self._id_syntax.known(self)

    def parameters_of(self, view: View) -> dict[str, str]:
        """The parameters that ask for a view, its ids as this endpoint reads them."""
        if view.ids:
            self._id_syntax.find_out(self)
        return view.parameters(self.contract, self.id_syntax)

    def channels_for(self, format: Format) -> tuple[Channel, ...]:
        """The channels that ask for one format."""
        if format not in self._by_format:
            self._by_format[format] = tuple(dict.fromkeys(evolve(c, format=format) for c in self.channels))
        return self._by_format[format]

    # ------------------------------------------------------------------------------------------------------ asking

    def call(
        self, parameters: SentParameters = (), channel: Channel | None = None, **options: Unpack[CallOptions]
    ) -> Call:
        """A call of the operation. What it requires is added where `parameters` do not give it, except `without`:
        the region, and an allowed value of others. A repetition that is named as documented (`Tag.N.Key`) is its first.
        """
        given_pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
        pairs = [(name, self._own(name, value)) for name, value in ((sent_name(n), v) for n, v in given_pairs)]
        given = {name for name, _ in pairs} | {sent_name(options.get("without") or "")}
        added = list(self._required(options.get("region"), given))
        return Call(
            self.contract.operation,
            self.contract.version,
            (*added, *pairs),
            channel or self.channels[0],
            options.get("common") or {},
            options.get("tamper") or {},
            options.get("covered") or {},
            options.get("forgery"),
            options.get("wire_form", WireForm()),
            frozenset(name for name, _ in added),
            self._route,
        )

    def _own(self, name: str, value: str) -> str:
        """A value, or where it is the documented sample of what may be somebody else's thing, the one of the run."""
        sample = next((s for s in self.sender.strangers.get(first_name(name), ()) if s in value), None)
        if sample is None or value in self.values.values():
            return value
        own = self.values.get(name) or (self.fresh.get(name) if self.fresh else None)
        return value.replace(sample, own) if own else value

    @cached_property
    def _route(self) -> OperationRoute | None:
        return route_of(self.contract)

    def _required(self, region: str | None, given: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        """What every request says, but for what is given."""
        name = self.contract.semantics.region
        region = self.regions[0] if region is None else region
        if name and region and name not in given:
            yield name, region
        own = {sent_name(p.name) for p in operation_parameters(self.contract, self.protocol)}
        guarded = dict(self.guard.creating.added()) if self.guard else {}
        yield from ((sent, value) for sent, value in guarded.items() if sent not in given)
        required = dict(required_values(self.contract))
        for sent, value in required.items():
            if sent in own and sent not in guarded and sent not in given:
                fresh = self.fresh.get(sent) if self.fresh else None
                yield sent, self.values.get(sent) or fresh or self._stored_value(sent, region) or value
        there = {*required, *guarded, name, *given}
        yield from ((more, value) for more, value in self.values.items() if more not in there)

    def _stored_value(self, name: str, region: str) -> str | None:
        """What a required id list, filter or time range may ask for, where the stored items are known: all ids, the
        usual value, all times.
        """
        semantics, items = self.contract.semantics, self.stored.items(region) or ()
        if semantics.ids and name == semantics.ids.parameter:
            ids = [id for item in items if (id := item.get(semantics.key or ""))]
            return write_ids(ids[: self.longest_id_list], self.id_syntax) if ids else None
        return self.stored.bounds(region).get(name) or self.stored.scope(region).get(name)

    def ask(
        self, parameters: SentParameters = (), channel: Channel | None = None, **options: Unpack[CallOptions]
    ) -> Answer:
        """Send a call and read its answer. Options as for `call`."""
        return self.send(self.call(parameters, channel, **options))

    def send(self, call: Call, *, credentials: Credentials | None = None, watched: bool = True) -> Answer:
        """Send until the answer is neither throttled nor a passing failure, then judge it on its own merits.

        A connection that breaks twice is a violation, an answer that does not come in time inconclusive.
        """
        plain = watched and credentials is None
        if plain and (known := self.thrift.known(call)):
            return known
        answer = self.sender.send(call, credentials)
        if self.fresh:
            self.fresh.after(answer)
        if watched:
            self._watch(answer)
        else:
            self._unwatched.add(answer.exchange.number)
        if plain:
            self.thrift.note(call, answer)
        return answer

    def again(self, exchange: Exchange, channel: Channel | None = None) -> Answer:
        """The answer to the request of an exchange, sent again, perhaps in another way; judged if that one was."""
        call = exchange.call if channel is None else evolve(exchange.call, channel=channel)
        return self.send(call, watched=self.is_watched(exchange))

    def together(self, calls: Sequence[Call]) -> tuple[Answer, ...]:
        """Send calls at the same time, each over a connection of its own."""
        with ThreadPoolExecutor(len(calls)) as pool:
            answers = tuple(pool.map(self.sender.send_apart, calls))
        for answer in answers:
            self._watch(answer)
        return answers

    def judge_standalone(self, exchanges: Iterable[tuple[Call, HttpRequest, HttpResponse]]) -> None:
        """Count and judge exchanges that were made elsewhere, each on its own merits."""
        for call, request, response in exchanges:
            self.traffic.requests += 1
            self.traffic.note(response)
            self.watch.see(Answer(self.contract, self.exchange_of(call, request, response)))

    def exchange_of(self, call: Call, request: HttpRequest, response: HttpResponse) -> Exchange:
        """The exchange that has just been made."""
        return self.sender.exchange_of(call, request, response)

    def _watch(self, answer: Answer) -> None:
        """An answer that a recording gives for the second time was judged the first time."""
        if self.client.is_new(answer.exchange.response):
            self.watch.see(answer)

    # --------------------------------------------------------------------------------------------------- listings

    def see(
        self,
        view: View,
        channel: Channel | None = None,
        region: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Answer:
        """One page of a view; `more` gives further parameters."""
        sent = {**self.parameters_of(view), **(more or {})}
        return self.ask(sent, channel, region=region)

    def pages(
        self, view: View, size: int | None, channel: Channel | None = None, region: str | None = None
    ) -> Iterator[Answer]:
        """All pages of a view, until the total, or a page without a token, says that there are no more. Each is a
        result, or a violation.
        """
        paging = self.contract.semantics.paging
        if paging is None and self.contract.semantics.cursor:
            yield from self.token_pages(view, (size,), channel, region)
            return
        if paging is None:
            yield self.see(view, channel, region).listing()
            return
        sized = {paging.size: str(size)} if size is not None else {}

        def ask(number: int) -> Answer:
            return self.see(view, channel, region, {paging.number: str(number), **sized})

        walk, number = PageWalk(self.limits, ask), 1
        while True:
            page = ask(number).listing()
            yield page
            step = max(1, size or page.integer(paging.size_echo or paging.size) or len(page.items))
            if not walk.goes_on(page, number, step):
                return
            number += 1

    def token_pages(
        self, view: View, sizes: Sequence[int | None], channel: Channel | None = None, region: str | None = None
    ) -> Iterator[Answer]:
        """All pages of a view, each by the token of the one before. The sizes are asked for in turn."""
        cursor = self.cursor

        def ask(token: str | None, size: int | None) -> Answer:
            sent = {cursor.token: token, cursor.size: None if size is None else str(size)}
            return self.see(view, channel, region, {name: text for name, text in sent.items() if name and text})

        return pages_by_token(TokenWalk(self.limits, cursor.next), ask, sizes)

    def keys_of(
        self, view: View, size: int | None, channel: Channel | None = None, region: str | None = None
    ) -> tuple[list[str], Answer]:
        """The keys of all items of a view, over all pages of a size, and the last page."""
        keys: list[str] = []
        for page in self.pages(view, size, channel, region):
            keys += page.keys
        return keys, page

    def listing(self, view: View, channel: Channel | None = None, region: str | None = None) -> tuple[Item, ...]:
        """All items of a view, over all pages of the largest documented size."""
        return tuple(item for page in self.pages(view, self.largest_page, channel, region) for item in page.items)

    def inventory(self, region: str | None = None) -> Inventory:
        """The whole listing of a region, read once and kept until it is seen to have moved."""
        self.relies = True
        return self._inventories.of(region or self.regions[0])

    def sample(self, region: str | None = None) -> tuple[Item, ...]:
        """Items to draw requests from. They stay the same through the examples of a check even if the listing moves."""
        self.relies = True
        return self._inventories.sample(region or self.regions[0])

    def resample(self) -> None:
        """From here on, `sample` is what the listing is now."""
        self._inventories.resample()

    def has_moved(self) -> bool:
        """Whether the listings that checks have used are no longer what they were, and are not merely answered wrongly.

        Items that the caller vouches for do not move; a listing that is not answered as one is not known to have moved.
        """
        try:
            return self.known is None and self._inventories.have_moved()
        except Violation:
            return False

    def gone(self) -> frozenset[str]:
        """What identified items of the first region that are gone by now."""
        return self._inventories.gone(self.regions[0])

    def lost(self) -> frozenset[str]:
        """What identified items of the first region that its listing does not show any more, read again."""
        return self._inventories.lost(self.regions[0])

    def is_watched(self, exchange: Exchange) -> bool:
        """Whether the answer of an exchange was judged on its own merits, too."""
        return exchange.number not in self._unwatched

    def _read(self, region: str, smaller: int = 1) -> Inventory:
        items: list[Item] = []
        size = max(self.smallest_size, self.largest_page // smaller) if self.largest_page else None
        with self.thrift.afresh():
            pages = tuple(self.pages(View(), size, self.channels[0], region))
        for page in pages:
            items += page.items
        return Inventory(region, tuple(items), page.total, () if self.contract.semantics.items else page.facts)

    # ------------------------------------------------------------------------------------------------ expectations

    def expect(self, view: View, region: str | None = None) -> Expectation:
        """What a view must bring, computed from the inventory."""
        return self.oracle(region).expect(view, self.inventory(region).items)

    def oracle(self, region: str | None = None) -> Oracle:
        """What computes it: it knows the dialect as it is by now, and times to the second where the store is known."""
        self.relies = True
        return Oracle(self.contract, self.watch.dialect, self.stored.exact_times(region or self.regions[0]))
