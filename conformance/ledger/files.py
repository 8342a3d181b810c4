"""Ledgers as YAML files, read back exactly as they were written."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.files import dump, file_in, load
from conformance.ledger.requirement import Ledger

LEDGER_FILE = "requirements.yaml"


def load_ledger(path: Path | str) -> Ledger:
    """The ledger in a file, or in `requirements.yaml` of a folder. Raises ContractError."""
    return load(file_in(path, LEDGER_FILE), Ledger, "derive it again with `acs-conformance derive`")


def dump_ledger(ledger: Ledger) -> str:
    """The text of the ledger's file."""
    return dump(ledger)
