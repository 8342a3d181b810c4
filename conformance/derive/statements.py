"""Our own short statements of what an operation and its parameters do, from their roles. Pages' words are not kept."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract


def stated(contract: Contract) -> Contract:
    """The contract with a statement for the operation and for each parameter whose role is known."""
    words = _parameters(contract)
    return evolve(
        contract,
        statement=_operation(contract),
        parameters=tuple(evolve(p, statement=words.get(p.name)) for p in contract.parameters),
    )


def _operation(contract: Contract) -> str | None:
    s = contract.semantics
    if s.items is None:
        return None
    item = s.items.rsplit(".", 1)[-1]
    where = " of a region" if s.region else ""
    return f"Lists the {item} items{where}{', page by page' if s.paging else ''}."


def _parameters(contract: Contract) -> dict[str, str]:
    s = contract.semantics
    found = {"Action": "Names the operation."}
    if s.region:
        found[s.region] = "The region that is looked in."
    if s.paging:
        found[s.paging.number] = "The page to return."
        found[s.paging.size] = "How many items a page holds."
    for f in s.filters:
        found[f.parameter] = f"Keeps the items whose {f.field} is this value."
    if s.ids:
        found[s.ids.parameter] = f"Keeps the items whose {s.ids.field} is listed."
    if s.range:
        bounds = ((s.range.start, "at or after"), (s.range.end, "at or before"))
        found |= {name: f"Keeps the items whose {s.range.field} is {when} this time." for name, when in bounds if name}
    return found
