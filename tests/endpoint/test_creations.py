"""What a run creates: written down before it is asked for, never more than the budget, and read back after any end."""

from __future__ import annotations

import json

import pytest

from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.creations import CREATED, Creations
from conformance.errors import Refusal

HEAD = {"product": "Fair", "service": "fair", "url": "http://127.0.0.1:9"}


@pytest.fixture
def creations(tmp_path):
    """Those of a run that may create two things."""
    return Creations.begun(tmp_path, HEAD, 2)


def intended(creations, text="acsc1", **more):
    return creations.intend("CreateStall", "Stall", "cn-hangzhou", {"StallName": text}, "token", **more)


def test_an_intent_is_on_disk_before_anything_is_known_of_it(creations):
    intended(creations)
    entry = json.loads(creations.path.read_text().splitlines()[1])
    assert (entry["event"], entry["operation"], entry["texts"]) == ("intent", "CreateStall", {"StallName": "acsc1"})
    (known,) = Creations.joined(creations.path).all
    assert known.ids is None
    assert not known.is_over
    assert creations.path.stat().st_mode & 0o077 == 0


def test_the_budget_counts_things_and_not_refusals(creations):
    creations.refused(intended(creations), "QuotaExceed")
    creations.created(intended(creations), ("stl-1", "stl-2"))
    with pytest.raises(Inconclusive, match="creates=2"):
        intended(creations)
    # another process reads the same budget
    with pytest.raises(Inconclusive, match="used up"):
        intended(Creations.joined(creations.path))


def test_a_share_is_of_whoever_asks(creations):
    first = intended(creations, share=1, mine=[])
    creations.created(first, ("stl-1",))
    with pytest.raises(Inconclusive, match="of which 1"):
        intended(creations, share=1, mine=[first])
    intended(creations, share=1, mine=[])


def test_a_line_that_a_kill_cut_off_spoils_nothing(creations):
    creations.created(intended(creations), ("stl-1",))
    with creations.path.open("a") as file:
        file.write('{"event": "intent", "numb')
    creations.gone(1, "stl-1", "removed")
    (known,) = creations.all
    assert known.is_over


def test_a_folder_with_something_left_takes_no_other_run(creations, tmp_path):
    number = intended(creations)
    with pytest.raises(Refusal, match="acs-conformance clean"):
        Creations.begun(tmp_path, HEAD, 2)
    creations.settled(number)
    assert Creations.begun(tmp_path, HEAD, 2).all == ()


@pytest.mark.parametrize("line", ['{"event": "made"}', "[1]", '{"event": "created", "number": 7, "ids": []}'])
def test_what_is_no_such_file_is_refused_with_its_line(tmp_path, line):
    (tmp_path / CREATED).write_text(line + "\n")
    with pytest.raises(Refusal, match="line 1"):
        Creations(tmp_path / CREATED).all  # noqa: B018


def test_another_version_of_the_file_is_refused(tmp_path):
    (tmp_path / CREATED).write_text('{"event": "run", "format_version": 9}\n')
    with pytest.raises(Refusal, match="format_version 9"):
        Creations(tmp_path / CREATED).all  # noqa: B018
