"""The ledger of an operation: requirement templates instantiated for what its contract holds, every sentence placed.

The templates are data (`requirements.yaml` of each side); the words they use for conditions, subjects and
citations are the three tables of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

import yaml
from attrs import frozen

from conformance.contract.model import Citation, Contract, Field, Parameter
from conformance.contract.protocol import Protocol
from conformance.ledger.requirement import Ledger, PlacedSentence, Requirement

SCALARS = ("string", "integer", "number", "boolean")


@frozen
class TemplateSubject:
    """What one instance of a template is about: its name in the id, its citations, and the words of its statement."""

    name: str | None
    citations: tuple[Citation, ...] = ()
    words: Mapping[str, Any] = {}
    thing: Any = None


def templates(side: str = "endpoint") -> tuple[Mapping[str, Any], ...]:
    """The requirement templates of one side, as they stand in the data file."""
    text = resources.files(f"conformance.{side}").joinpath("requirements.yaml").read_text("utf-8")
    return tuple(yaml.safe_load(text))


def build(
    contract: Contract,
    protocol: Protocol,
    sentences: Iterable[tuple[Citation, str]] = (),
    exclusions: Mapping[str, str] | None = None,
) -> Ledger:
    """The ledger of `contract`. `sentences` are (citation, digest); `exclusions` maps digests to reasons."""
    requirements = tuple(r for t in templates() for r in _instances(t, contract, protocol))
    placed = tuple(_place(c, d, requirements, contract, exclusions or {}) for c, d in sentences)
    return Ledger(contract.operation, requirements, placed + _protocol_sentences(protocol, contract, requirements))


def _instances(template: Mapping[str, Any], contract: Contract, protocol: Protocol) -> Iterator[Requirement]:
    if not all(_has_role(contract, role) for role in template.get("needs", ())):
        return
    check = template["check"]
    theme, rest = check.split(".", 1)
    condition = WHERE[template["where"]] if "where" in template else lambda contract, subject: True
    for subject in SUBJECTS[template["each"]](contract, protocol):
        if not condition(contract, subject):
            continue
        name = f".{subject.name}" if subject.name else ""
        words = {**subject.words, "subject": subject.name, "ids_limit": _ids_limit(contract)}
        words["value"] = _value(template, subject)
        choice = (
            contract.choice_about(template["choice"], _choice_subject(template, subject, contract))
            if "choice" in template
            else None
        )
        yield Requirement(
            id=f"{contract.operation}.{theme}{name}.{rest}",
            level=template["level"],
            side="endpoint",
            statement=template["statement"].format(**words),
            check=check,
            citations=_unique(c for word in template["cites"] for c in _cited(word, subject, contract)),
            subject=subject.name,
            choice=choice.id if choice else None,
        )


def _choice_subject(template: Mapping[str, Any], subject: TemplateSubject, contract: Contract) -> str:
    """Which parameter a choice of an operation-wide template is about."""
    semantics = contract.semantics
    return subject.name or {
        "beyond-the-end": semantics.paging.number if semantics.paging else "",
        "unknown-id": semantics.ids.parameter if semantics.ids else "",
        "too-many-ids": semantics.ids.parameter if semantics.ids else "",
        "inverted-range": semantics.range.start or "" if semantics.range else "",
        "unknown-parameter": "request",
        "unknown-format": "Format",
    }.get(template["choice"], "")


# ------------------------------------------------------------------------------------------------------- subjects


def _operation(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    yield TemplateSubject(None)


def operation_parameters(contract: Contract, protocol: Protocol) -> tuple[Parameter, ...]:
    """The parameters of the operation itself: a page may list common ones (Action) too."""
    common = {p.name for p in protocol.parameters}
    return tuple(p for p in contract.parameters if p.name not in common)


def _parameters(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for p in operation_parameters(contract, protocol):
        yield TemplateSubject(p.name, p.citations, {}, p)


def _fields(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for path, f in contract.fields():
        if not f.members and f.type in SCALARS:
            yield TemplateSubject(".".join(path), f.citations, {"type": f.type}, f)


def _errors(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for code in dict.fromkeys(e.code for e in contract.errors):
        same = [e for e in contract.errors if e.code == code]
        yield TemplateSubject(code, _unique(c for e in same for c in e.citations), {}, same[0])


def _filters(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for f in contract.semantics.filters:
        parameter = contract.parameter(f.parameter)
        yield TemplateSubject(f.parameter, parameter.citations if parameter else (), {}, parameter)


def _situations(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for s in protocol.situations:
        codes = ", ".join(dict.fromkeys(a.code for a in s.answers))
        cited = _unique((*s.citations, *(c for a in s.answers for c in a.citations)))
        yield TemplateSubject(s.id, cited, {"situation": s.statement, "codes": codes}, s)


def _choices(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for c in contract.choices:
        cited = _unique(citation for a in c.alternatives for citation in a.citations)
        yield TemplateSubject(c.id, cited or _around(c.subject, contract), {"choice": c.statement}, c)


def _around(name: str, contract: Contract) -> tuple[Citation, ...]:
    """Where the documentation could have spoken of a parameter or field, and did not."""
    items = contract.semantics.items
    thing = contract.parameter(name) or contract.at(name) or contract.at(f"{items}.{name}")
    return thing.citations if thing else _role_citations("parameters", TemplateSubject(None), contract)


SUBJECTS: Mapping[str, Callable[[Contract, Protocol], Iterator[TemplateSubject]]] = {
    "operation": _operation,
    "parameter": _parameters,
    "field": _fields,
    "error": _errors,
    "filter": _filters,
    "situation": _situations,
    "choice": _choices,
}


# ----------------------------------------------------------------------------------------------------- conditions


def _is_time(thing: Parameter | Field) -> bool:
    return thing.value("time_format") is not None


def _optional_names(contract: Contract) -> set[str]:
    return {f"{contract.semantics.items}.{o.field}" for o in contract.semantics.optional_fields}


def _echoed(contract: Contract, subject: TemplateSubject) -> bool:
    return echo_of(contract, subject.name or "") is not None


def echo_of(contract: Contract, parameter: str) -> str | None:
    """The response path that repeats a parameter, where there is one."""
    semantics = contract.semantics
    echoes = {semantics.region: semantics.region_echo}
    if semantics.paging:
        echoes[semantics.paging.number] = semantics.paging.number_echo
        echoes[semantics.paging.size] = semantics.paging.size_echo
    return echoes.get(parameter)


def _enumerated(contract: Contract, subject: TemplateSubject) -> bool:
    for f in contract.semantics.filters:
        parameter = contract.parameter(f.parameter)
        if f"{contract.semantics.items}.{f.field}" == subject.name and parameter and parameter.value("enum"):
            return True
    return False


def _is_end_time(contract: Contract, subject: TemplateSubject) -> bool:
    return (
        subject.name in _optional_names(contract) and _is_time(subject.thing) and contract.semantics.range is not None
    )


def _ignores_values(contract: Contract, subject: TemplateSubject) -> bool:
    listed, effective = subject.thing.value("enum"), subject.thing.value("effective_values")
    return bool(listed and effective and set(listed) - set(effective))


def _is_optional_text(contract: Contract, subject: TemplateSubject) -> bool:
    return not subject.thing.required and subject.thing.type == "string"


WHERE: Mapping[str, Callable[[Contract, TemplateSubject], bool]] = {
    "always": lambda contract, s: s.thing.presence == "always" and s.name not in _optional_names(contract),
    "scalar": lambda contract, s: True,
    "time": lambda contract, s: _is_time(s.thing),
    "enumerated": _enumerated,
    "optional-field": lambda contract, s: s.name in _optional_names(contract),
    "end-time": _is_end_time,
    "optional": lambda contract, s: not s.thing.required,
    "has-default": lambda contract, s: s.thing.value("default") is not None,
    "has-minimum": lambda contract, s: s.thing.value("minimum") is not None,
    "has-maximum": lambda contract, s: s.thing.value("maximum") is not None,
    "has-enum": lambda contract, s: bool(s.thing.value("enum")),
    "has-ignored-values": _ignores_values,
    "integer-or-time": lambda contract, s: s.thing.type == "integer" or _is_time(s.thing),
    "echoed": _echoed,
    "optional-text": _is_optional_text,
    "filter-enumerated": lambda contract, s: bool(s.thing and s.thing.value("enum")),
    "contradiction": lambda contract, s: s.thing.reason == "contradiction",
    "silence": lambda contract, s: s.thing.reason == "silence",
    "signature": lambda contract, s: s.thing.theme == "signatures",
    "signature-coded": lambda contract, s: s.thing.theme == "signatures" and bool(s.thing.answers),
    "protocol": lambda contract, s: s.thing.theme == "protocol",
    "protocol-coded": lambda contract, s: s.thing.theme == "protocol" and bool(s.thing.answers),
}


def _has_role(contract: Contract, role: str) -> bool:
    s = contract.semantics
    return bool(
        {
            "items": s.items and s.key,
            "paging": s.paging,
            "filters": s.filters,
            "ids": s.ids,
            "ids-limit": s.ids and s.ids.limit,
            "range-start": s.range and s.range.start,
            "range-end": s.range and s.range.end,
            "region": s.region,
        }[role]
    )


def _ids_limit(contract: Contract) -> int | None:
    return contract.semantics.ids.limit if contract.semantics.ids else None


# ------------------------------------------------------------------------------------------------------ citations


def _value(template: Mapping[str, Any], subject: TemplateSubject) -> Any:
    for word in template["cites"]:
        if word.startswith("constraint:"):
            return subject.thing.value(word.removeprefix("constraint:"))
    return None


def _cited(word: str, subject: TemplateSubject, contract: Contract) -> tuple[Citation, ...]:
    kind, _, name = word.partition(":")
    if kind == "protocol":
        return (Citation(*_PROTOCOL_PLACES[name]),)
    if kind == "constraint":
        constraint = subject.thing.constraint(name)
        return constraint.citations if constraint else ()
    if kind == "subject":
        return subject.citations
    return _role_citations(word, subject, contract)


# sources of the common protocol: revision and section
_PROTOCOL_PLACES: Mapping[str, tuple[str, str]] = {
    "common-parameters": ("common-parameters", "Common request parameters"),
    "response-results": ("response-results", "Success and errors"),
    "request-signatures": ("request-signatures", "Signing"),
    "v3": ("v3", "Signing"),
    "rpc-mechanism": ("rpc-mechanism", "Common request parameters"),
    "error-table": ("error-table", "Client errors"),
    "methods": ("metadata", "Methods"),
}


def _role_citations(role: str, subject: TemplateSubject, contract: Contract) -> tuple[Citation, ...]:
    s = contract.semantics
    if role == "samples":
        return _unique(c for sample in contract.samples if sample.role == "response" for c in sample.citations)
    if role == "response":
        return _unique(Citation(c.revision, c.section) for f in contract.response for c in f.citations)
    if role == "parameters":
        return _unique(Citation(c.revision, c.section) for p in contract.parameters for c in p.citations)
    if role == "ids-limit":
        parameter = contract.parameter(s.ids.parameter) if s.ids else None
        constraint = parameter.constraint("max_items") if parameter else None
        return constraint.citations if constraint else ()
    parameters = {
        "paging": (s.paging.number, s.paging.size) if s.paging else (),
        "filters": tuple(f.parameter for f in s.filters),
        "range-start": (s.range.start,) if s.range else (),
        "range-end": (s.range.end,) if s.range else (),
        "ids": (s.ids.parameter,) if s.ids else (),
        "region": (s.region,),
    }.get(role, ())
    fields = {
        "items": (s.items,),
        "total": (s.paging.total if s.paging else None,),
        "request_id": (s.request_id,),
        "echo": (echo_of(contract, subject.name or ""),),
    }.get(role, ())
    found = [contract.parameter(name) for name in parameters if name]
    found += [contract.at(path) for path in fields if path]
    return _unique(c for thing in found if thing for c in thing.citations)


def _unique(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))


# ------------------------------------------------------------------------------------------------------ sentences


def _place(
    citation: Citation,
    digest: str,
    requirements: tuple[Requirement, ...],
    contract: Contract,
    exclusions: Mapping[str, str],
) -> PlacedSentence:
    """A sentence's requirements: those that cite it; else its exclusion; else, as a row's definition, all about it."""
    exact = tuple(r.id for r in requirements if citation in r.citations)
    if exact:
        return PlacedSentence(citation, digest, exact)
    if digest in exclusions:
        return PlacedSentence(citation, digest, excluded=exclusions[digest])
    row = Citation(citation.revision, citation.section, citation.row)
    if citation.row and citation.sentence == 1:
        return PlacedSentence(citation, digest, tuple(r.id for r in requirements if row in r.citations))
    return PlacedSentence(citation, digest)


def _protocol_sentences(
    protocol: Protocol, contract: Contract, requirements: tuple[Requirement, ...]
) -> tuple[PlacedSentence, ...]:
    known = {r.id for r in requirements}
    return tuple(
        PlacedSentence(
            s.citation,
            digest="common",
            requirements=tuple(i for r in s.requirements if (i := f"{contract.operation}.{r}") in known),
            excluded=s.excluded,
        )
        for s in protocol.statements
    )
