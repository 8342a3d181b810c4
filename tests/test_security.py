"""Each protection that SECURITY.md names is held by tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| what could"))
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_protection_names_tests_that_are_there(row):
    assert len(row) == 3
    found = TEST.findall(row[2])
    assert found
    assert TEST.sub("", row[2]).strip(" ,") == ""
    for file, name in found:
        text = (ROOT / file).read_text("utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{file} has no {name}"


def test_the_table_is_read():
    assert len(ROWS) > 15
