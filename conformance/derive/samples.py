"""The samples of a page as values: requests as parameters, JSON and XML even where they are not well formed.

A repair is made only where it leaves one reading, and each is named in words.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from attrs import frozen

from conformance.derive.page import Block

_FULL_WIDTH = {"，": ",", "：": ":", "“": '"', "”": '"', "｛": "{", "｝": "}", "［": "[", "］": "]"}
_TOKEN = re.compile(
    r'\s+|//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.-])|[{}\[\],:]|\.{2,}|…+|[^\s{}\[\],:"]+|"',
    re.DOTALL,
)
_TAG = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>|<(/?)\s*([A-Za-z_][\w.:-]*)([^<>]*?)(/?)\s*>", re.DOTALL)


@frozen
class Element:
    name: str
    text: str = ""
    children: tuple[Element, ...] = ()


@frozen
class Reading:
    """A sample that was read. `value` is parameters, a JSON value or an Element; None where it could not be read."""

    role: str
    format: str
    value: Any
    repairs: tuple[str, ...]
    line: int
    body: str


class Unreadable(ValueError):
    """A sample that no repair makes readable."""


def read(block: Block) -> Reading:
    """What a sample holds. A block that is no sample has the format `other`."""
    text = block.text.strip()
    start = re.sub(r"^(?://[^\n]*\n\s*)+", "", text)
    caption = block.caption.casefold()
    role = "error" if re.search(r"error|异常|错误", caption) else "response"
    try:
        if re.match(r"(GET|POST)?\s*(https?|http\(s\))://", start):
            return Reading("request", "url", request(start), (), block.line, _request_body(start))
        if start.startswith(("{", "[")) or ("json" in caption and re.match(r"[\"{\[]", start)):
            value, repairs = read_json(text)
            return Reading(role, "json", value, repairs, block.line, json_text(value))
        if start.startswith("<"):
            root, repairs = read_xml(text)
            return Reading(role, "xml", root, repairs, block.line, xml_text(root))
    except Unreadable as error:
        format = "xml" if start.startswith("<") else "json"
        return Reading(role, format, None, (f"unreadable: {error}",), block.line, text)
    return Reading(role, "other", None, (), block.line, text)


# ------------------------------------------------------------------------------------------------- requests


def request(text: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a sample request, in order; placeholders for common parameters are left out."""
    query = re.sub(r"\s*\n\s*", "", text).partition("?")[2]
    pairs = (p.partition("=") for p in re.split(r"&(?=[\w.]+=|<|$)", query))
    return tuple((n.strip(), unquote(v.strip())) for n, eq, v in pairs if eq and re.fullmatch(r"[\w.]+", n.strip()))


def _request_body(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def host(text: str) -> str | None:
    """The host name of a sample request."""
    found = re.search(r"https?://([\w.-]+)", text)
    return found.group(1).casefold() if found else None


# ----------------------------------------------------------------------------------------------------- JSON


def read_json(text: str) -> tuple[Any, tuple[str, ...]]:
    """A JSON value and the repairs that were needed. Raises Unreadable."""
    try:
        return json.loads(text), ()
    except json.JSONDecodeError:
        reader = _Json(text)
        value = reader.value()
        return value, tuple(dict.fromkeys(reader.repairs))


class _Json:
    """A reader that takes what people write for JSON."""

    def __init__(self, text: str):
        self.repairs: list[str] = []
        self.tokens = [t for t in self._tokens(text) if t is not None]
        self.at = 0

    def _tokens(self, text: str):
        parts = re.split(r'("(?:[^"\\\n]|\\.)*")', text)
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

    def value(self) -> Any:
        token = self.take()
        if token == "{":
            return self.members()
        if token == "[":
            return self.items()
        if token.startswith('"') and len(token) > 1:
            return json.loads(token, strict=False) if "\\" not in token or _valid(token) else token[1:-1]
        try:
            return json.loads(token)
        except json.JSONDecodeError:
            if token in "}],:" or not re.match(r"\w", token):
                raise Unreadable(f"{token!r} stands where a value belongs") from None
            self.repairs.append("quotes added to a value")
            return {"True": True, "False": False, "None": None}.get(token, token)

    def members(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            token = self.peek()
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
            if self.peek() not in (",", "}", None):
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
                self.tokens.insert(self.at, "{")
                self.tokens.insert(self._end_of_members(), "}")
            found.append(self.value())
            if self.peek() not in (",", "]", None):
                self.repairs.append("missing comma added")

    def _end_of_members(self) -> int:
        depth = 0
        for i in range(self.at + 1, len(self.tokens)):
            depth += self.tokens[i] in ("{", "[")
            if self.tokens[i] in ("}", "]"):
                if depth == 0:
                    return i
                depth -= 1
        return len(self.tokens)


def _valid(token: str) -> bool:
    try:
        json.loads(token, strict=False)
    except json.JSONDecodeError:
        return False
    return True


def json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


# ------------------------------------------------------------------------------------------------------ XML


def read_xml(text: str) -> tuple[Element, tuple[str, ...]]:
    """The root element and the repairs that were needed. Several roots get one without a name. Raises Unreadable."""
    repairs: list[str] = []
    tokens = _xml_tokens(text, repairs)
    stack: list[tuple[str, list[Element], list[str]]] = [("", [], [])]

    def close() -> None:
        name, children, words = stack.pop()
        stack[-1][1].append(Element(name, "" if children else "".join(words).strip(), tuple(children)))

    for i, (kind, name) in enumerate(tokens):
        if kind == "text":
            stack[-1][2].append(name)
        elif kind == "empty":
            stack[-1][1].append(Element(name))
        elif kind == "open" and name == stack[-1][0] and _closes_outer(tokens[i + 1 :], name):
            repairs.append(f"second <{name}> read as </{name}>")
            close()
        elif kind == "open":
            stack.append((name, [], []))
        elif name in [open_name for open_name, _, _ in stack]:
            while stack[-1][0] != name:
                repairs.append(f"missing </{stack[-1][0]}> added")
                close()
            close()
        else:
            repairs.append(f"surplus </{name}> left out")
    while len(stack) > 1:
        repairs.append(f"missing </{stack[-1][0]}> added")
        close()
    roots = stack[0][1]
    if not roots:
        raise Unreadable("it holds no element")
    if len(roots) > 1:
        repairs.append("root element added around several")
        return Element("", "", tuple(roots)), tuple(dict.fromkeys(repairs))
    return roots[0], tuple(dict.fromkeys(repairs))


def _xml_tokens(text: str, repairs: list[str]) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    end = 0
    for match in _TAG.finditer(text):
        between = text[end : match.start()]
        if between.strip():
            if between.strip().startswith("//"):
                repairs.append("comment left out")
            else:
                tokens.append(("text", _unescaped(between)))
        end = match.end()
        cdata, slash, name, _, empty = match.groups()
        if cdata is not None:
            tokens.append(("text", cdata))
        elif name:
            tokens.append(("close" if slash else "empty" if empty else "open", name))
    return tokens


def _closes_outer(rest: list[tuple[str, str]], name: str) -> bool:
    """Whether the next tag closes another element than `name`."""
    tag = next((t for t in rest if t[0] != "text"), ("close", ""))
    return tag[0] == "close" and tag[1] != name


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def xml_text(element: Element, depth: int = 0) -> str:
    """The element on lines of their own, indented by two."""
    pad = "  " * depth
    if not element.name:
        return "\n".join(xml_text(child, depth) for child in element.children)
    if not element.children:
        return f"{pad}<{element.name}>{escape(element.text)}</{element.name}>"
    inner = "\n".join(xml_text(child, depth + 1) for child in element.children)
    return f"{pad}<{element.name}>\n{inner}\n{pad}</{element.name}>"
