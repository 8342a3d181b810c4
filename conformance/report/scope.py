"""How much of what the documentation requires a run was asked to judge: the whole, or a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from attrs import frozen

from conformance.report.events import SettingsEntry
from conformance.report.results import of_an_sdk
from conformance.report.stream import Run

ScopeWord = Literal["whole", "part"]
# of which some may be left out, and what one of each is called
ASPECTS = {"formats": "format", "signatures": "signature", "methods": "method"}


@frozen
class Scope:
    """`left_out` names, in a few words each, what was not judged and is required; none where the run is whole."""

    left_out: tuple[str, ...] = ()

    @property
    def word(self) -> ScopeWord:
        """`whole` where every MUST was selected, in each documented format, signature and method."""
        return "part" if self.left_out else "whole"


def scope(run: Run) -> Scope:
    """What a run was asked to judge. A stream that does not say so is one of a part."""
    if not run.header.catalogue:
        return Scope(("everything: the run ended before it had begun",))
    return Scope((*_requirements_left_out(run), *_aspects_left_out(run)))


def musts_left_out(run: Run) -> tuple[str, ...]:
    """Ids of the MUSTs that were not selected; of an older stream, whose levels are unknown, of all requirements."""
    levels = run.header.deselected_levels
    return tuple(id for id in run.header.deselected if levels.get(id, "MUST") == "MUST")


def settings_of(run: Run) -> tuple[SettingsEntry, ...]:
    """The settings of each run that the stream is made of, as far as it says them, each once."""
    found: list[SettingsEntry] = []
    for _, settings in asked(run):
        if settings is not None and settings not in found:
            found.append(settings)
    return tuple(found)


def _requirements_left_out(run: Run) -> Iterator[str]:
    if left_out := len(musts_left_out(run)):
        there = left_out + sum(entry.level == "MUST" for entry in run.header.catalogue)
        yield f"{left_out} of {there} MUST requirements"


def _aspects_left_out(run: Run) -> Iterator[str]:
    """What no part of the run judged of some MUST that it selected, or of anything where it selected no MUST."""
    if of_an_sdk(run):
        return
    every = tuple(asked(run))
    if not all(settings for _, settings in every):
        yield "formats, signatures and methods that the stream, of an earlier version, does not name"
    musts = tuple(entry.id for entry in run.header.catalogue if entry.level == "MUST")
    ids = musts or tuple(entry.id for entry in run.header.catalogue)
    for aspect, noun in ASPECTS.items():
        taken = [(selected, set(getattr(settings, aspect))) for selected, settings in every if settings]
        missing = [
            value
            for value in dict.fromkeys(v for _, s in every if s for v in s.documented.get(aspect, ()))
            if not all(any(id in selected and value in values for selected, values in taken) for id in ids)
        ]
        if aspect == "signatures" and missing and all(values == {"none"} for _, values in taken):
            yield "signatures (requests were not signed)"
        elif missing:
            yield f"{noun}{'s' if len(missing) > 1 else ''} {' and '.join(missing)}"


def asked(run: Run) -> Iterator[tuple[frozenset[str], SettingsEntry | None]]:
    """Which requirements were selected under which settings, in each run that the stream is made of."""
    header = run.header
    if not header.parts:
        yield frozenset(entry.id for entry in header.catalogue), header.settings
    for part in header.parts:
        yield frozenset(part.selected), part.settings
