"""One run of the suite on the reference with faults or variants, in this process."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from attrs import field, frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint import run as runs
from conformance.endpoint.embedded import PROGRESSING
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.watch.dialect import Dialect
from conformance.ledger.requirement import Ledger
from conformance.reference import faults as fault_table
from conformance.reference import seeding
from conformance.reference import variants as variant_table
from conformance.reference.server import ReferenceEndpoint
from conformance.report.events import Verdict
from conformance.wire.environment import KEY_ID, KEY_SECRET
from conformance.wire.exchange import Credentials

# the sweeps over every page size and every pair of values, and what is asked hundreds of times: most of a run's
# requests, and alike in every form of answers
SWEEPS = (
    "paging.pages-are-full", "paging.last-page-holds-the-rest", "filters.intersect", "stability.after-many",
    "stability.every-time",
)  # fmt: skip
# seconds by look at such a clock
TICK = 0.003
KEY = Credentials("gate-key-id", "the-secret-of-the-gate-key")


def all_but_sweeps(ledger: Ledger) -> tuple[str, ...]:
    """The requirements of an endpoint that take few requests each."""
    return tuple(r.id for r in ledger.requirements if r.side == "endpoint" and r.check not in SWEEPS)


def ticking() -> Callable[[], float]:
    """A clock for what changes by itself: it goes on with every look, so that as much changes between two requests on
    a busy machine as on a quiet one.
    """
    began, looks = time.time(), itertools.count()
    return lambda: began + TICK * next(looks)


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
        clock=ticking() if PROGRESSING in variants else time.time,
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
