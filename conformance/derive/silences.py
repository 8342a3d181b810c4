"""Where pages say nothing: the conditions under which a kind of choice arises by silence, by the words of its table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import frozen

from conformance.contract.model import JSON_TEXT, Citation, Contract, Field, Parameter
from conformance.derive.fields import SECONDS
from conformance.derive.prose import JSON_ARRAY
from conformance.derive.revision import Facts
from conformance.derive.sentences import cited_sentences
from conformance.ledger import roles

Cited = Mapping[str, tuple[Citation, ...]]


@frozen
class Stated:
    """What pages say all the same: the alternatives that they leave open, with citations, and the preferred one."""

    cited: Cited
    preferred: str


# ---------------------------------------------------------------------------------------------------------- subjects


def subjects(contract: Contract, word: str) -> Iterator[str]:
    """What a choice of a kind can be about, by the word of its row."""
    if word == "parameter":
        yield from (p.name for p in operation_parameters(contract))
    elif word == "item-field":
        yield from (subject_of(contract, field) for field in contract.item_fields)
    else:
        yield from roles.names(contract, word)


def operation_parameters(contract: Contract) -> Iterator[Parameter]:
    """All but Action, which belongs to the common protocol, and repetitions, whose names have a number in them."""
    for p in contract.parameters:
        if p.name != "Action" and ".N" not in p.name.upper():
            yield p


def subject_of(contract: Contract, field: Field) -> str:
    """What a choice calls a field: its name, or its whole path where another field has that name."""
    paths = contract.paths_to(field.name)
    if len(paths) == 1:
        return field.name
    return next((".".join(path) for path in paths if contract.field_at(path) is field), field.name)


# -------------------------------------------------------------------------------------------------------- conditions


def _parameter(contract: Contract, name: str) -> Parameter:
    """Raises KeyError: a word about parameters was used of something else."""
    found = contract.parameter(name)
    if found is None:
        raise KeyError(name)
    return found


def _bounded(kind: str) -> Callable[[Contract, str], bool]:
    def condition(contract: Contract, name: str) -> bool:
        p = _parameter(contract, name)
        return p.type == "integer" and any(c.kind == kind and c.value is not None for c in p.constraints)

    return condition


def _is_time(contract: Contract, name: str) -> bool:
    p = _parameter(contract, name)
    return p.type != "integer" and bool(p.value("time_format"))


def _to_the_second(contract: Contract, name: str) -> bool:
    return _is_time(contract, name) and _parameter(contract, name).value("time_format") == SECONDS


def _time_or_json(contract: Contract, name: str) -> bool:
    return _is_time(contract, name) or _parameter(contract, name).value("syntax") == JSON_TEXT


def _has_a_form(contract: Contract, name: str) -> bool:
    return _parameter(contract, name).type == "integer" or _time_or_json(contract, name)


def _lists_values(contract: Contract, name: str) -> bool:
    p = _parameter(contract, name)
    return p.type == "string" and bool(p.value("enum"))


def _optional_text(contract: Contract, name: str) -> bool:
    p = _parameter(contract, name)
    return p.type == "string" and not p.required


def _is_json_array(contract: Contract, name: str) -> bool:
    p = contract.parameter(name)
    return p is not None and p.value("syntax") == JSON_ARRAY


def _echoed_and_bounded(contract: Contract, name: str) -> bool:
    p = contract.parameter(name)
    return bool(roles.echo_of(contract, name)) and p is not None and p.value("maximum") is not None


def _item_field(contract: Contract, subject: str) -> Field:
    """The field that `subject_of` calls so."""
    paths = contract.paths_to(subject)
    found = contract.field_at(paths[0]) if len(paths) == 1 else contract.at(subject)
    return found or next(f for f in contract.item_fields if subject_of(contract, f) == subject)


def _may_be_missing(contract: Contract, name: str) -> bool:
    optional = {o.field for o in contract.semantics.optional_fields}
    field = _item_field(contract, name)
    return field.name in optional or (field.presence == "sometimes" and field.type not in ("array", "object"))


CONDITIONS: Mapping[str, Callable[[Contract, str], bool]] = {
    "always": lambda contract, name: True,
    "may-be-missing": _may_be_missing,
    "is-json-array": _is_json_array,
    "to-the-second": _to_the_second,
    "has-maximum": _bounded("maximum"),
    "has-minimum": _bounded("minimum"),
    "has-default": lambda contract, name: _parameter(contract, name).value("default") is not None,
    "has-a-form": _has_a_form,
    "time-or-json": _time_or_json,
    "has-limit": lambda contract, name: roles.has(contract, "ids-limit"),
    "lists-values": _lists_values,
    "has-known-values": roles.has_known_values,
    "optional-text": _optional_text,
    "has-an-end": lambda contract, name: roles.has(contract, "range"),
    "echoed-and-bounded": _echoed_and_bounded,
}


# ------------------------------------------------------------------------------------------- what is said all the same


def _array_is_stated(contract: Contract, name: str, revisions: Sequence[Facts]) -> Stated | None:
    """Pages that ask for a JSON array do not say whether ids with commas between them are read too."""
    syntax = _parameter(contract, name).constraint("syntax")
    return Stated({"json-array": syntax.citations, "both": ()}, "both") if syntax else None


def _others_are_ignored(contract: Contract, name: str, revisions: Sequence[Facts]) -> Stated | None:
    """Pages that call other values ignored rule out an error, and leave open what the answer then holds."""
    ignored = _parameter(contract, name).constraint("ignored_values")
    if ignored is None:
        return None
    return Stated({"drops-filter": ignored.citations, "matches-nothing": ignored.citations}, "drops-filter")


def _order_is_stated(contract: Contract, name: str, revisions: Sequence[Facts]) -> Stated | None:
    """The order that a page states, or that none states. Its direction is left to the reader of the page."""
    key = contract.semantics.key
    cited = tuple(
        citation
        for r in revisions
        for citation, s in cited_sentences(r.page)
        if key and re.search(r"(?i)\b(?:descending|ascending) order\b|[降升]序", s.text) and _speaks_of(key, s.text)
    )
    open_ways: Cited = {"newest-first": (), "oldest-first": (), "by-key": cited, "other": ()}
    return Stated(open_ways, "by-key") if cited else None


def _speaks_of(key: str, text: str) -> bool:
    name = key.casefold().removesuffix("id")
    return name in re.sub(r"\s", "", text).casefold() or "ID" in text


STATED: Mapping[str, Callable[[Contract, str, Sequence[Facts]], Stated | None]] = {
    "array-is-stated": _array_is_stated,
    "others-are-ignored": _others_are_ignored,
    "order-is-stated": _order_is_stated,
}
