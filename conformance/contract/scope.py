"""What a listing is always narrowed by: filters that every request has to have."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract, Filter


def scopes(contract: Contract) -> tuple[Filter, ...]:
    """The filters that are required: they choose which listing there is, rather than what is kept of it."""
    required = {p.name for p in contract.parameters if p.is_required and not contract.choice_about("required", p.name)}
    return tuple(f for f in contract.semantics.filters if f.parameter in required)


def within_scope(contract: Contract) -> Contract:
    """The contract as one sees it who gives its required filters one value throughout: they are no filters then."""
    chosen = scopes(contract)
    if not chosen:
        return contract
    filters = tuple(f for f in contract.semantics.filters if f not in chosen)
    return evolve(contract, semantics=evolve(contract.semantics, filters=filters))
