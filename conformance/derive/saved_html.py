"""Reads pages that were saved from a browser as HTML. What is in a cell becomes the markup that the others know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from attrs import frozen
from lxml import etree, html

from conformance.derive import words
from conformance.derive.page import Block, PageError, Prose, Row, Section, Table
from conformance.derive.text import flat

Node = etree._Element
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SILENT = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "head",
    "svg",
    "button",
    "form",
    "iframe",
    "footer",
    "aside",
)
_OWN = ("table", "pre", *_HEADINGS)  # what is read by itself, wherever it stands
_LIMIT = 200  # columns or rows that one cell may span
_WIDEST = 20  # columns of a table


@frozen
class SavedPage:
    """`text` is what a reader sees, and the links, by which pages name their product."""

    title: str
    sections: tuple[Section, ...]
    text: str


def is_html(text: str) -> bool:
    """Whether a text is a page of HTML, or a part of one, rather than Markdown with a tag in it."""
    if re.search(r"(?m)^#{1,4} \S", text) and not re.search(r"(?i)</(?:body|h1|h2)>", text):
        return False
    start = re.sub(r"^(?:\s|<!--.*?-->|<\?xml[^>]*>)+", "", text[:5000], flags=re.DOTALL)
    return bool(
        re.match(r"(?i)<(?:!doctype html|html|head|body|div|main|article|section|h[1-6]|table|p|meta)\b", start)
    )


@lru_cache(maxsize=4)
def read(path: str, text: str) -> SavedPage:
    """The page in a text. Raises PageError where there is nothing in it."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise PageError(path, 1, "is HTML without content; save the page again, whole") from None
    log: Any = parser.error_log
    if any("depth" in str(error.message) for error in log):
        # the parser drops what is inside
        raise PageError(path, 1, "is HTML that is nested too deeply to be read; save the page as text or Markdown")
    given = root.find(".//title")
    body = root.find("body")
    parts = list(_parts(body if body is not None else root))
    title, sections = _sections(parts)
    if not title and given is not None:
        title = re.split(r"\s+[-–|_]\s+|_", " ".join((given.text or "").split()))[0]
    links = " ".join(str(a.get("href")) for a in root.iter("a") if a.get("href"))
    return SavedPage(title, sections, f"{_seen(body if body is not None else root)}\n{links}")


@frozen
class Heading:
    """A heading of HTML: `level` is 1 for the title."""

    level: int
    text: str
    line: int


Part = Prose | Table | Block | Heading


def _sections(parts: list[Part]) -> tuple[str, tuple[Section, ...]]:
    title = ""
    found: list[Section] = []
    kind, name, start, level = "summary", "", 1, 1
    inner: list[Prose | Table | Block] = []
    for part in parts:
        if not isinstance(part, Heading):
            inner.append(part)
            continue
        if part.level == 1 and not title:
            # what stands above the title is the site's own
            title, inner = part.text, []
            continue
        meaning = words.heading(part.text)
        if (meaning is None and part.level > 2) or (kind == "examples" and part.level > level and meaning != "errors"):
            inner.append(Prose(f"**{_escaped(part.text)}**", part.line))
            continue
        found.append(Section(kind, name, start, _captioned(inner)))
        inner = []
        kind, name, start, level = meaning or "other", part.text, part.line, part.level
    found.append(Section(kind, name, start, _captioned(inner)))
    return title, tuple(s for s in found if s.parts or s.kind != "summary")


def _captioned(parts: list[Prose | Table | Block]) -> tuple[Prose | Table | Block, ...]:
    """Tables and samples with the short text above them."""
    found: list[Prose | Table | Block] = []
    for i, part in enumerate(parts):
        above = parts[i - 1] if i else None
        caption = flat(above.text) if isinstance(above, Prose) else ""
        caption = caption if len(caption) <= 80 else ""
        if isinstance(part, Table) and not part.caption:
            part = Table(part.header, part.rows, part.line, caption or None)
        elif isinstance(part, Block):
            part = Block(part.text, part.line, caption)
        found.append(part)
    return tuple(found)


def tables(text: str, line: int) -> tuple[Table, ...]:
    """The tables in a piece of HTML whose first line is `line` of its page."""
    try:
        root = html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ()
    found = (_table(node) for node in root.iter("table") if next(node.iterancestors("table"), None) is None)
    return tuple(
        Table(
            t.header, tuple(Row(r.cells, line + r.line - 1, r.complete) for r in t.rows), line + t.line - 1, t.caption
        )
        for t in found
        if t is not None
    )


# ---------------------------------------------------------------------------------------------------------- parts


def _parts(node: Node) -> Iterator[Part]:
    """Headings, tables, samples and paragraphs, in order."""
    text: list[str] = [_escaped(node.text or "")]
    line = _line(node)

    def paragraph() -> Iterator[Prose]:
        joined = _tidy("".join(text))
        text.clear()
        if joined:
            yield Prose(joined, line)

    for child in node:
        tag = _tag(child)
        if tag in _HEADINGS:
            yield from paragraph()
            yield Heading(int(tag[1]), " ".join(_seen(child).split()), _line(child))
        elif tag == "table":
            yield from paragraph()
            if (table := _table(child)) is not None:
                yield table
        elif tag == "pre":
            yield from paragraph()
            yield Block(_seen(child).strip("\n"), _line(child))
        elif tag in _SILENT:
            pass
        elif next(child.iter(*_OWN), None) is not None:
            yield from paragraph()
            yield from _parts(child)
        elif tag in _BLOCKS:
            if tag not in ("li", "dd", "dt"):
                yield from paragraph()
            line = _line(child) if not text else line
            text.append(_markup(child))
            if tag not in ("li", "dd", "dt"):
                yield from paragraph()
        else:
            text.append(_markup(child))
        text.append(_escaped(child.tail or ""))
    yield from paragraph()


_BLOCKS = ("p", "div", "section", "article", "ul", "ol", "dl", "li", "dd", "dt", "blockquote", "main", "header")


def _markup(node: Node) -> str:
    """An element as Markdown: paragraphs and bullets on lines of their own, everything else as its text."""
    tag = _tag(node)
    if tag in _SILENT:
        return ""
    if tag == "br":
        return "\n"
    inner = _escaped(node.text or "") + "".join(_markup(c) + _escaped(c.tail or "") for c in node)
    if tag == "li":
        return f"\n-   {' '.join(inner.split()) if chr(10) + '-   ' not in inner else inner.strip()}"
    if tag in ("ul", "ol", "dl"):
        return f"\n\n{inner.strip(chr(10))}\n\n"
    if tag in ("p", "div", "blockquote", "section", "dt", "dd", "tr", "h4", "h5", "h6"):
        return f"\n\n{inner.strip()}\n\n"
    return inner


def _table(node: Node) -> Table | None:
    """A table with its header; a cell over several rows or columns stands in each. None for one without rows."""
    grid = [(list(row), _line(tr)) for tr, row in _grid(node)]
    if not grid:
        return None
    header = tuple(flat(c) for c in grid[0][0])
    caption = node.find("caption")
    rows = tuple(
        Row(tuple(cells) + ("",) * (len(header) - len(cells)), line, complete=len(cells) >= len(header))
        for cells, line in grid[1:]
    )
    return Table(header, rows, _line(node), flat(_seen(caption)) if caption is not None else None)


def _grid(table: Node) -> Iterator[tuple[Node, list[str]]]:
    below: dict[int, tuple[int, str]] = {}  # column to how many rows more its cell spans
    for tr in table.iter("tr"):
        if next(tr.iterancestors("table"), None) is not table:
            continue  # of a table inside a cell
        cells: list[str] = []
        for cell in (c for c in tr if _tag(c) in ("td", "th")):
            _fill(cells, below)
            if len(cells) >= _WIDEST:
                break
            text = _tidy(_markup_of_cell(cell))
            for _ in range(min(_span(cell, "colspan"), _WIDEST - len(cells))):
                if (more := _span(cell, "rowspan") - 1) > 0:
                    below[len(cells)] = (more, text)
                cells.append(text)
        _fill(cells, below)
        if cells:
            yield tr, cells


def _fill(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Puts what rows above span into the row, as far as it has come."""
    while len(cells) in below:
        column = len(cells)
        more, text = below[column]
        cells.append(text)
        if more > 1:
            below[column] = (more - 1, text)
        else:
            del below[column]


def _markup_of_cell(cell: Node) -> str:
    return _escaped(cell.text or "") + "".join(_markup(c) + _escaped(c.tail or "") for c in cell)


def _span(cell: Node, name: str) -> int:
    given = str(cell.get(name) or "1")
    return min(max(int(given), 1), _LIMIT) if re.fullmatch(r"\d{1,4}", given) else 1


# ---------------------------------------------------------------------------------------------------------- texts


def _escaped(text: str) -> str:
    """Text of HTML with what Markdown would take for markup escaped; lines of the source mean nothing."""
    return re.sub(r"([\\`*{}\[\]<>&])", r"\\\1", re.sub(r"[ \t\r\n\f]+", " ", text)).replace("\xa0", " ")


def _tidy(markup: str) -> str:
    lines = [re.sub(r"^ (?=\S)", "", line).rstrip() for line in markup.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _seen(node: Node | None) -> str:
    """The text of an element as a reader sees it, with its line breaks."""
    if node is None:
        return ""
    found: list[str] = []
    for event, one in etree.iterwalk(node, events=("start", "end")):
        tag = _tag(one)
        if event == "start":
            if tag == "br":
                found.append("\n")
            if tag not in _SILENT:
                found.append(one.text or "")
        else:
            if tag in ("p", "div", "li", "tr", "td", "th", *_HEADINGS) and one is not node:
                found.append("\n")
            if one is not node:
                found.append(one.tail or "")
    return "".join(found).replace("\xa0", " ")


def _tag(node: Node) -> str:
    return node.tag.casefold() if isinstance(node.tag, str) else ""


def _line(node: Node) -> int:
    line: int | None = getattr(node, "sourceline", None)
    return line or 1
