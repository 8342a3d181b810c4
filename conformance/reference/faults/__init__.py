"""The faults that the reference endpoint can be told to have: one module a theme, each a table that can be scanned."""

from __future__ import annotations

from difflib import get_close_matches

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference.faults.fault import Fault

__all__ = ["Fault", "all_faults", "named"]


def all_faults(contract: Contract, protocol: Protocol | None = None) -> tuple[Fault, ...]:
    """Every fault that makes sense for a contract, in a fixed order."""
    return ()


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Fault:
    """The fault of that name. Raises ValueError, which guesses what was meant."""
    known = {f.name: f for f in all_faults(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        raise ValueError(f"no such fault: {name}" + (f"; did you mean {close[0]}?" if close else f"; there are {len(known)}"))
    return known[name]
