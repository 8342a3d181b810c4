"""Where the pages of an operation contradict each other or themselves, by the words of the table of kinds of choice.

Each function finds the contradictions of one kind, in revisions that stand oldest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources

import yaml
from attrs import field, frozen

from conformance.contract.files import parse_citation
from conformance.contract.model import Citation, Contract, ErrorCode, Parameter
from conformance.contract.protocol import ErrorAnswer
from conformance.derive import prose
from conformance.derive.fields import MINUTES, SECONDS
from conformance.derive.revision import Facts
from conformance.derive.shape import Path

Cited = Mapping[str, tuple[Citation, ...]]
SCALARS = ("string", "integer", "number", "boolean")


@frozen
class Contradiction:
    """Alternatives about one subject, each with the places that state it. `preferred` is the newest one's.

    `says` has the words of alternatives that the documentation itself lists.
    """

    subject: str
    cited: Cited = field(hash=False)
    preferred: str
    per_format: bool = False
    says: Mapping[str, str] = field(factory=dict, hash=False)


def _add(cited: dict[str, tuple[Citation, ...]], alternative: str, *citations: Citation) -> None:
    cited[alternative] = tuple(dict.fromkeys((*cited.get(alternative, ()), *citations)))


def _subject(contract: Contract, path: Path) -> str:
    return path[-1] if len(contract.paths_to(path[-1])) == 1 else ".".join(path)


def _sample(revision: Facts, format: str) -> Citation:
    return Citation(revision.id, "examples", format)


def _required(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    for p in contract.parameters:
        cited: dict[str, tuple[Citation, ...]] = {}
        for r in revisions:
            for own in r.parameters_called(p.name):
                _add(cited, "required" if own.required else "optional", *own.citations)
                if p.name in r.required_by:
                    _add(cited, "required", *r.required_by[p.name])
        if len(cited) > 1:
            order = ("required", "optional")
            yield Contradiction(p.name, {a: cited[a] for a in order}, "required" if p.required else "optional")


def _id_syntax(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """Sentences that ask for commas against examples or sentences that show a JSON array."""
    for p in contract.parameters:
        if p.value("separator") != "," or p.type != "string":
            continue
        cited: dict[str, tuple[Citation, ...]] = {}
        newest = None
        for r in revisions:
            for own in r.parameters_called(p.name):
                shown = _syntaxes(own, r)
                for syntax, citations in shown.items():
                    _add(cited, syntax, *citations)
                newest = next(iter(shown), newest)
        if len(cited) > 1:
            both = tuple(dict.fromkeys(c for citations in cited.values() for c in citations))
            ordered = {a: cited[a] for a in ("comma", "json-array")}
            yield Contradiction(p.name, {**ordered, "both": both}, newest or "comma")


def _syntaxes(parameter: Parameter, revision: Facts) -> Cited:
    """How one page writes the ids, the example first. A page that asks for a JSON array means commas inside it."""
    cited: dict[str, tuple[Citation, ...]] = {}
    separator = parameter.constraint("separator")
    array = parameter.constraint("syntax")
    examples = [e for e in parameter.examples if e]
    if examples and not examples[0].startswith("["):
        _add(cited, "comma", *(separator.citations if separator else parameter.citations))
    if any(e.startswith("[") for e in examples):
        _add(cited, "json-array", *parameter.citations)
    if array and array.value == prose.JSON_ARRAY:
        _add(cited, "json-array", *array.citations)
    elif separator:
        _add(cited, "comma", *separator.citations)
    return cited


def _list_forms(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """A list that one sample wraps in an object and another in an array of one."""
    for path, _ in contract.fields():
        cited: dict[str, tuple[Citation, ...]] = {}
        newest = "object"
        for r in revisions:
            node = r.shape.get(path)
            for form, formats in (node.forms if node else {}).items():
                for format in sorted(formats):
                    _add(cited, form, _sample(r, format.upper()))
                if "json" in formats:
                    newest = form
        if "array-of-one" in cited:
            cited.setdefault("object", ())
            ordered = {a: cited[a] for a in ("object", "array-of-one")}
            yield Contradiction(_subject(contract, path), ordered, newest)


def _item_names(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """A list of objects that the table and one sample name alike, and a sample in XML otherwise: the only element in
    the same wrapper, of which each member is a documented member of an item. What shows no member is no such sign:
    converters name the items of lists of texts after their wrapper (`PublicIpAddres`).
    """
    for path, f in contract.fields():
        above = contract.at(".".join(path[:-1])) if len(path) > 1 else None
        if above is None or above.type != "object" or above.members != (f,) or f.type != "array" or not f.members:
            continue
        documented = {m.name for m in f.members}
        cited: dict[str, tuple[Citation, ...]] = {}
        for r in revisions:
            for wrapper in _places(contract, r, path[:-1]):
                own = r.shape.get((*wrapper, f.name))
                shown = [n for n in r.shape.members(wrapper) if n != f.name or (own and "xml" in own.formats)]
                if len(shown) == 1 and (found := r.shape.get((*wrapper, shown[0]))) and found.formats == {"xml"}:
                    members = set(r.shape.members((*wrapper, shown[0])))
                    if members and members <= documented:
                        _add(cited, shown[0], _sample(r, "XML"))
        if cited:
            stated = {f.name: tuple(c for c in f.citations if c.section == "response")}
            yield Contradiction(_subject(contract, path), {**stated, **cited}, f.name, True, _named(f.name, *cited))


def _named(*names: str) -> Mapping[str, str]:
    return {name: f"Each item is named {name}." for name in names}


def _places(contract: Contract, revision: Facts, path: Path) -> Iterator[Path]:
    """Where samples of a revision show a documented path: there, or elsewhere if no other path ends in that name."""
    if path in revision.shape:
        yield path
    if len(contract.paths_to(path[-1])) == 1:
        yield from (place for place in revision.shape.called(path[-1]) if place != path)


def _json_types(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """A scalar whose table says one type and whose JSON sample shows another."""
    for path, f in contract.fields():
        if f.type not in SCALARS:
            continue
        cited: dict[str, tuple[Citation, ...]] = {}
        newest: str = f.type
        for r in revisions:
            own = r.field(path)
            row = [c for c in own.citations if c.section == "response" and c.row] if own else []
            if own and row:
                _add(cited, own.type, *row)
            node = r.shape.get(path)
            for shown in sorted(node.types & set(SCALARS)) if node else ():
                _add(cited, shown, _sample(r, "JSON"))
                newest = shown
        if "number" in cited and "integer" in cited:
            # a whole number is a number: 112 for 112.0
            _add(cited, "number", *cited.pop("integer"))
            newest = "number" if newest == "integer" else newest
        if len(cited) > 1:
            yield Contradiction(_subject(contract, path), cited, newest)


def capitals(value: str) -> str:
    """`ImportImage` as `IMPORT_IMAGE`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value).upper()


def _spellings(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """An enumerated value that one sample spells as listed and another in capitals."""
    for path, f in contract.fields():
        parameter = contract.parameter(f.name)
        listed = {str(v) for v in parameter.value("enum", ())} if parameter else set()
        spelt = {capitals(v): v for v in listed if capitals(v) != v}
        cited: dict[str, tuple[Citation, ...]] = {}
        formats: dict[str, set[str]] = {}
        for r in revisions:
            for format, text, citation in _spelt(r, path):
                way = "as-listed" if text in listed else "capitals" if text in spelt else None
                if way:
                    _add(cited, way, citation)
                    formats.setdefault(way, set()).add(format)
        if len(cited) > 1:
            ordered = {a: cited[a] for a in ("as-listed", "capitals")}
            per_format = formats["as-listed"] != formats["capitals"]
            yield Contradiction(_subject(contract, path), ordered, "as-listed", per_format)


def _spelt(revision: Facts, path: Path) -> Iterator[tuple[str, str, Citation]]:
    node = revision.shape.get(path)
    own = revision.field(path)
    if own and own.examples:
        row = next((c for c in own.citations if c.section == "response"), None)
        if row:
            yield "table", own.examples[0], row
    for format, texts in sorted(node.texts.items()) if node else ():
        for text in texts:
            yield format, text, _sample(revision, format.upper())


def _time_precision(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """Times of the response with and without seconds, or without while requests have them."""
    found: dict[str, dict[Citation, None]] = {}
    names = {MINUTES: "minutes", SECONDS: "seconds"}
    newest = None
    for r in revisions:
        for _, f in (pair for top in r.response for pair in top.walk()):
            for c in (c for c in f.constraints if c.kind == "time_format" and c.value in names):
                found.setdefault(names[c.value], {}).update(dict.fromkeys(c.citations))
                if any(x.section == "examples" for x in c.citations):
                    newest = names[c.value]
    if not found:
        return
    cited = {name: tuple(citations) for name, citations in found.items()}
    for p in contract.parameters:
        asked = p.constraint("time_format")
        if asked is not None and asked.value in names:
            _add(cited, names[asked.value], *asked.citations)
    if len(cited) > 1:
        ordered = {a: cited[a] for a in ("minutes", "seconds")}
        yield Contradiction("response", ordered, newest or next(iter(cited)))


# ------------------------------------------------------------------------------------------------------------- errors


@lru_cache
def common_errors(product: str) -> Mapping[str, ErrorAnswer]:
    """The product's common table of errors, by code, as far as operation pages contradict it (`common-errors.yaml`)."""
    text = resources.files("conformance.derive").joinpath("common-errors.yaml").read_text("utf-8")
    return {
        e["code"]: ErrorAnswer(e["code"], e["status"], e["message"], tuple(parse_citation(c) for c in e["citations"]))
        for e in yaml.safe_load(text).get(product, ())
    }


def _by_code(contract: Contract) -> Iterator[tuple[str, list[ErrorCode], ErrorAnswer | None]]:
    rows: dict[str, list[ErrorCode]] = {}
    for error in contract.errors:
        rows.setdefault(error.code, []).append(error)
    for code in rows:
        yield code, rows[code], common_errors(contract.product).get(code)


def _statuses(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """A code that is documented with several statuses."""
    for code, rows, table in _by_code(contract):
        cited: dict[str, tuple[Citation, ...]] = {}
        says: dict[str, str] = {}
        stated: list[ErrorCode | ErrorAnswer] = [*rows, *([table] if table else [])]
        for e in stated:
            _add(cited, f"{code}/{e.status}", *e.citations)
            says[f"{code}/{e.status}"] = f"{code} with HTTP status {e.status}."
        if len(cited) > 1:
            yield Contradiction(code, cited, f"{code}/{rows[0].status}", says=says)


def _messages(contract: Contract, revisions: Sequence[Facts]) -> Iterator[Contradiction]:
    """A code whose wording on the page is not that of the common table. The alternatives are the messages."""
    for code, rows, table in _by_code(contract):
        message = rows[0].message
        common = table.message.replace("{parameter}", rows[0].parameter or "{parameter}") if table else message
        if table is None or common.casefold() == message.casefold() or "%s" in message:
            continue
        cited = {"page": rows[0].citations, "common": table.citations}
        yield Contradiction(code, cited, "page", says={"page": message, "common": common})


CONTRADICTIONS: Mapping[str, Callable[[Contract, Sequence[Facts]], Iterator[Contradiction]]] = {
    "required": _required,
    "id-syntaxes": _id_syntax,
    "list-forms": _list_forms,
    "item-names": _item_names,
    "json-types": _json_types,
    "spellings": _spellings,
    "time-precisions": _time_precision,
    "statuses": _statuses,
    "messages": _messages,
}
