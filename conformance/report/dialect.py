"""The choices of a run beside the documentation's alternatives, and what other profiles would ask of the
target.
"""

from __future__ import annotations

from attrs import frozen

from conformance.report.events import AlternativeEntry, ChoiceEntry, ProfileEntry
from conformance.report.results import Taken, taken
from conformance.report.stream import Run


@frozen
class Option:
    """A documented alternative, and how often it was seen, by format (`` where formats do not matter)."""

    alternative: AlternativeEntry
    seen: tuple[tuple[str, int], ...]
    pinned: bool


@frozen
class Chosen:
    """A choice with its options. `mixed` where one format took several alternatives."""

    choice: ChoiceEntry
    options: tuple[Option, ...]
    mixed: bool
    pinned_by: str | None

    @property
    def observed(self) -> bool:
        """Whether the run saw any of its alternatives."""
        return any(option.seen for option in self.options)


@frozen
class DialectChange:
    """What the target would have to do differently: `found` are the alternatives that it takes now."""

    choice: str
    found: tuple[str, ...]
    wanted: str


@frozen
class Distance:
    """How far the target is from a profile. `unseen` are pinned choices that the run did not show."""

    profile: ProfileEntry
    met: int
    changes: tuple[DialectChange, ...]
    unseen: tuple[str, ...]


def chosen(run: Run) -> tuple[Chosen, ...]:
    """Every choice of the header, those observed first; then those that only observations name."""
    seen = taken(run)
    known = {choice.id for choice in run.header.choices}
    strangers = dict.fromkeys(one.choice for one in seen if one.choice not in known)
    entries = (*run.header.choices, *(ChoiceEntry(id, "", "silence") for id in strangers))
    found = [_chosen(entry, [one for one in seen if one.choice == entry.id], run) for entry in entries]
    return tuple(sorted(found, key=lambda one: not one.observed))


def distances(run: Run) -> tuple[Distance, ...]:
    """One for each profile of the header that pins anything."""
    seen = taken(run)
    return tuple(_distance(profile, seen) for profile in run.header.profiles if profile.pins)


def _chosen(entry: ChoiceEntry, seen: list[Taken], run: Run) -> Chosen:
    pin = run.header.profile.pins.get(entry.id)
    counts: dict[str, list[tuple[str, int]]] = {alternative.id: [] for alternative in entry.alternatives}
    for one in seen:
        for alternative, count in one.counts:
            counts.setdefault(alternative, []).append((one.format or "", count))
    known = {alternative.id: alternative for alternative in entry.alternatives}
    options = tuple(
        Option(known.get(id) or AlternativeEntry(id, ""), tuple(found), id == pin) for id, found in counts.items()
    )
    mixed = any(one.mixed for one in seen)
    return Chosen(entry, options, mixed, run.header.profile.pinned_by.get(entry.id) if pin else None)


def _distance(profile: ProfileEntry, seen: tuple[Taken, ...]) -> Distance:
    changes, unseen, met = [], [], 0
    for choice, wanted in profile.pins.items():
        found = dict.fromkeys(alternative for one in seen if one.choice == choice for alternative, _ in one.counts)
        if not found:
            unseen.append(choice)
        elif tuple(found) == (wanted,):
            met += 1
        else:
            changes.append(DialectChange(choice, tuple(found), wanted))
    return Distance(profile, met, tuple(changes), tuple(unseen))
