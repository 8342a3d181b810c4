"""What may stand between a run and its endpoint: a tape that keeps the run, or gives back one that it has kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from conformance.endpoint.draws import FreshDraws, KeptDraws
from conformance.endpoint.inventory_file import Items
from conformance.wire.client import Client
from conformance.wire.exchange import Call, HttpRequest, HttpResponse


class CheckRecording(Protocol):
    """The examples of one check on a tape that keeps them, or gives back those that it has kept.

    `kept` holds the draws of each, in order, where they are to be run again; None where they are to be drawn. Each
    example begins and ends in the order in which it is run.
    """

    kept: Sequence[KeptDraws] | None

    def begin(self) -> None: ...

    def end(self, draws: FreshDraws | KeptDraws | None, whole: bool) -> None: ...


class Unkept:
    """No tape: examples are drawn, and forgotten."""

    kept: Sequence[KeptDraws] | None = None

    def begin(self) -> None:
        """Nothing is kept."""

    def end(self, draws: FreshDraws | KeptDraws | None, whole: bool) -> None:
        """Nothing is kept."""


class Recording(Protocol):
    """A run's tape: it makes the client, is told of the start, and has a reel for each requirement, case and check.

    `alone` are exchanges to be judged by themselves, outside of any check. `length` says how much is kept
    for a check. Where a run is shared out among processes, each tells its tape which checks `are_foreign`: what is kept
    for them counts elsewhere.
    """

    def client(self, make: Callable[[], Client]) -> Client: ...

    def started(self, settings: Mapping[str, Any], items: Items | None) -> None: ...

    def alone(self) -> Iterable[tuple[Call, HttpRequest, HttpResponse]]: ...

    def reel(self, requirement: str, case: str, check: str) -> CheckRecording: ...

    def length(self, requirement: str, case: str, check: str) -> int: ...

    def are_foreign(self, checks: Iterable[tuple[str, str, str]]) -> None: ...
