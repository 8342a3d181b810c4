"""Every sentence of a page outside its samples, with the citation that names it and a digest that recognises it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.contract.model import Citation
from conformance.derive import rows
from conformance.derive.page import Page, Section
from conformance.derive.text import Sentence, digest
from conformance.derive.text import sentences as split

# short lines that only name what stands below them
_CAPTION = re.compile(
    r"(?i)^(sample|request|response|normal|success|error|example|xml|json|正常|异常|请求|返回|示例)"
    r"[\w \u4e00-\u9fff-]{0,40}[:：]?$"
)


def sentences(pages: Iterable[Page]) -> list[tuple[Citation, str, str]]:
    """(citation, digest, text) of all prose of the pages, in order. The text is for reading, never for keeping."""
    return [(c, digest(s.text), s.text) for page in pages for c, s in cited_sentences(page)]


def cited_sentences(page: Page) -> Iterator[tuple[Citation, Sentence]]:
    """The sentences of one page, each with its place."""
    counts: dict[str, int] = {}
    for section in page.sections:
        for label, markup in _cells(section):
            for s in split(markup):
                yield Citation(page.id, section.kind, label, s.number), s
        for prose in section.prose:
            for s in split(prose.text):
                if _CAPTION.match(s.text):
                    continue
                counts[section.kind] = counts.get(section.kind, 0) + 1
                yield Citation(page.id, section.kind, None, counts[section.kind]), s


def _cells(section: Section) -> Iterator[tuple[str, str]]:
    """The descriptions of a section's rows, each with the row's label."""
    for entry in rows.entries(section):
        yield entry.label, entry.description
    for error in rows.errors(section):
        yield error.label, error.description
