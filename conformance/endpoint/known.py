"""Known failures in a run: verdicts that the file speaks of are held back and settled at the end, after more tries if
flaky.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from attrs import define, evolve, field

from conformance.contract.model import Contract
from conformance.errors import Refusal
from conformance.ledger.known_failing import BadKnownFailures, KnownFailures, load
from conformance.ledger.requirement import Ledger
from conformance.ledger.verdicts import VerdictName
from conformance.report.events import KnownFailureEntry, Verdict

Retry = Callable[[Verdict, int], list[VerdictName]]


def load_known(path: Path | None, ledger: Ledger, contract: Contract) -> KnownFailures:
    """The entries of the file, or none without one. Refuses a file with anything wrong in it."""
    if path is None:
        return KnownFailures()
    choices = {c.id: [a.id for a in c.alternatives] for c in contract.choices}
    try:
        return load(path, ledger.ids, choices, datetime.now(UTC).date())
    except BadKnownFailures as e:
        raise Refusal(str(e)) from None


def entries(known: KnownFailures) -> tuple[KnownFailureEntry, ...]:
    """The entries as the run's header lists them."""
    return tuple(
        KnownFailureEntry(
            k.requirement, k.reason, k.case, k.owner, k.link, k.expires.isoformat(), flaky=k.flaky is not None
        )
        for k in known.entries
    )


@define
class Held:
    """Lets verdicts pass to `forward`, except those that a known failure may speak of."""

    known: KnownFailures
    forward: Callable[[Verdict], None]
    held: list[Verdict] = field(factory=list)

    def on_verdict(self, verdict: Verdict) -> None:
        """Hold the verdict back where its requirement is known to fail; hand on any other."""
        if any(entry.matches(verdict.requirement) for entry in self.known.entries):
            self.held.append(verdict)
        else:
            self.forward(verdict)

    def settle(self, dialect: Mapping[str, str], retry: Retry) -> None:
        """Forward what was held, as the entries say. `retry` runs a check again and gives the verdicts of its tries."""
        for verdict in self.held:
            settled, message = self.known.settled(verdict, dialect, partial(retry, verdict))
            self.forward(evolve(verdict, verdict=settled, message=_joined(message, verdict.message)))
        self.held = []


def _joined(known: str | None, message: str) -> str:
    return f"{known} ({message})" if known and message else known or message
