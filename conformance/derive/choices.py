"""The points that pages leave open: where they contradict each other, and where they say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources

import yaml
from attrs import evolve

from conformance.contract.files import parse_citation
from conformance.contract.model import Alternative, Choice, Citation, Contract, Field, Parameter
from conformance.contract.protocol import ErrorAnswer
from conformance.derive.contradictions import contradictions
from conformance.derive.fields import SECONDS
from conformance.derive.prose import JSON_ARRAY
from conformance.derive.revision import Facts
from conformance.derive.sentences import cited_sentences
from conformance.derive.wording import WORDINGS
from conformance.ledger.choices import choice_id


def choices(contract: Contract, revisions: Sequence[Facts], preferred: Mapping[str, str]) -> tuple[Choice, ...]:
    """All choices of a contract whose semantics are known. `preferred` overrules which alternative comes first."""
    found = [
        *_contradicted(contract, revisions),
        *_errors(contract),
        *_silent_about_parameters(contract),
        *_silent_about_the_listing(contract, revisions),
        _silence("unknown-parameter", "request"),
        _silence("unknown-format", "Format"),
    ]
    unique = {c.id: c for c in reversed(found)}
    return tuple(_preferring(c, preferred) for c in sorted(unique.values(), key=lambda c: c.id))


def _preferring(choice: Choice, preferred: Mapping[str, str]) -> Choice:
    wanted = preferred.get(choice.id)
    if wanted is None:
        return choice
    if choice.alternative(wanted) is None:
        known = ", ".join(a.id for a in choice.alternatives)
        raise ValueError(f"overlay: {choice.id} has no alternative {wanted!r}; known: {known}")
    return evolve(choice, preferred=wanted)


def make(
    kind: str,
    subject: str,
    cited: Mapping[str, tuple[Citation, ...]],
    reason: str,
    preferred: str | None = None,
    per_format: bool = False,
) -> Choice:
    """A choice of a kind, with the alternatives that `cited` names."""
    wording = WORDINGS[kind]
    return Choice(
        id=choice_id(kind, subject),
        kind=kind,
        subject=subject,
        reason=reason,
        statement=wording.statement.format(subject=subject),
        alternatives=tuple(Alternative(id, wording.alternatives[id], citations) for id, citations in cited.items()),
        preferred=preferred or (wording.preferred if wording.preferred in cited else next(iter(cited))),
        per_format=per_format,
    )


def _silence(kind: str, subject: str, *only: str) -> Choice:
    return make(kind, subject, dict.fromkeys(only or WORDINGS[kind].alternatives, ()), "silence")


# ------------------------------------------------------------------------------------------ contradictions


def _contradicted(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Choice]:
    for c in contradictions(contract, revisions):
        yield make(c.kind, c.subject, dict(c.cited), "contradiction", c.preferred, c.per_format)


@lru_cache
def common_errors(product: str) -> tuple[ErrorAnswer, ...]:
    """The product's common table of errors, as far as operation pages contradict it (`common-errors.yaml`)."""
    text = resources.files("conformance.derive").joinpath("common-errors.yaml").read_text("utf-8")
    return tuple(
        ErrorAnswer(e["code"], e["status"], e["message"], tuple(parse_citation(c) for c in e["citations"]))
        for e in yaml.safe_load(text).get(product, ())
    )


def _errors(contract: Contract) -> Iterator[Choice]:
    """A code that is documented with several statuses, or whose common wording differs from the page's."""
    common = {e.code: e for e in common_errors(contract.product)}
    for code in dict.fromkeys(e.code for e in contract.errors):
        rows = [e for e in contract.errors if e.code == code]
        table = common.get(code)
        statuses: dict[int, tuple[Citation, ...]] = {}
        for e in (*rows, *([table] if table else [])):
            statuses[e.status] = tuple(dict.fromkeys((*statuses.get(e.status, ()), *e.citations)))
        if len(statuses) > 1:
            yield Choice(
                id=choice_id("error", code),
                kind="error",
                subject=code,
                reason="contradiction",
                statement=WORDINGS["error"].statement.format(subject=code),
                alternatives=tuple(
                    Alternative(f"{code}/{status}", f"{code} with HTTP status {status}.", cited)
                    for status, cited in statuses.items()
                ),
                preferred=f"{code}/{rows[0].status}",
            )
        if table:
            yield from _wording(code, rows[0].message, rows[0].citations, rows[0].parameter, table)


def _wording(
    code: str, message: str, cited: tuple[Citation, ...], parameter: str | None, table: ErrorAnswer
) -> Iterator[Choice]:
    """The statements of these alternatives are the messages themselves."""
    common = table.message.replace("{parameter}", parameter or "{parameter}")
    if common.casefold() == message.casefold() or "%s" in message:
        return
    yield Choice(
        id=choice_id("error-message", code),
        kind="error-message",
        subject=code,
        reason="contradiction",
        statement=WORDINGS["error-message"].statement.format(subject=code),
        alternatives=(Alternative("page", message, cited), Alternative("common", common, table.citations)),
        preferred="page",
    )


# ------------------------------------------------------------------------------------------------ silences


def operation_parameters(contract: Contract) -> Iterator[Parameter]:
    """All but Action, which belongs to the common protocol, and repetitions, whose names have a number in them."""
    for p in contract.parameters:
        if p.name != "Action" and ".N" not in p.name.upper():
            yield p


def _silent_about_parameters(contract: Contract) -> Iterator[Choice]:
    span, ids = contract.semantics.range, contract.semantics.ids
    for p in operation_parameters(contract):
        if p.type == "integer":
            if p.value("maximum") is not None:
                yield _silence("above-maximum", p.name)
            if p.value("minimum") is not None:
                only = ("rejected", "clamped", "default") if p.value("default") is not None else ("rejected", "clamped")
                yield _silence("below-minimum", p.name, *only)
            yield _silence("malformed", p.name, "rejected", "ignored")
        elif p.value("time_format"):
            yield _silence("malformed", p.name)
            if p.value("time_format") == SECONDS:
                yield _silence("short-time", p.name)
        if p.value("enum") and p.type == "string":
            yield _unknown_value(p)
        if p.type == "string" and not p.required:
            yield _silence("empty-value", p.name)
    if ids:
        yield from _array_syntax(contract.parameter(ids.parameter))
        yield _silence("unknown-id", ids.parameter)
        if ids.limit:
            yield _silence("too-many-ids", ids.parameter)
    for bound in (span.start, span.end) if span else ():
        if bound:
            yield _silence("range-bound", bound)
    if span and span.start and span.end:
        yield _silence("inverted-range", span.start)


def _array_syntax(parameter: Parameter | None) -> Iterator[Choice]:
    """Pages that ask for a JSON array do not say whether ids with commas between them are read too."""
    syntax = parameter.constraint("syntax") if parameter else None
    if parameter and syntax and syntax.value == JSON_ARRAY:
        yield make("id-syntax", parameter.name, {"json-array": syntax.citations, "both": ()}, "silence", "both")


def _unknown_value(parameter: Parameter) -> Choice:
    """Pages that call other values ignored rule out an error, and leave open what the answer then holds."""
    ignored = parameter.constraint("ignored_values")
    if ignored is None:
        return _silence("unknown-value", parameter.name)
    cited = {"drops-filter": ignored.citations, "matches-nothing": ignored.citations}
    return make("unknown-value", parameter.name, cited, "silence", "drops-filter")


def _order(items: str, key: str | None, revisions: Sequence[Facts]) -> Choice:
    """The order that a page states, or that none states. Its direction is left to the reader of the page."""
    cited = tuple(
        citation
        for r in revisions
        for citation, s in cited_sentences(r.page)
        if key and re.search(r"(?i)\b(?:descending|ascending) order\b|[降升]序", s.text) and _speaks_of(key, s.text)
    )
    if not cited:
        return _silence("order", items)
    alternatives = {a: cited if a == "by-key" else () for a in WORDINGS["order"].alternatives}
    return make("order", items, alternatives, "silence", "by-key")


def _speaks_of(key: str, text: str) -> bool:
    name = key.casefold().removesuffix("id")
    return name in re.sub(r"\s", "", text).casefold() or "ID" in text


def _silent_about_the_listing(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Choice]:
    s = contract.semantics
    if s.paging:
        yield _silence("beyond-the-end", s.paging.number)
        size = contract.parameter(s.paging.size)
        if s.paging.size_echo and size is not None and size.value("maximum") is not None:
            yield _silence("clamped-echo", s.paging.size)
    if s.items:
        yield _order(s.items, s.key, revisions)
        yield _silence("empty-list", s.items)
    for name in _may_be_missing(contract):
        yield _silence("missing-value", name)


def _may_be_missing(contract: Contract) -> Iterator[str]:
    optional = {o.field for o in contract.semantics.optional_fields}
    for field in contract.item_fields:
        if field.name in optional or (field.presence == "sometimes" and field.type not in ("array", "object")):
            yield subject_of(contract, field)


def subject_of(contract: Contract, field: Field) -> str:
    """What a choice calls a field: its name, or its whole path where another field has that name."""
    paths = [".".join(path) for path, f in contract.fields() if f.name == field.name]
    own = next((".".join(path) for path, f in contract.fields() if f is field), field.name)
    return field.name if len(paths) == 1 else own
