"""The header of a run's event stream: who judges whom, by what, with everything that reports need to explain a
verdict.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from datetime import UTC, datetime

from conformance import __version__
from conformance.contract.files import dump_contract
from conformance.contract.model import Choice, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.files import dump_ledger
from conformance.ledger.requirement import Ledger, Requirement
from conformance.report.events import (
    AlternativeEntry,
    CatalogueEntry,
    ChoiceEntry,
    RunProfile,
    RunStarted,
    SentenceEntry,
    SettingsEntry,
    Suite,
    TargetIdentity,
)

NAME = "acs-conformance"
# of the common page on methods
METHODS = ("POST", "GET")


def run_header(
    contract: Contract,
    ledger: Ledger,
    selection: Iterable[Requirement],
    target: TargetIdentity,
    seed: int,
    profile: RunProfile | None = None,
    side: str = "endpoint",
    settings: SettingsEntry | None = None,
) -> RunStarted:
    """The header for a run that judges `selection` of the ledger's requirements on one side."""
    chosen = tuple(selection)
    ids = {r.id for r in chosen}
    left_out = tuple(r for r in ledger.requirements if r.side == side and r.id not in ids)
    return RunStarted(
        suite=Suite(NAME, __version__, digest(dump_contract(contract)), digest(dump_ledger(ledger))),
        target=target,
        operation=contract.operation,
        seed=seed,
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        python=platform.python_version(),
        catalogue=tuple(catalogue_entry(r) for r in chosen),
        profile=profile or RunProfile(),
        deselected=tuple(r.id for r in left_out),
        deselected_levels={r.id: r.level for r in left_out},
        sentences=sentence_entries(ledger),
        choices=choice_entries(contract),
        settings=settings,
    )


def documented(protocol: Protocol, contract: Contract) -> dict[str, tuple[str, ...]]:
    """The formats, signatures and methods of the common protocol, as settings name them; of an operation with a path of
    its own what there is of these.
    """
    if contract.path is not None:
        return {"formats": ("json",), "signatures": ("v3",), "methods": contract.methods}
    formats = next((p.value("enum") for p in protocol.parameters if p.name == "Format"), None)
    signatures = dict.fromkeys(v for situation in protocol.situations for v in situation.signatures)
    return {
        "formats": tuple(str(word).lower() for word in formats or ()),
        "signatures": tuple(signatures),
        "methods": METHODS,
    }


def catalogue_entry(r: Requirement) -> CatalogueEntry:
    """A requirement as streams list it."""
    cited = tuple(str(c) for c in r.citations)
    return CatalogueEntry(r.id, r.level, r.theme, r.statement, cited, r.choice, r.subject)


def sentence_entries(ledger: Ledger) -> tuple[SentenceEntry, ...]:
    """What became of the documentation's sentences, as streams list it."""
    return tuple(SentenceEntry(str(s.citation), s.digest, s.requirements, s.excluded) for s in ledger.sentences)


def choice_entries(contract: Contract) -> tuple[ChoiceEntry, ...]:
    """The choices of a contract, as streams list them."""
    return tuple(_choice(c) for c in contract.choices)


def digest(text: str) -> str:
    """`sha256:…` of a text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _choice(c: Choice) -> ChoiceEntry:
    alternatives = tuple(AlternativeEntry(a.id, a.statement, tuple(map(str, a.citations))) for a in c.alternatives)
    return ChoiceEntry(c.id, c.statement, c.reason, alternatives)
