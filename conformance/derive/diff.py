"""What changed between two contracts of an operation, and for whom it breaks something.

Breaking for clients: what a client did by the old one fails or means something else by the new one. Breaking for
servers: a server that met the old one does not meet the new one. Where the new one only fell silent, nothing breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from conformance.contract.files import CONTRACT_FILE, load_contract
from conformance.contract.model import Choice, Citation, Contract, ErrorCode, Field, Parameter
from conformance.derive.derivation import derive
from conformance.derive.page import PageError

Class = Literal["breaking for clients", "breaking for servers", "compatible", "editorial"]
CLASSES: tuple[Class, ...] = ("breaking for clients", "breaking for servers", "compatible", "editorial")


@frozen
class ContractChange:
    """One difference: where (`parameters.PageSize`), what, and the places that state the old and the new."""

    kind: Class
    where: str
    what: str
    old: tuple[Citation, ...] = ()
    new: tuple[Citation, ...] = ()

    @property
    def breaking(self) -> bool:
        """Whether it breaks somebody: clients or servers."""
        return self.kind.startswith("breaking")


def side(path: Path | str) -> Contract:
    """One side of a comparison: a contract (its file or folder), or a page that one is derived from.

    Raises ContractError or PageError.
    """
    path = Path(path)
    if path.is_dir() or path.suffix in (".yaml", ".yml") or path.name == CONTRACT_FILE:
        return load_contract(path)
    return derive([path])


def diff(old: Contract, new: Contract) -> tuple[ContractChange, ...]:
    """All changes, the gravest first. Raises PageError where the two are about different operations."""
    if old.operation != new.operation:
        raise PageError(new.operation, None, f"is another operation than {old.operation}; give two revisions of one")
    found = [
        *_parameters(old, new),
        *_fields(old, new),
        *_errors(old.errors, new.errors),
        *_forms(old, new),
        *_editorial(old, new),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda c: CLASSES.index(c.kind)))


# --------------------------------------------------------------------------------------------- parameters


def _parameters(old: Contract, new: Contract) -> Iterator[ContractChange]:
    before = {p.name: p for p in old.parameters}
    after = {p.name: p for p in new.parameters}
    for name in dict.fromkeys((*before, *after)):
        where = f"parameters.{name}"
        a, b = before.get(name), after.get(name)
        if b is None and a is not None:
            yield ContractChange("breaking for clients", where, "was removed", a.citations)
        elif a is None and b is not None:
            added: Class = "breaking for clients" if b.required else "compatible"
            words = f"was added, {'required' if b.required else 'optional'}"
            yield ContractChange(added, where, words, (), b.citations)
        elif a is not None and b is not None:
            yield from _parameter(where, a, b, new)


def _parameter(where: str, a: Parameter, b: Parameter, new: Contract) -> Iterator[ContractChange]:
    if a.required != b.required:
        changed: Class = "breaking for clients" if b.required else "breaking for servers"
        words = ("became required", "became optional")
        yield ContractChange(changed, where, words[not b.required], a.citations, b.citations)
    if a.type != b.type and "unknown" not in (a.type, b.type):
        yield ContractChange("breaking for clients", where, f"type {a.type} became {b.type}", a.citations, b.citations)
    for kind in dict.fromkeys(c.kind for c in (*a.constraints, *b.constraints)):
        was, now = a.constraint(kind), b.constraint(kind)
        if was is not None and now is not None and was.value != now.value:
            yield from (
                ContractChange(c, where, text, was.citations, now.citations)
                for c, text in _tightened(kind, was.value, now.value)
            )
        elif was is None and now is not None:
            yield ContractChange(
                _STATED.get(kind, "compatible"), where, f"{kind} {_shown(now.value)} is stated now", (), now.citations
            )
        elif was is not None and now is None:
            lost = any(n.startswith(f"{b.name}: its list of values is lost") for n in new.notes)
            if kind == "ignored_values" and (lost or b.value("effective_values")):
                continue  # it is what is listed and not effective
            text = (
                "the list of values is lost in the text" if lost and kind == "enum" else f"{kind} is no longer stated"
            )
            yield ContractChange("editorial" if lost else "compatible", where, text, was.citations, b.citations)


# a rule that was not there before
_STATED: dict[str, Class] = {
    "maximum": "breaking for clients",
    "minimum": "breaking for clients",
    "max_items": "breaking for clients",
    "max_length": "breaking for clients",
    "min_length": "breaking for clients",
    "prefix": "breaking for clients",
    "excludes": "breaking for clients",
    "depends_on": "breaking for clients",
    "ignored_values": "breaking for clients",
    "default": "breaking for servers",
}


def _tightened(kind: str, was: Any, now: Any) -> Iterator[tuple[Class, str]]:
    text = f"{kind} {_shown(was)} became {_shown(now)}"
    if kind in ("maximum", "max_items", "max_length"):
        yield ("breaking for clients" if now < was else "breaking for servers"), text
    elif kind in ("minimum", "min_length"):
        yield ("breaking for clients" if now > was else "breaking for servers"), text
    elif kind in ("enum", "effective_values"):
        yield from _sets(kind, was, now, gone="breaking for clients", come="breaking for servers")
    elif kind in ("ignored_values", "prefix"):
        was, now = ([side] if isinstance(side, str) else side for side in (was, now))
        yield from _sets(kind, was, now, gone="breaking for servers", come="breaking for clients")
    else:
        yield "breaking for clients", text


def _sets(kind: str, was: Any, now: Any, gone: Class, come: Class) -> Iterator[tuple[Class, str]]:
    lost, won = [v for v in was if v not in now], [v for v in now if v not in was]
    if lost:
        yield gone, f"{kind} lost {_shown(lost)}"
    if won:
        yield come, f"{kind} gained {_shown(won)}"
    if not lost and not won:
        yield "editorial", f"{kind} in another order"


def _shown(value: Any) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


# ----------------------------------------------------------------------------------------------- response


def _fields(old: Contract, new: Contract) -> Iterator[ContractChange]:
    before = {".".join(path): f for path, f in old.fields()}
    after = {".".join(path): f for path, f in new.fields()}
    moved = _moved(before, after)
    for path in dict.fromkeys((*before, *after)):
        where = f"response.{path}"
        a, b = before.get(path), after.get(path)
        if path in moved:
            to = moved[path]
            yield ContractChange(
                "breaking for clients", where, f"moved to {to}", before[path].citations, after[to].citations
            )
        elif b is None and a is not None:
            yield ContractChange("breaking for clients", where, "was removed", a.citations)
        elif a is None and b is not None and path not in moved.values():
            yield ContractChange("compatible", where, "was added", (), b.citations)
        elif a is not None and b is not None:
            yield from _field(where, a, b, (_shown_type(old, path, a), _shown_type(new, path, b)))


def _shown_type(contract: Contract, path: str, field: Field) -> str:
    """The type that the newest sample shows."""
    for subject in (path, field.name):
        choice = contract.choice_about("json-type", subject)
        if choice is not None:
            return choice.preferred
    return field.type


def _moved(before: dict[str, Field], after: dict[str, Field]) -> dict[str, str]:
    """Fields that stand elsewhere now: the only one of their name on either side."""
    gone = [p for p in before if p not in after]
    come = [p for p in after if p not in before]

    def only(name: str, paths: list[str]) -> str | None:
        same = [p for p in paths if p.rsplit(".", 1)[-1] == name]
        return same[0] if len(same) == 1 else None

    pairs = ((p, only(p.rsplit(".", 1)[-1], come)) for p in gone if only(p.rsplit(".", 1)[-1], gone))
    return {p: to for p, to in pairs if to is not None}


def _field(where: str, a: Field, b: Field, shown: tuple[str, str]) -> Iterator[ContractChange]:
    if a.type != b.type and "unknown" not in (a.type, b.type):
        # a table that changes its mind about a type that the samples show unchanged
        retyped: Class = "editorial" if shown[0] == shown[1] else "breaking for clients"
        yield ContractChange(retyped, where, f"type {a.type} became {b.type}", a.citations, b.citations)
    if a.presence != b.presence:
        moved: Class = "breaking for clients" if b.presence == "sometimes" else "breaking for servers"
        yield ContractChange(moved, where, f"is there {b.presence}, was {a.presence}", a.citations, b.citations)
    was, now = a.value("time_format"), b.value("time_format")
    if was is not None and now is not None and was != now:
        yield ContractChange("breaking for clients", where, f"time format {was} became {now}", a.citations, b.citations)
    listed, lists = a.value("enum"), b.value("enum")
    if listed and lists and listed != lists:
        for kind, text in _sets("enum", listed, lists, gone="compatible", come="breaking for clients"):
            yield ContractChange(kind, where, text, a.citations, b.citations)


def _forms(old: Contract, new: Contract) -> Iterator[ContractChange]:
    """What only choices tell: the forms that samples show, and ways that one side alone documents."""
    ids = dict.fromkeys((*(c.id for c in old.choices), *(c.id for c in new.choices)))
    for id in ids:
        was, now = old.choice(id), new.choice(id)
        some = was or now
        if some is None or some.reason != "contradiction":
            continue
        where, cited = f"choices.{id}", (_alternatives(was), _alternatives(now))
        form = _form(old, some), _form(new, some)
        if some.kind in _SHOWN and form[0] != form[1]:
            yield ContractChange("breaking for clients", where, f"{form[0]} became {form[1]}", *cited)
        elif some.kind == "id-syntax" and was is not None and now is None:
            parameter = new.parameter(was.subject)
            kept = "json-array" if parameter and parameter.value("syntax") == "json-array" else "comma"
            gone = next((a.id for a in was.alternatives if a.id not in ("both", kept)), "")
            yield ContractChange("breaking for clients", where, f"{gone} is no longer documented", *cited)
        elif was is None or now is None:
            text = "is no longer contradictory" if was else "is contradictory now"
            yield ContractChange("editorial", where, text, *cited)


# kinds of choices about the shape of a response, and what holds where the documentation does not contradict itself
_SHOWN = {"list-form": "object", "spelling": "as-listed", "json-type": None}


def _form(contract: Contract, choice: Choice) -> str | None:
    """The form that a contract's newest sample shows."""
    found = contract.choice(choice.id)
    if found is not None:
        return found.preferred
    if choice.kind != "json-type":
        return _SHOWN.get(choice.kind)
    same = [f.type for path, f in contract.fields() if choice.subject in (path[-1], ".".join(path))]
    return same[0] if same else None


def _alternatives(choice: Choice | None) -> tuple[Citation, ...]:
    cited = (c for a in choice.alternatives for c in a.citations) if choice else ()
    return tuple(dict.fromkeys(cited))


# ------------------------------------------------------------------------------------------------- errors


def _errors(old: Iterable[ErrorCode], new: Iterable[ErrorCode]) -> Iterator[ContractChange]:
    before, after = _by_code(old), _by_code(new)
    for code in dict.fromkeys((*before, *after)):
        where = f"errors.{code}"
        a, b = before.get(code, []), after.get(code, [])
        if not b:
            yield ContractChange("compatible", where, "was removed", a[0].citations)
        elif not a:
            yield ContractChange("compatible", where, "was added", (), b[0].citations)
        elif {e.status for e in a} != {e.status for e in b}:
            text = f"status {_shown([e.status for e in a])} became {_shown([e.status for e in b])}"
            yield ContractChange("breaking for clients", where, text, a[0].citations, b[0].citations)
        if a and b and {e.message for e in a} != {e.message for e in b}:
            yield ContractChange("editorial", where, "the message has other words", a[0].citations, b[0].citations)


def _by_code(errors: Iterable[ErrorCode]) -> dict[str, list[ErrorCode]]:
    found: dict[str, list[ErrorCode]] = {}
    for e in errors:
        found.setdefault(e.code, []).append(e)
    return found


# ---------------------------------------------------------------------------------------------- editorial


def _editorial(old: Contract, new: Contract) -> Iterator[ContractChange]:
    before, after = [p.name for p in old.parameters], [p.name for p in new.parameters]
    if before != after and sorted(before) == sorted(after):
        yield ContractChange("editorial", "parameters", "stand in another order")
    for p in old.parameters:
        other = new.parameter(p.name)
        if other is not None and p.examples and other.examples and not set(p.examples) & set(other.examples):
            yield ContractChange(
                "editorial", f"parameters.{p.name}", "has another example", p.citations, other.citations
            )
    for role, format in dict.fromkeys((s.role, s.format) for s in new.samples):
        was, now = ([s for s in side.samples if (s.role, s.format) == (role, format)] for side in (old, new))
        if was and {_bare(s.body) for s in was} != {_bare(s.body) for s in now}:
            where = f"samples.{role}.{format}"
            yield ContractChange("editorial", where, "has other values", was[-1].citations, now[-1].citations)


def _bare(body: str) -> str:
    return "".join(body.split())
