"""What a run found for each requirement: its cases put together, failures grouped by cause, the dialect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from conformance.ledger.requirement import LEVELS
from conformance.ledger.verdicts import BAD, ORDER, VerdictName, worst
from conformance.report.events import CatalogueEntry, Evidence, Verdict
from conformance.report.stream import Run

NOT_JUDGED: Literal["not-judged"] = "not-judged"
Standing = VerdictName | Literal["not-judged"]
STANDINGS: tuple[Standing, ...] = (*ORDER, NOT_JUDGED)
# what says nothing of the target
UNSURE = ("inconclusive", "errored")


@frozen
class Result:
    """A requirement with the verdicts on its cases; none where the run ended before it was judged."""

    entry: CatalogueEntry
    verdicts: tuple[Verdict, ...]

    @property
    def standing(self) -> Standing:
        """The worst verdict of its cases."""
        return worst(verdict.verdict for verdict in self.verdicts) if self.verdicts else NOT_JUDGED

    @property
    def decisive(self) -> Verdict | None:
        """The first of the worst verdicts: the one whose message and evidence speak for the requirement."""
        return next((verdict for verdict in self.verdicts if verdict.verdict == self.standing), None)

    @property
    def message(self) -> str:
        """What the decisive verdict says."""
        return self.decisive.message if self.decisive else "the run ended before this was judged"

    @property
    def evidence(self) -> Evidence | None:
        """The exchange behind the decisive verdict, where it shows one."""
        return self.decisive.exchange if self.decisive else None

    @property
    def cases(self) -> dict[str, VerdictName]:
        """The worst verdict of each case."""
        names = dict.fromkeys(verdict.case for verdict in self.verdicts)
        return {name: worst(v.verdict for v in self.verdicts if v.case == name) for name in names}

    @property
    def examples(self) -> int:
        """How many exchanges were judged, over all cases."""
        return sum(verdict.examples for verdict in self.verdicts)

    @property
    def seconds(self) -> float:
        """How long judging took, over all cases."""
        return sum(verdict.seconds for verdict in self.verdicts)


@frozen
class ResultGroup:
    """Results that are not met for one cause, the clearest first."""

    cause: str | None
    results: tuple[Result, ...]


@frozen
class ResultKind:
    """Results of requirements that say the same of different subjects, and stand alike; at least one."""

    name: str
    results: tuple[Result, ...]


@frozen
class Taken:
    """What a target does about one choice in one format (None: in all): alternatives by how often, most often
    first. An endpoint takes one of them (`exclusive`), while an SDK may well understand several.
    """

    choice: str
    format: str | None
    counts: tuple[tuple[str, int], ...]
    exclusive: bool = True

    @property
    def alternative(self) -> str:
        """The alternative that was seen most often."""
        return self.counts[0][0]

    @property
    def mixed(self) -> bool:
        """Whether several alternatives were seen where there should be one."""
        return self.exclusive and len(self.counts) > 1


def results(run: Run) -> tuple[Result, ...]:
    """In the order of the catalogue."""
    by_id: dict[str, list[Verdict]] = {entry.id: [] for entry in run.header.catalogue}
    for verdict in run.verdicts:
        by_id[verdict.requirement].append(verdict)
    return tuple(Result(entry, tuple(by_id[entry.id])) for entry in run.header.catalogue)


def is_unsure(result: Result) -> bool:
    """Whether a case of it could not be judged, or none was."""
    return not result.verdicts or any(verdict.verdict in UNSURE for verdict in result.verdicts)


def why_unsure(result: Result) -> str:
    """Why it could not be judged in the first of these cases."""
    first = next((verdict.message for verdict in result.verdicts if verdict.verdict in UNSURE), None)
    return result.message if first is None else first


def counts(found: Iterable[Result]) -> dict[Standing, int]:
    """How many requirements stand how; every standing is there."""
    number: dict[Standing, int] = dict.fromkeys(STANDINGS, 0)
    for result in found:
        number[result.standing] += 1
    return number


def tally(found: Iterable[Result]) -> list[tuple[Standing, int]]:
    """The standings that occur, and how often: what is met first, then the worst first, as people read it."""
    found_counts = counts(found)
    order = sorted(STANDINGS, key=lambda standing: (standing != "passed", STANDINGS.index(standing)))
    return [(standing, found_counts[standing]) for standing in order if found_counts[standing]]


def levels(found: Iterable[Result]) -> tuple[str, ...]:
    """The levels that occur, strictest first."""
    there = {result.entry.level for result in found}
    return tuple(level for level in LEVELS if level in there)


def by_theme(found: Iterable[Result]) -> dict[str, tuple[Result, ...]]:
    """In the order in which the themes first come."""
    themes: dict[str, list[Result]] = {}
    for result in found:
        themes.setdefault(result.entry.theme, []).append(result)
    return {theme: tuple(members) for theme, members in themes.items()}


FEW = 3  # results of a kind that stand one by one


def kinds(found: Iterable[Result]) -> tuple[ResultKind, ...]:
    """Each result alone, or with the others of its kind where these are many, in the order in which the first come."""
    gathered: dict[object, list[Result]] = {}
    for result in found:
        entry = result.entry
        key = (kind_of_requirement(entry), entry.level, entry.theme, result.standing)
        gathered.setdefault(key, []).append(result)
    made = []
    for members in gathered.values():
        apart = [members] if len(members) > FEW else [[result] for result in members]
        made += [ResultKind(kind_of_requirement(some[0].entry), tuple(some)) for some in apart]
    return tuple(made)


def kind_of_requirement(entry: CatalogueEntry) -> str:
    """The id of a requirement, with a star for its subject."""
    if not entry.subject:
        return entry.id
    before, found, after = entry.id.partition(f".{entry.subject}")
    return f"{before}.*{after}" if found and after[:1] in ("", ".") else entry.id


def groups(found: Iterable[Result], standings: Iterable[Standing] = BAD) -> tuple[ResultGroup, ...]:
    """Results of those standings, those of one cause together; worst first, then in the order of the
    catalogue.
    """
    wanted = tuple(standings)
    chosen = sorted((r for r in found if r.standing in wanted), key=lambda r: STANDINGS.index(r.standing))
    gathered: dict[str, list[Result]] = {}
    for result in chosen:
        cause = result.decisive.cause if result.decisive else None
        gathered.setdefault(cause or f"\0{result.entry.id}", []).append(result)
    return tuple(
        ResultGroup(None if key.startswith("\0") else key, tuple(members)) for key, members in gathered.items()
    )


def taken(run: Run) -> tuple[Taken, ...]:
    """The choices observed, in the order of the header's choices, then by id."""
    known = [choice.id for choice in run.header.choices]
    slots: dict[tuple[str, str | None], dict[str, int]] = {}
    for seen in run.observed:
        slot = slots.setdefault((seen.choice, seen.format), {})
        slot[seen.alternative] = slot.get(seen.alternative, 0) + seen.count

    def place(slot: tuple[str, str | None]) -> tuple[int, str, str]:
        return (known.index(slot[0]) if slot[0] in known else len(known), slot[0], slot[1] or "")

    return tuple(
        Taken(
            *slot,
            tuple(sorted(slots[slot].items(), key=lambda item: (-item[1], item[0]))),
            not of_an_sdk(run),
        )
        for slot in sorted(slots, key=place)
    )


def of_an_sdk(run: Run) -> bool:
    """Whether a run judges an SDK, live or from a recording: by its requirements."""
    return any(entry.id.split(".")[1:2] == ["sdk"] for entry in run.header.catalogue)


def dialect(run: Run) -> dict[str, str]:
    """The alternative of each choice; under `choice@format` where the formats differ."""
    found: dict[str, dict[str | None, str]] = {}
    for one in taken(run):
        found.setdefault(one.choice, {})[one.format] = one.alternative
    flat: dict[str, str] = {}
    for choice, formats in found.items():
        if len(set(formats.values())) == 1:
            flat[choice] = next(iter(formats.values()))
        else:
            flat |= {f"{choice}@{format}" if format else choice: each for format, each in formats.items()}
    return flat
