"""A recorded certification of an SDK as values: what was called, what arrived, and what the caller got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from attrs import field, frozen

from conformance.cassettes.cassette import FORMAT_VERSION
from conformance.wire.exchange import HttpRequest, HttpResponse

KIND: Final = "sdk"
Pair = tuple[str, str]


@frozen
class SdkProvenance:
    """Which release was driven, by what, and under what it was judged.

    `target` is the package. `driver` is what the driver said of itself when it was ready (see the driver protocol),
    `dependencies` what was installed beside the release. `settings` hold `select` and `levels`. `logged` names the
    cases after which the secret stood in the driver's log. `recorded` is ISO 8601 in UTC. A recording that did not come
    to its end is not `complete`, and `reason` says why.
    """

    target: str
    kind: Literal["sdk"]
    release: str | None
    recorded: str
    suite: str
    python: str
    operation: str
    contract_digest: str
    requirements_digest: str
    driver: Mapping[str, Any]
    runtime: str | None = None
    dependencies: Mapping[str, str] = field(factory=dict)
    settings: Mapping[str, Any] = field(factory=dict)
    logged: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    complete: bool = False
    reason: str | None = None
    format_version: int = FORMAT_VERSION

    @property
    def name(self) -> str:
        """The driver and the release that was certified."""
        return f"{self.target} {self.release}" if self.release else self.target


@frozen
class KeptCall:
    """One call: the parameters that were given, and what the caller got, as in the driver protocol (`result`, `error`
    or `unsupported`, without the text of a stack), after how many seconds. `reveals` names the credentials that the
    exception told.
    """

    parameters: Mapping[str, Any]
    answer: Mapping[str, Any]
    seconds: float
    reveals: tuple[str, ...] = ()


@frozen
class KeptCase:
    """A case that was done: its data, by which it is found again, and the (requirement, case)s that it was done for."""

    case: Mapping[str, Any]
    judged_for: tuple[Pair, ...]
    calls: tuple[KeptCall, ...]


@frozen
class Arrived:
    """A request that arrived, redacted, and what it was answered.

    `case` is an index, `call` one into its calls, or None where the request went elsewhere: to another host, or to a
    proxy. `count` numbers the requests at one endpoint in one case, `connection` its connections, both from 1.
    `parameters` are those of the operation. `problems` (id, message) are what was wrong with the signature, `carries`
    (name, place) where the credentials were: both were found on arrival. `transfer` says how the answer travelled;
    `given_up` after how many seconds a client that was kept waiting hung up, infinity for never; `after` how many
    seconds lie between the request before it in its case and this one. `served` is what the answer said: `format`, and
    `tree` where it was a result.
    """

    number: int
    case: int
    call: int | None
    count: int
    connection: int
    request: HttpRequest
    response: HttpResponse
    parameters: tuple[Pair, ...]
    transfer: str = "length"
    gzip: bool = False
    problems: tuple[Pair, ...] = ()
    carries: tuple[Pair, ...] = ()
    given_up: float | None = None
    after: float | None = None
    served: Mapping[str, Any] | None = None


@frozen
class SdkCassette:
    """`verdicts` are those of the recorded run, as events without evidence."""

    provenance: SdkProvenance
    cases: tuple[KeptCase, ...] = ()
    arrived: tuple[Arrived, ...] = ()
    verdicts: Sequence[Mapping[str, Any]] = ()
