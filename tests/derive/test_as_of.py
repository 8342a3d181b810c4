"""What was documented at a date: later pages neither count nor help to read the others."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conformance.contract.as_of import is_later
from conformance.derive import derive
from conformance.derive.page import PageError
from tests.documentation import OWN

ERRANDS = sorted((OWN / "ecs__DescribeErrands").glob("*.md"))
OLD, NEW = sorted(ERRANDS, key=lambda p: p.name.split(".")[-2])


@pytest.mark.parametrize("as_of", ["2018-05-14", "2019-01-01", "2020-09-29", "2018-05", "2020-08"])
def test_a_later_page_does_not_count_and_it_is_said(as_of: str) -> None:
    alone, then = derive([OLD]), derive([OLD, NEW], as_of=as_of)
    said = f"2020-09-30 was published after {as_of} and does not count"
    assert said in then.notes
    assert (then.parameters, then.response, then.choices) == (alone.parameters, alone.response, alone.choices)
    assert [r.id for r in then.revisions] == ["2018-05-14"]
    assert [n for n in then.notes if n != said] == list(alone.notes)


@pytest.mark.parametrize("as_of", ["2020-09-30", "2020-09", "2021-01-01"])
def test_all_pages_up_to_the_date_count(as_of: str) -> None:
    assert derive([OLD, NEW], as_of=as_of) == derive([OLD, NEW])


def test_a_page_without_a_date_counts_and_it_is_said(tmp_path: Path) -> None:
    undated = Path(shutil.copy(NEW, tmp_path / "page.md"))
    contract = derive([undated, OLD], as_of="2019-01-01")
    assert len(contract.revisions) == 2
    assert [n for n in contract.notes if re.fullmatch(r"\w+ has no date, and counts as of 2019-01-01", n)]


def test_where_every_page_is_later_nothing_is_derived() -> None:
    with pytest.raises(PageError, match="is of 2018-05-14, and no page is as old as 2018-05-13; give an older page"):
        derive([NEW, OLD], as_of="2018-05-13")


@pytest.mark.parametrize(
    ("date", "as_of", "later"),
    [
        ("2021-01-07", "2021-01-07", False), ("2021-01-08", "2021-01-07", True), ("2021-01", "2021-01-07", False),
        ("2021-02", "2021-01-31", True), ("2021-01-31", "2021-01", False), ("2021-02-01", "2021-01", True),
        (None, "2021-01-07", False),
    ],
)  # fmt: skip
def test_a_month_counts_from_its_beginning(date: str | None, as_of: str, later: bool) -> None:
    assert is_later(date, as_of) is later
