"""A cassette as values: where it comes from, its exchanges, and the examples that they were made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from attrs import field, frozen

from conformance.cassettes.meaning import Meaning
from conformance.wire.exchange import HttpRequest, HttpResponse

FORMAT_VERSION = 1
Kind = Literal["reference", "real", "documentation"]


@frozen
class Provenance:
    """Where a cassette comes from, and under what its exchanges were made.

    `kind` says what answered: the embedded reference, an endpoint at an address, or nothing but the documentation's
    samples. `settings` are those of the run, without what belongs to the machine. `dialect` names the alternative that
    was seen most often, by choice (and format). `recorded` is ISO 8601 in UTC. A recording that did not come to its end
    is not `complete`, and `reason` says why.
    """

    target: str
    url: str
    kind: Kind
    recorded: str
    suite: str
    python: str
    operation: str
    contract_digest: str
    requirements_digest: str
    seed: int = 0
    profile: str | None = None
    pins: Mapping[str, str] = field(factory=dict)
    dialect: Mapping[str, str] = field(factory=dict)
    settings: Mapping[str, Any] = field(factory=dict)
    requests: int = 0
    complete: bool = False
    reason: str | None = None
    format_version: int = FORMAT_VERSION


@frozen
class Example:
    """One example of a check (the name of its function) of a requirement: labels and values (JSON) as drawn.

    `whole`: it came to its end.
    """

    requirement: str
    case: str
    check: str
    draws: Sequence[tuple[str | None, Any]] = ()
    whole: bool = True


@frozen
class Interaction:
    """One exchange, redacted. `number` counts from 1 in the order of the wire; `example` is an index, or None.

    Where no HTTP answer came there is a `failure` (its kind and message) in place of a `response`.
    """

    number: int
    meaning: Meaning
    request: HttpRequest
    response: HttpResponse | None = None
    failure: tuple[str, str] | None = None
    example: int | None = None

    @property
    def is_answered(self) -> bool:
        """Whether an HTTP answer came."""
        return self.response is not None

    @property
    def length(self) -> int:
        """The bytes of the answer's body."""
        return len(self.response.body) if self.response else 0

    def whole(self) -> Interaction:
        """Itself: it is in memory."""
        return self


@frozen(eq=False)
class StoredInteraction:
    """An interaction whose request and response stand in a file, and are read from there each time."""

    number: int
    meaning: Meaning
    failure: tuple[str, str] | None
    example: int | None
    length: int
    _read: Callable[[], Interaction] = field(repr=False)

    @property
    def is_answered(self) -> bool:
        """Whether an HTTP answer came."""
        return self.failure is None

    @property
    def request(self) -> HttpRequest:
        """The request."""
        return self.whole().request

    @property
    def response(self) -> HttpResponse | None:
        """The response, where one came."""
        return self.whole().response

    def whole(self) -> Interaction:
        """All of it, read anew."""
        return self._read()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyInteraction) and self.whole() == other.whole()

    __hash__ = None  # type: ignore[assignment]


AnyInteraction = Interaction | StoredInteraction


@frozen
class Cassette:
    """`verdicts` are those of the recorded run, as events without evidence; `items` the known store by region."""

    provenance: Provenance
    interactions: tuple[AnyInteraction, ...] = ()
    examples: tuple[Example, ...] = ()
    verdicts: tuple[Mapping[str, Any], ...] = ()
    items: Mapping[str, Sequence[Mapping[str, Any]]] | None = None

    def where(self, interaction: AnyInteraction) -> str:
        """An interaction in words, for a person who has to find it."""
        text = f"interaction {interaction.number} ({interaction.meaning})"
        if interaction.example is None or interaction.example >= len(self.examples):
            return text
        example = self.examples[interaction.example]
        return f"{text}, for {example.requirement}{f' [{example.case}]' if example.case else ''}"
