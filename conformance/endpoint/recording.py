"""What may stand between a run and its endpoint: a recording that keeps the run, or gives back one that was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from conformance.endpoint.draws import FreshDraws, KeptDraws
from conformance.endpoint.inventory_file import Items
from conformance.wire.client import AnyClient, Client
from conformance.wire.exchange import Call, HttpRequest, HttpResponse


class CheckRecording(Protocol):
    """The examples of one check, kept as they are run, or given back as they were kept.

    `kept` holds the draws of each, in order, where they are to be run again; None where they are to be drawn. Each
    example begins and ends in the order in which it is run.
    """

    @property
    def kept(self) -> Sequence[KeptDraws] | None:
        """The draws of each example, or None."""

    def begin(self) -> None:
        """The next example begins."""

    def end(self, draws: FreshDraws | KeptDraws | None, whole: bool) -> None:
        """It is over: what it drew, and whether it came to its end."""


class Unkept:
    """No recording: examples are drawn, and forgotten."""

    kept: Sequence[KeptDraws] | None = None

    def begin(self) -> None:
        """Nothing is kept."""

    def end(self, draws: FreshDraws | KeptDraws | None, whole: bool) -> None:
        """Nothing is kept."""


class Recording(Protocol):
    """The recording of a run: it makes the client, is told of the start, and has a part for each requirement, case and
    check.

    Where a run is shared out among processes, each tells its recording which checks `are_foreign`: what is kept for
    them counts elsewhere.
    """

    def client(self, make: Callable[[], Client]) -> AnyClient:
        """What the run sends its calls by; `make` makes the client that reaches the endpoint."""

    def started(self, settings: Mapping[str, Any], items: Items | None) -> None:
        """The run begins, with these settings and the items that are known to be stored."""

    def unattributed(self) -> Iterable[tuple[Call, HttpRequest, HttpResponse]]:
        """The exchanges of no example, to be judged by themselves."""

    def of_check(self, requirement: str, case: str, check: str) -> CheckRecording:
        """The part of one check."""

    def length(self, requirement: str, case: str, check: str) -> int:
        """How much is kept for a check; any unit that can be compared."""

    def are_foreign(self, checks: Iterable[tuple[str, str, str]]) -> None:
        """Another process judges these checks (requirement, case, check)."""
