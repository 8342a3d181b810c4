"""What a replay judges otherwise than the recorded run, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from conformance.cassettes.cassette import Provenance
from conformance.cassettes.sdk_cassette import SdkProvenance
from conformance.ledger.requirement import Ledger
from conformance.ledger.verdicts import ORDER
from conformance.report import events

FILE = "differences.json"


@frozen
class VerdictDifference:
    """A requirement in one case: how it was judged when it was recorded, how it is now (None: not at all), and why.

    `interaction` is the number of the recorded exchange that decides, where one does.
    """

    requirement: str
    case: str
    before: str | None
    after: str | None
    why: str
    interaction: int | None = None

    def __str__(self) -> str:
        case = f" [{self.case}]" if self.case else ""
        place = f" (interaction {self.interaction})" if self.interaction else ""
        moved = f"{self.before or 'not judged'} → {self.after or 'not judged'}"
        return f"{self.requirement}{case}: {moved}{place}{': ' if self.why else ''}{self.why}"


@frozen
class Replayed:
    """The verdicts that were recorded (events as data) and those of the replay. `ids` are the requirements that the
    replay judges, all of its side unless it is a `selection`; `number_of` finds the interaction that a verdict shows.
    """

    recorded: Sequence[Mapping[str, Any]]
    verdicts: Sequence[events.Verdict]
    ids: set[str]
    selection: bool
    ledger: Ledger
    number_of: Callable[[events.Verdict], int | None]

    def differences(self) -> Iterator[VerdictDifference]:
        """Each verdict that is not the recorded one, or is there on one side only."""
        before = _worst(((v["requirement"], v["case"]), v["verdict"]) for v in self.recorded)
        after: dict[tuple[str, str], events.Verdict] = {}
        for v in self.verdicts:  # several checks may judge one requirement
            known = after.setdefault((v.requirement, v.case), v)
            after[v.requirement, v.case] = min(known, v, key=lambda v: ORDER.index(v.verdict))
        for key in dict.fromkeys((*before, *after)):
            now = after.get(key)
            if now is None and key[0] not in self.ids and self.selection:
                continue
            if before.get(key) != (now.verdict if now else None):
                yield self._difference(key, before.get(key), now)

    def _difference(self, key: tuple[str, str], before: str | None, now: events.Verdict | None) -> VerdictDifference:
        if now is None:
            known = key[0] in self.ledger.ids
            return VerdictDifference(*key, before, None, "" if known else "the ledger no longer has this requirement")
        shown = [f"expected {now.expected}" if now.expected else "", f"received {now.received}" if now.received else ""]
        why = "; ".join(filter(None, (now.message, *shown)))
        if not why and before is None:
            why = "it was not judged when this was recorded"
        return VerdictDifference(*key, before, now.verdict, why, self.number_of(now))


def write(differences: Sequence[VerdictDifference], folder: Path) -> None:
    """Keep the differences beside the evidence, as JSON."""
    (folder / FILE).write_text(json.dumps([asdict(d) for d in differences], indent=2) + "\n", "utf-8")


def _worst(verdicts: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for key, verdict in verdicts:
        found[key] = min(found.get(key, verdict), verdict, key=ORDER.index)
    return found


def notes_on(recorded: Provenance | SdkProvenance, now: events.RunStarted) -> Iterator[str]:
    """In what a replay differs from the recorded run, apart from its verdicts, a phrase each."""
    pairs = [
        ("suite version", recorded.suite, now.suite.version),
        ("contract", recorded.contract_digest, now.suite.contract_digest),
        ("ledger", recorded.requirements_digest, now.suite.requirements_digest),
    ]
    if isinstance(recorded, Provenance):
        pairs.append(("profile", recorded.profile or "none", now.profile.name or "none"))
    for name, before, after in pairs:
        if before != after:
            yield f"it was recorded under another {name}: {before[:23]}, now {after[:23]}"


def footer_of(
    end: events.RunFinished, provenance: Provenance | SdkProvenance, changes: Sequence[str]
) -> events.RunFinished:
    """The footer of a replay. A cassette that is incomplete or edited proves nothing, whatever it shows."""
    reason = end.reason
    if not provenance.complete:
        reason = f"the cassette is incomplete: {provenance.reason or 'it was not recorded to its end'}"
    elif changes:
        reason = f"the cassette is not as it was recorded: {'; '.join(changes)}"
    return evolve(end, interrupted=reason is not None, reason=reason)
