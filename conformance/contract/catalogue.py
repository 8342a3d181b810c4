"""Where contracts are: the operations that are shipped, and folders that a person derived."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.files import CONTRACT_FILE, ContractError, schemas_root

COMMON = "common"


def shipped() -> dict[str, Path]:
    """The folder of each shipped operation, by its name."""
    return {p.parent.name: p.parent for p in sorted(schemas_root().glob(f"*/*/*/{CONTRACT_FILE}"))}


def common_folder(contract_folder: str | Path) -> Path:
    """The folder of the common protocol of an operation: beside it, or the one that is shipped.

    Raises ContractError where there is neither.
    """
    beside = Path(contract_folder).parent / COMMON
    if beside.is_dir():
        return beside
    found = sorted(schemas_root().glob(f"*/*/{COMMON}"))
    if not found:
        raise ContractError(contract_folder, f"has no folder {COMMON} beside it, and none is shipped")
    return found[0]
