"""The work of reading a page grows as the page does: Python's own steps are counted, not seconds."""

from __future__ import annotations

import sys

import pytest

from benchmarks.pages import PAGES
from conformance.contract.files import ContractError
from conformance.derive import derive
from conformance.derive.page import PageError
from conformance.derive.reading import MOST_ROWS

# one of each kind that was of the second power, or of the third
QUICK = (
    "parameters", "fields, lists", "JSON, items", "XML, objects", "errors",
    "cell, no sentences", "headings", "empty lines in a table", "samples, repaired",
)  # fmt: skip


def steps(text, folder):
    """How many functions were called."""
    path, count = folder / "page.md", 0
    path.write_text(text, "utf-8")

    def seen(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        derive([path])
    except (PageError, ContractError):
        pass
    finally:
        sys.setprofile(None)
    return count


def growth(kind, folder, size):
    """How much more work the second half of a page is than the first: 2 where it is linear, 4 where it is a square."""
    steps(PAGES[kind](size * 4), folder)  # what is made once for each word is made now
    small, middle, large = (steps(PAGES[kind](size * n), folder) for n in (1, 2, 4))
    return (large - middle) / max(middle - small, 100)


@pytest.mark.parametrize("kind", QUICK)
def test_a_page_twice_as_long_is_twice_the_work(kind, tmp_path):
    assert growth(kind, tmp_path, 3000) < 3.3


@pytest.mark.gate
@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_is_linear(kind, tmp_path):
    assert growth(kind, tmp_path, 10_000) < 3.3


def test_a_page_of_too_many_rows_is_refused(tmp_path):
    (tmp_path / "page.md").write_text(PAGES["fields, more than a page has"](100_000), "utf-8")
    with pytest.raises(PageError, match=f"rows in its tables and a page at most {MOST_ROWS}"):
        derive([tmp_path / "page.md"])
