"""One run of the suite on the reference with faults or variants, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import field, frozen

from conformance import run as runs
from conformance.cli.embedded import embedded_reference
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.report.events import Verdict
from conformance.suite.dialect import Dialect
from conformance.suite.settings import RunSettings


@frozen
class Certified:
    """What came of a run."""

    verdicts: Sequence[Verdict]
    dialect: Dialect
    requests: int
    breakdowns: Sequence[str] = field(factory=list)

    def with_verdict(self, *names: str) -> dict[str, str]:
        """Requirements with one of these verdicts, and the message of each."""
        return {v.requirement: f"{v.case} {v.message} {v.received or ''}" for v in self.verdicts if v.verdict in names}


def certified(
    folder: Path,
    contract: Contract,
    protocol: Protocol,
    scratch: Path,
    faults: Sequence[str] = (),
    variants: Sequence[str] = (),
    **settings: object,
) -> Certified:
    """Run the suite on the embedded reference with these faults and variants."""
    with embedded_reference(contract, protocol, faults, variants, scratch) as reference:
        items = str(reference.items_file) if reference.items_file else None
        chosen = RunSettings(reference.url, str(folder), reference.regions, items_file=items, **settings)
        results, dialect = runs.run(chosen, lambda verdict: None, scratch / "settings.json")
    return Certified(results.verdicts, dialect, results.traffic.requests, results.breakdowns)
