"""The requirements that hold for every exchange, judged as the exchanges of a run go by.

One function a theme. Each yields `(check, subject, problem or None)`: None says that the exchange was judged and is
in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, evolve, field

from conformance.contract.model import Contract, Field
from conformance.endpoint.answer import Answer, canonical
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.observers import Sight, sights
from conformance.endpoint.watch.tally import Problem, Tallies
from conformance.endpoint.watch.validation import Validation
from conformance.generate.times import parse_time
from conformance.generate.views import fold

Judgement = tuple[str, str | None, Problem | None]
Leaves = tuple[tuple[tuple[str, ...], Field], ...]
UUID_FORM = re.compile(r"^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$")
TIME_FORM = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$")
MEDIA_TYPES = {"json": ("application/json", "text/json"), "xml": ("text/xml", "application/xml")}

JUDGED = "judged by its body"


@define
class Watch:
    """Judges each answer, tallies the judgements, and notes the dialect."""

    contract: Contract
    validation: Validation
    dialect: Dialect
    tallies: Tallies = field(factory=Tallies)
    _request_ids: set[str] = field(factory=set)
    _leaves: Leaves = field(init=False, repr=False)

    @_leaves.default
    def _scalars(self) -> Leaves:
        return leaves(self.contract)

    def see(self, answer: Answer) -> None:
        judgements, sides = self._by_body(answer.like or answer)
        themes = (judgements, identity(answer, self._request_ids), format_asked_for(answer), echoes(answer))
        for theme in themes:
            for check, subject, found in theme:
                self.tallies.judge(check, subject, evolve(found, exchange=answer.exchange) if found else None)
        for kind, subject, alternative, format in sides:
            self.dialect.observe(kind, subject, alternative, answer.exchange, format)

    def _by_body(self, answer: Answer) -> tuple[tuple[Judgement, ...], tuple[Sight, ...]]:
        """What hangs on the response alone; once for all answers that repeat one."""
        known = vars(answer).get(JUDGED)
        if known is None:
            problem = self.validation.problem(answer)
            judgements = (*envelope(answer, problem), *fields(answer, problem, self._leaves))
            known = vars(answer)[JUDGED] = (judgements, tuple(sights(answer, self.contract.choices)))
        return known


def envelope(answer: Answer, schema_problem: str | None) -> Iterator[Judgement]:
    """Status, body, root element, media type, encoding."""
    success = answer.kind == "success" or (answer.kind == "unreadable" and answer.status < 300)
    if success:
        yield "envelope.success-body", None, _schema(schema_problem, "a body that the response schema allows")
    else:
        yield "envelope.error-body", None, _schema(schema_problem, "a body that the error schema allows")
    if answer.kind == "success":
        ok = 200 <= answer.status < 300
        yield "envelope.success-status", None, None if ok else _unlike("the status of a result", "2xx", answer.status)
    if answer.kind == "refusal":
        ok = 400 <= answer.status < 600
        yield (
            "envelope.error-status",
            None,
            None if ok else _unlike("the status of an error", "4xx or 5xx", answer.status),
        )
        ok = bool(answer.text("HostId"))
        yield "envelope.host-id", None, None if ok else Problem("the error names no HostId", "HostId", "none")
        yield "errors.no-result", None, _no_result(answer)
    yield from _text(answer)


def _no_result(answer: Answer) -> Problem | None:
    if not answer.has_result:
        return None
    return Problem("an error carries a result of the operation beside it", "the error alone", ", ".join(answer.tree))


def _schema(problem: str | None, expected: str) -> Problem | None:
    return None if problem is None else Problem("the body does not fit the derived schema", expected, problem)


def _unlike(what: str, expected: Any, received: Any) -> Problem:
    return Problem(f"{what} is not as documented", str(expected), str(received))


def _text(answer: Answer) -> Iterator[Judgement]:
    try:
        answer.exchange.response.body.decode("utf-8")
        yield "envelope.utf-8", None, None
    except UnicodeDecodeError as e:
        yield (
            "envelope.utf-8",
            None,
            Problem("the body is not UTF-8", "UTF-8", f"byte {e.object[e.start]:#x} at {e.start}"),
        )
    body = answer.body
    if body is None:
        return
    if body.format == "xml":
        wanted = ["Error"] if answer.kind == "refusal" else documented_roots(answer.contract)
        tag = body.value.name
        ok = tag in wanted
        yield "envelope.root-element", None, None if ok else _unlike("the root element", " or ".join(wanted), tag)
    received = (answer.exchange.response.header("content-type") or "none").split(";")[0].strip().lower()
    ok = received in MEDIA_TYPES[body.format] or received.endswith(f"+{body.format}")
    yield "envelope.media-type", None, None if ok else _unlike("the media type", MEDIA_TYPES[body.format][0], received)
    double = body.duplicates or (_repeated_elements(body.value, answer.contract) if body.format == "xml" else ())
    yield (
        "envelope.one-value-a-member",
        None,
        (Problem("a member appears twice", "each member once", ", ".join(double)) if double else None),
    )


def documented_roots(contract: Contract) -> list[str]:
    """The operation's name followed by Response, and the roots that samples of some products have instead."""
    bodies = [s.body for s in contract.samples if s.role == "response" and s.format == "xml"]
    shown = [found[1] for body in bodies if (found := re.match(r"\s*(?:<\?[^>]*\?>\s*)?<([\w.-]+)", body))]
    return list(dict.fromkeys([f"{contract.operation}Response", *shown]))


def _repeated_elements(root: Any, contract: Contract) -> tuple[str, ...]:
    """Children of the root that appear twice; lists repeat below their wrapper, not here."""
    arrays = {f.name for f in contract.response if f.type == "array"}
    names = [child.name for child in root.children if child.name not in arrays]
    return tuple(sorted({n for n in names if names.count(n) > 1}))


def identity(answer: Answer, seen: set[str]) -> Iterator[Judgement]:
    """RequestId: there, unique, of the documented form."""
    if answer.kind == "unreadable":
        return
    request_id = answer.request_id
    if not request_id:
        yield "envelope.request-id", None, Problem("the response carries no RequestId", "a RequestId", "none")
        return
    yield "envelope.request-id", None, None
    again = request_id in seen
    seen.add(request_id)
    yield (
        "envelope.request-id-unique",
        None,
        (Problem("a RequestId was used before in this run", "a RequestId of its own", request_id) if again else None),
    )
    ok = UUID_FORM.match(request_id)
    yield "envelope.request-id-form", None, None if ok else _unlike("the RequestId", "a UUID in capitals", request_id)


def format_asked_for(answer: Answer) -> Iterator[Judgement]:
    """The body is in the format that the request asked for."""
    call = answer.exchange.call
    asked = call.channel.format
    if asked is None or answer.body is None or "Format" in call.common or "Format" in call.tamper:
        return
    problem = None if answer.body.format == asked else _unlike("the format of the body", asked, answer.body.format)
    yield ("errors.in-the-asked-format" if answer.kind == "refusal" else "formats.asked-for"), None, problem


# --------------------------------------------------------------------------------------------------------- fields


def fields(answer: Answer, schema_problem: str | None, scalars: Leaves) -> Iterator[Judgement]:
    """Presence, type and form of each documented field. Where the schema passes, they are in order by that."""
    if answer.kind != "success":
        return
    listed = bool(answer.raw_items)
    items = tuple(answer.contract.semantics.items.split(".")) if answer.contract.semantics.items else None
    for path, f in scalars:
        below = items is not None and path[: len(items)] == items
        if below and not listed:
            continue
        name = ".".join(path)
        parents = list(_parents(answer.tree, path[:-1])) if schema_problem else []
        yield "fields.present", name, _present(parents, f, name)
        yield "fields.type", name, _typed(parents, f, name, answer.body.format if answer.body else "json")
        if f.value("time_format"):
            yield "fields.time-format", name, _timed(parents, f, name)
    yield from _item_values(answer)


def leaves(contract: Contract) -> Leaves:
    """The fields of a response that hold scalars, with their paths."""
    return tuple((path, f) for path, f in contract.fields() if not f.members and f.type != "array")


def _parents(value: Any, names: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for entry in value:
            yield from _parents(entry, names)
    elif isinstance(value, Mapping):
        if not names:
            yield value
        elif names[0] in value:
            yield from _parents(value[names[0]], names[1:])


def _present(parents: list[Mapping[str, Any]], f: Field, name: str) -> Problem | None:
    lacking = sum(1 for p in parents if p.get(f.name) is None)
    return (
        Problem(f"{name} is missing", f"{name} in each of {len(parents)}", f"missing in {lacking}") if lacking else None
    )


def _typed(parents: list[Mapping[str, Any]], f: Field, name: str, format: str) -> Problem | None:
    for value in (p[f.name] for p in parents if p.get(f.name) is not None):
        if not _fits(value, f, format):
            return Problem(f"{name} is not of the documented type", f.type, repr(value))
    return None


def _fits(value: Any, f: Field, format: str) -> bool:
    """Whether a scalar has the type of its field; in XML every value is text, and its form decides."""
    if format == "xml":
        text = str(value).strip()
        forms = {"integer": r"-?\d+", "boolean": r"true|false", "number": r"-?\d+(\.\d+)?([eE][+-]?\d+)?"}
        return bool(re.fullmatch(forms.get(f.type, r"[\s\S]*"), text))
    if isinstance(value, bool):
        return f.type == "boolean" or (f.type == "string" and _shown_as_boolean(f))
    expected: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float), "string": (str,)}
    if f.type == "boolean":
        return value in ("true", "false") and _shown_as_boolean(f)
    return isinstance(value, expected.get(f.type, (str, int, float)))


def _shown_as_boolean(f: Field) -> bool:
    """A field that the table calls a string while a sample shows a boolean: a documented contradiction."""
    return any(e.lower() in ("true", "false") for e in f.examples)


def _timed(parents: list[Mapping[str, Any]], f: Field, name: str) -> Problem | None:
    for value in (canonical(p.get(f.name)) for p in parents):
        if value is not None and not TIME_FORM.match(value):
            return Problem(f"{name} is not a documented time", "yyyy-MM-ddTHH:mmZ or yyyy-MM-ddTHH:mm:ssZ", value)
    return None


def _item_values(answer: Answer) -> Iterator[Judgement]:
    """Values of items against the lists that the request parameters document, and against each other."""
    if not answer.items:
        return
    semantics, prefix = answer.contract.semantics, answer.contract.semantics.items
    for f in semantics.filters:
        parameter = answer.contract.parameter(f.parameter)
        listed = {fold(str(v)) for v in parameter.value("enum") or ()} if parameter else set()
        if listed:
            odd = {v for item in answer.items if (v := item.get(f.field)) and fold(v) not in listed}
            yield (
                "fields.listed-value",
                f"{prefix}.{f.field}",
                (
                    Problem(
                        f"{f.field} has a value that the documentation does not list",
                        ", ".join(map(str, parameter.value("enum"))),
                        ", ".join(sorted(odd)),
                    )
                    if odd
                    else None
                ),
            )
    for o in semantics.optional_fields:
        due = [item for item in answer.items if item.get(o.unless_field) in o.unless_values]
        if due:
            lacking = [item for item in due if not item.get(o.field)]
            yield (
                "fields.present-when-due",
                f"{prefix}.{o.field}",
                (
                    Problem(
                        f"{o.field} is missing where {o.unless_field} is {lacking[0][o.unless_field]}",
                        f"{o.field} with a value",
                        "none",
                    )
                    if lacking
                    else None
                ),
            )
        yield from _order_of_times(answer, o.field)


def _order_of_times(answer: Answer, end: str) -> Iterator[Judgement]:
    semantics = answer.contract.semantics
    if semantics.range is None:
        return
    start = semantics.range.field
    pairs = [(item, parse_time(item.get(start)), parse_time(item.get(end))) for item in answer.items]
    pairs = [(item, a, b) for item, a, b in pairs if a and b]
    if pairs:
        early = next((item for item, a, b in pairs if b < a), None)
        yield (
            "fields.not-before-start",
            f"{semantics.items}.{end}",
            (Problem(f"{end} is before {start}", f"not before {early[start]}", str(early[end])) if early else None),
        )


# --------------------------------------------------------------------------------------------------------- echoes


def echoes(answer: Answer) -> Iterator[Judgement]:
    """The response repeats page number, page size and region of a request that is within the documented rules."""
    if not answer.accepted:
        return
    semantics, sent = answer.contract.semantics, dict(answer.exchange.call.parameters)
    if semantics.region and semantics.region_echo and sent.get(semantics.region):
        yield "parameters.echoed", semantics.region, _echo(answer, semantics.region_echo, sent[semantics.region])
    paging = semantics.paging
    if paging is None:
        return
    size, number = asked_size(answer), asked_number(answer)
    if size is not None and paging.size_echo:
        yield "parameters.echoed", paging.size, _echo(answer, paging.size_echo, str(size))
    within = size is not None and number is not None and (number - 1) * size < max(answer.total or 0, 1)
    if within and paging.number_echo:
        yield "parameters.echoed", paging.number, _echo(answer, paging.number_echo, str(number))
    if size is not None:
        count = len(answer.items)
        yield (
            "paging.page-size-bounds-the-page",
            None,
            (
                Problem("a page holds more items than asked for", f"at most {size}", str(count))
                if count > size
                else None
            ),
        )


def _echo(answer: Answer, path: str, sent: str) -> Problem | None:
    received = answer.text(path)
    return None if received == sent else _unlike(f"{path}, which repeats the request,", sent, received)


def asked_size(answer: Answer) -> int | None:
    """The page size in force: as sent where the documentation allows it, the default where none was sent, else None."""
    return _asked(answer, answer.contract.semantics.paging.size) if answer.contract.semantics.paging else None


def asked_number(answer: Answer) -> int | None:
    return _asked(answer, answer.contract.semantics.paging.number) if answer.contract.semantics.paging else None


def _asked(answer: Answer, name: str) -> int | None:
    parameter = answer.contract.parameter(name)
    values = [v for k, v in answer.exchange.call.parameters if k == name]
    if not values and parameter is not None:
        default = parameter.value("default")
        return None if default is None else int(default)
    if len(values) != 1 or not re.fullmatch(r"[1-9]\d{0,8}", values[0]) or parameter is None:
        return None
    value = int(values[0])
    high = parameter.value("maximum")
    return value if high is None or value <= int(high) else None
