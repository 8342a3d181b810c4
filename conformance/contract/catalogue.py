"""Where contracts are: the operations that are shipped, and folders that a person derived."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.files import CONTRACT_FILE, ContractError, schemas_root
from conformance.errors import Refusal, unknown

COMMON = "common"
# what a command is about where nobody says
USUAL_OPERATION = "DescribeTasks"


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


def operation_folder(operation: str, folder: Path | None) -> Path:
    """The folder of a shipped operation, or the given one. Refuses what holds no contract."""
    if folder is not None:
        if not (folder / CONTRACT_FILE).is_file():
            raise Refusal(
                f"{folder} holds no {CONTRACT_FILE}; give a folder that `acs-conformance derive PAGE -o DIR` wrote."
            )
        return folder.resolve()
    found = shipped()
    if operation not in found:
        advice = f"Shipped: {', '.join(found)}. For another operation derive a contract and give --contract DIR."
        raise unknown("operation", operation, found, advice)
    return found[operation]
