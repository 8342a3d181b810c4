"""How much of a set of files is understood: each is a page that was read, or is named with what it is instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import asdict, evolve, frozen

from conformance.contract.files import ContractError
from conformance.contract.protocol import Protocol
from conformance.derive.coverage import Coverage, Gap, coverage, page_lines
from conformance.derive.coverage import as_text as coverages_as_text
from conformance.derive.derivation import contract_of, read_pages, understand
from conformance.derive.overlay import Overlay
from conformance.derive.page import PageError
from conformance.derive.sentences import sentences
from conformance.ledger.files import ledger_of
from conformance.ledger.sentences import PageSentence


@frozen
class OtherFile:
    """A file that is no page that can be read: `kind` is one word for what it is, `problem` a sentence."""

    path: str
    kind: str
    line: int | None
    problem: str


@frozen
class Survey:
    """The pages, operation by operation, and the files that are none."""

    coverages: tuple[Coverage, ...] = ()
    others: tuple[OtherFile, ...] = ()


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, each folder as all that is in it, in order, without what is hidden."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for one in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in one.relative_to(path).parts)
            if one.is_file() and not hidden:
                yield one


def survey(paths: Iterable[Path], overlay: Overlay, protocol: Protocol) -> Survey:
    """What was understood of each file. Pages of one operation are understood together, as `derive` would."""
    others: list[OtherFile] = []
    groups: dict[str, list[Path]] = {}
    for path in files_in(paths):
        try:
            (facts,) = understand(read_pages([path], overlay))
        except PageError as error:
            others.append(OtherFile(str(path), error.kind, error.line, error.problem))
        else:
            groups.setdefault(facts.operation, []).append(path)
    coverages: list[Coverage] = []
    for group in groups.values():
        try:
            coverages += _understood(group, overlay, protocol)
        except ContractError as error:
            others += [OtherFile(str(path), "page", None, error.problem) for path in group]
    return Survey(tuple(coverages), tuple(others))


def _understood(paths: Sequence[Path], overlay: Overlay, protocol: Protocol) -> Iterator[Coverage]:
    pages = read_pages(paths, overlay)
    contract = contract_of(understand(pages), overlay)
    found = sentences(pages)
    text = {citation: words for citation, _, words in found}
    placed = ledger_of(contract, protocol, [PageSentence(c, d, overlay.reasons.get(d)) for c, d, _ in found])
    unplaced = [s.citation for s in placed.sentences if not s.requirements and not s.excluded]
    for page in pages:
        one = coverage(page, contract, overlay.reasons)
        lines = page_lines(page)
        gaps = tuple(
            Gap(c, lines.get((c.section, c.row), 1), text[c]) for c in unplaced if c.revision == page.id and c in text
        )
        yield evolve(one, operation=contract.operation, unplaced=gaps)


def as_data(found: Survey) -> list[dict[str, object]]:
    """The survey as plain data, for JSON: pages have the kind `page` or `metadata`, other files another."""
    return [*(asdict(c) for c in found.coverages), *(asdict(o) for o in found.others)]


def as_text(found: Survey) -> str:
    """A table with a line for each page, under it what is missing in each, and the files that are no pages."""
    text = coverages_as_text(found.coverages) if found.coverages else ""
    if not found.others:
        return text
    # what was expected is the same of all of them
    said = [(o, o.problem.partition("; expected")[0]) for o in found.others]
    lines = [f"  {o.path}{f':{o.line}' if o.line else ''} ({o.kind}) {problem}" for o, problem in said]
    number = len(lines)
    title = f"not read: {number} file{'' if number == 1 else 's'} of {number + len(found.coverages)}"
    return "\n".join([*([text] if text else []), title, *lines]) + "\n"
