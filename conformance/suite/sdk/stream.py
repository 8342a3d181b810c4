"""The event stream of one certification: its header, what was observed of choices, its footer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import evolve

from conformance.contract.ledger import Ledger
from conformance.drivers.protocol import Ready
from conformance.report.events import CatalogueEntry, ChoiceObserved, RunFinished, RunStarted, Target
from conformance.suite.run_header import run_header
from conformance.suite.sdk.plan import Plan
from conformance.suite.sdk.requirements import SdkRequirement, requirements
from conformance.suite.sdk.run import Certification


def header(plan: Plan, ready: Ready, name: str | None = None) -> RunStarted:
    """Who is judged, with runtime and resolved dependencies, and by which requirements.

    `name` is the driver's; without one, the SDK's own. A requirement that is open in the documentation carries its
    reason among its citations.
    """
    whole = requirements(plan.contract, plan.roles())
    ledger = Ledger(plan.contract.operation, tuple(r.requirement for r in whole))
    chosen = plan.requirements()
    target = Target(
        kind="sdk",
        name=name or ready.name,
        release=ready.version,
        runtime=ready.runtime,
        dependencies=dict(ready.dependencies),
    )
    plain = run_header(plan.contract, ledger, [r.requirement for r in chosen], target, seed=0, side="sdk")
    reasons = {r.id: r for r in chosen}
    return evolve(plain, catalogue=tuple(_with_reason(entry, reasons) for entry in plain.catalogue))


def observed(done: Certification) -> Iterator[ChoiceObserved]:
    """The alternatives that the SDK understood, of choices of the documentation."""
    for choice, alternatives in done.dialect.items():
        for alternative in alternatives:
            yield ChoiceObserved(choice, alternative)


def footer(done: Certification) -> RunFinished:
    return RunFinished(
        requests=done.requests, seconds=round(done.seconds, 3), outcomes=dict(Counter(done.outcomes))
    )


def broken(reason: str, seconds: float = 0.0) -> RunFinished:
    """The footer of a run that a fault of the driver ended: nothing is established."""
    return RunFinished(seconds=round(seconds, 3), interrupted=True, reason=reason)


def _with_reason(entry: CatalogueEntry, known: Mapping[str, SdkRequirement]) -> CatalogueEntry:
    reason = known[entry.id].reason
    return evolve(entry, citations=(*entry.citations, f"open: {reason}")) if reason else entry
