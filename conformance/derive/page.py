"""A documentation page as it was read: sections of prose, tables and samples, each with its line.

Readers (`markdown`, `flattened`) make pages; everything that understands a page starts from one.
"""

from __future__ import annotations

from attrs import field, frozen


class PageError(ValueError):
    """A file that cannot be read as a page: names file and line, what was found, and what to do.

    `kind` is one word for what the file is: `empty`, `binary`, `language`, `index`, `html`, `prose`, `cut` (a page that
    ends too soon), or `other`.
    """

    def __init__(self, path: object, line: int | None, problem: str, kind: str = "other") -> None:
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem
        self.kind = kind


@frozen
class Prose:
    """Text outside tables: a paragraph or a list, with its markup."""

    text: str
    line: int


@frozen
class Row:
    """One row of a table. `complete` is False where the page ended the row with fewer cells than the header has."""

    cells: tuple[str, ...]
    line: int
    complete: bool = True


@frozen
class Table:
    """`caption` is the line in bold above a table, by which older pages name the type that it describes."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int
    caption: str | None = None


@frozen
class Block:
    """A sample. `caption` is the text above it."""

    text: str
    line: int
    caption: str = ""


@frozen(cache_hash=True)
class Section:
    """`kind` is one of the words of `words.SECTIONS`, or `other`."""

    kind: str
    title: str
    line: int
    parts: tuple[Prose | Table | Block, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the section, in order."""
        return tuple(p for p in self.parts if isinstance(p, Table))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The samples of the section, in order."""
        return tuple(p for p in self.parts if isinstance(p, Block))

    @property
    def prose(self) -> tuple[Prose, ...]:
        """What is neither table nor sample, in order."""
        return tuple(p for p in self.parts if isinstance(p, Prose))


@frozen
class Page:
    """`id` is the name of its revision in citations; `generation` how it is written."""

    path: str
    title: str
    language: str
    generation: str
    sha256: str
    sections: tuple[Section, ...]
    source: str = field(repr=False)
    id: str = ""
    date: str | None = None

    def section(self, kind: str) -> Section | None:
        """The first section of a kind, or None."""
        return next((s for s in self.sections if s.kind == kind), None)

    def of_kind(self, kind: str) -> tuple[Section, ...]:
        """Every section of a kind: a page may have several."""
        return tuple(s for s in self.sections if s.kind == kind)
