"""Many requirements of one kind as one line, for people: RunInstances has 120 parameters that may be left out."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from conformance.ledger.requirement import Level, Requirement

MOST = 3  # of one kind that are shown each on its own
_NAMED = 2  # subjects that are named of a kind


@frozen
class KindLine:
    """A requirement, or all of one check and level. `id` is then a glob that chooses those, and perhaps others."""

    id: str
    level: Level
    statement: str
    number: int = 1


def gathered(requirements: Iterable[Requirement], most: int = MOST) -> tuple[KindLine, ...]:
    """The requirements in their order, more than `most` of a kind as one line where the first of them stands."""
    kinds: dict[tuple[str, Level], list[Requirement]] = {}
    for r in requirements:
        kinds.setdefault((r.check, r.level) if r.subject else (r.id, r.level), []).append(r)
    found: list[KindLine] = []
    for members in kinds.values():
        if len(members) > most:
            found.append(_line(members))
        else:
            found += [KindLine(r.id, r.level, r.statement) for r in members]
    return tuple(found)


def _line(members: list[Requirement]) -> KindLine:
    first = members[0]
    theme, rest = first.check.split(".", 1)
    said = {r.statement.replace(r.subject or "", "<subject>") for r in members}
    statement = next(iter(said)) if len(said) == 1 else f"Such as: {first.statement}"
    names = ", ".join(str(r.subject) for r in members[:_NAMED])
    about = f"{len(members)} subjects: {names} and {len(members) - _NAMED} more"
    return KindLine(f"{first.operation}.{theme}.*.{rest}", first.level, f"{statement} ({about})", len(members))
