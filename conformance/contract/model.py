"""The contract: everything that the pages of one operation say, as frozen values, every fact cited.

A contract holds facts and our own statements, never a sentence of a page. Derivation writes it, a file keeps it
(`contract.yaml`), and everything downstream (schemas, requests, checks, the reference endpoint) reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

from attrs import field, frozen

from conformance.contract.narrowing import Bound, Selector, TagFilter

# the syntax of a text that is an object, or an array of objects, in JSON
JSON_TEXT = "json"

Place = Literal["query", "path", "body", "header"]
ParameterType = Literal["string", "integer", "number", "boolean", "array", "object", "unknown"]
FieldType = Literal["string", "integer", "number", "boolean", "array", "object", "unknown"]
ConstraintKind = Literal[
    "default",
    "minimum",
    "maximum",
    "enum",
    "min_length",
    "max_length",
    "prefix",
    "max_items",
    "separator",
    "syntax",
    "time_format",
    "ignored_values",
    "effective_values",
    "depends_on",
    "excludes",
    "matching",
    "dry_run_code",
    "bits",
]


@frozen
class Revision:
    """One documentation page at one date. `id` is what citations name."""

    id: str
    title: str
    language: str
    generation: str
    sha256: str
    date: str | None = None
    source: str | None = None


@frozen
class Citation:
    """Where a fact stands: a revision, a section of it, a row, and the position of the sentence in the row (from 1)."""

    revision: str
    section: str
    row: str | None = None
    sentence: int | None = None

    def __str__(self) -> str:
        place = f"{self.revision}, {self.section}"
        if self.row:
            place += f", {self.row}"
        if self.sentence:
            place += f" (sentence {self.sentence})"
        return place


@frozen
class Constraint:
    """One rule about a value. `value` is a scalar, or a list for `enum`, `ignored_values`, `separator` and the like.

    `matching` is how a text is looked for: `wildcard` where `*` stands for any text, `part` where a part of it does.
    `dry_run_code` is the code of the error that answers a request which was only tried, and would have succeeded.
    `bits` is how wide an integer is documented to be (64 for a Long); without it nothing is said of its width.
    """

    kind: ConstraintKind
    value: Any
    citations: tuple[Citation, ...] = ()


@frozen
class Parameter:
    """One request parameter. `name` as documented, so a repetition keeps its `.N` (`Tag.N.Key`).

    `place` is where in a request it goes, for operations that have a path; `query` stands for query or form.
    """

    name: str
    type: ParameterType
    required: bool
    citations: tuple[Citation, ...]
    constraints: tuple[Constraint, ...] = ()
    examples: tuple[str, ...] = ()
    statement: str | None = None
    place: Place = "query"

    @property
    def is_required(self) -> bool:
        """Whether no request can do without it: as documented, or because a path has no gaps."""
        return self.required or self.place == "path"

    def constraint(self, kind: ConstraintKind) -> Constraint | None:
        """The constraint of that kind, or None where the documentation states none."""
        return next((c for c in self.constraints if c.kind == kind), None)

    def value(self, kind: ConstraintKind, default: Any = None) -> Any:
        """The value of the constraint of that kind, or `default` where the documentation states none."""
        found = self.constraint(kind)
        return default if found is None else found.value


@frozen
class Field:
    """A node of the response tree.

    RPC lists are wrapped: `{"TaskSet": {"Task": [...]}}` is an object field `TaskSet` whose only member is an array
    field `Task`, whose `members` are the members of each item. An array of scalars has no members and an `item_type`.
    `xml_item` names the element of each item where it differs from the array's own name (unwrapped lists).
    `presence` is `always` where every sample that has the parent has the field, `sometimes` otherwise. `open_in` are
    the formats in which a documented sample has something at this place that does not fit the rest.
    """

    name: str
    type: FieldType
    citations: tuple[Citation, ...]
    members: tuple[Field, ...] = ()
    item_type: FieldType | None = None
    xml_item: str | None = None
    presence: Literal["always", "sometimes"] = "always"
    constraints: tuple[Constraint, ...] = ()
    examples: tuple[str, ...] = ()
    statement: str | None = None
    open_in: tuple[Literal["json", "xml"], ...] = ()

    def member(self, name: str) -> Field | None:
        """The direct member of that name, or None."""
        return next((m for m in self.members if m.name == name), None)

    def value(self, kind: ConstraintKind, default: Any = None) -> Any:
        """The value of the constraint of that kind, or `default` where the documentation states none."""
        return next((c.value for c in self.constraints if c.kind == kind), default)

    def walk(self, prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Each field below and including this one, with its path."""
        path = (*prefix, self.name)
        yield path, self
        for m in self.members:
            yield from m.walk(path)


def first_fields(members: Iterable[Field], above: tuple[str, ...] = ()) -> dict[tuple[str, ...], Field]:
    """The fields of a tree by their paths, parents first; of several with one name the first."""
    found: dict[tuple[str, ...], Field] = {}
    for member in members:
        path = (*above, member.name)
        if path not in found:
            found[path] = member
            found.update(first_fields(member.members, path))
    return found


@frozen
class ErrorCode:
    """A documented error. `parameter` names the parameter that it is about, where the row says so."""

    status: int
    code: str
    message: str
    citations: tuple[Citation, ...]
    parameter: str | None = None


@frozen
class Sample:
    """A documented sample: `body` is its text with insignificant whitespace normalised (`format` url, json or xml)."""

    role: Literal["request", "response", "error"]
    format: Literal["url", "json", "xml"]
    body: str
    citations: tuple[Citation, ...]
    repairs: tuple[str, ...] = ()


@frozen
class Alternative:
    """One way that the documentation allows. Without citations it is one that its silence allows."""

    id: str
    statement: str
    citations: tuple[Citation, ...] = ()


@frozen
class Choice:
    """A point that the documentation leaves open, by contradicting itself or by saying nothing.

    `kind` is the class of question, a row of `ledger/choices.yaml`; `subject` the parameter, response path or error
    code that it is about. A choice is taken once a run, or once a format where
    `per_format`. `preferred` is what the reference endpoint does when nobody asks otherwise.
    """

    id: str
    kind: str
    subject: str
    reason: Literal["contradiction", "silence"]
    statement: str
    alternatives: tuple[Alternative, ...]
    preferred: str
    per_format: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether the pages that count leave one alternative alone of those that they contradicted each other on."""
        return self.reason == "contradiction" and len(self.alternatives) == 1

    def alternative(self, id: str) -> Alternative | None:
        """The alternative of that id, or None."""
        return next((a for a in self.alternatives if a.id == id), None)


@frozen
class Filter:
    """`parameter` keeps the items whose `field` equals its value."""

    parameter: str
    field: str


@frozen
class IdList:
    """`parameter` keeps the items whose key is among the listed ids, at most `limit` of them."""

    parameter: str
    field: str
    limit: int | None = None


@frozen
class TimeRange:
    """`start` and `end` keep the items whose `field` lies between them. Either may be given alone."""

    start: str | None
    end: str | None
    field: str


@frozen
class Paging:
    """Page number and size: the request parameters, and the response fields that echo them."""

    number: str
    size: str
    total: str
    number_echo: str | None = None
    size_echo: str | None = None


@frozen
class Cursor:
    """Pages by a token: the request parameter `token` takes what the answer before has at `next`, and `size`, where it
    is documented, says how many items a page holds at most. The first page is asked for without a token.
    """

    token: str
    next: str
    size: str | None = None


@frozen
class OptionalField:
    """`field` may be absent or empty while `unless_field` is not one of `unless_values`."""

    field: str
    unless_field: str
    unless_values: tuple[str, ...]


@frozen
class Semantics:
    """The roles by which generic checks understand an operation. Paths are dotted from the response root.

    `items` is the path of the array of items (`TaskSet.Task`), `key` the member that identifies an item.
    """

    items: str | None = None
    key: str | None = None
    request_id: str | None = "RequestId"
    region: str | None = None
    region_echo: str | None = None
    paging: Paging | None = None
    cursor: Cursor | None = None
    ids: IdList | None = None
    range: TimeRange | None = None
    filters: tuple[Filter, ...] = ()
    optional_fields: tuple[OptionalField, ...] = ()
    notes: tuple[str, ...] = ()
    selectors: tuple[Selector, ...] = ()
    tags: TagFilter | None = None
    bounds: tuple[Bound, ...] = ()


@frozen
class Contract:
    """One operation: `product` and `version` as in the common parameters (`Ecs`, `2014-05-26`).

    `path` is the template of its URL (`/clusters/{ClusterId}`); None where all operations share the path `/`. `root` is
    the type of a success; `response` has the members of an object, and nothing of another type is known but that.
    """

    product: str
    version: str
    operation: str
    revisions: tuple[Revision, ...]
    parameters: tuple[Parameter, ...]
    response: tuple[Field, ...]
    errors: tuple[ErrorCode, ...]
    samples: tuple[Sample, ...]
    semantics: Semantics
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    statement: str | None = None
    methods: tuple[str, ...] = ("GET", "POST")
    path: str | None = None
    root: FieldType = "object"
    format_version: int = field(default=1, kw_only=True)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that documented name, or None."""
        return self._parameters.get(name)

    def choice(self, id: str) -> Choice | None:
        """The choice of that id (`PageSize.above-maximum`), or None."""
        return next((c for c in self.choices if c.id == id), None)

    def choice_about(self, kind: str, subject: str) -> Choice | None:
        """The choice of a kind about a parameter, field or code, or None."""
        return self._choices.get((kind, subject))

    @property
    def current(self) -> frozenset[str]:
        """The ids of the newest revisions: those of the newest date, or where the last one has none, that one."""
        if not self.revisions:
            return frozenset()
        newest = self.revisions[-1]
        return frozenset(r.id for r in self.revisions if r is newest or (r.date and r.date == newest.date))

    def is_superseded(self, thing: Parameter | Field | ErrorCode) -> bool:
        """Whether only pages before the newest one document a parameter, a field or an error."""
        return bool(thing.citations) and self.current.isdisjoint(c.revision for c in thing.citations)

    def at(self, path: str) -> Field | None:
        """The field at a dotted path (`TaskSet.Task.TaskId`), or None."""
        return self.field_at(tuple(path.split(".")))

    def field_at(self, path: tuple[str, ...]) -> Field | None:
        """The field at a path, or None."""
        return self._tree.get(path)

    def paths_to(self, name: str) -> tuple[tuple[str, ...], ...]:
        """The paths of the fields of that name, parents first."""
        return tuple(self._named.get(name, ()))

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {p.name: p for p in reversed(self.parameters)}

    @cached_property
    def _choices(self) -> dict[tuple[str, str | None], Choice]:
        return {(c.kind, c.subject): c for c in reversed(self.choices)}

    @cached_property
    def _tree(self) -> dict[tuple[str, ...], Field]:
        return first_fields(self.response)

    @cached_property
    def _named(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = {}
        for path, _ in self.fields():
            found.setdefault(path[-1], []).append(path)
        return found

    def fields(self) -> Iterator[tuple[tuple[str, ...], Field]]:
        """Every node of the response tree with its path, parents first."""
        for f in self.response:
            yield from f.walk()

    @property
    def item_fields(self) -> tuple[Field, ...]:
        """The members of one item of the listing; empty where the operation returns no list."""
        items = self.at(self.semantics.items) if self.semantics.items else None
        return items.members if items else ()
