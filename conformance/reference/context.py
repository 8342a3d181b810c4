"""What every step of the pipeline is handed: the server's settings and memory, and the one request being answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from conformance.contract.model import Contract, Filter
from conformance.contract.narrowing import Bound, Selector
from conformance.contract.protocol import Protocol
from conformance.reference.credentials import AccessKey
from conformance.reference.dialect import ReferenceDialect
from conformance.reference.message import Request

if TYPE_CHECKING:
    from conformance.reference.rendering import ItemPlan
    from conformance.reference.steps import Steps
    from conformance.reference.store import Store


@define
class Orders:
    """Listings in order, the newest few: to sort 20,000 items for each of 200 pages takes most of the time."""

    least: int = 100
    most: int = 4
    _kept: dict[tuple[Any, ...], tuple[list[Any], list[Any]]] = field(factory=dict)

    def of(self, items: list[Any], how: Any, sort: Callable[[list[Any]], list[Any]]) -> list[Any]:
        """A list of these very items as `sort` has them; `how` says in which order that is."""
        if len(items) < self.least:
            return sort(items)
        # what is kept holds the items, so that none of their identities becomes another's
        key = (how, *map(id, items))
        found = self._kept.get(key)
        if found is None:
            for oldest in list(self._kept)[: len(self._kept) + 1 - self.most]:
                self._kept.pop(oldest, None)
            found = self._kept[key] = (items, sort(items))
        return list(found[1])


@define
class Server:
    """What outlives a request. `memory` belongs to faults and variants, `nonces` maps a nonce to when it was used.
    `plans` are how items are written in each format, where that is always alike.
    """

    contract: Contract
    protocol: Protocol | None
    store: Store
    keys: Mapping[str, AccessKey]
    dialect: ReferenceDialect
    clock: Callable[[], float]
    request_ids: Callable[[], str]
    steps: Steps
    host_id: str = "127.0.0.1"
    nonces: dict[tuple[str | None, ...], float] = field(factory=dict)
    memory: dict[Any, Any] = field(factory=dict)
    lock: threading.RLock = field(factory=threading.RLock)
    orders: Orders = field(factory=Orders)
    plans: dict[str, ItemPlan] = field(factory=dict)


Tag = tuple[str, str | None]


@frozen
class Query:
    """A validated request: times are `yyyy-MM-ddTHH:mm:ssZ`; `nothing` says that some value can match no item.

    `among`, `tags` and `bounds` are lists of values, tags, and least and greatest values, as they were sent.

    `by_token` says that pages follow tokens; `token` is the one that was sent, empty for the first page.
    """

    region: str = ""
    filters: tuple[tuple[Filter, str], ...] = ()
    ids: tuple[str, ...] | None = None
    start: str | None = None
    end: str | None = None
    among: tuple[tuple[Selector, tuple[str, ...]], ...] = ()
    tags: tuple[Tag, ...] = ()
    bounds: tuple[tuple[Bound, str], ...] = ()
    number: int = 1
    size: int = 10
    number_echo: int = 1
    size_echo: int = 10
    by_token: bool = False
    token: str = ""
    nothing: bool = False

    @property
    def is_selective(self) -> bool:
        """Whether any condition was given."""
        narrowed = self.filters or self.start or self.end or self.among or self.tags or self.bounds
        return bool(narrowed) or self.ids is not None


@define
class Context:
    """One request on its way through the steps. `number` counts the requests of the server from 1.

    `sent` are all pairs of query and form in order, `parameters` the same by name, `common` the common parameters by
    their V1 names, whichever signature carries them. `query` is one without conditions until it is read. `taken` keeps
    the choices made for this request.
    """

    server: Server
    request: Request
    number: int
    sent: list[tuple[str, str]] = field(factory=list)
    form: list[tuple[str, str]] = field(factory=list)
    parameters: dict[str, str] = field(factory=dict)
    common: dict[str, str | None] = field(factory=dict)
    signature: str = "v1"
    format: str = "xml"
    query: Query = field(factory=Query)
    taken: dict[tuple[str, tuple[str, ...]], str | None] = field(factory=dict)

    @property
    def steps(self) -> Steps:
        """The functions that the answer is made of, with middleware in place."""
        return self.server.steps

    @property
    def contract(self) -> Contract:
        """What is served."""
        return self.server.contract

    @property
    def memory(self) -> dict[Any, Any]:
        """What faults and variants remember from request to request."""
        return self.server.memory

    def take(self, kind: str, *subjects: str) -> str | None:
        """The alternative taken at a choice: the same for the whole of this request."""
        asked = (kind, subjects)
        if asked not in self.taken:
            self.taken[asked] = self.steps.take(self, kind, subjects)
        return self.taken[asked]
