"""What a listing is always narrowed by: filters, or a time range, that every request has to have."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract, Filter, TimeRange


def scopes(contract: Contract) -> tuple[Filter, ...]:
    """The filters that are required: they choose which listing there is, rather than what is kept of it."""
    required = _required(contract)
    return tuple(f for f in contract.semantics.filters if f.parameter in required)


def span(contract: Contract) -> TimeRange | None:
    """The time range of which a bound is required: it chooses the listing, too, and what lies outside is not known."""
    range = contract.semantics.range
    return range if range and not _required(contract).isdisjoint({range.start, range.end}) else None


def _required(contract: Contract) -> set[str]:
    return {p.name for p in contract.parameters if p.is_required and not contract.choice_about("required", p.name)}


def within_scope(contract: Contract) -> Contract:
    """The contract as one sees it who gives its required filters one value throughout, and a required time range one
    span: they are no filters, and no range, then.
    """
    chosen, semantics = scopes(contract), contract.semantics
    if not chosen and span(contract) is None:
        return contract
    filters = tuple(f for f in semantics.filters if f not in chosen)
    range = None if span(contract) else semantics.range
    return evolve(contract, semantics=evolve(semantics, filters=filters, range=range))
