"""Derivation against the vendor's metadata, over all pages that are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.derive import derive
from tests.documentation import Library

from .score import Comparison, Share, compare, shares

# of real pages, the share equal to the metadata and the share read rightly: older pages state limits that the metadata
# of later years changed
THRESHOLDS = {
    "tables": (98, 98),
    "names": (100, 100),
    "types": (99, 99),
    "required": (96, 99),
    "paths": (97, 97),
    "limits": (90, 95),
}
# our own pages are read whole; one of them states another limit than the metadata, on purpose
OWN = {**dict.fromkeys(THRESHOLDS, (100, 100)), "limits": (90, 100)}


@pytest.fixture(scope="module")
def comparisons(library: Library) -> list[Comparison]:
    return compare(library.pages, library.metadata)


@pytest.mark.parametrize("measure", THRESHOLDS)
def test_derivation_agrees_with_the_metadata(library: Library, comparisons: list[Comparison], measure: str) -> None:
    share: Share = shares(comparisons)[measure]
    equal, read = (THRESHOLDS if library.is_real else OWN)[measure]
    differences = [c for c in comparisons if c.measure == measure and not c.agrees]
    assert share.all > (50 if library.is_real else 15)
    assert share.percent >= equal, differences
    assert share.percent_read >= read, differences


def test_every_page_and_every_metadata_file_gives_a_contract(pages: list[Path], metadata: Path) -> None:
    for path in [*pages, *sorted(metadata.glob("*/*.json"))]:
        contract = derive([path])
        assert contract.operation == path.parent.name.partition("__")[2]
        assert contract.revisions[0].generation


def test_all_revisions_of_an_operation_give_one_contract(pages: list[Path]) -> None:
    for folder in sorted({p.parent for p in pages}):
        revisions = sorted(folder.glob("*.md"))
        contract = derive(revisions)
        assert len(contract.revisions) == len(revisions)
        assert derive(revisions[::-1]) == contract
