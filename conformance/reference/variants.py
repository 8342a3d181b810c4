"""Conformant variants: other ways of being right, on which no requirement may fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import field, frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference.store import Store


@frozen
class Variant:
    """A way of being right: a `dialect` to take, `hooks` into the pipeline, and `restock`, another store."""

    name: str
    description: str
    dialect: Mapping[str, str] = field(factory=dict)
    hooks: Mapping[str, Callable[..., Any]] = field(factory=dict, repr=False)
    restock: Callable[[Store, Contract, float], Store] | None = field(default=None, repr=False)

    def store(self, store: Store, contract: Contract, now: float) -> Store:
        return self.restock(store, contract, now) if self.restock else store


def all_variants(contract: Contract, protocol: Protocol | None = None) -> tuple[Variant, ...]:
    """Every variant that makes sense for a contract, in a fixed order."""
    return ()


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Variant:
    """The variant of that name. Raises ValueError, which guesses what was meant."""
    known = {v.name: v for v in all_variants(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        raise ValueError(f"no such variant: {name}" + (f"; did you mean {close[0]}?" if close else f"; there are {len(known)}"))
    return known[name]
