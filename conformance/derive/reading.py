"""From a file to a page: which reader, which language, which revision."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import evolve

from conformance.derive import flattened, markdown, metadata
from conformance.derive.page import Page, PageError, Section

METADATA = "metadata"
LIMIT = 500_000  # bytes; the longest pages of the documentation have a fifth of this
_ADVICE = "expected a documentation page of an operation (Markdown or flattened text) with tables of parameters"


def read_page(path: Path | str) -> Page:
    """The page in a file. Raises PageError."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PageError(path, None, f"cannot be read: {error.strerror}") from None
    return parse_page(str(path), data)


def parse_page(path: str, data: bytes) -> Page:
    """The page in `data`. Raises PageError, which names `path`."""
    if not data.strip():
        raise PageError(path, 1, f"is empty; {_ADVICE}")
    if len(data) > LIMIT:
        raise PageError(path, 1, f"has {len(data)} bytes and a page at most {LIMIT}; {_ADVICE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PageError(path, line, f"is not UTF-8 text; {_ADVICE}") from None
    if "\0" in text:
        raise PageError(path, text[: text.index("\0")].count("\n") + 1, f"is not text; {_ADVICE}")
    language = _language(path, text)
    generation, read = _reader(text)
    title, sections = read(path, text)
    if not any(s.tables for s in sections if s.kind in ("parameters", "response")):
        known = ", ".join(sorted({s.title for s in sections if s.title})[:4])
        found = f"its sections are: {known}" if known else "it has no sections"
        line = next((s.line for s in sections if s.kind in ("parameters", "response")), 1)
        raise PageError(path, line, f"has no table of request or response parameters ({found}); {_ADVICE}")
    return Page(
        path=path,
        title=title,
        language=language,
        generation=generation,
        sha256=hashlib.sha256(data).hexdigest(),
        sections=sections,
        source=text,
        date=_date(path),
    )


def identified(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The pages oldest first (of one date English last), each with an id: its date, made longer where two share one."""
    pages = sorted(pages, key=lambda p: (p.date or "9999", p.language == "en"))
    bases = [p.date or p.sha256[:8] for p in pages]
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


def _reader(text: str) -> tuple[str, Callable[[str, str], tuple[str, tuple[Section, ...]]]]:
    """The name of a page's generation, and what reads it."""
    if metadata.is_metadata(text):
        return METADATA, metadata.sections
    if flattened.is_flattened(text):
        return "flattened text", flattened.read
    anchored = re.search(r"(?m)^#.*\{[#.\s][^}]*\}\s*$", text)
    return ("Markdown with anchors" if anchored else "Markdown"), markdown.read


def _language(path: str, text: str) -> str:
    """`zh` or `en`, by the script of the page's own words."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    letters = [c for c in prose if c.isalpha()]
    if not letters:
        raise PageError(path, 1, f"holds no words; {_ADVICE}")
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in letters)
    latin = sum(c.isascii() for c in letters)
    if (chinese + latin) < 0.9 * len(letters):
        raise PageError(path, 1, "is in a language that is not known here; expected English or Chinese")
    return "zh" if chinese > 0.1 * len(letters) else "en"
