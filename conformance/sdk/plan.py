"""What a certification goes by: the contract, the common protocol, and which requirements."""

from __future__ import annotations

from fnmatch import fnmatchcase

from attrs import frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.requirement import LEVELS
from conformance.sdk.requirements import SdkRequirement, requirements
from conformance.sdk.roles import SdkRoles, roles


@frozen
class Plan:
    """`select` are globs of requirement ids, the operation's name left out or not."""

    contract: Contract
    protocol: Protocol
    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS

    def roles(self) -> SdkRoles:
        """The roles of the operation's parameters and fields."""
        return roles(self.contract)

    def requirements(self) -> tuple[SdkRequirement, ...]:
        """Those that are selected, in the order of the table. Raises BadTable."""
        chosen = requirements(self.contract)
        return tuple(r for r in chosen if r.level in self.levels and self._selected(r.id))

    def _selected(self, id: str) -> bool:
        short = id.removeprefix(f"{self.contract.operation}.").removeprefix("sdk.")
        names = (id, short, f"sdk.{short}")
        return not self.select or any(fnmatchcase(name, glob) for name in names for glob in self.select)
