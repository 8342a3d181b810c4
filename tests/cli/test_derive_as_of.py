"""`derive --as-of`: what is written is what was documented then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.documentation import OWN

ERRANDS = sorted((OWN / "ecs__DescribeErrands").glob("*.md"))


def test_later_pages_are_left_out_and_named(acs, tmp_path: Path) -> None:
    done = acs("derive", *ERRANDS, "--as-of", "2019-01-01", "-o", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    assert "note: 2020-09-30 was published after 2019-01-01 and does not count" in done.stdout
    text = (tmp_path / "made" / "contract.yaml").read_text("utf-8")
    assert "2020-09-30 was published after 2019-01-01" in text
    assert text.count("2020-09-30") == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (("--as-of", "yesterday", "-o", "made"), "'yesterday' is no date; give a day (2021-01-07) or a month"),
        (("--as-of", "2021-02-30", "-o", "made"), "'2021-02-30' is no date"),
        (("--as-of", "2021-W01-1", "-o", "made"), "'2021-W01-1' is no date"),
        (("--as-of", "2001-01-01", "-o", "made"), "no page is as old as 2001-01-01"),
        (("--as-of", "2021-01-07", "--report"), "--report looks at every page"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(acs, tmp_path: Path, given: tuple[str, ...], problem: str) -> None:
    done = acs("derive", *ERRANDS, *(tmp_path / g if g == "made" else g for g in given))
    assert done.returncode == 2
    assert problem in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "made").exists()


def test_of_a_service_later_pages_are_left_out_too(acs, tmp_path: Path) -> None:
    apis = {n: {"parameters": [], "responses": {}} for n in ("DescribeErrands", "DescribeOthers")}
    file = tmp_path / "api-docs.json"
    file.write_text(json.dumps({"info": {"style": "RPC", "product": "Ecs", "version": "2014-05-26"}, "apis": apis}))
    done = acs("derive", file, *ERRANDS, "--as-of", "2019-01-01", "-o", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    contract = (tmp_path / "made" / "DescribeErrands" / "contract.yaml").read_text("utf-8")
    assert "2018-05-14" in contract
    assert contract.count("2020-09-30") == 1
    assert "2020-09-30 was published after 2019-01-01 and does not count" in contract
