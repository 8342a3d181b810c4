"""What an endpoint's templates are over: subjects of each kind, and conditions on them, by the words of the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.contract.forms import states_time
from conformance.contract.listed import values_in_force
from conformance.contract.model import JSON_TEXT, Citation, Contract, Field, Parameter
from conformance.contract.protocol import Protocol
from conformance.contract.scope import scopes, span
from conformance.ledger import roles

# values of a filter that keep every item
EVERYTHING = ("all", "*")
SCALARS = ("string", "integer", "number", "boolean")


@frozen
class TemplateSubject:
    """What one instance of a template is about: its name in the id, its citations, and the words of its statement.

    `thing` is the parameter, field, error, situation or choice itself; None for the operation.
    """

    name: str | None
    citations: tuple[Citation, ...] = ()
    words: Mapping[str, Any] = {}
    thing: Any = None


def unique(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Each citation once, in their order."""
    return tuple(dict.fromkeys(citations))


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
        yield TemplateSubject(code, unique(c for e in same for c in e.citations), {}, same[0])


def _filters(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for f in contract.semantics.filters:
        parameter = contract.parameter(f.parameter)
        yield TemplateSubject(f.parameter, parameter.citations if parameter else (), {}, parameter)


def _selectors(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for name in roles.names(contract, "selectors"):
        parameter = contract.parameter(name)
        yield TemplateSubject(name, parameter.citations if parameter else (), {}, parameter)


def _bounds(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for b in contract.semantics.bounds:
        parameter = contract.parameter(b.documented)
        words = {"field": b.field, "side": "under" if b.side == "least" else "over"}
        yield TemplateSubject(b.parameter, parameter.citations if parameter else (), words, parameter)


def _scopes(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for f in scopes(contract):
        parameter = contract.parameter(f.parameter)
        yield TemplateSubject(f.parameter, parameter.citations if parameter else (), {}, parameter)


def _spans(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    required = span(contract)
    if required and required.start and required.end:
        yield TemplateSubject("", (), {}, None)


def _situations(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for s in protocol.situations:
        codes = ", ".join(dict.fromkeys(a.code for a in s.answers))
        cited = unique((*s.citations, *(c for a in s.answers for c in a.citations)))
        yield TemplateSubject(s.id, cited, {"situation": s.statement, "codes": codes}, s)


def _choices(contract: Contract, protocol: Protocol) -> Iterator[TemplateSubject]:
    for c in contract.choices:
        cited = unique(citation for a in c.alternatives for citation in a.citations)
        said = f"{c.statement} One way is documented: {c.alternatives[0].statement}" if c.is_settled else c.statement
        yield TemplateSubject(c.id, cited or _around(c.subject, contract), {"choice": said}, c)


def _around(name: str, contract: Contract) -> tuple[Citation, ...]:
    """Where the documentation could have spoken of a parameter or field, and did not."""
    items = contract.semantics.items
    thing = contract.parameter(name) or contract.at(name) or contract.at(f"{items}.{name}")
    if thing:
        return thing.citations
    return unique(Citation(c.revision, c.section) for p in contract.parameters for c in p.citations)


SUBJECTS: Mapping[str, Callable[[Contract, Protocol], Iterator[TemplateSubject]]] = {
    "operation": _operation,
    "parameter": _parameters,
    "field": _fields,
    "error": _errors,
    "filter": _filters,
    "scope": _scopes,
    "span": _spans,
    "selector": _selectors,
    "bound": _bounds,
    "situation": _situations,
    "choice": _choices,
}


# ----------------------------------------------------------------------------------------------------- conditions


def _is_time(thing: Parameter | Field) -> bool:
    pattern = thing.value("time_format")
    # a number that is called a time is one only where its form is a number, too
    number = thing.type in ("integer", "number")
    return pattern is not None and (not number or str(pattern).startswith("epoch"))


def _optional_names(contract: Contract) -> set[str]:
    return {f"{contract.semantics.items}.{o.field}" for o in contract.semantics.optional_fields}


def _enumerated(contract: Contract, subject: TemplateSubject) -> bool:
    items, filters = contract.semantics.items, contract.semantics.filters
    asked = (contract.parameter(f.parameter) for f in filters if f"{items}.{f.field}" == subject.name)
    return any(parameter and values_in_force(contract, parameter) for parameter in asked)


def _is_end_time(contract: Contract, subject: TemplateSubject) -> bool:
    return (
        subject.name in _optional_names(contract) and _is_time(subject.thing) and contract.semantics.range is not None
    )


def _ignores_values(contract: Contract, subject: TemplateSubject) -> bool:
    listed, effective = subject.thing.value("enum"), subject.thing.value("effective_values")
    return bool(listed and effective and set(listed) - set(effective))


def _has_plain_default(contract: Contract, subject: TemplateSubject) -> bool:
    """A default that leaving out can mean. Of a filter it cannot, unless the value names everything: a filter that is
    left out keeps all items, and one with a value those that have it.
    """
    default = subject.thing.value("default")
    filters = {f.parameter for f in contract.semantics.filters}
    # what is required and has a default contradicts itself: leaving it out may be an error
    if default is None or subject.thing.is_required or _contradicts(subject.thing, default):
        return False
    return subject.name not in filters or str(default).casefold() in EVERYTHING


def _contradicts(parameter: Parameter, default: Any) -> bool:
    """Whether a default lies outside of the limits or the values that the same parameter is documented to have, or is
    that of a member of its text in JSON.
    """
    if parameter.value("syntax") == JSON_TEXT and not str(default).lstrip().startswith(("{", "[")):
        return True
    lowest, highest, listed = (parameter.value(kind) for kind in ("minimum", "maximum", "enum"))
    try:
        number = float(default)
    except (TypeError, ValueError):
        number = None
    if number is not None and ((lowest is not None and number < lowest) or (highest is not None and number > highest)):
        return True
    return bool(listed) and str(default).casefold() not in {str(v).casefold() for v in listed}


def _is_optional_text(contract: Contract, subject: TemplateSubject) -> bool:
    return not subject.thing.required and subject.thing.place != "path" and subject.thing.type == "string"


def _is_required(contract: Contract, subject: TemplateSubject) -> bool:
    """Required by all pages, and no documented error is about its absence: that one is provoked where it stands. A path
    without one of its parts is another path.
    """
    absence = any(e.parameter == subject.name and e.code.startswith("Missing") for e in contract.errors)
    in_path = subject.thing.place == "path"
    return (
        subject.thing.required
        and not in_path
        and not absence
        and not contract.choice_about("required", subject.name or "")
    )


WHERE: Mapping[str, Callable[[Contract, TemplateSubject], bool]] = {
    "always": lambda contract, s: s.thing.presence == "always" and s.name not in _optional_names(contract),
    "scalar": lambda contract, s: True,
    "stated-time": lambda contract, s: _is_time(s.thing) and states_time(contract, s.thing),
    "shown-time": lambda contract, s: _is_time(s.thing) and not states_time(contract, s.thing),
    "enumerated": _enumerated,
    "optional-field": lambda contract, s: s.name in _optional_names(contract),
    "end-time": _is_end_time,
    "optional": lambda contract, s: not s.thing.is_required and not contract.choice_about("required", s.name or ""),
    "required": _is_required,
    "has-wording": lambda contract, s: bool(s.thing.message),
    "has-default": _has_plain_default,
    "has-minimum": lambda contract, s: s.thing.value("minimum") is not None,
    "has-maximum": lambda contract, s: s.thing.value("maximum") is not None,
    "has-length-error": lambda contract, s: roles.error_of_length(contract, s.thing) is not None,
    "has-absence-error": lambda contract, s: roles.error_of_absence(contract, s.thing) is not None,
    "has-value-error": lambda contract, s: roles.error_of_value(contract, s.thing) is not None,
    "has-enum": lambda contract, s: bool(s.thing.value("enum")),
    "has-ignored-values": _ignores_values,
    "has-a-form": lambda contract, s: (
        s.thing.type == "integer" or _is_time(s.thing) or s.thing.value("syntax") == JSON_TEXT
    ),
    "echoed": lambda contract, s: roles.echo_of(contract, s.name or "") is not None,
    "optional-text": _is_optional_text,
    "filter-by-pattern": lambda contract, s: bool(s.thing and s.thing.value("matching") == "wildcard"),
    "filter-enumerated": lambda contract, s: bool(s.thing and s.thing.value("enum")),
    "plain": lambda contract, s: roles.is_plain(s.thing),
    "repeatable": lambda contract, s: roles.is_plain(s.thing) and s.thing.place == "query",
    "integer": lambda contract, s: roles.is_plain(s.thing) and s.thing.type == "integer",
    "has-known-values": lambda contract, s: roles.has_known_values(contract, s.name or ""),
    "contradiction": lambda contract, s: s.thing.reason == "contradiction",
    "silence": lambda contract, s: s.thing.reason == "silence",
    "signature": lambda contract, s: s.thing.theme == "signatures",
    "signature-coded": lambda contract, s: s.thing.theme == "signatures" and bool(s.thing.answers),
    "protocol": lambda contract, s: s.thing.theme == "protocol",
    "protocol-coded": lambda contract, s: s.thing.theme == "protocol" and bool(s.thing.answers),
}
