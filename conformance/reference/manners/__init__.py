"""Faults and conformant variants of a whole mocked service: what it does wrong, or otherwise, over several requests."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from conformance.reference.manners import faults, variants
from conformance.reference.manners.manner import Manner

__all__ = ["Manner", "all_faults", "all_variants", "named"]


def all_faults() -> tuple[Manner, ...]:
    """Every fault, in a fixed order."""
    return faults.FAULTS


def all_variants() -> tuple[Manner, ...]:
    """Every conformant variant, in a fixed order."""
    return variants.VARIANTS


def named(manners: Sequence[Manner], name: str) -> Manner:
    """The one of that name. Raises ValueError, which guesses what was meant."""
    known = {m.name: m for m in manners}
    if name not in known:
        close = get_close_matches(name, known, 1)
        raise ValueError(f"no such manner of a service: {name}; did you mean {(close or list(known))[0]}?")
    return known[name]
