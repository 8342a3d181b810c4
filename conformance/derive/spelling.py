"""Two spellings of one name, by a slip: of a row and a sample, or of two revisions of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

from conformance.derive.shape import singular

SHORT, LONG = 5, 9  # letters; short words are alike by chance
NEAR = 40  # names that are compared with one; as many that differ in the same word are no slips of it
_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]+(?![a-z]))")


def but_one_word(name: str) -> list[str]:
    """The name without each of its words: two names that differ in one word have one of these in common."""
    words_of = _WORD.split(name)
    return ["".join((*words_of[:i], "*", *words_of[i + 1 :])) for i in range(1, min(len(words_of), 24), 2)]


def is_slip(one: str, other: str) -> bool:
    """Whether two names differ in one long word by a slip: a letter, two that changed places, two of a very long word.

    A digit, a plural, a word less or more and a short word (`Min`, `Max`) make another name.
    """
    found = _changes(one, other)
    if found is None:
        return False
    a, b, changes = found
    letters, size = sum(max(o[2] - o[1], o[4] - o[3]) for o in changes), min(len(a), len(b))
    return size >= SHORT and (letters == 1 or _swapped(a, b, letters) or (letters == 2 and size >= LONG))


def is_slip_of_another_page(one: str, other: str) -> bool:
    """Whether two names that never stand on one page are the same by a slip.

    Stricter, as a name may have been replaced by another: an ending (`Create`, `Created`) and another letter in a word
    that is not very long (`Inner`, `Inter`) make another name.
    """
    found = _changes(one, other)
    if found is None or not is_slip(one, other):
        return False
    a, b, changes = found
    letters = sum(max(o[2] - o[1], o[4] - o[3]) for o in changes)
    inside = not a.startswith(b) and not b.startswith(a)
    left_out = all(o[0] in ("insert", "delete") for o in changes) and letters == 1
    return inside and (left_out or _swapped(a, b, letters) or min(len(a), len(b)) >= LONG)


def merged_spellings(revisions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """For each name that is a slip of another the name that counts. `revisions` are types by name, oldest first.

    Names that some revision has both are two. Of two spellings that of more revisions counts, then the newer.
    """
    stand: dict[str, set[int]] = {}
    for number, names in enumerate(revisions):
        for name in names:
            stand.setdefault(name, set()).add(number)
    alike: dict[str, list[str]] = {}
    for name, where in stand.items():
        # what all revisions have is spelt so
        for key in but_one_word(name) if len(where) < len(revisions) else ():
            alike.setdefault(key, []).append(name)
    near: dict[str, set[str]] = {}
    for one, other in (pair for some in alike.values() for pair in combinations(some[:NEAR], 2)):
        apart = stand[one].isdisjoint(stand[other]) and _same_type(revisions, one, other)
        if apart and is_slip_of_another_page(one, other):
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    found = {}
    for one, others in near.items():
        if len(others) == 1 and len(near[other := next(iter(others))]) == 1:
            weight = {n: (len(stand[n]), max(stand[n])) for n in (one, other)}
            if weight[one] < weight[other]:
                found[one] = other
    return found


def merged_capitals(revisions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """For each name that another revision spells with other capitals the name that counts; `revisions` as above.

    Names that some revision has both are two. A spelling with capitals inside counts before one that has lost them,
    then that of more revisions, then the newer.
    """
    stand: dict[str, set[int]] = {}
    alike: dict[str, dict[str, None]] = {}
    for number, names in enumerate(revisions):
        for name in names:
            stand.setdefault(name, set()).add(number)
            alike.setdefault(name.casefold(), {})[name] = None
    found: dict[str, str] = {}
    for spelt in alike.values():
        if len(spelt) > 1 and sum(len(stand[n]) for n in spelt) == len(set().union(*(stand[n] for n in spelt))):
            best = max(spelt, key=lambda n: (n[1:] != n[1:].casefold(), len(stand[n]), max(stand[n])))
            found |= {name: best for name in spelt if name != best}
    return found


def _same_type(revisions: Sequence[Mapping[str, str]], one: str, other: str) -> bool:
    types = {names[n] for names in revisions for n in (one, other) if n in names} - {"unknown"}
    return len(types) < 2


def _changes(one: str, other: str) -> tuple[str, str, list[Any]] | None:
    """The one word in which two names differ, and its letters that do; None where they differ in more."""
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other) or singular(one) == singular(other):
        return None
    words_of = [_WORD.findall(n) for n in (one, other)]
    if len(words_of[0]) != len(words_of[1]):
        return None
    unlike = [(a, b) for a, b in zip(*words_of, strict=True) if a != b]
    if len(unlike) != 1:
        return None
    a, b = unlike[0]
    changes = [o for o in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if o[0] != "equal"]
    return a, b, changes


def _swapped(a: str, b: str, letters: int) -> bool:
    return letters == 2 and sorted(a) == sorted(b)
