"""Views of a listing: which filters, ids and time range a request asks for, drawn so that they hit the items there
are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from conformance.contract.model import Contract
from conformance.contract.narrowing import Form, TagFilter
from conformance.generate.required import as_sent, is_within_limits
from conformance.generate.times import format_time, parse_time

Items = Sequence[Mapping[str, str | None]]
IdSyntax = Literal["comma", "json-array"]
TO_THE_SECOND = "yyyy-MM-ddTHH:mm:ssZ"


@frozen
class View:
    """What a request asks to see. `equals` maps filter parameters to values; `start` and `end` are inclusive or not
    by dialect. `among` maps lists of values to theirs, `bounds` parameters to a least or greatest value; `tags` are
    pairs of a key and a value, or None for a key alone.
    """

    equals: Mapping[str, str] = field(factory=dict)
    ids: tuple[str, ...] | None = None
    start: datetime | None = None
    end: datetime | None = None
    among: Mapping[str, tuple[str, ...]] = field(factory=dict)
    tags: tuple[tuple[str, str | None], ...] = ()
    bounds: Mapping[str, str] = field(factory=dict)

    def __str__(self) -> str:
        """As a sentence has it: `Status Done, 2 ids, from 2021-01-07 05:00:00, to 2021-01-08 00:00:00`."""
        parts = [f"{name} {value}" for name, value in self.equals.items()]
        parts += [f"{len(self.ids)} ids" if len(self.ids) > 1 else f"id {''.join(self.ids)}"] if self.ids else []
        parts += [f"{name} {' or '.join(values)}" for name, values in self.among.items()]
        parts += [f"tag {key}{'' if value is None else f' {value}'}" for key, value in self.tags]
        parts += [f"{name} {value}" for name, value in self.bounds.items()]
        bounds = (("from", self.start), ("to", self.end))
        parts += [f"{word} {moment:%Y-%m-%d %H:%M:%S}" for word, moment in bounds if moment is not None]
        return ", ".join(parts) or "everything"

    def parameters(self, contract: Contract, id_syntax: IdSyntax = "comma") -> dict[str, str]:
        """The request parameters of the view, in the documented syntax."""
        semantics, sent = contract.semantics, {**self.equals, **self.bounds}
        if self.ids is not None and semantics.ids:
            repeated: Form = "repeated" if semantics.ids.parameter.endswith(".N") else id_syntax
            sent |= write_values(semantics.ids.parameter, self.ids, repeated)
        for s in semantics.selectors:
            if s.parameter in self.among:
                sent |= write_values(s.parameter, self.among[s.parameter], s.form)
        sent |= {b.key: b.word for b in semantics.bounds if b.word and b.parameter in self.bounds}
        if self.tags and semantics.tags:
            sent |= write_tags(semantics.tags, self.tags)
        if semantics.range:
            for name, moment in ((semantics.range.start, self.start), (semantics.range.end, self.end)):
                if name and moment is not None:
                    sent[name] = format_time(moment, request_time_format(contract, name))
        return sent

    def with_ids(self, ids: Sequence[str]) -> View:
        """The same view of the listed items alone."""
        return evolve(self, ids=tuple(ids))


def write_values(parameter: str, values: Sequence[str], form: Form) -> dict[str, str]:
    """Several values of a parameter, as it takes them."""
    if form == "repeated":
        head = parameter.removesuffix("N")
        return {f"{head}{number}": value for number, value in enumerate(values, 1)}
    return {parameter: write_ids(values, form)}


def write_tags(tags: TagFilter, asked: Sequence[tuple[str, str | None]]) -> dict[str, str]:
    """Pairs of a key and a value, or None for a key alone, as they are asked for."""
    if tags.text_key:
        pairs = [{tags.text_key: key, tags.text_value: value} for key, value in asked]
        given = [{name: text for name, text in pair.items() if text is not None} for pair in pairs]
        return {tags.key: json.dumps(given, ensure_ascii=False, separators=(",", ":"))}
    sent: dict[str, str] = {}
    for number, (key, value) in enumerate(asked, 1):
        pair = {tags.key: key, tags.value: value}
        sent |= {name.replace(".N.", f".{number}."): text for name, text in pair.items() if text is not None}
    return sent


def write_ids(ids: Sequence[str], syntax: IdSyntax) -> str:
    """An id list in one of the documented syntaxes: `a,b` or `["a","b"]`."""
    return json.dumps(list(ids), separators=(",", ":")) if syntax == "json-array" else ",".join(ids)


def read_ids(text: str, syntax: IdSyntax) -> list[str]:
    """The ids of a list in one of the documented syntaxes; none where it is in another."""
    if syntax == "comma":
        return text.split(",")
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [id for id in found if isinstance(id, str)] if isinstance(found, list) else []


def request_time_format(contract: Contract, parameter: str) -> str:
    """The documented pattern of a time parameter; to the second where none is documented."""
    found = contract.parameter(parameter)
    return str(found.value("time_format", TO_THE_SECOND)) if found else TO_THE_SECOND


def filter_values(contract: Contract, parameter: str, items: Items) -> list[str]:
    """Values worth filtering by: those that items have first, as the parameter spells them, then the other listed
    ones. None where there are items and none shows the field, which need not be there: then nobody sees what is kept.
    """
    found = contract.parameter(parameter)
    listed = [as_sent(v) for v in (found.value("effective_values") or found.value("enum") or ())] if found else []
    name = next(f.field for f in contract.semantics.filters if f.parameter == parameter)
    seen = list(dict.fromkeys(value for item in items if (value := item.get(name))))
    field = next((f for f in contract.item_fields if f.name == name), None)
    if items and not seen and field is not None and field.presence == "sometimes":
        return []
    if listed:
        spelt = {fold(v): v for v in listed}
        seen = [spelt[fold(v)] for v in seen if fold(v) in spelt]
    # a default of a filter says that the filter is there when it is not: nothing is asked of that value
    default = fold(as_sent(found.value("default"))) if found and found.value("default") is not None else None
    values = [v for v in dict.fromkeys([*seen, *listed]) if fold(v) != default]
    return values if found is None else [v for v in values if is_within_limits(found, v)]


@lru_cache(maxsize=4096)
def fold(value: str | None) -> str:
    """Spellings of one enumerated value as one: IMPORT_IMAGE and ImportImage."""
    return (value or "").replace("_", "").casefold()


def equalities(contract: Contract, items: Items, at_least: int = 0) -> st.SearchStrategy[dict[str, str]]:
    """Filters, each alone and together, with values that items have (and now and then listed ones that none has)."""
    choices = {
        f.parameter: values
        for f in contract.semantics.filters
        if (values := filter_values(contract, f.parameter, items))
    }
    if len(choices) < at_least:
        return st.nothing()
    names = st.lists(st.sampled_from(sorted(choices)), unique=True, min_size=at_least) if choices else st.just([])
    return names.flatmap(lambda ns: st.fixed_dictionaries({n: st.sampled_from(choices[n]) for n in sorted(ns)}))


def id_lists(contract: Contract, items: Items, max_size: int, min_size: int = 1) -> st.SearchStrategy[tuple[str, ...]]:
    """Ids of items there are, in any order."""
    key = contract.semantics.key or ""
    known = list(dict.fromkeys(value for item in items if (value := item.get(key))))
    if len(known) < min_size:
        return st.nothing()
    most = min(max_size, len(known))
    few = st.lists(st.sampled_from(known), unique=True, min_size=min_size, max_size=min(most, max(6, min_size)))
    counts = st.one_of(st.sampled_from(sorted({min_size, most})), st.integers(min_size, most))
    # a long list costs as little to draw as a short one: a run of the known ids, from anywhere, in either direction
    runs = st.builds(_run_of, st.just(tuple(known)), counts, st.integers(0, len(known) - 1), st.booleans())
    return st.one_of(few.map(tuple), runs)


def _run_of(known: tuple[str, ...], count: int, start: int, backwards: bool) -> tuple[str, ...]:
    turned = (known[start:] + known[:start])[:count]
    return turned[::-1] if backwards else turned


def has_moments(contract: Contract, items: Items) -> bool:
    """Whether items show times that a range can be drawn by."""
    span = contract.semantics.range
    return span is not None and any(parse_time(item.get(span.field)) for item in items)


def moments(contract: Contract, items: Items) -> st.SearchStrategy[datetime]:
    """Times that matter: at an item, a second or a minute beside one, and between."""
    name = contract.semantics.range.field if contract.semantics.range else ""
    times = sorted({t for item in items if (t := parse_time(item.get(name)))})
    if not times:
        return st.nothing()
    offsets = st.sampled_from([0, 0, 1, -1, 59, 60, -60, 61, 3600])
    return st.builds(lambda t, s: t + timedelta(seconds=s), st.sampled_from(times), offsets)


@st.composite
def ranges(draw: st.DrawFn, contract: Contract, items: Items) -> tuple[datetime | None, datetime | None]:
    """A start, an end, or both in order, as far as each is documented."""
    span = contract.semantics.range
    documented = [name for name, there in (("start", span and span.start), ("end", span and span.end)) if there]
    shape = draw(st.sampled_from(["both", *documented] if len(documented) == 2 else documented))
    one = draw(moments(contract, items))
    if shape == "start":
        return one, None
    if shape == "end":
        return None, one
    other = draw(moments(contract, items))
    return min(one, other), max(one, other)


@st.composite
def views(draw: st.DrawFn, contract: Contract, items: Items) -> View:
    """Any combination of filters, ids and range that the documentation allows."""
    equals = draw(equalities(contract, items))
    ids, start, end = None, None, None
    if contract.semantics.ids and items and draw(st.integers(0, 3)) == 0:
        ids = draw(id_lists(contract, items, contract.semantics.ids.limit or 100))
    if has_moments(contract, items) and draw(st.integers(0, 2)) == 0:
        start, end = draw(ranges(contract, items))
    return View(equals, ids, start, end)
