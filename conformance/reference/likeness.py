"""Values like the documented ones for what a mocked service makes up: the same for the same thing and member."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from typing import Any

from conformance.contract.model import Field
from conformance.reference.rendering import is_time
from conformance.reference.sample import sample

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LEAST = 12  # letters and digits that an id has after its prefix
_NUMBER = re.compile(r"\d+")


def source_of(*words: object) -> random.Random:
    """A source of random values that is the same for the same words."""
    text = "\x1f".join(map(str, words))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def id_like(example: str | None, resource: str, source: random.Random) -> str:
    """A new id of the form of the example, whose masked places (`*`) are filled: `d-bp67****` gives `d-bp67x8q2…`."""
    text = (example or "").strip('[]" ').split(",")[0].strip('" ')
    if not text or not re.fullmatch(r"[\w.*:/-]+", text):
        text = f"{resource[:1].lower()}-****"
    head, dash, tail = text.rpartition("-")
    prefix = f"{head}{dash}" if head and len(head) <= 12 else ""
    known = re.match(r"[A-Za-z0-9]{0,4}", tail)
    kept = prefix + (known.group() if known else "")
    return kept + "".join(source.choice(LETTERS) for _ in range(max(_LEAST, len(text) - len(kept))))


def value_like(field: Field, *words: object, made: str | None = None) -> Any:
    """A value of a field with all its members. `made` is the time at which the thing was made, for its times."""
    if field.type == "array":
        return [_object(field, *words, made=made) if field.members else _scalar(field, made)]
    if field.members or field.type == "object":
        return _object(field, *words, made=made)
    return _scalar(field, made)


def _object(field: Field, *words: object, made: str | None) -> Mapping[str, Any]:
    return {m.name: value_like(m, *words, field.name, made=made) for m in field.members}


def _scalar(field: Field, made: str | None) -> Any:
    if is_time(field) and made is not None and field.type == "string":
        return made
    value = sample(field)
    return value if not isinstance(value, str) or field.type != "string" else value.replace("****", "2k9d")
