"""Which contract a command is about."""

from __future__ import annotations

from pathlib import Path

from conformance.cli.errors import Refusal, unknown
from conformance.contract.catalogue import shipped
from conformance.contract.files import CONTRACT_FILE
from conformance.contract.ledger import Ledger


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


def requirement_names(ledger: Ledger) -> list[str]:
    """Ids with and without the operation, as a person may write them."""
    return [*ledger.ids, *(id.split(".", 1)[1] for id in ledger.ids)]
