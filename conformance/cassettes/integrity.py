"""Whether a cassette is as it was recorded: a digest over each part and each interaction, and which of them is off.

Digests are over values, not over text, so that a cassette that was laid out anew is still the same. One over the whole
text below the head is there to know in a moment that nothing was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from conformance.cassettes.layout import value_of

LENGTH = 12
MOST = 5
PARTS = {
    "acs-conformance": "its provenance",
    "acs-verdicts": "its recorded verdicts",
    "acs-items": "its known items",
    "acs-examples": "its drawn values",
    "acs-cases": "its cases",
}


def digest(value: Any) -> str:
    """The first 12 hexadecimal digits of SHA-256 over the value as canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_binary)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _binary(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return repr(value)


def seal(parts: Mapping[str, Any], interactions: Sequence[str], text: str) -> dict[str, Any]:
    """The digests of a cassette: of its parts, by name, over those of its interactions and how many there are, and of
    the text below its head.
    """
    found = {name: digest(value) for name, value in parts.items()}
    return {**found, "interactions": digest(list(interactions)), "count": len(interactions), "text": text}


def of_interaction(interaction: Mapping[str, Any]) -> str:
    """The digest of an interaction, over all but the digest that it may already carry."""
    interaction = value_of(interaction)
    own = {k: v for k, v in interaction["acs"].items() if k != "digest"}
    return digest([interaction["request"], interaction["response"], own])


def _of_all(interactions: Sequence[Mapping[str, Any]]) -> str:
    return digest([i["acs"].get("digest") for i in interactions])


def changes(data: Mapping[str, Any], own: str, name: str, sections: Sequence[str], text: str) -> list[str]:
    """What is not as it was recorded, a phrase each; nothing where all is. `text` is the digest over what stands below
    the head.
    """
    known = data.get(name)
    if not isinstance(known, Mapping):
        return ["its digests are missing"]
    if text == known.get("text") and digest(data.get(own)) == known.get(own):
        return []
    found = list(_changed(data["interactions"]))
    if len(found) > MOST:
        found[MOST:] = [f"{len(found) - MOST} more interactions were changed"]
    found += _lost(data["interactions"], known.get("count"))
    for part in (own, *sections):
        if digest(data.get(part)) != known.get(part):
            found.append(f"{PARTS.get(part, part)} were changed" if part != own else f"{PARTS[own]} was changed")
    if not found and _of_all(data["interactions"]) != known.get("interactions"):
        found.append("the digest of its interactions is not theirs")
    return found


def _changed(interactions: Sequence[Any]) -> Iterator[str]:
    for place, interaction in enumerate(interactions, 1):
        try:
            whole = value_of(interaction)
            if of_interaction(whole) != whole["acs"]["digest"]:
                yield f"interaction {whole['acs'].get('number', place)} was changed"
        except (KeyError, TypeError, AttributeError):
            yield f"interaction {place} lacks a part"


def _lost(interactions: Sequence[Any], count: Any) -> Iterator[str]:
    kept = (i.get("acs") for i in interactions if isinstance(i, Mapping))
    found = [own.get("number") for own in kept if isinstance(own, Mapping)]
    numbers = [n for n in found if isinstance(n, int)]
    if not isinstance(count, int):
        yield "how many interactions it had is not known"
        return
    missing = sorted(set(range(1, count + 1)) - set(numbers))
    if missing:
        few = ", ".join(map(str, missing[:MOST])) + (", …" if len(missing) > MOST else "")
        word = "interaction" if len(missing) == 1 else "interactions"
        yield f"{word} {few} missing: {len(interactions)} of {count} are there"
    elif len(interactions) != count:
        yield f"{len(interactions)} interactions are there where {count} were recorded"
    elif numbers != sorted(numbers):
        yield "the interactions are not in the order in which they were recorded"
