"""A whole service: its operations with their kinds and relations, and the contract of each when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from attrs import evolve, field, frozen

from conformance.contract.files import ContractError, dump, file_in, load, load_contract
from conformance.contract.model import Contract

SERVICE_FILE = "service.yaml"

Kind = Literal["list", "get", "create", "modify", "delete", "action", "asynchronous"]
PagingStyle = Literal["number", "cursor", "marker", "whole"]
Style = Literal["rpc", "path"]


@frozen
class ServiceHost:
    """Where a service is reached in a region."""

    region: str
    host: str


@frozen
class Relation:
    """That a parameter takes, or a response gives, the id of a resource.

    `resource` is a noun (`Disk`), `at` a documented parameter name (`DiskIds`, `Disk.N.SnapshotId`) or a dotted path
    of the response (`Disks.Disk.DiskId`). `many` where there may be several ids.
    """

    resource: str
    at: str
    many: bool = False


@frozen
class ServiceOperation:
    """One operation of a service.

    `resource` is the noun that it is about, in the singular (`Task`), and None where its name has none. `paging` is how
    a list comes: by page number, by a cursor, by a marker, or whole; None for what is no list. `deprecated` as the
    documentation says. `digest` is over the text of its contract.
    """

    name: str
    kind: Kind
    digest: str
    resource: str | None = None
    paging: PagingStyle | None = None
    produces: tuple[Relation, ...] = ()
    consumes: tuple[Relation, ...] = ()
    deprecated: bool = False

    @property
    def reads(self) -> bool:
        """Whether it changes nothing: only a list and a getter are sure not to."""
        return self.kind in ("list", "get")


@frozen
class Service:
    """A service as a folder holds it. `product` and `version` as in the common parameters; `folder` is where it is.

    `style` is `rpc` where an Action names the operation, `path` where the URL does.
    """

    product: str
    version: str
    style: Style
    operations: Mapping[str, ServiceOperation]
    endpoints: tuple[ServiceHost, ...] = ()
    format_version: int = field(default=1, kw_only=True)
    folder: Path | None = field(default=None, kw_only=True, eq=False, repr=False)

    def operation(self, name: str) -> ServiceOperation:
        """The operation of exactly that name. Raises ContractError, which names the nearest."""
        found = self.operations.get(name)
        if found is None:
            raise ContractError(self.folder or self.product, f"has no operation {name}; {_advice(name, self)}")
        return found

    def contract(self, name: str) -> Contract:
        """The contract of an operation, read when it is asked for. Raises ContractError."""
        return load_contract(self.contract_folder(name))

    def contract_folder(self, name: str) -> Path:
        """The folder of an operation's contract. Raises ContractError."""
        self.operation(name)
        if self.folder is None:
            raise ContractError(self.product, "was not read from a folder, so its contracts are not known")
        return self.folder / name

    def matching(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """The names that any of the patterns (`Describe*`) matches, in the service's order; all for no pattern.

        Raises ContractError for a pattern that matches nothing.
        """
        patterns = tuple(patterns)
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in self.operations):
                where = self.folder or self.product
                raise ContractError(where, f"has no operation {pattern}; {_advice(pattern, self)}")
        return tuple(n for n in self.operations if not patterns or any(fnmatchcase(n, p) for p in patterns))

    def producers(self, resource: str) -> tuple[ServiceOperation, ...]:
        """The operations whose answer gives ids of a resource, those that create it first."""
        found = [o for o in self.operations.values() if any(r.resource == resource for r in o.produces)]
        return tuple(sorted(found, key=lambda o: o.kind not in ("create", "asynchronous")))


def _advice(name: str, service: Service) -> str:
    folded = {n.casefold(): n for n in service.operations}
    close = get_close_matches(name.casefold(), folded, 1)
    if close:
        return f"did you mean {folded[close[0]]}? Names are told apart by capital and small letters."
    return f"it has {len(service.operations)} operations, such as {', '.join(list(service.operations)[:3])}."


def load_service(path: Path | str) -> Service:
    """The service in a folder that has a `service.yaml`, or in that file. Raises ContractError."""
    file = file_in(path, SERVICE_FILE)
    service = load(file, Service, "derive it again with `acs-conformance derive`")
    for name, operation in service.operations.items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ContractError(file, f"has an operation {name!r}, which is no name of one")
        if name != operation.name:
            raise ContractError(file, f"has the operation {operation.name} under the name {name}")
    return evolve(service, folder=file.parent)


def dump_service(service: Service) -> str:
    """The text of `service.yaml`."""
    return dump(evolve(service, folder=None))
