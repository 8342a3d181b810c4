"""Replaying: a client that answers from a cassette and has no socket, and the examples that a run repeats."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from conformance.cassettes.cassette import AnyInteraction, Cassette, Example
from conformance.cassettes.meaning import Meaning, Reader
from conformance.wire import transport
from conformance.wire.exchange import Call, Credentials, HttpRequest, HttpResponse
from conformance.wire.redaction import REDACTED
from conformance.wire.transport import TransportError, Unreachable

MakeDraws = Callable[[Sequence[tuple[str | None, Any]], bool], Any]
FAILURES = {kind.__name__: kind for kind in vars(transport).values() if isinstance(kind, type)
            and issubclass(kind, TransportError)}  # fmt: skip


class NotRecorded(Unreachable):
    """The cassette holds no answer to a request. The message names the request."""


@frozen
class Played(HttpResponse):
    """A recorded response. `again` where the replay gave it before."""

    again: bool = field(default=False, eq=False)


@frozen
class Found(HttpRequest):
    """The request as it was recorded, with what came back; `failure` where that was nothing. `number` is that of the
    interaction.
    """

    number: int = field(default=0, eq=False)
    response: Played | None = field(default=None, repr=False, eq=False)
    failure: TransportError | None = field(default=None, repr=False, eq=False)


# judging a short answer takes about as long as reading so many bytes of a long one
EACH = 2000
Queues = dict[tuple[Any, ...], deque[AnyInteraction]]


@define(eq=False)
class Player:
    """Gives a run the examples and the answers of a cassette.

    An answer is looked for among those of the example that is running, in their order, then among all that were
    recorded for the same meaning: those that no example has had yet first, the nearest before the running example.
    """

    cassette: Cassette
    draws: MakeDraws
    _reader: Reader = field(factory=Reader)
    _lock: threading.Lock = field(factory=threading.Lock)
    _given: set[int] = field(factory=set)
    _foreign: set[int] = field(factory=set)
    _own: Queues = field(factory=dict)
    _at: int = 0
    _by_example: dict[int, list[AnyInteraction]] = field(init=False)
    _by_meaning: dict[tuple[Any, ...], list[AnyInteraction]] = field(init=False)
    _indices: dict[tuple[str, str, str], list[int]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._by_example, self._by_meaning = defaultdict(list), defaultdict(list)
        self._indices = defaultdict(list)
        for i in self.cassette.interactions:
            if i.example is not None:
                self._by_example[i.example].append(i)
            self._by_meaning[i.meaning.key].append(i)
        for index, example in enumerate(self.cassette.examples):
            self._indices[example.requirement, example.case, example.check].append(index)

    # ----------------------------------------------------------------------------------- what a run asks of a recording

    def client(self, make: Callable[[], object]) -> ReplayClient:
        """A client that sends nothing, so that none is made. It has a key where the recorded one signed; as in any key,
        id and secret differ.
        """
        signed = {i.meaning.signature for i in self.cassette.interactions} != {"none"}
        key = Credentials(f"id-{REDACTED}", REDACTED) if signed else None
        return ReplayClient(self, self.cassette.provenance.url, key)

    def started(self, settings: Mapping[str, Any], items: object) -> None:
        """Nothing is to be noted."""

    def unattributed(self) -> Iterator[tuple[Call, HttpRequest, HttpResponse]]:
        """The exchanges that were made for no example: they are judged by themselves."""
        found = [i for i in self.cassette.interactions if i.example is None and i.is_answered]
        self._given.update(i.number for i in found)
        for i in found:
            whole = i.whole()
            if whole.response is not None:
                yield whole.meaning.call(), whole.request, whole.response

    def of_check(self, requirement: str, case: str, check: str) -> ReplayedCheck:
        """The examples of a check, as they were recorded."""
        indices = self._indices.get((requirement, case, check), [])
        examples = [self.cassette.examples[i] for i in indices]
        return ReplayedCheck(self, indices, [self._draws(e) for e in examples])

    def _draws(self, example: Example) -> Any:
        return self.draws(example.draws, example.whole)

    def length(self, requirement: str, case: str, check: str) -> int:
        """How much is kept for a check: its bodies, in bytes, and for each exchange as much as reading one takes."""
        examples = self._indices.get((requirement, case, check), ())
        kept = (i for example in examples for i in self._by_example.get(example, ()))
        return sum(EACH + i.length for i in kept)

    def are_foreign(self, checks: Iterable[tuple[str, str, str]]) -> None:
        """Another process judges these checks: what is kept for them is new there, and not here."""
        self._foreign = {index for check in checks for index in self._indices.get(check, ())}

    # ------------------------------------------------------------------------------------------------------- finding

    def begin(self, example: int) -> None:
        """From here on answers are looked for among those of this example first."""
        interactions = self._by_example.get(example, [])
        self._own = defaultdict(deque)
        for i in interactions:
            self._own[i.meaning.key].append(i)
        if interactions:
            self._at = interactions[-1].number

    def find(self, call: Call, other_key: bool) -> Found:
        """What was recorded for a call."""
        meaning = self._reader.meaning(call, other_key)
        with self._lock:
            found = self._in_this_example(meaning) or self._anywhere(meaning)
            if found is None:
                return Found(call.channel.method, "", failure=NotRecorded(f"no answer to {meaning} was recorded"))
            again = found.number in self._given or found.example in self._foreign
            self._given.add(found.number)
        whole = found.whole()
        sent, got = whole.request, whole.response
        parts = (sent.method, sent.url, sent.headers, sent.body)
        if got is None:
            kind, message = found.failure or ("", "no answer was recorded")
            return Found(*parts, found.number, failure=FAILURES.get(kind, Unreachable)(message))
        return Found(*parts, found.number, Played(got.status, got.headers, got.body, got.seconds, again))

    def _in_this_example(self, meaning: Meaning) -> AnyInteraction | None:
        queue = self._own.get(meaning.key, deque())
        for found in queue:
            if found.meaning.is_near(meaning):
                queue.remove(found)
                return found
        return None

    def _anywhere(self, meaning: Meaning) -> AnyInteraction | None:
        same = [i for i in self._by_meaning.get(meaning.key, ()) if i.meaning.is_near(meaning)]
        fresh = [i for i in same if i.number not in self._given]
        candidates = fresh or same
        if not candidates:
            return None
        place = bisect_right([i.number for i in candidates], self._at)
        return candidates[max(0, place - 1)]


@define(eq=False)
class ReplayedCheck:
    """The examples of one check as they come from the cassette."""

    player: Player
    indices: Sequence[int]
    kept: Sequence[Any]
    _next: int = 0

    def begin(self) -> None:
        """The next example runs; past the last one, answers come from anywhere."""
        if self._next < len(self.indices):
            self.player.begin(self.indices[self._next])
        self._next += 1

    def end(self, draws: object, whole: bool) -> None:
        """The next example begins where it begins."""


@frozen
class ReplayClient:
    """A client (see wire/client.py) that answers from a cassette."""

    player: Player = field(eq=False, repr=False)
    base_url: str
    credentials: Credentials | None = None

    def prepare(self, call: Call, credentials: Credentials | None = None) -> Found:
        """The recorded exchange that a call finds again. Raises nothing: what is missing is told when it is sent."""
        return self.player.find(call, credentials is not None and credentials != self.credentials)

    def send(self, request: Found) -> HttpResponse:
        """Raises NotRecorded, or the TransportError that was recorded."""
        if request.response is None:
            raise request.failure or NotRecorded("no answer was recorded")
        return request.response

    def apart(self) -> ReplayClient:
        """The same client: it has no connection that threads could share."""
        return self

    def is_new(self, response: HttpResponse) -> bool:
        """Whether the recording gave this answer for the first time."""
        return not getattr(response, "again", False)

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> ReplayClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
