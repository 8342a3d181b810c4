"""Two runs beside each other: what failed anew, was fixed, vanished, or can no longer be judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from conformance.ledger.verdicts import worst
from conformance.report.events import Verdict
from conformance.report.results import NOT_JUDGED
from conformance.report.stream import Run
from conformance.report.text import one_line

FAILING = ("failed", "errored")
UNCERTAIN = ("inconclusive", NOT_JUDGED)
# what each kind of change is called, and whether it makes the newer run a regression
KINDS: dict[str, tuple[str, bool]] = {
    "new-failure": ("New failures", True),
    "vanished": ("No longer checked", True),
    "newly-inconclusive": ("Can no longer be judged", True),
    "newly-known": ("Now a known failure", False),
    "newly-warned": ("Recommended, and no longer met", False),
    "fixed": ("Fixed", False),
    "still-failing": ("Still failing", False),
    "new": ("New requirements", False),
}


class Incomparable(Exception):
    """The runs are of different operations. The message is one sentence."""


@frozen
class VerdictChange:
    """One requirement in one case: how it stood and stands (None where the run does not have it)."""

    kind: str
    requirement: str
    case: str
    before: str | None
    after: str | None
    message: str = ""


@frozen
class RunComparison:
    """`notes` say in what the runs differ that is not a verdict. `exit_status` is for CI: 0, 1 regression, 3
    unfit.
    """

    changes: tuple[VerdictChange, ...]
    notes: tuple[str, ...]
    exit_status: int
    sentence: str

    def of(self, kind: str) -> tuple[VerdictChange, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def compare(base: Run, head: Run) -> RunComparison:
    """Raises Incomparable where the operations differ."""
    if base.header.operation != head.header.operation:
        raise Incomparable(f"A run of {base.header.operation} and one of {head.header.operation} cannot be compared.")
    before, after = _standings(base), _standings(head)
    found = [
        change for key in dict.fromkeys((*before, *after)) if (change := _change(key, before, after, head)) is not None
    ]
    order = list(KINDS)
    changes = tuple(sorted(found, key=lambda change: order.index(change.kind)))
    status = _status(changes, head)
    return RunComparison(
        changes, tuple(_notes(base, head)), status, sentence_of(changes, head.footer.interrupted, status)
    )


def as_dict(comparison: RunComparison) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "format_version": 1,
        "exit_status": comparison.exit_status,
        "sentence": comparison.sentence,
        "notes": list(comparison.notes),
        "counts": {kind: len(comparison.of(kind)) for kind in KINDS},
        "changes": [
            {
                "kind": change.kind,
                "requirement": change.requirement,
                "case": change.case,
                "before": change.before,
                "after": change.after,
                "message": change.message,
            }
            for change in comparison.changes
        ],
    }


def as_text(comparison: RunComparison) -> str:
    """Plain lines for a terminal or a log, the verdict last."""
    lines = [f"note: {one_line(note)}" for note in comparison.notes]
    for kind, (title, _) in KINDS.items():
        if changes := comparison.of(kind):
            lines += ["", f"{title} ({len(changes)})"]
            lines += [f"  {_line(change)}" for change in changes]
    return "\n".join([*lines, "", comparison.sentence]).lstrip("\n") + "\n"


def _line(change: VerdictChange) -> str:
    case = f" [{one_line(change.case)}]" if change.case else ""
    moved = f"{change.before or 'absent'} → {change.after or 'absent'}"
    return f"{one_line(change.requirement)}{case}  {moved}  {one_line(change.message, 200)}".rstrip()


Key = tuple[str, str]


def _standings(run: Run) -> dict[Key, tuple[str, str]]:
    """Verdict and message of each requirement and case; one that was selected and not judged has the empty
    case.
    """
    grouped: dict[Key, list[Verdict]] = {}
    for verdict in run.verdicts:
        grouped.setdefault((verdict.requirement, verdict.case), []).append(verdict)
    found: dict[Key, tuple[str, str]] = {}
    judged = {requirement for requirement, _ in grouped}
    for entry in run.header.catalogue:
        if entry.id not in judged:
            found[entry.id, ""] = (NOT_JUDGED, "the run ended before this was judged")
    for key, verdicts in grouped.items():
        name = worst(verdict.verdict for verdict in verdicts)
        found[key] = (name, next(verdict.message for verdict in verdicts if verdict.verdict == name))
    return found


def _change(
    key: Key, before: Mapping[Key, tuple[str, str]], after: Mapping[Key, tuple[str, str]], head: Run
) -> VerdictChange | None:
    old, _ = before.get(key, (None, ""))
    new, message = after.get(key, (None, ""))
    if new is None:
        # one that was selected, and never judged in either run, may be judged case by case now
        if old in (NOT_JUDGED, "not-applicable"):
            return None
        return VerdictChange("vanished", *key, old, None, _why_vanished(key, after, head))
    kind = kind_of_change(old, new)
    return VerdictChange(kind, *key, old, new, message) if kind else None


def kind_of_change(old: str | None, new: str) -> str | None:
    """Which kind of change it is to stand so, and not so any more; None where it is none."""
    if new in FAILING:
        return "still-failing" if old in FAILING else "new-failure"
    if new in UNCERTAIN:
        return None if old in UNCERTAIN else "newly-inconclusive"
    if old is None:
        return "new"
    if new == "not-applicable" and old not in ("not-applicable", *UNCERTAIN):
        return "vanished"
    if old in FAILING and new == "known-failing":
        return "newly-known"
    if old in (*FAILING, "known-failing") and new in ("passed", "unexpectedly-passed", "warned"):
        return "fixed"
    if new == "known-failing" and old != "known-failing":
        return "newly-known"
    return "newly-warned" if new == "warned" and old != "warned" else None


def _why_vanished(key: Key, after: Mapping[Key, tuple[str, str]], head: Run) -> str:
    requirement, case = key
    if requirement in head.header.deselected:
        return "it was left out of the newer run"
    if (requirement, "") in after and after[requirement, ""][0] == NOT_JUDGED:
        return "the newer run ended before it was judged"
    if any(id == requirement for id, _ in after):
        return f"the newer run has no case {case!r}"
    return "the newer run does not know it"


def _status(changes: tuple[VerdictChange, ...], head: Run) -> int:
    if head.footer.interrupted:
        return 3
    return 1 if any(KINDS[change.kind][1] for change in changes) else 0


def sentence_of(changes: tuple[VerdictChange, ...], interrupted: bool, status: int) -> str:
    """What a comparison comes to. The newer run may have been interrupted."""
    parts = []
    for kind, (title, _) in KINDS.items():
        if number := sum(change.kind == kind for change in changes):
            parts.append(f"{title[0].lower()}{title[1:]}: {number}")
    found = "; ".join(parts) or "no verdict changed"
    if interrupted:
        return f"Not established: the newer run was interrupted ({found})."
    return f"{'Regression' if status else 'No regression'}: {found}."


def _notes(base: Run, head: Run) -> list[str]:
    """Differences that a reader must know to judge the changes."""
    pairs = (
        ("target", _subject(base), _subject(head)),
        ("bytes of the package", *(one.header.target.digest.get("sha256", "unknown") for one in (base, head))),
        ("suite", base.header.suite.version, head.header.suite.version),
        ("contract", base.header.suite.contract_digest, head.header.suite.contract_digest),
        ("requirements", base.header.suite.requirements_digest, head.header.suite.requirements_digest),
        ("profile", base.header.profile.name or "none", head.header.profile.name or "none"),
    )
    notes = [f"the runs differ in {name}: {old} and {new}" for name, old, new in pairs if old != new]
    if base.footer.interrupted:
        notes.append("the older run was interrupted: what it did not judge cannot have regressed")
    return notes


def _subject(run: Run) -> str:
    target = run.header.target
    return " ".join(filter(None, (target.name, target.release, target.url)))
