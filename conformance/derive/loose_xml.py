"""XML as people write it: elements and text, with wrong and missing tags set right and each repair named."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from attrs import frozen

from conformance.derive.loose_json import DEPTH, Unreadable

_TAG = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>|<(/?)\s*+([A-Za-z_][\w.:-]*+)([^<>]*+)>", re.DOTALL)
_ENCLOSED = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"))


@frozen
class Element:
    """An element of a sample, without its attributes. Its text is empty where it has children."""

    name: str
    text: str = ""
    children: tuple[Element, ...] = ()


def read_xml(text: str) -> tuple[Element, tuple[str, ...]]:
    """The root element and the repairs that were needed. Several roots get one without a name. Raises Unreadable."""
    repairs: list[str] = []
    tokens = _xml_tokens(text, repairs)
    stack: list[tuple[str, list[Element], list[str]]] = [("", [], [])]

    def close() -> None:
        name, children, words = stack.pop()
        if children and any(word.strip() for word in words):
            repairs.append(f"text beside the elements of <{name}> left out")
        stack[-1][1].append(Element(name, "" if children else "".join(words).strip(), tuple(children)))

    for i, (kind, name) in enumerate(tokens):
        if kind == "text":
            stack[-1][2].append(name)
        elif kind == "empty":
            stack[-1][1].append(Element(name))
        elif kind == "open" and name == stack[-1][0] and _closes_outer(tokens, i + 1, name):
            repairs.append(f"second <{name}> read as </{name}>")
            close()
        elif kind == "open":
            if len(stack) > DEPTH:
                raise Unreadable(f"it is nested deeper than {DEPTH} levels")
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
    if roots and any(word.strip() for word in stack[0][2]):
        repairs.append("text beside the root element left out")
    if not roots:
        raise Unreadable("it holds no element")
    if len(roots) > 1:
        repairs.append("root element added around several")
        return Element("", "", tuple(roots)), tuple(dict.fromkeys(repairs))
    return roots[0], tuple(dict.fromkeys(repairs))


def _xml_tokens(text: str, repairs: list[str]) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    for begin, finish in _ENCLOSED:
        # what is begun after the last end is never ended, and no search for its end may start over for each
        closed = text.rfind(finish) + len(finish) if finish in text else 0
        if begin in text[closed:]:
            repairs.append(f"{begin} that is never closed left out")
            text = text[:closed] + text[closed:].replace(begin, " ")
    end = 0
    for match in _TAG.finditer(text):
        between = text[end : match.start()]
        if between.strip():
            if between.strip().startswith("//"):
                repairs.append("comment left out")
            else:
                tokens.append(("text", _unescaped(between)))
        end = match.end()
        cdata, slash, name, attributes = match.groups()
        empty = attributes is not None and attributes.rstrip().endswith("/")
        attributes = attributes.rstrip().removesuffix("/") if attributes else attributes
        if attributes and re.sub(r"""(?<![\w:])xmlns[\w:]*\s*=\s*(?:"[^"]*"|'[^']*')""", "", attributes).strip():
            repairs.append(f"attributes of <{name}> left out")
        if cdata is not None:
            tokens.append(("text", cdata))
        elif name:
            tokens.append(("close" if slash else "empty" if empty else "open", name))
    return tokens


def _closes_outer(tokens: list[tuple[str, str]], start: int, name: str) -> bool:
    """Whether the next tag closes another element than `name`."""
    rest = (tokens[i] for i in range(start, len(tokens)))
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
