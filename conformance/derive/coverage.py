"""How much of a page was understood: its rows, its rules, its samples, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from conformance.contract.model import Citation, Contract
from conformance.derive import prose, rows, samples, words
from conformance.derive.file_kind import word_for
from conformance.derive.nesting import is_container
from conformance.derive.page import Page
from conformance.derive.remarks import remarks
from conformance.derive.sentences import cited_sentences
from conformance.derive.text import digest, sentences


@frozen
class Gap:
    """Something that was not understood: where, and in the page's words (for reading, never for keeping)."""

    citation: Citation
    line: int
    text: str


@frozen
class Coverage:
    """One page. A rule is a sentence that obliges somebody to something; the other sentences describe.

    `gaps` are rules that no reader understood, and cells, rows and tables that were not taken; `unplaced` the sentences
    that neither a requirement nor an exclusion covers. `kind` is what the file is: `page`, or `metadata` of any form.
    """

    path: str
    id: str
    language: str
    generation: str
    rows: int
    rows_understood: int
    sentences: int
    rules: int
    rules_understood: int
    samples: int
    samples_read: int
    contradictions: tuple[str, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    kind: str = "page"
    operation: str = ""
    unplaced: tuple[Gap, ...] = ()


def coverage(page: Page, contract: Contract, excluded: Mapping[str, str] | None = None) -> Coverage:
    """What was understood of a page from which `contract` was derived. `excluded` are reasons by digest."""
    entries, unread = _rows(page)
    rules, gaps = _rules(page, excluded or {})
    known = {(gap.line, gap.citation) for gap in unread}
    left = [Gap(r.citation, r.line, r.text) for r in remarks(page) if (r.line, r.citation) not in known]
    blocks = [r for s in page.of_kind("examples") for r in samples.read_section(s)]
    blocks = [b for b in blocks if b.format != "other"]
    return Coverage(
        path=page.path,
        id=page.id,
        language=page.language,
        generation=page.generation,
        rows=entries,
        rows_understood=entries - len({g.line for g in (*unread, *left) if g.citation.row}),
        sentences=sum(1 for _ in cited_sentences(page)),
        rules=rules,
        rules_understood=rules - len(gaps),
        samples=len(blocks),
        samples_read=sum(b.value is not None for b in blocks),
        contradictions=_contradictions(page, contract),
        gaps=(*unread, *left, *gaps),
        notes=tuple(n for n in contract.notes if page.id in n),
        kind=word_for(page),
        operation=contract.operation,
    )


def _rows(page: Page) -> tuple[int, list[Gap]]:
    """How many rows there are, and those of which a cell is not understood."""
    count, unread = 0, []
    for section in page.sections:
        if section.kind not in ("parameters", "response", "errors"):
            continue
        for e in rows.entries(section):
            count += 1
            kind, item = words.type_of(e.type)
            unsaid = section.kind == "parameters" and words.required(e.required) is None
            if unsaid or (kind == "unknown" and item is None and not is_container(e)):
                found = f"type {e.type!r}, required {e.required!r}" if unsaid else f"type {e.type!r}"
                unread.append(Gap(Citation(page.id, section.kind, e.label), e.line, found))
        for error in rows.errors(section):
            count += 1
            if error.status is None:
                gap = Gap(Citation(page.id, section.kind, error.label), error.line, "no HTTP status")
                unread.append(gap)
    return count, unread


def _rules(page: Page, excluded: Mapping[str, str]) -> tuple[int, list[Gap]]:
    """How many sentences state rules, and those that no reader understood."""
    understood = _understood(page)
    lines = page_lines(page)
    rules, gaps = 0, []
    for citation, sentence in cited_sentences(page):
        if citation.section not in ("parameters", "response", "description", "summary"):
            continue
        known = citation in understood
        if not known and not prose.is_normative(sentence.text):
            continue
        rules += 1
        if not known and digest(sentence.text) not in excluded:
            gaps.append(Gap(citation, lines.get((citation.section, citation.row), 1), sentence.text))
    return rules, gaps


def _understood(page: Page) -> set[Citation]:
    found = set()
    for section in page.sections:
        for e in rows.entries(section):
            read = sentences(e.description)
            for f in prose.findings(e.name, words.type_of(e.type)[0], read):
                found.add(Citation(page.id, section.kind, e.label, f.sentence))
                # the bullets of an enumeration are part of it
                bullets = (s for s in read if s.lead == f.sentence and f.kind == "enum")
                found |= {Citation(page.id, section.kind, e.label, s.number) for s in bullets}
    return found


def page_lines(page: Page) -> dict[tuple[str, str | None], int]:
    """The line of each section (`(kind, None)`) and of each row (`(kind, label)`)."""
    found: dict[tuple[str, str | None], int] = {}
    for section in page.sections:
        found.setdefault((section.kind, None), section.line)
        found |= {(section.kind, row.label): row.line for row in rows.entries(section)}
        found |= {(section.kind, row.label): row.line for row in rows.errors(section)}
    return found


def _contradictions(page: Page, contract: Contract) -> tuple[str, ...]:
    return tuple(
        c.id
        for c in contract.choices
        if c.reason == "contradiction" and any(x.revision == page.id for a in c.alternatives for x in a.citations)
    )


def as_text(coverages: Sequence[Coverage]) -> str:
    """A table with a line for each page, and under it what is missing."""
    header = ("page", "language", "rows", "sentences", "rules", "samples", "contradictions")
    body = [
        (
            c.id,
            f"{c.language}, {c.generation}",
            f"{c.rows_understood}/{c.rows}",
            str(c.sentences),
            f"{c.rules_understood}/{c.rules}",
            f"{c.samples_read}/{c.samples}",
            str(len(c.contradictions)),
        )
        for c in coverages
    ]
    widths = [max(len(row[i]) for row in (header, *body)) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in (header, *body)]
    for c in coverages:
        for title, entries in _details(c):
            lines += ["", f"{c.path}: {title}", *(f"  {e}" for e in entries)]
    return "\n".join(lines) + "\n"


def _details(c: Coverage) -> Iterable[tuple[str, list[str]]]:
    if c.gaps:
        yield "not understood", [f"{c.path}:{g.line}: {g.citation}: {g.text}" for g in c.gaps]
    shown = {(g.citation, g.text) for g in c.gaps}
    if left := [g for g in c.unplaced if (g.citation, g.text) not in shown]:
        yield "covered by no requirement", [f"{c.path}:{g.line}: {g.citation}: {g.text}" for g in left]
    if c.contradictions:
        yield "contradictory", list(c.contradictions)
    if c.notes:
        yield "to note", list(c.notes)
