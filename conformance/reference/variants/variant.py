"""What a variant is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import field, frozen

from conformance.contract.model import Contract
from conformance.reference.steps import Replacement
from conformance.reference.store import Store


@frozen
class Variant:
    """A way of being right: a `dialect` to take, `replacements` of steps, and `restock`, another store."""

    name: str
    description: str
    dialect: Mapping[str, str] = field(factory=dict)
    replacements: tuple[Replacement, ...] = field(default=(), repr=False)
    restock: Callable[[Store, Contract, float], Store] | None = field(default=None, repr=False)

    def store(self, store: Store, contract: Contract, now: float) -> Store:
        """The store that is served in place of `store`, at the time `now` (seconds since 1970)."""
        return self.restock(store, contract, now) if self.restock else store
