"""JSON as people write it: what is not strict is repaired where one reading is left, and each repair is named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

DEPTH = 60  # levels; no sample has a sixth of them
_FULL_WIDTH = {"，": ",", "：": ":", "“": '"', "”": '"', "｛": "{", "｝": "}", "［": "[", "］": "]"}
_TOKEN = re.compile(
    r'\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.-])|[{}\[\],:]|\.{2,}|…+|[^\s{}\[\],:"]+|"',
    re.DOTALL,
)


class Unreadable(ValueError):
    """A sample that no repair makes readable."""


def read_json(text: str) -> tuple[Any, tuple[str, ...]]:
    """A JSON value and the repairs that were needed. Raises Unreadable."""
    if _depth(text) > DEPTH:
        raise Unreadable(f"it is nested deeper than {DEPTH} levels")
    try:
        return json.loads(text), ()
    except json.JSONDecodeError:
        reader = _Json(text)
        try:
            value = reader.document()
        except Unreadable:
            raise
        except ValueError:
            raise Unreadable("it holds a number of too many digits") from None
        return value, tuple(dict.fromkeys(reader.repairs))
    except ValueError:
        raise Unreadable("it holds a number of too many digits") from None


def _depth(text: str) -> int:
    """How deeply braces and brackets are nested, those in strings included."""
    deepest = depth = 0
    for c in re.findall(r"[{}\[\]]", text):
        depth += 1 if c in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


class _Json:
    """A reader that takes what people write for JSON."""

    def __init__(self, text: str) -> None:
        self.repairs: list[str] = []
        self.tokens = list(self._tokens(text))
        self.at = 0

    def _tokens(self, text: str) -> Iterator[str]:
        parts = re.split(r'("(?:[^"\\\n]|\\.)*+(?:"|(?=\n)|\Z))', text)
        widened = [
            p if i % 2 else re.sub("|".join(_FULL_WIDTH), lambda m: _FULL_WIDTH[m.group()], p)
            for i, p in enumerate(parts)
        ]
        if widened != parts:
            self.repairs.append("full-width punctuation")
        for match in _TOKEN.finditer("".join(widened)):
            token = match.group()
            if token.startswith(("//", "/*")):
                self.repairs.append("comment left out")
            elif re.fullmatch(r"\.{2,}|…+", token):
                self.repairs.append("ellipsis left out")
            elif not token.isspace():
                yield token

    def peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise Unreadable("it ends too early")
        self.at += 1
        return token

    def document(self) -> Any:
        """The value that the whole text holds; what follows it is read or named."""
        if len(self.tokens) > 1 and self.tokens[0].startswith('"') and self.tokens[1] == ":":
            self.repairs.append("braces added around the outermost members")
            closed = sum((t in ("{", "[")) - (t in ("}", "]")) for t in self.tokens) < 0
            self.tokens = ["{", *self.tokens, *([] if closed else ["}"])]
        value = self.value()
        while (token := self.peek()) is not None:
            after = self.at + (token == ",")
            name = self.tokens[after : after + 2]
            if isinstance(value, dict) and name[1:] == [":"] and name[0].startswith('"'):
                # the members go on behind a brace
                self.repairs.append("brace before further members left out")
                value |= {name: member for name, member in self.members().items() if name not in value}
            elif token in ("}", "]", ","):
                self.repairs.append("surplus comma left out" if token == "," else "surplus closing brace left out")
                self.at += 1
            else:
                self.repairs.append("what follows the first value left out")
                break
        return value

    def value(self) -> Any:
        token = self.take()
        if token == "{":
            return self.members()
        if token == "[":
            return self.items()
        if token.startswith('"') and (len(token) == 1 or not token.endswith('"')):
            raise Unreadable("a quotation mark is never closed")
        if token.startswith('"'):
            return json.loads(token, strict=False) if "\\" not in token or _valid(token) else token[1:-1]
        try:
            return json.loads(token)
        except json.JSONDecodeError:
            if token in "}],:" or not re.match(r"\w", token):
                raise Unreadable(f"{token!r} stands where a value belongs") from None
            self.repairs.append("quotes added to a value")
            return {"True": True, "False": False, "None": None}.get(token, token)

    def members(self, braced: bool = True) -> dict[str, Any]:
        """The members up to a brace; without braces, up to what closes something else."""
        found: dict[str, Any] = {}
        while True:
            token = self.peek()
            if not braced and token in ("}", "]", None):
                return found
            if token is None:
                self.repairs.append("closing brace added at the end")
                return found
            self.at += 1
            if token == "}":
                return found
            if token == ",":
                if self.peek() in ("}", ","):
                    self.repairs.append("surplus comma left out")
                continue
            if token in "{[]:":
                raise Unreadable(f"{token!r} stands where a name belongs")
            if not token.startswith('"'):
                self.repairs.append("quotes added to a name")
            name = token.strip('"')
            if self.peek() == ":":
                self.at += 1
            else:
                raise Unreadable(f"the name {name!r} has no value")
            if name in found:
                self.repairs.append(f"{name} given twice, the first kept")
                self.value()
            else:
                found[name] = self.value()
            if self.peek() not in (",", "}", None) and not (not braced and self.peek() == "]"):
                self.repairs.append("missing comma added")

    def items(self) -> list[Any]:
        found: list[Any] = []
        while True:
            token = self.peek()
            if token is None:
                self.repairs.append("closing bracket added at the end")
                return found
            if token == "]":
                self.at += 1
                return found
            if token == ",":
                self.at += 1
                if self.peek() in ("]", ","):
                    self.repairs.append("surplus comma left out")
                continue
            if token == "}":
                self.repairs.append("closing bracket added before a brace")
                return found
            if self.tokens[self.at + 1 : self.at + 2] == [":"]:
                # members without the braces around them
                self.repairs.append("braces added around the members of an item")
                found.append(self.members(braced=False))
            else:
                found.append(self.value())
            if self.peek() not in (",", "]", None):
                self.repairs.append("missing comma added")


def _valid(token: str) -> bool:
    try:
        json.loads(token, strict=False)
    except json.JSONDecodeError:
        return False
    return True


def json_text(value: Any) -> str:
    """The value as JSON on lines of its own, indented by two."""
    return json.dumps(value, indent=2, ensure_ascii=False)
