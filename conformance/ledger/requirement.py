"""The ledger: every testable statement about an operation, and what became of every normative sentence of its pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from typing import Literal, get_args

from attrs import evolve, frozen

from conformance.contract.model import Citation
from conformance.errors import unknown

Level = Literal["MUST", "SHOULD", "MAY"]
Side = Literal["endpoint", "sdk"]
LEVELS: tuple[Level, ...] = get_args(Level)

GLOB = frozenset("*?[")


@frozen
class Requirement:
    """One testable statement.

    `id` is stable and public: `DescribeTasks.parameters.PageSize.maximum`. `check` names the generic check that judges
    it (`parameters.maximum`) and `subject` what that check is to look at here (`PageSize`); several requirements share
    a check. `choice` names the choice that the statement leaves open, if it does.
    """

    id: str
    level: Level
    side: Side
    statement: str
    check: str
    citations: tuple[Citation, ...] = ()
    subject: str | None = None
    choice: str | None = None

    @property
    def operation(self) -> str:
        """The operation that it is about."""
        return self.id.partition(".")[0]

    @property
    def theme(self) -> str:
        """The part of the ledger that it belongs to: the first word of its check."""
        return self.check.split(".", 1)[0]


@frozen
class PlacedSentence:
    """A sentence of a page, by position and digest (never by its text), and what became of it.

    `requirements` holds ids of the ledger. A sentence that maps to none carries the reason in `excluded`; one with
    neither is not understood yet, which only a skeleton may contain.
    """

    citation: Citation
    digest: str
    requirements: tuple[str, ...] = ()
    excluded: str | None = None


@frozen
class Ledger:
    """What is required for one operation, of an endpoint and of an SDK, and what became of the pages' sentences."""

    operation: str
    requirements: tuple[Requirement, ...]
    sentences: tuple[PlacedSentence, ...] = ()
    format_version: int = 1

    def __getitem__(self, id: str) -> Requirement:
        for requirement in self.requirements:
            if requirement.id == id:
                return requirement
        raise KeyError(id)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all requirements, in order."""
        return tuple(r.id for r in self.requirements)

    @property
    def names(self) -> tuple[str, ...]:
        """Ids with and without the operation, as a person may write them."""
        return (*self.ids, *(id.split(".", 1)[1] for id in self.ids))

    def strict(self, asked: bool = True) -> Ledger:
        """The same ledger with every SHOULD as a MUST, where that is asked for."""
        return self.raised(frozenset(r.check for r in self.requirements)) if asked else self

    def raised(self, checks: Collection[str]) -> Ledger:
        """The same ledger with a SHOULD as a MUST where its check is one of these."""
        found = tuple(
            evolve(r, level="MUST") if r.level == "SHOULD" and r.check in checks else r for r in self.requirements
        )
        return evolve(self, requirements=found)

    def chosen(self, patterns: Iterable[str]) -> frozenset[str]:
        """The ids of the requirements that one of several globs matches."""
        return frozenset(r.id for pattern in patterns for r in self.matching(pattern))

    def refuse_unknown(self, patterns: Iterable[str], advice: str = "See `acs-conformance requirements`.") -> None:
        """Raises Refusal, with the nearest known one and the advice, for a glob that no requirement matches."""
        for pattern in patterns:
            if not self.matching(pattern):
                raise unknown("requirement", pattern, self.names, advice)

    def matching(self, pattern: str) -> tuple[Requirement, ...]:
        """Requirements whose id matches a glob. The operation's name may be left out (`paging.*`)."""
        patterns = (pattern, f"{self.operation}.{pattern}")
        if not GLOB & set(pattern):  # an id: a run may be given hundreds of them
            return tuple(r for r in self.requirements if r.id in patterns)
        return tuple(r for r in self.requirements if any(fnmatchcase(r.id, p) for p in patterns))
