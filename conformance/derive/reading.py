"""From a file to a page: which reader, which language, which revision."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from attrs import evolve

from conformance.derive import (
    cli_metadata,
    file_kind,
    flattened,
    markdown,
    metadata,
    openapi3,
    rows,
    saved_html,
    typed_tables,
)
from conformance.derive.file_kind import ADVICE
from conformance.derive.page import Page, PageError, Section
from conformance.foreign import BadText, bytes_of

METADATA = "metadata"
LIMIT = 500_000  # bytes; the longest pages of the documentation have a fifth of this
MOST_ROWS = 2_000  # of all tables together; the longest pages have some four hundred


def read_page(path: Path | str) -> Page:
    """The page in a file. Raises PageError."""
    path = Path(path)
    try:
        data = bytes_of(path)
    except BadText as error:
        raise PageError(path, None, str(error)) from None
    return parse_page(str(path), data)


def parse_page(path: str, data: bytes) -> Page:
    """The page in `data`. Raises PageError, which names `path`."""
    if not data.strip():
        raise PageError(path, 1, f"is empty; {ADVICE}", "empty")
    if len(data) > LIMIT:
        raise PageError(path, 1, f"has {len(data)} bytes and a page at most {LIMIT}; {ADVICE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PageError(path, line, f"is not UTF-8 text; {ADVICE}", "binary") from None
    if "\0" in text:
        raise PageError(path, text[: text.index("\0")].count("\n") + 1, f"is not text; {ADVICE}", "binary")
    generation, title, sections, seen = _read(path, text)
    sections = typed_tables.with_types(sections)
    language = _language(path, seen)
    if not any(
        rows.describes_parameters(t) for s in sections if s.kind in ("parameters", "response") for t in s.tables
    ):
        raise file_kind.no_page(path, text, sections, generation)
    if (count := sum(len(t.rows) for s in sections for t in s.tables)) > MOST_ROWS and generation != METADATA:
        raise PageError(path, 1, f"has {count} rows in its tables and a page at most {MOST_ROWS}; {ADVICE}")
    return Page(
        path=path,
        title=title,
        language=language,
        generation=generation,
        sha256=hashlib.sha256(data).hexdigest(),
        sections=sections,
        source=seen,
        date=_date(path),
    )


def identified(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The pages oldest first (of one date English last), each with an id: its date, made longer where two share one."""
    pages = sorted(pages, key=lambda p: (p.date or "9999", p.language == "en"))
    bases = [p.date or (METADATA if p.generation == METADATA else p.sha256[:8]) for p in pages]
    named: list[Page] = []
    for page, base in zip(pages, bases, strict=True):
        id = base if bases.count(base) == 1 else f"{base}-{page.language}"
        if any(p.id == id for p in named):
            id = f"{id}-{page.sha256[:4]}"
        named.append(evolve(page, id=id))
    return tuple(named)


def _date(path: str) -> str | None:
    found = re.search(r"(?<!\d)((?:19|20)\d\d-[01]\d(?:-[0-3]\d)?)(?!\d)", Path(path).name)
    return found.group(1) if found else None


def _read(path: str, text: str) -> tuple[str, str, tuple[Section, ...], str]:
    """The name of a page's generation, its title, its sections, and its text as far as it is the page's own."""
    if described := openapi3.as_explorer(path, text):
        text = described
    elif found := cli_metadata.as_explorer(text):
        text = found
    if metadata.is_metadata(text):
        return METADATA, *metadata.sections(path, text), text
    if saved_html.is_html(text):
        saved = saved_html.read(path, text)
        return "HTML", saved.title, saved.sections, saved.text
    if flattened.is_flattened(text):
        return "flattened text", *flattened.read(path, text), text
    anchored = re.search(r"(?m)^#[^\n]*\{[#.\s][^{}\n]*\}[^\S\n]*$", text)
    return ("Markdown with anchors" if anchored else "Markdown"), *markdown.read(path, text), text


def _language(path: str, text: str) -> str:
    """`zh` or `en`, by the script of the page's own words."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    letters = [c for c in prose if c.isalpha()]
    if not letters:
        raise PageError(path, 1, f"holds no words; {ADVICE}")
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in letters)
    latin = sum(c.isascii() for c in letters)
    if (chinese + latin) < 0.9 * len(letters):
        raise PageError(path, 1, "is in a language that is not known here; expected English or Chinese", "language")
    return "zh" if chinese > 0.1 * len(letters) else "en"
