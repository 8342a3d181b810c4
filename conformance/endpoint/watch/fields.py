"""The fields of a result: there, of the documented type and form, with a documented value.

Each judge hangs on the response alone, and yields the path of a field and a problem, or None where it is in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from conformance.contract.forms import form, states_time
from conformance.contract.listed import values_in_force
from conformance.contract.model import Contract, Field
from conformance.endpoint.answer import Answer
from conformance.endpoint.canonical import canonical
from conformance.endpoint.watch.judgement import Judgement, ResponseJudge
from conformance.endpoint.watch.tally import Problem
from conformance.generate.times import parse_time
from conformance.generate.views import fold
from conformance.wire.exchange import Format

TIME_FORM = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$")
# in XML every value is text, and its form decides; a type that is not here may be any text
XML_FORMS = {
    "integer": re.compile(r"-?\d+"),
    "boolean": re.compile(r"true|false"),
    "number": re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?"),
}
JSON_TYPES: Mapping[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,)}
Holders = Sequence[Mapping[str, Any]]


def _present(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    for name, f, holders in _scalars(answer, schema_problem):
        # what holds nothing at all is no item, of which the schema tells
        held = [holder for holder in holders if holder or schema_problem is None]
        if holders and not held:
            continue
        lacking = sum(1 for holder in held if holder.get(f.name) is None)
        missing = Problem(f"{name} is missing", f"{name} in each of {len(holders)}", f"missing in {lacking}")
        yield name, missing if lacking else None


def _type(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    format = answer.body.format if answer.body else "json"
    for name, f, holders in _scalars(answer, schema_problem):
        if format in f.open_in:
            continue
        values = (holder[f.name] for holder in holders if holder.get(f.name) is not None)
        odd = next((value for value in values if not _fits(value, f, format)), None)
        yield name, None if odd is None else Problem(f"{name} is not of the documented type", f.type, repr(odd))


def _time_format(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    expected = "yyyy-MM-ddTHH:mmZ or yyyy-MM-ddTHH:mm:ssZ"
    for name, f, holders in _scalars(answer, schema_problem, open=_is_shown_time):
        if f.value("time_format"):
            empty = form(answer.contract, (*name.split(".")[:-1], f.name), f).may_be_empty
            texts = (_written(holder.get(f.name), empty) for holder in holders)
            odd = next((text for text in texts if text is not None and not TIME_FORM.match(text)), None)
            what = "is not a documented time" if states_time(answer.contract, f) else "is not a time as samples have it"
            yield name, None if odd is None else Problem(f"{name} {what}", expected, odd or "nothing")


def _written(value: Any, empty: bool) -> str | None:
    """What stands for a time; None where there is none, or an empty one that the documentation leaves open."""
    return "" if value == "" and not empty else canonical(value)


def _is_shown_time(contract: Contract, f: Field) -> bool:
    """Whether a field is a time whose form only samples show, and which the schema therefore leaves open."""
    return bool(f.value("time_format")) and not states_time(contract, f)


def _scalars(
    answer: Answer, schema_problem: str | None, open: Callable[[Contract, Field], bool] = lambda contract, f: False
) -> Iterator[tuple[str, Field, Holders]]:
    """The fields that hold scalars and that this result could show: path, field, and the objects that should have it.

    Where the schema passes they are in order by that, and no objects are looked for, but for those that it leaves open.
    """
    if answer.kind != "success":
        return
    listed, items = bool(answer.raw_items), answer.contract.semantics.items
    below = tuple(items.split(".")) if items else None
    for path, f in leaves(answer.contract):
        if listed or below is None or path[: len(below)] != below:
            looked_at = schema_problem is not None or open(answer.contract, f)
            yield ".".join(path), f, answer.reading.holders(path[:-1]) if looked_at else ()


def leaves(contract: Contract) -> Iterator[tuple[tuple[str, ...], Field]]:
    """The fields of a response that hold scalars, with their paths."""
    return ((path, f) for path, f in contract.fields() if not f.members and f.type != "array")


def _fits(value: Any, f: Field, format: Format) -> bool:
    """Whether a scalar has the type of its field."""
    if format == "xml":
        form = XML_FORMS.get(f.type)
        return form is None or form.fullmatch(str(value).strip()) is not None
    if isinstance(value, bool):
        return f.type == "boolean" or (f.type == "string" and _shown_as_boolean(f))
    if f.type == "boolean":
        return value in ("true", "false") and _shown_as_boolean(f)
    return isinstance(value, JSON_TYPES.get(f.type, (str, int, float)))


def _shown_as_boolean(f: Field) -> bool:
    """A field that the table calls a string while a sample shows a boolean: a documented contradiction."""
    return any(e.lower() in ("true", "false") for e in f.examples)


def _listed_value(answer: Answer, _: str | None) -> Iterator[Judgement]:
    """Values of items against the lists that the request parameters document."""
    for f in answer.contract.semantics.filters if answer.items else ():
        parameter = answer.contract.parameter(f.parameter)
        documented = values_in_force(answer.contract, parameter) if parameter else ()
        if documented:
            listed = {fold(str(v)) for v in documented}
            odd = {v for item in answer.items if (v := item.get(f.field)) and fold(v) not in listed}
            what = f"{f.field} has a value that the documentation does not list"
            problem = Problem(what, ", ".join(map(str, documented)), ", ".join(sorted(odd))) if odd else None
            yield f"{answer.contract.semantics.items}.{f.field}", problem


def _present_when_due(answer: Answer, _: str | None) -> Iterator[Judgement]:
    """Fields that may be absent only while another has certain values."""
    for o in answer.contract.semantics.optional_fields:
        due = [item for item in answer.items if item.get(o.unless_field) in o.unless_values]
        if due:
            lacking = next((item for item in due if not item.get(o.field)), None)
            what = f"{o.field} is missing where {o.unless_field} is {lacking[o.unless_field]}" if lacking else ""
            problem = Problem(what, f"{o.field} with a value", "none") if lacking else None
            yield f"{answer.contract.semantics.items}.{o.field}", problem


def _not_before_start(answer: Answer, _: str | None) -> Iterator[Judgement]:
    """Times that items come to have against the time from which they are."""
    semantics = answer.contract.semantics
    if semantics.range is None:
        return
    start = semantics.range.field
    for o in semantics.optional_fields:
        times = [(item, parse_time(item.get(start)), parse_time(item.get(o.field))) for item in answer.items]
        pairs = [(item, begun, ended) for item, begun, ended in times if begun and ended]
        if pairs:
            early = next((item for item, begun, ended in pairs if ended < begun), None)
            what = f"{o.field} is before {start}"
            problem = Problem(what, f"not before {early[start]}", str(early[o.field])) if early else None
            yield f"{semantics.items}.{o.field}", problem


JUDGES: Mapping[str, ResponseJudge] = {
    "fields.present": _present,
    "fields.type": _type,
    "fields.time-format": _time_format,
    "fields.listed-value": _listed_value,
    "fields.present-when-due": _present_when_due,
    "fields.not-before-start": _not_before_start,
}
