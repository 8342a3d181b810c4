"""From pages to a contract: read, understand each, merge, give roles, correct by hand, and name what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import evolve

from conformance.collecting import uncollected
from conformance.contract.as_of import is_later
from conformance.contract.files import ContractError
from conformance.contract.model import Contract
from conformance.derive import metadata
from conformance.derive.agreement import agreeing
from conformance.derive.choices import choices
from conformance.derive.merge import merge
from conformance.derive.overlay import Overlay, corrected, load_overlay
from conformance.derive.page import Page, PageError
from conformance.derive.reading import METADATA, identified, read_page
from conformance.derive.revision import Facts, facts
from conformance.derive.roles import semantics
from conformance.derive.statements import stated


def derive(
    paths: Iterable[Path | str], overlay: Overlay | Path | str | None = None, as_of: str | None = None
) -> Contract:
    """The contract of the operation that the pages describe.

    Pages are revisions of one operation, in any order; their dates come from the overlay or from their file names.
    What was published after `as_of` (`2021-01-07`, or a month) does not count.
    Raises PageError for a page that cannot be read or that is about another operation, and where no page is as old as
    that, ContractError for the overlay.
    """
    overlay = overlay if isinstance(overlay, Overlay) else load_overlay(overlay)
    with uncollected():
        pages, notes = published(read_pages(paths, overlay), as_of)
        return contract_of(understand(pages), evolve(overlay, notes=(*overlay.notes, *notes)))


def published(pages: Sequence[Page], as_of: str | None) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The pages of a date and before, and notes about the others and about those without a date, which count.

    Of a page that has a month alone the day is not known: it counts from the beginning of that month. Raises PageError
    where all are later.
    """
    if as_of is None:
        return tuple(pages), ()
    later = tuple(p for p in pages if is_later(p.date, as_of))
    kept = tuple(p for p in pages if p not in later)
    if not kept:
        first = min(later, key=lambda p: p.date or "")
        raise PageError(first.path, None, f"is of {first.date}, and no page is as old as {as_of}; give an older page")
    said = [f"{p.id} was published after {as_of} and does not count" for p in later]
    return kept, (*said, *(f"{p.id} has no date, and counts as of {as_of}" for p in kept if p.date is None))


def read_pages(paths: Iterable[Path | str], overlay: Overlay = Overlay()) -> tuple[Page, ...]:  # noqa: B008
    """The pages, oldest first, each with the id by which citations name it; undated ones stay as given.

    Raises PageError.
    """
    pages = [read_page(p) for p in paths]
    dated = ((page, overlay.dated(page.sha256)) for page in pages)
    known = [evolve(page, date=d.date or page.date) if d else page for page, d in dated]
    return identified({page.sha256: page for page in known}.values())


def understand(pages: Sequence[Page]) -> tuple[Facts, ...]:
    """What each page says, oldest first. Newer pages help to place the rows of older ones. Raises PageError."""
    found: list[Facts] = []
    known: dict[tuple[str, ...], None] = {}
    for page in reversed(pages):
        try:
            found.insert(0, metadata.facts(page) if page.generation == METADATA else facts(page, known))
        except RecursionError:
            raise PageError(page.path, 1, "has a sample that is nested too deeply; shorten it") from None
        first = found[-1]
        if found[0].operation != first.operation:
            raise PageError(
                page.path,
                1,
                f"is about {found[0].operation}, and {first.page.path} about {first.operation}; "
                "give the pages of one operation at a time",
            )
        known.update(dict.fromkeys(path for f in found[0].response for path, _ in f.walk()))
    return tuple(found)


def contract_of(revisions: Sequence[Facts], overlay: Overlay, key: str | None = None) -> Contract:
    """The merged contract with semantics and choices. Raises ContractError where the overlay does not fit.

    `key` is the id of the listed items, where the other operations of the service give it away.
    """
    merged = merge(revisions)
    sources = {r.sha256: overlay.dated(r.sha256) for r in merged.revisions}
    dated = tuple(evolve(r, source=s.source) if (s := sources[r.sha256]) else r for r in merged.revisions)
    contract = stated(corrected(evolve(merged, revisions=dated, semantics=semantics(merged, key)), overlay))
    try:
        return agreeing(evolve(contract, choices=choices(contract, revisions, overlay.preferred)))
    except ValueError as error:
        raise ContractError(contract.operation, str(error)) from None
