"""Several revisions as one contract: the newest that speaks wins, those that agree are cited, the rest is noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from attrs import evolve

from conformance.contract.model import (
    Citation,
    Constraint,
    ConstraintKind,
    Contract,
    ErrorCode,
    Field,
    Parameter,
    Sample,
    Semantics,
)
from conformance.derive.fields import joined, time_pattern
from conformance.derive.revision import Facts
from conformance.derive.spelling import merged_capitals, merged_spellings


def merge(revisions: Sequence[Facts]) -> Contract:
    """The contract of one operation, without semantics and choices. `revisions` stand oldest first."""
    newest = revisions[-1]
    routed = next((r for r in reversed(revisions) if r.path), None)
    notes: list[str] = [n for r in revisions for n in r.notes]
    return Contract(
        product=next((r.product for r in reversed(revisions) if r.product), "unknown"),
        version=next((r.version for r in reversed(revisions) if r.version), "unknown"),
        operation=newest.operation,
        revisions=tuple(r.revision() for r in revisions),
        parameters=_parameters(revisions, notes),
        response=_fields([r.response for r in revisions], revisions, (), notes),
        errors=_errors(revisions),
        samples=_samples(revisions),
        semantics=Semantics(),
        notes=tuple(dict.fromkeys(notes)),
        # a page that leaves out the path leaves out the method as well
        methods=(routed or newest).methods,
        path=routed.path if routed else None,
        root=newest.root,
    )


_KINDS = get_args(ConstraintKind)


def _names(groups: Sequence[Iterable[str]]) -> list[str]:
    """The newest group's names in its order, then those that only older ones have."""
    return list(dict.fromkeys(name for group in reversed(groups) for name in group))


def _parameters(revisions: Sequence[Facts], notes: list[str]) -> tuple[Parameter, ...]:
    newest = dict.fromkeys(p.name for p in revisions[-1].parameters)
    spelling = {n.casefold(): n for n in newest}
    slips = merged_spellings([{p.name: p.type for p in r.parameters} for r in revisions])
    groups = []
    for r in revisions:
        own = {p.name for p in r.parameters}
        group: dict[str, Parameter] = {}
        for p in r.parameters:
            name = p.name
            # an older page may differ in capitals alone
            other = spelling.get(name.casefold())
            if name not in newest and other and other not in own:
                notes.append(f"{other} is spelt {name} in {r.id}, parameters")
                name = other
            elif slip := slips.get(name):
                notes.append(f"{slip} is spelt {name} in {r.id}, parameters")
                name = slip
            group.setdefault(name, evolve(p, name=name))
        groups.append(group)
    merged = []
    for name in _names(groups):
        found = [g[name] for g in groups if name in g]
        if name not in groups[-1] and len(groups) > 1:
            notes.append(f"{name} is not in the newest revision ({found[-1].citations[0]})")
        merged.append(_parameter(name, found, notes))
    return tuple(merged)


def _parameter(name: str, found: list[Parameter], notes: list[str]) -> Parameter:
    last = found[-1]
    types = [p.type for p in found if p.type != "unknown"]
    merged = evolve(
        last,
        type=types[-1] if types else "unknown",
        # a page without such a column says nothing, which reads as `query`
        place=next((p.place for p in reversed(found) if p.place != "query"), "query"),
        citations=_cited(found),
        constraints=_with_default(name, _constraints(name, [p.constraints for p in found], notes), notes),
        examples=tuple(dict.fromkeys(e for p in reversed(found) for e in p.examples))[:4],
    )
    if len({p.required for p in found}) > 1:
        words = "; ".join(f"{'required' if p.required else 'optional'} in {p.citations[0].revision}" for p in found)
        notes.append(f"{name}: {words}")
    return merged


def _cited(found: Iterable[Any]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(c for thing in found for c in thing.citations))


def _constraints(name: str, groups: Sequence[tuple[Constraint, ...]], notes: list[str]) -> tuple[Constraint, ...]:
    """For each kind the newest revision's value, citing every revision that has the same."""
    merged: list[Constraint] = []
    for kind in dict.fromkeys(c.kind for group in reversed(groups) for c in group):
        same_kind = [joined(c for c in group if c.kind == kind) for group in groups]
        stated = [g for g in same_kind if g]
        best = stated[-1][0]
        if kind == "bits" and not same_kind[-1]:
            continue  # the newest page has an integer of which it does not say how wide it is
        # within one revision the first sentence counts, and the page contradicts itself
        others = (c for g in stated for c in g if c.value != best.value and kind != "ignored_values")
        notes.extend(
            f"{name}: {kind} is {_shown(c.value)} in {c.citations[0]}, {_shown(best.value)} here" for c in others
        )
        agreeing = [c for g in stated for c in g if c.value == best.value]
        merged.append(evolve(best, citations=_cited(agreeing)))
    return _with_ignored(tuple(sorted(merged, key=lambda c: _KINDS.index(c.kind))))


def _with_default(name: str, constraints: tuple[Constraint, ...], notes: list[str]) -> tuple[Constraint, ...]:
    """Without a list of values or a bound that rules out the default: of the two no one knows which is wrong."""
    default = next((c.value for c in constraints if c.kind == "default"), None)
    if default is None:
        return constraints
    kept = tuple(c for c in constraints if not _rules_out(c, default))
    notes.extend(
        f"{name}: {c.kind} {_shown(c.value)} rules out the default {_shown(default)} ({c.citations[0]})"
        for c in constraints
        if c not in kept
    )
    return kept


def _rules_out(constraint: Constraint, value: Any) -> bool:
    limit = constraint.value
    if constraint.kind == "enum":
        return isinstance(limit, list) and str(value) not in {str(v) for v in limit}
    if constraint.kind not in ("minimum", "maximum") or not (_is_number(limit) and _is_number(value)):
        return False
    return bool(value < limit if constraint.kind == "minimum" else value > limit)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)


def _with_ignored(constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
    """The values that pages call ignored are those listed and not effective; they may stand in another revision."""
    values = {c.kind: c.value for c in constraints}
    effective = values.get("effective_values")
    others = [v for v in values.get("enum", ()) if effective is not None and v not in effective]
    kept = [evolve(c, value=others) if c.kind == "ignored_values" else c for c in constraints]
    return tuple(c for c in kept if c.kind != "ignored_values" or c.value)


def _fields(
    groups: Sequence[tuple[Field, ...]], revisions: Sequence[Facts], path: tuple[str, ...], notes: list[str]
) -> tuple[Field, ...]:
    slips: dict[str, str] = {}
    if len(groups) > 1:
        types = [{f.name: f.type for f in group} for group in groups]
        slips = merged_spellings(types) | merged_capitals(types)
    named: list[dict[str, list[Field]]] = []
    for group in groups:
        named.append({})
        for field in group:
            name = slips.get(field.name, field.name)
            if name != field.name:
                where = field.citations[0] if field.citations else "an older page"
                notes.append(f"{'.'.join((*path, name))} is spelt {field.name} ({where})")
                field = evolve(field, name=name)
            named[-1].setdefault(name, []).append(field)
    return tuple(_field([g.get(name, []) for g in named], revisions, (*path, name), notes) for name in _names(named))


def _field(
    groups: Sequence[list[Field]],
    revisions: Sequence[Facts],
    path: tuple[str, ...],
    notes: list[str],
) -> Field:
    found = [f for group in groups for f in group]
    last = found[-1]
    # what is shown counts before what is guessed
    told = [f for f in found if not f.open_in] or found
    containers = [f for f in told if f.type in ("array", "object")]
    shaped = [f for f in containers if f.members] or containers or found
    members = [next((f.members for f in group if any(f is t for t in told)), ()) for group in groups]
    # a field that one revision's samples show without exception may be missing in another's
    showing = [r for r in revisions if r.shows_presence]
    always = all(r.shape.always(path) for r in showing if _shows_parent(r, path))
    shown = any(path in r.shape for r in showing)
    return evolve(
        last,
        type=shaped[-1].type,
        item_type=shaped[-1].item_type,
        xml_item=next((f.xml_item for f in reversed(found) if f.xml_item), None),
        citations=_cited(found),
        members=_fields(members, revisions, path, notes) if any(members) else (),
        presence=last.presence if not showing else "always" if always and shown else "sometimes",
        constraints=_times(path, _constraints(".".join(path), [f.constraints for f in found], notes), revisions, notes),
        examples=tuple(dict.fromkeys(e for f in reversed(found) for e in f.examples))[:4],
        open_in=told[-1].open_in,
    )


def _times(
    path: tuple[str, ...], constraints: tuple[Constraint, ...], revisions: Sequence[Facts], notes: list[str]
) -> tuple[Constraint, ...]:
    """Without the time format where a sample shows a value of none: what is documented so is no fault."""
    for r in revisions:
        node = r.shape.get(path)
        texts = [t for shown in node.texts.values() for t in shown if t] if node else []
        if any(c.kind == "time_format" for c in constraints) and any(time_pattern(t) is None for t in texts):
            notes.append(f"{'.'.join(path)} is no time of a documented format in the samples of {r.id}")
            constraints = tuple(c for c in constraints if c.kind != "time_format")
    return constraints


def _shows_parent(revision: Facts, path: tuple[str, ...]) -> bool:
    parent = revision.shape.get(path[:-1])
    return parent is not None and any(parent.instances.values())


def _errors(revisions: Sequence[Facts]) -> tuple[ErrorCode, ...]:
    merged: dict[tuple[int, str, str], ErrorCode] = {}
    for r in reversed(revisions):
        for e in r.errors:
            key = (e.status, e.code, e.message)
            old = merged.get(key)
            merged[key] = evolve(
                old or e,
                citations=_cited([e, old] if old else [e]),
                parameter=(old.parameter if old else None) or e.parameter,
            )
    return tuple(evolve(e, citations=tuple(sorted(e.citations, key=lambda c: c.revision))) for e in merged.values())


def _samples(revisions: Sequence[Facts]) -> tuple[Sample, ...]:
    """Each sample once; revisions that repeat it are cited."""
    merged: dict[tuple[str, str, str], Sample] = {}
    for s in (s for r in revisions for s in r.samples):
        key = (s.role, s.format, s.body)
        old = merged.get(key)
        merged[key] = evolve(s, citations=_cited([old, s])) if old else s
    return tuple(merged.values())
