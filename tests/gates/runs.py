"""One run of the suite on the reference with faults or variants, in this process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from attrs import field, frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint import run as runs
from conformance.endpoint.embedded import PROGRESSING
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.watch.dialect import Dialect
from conformance.reference import faults as fault_table
from conformance.reference import seeding
from conformance.reference import variants as variant_table
from conformance.reference.server import ReferenceEndpoint
from conformance.report.events import Verdict
from conformance.wire.environment import KEY_ID, KEY_SECRET
from conformance.wire.exchange import Credentials

KEY = Credentials("gate-key-id", "the-secret-of-the-gate-key")


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
    sizes: tuple[int, ...] = (),
    **settings: object,
) -> Certified:
    """Run the suite on the reference with these faults and variants, in a thread beside the suite.

    With `sizes` there are so many regions of so many items, which the suite is not told of.
    """
    store = seeding.generated(contract, protocol, sizes=sizes) if sizes else seeding.generated(contract, protocol)
    data, items = store.as_data(), scratch / "items.json"
    items.write_text(json.dumps(data), "utf-8")
    endpoint = ReferenceEndpoint(
        contract,
        protocol,
        store=store,
        credentials=[KEY],
        faults=[fault_table.named(contract, name, protocol) for name in faults],
        variants=[variant_table.named(contract, name, protocol) for name in variants],
    )
    regions = tuple(name for name, stored in data["regions"].items() if stored or sizes) or tuple(data["regions"])
    regions = regions[: len(sizes) or None]
    known = None if PROGRESSING in variants or sizes else str(items)
    with endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_ID, KEY.access_key_id)
        patch.setenv(KEY_SECRET, KEY.access_key_secret)
        chosen = RunSettings(endpoint.url, str(folder), regions, items_file=known, **settings)
        results, dialect = runs.run(chosen, lambda verdict: None, scratch / "settings.json")
    return Certified(results.verdicts, dialect, results.traffic.requests, results.breakdowns)
