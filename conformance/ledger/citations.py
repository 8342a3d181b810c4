"""What the words under `cites` stand for: places in the pages of an operation, or in the common protocol's sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from conformance.contract.files import parse_citation
from conformance.contract.model import Citation, Contract, Field, Parameter
from conformance.ledger import roles
from conformance.ledger.subjects import TemplateSubject, unique

# sources of the common protocol, and standards: revision and section
PROTOCOL_PLACES: Mapping[str, tuple[str, str]] = {
    "common-parameters": ("common-parameters", "Common request parameters"),
    "response-results": ("response-results", "Success and errors"),
    "request-signatures": ("request-signatures", "Signing"),
    "v3": ("v3", "Signing"),
    "rpc-mechanism": ("rpc-mechanism", "Common request parameters"),
    "error-table": ("error-table", "Client errors"),
    "methods": ("metadata", "Methods"),
    "rfc8259": ("rfc8259", "8.1 Character encoding"),
    "rfc9112-chunked": ("RFC 9112", "7.1 Chunked transfer coding"),
    "rfc9110-media-type": ("RFC 9110", "8.3.1 Media type"),
    "rfc9110-field-names": ("RFC 9110", "5.1 Field names"),
    "rfc3986-escapes": ("RFC 3986", "6.2.2 Syntax-based normalization"),
}
# words for the parameters, and for the response fields, in a role
_PARAMETERS: Mapping[str, str] = {
    "paging": "paging",
    "cursor": "cursor",
    "filters": "filters",
    "range-start": "start",
    "range-end": "end",
    "ids": "ids",
    "region": "region",
    "selectors": "selectors",
    "tags": "tags",
    "dry-run": "dry-run",
}
_FIELDS: Mapping[str, str] = {"items": "list", "total": "total", "next": "next", "request_id": "request_id"}


def cited(word: str, subject: TemplateSubject, contract: Contract) -> tuple[Citation, ...]:
    """The places that a word of an endpoint template stands for. Raises KeyError for one that is none."""
    kind, _, name = word.partition(":")
    if kind == "protocol":
        return (Citation(*PROTOCOL_PLACES[name]),)
    if kind == "constraint":
        return _of_constraint(subject.thing, name)
    if kind == "subject":
        return subject.citations
    if kind == "echo":
        return _of(contract.at(path) for path in (roles.echo_of(contract, subject.name or ""),) if path)
    if kind in _PARAMETERS:
        return _of(map(contract.parameter, roles.names(contract, _PARAMETERS[kind])))
    if kind in _FIELDS:
        return _of(map(contract.at, roles.names(contract, _FIELDS[kind])))
    return _OF_OPERATION[kind](contract)


def cited_by_sdk(word: str, contract: Contract) -> tuple[Citation, ...]:
    """The places that a word of an SDK row stands for: a part of the pages, or a place as it is written. Raises
    ValueError for one that is none.
    """
    if word in ("parameters", "response", "errors"):
        return tuple(Citation(r.id, word) for r in contract.revisions)
    if word == "samples":
        return _samples(contract)
    if word == "paging":
        asked = map(contract.parameter, roles.names(contract, "paging"))
        told = map(contract.at, roles.names(contract, "total"))
        return tuple(c for thing in (*asked, *told) if thing for c in thing.citations)
    if word == "ids":
        return _of(map(contract.parameter, roles.names(contract, "ids")))
    return (parse_citation(word),)


def _of(things: Iterable[Parameter | Field | None]) -> tuple[Citation, ...]:
    return unique(c for thing in things if thing for c in thing.citations)


def _of_constraint(thing: Parameter | Field | None, kind: str) -> tuple[Citation, ...]:
    constraints = thing.constraints if thing else ()
    return next((c.citations for c in constraints if c.kind == kind), ())


def _samples(contract: Contract) -> tuple[Citation, ...]:
    return unique(c for sample in contract.samples if sample.role == "response" for c in sample.citations)


def _response(contract: Contract) -> tuple[Citation, ...]:
    return unique(Citation(c.revision, c.section) for f in contract.response for c in f.citations)


def _parameters(contract: Contract) -> tuple[Citation, ...]:
    return unique(Citation(c.revision, c.section) for p in contract.parameters for c in p.citations)


def _ids_limit(contract: Contract) -> tuple[Citation, ...]:
    limited = map(contract.parameter, roles.names(contract, "ids"))
    return unique(c for parameter in limited for c in _of_constraint(parameter, "max_items"))


_OF_OPERATION: Mapping[str, Callable[[Contract], tuple[Citation, ...]]] = {
    "samples": _samples,
    "response": _response,
    "parameters": _parameters,
    "ids-limit": _ids_limit,
}
WORDS = ("subject", "echo", *_PARAMETERS, *_FIELDS, *_OF_OPERATION, *(f"protocol:{name}" for name in PROTOCOL_PLACES))
