"""Recording: a client that keeps what goes over the wire, and the cassette that a run puts its examples on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from conformance.cassettes.cassette import Cassette, Example, Interaction, Kind, Provenance
from conformance.cassettes.endpoint_file import pieces
from conformance.cassettes.layout import Bounds
from conformance.cassettes.meaning import Meaning, Reader
from conformance.cassettes.scrubbing import scrubbed, scrubbed_data
from conformance.cassettes.spool import Spool
from conformance.cassettes.text import TooMuch
from conformance.cassettes.writing import save
from conformance.report.events import ChoiceObserved, Event, RunFinished, RunStarted, Verdict, to_dict
from conformance.wire.access import known_secrets
from conformance.wire.client import Client
from conformance.wire.exchange import Call, Credentials, HttpRequest, HttpResponse
from conformance.wire.transport import TransportError

Items = Mapping[str, Sequence[Mapping[str, Any]]]
# of the settings of a run: what belongs to the machine, and is decided anew where a cassette is replayed
OF_THE_MACHINE = ("url", "contract_dir", "items_file", "access", "allowance_file")
BROKEN_OFF = "the recording was broken off"
WITHOUT_EVIDENCE = ("event", "requirement", "case", "verdict", "message", "expected", "received", "examples", "cause")


FULL = "the run brought more than a cassette may hold"


@define(eq=False)
class Recorder:
    """Keeps a run as a cassette: it gives the run its client, hears its events, and has the cassette at any time.

    `kind` says what answers. Exchanges are kept on disk (`spool.py`).
    """

    kind: Kind
    target: str
    _secrets: tuple[str, ...] = ()
    _reader: Reader = field(factory=Reader)
    _lock: threading.Lock = field(factory=threading.Lock)
    _spool: Spool = field(factory=Spool)
    _no_more: str | None = None
    _bounds: Bounds = field(factory=Bounds)
    _examples: list[Example] = field(factory=list)
    _example: int | None = None
    _settings: Mapping[str, Any] = field(factory=dict)
    _items: Items | None = None
    _events: list[Event] = field(factory=list)

    # ----------------------------------------------------------------------------------- what a run asks of a recording

    def client(self, make: Callable[[], Client]) -> RecordingClient:
        """The client of the run, listened to. Its credentials are secrets from here on."""
        client = make()
        self._secrets = known_secrets(client.credentials)
        return RecordingClient(client, self)

    def started(self, settings: Mapping[str, Any], items: Items | None) -> None:
        """What the cassette will say of the run: its settings, and the items that the store is known to hold."""
        self._settings, self._items = settings, items if self._has_room(items) else None

    def unattributed(self) -> Sequence[tuple[Call, HttpRequest, HttpResponse]]:
        """What is to be judged outside of any example: nothing."""
        return ()

    def of_check(self, requirement: str, case: str, check: str) -> RecordedCheck:
        """What keeps the examples of a check."""
        return RecordedCheck(self, Example(requirement, case, check, (), False))

    def length(self, requirement: str, case: str, check: str) -> int:
        """Nothing is kept yet."""
        return 0

    def are_foreign(self, checks: Iterable[tuple[str, str, str]]) -> None:
        """Raises ValueError: what several processes do cannot be kept in order."""
        raise ValueError("a run that is recorded stays in one process")

    # ------------------------------------------------------------------------------------------------------- keeping

    def meaning(self, call: Call, other_key: bool) -> Meaning:
        """What a call means, told before its nonce and timestamp are gone."""
        return self._reader.meaning(call, other_key)

    def keep(self, sent: Prepared, response: HttpResponse | None, failure: TransportError | None = None) -> None:
        """Keep an exchange, redacted, for the example that is running, while there is room."""
        if self._no_more:
            return
        told = (type(failure).__name__, str(failure)) if failure else None
        request = HttpRequest(sent.method, sent.url, sent.headers, sent.body)
        found = scrubbed(Interaction(0, sent.meaning, request, response, told, self._example), self._secrets)
        with self._lock:
            try:
                if not self._spool.add(evolve(found, number=self.exchanges + 1)):
                    self._no_more = FULL
            except OSError as e:
                self._no_more = f"exchanges could not be kept ({e.strerror})"

    def begin(self, example: Example) -> None:
        """What is exchanged from here on belongs to this example."""
        self._example = len(self._examples) if self._has_room(asdict(example)) else None
        if self._example is not None:
            self._examples.append(example)

    def end(self, draws: Sequence[tuple[str | None, Any]], whole: bool) -> None:
        """The example is over: keep what it drew, and whether it came to its end."""
        if self._example is not None:
            kept = tuple((label, scrubbed_data(value, self._secrets)) for label, value in draws)
            if self._has_room(kept):
                self._examples[self._example] = evolve(self._examples[self._example], draws=kept, whole=whole)
            self._example = None

    def _has_room(self, values: object) -> bool:
        """Whether what reads the cassette has room for these values, too."""
        try:
            self._bounds.keep(json.dumps(values, default=str).encode())
        except TooMuch:
            self._no_more = FULL
            return False
        return True

    def hear(self, event: Event) -> None:
        """Verdicts and the header and footer of the run become part of the cassette."""
        self._events.append(event)

    @property
    def began(self) -> bool:
        """Whether there is anything to keep."""
        return any(isinstance(e, RunStarted) for e in self._events)

    @property
    def cassette(self) -> Cassette:
        """What was recorded until now, as it will be read; complete once the run's footer says that it came to its end.
        Raises ValueError where nothing was.
        """
        return evolve(self._without_interactions(), interactions=tuple(self._spool.interactions()))

    def save(self, path: Path) -> None:
        """Write that cassette, whole or not at all. Raises OSError, and ValueError where nothing was recorded."""
        cassette = self._without_interactions()
        save(path, lambda: pieces(cassette, self._spool))

    @property
    def exchanges(self) -> int:
        """How many exchanges were kept."""
        return len(self._spool.digests)

    def _without_interactions(self) -> Cassette:
        verdicts = tuple(self.without_evidence(e) for e in self._events if isinstance(e, Verdict))
        items = None if self._items is None else scrubbed_data(dict(self._items), self._secrets)
        return Cassette(self.provenance, (), tuple(self._examples), verdicts, items)

    @staticmethod
    def without_evidence(verdict: Verdict) -> dict[str, Any]:
        """A verdict as a cassette holds it; the exchanges that show why are on the cassette anyway."""
        return {k: v for k, v in to_dict(verdict).items() if k in WITHOUT_EVIDENCE}

    @property
    def provenance(self) -> Provenance:
        """Where the cassette comes from. Raises ValueError where nothing was recorded."""
        headers = [e for e in self._events if isinstance(e, RunStarted)]
        if not headers:
            raise ValueError("nothing was recorded: the run did not begin")
        header, footer = headers[0], next((e for e in self._events if isinstance(e, RunFinished)), None)
        reason = BROKEN_OFF if footer is None else footer.reason
        if self._no_more:
            reason = f"{self._no_more}; the first {self.exchanges:,} are on it"
        return Provenance(
            target=self.target,
            url=header.target.url or "",
            kind=self.kind,
            recorded=header.started,
            suite=header.suite.version,
            python=header.python,
            operation=header.operation,
            contract_digest=header.suite.contract_digest,
            requirements_digest=header.suite.requirements_digest,
            seed=header.seed,
            profile=header.profile.name,
            pins=dict(header.profile.pins),
            dialect=_dialect([e for e in self._events if isinstance(e, ChoiceObserved)]),
            settings=settings_kept(self._settings),
            requests=footer.requests if footer else self.exchanges,
            complete=footer is not None and not footer.interrupted and not self._no_more,
            reason=reason,
        )


def settings_kept(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run as a cassette keeps them."""
    return {k: v for k, v in settings.items() if k not in OF_THE_MACHINE}


def _dialect(observed: Sequence[ChoiceObserved]) -> dict[str, str]:
    most: dict[str, ChoiceObserved] = {}
    for o in observed:
        slot = f"{o.choice} ({o.format})" if o.format else o.choice
        if slot not in most or most[slot].count < o.count:
            most[slot] = o
    return {slot: o.alternative for slot, o in sorted(most.items())}


@define(eq=False)
class RecordedCheck:
    """The examples of one check as they go onto the cassette."""

    recorder: Recorder
    blank: Example
    kept: None = None

    def begin(self) -> None:
        """Another example of the check runs."""
        self.recorder.begin(self.blank)

    def end(self, draws: Any, whole: bool) -> None:
        """It is over, and drew these values."""
        self.recorder.end(draws.plain() if draws else (), whole)


@frozen
class Prepared(HttpRequest):
    """A request that knows what it means."""

    meaning: Meaning = field(kw_only=True, repr=False, eq=False)


@frozen
class RecordingClient:
    """A client (see wire/client.py) that keeps every exchange, also one that broke."""

    inner: Client
    recorder: Recorder = field(eq=False, repr=False)

    @property
    def credentials(self) -> Credentials | None:
        """What the client signs with."""
        return self.inner.credentials

    @property
    def base_url(self) -> str:
        """The endpoint that the client speaks to."""
        return self.inner.base_url

    def prepare(self, call: Call, credentials: Credentials | None = None) -> Prepared:
        """The signed request, and what the call means."""
        other = credentials is not None and credentials != self.credentials
        meaning, made = self.recorder.meaning(call, other), self.inner.prepare(call, credentials)
        return Prepared(made.method, made.url, made.headers, made.body, meaning=meaning)

    def send(self, request: Prepared) -> HttpResponse:
        """Raises a TransportError."""
        try:
            response = self.inner.send(request)
        except TransportError as error:
            self.recorder.keep(request, None, error)
            raise
        self.recorder.keep(request, response)
        return response

    def apart(self) -> RecordingClient:
        """A client with a connection of its own that keeps onto the same cassette."""
        return evolve(self, inner=self.inner.apart())

    def is_new(self, response: HttpResponse) -> bool:
        """Always: what is recorded comes from the wire."""
        return True

    def close(self) -> None:
        """End the connection; the cassette stays open."""
        self.inner.close()

    def __enter__(self) -> RecordingClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
