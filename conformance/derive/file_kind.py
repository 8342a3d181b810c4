"""What a file is that is no page of an operation, in words and as one word for machines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.derive.page import Page, PageError, Section, Table
from conformance.derive.text import flat

_ADVICE = "expected a documentation page of an operation (Markdown, HTML, flattened text, or its metadata as JSON or "
_ADVICE += "OpenAPI 3) with tables of parameters"
ADVICE = _ADVICE
_FEWEST_LINKS = 4
_LINK = re.compile(r"\[[^\[\]]{1,300}\]\([^()\s]{1,500}\)|<a\s[^>]*href=")


def no_page(path: str, text: str, sections: Sequence[Section], generation: str) -> PageError:
    """The error for a text in which no table describes parameters."""
    tables = [t for s in sections for t in s.tables]
    if links := _links(text, tables):
        return PageError(path, 1, f"is an index with {links} links, and no page of an operation; {ADVICE}", "index")
    known = ", ".join(dict.fromkeys(s.title[:60] for s in sections if s.title and s.kind != "other"))
    known = known or ", ".join(dict.fromkeys(s.title[:60] for s in sections[:8] if s.title))
    found = f"its sections are: {known}" if known else "it has no sections"
    if generation == "HTML":
        found = f"it is HTML, and {found}"
    line = next((s.line for s in sections if s.kind in ("parameters", "response")), 1)
    problem = f"has no table of request or response parameters ({found}); {ADVICE}"
    return PageError(path, line, problem, "html" if generation == "HTML" else "prose")


def _links(text: str, tables: Sequence[Table]) -> int:
    """How many links a text has that is little else; 0 for any other text."""
    lines = [line for line in text.splitlines() if line.strip() and not re.match(r"\s*[|:\s-]+$", line)]
    linked = [line for line in lines if _LINK.search(line)]
    names = sum(bool(re.fullmatch(r"(?a)[A-Z][a-z]+[A-Z]\w+", flat(r.cells[0]))) for t in tables for r in t.rows)
    if len(linked) >= _FEWEST_LINKS and 2 * len(linked) >= len(lines):
        return sum(len(_LINK.findall(line)) for line in linked)
    return names if names >= _FEWEST_LINKS and names == sum(len(t.rows) for t in tables) else 0


def word_for(page: Page) -> str:
    """What a page is, for machines: `page`, or `metadata` of any form."""
    return "metadata" if page.generation == "metadata" else "page"
