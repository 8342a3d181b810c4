"""What one page says: its parameters, response, errors and samples, each fact cited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from importlib import resources

import yaml
from attrs import evolve, frozen

from conformance.contract.model import (
    Citation,
    Constraint,
    ConstraintKind,
    ErrorCode,
    Field,
    FieldType,
    Parameter,
    ParameterType,
    Revision,
    Sample,
    first_fields,
)
from conformance.derive import naming, prose, remarks, requested, routes, rows, samples, words
from conformance.derive.defaults import NO_DEFAULT
from conformance.derive.dotted import undotted
from conformance.derive.fields import joined, response_tree, time_pattern
from conformance.derive.mentions import Names, spellings
from conformance.derive.misnested import is_set_aside, set_aside
from conformance.derive.nesting import is_container, nests_by_order
from conformance.derive.page import Page
from conformance.derive.rows import RowEntry
from conformance.derive.samples import Reading
from conformance.derive.shape import Path, Shape, renamed, shape
from conformance.derive.text import Sentence, flat, sentences
from conformance.derive.typed_tables import response_rows


@frozen
class Facts:
    """One page, understood. `shape` is what its response samples show, `required_by` the sentences that ask for a
    parameter that the table may call optional. `shows_presence` is False where the samples are made from the schema,
    with every member, and so do not show that a member is always there.
    """

    page: Page
    operation: str
    product: str | None
    version: str | None
    parameters: tuple[Parameter, ...]
    response: tuple[Field, ...]
    errors: tuple[ErrorCode, ...]
    samples: tuple[Sample, ...]
    shape: Shape
    notes: tuple[str, ...]
    required_by: Mapping[str, tuple[Citation, ...]] = {}
    shows_presence: bool = True
    methods: tuple[str, ...] = ("GET", "POST")
    path: str | None = None
    root: FieldType = "object"

    def parameters_called(self, name: str) -> tuple[Parameter, ...]:
        """The parameters of a name."""
        return tuple(self._parameters.get(name, ()))

    def field(self, path: Path) -> Field | None:
        """The field at a path, or None."""
        return self._fields.get(path)

    @cached_property
    def _parameters(self) -> dict[str, list[Parameter]]:
        found: dict[str, list[Parameter]] = {}
        for p in self.parameters:
            found.setdefault(p.name, []).append(p)
        return found

    @cached_property
    def _fields(self) -> dict[Path, Field]:
        return first_fields(self.response)

    @property
    def id(self) -> str:
        """The name of the page's revision in citations."""
        return self.page.id

    def revision(self, source: str | None = None) -> Revision:
        """The page as the contract lists it. `source` says where it was published."""
        page = self.page
        return Revision(page.id, self.operation, page.language, page.generation, page.sha256, page.date, source)


def facts(page: Page, known: Iterable[Path] = ()) -> Facts:
    """Everything that a page says. `known` are response paths of other revisions. Raises PageError."""
    notes: list[str] = []
    blocks = [r for s in page.of_kind("examples") for r in samples.read_section(s)]
    readings = [r for r in blocks if r.format != "other"]
    operation = naming.operation_name(page, readings, notes)
    entries, typed = response_rows(page)
    names = [e.name for e in entries]
    readings = set_aside(readings, operation, names)
    kept = [r for r in readings if not is_set_aside(r.repairs)]
    shown = {path[-1] for path in shape(kept, operation).nodes if path} if any("." in n for n in names) else ()
    in_place = typed or nests_by_order(entries)
    entries = undotted(entries, shown, in_place)
    names = [e.name for e in entries]
    found = shape(kept, operation, names)
    entries = _as_in_samples(entries, found)
    found = renamed(found, [e.name for e in entries], (e.name for e in entries if is_container(e)))
    notes += [f"{note} ({page.id}, examples)" for note in found.notes]
    tree = response_tree(entries, found, page.id, known, in_place)
    notes += [f"{text} ({page.id}, response)" for text in _alike(tree.fields, ())]
    route = routes.route_of(page)
    sent: dict[str, list[str]] = {}
    for name, value in (pair for r in readings if r.format == "url" for pair in r.value):
        sent.setdefault(name, []).append(value)
    in_rows = frozenset(e.name for s in page.of_kind("parameters") for e in rows.entries(s))
    asked = tuple(_parameter(page, e, sent, in_rows, notes) for e in requested.requested(page, route, notes))
    parameters = tuple(_without_ids_for_defaults(p, {*names, *in_rows}, page, notes) for p in asked)
    notes += [str(r) for r in remarks.remarks(page)]
    for reading in readings:
        notes += [f"{_place(page, reading)}: {r}" for r in reading.repairs]
    unread = {r.line for r in blocks if r.format == "other"}
    notes += [
        f"what stands at line {b.line} is no sample: {' '.join(b.text.split())[:60]!r} ({page.id}, examples)"
        for s in page.of_kind("examples")
        for b in s.blocks
        if b.line in unread
    ]
    notes += _root_notes(page, readings, operation)
    product, version = product_of(page)
    stated_product, stated_version = naming.stated(page, (p["product"] for p in products()))
    return Facts(
        page=page,
        operation=operation,
        product=product or stated_product,
        version=version or stated_version or version_of(product or stated_product),
        parameters=tuple({p.name: p for p in reversed(parameters)}.values())[::-1],
        response=tree.fields,
        errors=_errors(page, parameters, notes),
        samples=tuple(
            Sample(r.role, r.format, r.body, (_cited(page, r),), r.repairs)
            for r in readings
            if r.format != "other" and r.value is not None
        ),
        shape=found,
        notes=(*notes, *tree.notes),
        required_by=_required_by(page),
        methods=route.methods,
        path=route.path,
    )


def _alike(fields: Iterable[Field], above: Path) -> Iterator[str]:
    """Members of one object whose names differ in capitals alone: which of them is meant nobody knows."""
    names: dict[str, str] = {}
    for f in fields:
        first = names.setdefault(f.name.casefold(), f.name)
        if first != f.name:
            yield f"{'.'.join((*above, first))} is also spelt {f.name}"
        yield from _alike(f.members, (*above, f.name))


def _as_in_samples(entries: tuple[RowEntry, ...], found: Shape) -> tuple[RowEntry, ...]:
    """The rows under the names that the samples spell with other capitals. Citations keep the row's own name."""
    shown = dict.fromkeys(path[-1] for path in found.nodes if path)
    lower = {name.casefold(): name for name in shown}
    return tuple(e if e.name in shown else evolve(e, name=lower.get(e.name.casefold(), e.name)) for e in entries)


def product_of(page: Page) -> tuple[str | None, str | None]:
    """Product and API version: from the link to the explorer, else from the host of a sample request."""
    text = page.source
    link = re.search(r"product=(\w+)&api=\w+(?:&type=\w+)?(?:&version=([\d-]+))?", text)
    center = re.search(r"status/product/(\w+)", text)
    name = link.group(1) if link else center.group(1) if center else None
    version = link.group(2) if link else None
    host = samples.host(text[text.find("Action=") - 80 :]) if "Action=" in text else None
    for product in products():
        if (name or "").casefold() == product["product"].casefold() or (
            not name and host and host.startswith(product["host"])
        ):
            return product["product"], version or product["version"]
    return name, version


@lru_cache
def products() -> tuple[Mapping[str, str], ...]:
    """Products whose pages leave out their name or version: the data file `products.yaml`."""
    text = resources.files("conformance.derive").joinpath("products.yaml").read_text("utf-8")
    return tuple(yaml.safe_load(text))


def version_of(product: str | None) -> str | None:
    """The API version of a product whose pages leave it out."""
    return next((p["version"] for p in products() if p["product"].casefold() == (product or "").casefold()), None)


def _parameter(
    page: Page, entry: RowEntry, shown: Mapping[str, list[str]], in_rows: frozenset[str], notes: list[str]
) -> Parameter:
    kind, _ = words.type_of(entry.type)
    if re.search(r"\.[Nn]$", entry.name):
        kind = "array"  # older pages give the type of one repetition
    name = _spelling(page, re.sub(r"\.n(?=\.|$)", ".N", entry.name), in_rows)
    if name.casefold() == entry.name.casefold() and name.replace(".N", ".n") != entry.name.replace(".N", ".n"):
        notes.append(f"{name} is spelt {entry.name} in its row ({page.id}, parameters, {entry.label})")
    required = words.required(entry.required)
    if required is None and not flat(entry.required):
        notes.append(f"{entry.name}: whether it is required is not said ({page.id}, parameters)")
    elif required is None:
        notes.append(f"{entry.name}: required {flat(entry.required)!r} is not known ({page.id}, parameters)")
    row = Citation(page.id, "parameters", entry.label)
    read = sentences(entry.description)
    lost = f"{entry.name}: its list of values is lost ({page.id}, parameters, {entry.label})"
    notes.extend(lost for s in read if s.lost)
    notes.extend(
        f"{entry.name}: its limits are given by category ({page.id}, parameters, {entry.label})"
        for s in read
        if prose.by_category(kind, s)
    )
    examples = [e for e in (entry.example, *shown.get(entry.name, ())) if e]
    constraints = parameter_constraints(page, entry, kind, read)
    alone = next((c for c in constraints if c.kind == "enum" and len(c.value) == 1), None)
    if alone and (other := next((e for e in examples if e.casefold() != str(alone.value[0]).casefold()), None)):
        constraints = tuple(c for c in constraints if c is not alone)
        notes.append(f"{entry.name}: its only value is {alone.value[0]}, and an example is {other} ({row})")
    return Parameter(
        name=name,
        type=kind,
        required=bool(required),
        citations=(row,),
        constraints=constraints,
        examples=tuple(dict.fromkeys(examples))[:3],
        place=words.place(entry.place) or "query",
    )


def _without_ids_for_defaults(parameter: Parameter, names: Collection[str], page: Page, notes: list[str]) -> Parameter:
    """A parameter whose default is said to be `ScalingGroupId` has no such text for its default, but what the id is."""
    given = parameter.value("default")
    if not isinstance(given, str) or not given.endswith("Id") or given not in names:
        return parameter
    notes.append(f"{parameter.name}: its default is the value of {given} ({page.id}, parameters)")
    return evolve(parameter, constraints=tuple(c for c in parameter.constraints if c.kind != "default"))


def _spelling(page: Page, name: str, in_rows: frozenset[str]) -> str:
    """The name as the rest of the page spells it, where its row stands alone with other capitals."""
    if len(re.findall("[A-Z]", name)) < 1 or len(name) < 6:
        return name
    spelt = spellings(page.source).get(name.casefold(), Counter())
    others = {n: c for n, c in spelt.items() if n != name and len(re.findall("[A-Z]", n)) > 1}
    if spelt[name] > 1 or len(others) != 1:
        return name
    other, count = next(iter(others.items()))
    return other if count > 1 and not in_rows >= {name, other} else name


def _required_by(page: Page) -> dict[str, tuple[Citation, ...]]:
    found: dict[str, tuple[Citation, ...]] = {}
    for entry in (e for s in page.of_kind("parameters") for e in rows.entries(s)):
        for f in prose.findings(entry.name, "string", sentences(entry.description)):
            if f.kind == prose.REQUIRED:
                cited = Citation(page.id, "parameters", entry.label, f.sentence)
                found[entry.name] = (*found.get(entry.name, ()), cited)
    return found


def parameter_constraints(
    page: Page, entry: RowEntry, kind: ParameterType, read: tuple[Sentence, ...]
) -> tuple[Constraint, ...]:
    """The rules that the sentences of a row state about its parameter, and the format that its example shows."""
    found = []
    for f in prose.findings(entry.name, kind, read):
        if f.kind == NO_DEFAULT or f.kind == prose.REQUIRED:
            continue
        value = [] if f.value == prose.OTHERS else list(f.value) if isinstance(f.value, tuple) else f.value
        found.append(Constraint(f.kind, value, (Citation(page.id, "parameters", entry.label, f.sentence),)))
    if kind == "string" and re.fullmatch(r"-?\d{1,18}", entry.example) and not any(c.kind == "enum" for c in found):
        # a number that is documented as text
        limits = [f for f in prose.findings(entry.name, "integer", read) if f.kind in ("minimum", "maximum")]
        if len(limits) == len({f.kind for f in limits}):
            place = partial(Citation, page.id, "parameters", entry.label)
            kinds: tuple[ConstraintKind, ...] = ("minimum", "maximum")
            found += [Constraint(k, f.value, (place(f.sentence),)) for f in limits for k in kinds if k == f.kind]
    if (
        kind == "string"
        and not any(c.kind == "time_format" for c in found)
        and (pattern := time_pattern(entry.example))
    ):
        found.append(Constraint("time_format", pattern, (Citation(page.id, "parameters", entry.label),)))
    if words.is_long(entry.type):
        found.append(Constraint("bits", 64, (Citation(page.id, "parameters", entry.label),)))
    return joined(found)


def _errors(page: Page, parameters: tuple[Parameter, ...], notes: list[str]) -> tuple[ErrorCode, ...]:
    found = []
    names = Names(p.name for p in parameters)
    for section in page.of_kind("errors"):
        for e in rows.errors(section):
            if e.status is None:
                notes.append(f"{e.code}: its HTTP status is not given ({page.id}, errors)")
                continue
            parameter = names.about(f"{e.message} {e.description}", e.code)
            found.append(ErrorCode(e.status, e.code, e.message, (Citation(page.id, "errors", e.label),), parameter))
    return tuple(found)


def _cited(page: Page, reading: Reading) -> Citation:
    return Citation(page.id, "examples", "request" if reading.format == "url" else reading.format.upper())


def _place(page: Page, reading: Reading) -> str:
    return str(_cited(page, reading))


def _root_notes(page: Page, readings: list[Reading], operation: str) -> list[str]:
    expected = f"{operation}Response"
    return [
        f"{_place(page, r)}: the root element is {r.value.name}, not {expected}"
        for r in readings
        if r.format == "xml" and r.role == "response" and r.value is not None and r.value.name not in ("", expected)
    ]
