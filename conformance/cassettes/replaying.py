"""A replay as somebody asks for it, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from conformance.cassettes.differences import VerdictDifference
from conformance.report.evidence import RunEvidence


@frozen
class ReplaySettings:
    """`against` names contract folders, profiles and `CHOICE=VALUE`; `select` are globs over requirement ids (none: as
    it was recorded). Evidence goes to `report_dir` (None: a new folder), the event stream to `events_file` too.
    """

    contract_dir: Path | None = None
    against: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    report_dir: Path | None = None
    events_file: Path | None = None
    workers: int = 1


@frozen
class ReplayOutcome:
    """What a replay left, and what it judges otherwise than the recorded run.

    `notes` say in what it differs apart from verdicts, `recorded` counts the verdicts that were recorded, and `asked`
    says whether somebody asked for differences.
    """

    evidence: RunEvidence
    differences: tuple[VerdictDifference, ...]
    notes: tuple[str, ...]
    recorded: int
    asked: bool

    def lines(self) -> Iterator[str]:
        """What differs, for a person. Where nothing does, that is said only if it was asked."""
        for note in self.notes:
            yield f"note: {note}"
        if self.differences:
            yield f"{len(self.differences)} of {self.recorded} recorded verdicts differ:"
            for difference in self.differences:
                yield f"  {difference}"
        elif self.asked:
            yield f"None of {self.recorded} recorded verdicts differs."
