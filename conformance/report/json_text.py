"""JSON for people: characters outside ASCII stay as they are, where they are whole characters."""

from __future__ import annotations

import json


def json_text(value: object, indent: int | None = None) -> str:
    """A value as JSON that can be written in UTF-8: where it holds half a character, all beyond ASCII are escaped.
    `indent` as of `json.dumps`; without one there are no blanks.
    """
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, separators=separators)
    return text
