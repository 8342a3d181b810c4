"""How a call of an operation with a path of its own travels: which parameters go into the path, and which into a body
of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from conformance.wire.encoding import percent_encode

JSON_TYPE = "application/json"
PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")
INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,300})")

Pair = tuple[str, str]


@frozen
class OperationRoute:
    """The way to an operation. `template` is its path (`/clusters/{ClusterId}`); `body` has the documented type of each
    parameter that travels in the body, `headers` the names of those that are headers. All others are in the query.
    """

    template: str
    body: Mapping[str, str] = field(factory=dict)
    headers: frozenset[str] = frozenset()

    @property
    def in_path(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(PLACEHOLDER.findall(self.template))

    def path(self, pairs: Iterable[Pair]) -> str:
        """The path for the values of a call, escaped; what has no value leaves a gap."""
        values = dict(pairs)
        return PLACEHOLDER.sub(lambda found: percent_encode(values.get(found[1], "")), self.template)

    def query(self, pairs: Iterable[Pair]) -> list[Pair]:
        """The pairs that go into the query."""
        elsewhere = {*self.in_path, *self.body, *self.headers}
        return [pair for pair in pairs if pair[0] not in elsewhere]

    def header_pairs(self, pairs: Iterable[Pair]) -> dict[str, str]:
        """The pairs that are headers."""
        return {name: value for name, value in pairs if name in self.headers}

    def json_body(self, pairs: Iterable[Pair]) -> bytes:
        """The body: one JSON object, or nothing where no parameter of a call goes there."""
        found = {name: typed(value, self.body[name]) for name, value in pairs if name in self.body}
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8", "replace") if found else b""


def typed(text: str, type: str) -> Any:
    """A text as the JSON value of a documented type. What is no text of such a value stays a text, as it is sent to see
    what becomes of it.
    """
    if type == "integer" and INTEGER.fullmatch(text):
        return int(text)
    if type == "boolean" and text in ("true", "false"):
        return text == "true"
    if type in ("array", "object", "number"):
        try:
            value = json.loads(text, parse_constant=_none)
        except (ValueError, RecursionError):
            value = None
        wanted = {"array": list, "object": dict, "number": (int, float)}[type]
        if isinstance(value, wanted) and not isinstance(value, bool):  # type: ignore[arg-type]
            return value
        return [text] if type == "array" else text
    return text


def _none(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
