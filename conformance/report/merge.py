"""Several runs as one: shards, formats, retries. Nothing is counted twice, and the order of merging does not
matter.

A merged stream keeps each run that it was made of as a part, known by the digest of its own stream.
Everything else in the merged header and footer is computed from the set of parts, so that merging is
associative, commutative and idempotent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, TypeVar

from attrs import evolve, frozen

from conformance.report.events import (
    FORMAT_VERSION,
    CatalogueEntry,
    ChoiceObserved,
    Latency,
    Part,
    RunFinished,
    RunStarted,
    Verdict,
    to_line,
)
from conformance.report.stream import Run

T = TypeVar("T")


class Unmergeable(Exception):
    """The runs are not of one subject. The message is one sentence that says what differs."""


@frozen
class _Piece:
    """A part with what only it knows."""

    part: Part
    header: RunStarted
    verdicts: tuple[Verdict, ...]
    observed: tuple[ChoiceObserved, ...]


def merge(runs: Iterable[Run]) -> Run:
    """Raises Unmergeable, also where there is no run at all."""
    pieces: dict[str, _Piece] = {}
    headers: dict[str, RunStarted] = {}
    for run in runs:
        for piece in _pieces(run):
            pieces.setdefault(piece.part.id, piece)
            headers.setdefault(piece.part.id, piece.header)
    if not pieces:
        raise Unmergeable("There is no run to merge.")
    ordered = sorted(pieces.values(), key=lambda piece: (piece.part.started, piece.part.id))
    _agree(ordered)
    return Run(
        _header(ordered),
        tuple(verdict for piece in ordered for verdict in piece.verdicts),
        tuple(seen for piece in ordered for seen in piece.observed),
        _footer([piece.part for piece in ordered]),
    )


def digest(run: Run) -> str:
    """The digest of a run's stream, which is what a part is known by."""
    return "sha256:" + sha256("".join(map(to_line, run.events())).encode()).hexdigest()


def _pieces(run: Run) -> Iterable[_Piece]:
    if not run.header.parts:
        part = _part(run)
        yield _piece(part, run, run.verdicts, run.observed)
    for part in run.header.parts:
        yield _piece(
            part,
            run,
            tuple(verdict for verdict in run.verdicts if verdict.part == part.id),
            tuple(seen for seen in run.observed if seen.part == part.id),
        )


def _piece(part: Part, run: Run, verdicts: tuple[Verdict, ...], observed: tuple[ChoiceObserved, ...]) -> _Piece:
    return _Piece(
        part,
        run.header,
        tuple(evolve(verdict, part=part.id) for verdict in verdicts),
        tuple(evolve(seen, part=part.id) for seen in observed),
    )


def _part(run: Run) -> Part:
    header, footer = run.header, run.footer
    return Part(
        id=digest(run),
        seed=header.seed,
        started=header.started,
        python=header.python,
        selected=tuple(entry.id for entry in header.catalogue),
        deselected=header.deselected,
        requests=footer.requests,
        throttled=footer.throttled,
        seconds=footer.seconds,
        outcomes=footer.outcomes,
        latency=footer.latency,
        interrupted=footer.interrupted,
        reason=footer.reason,
        settings=header.settings,
    )


def _agree(pieces: list[_Piece]) -> None:
    """Only runs of the same suite on the same target, held to the same, can be added up."""
    same: tuple[tuple[str, Callable[[RunStarted], Any]], ...] = (
        ("operation", lambda header: header.operation),
        ("suite", lambda header: (header.suite.name, header.suite.version)),
        ("contract", lambda header: header.suite.contract_digest),
        ("requirements", lambda header: header.suite.requirements_digest),
        ("target", lambda header: header.target),
        ("profile", lambda header: header.profile),
        ("choices", lambda header: sorted(choice.id for choice in header.choices)),
        ("known failures", lambda header: sorted(map(str, header.known_failures))),
    )
    first = pieces[0].header
    for other in pieces[1:]:
        for name, of in same:
            if of(first) != of(other.header):
                raise Unmergeable(
                    f"These runs cannot be merged, because they differ in {name}: "
                    f"{str(of(first))[:120]} and {str(of(other.header))[:120]}."
                )
    entries: dict[str, CatalogueEntry] = {}
    for piece in pieces:
        for entry in piece.header.catalogue:
            if entries.setdefault(entry.id, entry) != entry:
                raise Unmergeable(f"These runs cannot be merged, because they differ in what {entry.id} says.")


def _header(pieces: list[_Piece]) -> RunStarted:
    first = pieces[0].header
    catalogue = _catalogue(pieces)
    left_out = dict.fromkeys(id for piece in pieces for id in piece.part.deselected)
    selected = {entry.id for entry in catalogue}
    levels = {id: level for piece in pieces for id, level in piece.header.deselected_levels.items()}
    return evolve(
        first,
        seed=pieces[0].part.seed,
        started=pieces[0].part.started,
        python=", ".join(sorted({piece.part.python for piece in pieces})),
        catalogue=catalogue,
        deselected=tuple(sorted(id for id in left_out if id not in selected)),
        sentences=_union(pieces, lambda header: header.sentences),
        choices=_union(pieces, lambda header: header.choices),
        profiles=_union(pieces, lambda header: header.profiles),
        known_failures=_union(pieces, lambda header: header.known_failures),
        parts=tuple(piece.part for piece in pieces),
        settings=None,
        deselected_levels={id: level for id, level in sorted(levels.items()) if id in left_out and id not in selected},
        format_version=FORMAT_VERSION,
    )


def _catalogue(pieces: list[_Piece]) -> tuple[CatalogueEntry, ...]:
    """Entries in the order of the part that selected most, then of the next: the same for any order of merging."""
    entries = {entry.id: entry for piece in pieces for entry in piece.header.catalogue}
    widest = sorted((piece.part for piece in pieces), key=lambda part: (-len(part.selected), part.id))
    ids = dict.fromkeys(id for part in widest for id in part.selected)
    return tuple(entries[id] for id in ids)


def _union(pieces: list[_Piece], of: Callable[[RunStarted], tuple[T, ...]]) -> tuple[T, ...]:
    """In their own order where all agree, otherwise sorted, so that the order of merging leaves no trace."""
    first = of(pieces[0].header)
    if all(of(piece.header) == first for piece in pieces):
        return first
    found = {str(value): value for piece in pieces for value in of(piece.header)}
    return tuple(found[key] for key in sorted(found))


def _footer(parts: list[Part]) -> RunFinished:
    outcomes: dict[str, int] = {}
    for part in parts:
        for name, count in part.outcomes.items():
            outcomes[name] = outcomes.get(name, 0) + count
    reasons = sorted({part.reason for part in parts if part.interrupted and part.reason})
    return RunFinished(
        requests=sum(part.requests for part in parts),
        throttled=sum(part.throttled for part in parts),
        seconds=sum(part.seconds for part in parts),
        outcomes=dict(sorted(outcomes.items())),
        latency=_latency([part.latency for part in parts]),
        interrupted=any(part.interrupted for part in parts),
        reason="; ".join(reasons) or None,
    )


def _latency(histograms: list[Latency]) -> Latency:
    """Over the bounds of all of them: a bound is an upper bound, so that each count stays true where it is."""
    bounds = tuple(sorted({bound for one in histograms for bound in one.bounds_ms}))
    counts = [0] * (len(bounds) + 1)
    for one in histograms:
        for place, count in enumerate(one.counts):
            counts[bounds.index(one.bounds_ms[place]) if place < len(one.bounds_ms) else -1] += count
    return Latency(bounds, tuple(counts)) if sum(counts) or bounds else Latency()
