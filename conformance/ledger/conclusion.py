"""What verdicts come to: whether a target is conformant. Runs on endpoints, on SDKs, and matrices all go by this."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from conformance.ledger.requirement import Level
from conformance.ledger.verdicts import VerdictName

Word = Literal[
    "conformant",
    "conformant-in-part",
    "conformant-but-for-known-failures",
    "conformant-in-part-but-for-known-failures",
    "not-conformant",
    "not-established",
]
Why = Literal[
    "interrupted",
    "unexpectedly-passed",
    "failed",
    "nothing-judged",
    "unjudged",
    "nothing-applied",
    "known-failing",
    "met",
]
EXIT_STATUS: dict[Word, int] = {
    "conformant": 0,
    "conformant-in-part": 0,
    "conformant-but-for-known-failures": 0,
    "conformant-in-part-but-for-known-failures": 0,
    "not-conformant": 1,
    "not-established": 3,
}


@frozen
class RequirementVerdicts:
    """A selected requirement: the verdicts on its cases, none where the run ended before it was judged.

    `unexplained`: a case was set aside without a reason, which is no judgement.
    """

    level: Level
    verdicts: frozenset[VerdictName]
    unexplained: bool = False

    @property
    def judged(self) -> bool:
        """Every case was: met, known not to be, or set aside for a reason that is given."""
        settled = self.verdicts <= {"passed", "known-failing", "not-applicable"}
        return bool(self.verdicts) and settled and not self.unexplained

    @property
    def applied(self) -> bool:
        """It was more than set aside."""
        return bool(self.verdicts - {"not-applicable"})


@frozen
class Decision:
    """The word on a target, and the first of the rules that led to it."""

    word: Word
    why: Why

    @property
    def conformant(self) -> bool:
        """Every selected MUST was judged and none fails, known failures included; `word` says if that is all."""
        return self.word in ("conformant", "conformant-in-part")


def decide(found: Iterable[RequirementVerdicts], finished: bool, whole: bool = True) -> Decision:
    """The word on a target, from what was found of each selected requirement.

    `finished`: the run came to its end. `whole`: every MUST was selected, in everything that the documentation knows;
    what was judged of a part alone is never called conformant without saying so.

    A run that was broken off proves nothing either way. What fails outweighs what could not be judged, and nothing is
    conformant unless every selected MUST was judged and one of them applied; without a MUST, any requirement.
    """
    every = tuple(found)
    musts = tuple(one for one in every if one.level == "MUST")
    if not finished:
        return Decision("not-established", "interrupted")
    if any("unexpectedly-passed" in one.verdicts for one in every):
        return Decision("not-conformant", "unexpectedly-passed")
    if any("failed" in one.verdicts for one in musts):
        return Decision("not-conformant", "failed")
    if not any(one.verdicts for one in every):
        return Decision("not-established", "nothing-judged")
    if not all(one.judged for one in musts):
        return Decision("not-established", "unjudged")
    if not any(one.applied for one in musts or every):
        return Decision("not-established", "nothing-applied")
    if any("known-failing" in one.verdicts for one in every):
        known: Word = "conformant-but-for-known-failures" if whole else "conformant-in-part-but-for-known-failures"
        return Decision(known, "known-failing")
    return Decision("conformant" if whole else "conformant-in-part", "met")


def together(words: Iterable[Word]) -> Word:
    """The word on several targets at once: one that is not conformant decides, then one of which nothing is known."""
    found = set(words) or {"not-established"}
    order: tuple[Word, ...] = (
        "not-conformant",
        "not-established",
        "conformant-in-part-but-for-known-failures",
        "conformant-but-for-known-failures",
        "conformant-in-part",
    )
    return next((word for word in order if word in found), "conformant")
