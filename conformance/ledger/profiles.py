"""Profiles: what a caller holds an implementation to where the documentation leaves a choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources

import yaml
from attrs import field, frozen

from conformance.contract.model import Choice, Contract
from conformance.errors import Refusal, unknown


@frozen
class Profile:
    """`pins` maps choice ids (globs) to alternatives. With `revision`, choices on which the revisions of that year
    take a single side are pinned to it. `strict` makes every SHOULD count as a MUST.
    """

    name: str
    statement: str
    pins: Mapping[str, str] = field(factory=dict)
    revision: str | None = None
    strict: bool = False

    def pins_for(self, contract: Contract) -> dict[str, str]:
        """The pinned alternative of each choice of a contract that the profile decides."""
        decided = {c.id: self._alternative(c, contract) for c in contract.choices}
        return {id: alternative for id, alternative in decided.items() if alternative is not None}

    def _alternative(self, choice: Choice, contract: Contract) -> str | None:
        for pattern, alternative in self.pins.items():
            if fnmatchcase(choice.id, pattern) and choice.alternative(alternative):
                return alternative
        if self.revision is None:
            return None
        revisions = {r.id for r in contract.revisions if (r.date or r.id).startswith(self.revision)}
        sides = [a.id for a in choice.alternatives if any(c.revision in revisions for c in a.citations)]
        return sides[0] if len(sides) == 1 else None


@cache
def profiles() -> Mapping[str, Profile]:
    """The profiles that are shipped, by name."""
    text = resources.files("conformance.ledger").joinpath("profiles.yaml").read_text("utf-8")
    return {name: Profile(name, **values) for name, values in yaml.safe_load(text).items()}


def pins_of(wanted: Iterable[str], contract: Contract) -> tuple[str | None, dict[str, str], bool]:
    """From `NAME` and `CHOICE=VALUE` words: the profile's name, the pinned choices, and whether it is strict.

    A single choice overrides the profile. Refuses unknown names with the nearest known one.
    """
    name, pins, strict, single = None, {}, False, {}
    known = profiles()
    for word in wanted:
        if "=" in word:
            choice, _, alternative = word.partition("=")
            single[choice] = _checked(contract, choice, alternative)
        elif word in known:
            if name is not None:
                raise Refusal(f"Two profiles are given, {name} and {word}; give one, and single choices beside it.")
            name, strict = word, known[word].strict
            pins = known[word].pins_for(contract)
        else:
            raise unknown("profile", word, known, f"Profiles: {', '.join(known)}; or CHOICE=VALUE.")
    return name, {**pins, **single}, strict


def _checked(contract: Contract, id: str, alternative: str) -> str:
    choice = contract.choice(id)
    if choice is None:
        known = [c.id for c in contract.choices]
        raise unknown("choice", id, known, f"Choices: {', '.join(known)}.")
    if choice.alternative(alternative) is None:
        known = [a.id for a in choice.alternatives]
        raise unknown(f"alternative of {id}", alternative, known, f"Alternatives: {', '.join(known)}.")
    return alternative
