"""One cause counted once: of the requirements that fail for the same reason, the one that is about it stands for all.

Two failures have one cause where the same case shows the same thing to two requirements, or where a judge found the
root of it (`causes.py`), whatever the case. The requirement that is about a root has it, and else the one that sees
most of a cause, one about a case before one about the whole run; what fails elsewhere for the same cause is
inconclusive, `because` of that requirement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, field, frozen

from conformance.ledger.findings import Finding, Inconclusive, Violation
from conformance.sdk.causes import BASES, ROOTS
from conformance.sdk.judges.finding import PASSED
from conformance.sdk.requirements import SdkRequirement

# the key of a case, and the cause that it shows; the key is left out where the cause is a root
Cause = tuple[str, str]
# a cause, and the key of a case that shows it
Place = tuple[Cause, str]
# causes that are one wherever they show, each with the check of the requirement that is about it
Roots = Mapping[str, str]


@frozen
class Judged:
    """What was found of a requirement in one case, over so many requests or answers; `seconds` of the SDK's calls.

    `alternative` is the choice, and the alternative of it, in which the case is answered, where it is about one.
    `shown` has every violation with the key of the case that shows it: a requirement of a whole run has several.
    """

    case: str
    finding: Finding
    requests: int = 0
    seconds: float = 0.0
    alternative: tuple[str, str] | None = None
    shown: tuple[tuple[str, Violation], ...] = field(default=(), repr=False)

    @property
    def met(self) -> bool:
        """Whether the requirement is met in this case itself."""
        return self.finding is PASSED

    @property
    def key(self) -> str | None:
        """The key of the case that shows the finding; None where nothing is wrong."""
        return next((key for key, violation in self.shown if violation is self.finding), None)


Found = tuple[SdkRequirement, Judged]


def attributed(found: Sequence[Found]) -> list[Found]:
    """The same, with each cause at one requirement. What is no MUST warns beside a failure, as it did."""
    roots = {**ROOTS, **_everywhere(found)}
    owners = _owners(found, roots)
    return [(r, _left_to(r, one, owners, roots) if r.level == "MUST" else one) for r, one in found]


def _everywhere(found: Iterable[Found]) -> Roots:
    """The bases that show in the requirement about them, which fails in every case."""
    shown: dict[str, list[set[str]]] = {}
    for requirement, one in found:
        if requirement.level == "MUST":
            shown.setdefault(requirement.requirement.check, []).append({v.cause for _, v in one.shown})
    failing = {check for check, causes in shown.items() if all(causes)}
    return {c: check for c, check in BASES.items() if check in failing and any(c in causes for causes in shown[check])}


def _cause(key: str, violation: Violation, roots: Roots) -> Cause:
    return ("", violation.cause) if violation.cause in roots else (key, violation.cause)


def _owners(found: Iterable[Found], roots: Roots) -> Mapping[Cause, SdkRequirement]:
    """Which requirement has each cause. Of each reason, the requirement that sees it in most cases is asked first."""
    seen: dict[str, dict[str, set[Place]]] = {}
    by_id: dict[str, SdkRequirement] = {}
    for requirement, one in found:
        by_id[requirement.id] = requirement
        for key, violation in one.shown if requirement.level == "MUST" else ():
            places = seen.setdefault(violation.cause, {}).setdefault(requirement.id, set())
            places.add((_cause(key, violation, roots), key))
    order = {id: place for place, id in enumerate(by_id)}
    owners: dict[Cause, SdkRequirement] = {}
    for reason, requirements in seen.items():
        left = dict(requirements)

        def rank(id: str, reason: str = reason, left: Mapping[str, set[Place]] = left) -> tuple[bool, int, bool, int]:
            one = by_id[id]
            return one.requirement.check != roots.get(reason), -len(left[id]), one.over != "case", order[id]

        while left:
            best = min(left, key=rank)
            taken = {cause for cause, _ in left.pop(best)}
            owners |= dict.fromkeys(taken, by_id[best])
            for id in list(left):
                left[id] = {place for place in left[id] if place[0] not in taken}
                if not left[id]:
                    del left[id]
    return owners


def _left_to(requirement: SdkRequirement, one: Judged, owners: Mapping[Cause, SdkRequirement], roots: Roots) -> Judged:
    """What is left of a finding where others have some of its causes."""
    if not one.shown:
        return one
    own = tuple((k, v) for k, v in one.shown if owners[_cause(k, v, roots)].id == requirement.id)
    if own:
        return evolve(one, finding=own[0][1], shown=own)
    owner = owners[_cause(*one.shown[0], roots)]
    because = owner.id.removeprefix(f"{owner.requirement.operation}.")
    said = f"{one.shown[0][1].message}: counted once, by {because}"
    return evolve(one, finding=Inconclusive(said, because=because), shown=())
