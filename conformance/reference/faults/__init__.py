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
    narrowing,
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


# what only a listing can show: of other operations these change nothing that is answered
OF_LISTINGS = frozenset(
    (
        "characters-beyond-the-plane-are-lost-in-json",
        "empty-list-is-null",
        "empty-page-is-404",
        "empty-page-is-always-xml",
        "empty-request-id-on-empty-page",
        "json-comma-after-full-page",
        "json-escapes-stop-at-ff",
        "json-in-cesu-8",
        "last-item-is-lost-in-xml",
        "long-json-is-cut-off",
        "nothing-found-after-an-error",
        "only-item-is-no-list",
        "other-path-is-empty",
        "quotes-are-lost-in-xml",
        "text-body-empties-the-listing",
        "unknown-parameter-empties",
        "xml-in-gbk",
        "xml-is-escaped-twice",
        "xml-text-is-not-escaped",
    )
)


# and what only a result that has more than its id
OF_RESULTS = frozenset(("error-with-an-empty-result", "error-with-a-result-in-xml"))


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
        narrowing,
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
    found = (*scope.faults(contract), *(fault for theme in themes for fault in theme.faults(roles)))
    others = OF_LISTINGS if contract.response[1:] else OF_LISTINGS | OF_RESULTS
    return found if contract.semantics.items else tuple(f for f in found if f.name not in others)


def named(contract: Contract, name: str, protocol: Protocol | None = None) -> Fault:
    """The fault of that name. Raises ValueError, which guesses what was meant."""
    known = {f.name: f for f in all_faults(contract, protocol)}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {len(known)}"
        raise ValueError(f"no such fault: {name}; {hint}")
    return known[name]
