"""Profiles: what a caller holds an implementation to where the documentation leaves a choice."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib import resources

import yaml
from attrs import field, frozen

from conformance.contract.model import Choice, Contract


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


def profiles() -> dict[str, Profile]:
    """The profiles that are shipped, by name."""
    text = resources.files("conformance.contract").joinpath("profiles.yaml").read_text("utf-8")
    return {name: Profile(name, **values) for name, values in yaml.safe_load(text).items()}
