"""What a certification goes by: contract and common protocol, which requirements, and what a release is held to."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from attrs import evolve, field, frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.known_failing import KnownFailures
from conformance.ledger.requirement import LEVELS
from conformance.report.events import RunProfile
from conformance.sdk.requirements import SdkRequirement, raised, requirements
from conformance.sdk.roles import SdkRoles, roles


@frozen
class Plan:
    """`select` are globs of requirement ids, the operation's name left out or not.

    `profile` pins choices: answers are then written in the pinned alternatives. A SHOULD whose check is in `raised`
    counts as a MUST. `known` failures are no surprise; those that `span` operations may be met in another one.
    `words` are what a command line says of the SDK and the operation, so that a case can be done again.
    """

    contract: Contract
    protocol: Protocol
    select: tuple[str, ...] = ()
    levels: tuple[str, ...] = LEVELS
    profile: RunProfile = field(factory=RunProfile)
    raised: frozenset[str] = frozenset()
    known: KnownFailures = field(factory=KnownFailures)
    spanning: bool = False
    words: tuple[str, ...] = ()

    @property
    def pins(self) -> Mapping[str, str]:
        """The pinned alternative of each pinned choice."""
        return self.profile.pins

    def roles(self) -> SdkRoles:
        """The roles of the operation's parameters and fields."""
        return evolve(roles(self.contract), pins=self.pins)

    def requirements(self) -> tuple[SdkRequirement, ...]:
        """Those that are selected, in the order of the table. Raises BadTable."""
        chosen = raised(requirements(self.contract), self.raised)
        return tuple(r for r in chosen if r.level in self.levels and self._selected(r.id))

    def _selected(self, id: str) -> bool:
        short = id.removeprefix(f"{self.contract.operation}.").removeprefix("sdk.")
        names = (id, short, f"sdk.{short}")
        return not self.select or any(fnmatchcase(name, glob) for name in names for glob in self.select)
