"""Where contracts are: the operations that are shipped, and folders that a person derived."""

from __future__ import annotations

from pathlib import Path

from conformance.contract.files import CONTRACT_FILE, PROTOCOL_FILE, ContractError, load_protocol, schemas_root
from conformance.contract.protocol import Protocol
from conformance.contract.service import SERVICE_FILE, Service, load_service
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
    if (beside / PROTOCOL_FILE).is_file():
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
        services = ", ".join(f"{name} ({len(list(p.glob(f'*/{CONTRACT_FILE}')))})" for name, p in _services().items())
        advice = f"Shipped are the operations of {services}. For another derive a contract and give --contract DIR."
        raise unknown("operation", operation, found, advice)
    return found[operation]


def _services() -> dict[str, Path]:
    """Every folder that holds operations, by its product."""
    return {p.parent.parent.name: p.parent for p in sorted(schemas_root().glob(f"*/*/{COMMON}"))}


def shipped_services() -> dict[str, Path]:
    """The folder of each shipped service, by its product in small letters; the newest version of each."""
    return {p.parent.parent.name: p.parent for p in sorted(schemas_root().glob(f"*/*/{SERVICE_FILE}"))}


def service_of(name: str) -> Service:
    """A shipped service by its product (`ecs`, or `ecs/2014-05-26`), or the one in a folder that `derive` wrote.

    Refuses what is neither.
    """
    found = shipped_services()
    by_version = {f"{p.parent.name}/{p.name}": p for p in schemas_root().glob("*/*") if (p / SERVICE_FILE).is_file()}
    folder = found.get(name.casefold()) or by_version.get(name.casefold())
    if folder is None and (Path(name) / SERVICE_FILE).is_file():
        folder = Path(name).resolve()
    if folder is not None:
        return load_service(folder)
    if Path(name).is_dir():
        raise Refusal(
            f"{name} holds no {SERVICE_FILE}; give a folder that `acs-conformance derive API-DOCS.json -o DIR` wrote."
        )
    others = "For another give the folder that `acs-conformance derive API-DOCS.json -o DIR` writes."
    advice = f"Shipped: {', '.join(found) or 'none'}. {others}"
    raise unknown("service", name, found, advice)


def protocol_of(service: Service) -> Protocol:
    """The common protocol of a service. Raises ContractError."""
    return load_protocol(common_folder(service.contract_folder(next(iter(service.operations), ""))))
