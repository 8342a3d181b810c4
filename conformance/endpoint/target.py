"""The endpoint under test, as the checks see it: ask, and get an answer that was watched, counted and, if need be,
waited for.
"""

from __future__ import annotations

import bisect
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from attrs import define, evolve, field, frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint.answer import Answer, Item, canonical_text
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.oracle import Expectation, Oracle
from conformance.endpoint.repeats import Repeats
from conformance.endpoint.watch.watch import Watch
from conformance.generate.times import parse_time
from conformance.generate.views import View
from conformance.wire.client import Client
from conformance.wire.exchange import Call, Channel, Credentials, Exchange, HttpRequest, HttpResponse
from conformance.wire.transport import BrokenOff, NotHttp, TimedOut, TooLarge, Unreachable

LATENCY_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
BUSY_STATUSES = (429, 503)


@frozen
class Limits:
    """How much a run may ask: requests a second, requests in all, and how often a throttled request is tried again."""

    rate: float | None = None
    max_requests: int | None = None
    attempts: int = 8
    longest_wait: float = 5.0


@define
class Traffic:
    """What went over the wire so far."""

    requests: int = 0
    throttled: int = 0
    outcomes: Counter[str] = field(factory=Counter)
    latency: list[int] = field(factory=lambda: [0] * (len(LATENCY_BOUNDS_MS) + 1))

    def add(self, other: Traffic) -> None:
        self.requests += other.requests
        self.throttled += other.throttled
        self.outcomes.update(other.outcomes)
        self.latency = [a + b for a, b in zip(self.latency, other.latency, strict=True)]

    def note(self, response: HttpResponse) -> None:
        self.outcomes[str(response.status)] += 1
        self.latency[bisect.bisect_left(LATENCY_BOUNDS_MS, response.seconds * 1000)] += 1


@frozen
class Inventory:
    """The whole listing of a region at one moment. `items` in the order of the pages."""

    region: str
    items: tuple[Item, ...]
    total: int | None

    def keys(self, name: str) -> tuple[str, ...]:
        return tuple(item.get(name) or "" for item in self.items)


@define(slots=False)
class Target:
    """One endpoint under one contract.

    `regions` hold data, the first is the one that checks use by default. `channels` are the ways in which calls may
    travel.
    `known` gives the stored items by region where the caller knows them.
    """

    contract: Contract
    protocol: Protocol
    client: Client
    watch: Watch
    regions: Sequence[str]
    channels: Sequence[Channel]
    limits: Limits = Limits()
    known: Mapping[str, Sequence[Mapping[str, object]]] | None = None
    traffic: Traffic = field(factory=Traffic)
    _by_format: dict[str, tuple[Channel, ...]] = field(factory=dict)
    _repeats: Repeats = field(factory=Repeats)
    _inventories: dict[str, Inventory] = field(factory=dict)
    _samples: dict[str, tuple[Item, ...]] = field(factory=dict)
    _moments: dict[str, Mapping[str, datetime]] = field(factory=dict)
    _next_at: float = 0.0

    # ------------------------------------------------------------------------------------------------------ asking

    def call(
        self,
        parameters: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        channel: Channel | None = None,
        *,
        region: str | None = None,
        without: str | None = None,
        common: Mapping[str, str | None] | None = None,
        tamper: Mapping[str, str | None] | None = None,
    ) -> Call:
        """A call of the operation. What it requires is added where `parameters` do not give it, except `without`:
        the region, and the documented examples of others.
        """
        pairs = list(parameters.items()) if isinstance(parameters, Mapping) else list(parameters)
        given = {name for name, _ in pairs} | {without}
        added = [(name, value) for name, value in self._required(region) if name not in given]
        pairs = [*added, *pairs]
        return Call(
            self.contract.operation,
            self.contract.version,
            tuple(pairs),
            channel or self.channels[0],
            common or {},
            tamper or {},
        )

    def _required(self, region: str | None) -> Iterator[tuple[str, str]]:
        common, name = {p.name for p in self.protocol.parameters}, self.contract.semantics.region
        region = self.regions[0] if region is None else region
        if name and region:
            yield name, region
        for p in self.contract.parameters:
            if p.required and p.name != name and p.name not in common and p.examples:
                yield p.name, p.examples[0]

    def ask(
        self,
        parameters: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        channel: Channel | None = None,
        **options: object,
    ) -> Answer:
        """Send a call and read its answer. Options as for `call`."""
        return self.send(self.call(parameters, channel, **options))

    def send(self, call: Call, *, credentials: Credentials | None = None, watched: bool = True) -> Answer:
        """Send until the answer is neither throttled nor a passing failure, then judge it on its own merits.

        A connection that breaks twice is a violation, an answer that does not come in time inconclusive.
        """
        answer = self._patiently(self.client, call, credentials)
        if watched:
            self._watch(answer)
        return answer

    def together(self, calls: Sequence[Call]) -> tuple[Answer, ...]:
        """Send calls at the same time, each over a connection of its own."""
        with ThreadPoolExecutor(len(calls)) as pool:
            answers = tuple(pool.map(self._apart, calls))
        for answer in answers:
            self._watch(answer)
        return answers

    def judge_alone(self, exchanges: Iterable[tuple[Call, HttpRequest, HttpResponse]]) -> None:
        """Count and judge exchanges that were made elsewhere, each on its own merits."""
        for call, request, response in exchanges:
            self.traffic.requests += 1
            self.traffic.note(response)
            self.watch.see(Answer(self.contract, self.exchange_of(call, request, response)))

    def _watch(self, answer: Answer) -> None:
        """An answer that a recording gives for the second time was judged the first time."""
        if self.client.is_new(answer.exchange.response):
            self.watch.see(answer)

    def _apart(self, call: Call) -> Answer:
        with self.client.apart() as client:
            return self._patiently(client, call, None)

    def _patiently(self, client: Client, call: Call, credentials: Credentials | None) -> Answer:
        for attempt in range(1, self.limits.attempts + 1):
            request, response = self._transfer(client, call, credentials)
            exchange = self.exchange_of(call, request, response, attempt)
            answer = self._repeats.read(Answer(self.contract, exchange))
            if not is_throttled(answer):
                return answer
            self.traffic.throttled += 1
            time.sleep(self._pause(response, attempt))
        raise Inconclusive(f"throttled {self.limits.attempts} times in a row", exchange)

    def exchange_of(self, call: Call, request: HttpRequest, response: HttpResponse, attempts: int = 1) -> Exchange:
        number = getattr(request, "number", None) or self.traffic.requests
        return Exchange(number, call, request, response, time.time(), attempts)

    def _pause(self, response: HttpResponse, attempt: int) -> float:
        wanted = response.header("retry-after") or ""
        seconds = float(wanted) if wanted.isdigit() else 0.05 * 2 ** (attempt - 1)
        return min(seconds, self.limits.longest_wait)

    def _transfer(
        self, client: Client, call: Call, credentials: Credentials | None
    ) -> tuple[HttpRequest, HttpResponse]:
        """One request on the wire, and a second one where the first broke."""
        problem = ""
        for _ in range(2):
            self._wait_for_turn()
            self.traffic.requests += 1
            request = client.prepare(call, credentials)
            try:
                response = client.send(request)
            except (TimedOut, Unreachable) as e:
                self.traffic.outcomes["no answer"] += 1
                raise Inconclusive(str(e)) from None
            except (BrokenOff, NotHttp, TooLarge) as e:
                self.traffic.outcomes["broken off"] += 1
                problem = str(e)
                continue
            if client.is_new(response):
                self.traffic.note(response)
            else:  # a recording gives it again: it was counted the first time
                self.traffic.requests -= 1
            return request, response
        evidence = Exchange(self.traffic.requests, call, request, HttpResponse(0, (), b""), time.time(), 2)
        raise Violation("the server gave no HTTP answer", expected="an answer", received=problem, exchange=evidence)

    def _wait_for_turn(self) -> None:
        if self.limits.max_requests is not None and self.traffic.requests >= self.limits.max_requests:
            raise Inconclusive(f"the budget of {self.limits.max_requests} requests is used up")
        if self.limits.rate:
            now = time.monotonic()
            time.sleep(max(0.0, self._next_at - now))
            self._next_at = max(now, self._next_at) + 1 / self.limits.rate

    # --------------------------------------------------------------------------------------------------- listings

    def see(self, view: View, channel: Channel | None = None, region: str | None = None, **more: str) -> Answer:
        """One page of a view; `more` adds parameters."""
        return self.ask({**view.parameters(self.contract, self.id_syntax), **more}, channel, region=region)

    def pages(
        self, view: View, size: int | None, channel: Channel | None = None, region: str | None = None
    ) -> Iterator[Answer]:
        """All pages of a view, until the total says that there are no more. Each is a result, or a violation."""
        paging = self.contract.semantics.paging
        if paging is None:
            yield self.see(view, channel, region).listing()
            return
        sized = {paging.size: str(size)} if size is not None else {}
        number, seen = 1, 0
        while True:
            page = self.see(view, channel, region, **{paging.number: str(number)}, **sized).listing()
            yield page
            seen += len(page.items)
            step = size or page.integer(paging.size_echo or paging.size) or len(page.items)
            if not page.items or number * step >= (page.total or 0):
                return
            number += 1

    def listing(
        self, view: View, channel: Channel | None = None, region: str | None = None, size: int | None = None
    ) -> tuple[Item, ...]:
        """All items of a view, over all pages of the largest documented size (or of `size`)."""
        return tuple(
            item for page in self.pages(view, size or self.largest_page, channel, region) for item in page.items
        )

    @property
    def largest_page(self) -> int | None:
        paging = self.contract.semantics.paging
        parameter = self.contract.parameter(paging.size) if paging else None
        maximum = parameter.value("maximum") if parameter else None
        return int(maximum) if maximum is not None else None

    def inventory(self, region: str | None = None) -> Inventory:
        """The whole listing of a region, read once and kept until `refresh`."""
        region = region or self.regions[0]
        if region not in self._inventories:
            self._inventories[region] = self._read(region)
        return self._inventories[region]

    def keep_sample(self) -> None:
        """From here on, `sample` is what the listing is now."""
        self._samples = {}

    def sample(self, region: str | None = None) -> tuple[Item, ...]:
        """Items to draw requests from. They stay the same through the examples of a check even if the listing moves."""
        region = region or self.regions[0]
        if region not in self._samples:
            self._samples[region] = self.inventory(region).items
        return self._samples[region]

    def _read(self, region: str) -> Inventory:
        pages = list(self.pages(View(), self.largest_page, self.channels[0], region))
        return Inventory(region, tuple(i for p in pages for i in p.items), pages[-1].total)

    def has_moved(self) -> bool:
        """Whether the listings that checks have used are no longer what they were, and are not merely answered wrongly.

        Two readings in a row must agree on the change: an answer that is wrong once in a while is no movement. Items
        that the caller vouches for do not move.
        """
        if self.known is not None:
            return False
        for region, before in tuple(self._inventories.items()):
            previous = self._read(region)
            for _ in range(4):
                now = self._read(region)
                if now == previous:
                    break
                previous = now
            if now != before:
                self._inventories[region] = now
                return True
        return False

    # ------------------------------------------------------------------------------------------------ expectations

    def page_sizes(self, *wanted: int) -> list[int]:
        """Those of the wanted sizes that the documentation allows, and the largest one."""
        largest = self.largest_page or 100
        return sorted({size for size in (*wanted, largest) if 1 <= size <= largest})

    @property
    def id_syntax(self) -> str:
        """How several ids are written: as the implementation was seen to read them, else as documented first."""
        ids = self.contract.semantics.ids
        if ids is None:
            return "comma"
        taken = self.watch.dialect.taken("id-syntax", ids.parameter)
        choice, parameter = (
            self.contract.choice_about("id-syntax", ids.parameter),
            self.contract.parameter(ids.parameter),
        )
        documented = [a.id for a in choice.alternatives if a.id != "both"] if choice else []
        if taken not in ("comma", "json-array"):
            taken = documented[0] if documented else parameter.value("syntax", "comma") if parameter else "comma"
        return "json-array" if taken == "json-array" else "comma"

    def expect(self, view: View, region: str | None = None) -> Expectation:
        """What a view must bring, computed from the inventory."""
        return self.oracle(region).expect(view, self.inventory(region).items)

    def oracle(self, region: str | None = None) -> Oracle:
        return Oracle(self.contract, self.watch.dialect, self._exact_times(region or self.regions[0]))

    def _exact_times(self, region: str) -> Mapping[str, datetime]:
        """Moments to the second, which answers to the minute do not show, from the known store."""
        if region not in self._moments:
            self._moments[region] = self._stored_moments(region)
        return self._moments[region]

    def _stored_moments(self, region: str) -> dict[str, datetime]:
        semantics = self.contract.semantics
        if semantics.range is None or self.known is None:
            return {}
        stored = self.known.get(region, ())
        moments = {str(i.get(semantics.key or "")): parse_time(str(i.get(semantics.range.field))) for i in stored}
        return {key: moment for key, moment in moments.items() if moment is not None}

    def known_items(self, region: str) -> tuple[Item, ...] | None:
        """The stored items in canonical form, or None where the store is not known."""
        if self.known is None:
            return None
        names = tuple(f.name for f in self.contract.item_fields)
        return tuple({n: canonical_text(i.get(n)) for n in names} for i in self.known.get(region, ()))

    def channels_for(self, format: str) -> tuple[Channel, ...]:
        """The channels that ask for one format."""
        if format not in self._by_format:
            self._by_format[format] = tuple(dict.fromkeys(evolve(c, format=format) for c in self.channels))
        return self._by_format[format]


def is_throttled(answer: Answer) -> bool:
    """Whether the server asks for patience: by status, or by a code of the throttling family."""
    code = answer.code or "" if answer.kind == "refusal" else ""
    return answer.status in BUSY_STATUSES or code.startswith("Throttling") or code == "ServiceUnavailable"
