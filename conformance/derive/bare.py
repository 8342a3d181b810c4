"""A contract without a word of the documentation's: what may be passed on where its sentences may not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from attrs import evolve

from conformance.contract.model import Contract, ErrorCode, Field

_LONGEST = 64  # characters; a value that is longer is a text or a document
_LONGEST_OBJECT = 256
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# kinds of choice whose alternatives are the documentation's own wording
_OF_WORDS = ("error-message",)


def bare(contract: Contract) -> Contract:
    """The contract with names, types, limits, lists of values, codes and sample values, and nothing that was written.

    Messages of errors and samples are left out; a sample response in metadata is made of the values that stay.
    """
    return evolve(
        contract,
        parameters=tuple(evolve(p, examples=_values(p.examples)) for p in contract.parameters),
        response=tuple(_bare(f) for f in contract.response),
        errors=tuple(_codes(contract)),
        samples=(),
        choices=tuple(c for c in contract.choices if c.kind not in _OF_WORDS),
    )


def _bare(field: Field) -> Field:
    return evolve(field, examples=_values(field.examples), members=tuple(_bare(m) for m in field.members))


def _values(examples: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(e for e in examples if is_value(e))


def is_value(text: str) -> bool:
    """Whether a sample is a value and not a sentence: short, of few words, and not in the language of the page. An
    object in JSON may be longer.
    """
    if _CHINESE.search(text) or "\n" in text:
        return False
    few = len(text) <= _LONGEST and len(text.split()) <= 4
    return few or (text.startswith(("{", "[{")) and len(text) <= _LONGEST_OBJECT and _is_json(text))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _codes(contract: Contract) -> Iterator[ErrorCode]:
    """Each code with its status and parameter, once; several messages are one code."""
    found: dict[tuple[int, str, str | None], ErrorCode] = {}
    for e in contract.errors:
        found.setdefault((e.status, e.code, e.parameter), evolve(e, message=""))
    yield from found.values()
