"""Cassettes of the documentation's samples: made from the contract, and judged by what one exchange can show."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from conformance import __version__
from conformance.cassettes.cassette import Cassette, Provenance
from conformance.cassettes.player import Player
from conformance.cassettes.recorder import Recorder, settings_kept
from conformance.cassettes.samples import SampleExchange, sample_exchanges
from conformance.contract.files import dump_contract
from conformance.contract.model import Contract
from conformance.endpoint import run as runs
from conformance.endpoint.draws import KeptDraws
from conformance.endpoint.settings import JSON, RunSettings
from conformance.ledger.files import dump_ledger
from conformance.ledger.specification import Specification
from conformance.report.header import digest

UNJUDGED = ("inconclusive", "not-applicable")


def sample_cassettes(subject: Specification) -> Iterator[tuple[str, Cassette]]:
    """A file name and a cassette for each sample response. What one exchange cannot show is not selected."""
    for sample in sample_exchanges(subject.contract):
        settings = RunSettings(
            sample.url,
            str(subject.folder),
            _regions(subject.contract, sample),
            formats=("xml" if sample.format == "xml" else "json",),
            signatures=("none",),
            methods=("GET",),
            traffic=(),
        )
        first = _cassette(subject, sample, settings)
        with tempfile.TemporaryDirectory(prefix="acs-") as scratch:
            file = Path(scratch) / "settings.json"
            results, _ = runs.run(settings, lambda verdict: None, file, recording=Player(first, KeptDraws))
        judged = [v for v in results.verdicts if v.verdict not in UNJUDGED]
        chosen = evolve(settings, select=tuple(sorted({v.requirement for v in judged})))
        verdicts = tuple(Recorder.without_evidence(v) for v in judged)
        name = f"{subject.contract.operation}-{sample.revision}-{sample.format}.yaml"
        yield name, evolve(_cassette(subject, sample, chosen), verdicts=verdicts)


def _regions(contract: Contract, sample: SampleExchange) -> tuple[str, ...]:
    sent = dict(sample.interaction.meaning.parameters)
    return (sent.get(contract.semantics.region or "", ""),)


def _cassette(subject: Specification, sample: SampleExchange, settings: RunSettings) -> Cassette:
    contract = subject.contract
    date = next((r.date for r in contract.revisions if r.id == sample.revision), None) or sample.revision
    provenance = Provenance(
        target=f"documented sample of {contract.operation}, revision {sample.revision}, {sample.format}",
        url=sample.url,
        kind="documentation",
        recorded=f"{date}T00:00:00Z",
        suite=__version__,
        python=platform.python_version(),
        operation=contract.operation,
        contract_digest=digest(dump_contract(contract)),
        requirements_digest=digest(dump_ledger(subject.ledger)),
        settings=settings_kept(JSON.unstructure(settings)),
        requests=1,
        complete=True,
    )
    return Cassette(provenance, (sample.interaction,))
