"""The faults that the reference endpoint can be told to have: one module a theme, each a table that can be scanned."""

from __future__ import annotations

from difflib import get_close_matches

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.scope import within_scope
from conformance.reference.faults import (
    choices,
    coverage,
    crowds,
    cursor,
    emptiness,
    envelope,
    errors,
    fields,
    filters,
    forgeries,
    formats,
    forms,
    http,
    ids,
    near,
    overflow,
    paging,
    parameters,
    paths,
    ranges,
    regions,
    scope,
    signatures,
    spellings,
    stability,
)
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.roles import FaultRoles

__all__ = ["Fault", "all_faults", "named"]


def all_faults(contract: Contract, protocol: Protocol | None = None) -> tuple[Fault, ...]:
    """Every fault that makes sense for a contract, in a fixed order."""
    roles = FaultRoles(within_scope(contract), protocol)
    themes = (
        envelope,
        fields,
        parameters,
        paging,
        cursor,
        filters,
        ranges,
        ids,
        errors,
        formats,
        regions,
        signatures,
        coverage,
        forgeries,
        spellings,
        http,
        forms,
        near,
        overflow,
        emptiness,
        stability,
        crowds,
        choices,
        paths,
    )
    return (*scope.faults(contract), *(fault for theme in themes for fault in theme.faults(roles)))


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Fault:
    """The fault of that name. Raises ValueError, which guesses what was meant."""
    known = {f.name: f for f in all_faults(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {len(known)}"
        raise ValueError(f"no such fault: {name}; {hint}")
    return known[name]
