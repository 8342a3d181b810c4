"""Which operations can be judged, and which may be sent to an endpoint that is somebody's."""

from __future__ import annotations

from conformance.contract.files import ContractError
from conformance.contract.model import Contract
from conformance.contract.service import SERVICE_FILE, Kind, Service, load_service
from conformance.derive.kinds import kind_of
from conformance.endpoint.lifecycle.relations import irremovable
from conformance.endpoint.settings import METHODS, Settings
from conformance.errors import Refusal

READS: tuple[Kind, ...] = ("list", "get")


def unsupported(contract: Contract) -> str | None:
    """Why an operation cannot be judged yet, or None."""
    if contract.root != "object" and contract.path is None:
        return "its answer is no object, and such answers are not judged yet"
    if contract.path is None and not set(METHODS) & set(contract.methods):
        return f"it is called by {' and '.join(contract.methods)}, and only {' and '.join(METHODS)} are sent yet"
    return None


def without_consent(kind: Kind, contract: Contract, settings: Settings, service: Service | None = None) -> str | None:
    """Why nothing of an operation may be sent to a URL, or None. The embedded reference needs no consent.

    What an operation of a `service` creates is taken away again, where that is sure to be possible.
    """
    if settings.url is None or kind in READS:
        return None
    if not settings.allow_changes:
        return f"it is of the kind {kind}, may change something, and --allow-changes is not given"
    if kind not in ("create", "asynchronous"):
        return None
    if service is None:
        return (
            f"it is of the kind {kind}, and only a run with --service takes away what it makes (--service NAME "
            f"--operation {contract.operation})"
        )
    why = irremovable(service, contract.operation)
    return f"it is of the kind {kind}, and {why}" if why else None


def kind_in(settings: Settings, contract: Contract) -> Kind:
    """The kind of an operation: as its service has it, where the folder is one of a service, else by the contract."""
    if (settings.folder.parent / SERVICE_FILE).is_file():
        try:
            return load_service(settings.folder.parent).operation(contract.operation).kind
        except ContractError:
            return kind_of(contract)
    return kind_of(contract)


def refuse_what_may_not_run(settings: Settings, contract: Contract) -> None:
    """Raises Refusal for an operation that cannot be judged yet, or that nobody has consented to."""
    if why := unsupported(contract):
        raise Refusal(f"{contract.operation} cannot be judged: {why}.")
    service = load_service(settings.folder.parent) if settings.creations is not None else None
    if why := without_consent(kind_in(settings, contract), contract, settings, service):
        raise Refusal(f"Nothing of {contract.operation} is sent: {why}.")
