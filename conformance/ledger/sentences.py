"""The sentences of an operation's pages, by position and digest: what derivation leaves for the ledger to place.

They are no part of the contract, which holds what the pages say of the operation and not how they say it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from conformance.contract.files import dump, load
from conformance.contract.model import Citation, Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.requirement import PlacedSentence, Requirement

SENTENCES_FILE = "sentences.yaml"


@frozen
class PageSentence:
    """A sentence of a page, never its text. `excluded` is why it states nothing that can be tested, if it does not."""

    citation: Citation
    digest: str
    excluded: str | None = None


@frozen
class Sentences:
    """The sentences of all revisions of an operation's page, in the order of the pages."""

    sentences: tuple[PageSentence, ...] = ()
    format_version: int = 1


def load_sentences(folder: Path) -> tuple[PageSentence, ...]:
    """Those that derivation left in a contract's folder; none where it left none. Raises ContractError."""
    path = folder / SENTENCES_FILE
    if not path.is_file():
        return ()
    return load(path, Sentences, "derive it again with `acs-conformance derive`").sentences


def dump_sentences(sentences: Iterable[PageSentence]) -> str:
    """The text of the file."""
    return dump(Sentences(tuple(sentences)))


def placed(
    sentences: Iterable[PageSentence], contract: Contract, protocol: Protocol, requirements: tuple[Requirement, ...]
) -> tuple[PlacedSentence, ...]:
    """What became of each sentence of the operation's pages, and of each statement of the common ones."""
    citing: dict[Citation, list[str]] = {}
    for requirement in requirements:
        for citation in requirement.citations:
            citing.setdefault(citation, []).append(requirement.id)
    known = {r.id for r in requirements}
    return (*(_placed(s, citing) for s in sentences), *_common(protocol, contract.operation, known))


def _placed(s: PageSentence, citing: dict[Citation, list[str]]) -> PlacedSentence:
    """A sentence's requirements: those that cite it; else its exclusion; else, as a row's definition, all about it."""
    if exact := citing.get(s.citation):
        return PlacedSentence(s.citation, s.digest, tuple(exact))
    if s.excluded is not None:
        return PlacedSentence(s.citation, s.digest, excluded=s.excluded)
    if s.citation.row and s.citation.sentence == 1:
        row = Citation(s.citation.revision, s.citation.section, s.citation.row)
        return PlacedSentence(s.citation, s.digest, tuple(citing.get(row, ())))
    return PlacedSentence(s.citation, s.digest)


def _common(protocol: Protocol, operation: str, known: set[str]) -> Iterable[PlacedSentence]:
    for s in protocol.statements:
        requirements = tuple(id for r in s.requirements if (id := f"{operation}.{r}") in known)
        yield PlacedSentence(s.citation, "common", requirements, s.excluded)
