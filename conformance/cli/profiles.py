"""Profiles: named sets of pinned choices, and single choices pinned on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.cli.errors import Refusal, unknown
from conformance.contract.model import Contract
from conformance.contract.profiles import profiles


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
