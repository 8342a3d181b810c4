"""How well derivation agrees with the vendor's own metadata, where both speak.

Pages and metadata are of different years, and an operation changes: a limit of 50 in a page of 2019 is 100 in the
metadata of 2024. A difference where the page itself, in the very cell or sentence that is cited, says what was derived
is counted apart: it is the documentation's, not derivation's.

`python -m tests.derive.score` prints the percentages and lists each difference, of the real pages where they are beside
the checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from conformance.contract.model import Citation, Contract, Parameter
from conformance.derive import derive
from conformance.derive.derivation import read_pages
from conformance.derive.rows import columns, entries, errors
from conformance.derive.sentences import sentences
from tests.documentation import libraries

# metadata hides these from its readers, or leaves them to the common protocol
PROTOCOL = ("Action", "OwnerId", "OwnerAccount", "ResourceOwnerId", "ResourceOwnerAccount")
LIMITS = ("minimum", "maximum", "max_items", "default")


@frozen
class Comparison:
    """One fact that both state: `ours` from the page, `theirs` from the metadata."""

    measure: str
    page: str
    what: str
    ours: object
    theirs: object
    said: bool = False  # the page says so in as many words

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs


def compare(pages: Path, metadata: Path) -> list[Comparison]:
    """All comparisons over the pages that have metadata."""
    found: list[Comparison] = []
    for folder in sorted(p for p in pages.iterdir() if p.is_dir()):
        stated = sorted((metadata / folder.name).glob("openapi-meta*.json"))
        theirs = derive(stated[-1:]) if stated else None
        for page in sorted(folder.glob("*.md")):
            found += _tables(page)
            if theirs is not None:
                found += _contracts(f"{folder.name}/{page.name}", derive([page]), theirs, _said([page]))
    return found


def _tables(path: Path) -> Iterator[Comparison]:
    """A table is read without loss if every line that begins a row gave an entry."""
    (page,) = read_pages([path])
    for section in page.sections:
        read = {e.line for e in entries(section)} | {e.line for e in errors(section)}
        for table in section.tables:
            if not {"name", "code"} & set(columns(table)):
                continue
            lost = [r.line for r in table.rows if r.line not in read or not r.complete]
            yield Comparison("tables", path.name, f"{section.kind}, line {table.line}", lost, [])


def _said(paths: list[Path]) -> dict[Citation, str]:
    """The words of a page by citation: its sentences, and the yes or no of each parameter."""
    pages = read_pages(paths)
    said = {citation: text for citation, _, text in sentences(pages)}
    for page in pages:
        for entry in (e for s in page.of_kind("parameters") for e in entries(s)):
            said[Citation(page.id, "parameters", entry.label)] = entry.required
    return said


def _contracts(page: str, ours: Contract, theirs: Contract, said: dict[Citation, str]) -> Iterator[Comparison]:
    yield from _parameters(page, ours, theirs, said)
    yield from _paths(page, ours, theirs)


def _parameters(page: str, ours: Contract, theirs: Contract, said: dict[Citation, str]) -> Iterator[Comparison]:
    known = {p.name: p for p in theirs.parameters}
    lower = {n.casefold(): n for n in known}
    for p in ours.parameters:
        if p.name in PROTOCOL:
            continue
        name = p.name.replace(".n.", ".N.")
        if name not in known and name.casefold() not in lower:
            continue
        yield Comparison("names", page, p.name, name, name if name in known else lower[name.casefold()])
        other = known.get(name) or known[lower[name.casefold()]]
        yield Comparison("types", page, p.name, p.type, other.type)
        cell = said.get(p.citations[0], "").strip().casefold()
        plainly = cell in (("yes", "是") if p.required else ("no", "否"))
        yield Comparison("required", page, p.name, p.required, other.required, plainly)
        yield from _limits(page, p, other, said)


def _limits(page: str, ours: Parameter, theirs: Parameter, said: dict[Citation, str]) -> Iterator[Comparison]:
    for kind in LIMITS:
        constraint = ours.constraint(kind)
        if constraint is None or theirs.value(kind) is None:
            continue
        own, other = str(constraint.value), str(theirs.value(kind))
        text = said.get(constraint.citations[0], "")
        text = re.sub(r",(?=\d{3}(?!\d))", "", text)
        plainly = bool(re.search(rf"(?<!\d){re.escape(own)}(?!\d)", text)) and other not in re.findall(r"\d+", text)
        yield Comparison("limits", page, f"{ours.name}.{kind}", own, other, plainly)


def _paths(page: str, ours: Contract, theirs: Contract) -> Iterator[Comparison]:
    known = {".".join(path) for path, _ in theirs.fields()}
    own = {".".join(path) for path, _ in ours.fields()}
    for path in sorted(own):
        if path in known:
            yield Comparison("paths", page, path, path, path)
            continue
        name = path.rsplit(".", 1)[-1]
        elsewhere = sorted(k for k in known - own if k.rsplit(".", 1)[-1] == name)
        if elsewhere:
            yield Comparison("paths", page, path, path, elsewhere[0])


@frozen
class Share:
    """Of `all` comparisons, how many agree, and in how many more the page plainly says otherwise than the metadata."""

    agree: int
    changed: int
    all: int

    @property
    def percent(self) -> float:
        return 100 * self.agree / self.all

    @property
    def percent_read(self) -> float:
        """The share that was read rightly, whichever of the two is out of date."""
        return 100 * (self.agree + self.changed) / self.all


def shares(comparisons: Iterable[Comparison]) -> dict[str, Share]:
    """The share of each measure."""
    found: dict[str, list[Comparison]] = {}
    for c in comparisons:
        found.setdefault(c.measure, []).append(c)
    return {
        measure: Share(sum(c.agrees for c in cs), sum(not c.agrees and c.said for c in cs), len(cs))
        for measure, cs in found.items()
    }


def main() -> int:
    library = libraries()[-1]
    print(f"the {library.name} pages, against their metadata")
    comparisons = compare(library.pages, library.metadata)
    for c in comparisons:
        if not c.agrees:
            mark = "the page says so" if c.said else "NOT EXPLAINED"
            print(f"{c.measure:9} {c.page}: {c.what}: {c.ours!r}, metadata {c.theirs!r} ({mark})")
    print(f"{'measure':9} {'agree':>6} {'of':>5} {'equal':>9} {'read rightly':>13}")
    for measure, s in shares(comparisons).items():
        print(f"{measure:9} {s.agree:6} {s.all:5} {s.percent:8.2f}% {s.percent_read:12.2f}%")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
