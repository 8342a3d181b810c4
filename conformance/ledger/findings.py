"""What can be found about a requirement: that it is violated, with the evidence, or that it could not be judged.

An endpoint's checks raise findings, the judges of SDKs return them; none at all means that the requirement is met.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from conformance.wire.exchange import Exchange


@frozen
class Lack:
    """Stored items that a target would have to hold for a requirement to be judged.

    `region` holds `held` of them, and `needed` would do; with a `field`, only items that have a value there count. The
    region is empty where the operation has none, and None where what is lacking is another region in the run.
    """

    region: str | None
    held: int
    needed: int
    field: str | None = None


class Finding(Exception):
    """What there is to say about a requirement; `exchange` is the evidence."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.exchange = exchange


class Met(Finding):
    """The requirement is met, which the message says more of."""


class Violation(Finding):
    """The requirement is not met. `expected` and `received` are shown side by side.

    Violations of one `cause` are shown as one; where none is given it is what came back, with whatever is particular
    to the request left out. `certain` says that its exchange alone shows it, whatever
    became of the stored items or of the endpoint; `refusable` that a refusal would have been right, so that one whose
    status is no refusal's is found by the requirement about that; `apart` that it says nothing of what a listing
    holds, so that nothing that is wrong with listings explains it. What `counts` is about how many items there are,
    what `reorders` about their order alone, what `compares` about two answers, whatever the listing is.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: Any = None,
        received: Any = None,
        exchange: Exchange | None = None,
        cause: str | None = None,
        certain: bool = False,
        refusable: bool = False,
        apart: bool = False,
        counts: bool = False,
        compares: bool = False,
    ) -> None:
        super().__init__(message, exchange)
        self.certain = certain
        self.refusable = refusable
        self.apart = apart
        self.compares = compares
        self.counts = counts or isinstance(received, int)
        self.reorders = isinstance(received, tuple | list) and isinstance(expected, tuple | list)
        self.reorders = self.reorders and sorted(map(str, expected)) == sorted(map(str, received))
        self.expected = None if expected is None else shown(expected)
        self.received = None if received is None else shown(received)
        self.cause = self._cause() if cause is None else cause

    def _cause(self) -> str:
        received = self.received or ""
        if received.startswith("status "):
            return received.split(":")[0]
        what = self.message.rsplit(": ", 1)[-1]
        return what if what.startswith("items ") else self.message


class Inconclusive(Finding):
    """The requirement could not be judged here: throttled, drifting, no data, no answer in time.

    `because` names the requirement (without the operation) that is about what stands in the way, and that the same
    exchange fails: one cause is found once, and what follows from it is not judged. `lack` says what data there would
    have to be. `instead` is the violation that counts if that requirement does not fail after all.
    """

    instead: Violation | None = None

    def __init__(
        self, message: str, exchange: Exchange | None = None, *, because: str | None = None, lack: Lack | None = None
    ) -> None:
        super().__init__(message, exchange)
        self.because = because
        self.lack = lack


class Explained(Inconclusive):
    """What was seen follows from what another requirement is about, in this example; others may show more."""


class Unanswered(Inconclusive):
    """No answer came in time."""


class MadeUp(Inconclusive):
    """A request was refused that has something made up in it, which need not be there. `usual`: every request of the
    operation has it, so that a plain one shows whether it is there.
    """

    def __init__(self, message: str, exchange: Exchange | None = None, *, usual: bool = False) -> None:
        super().__init__(message, exchange)
        self.usual = usual


class Disturbed(Inconclusive):
    """An example was disturbed by what can pass, and is to be tried again."""


class NotApplicable(Finding):
    """The requirement does not apply to this target or this run; the message says why, and `lack` with what data it
    would.
    """

    def __init__(self, message: str, exchange: Exchange | None = None, *, lack: Lack | None = None) -> None:
        super().__init__(message, exchange)
        self.lack = lack


def shown(value: Any, limit: int = 400) -> str:
    """A value as a person should see it, cut where it is long."""
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if isinstance(value, (list, tuple)):
        value = _few(value)
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _few(values: Iterable[Any], limit: int = 8) -> str:
    values = list(values)
    listed = ", ".join(str(v) for v in values[:limit])
    if not values:
        return "nothing"
    return listed if len(values) <= limit else f"{listed}, … ({len(values)} in all)"
