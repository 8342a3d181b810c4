"""Conformant variants: other ways of being right, on which no requirement may fail."""

from __future__ import annotations

from difflib import get_close_matches

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference.progress import progressing
from conformance.reference.variants.bodies import BODIES
from conformance.reference.variants.cursor import cursors
from conformance.reference.variants.dialects import dialects, error_tables
from conformance.reference.variants.omissions import omissions
from conformance.reference.variants.orders import orders
from conformance.reference.variants.paths import paths
from conformance.reference.variants.refused import refused
from conformance.reference.variants.times import times
from conformance.reference.variants.transport import TRANSPORT
from conformance.reference.variants.variant import Variant

__all__ = ["MIDDLEWARE", "Variant", "all_variants", "named"]

MIDDLEWARE: tuple[Variant, ...] = (
    *BODIES,
    *TRANSPORT,
    Variant(
        "progressing",
        "items finish, appear and go while the run lasts",
        restock=lambda store, contract, now: progressing(store, contract, now),
    ),
)


def all_variants(contract: Contract, protocol: Protocol | None = None) -> tuple[Variant, ...]:
    """Every variant that makes sense for a contract, in a fixed order: middleware first, then dialects."""
    return (
        *MIDDLEWARE,
        *cursors(contract),
        *omissions(contract),
        *orders(contract),
        *paths(contract),
        *refused(contract),
        *times(contract),
        *dialects(contract),
        *error_tables(protocol),
    )


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Variant:
    """The variant of that name. Raises ValueError, which guesses what was meant."""
    known = {v.name: v for v in all_variants(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"variants: {', '.join(known)}"
        raise ValueError(f"no such variant: {name}; {hint}")
    return known[name]
