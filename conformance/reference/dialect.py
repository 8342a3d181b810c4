"""The dialect: which documented alternative the reference takes at each choice."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from attrs import field, frozen

from conformance.contract.model import Choice, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.choices import choice_id, kinds


@frozen
class ReferenceDialect:
    """The alternative taken at each choice, by choice id; `<choice id>@json` or `@xml` is for one format alone."""

    choices: Mapping[str, Choice] = field(factory=dict)
    taken: Mapping[str, str] = field(factory=dict)
    _found: dict[tuple[str, tuple[str, ...], str], tuple[str | None, str | None]] = field(factory=dict, eq=False)

    def alternative(self, kind: str, subjects: tuple[str, ...], format: str) -> tuple[str | None, str | None]:
        """The id of the first choice of that kind about one of the subjects, and the alternative taken.

        Without such a choice the id is None, and the alternative the customary one, if any.
        """
        asked = (kind, subjects, format)
        if asked not in self._found:
            self._found[asked] = self._alternative(kind, subjects, format)
        return self._found[asked]

    def _alternative(self, kind: str, subjects: tuple[str, ...], format: str) -> tuple[str | None, str | None]:
        for subject in subjects:
            found = choice_id(kind, subject)
            taken = self.taken.get(f"{found}@{format}") or self.taken.get(found)
            if taken:
                return found, taken
        return None, kinds()[kind].customary


def dialect(contract: Contract, protocol: Protocol | None, wanted: Mapping[str, str]) -> ReferenceDialect:
    """The preferred alternatives, overridden by the `wanted`. Raises ValueError for an unknown choice or alternative.

    Besides the contract's choices, `<situation>.error` picks one of the documented answers to a situation of the
    common protocol, as `CODE/STATUS`.
    """
    choices = {c.id: c for c in contract.choices}
    known = {c.id: tuple(a.id for a in c.alternatives) for c in contract.choices}
    for situation in protocol.situations if protocol else ():
        answers = tuple(dict.fromkeys(f"{a.code}/{a.status}" for a in situation.answers))
        if answers:
            known.setdefault(choice_id("error", situation.id), answers)
    for name, alternative in wanted.items():
        _check(name, alternative, known)
    preferred = {c.id: c.preferred for c in contract.choices}
    return ReferenceDialect(choices, {**preferred, **wanted})


def _check(name: str, alternative: str, known: Mapping[str, tuple[str, ...]]) -> None:
    id, _, format = name.partition("@")
    if id not in known or format not in ("", "json", "xml"):
        close = get_close_matches(id, known, 1)
        hint = f"; did you mean {close[0]}?" if close else f"; choices: {', '.join(sorted(known)) or 'none'}"
        raise ValueError(f"no such choice: {name}{hint}")
    if alternative not in known[id]:
        raise ValueError(f"choice {id} has no alternative {alternative!r}; it has {', '.join(known[id])}")
