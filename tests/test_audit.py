"""What pip-audit says is not taken for more than it is: it is green where it could ask about nothing."""

from __future__ import annotations

import json

import pytest

from artefacts.audit import concluded

GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([GOOD], 0, "No known vulnerability in 1 packages."),
        ([GOOD, BAD, SKIPPED], 1, "b 2: PYSEC-1, mended in 3"),
        ([GOOD, SKIPPED], 3, "Not audited: of 2 packages the registry told nothing about 1 (c)."),
        ([], 3, "Not audited"),
    ],
)
def test_what_was_found(found: list[object], status: int, said: str) -> None:
    told, lines = concluded(json.dumps({"dependencies": found}), "No known vulnerabilities found")
    assert told == status
    assert any(line.startswith(said) for line in lines), lines


def test_no_answer_is_not_green() -> None:
    assert concluded("", "Traceback\nConnectionError: no route") == (
        3, ["Not audited: pip-audit could not ask its registry (ConnectionError: no route)."],
    )  # fmt: skip
