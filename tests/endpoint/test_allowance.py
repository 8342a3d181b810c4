"""What a run may send is one count, one pace and one end, over threads and processes."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest

from conformance.endpoint.allowance import PATIENCE, THROTTLED, UNANSWERED, Allowance
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.sender import retry_after
from conformance.endpoint.traffic import Limits

TAKING = """
import sys
from pathlib import Path
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.traffic import Limits
allowance, taken = Allowance.joined(Limits(max_requests=500), Path(sys.argv[1])), 0
try:
    while True:
        allowance.take()
        taken += 1
except Inconclusive:
    print(taken)
"""


@pytest.fixture
def no_waiting(monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def test_the_count_is_exact_over_processes(tmp_path):
    file = tmp_path / "allowance"
    allowance = Allowance.begun(Limits(max_requests=500), file)
    children = [
        subprocess.Popen([sys.executable, "-c", TAKING, str(file)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert sum(int(child.communicate()[0]) for child in children) == 500
    assert allowance.requests == 500


def test_the_count_is_exact_over_threads():
    allowance = Allowance.begun(Limits(max_requests=100))

    def take(_: int) -> bool:
        try:
            allowance.take()
        except Inconclusive:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(300))) == 100


def test_the_pace_is_one_for_all_who_join(tmp_path, no_waiting):
    limits = Limits(rate=0.5)
    one = Allowance.begun(limits, tmp_path / "allowance")
    other = Allowance.joined(limits, tmp_path / "allowance")
    for allowance in (one, other, one, other):
        allowance.take()
    assert [round(seconds / 2) for seconds in no_waiting] == [1, 2, 3]


def test_a_turn_that_comes_after_the_end_is_not_taken(no_waiting):
    allowance = Allowance.begun(Limits(rate=0.001, max_seconds=60.0))
    allowance.take()
    with pytest.raises(Inconclusive, match=r"its time of 60 s \(--max-seconds\) was over"):
        allowance.take()
    assert allowance.requests == 1


def test_patience_ends(no_waiting):
    allowance = Allowance.begun(Limits())
    for _ in range(THROTTLED - 1):
        allowance.wait(0.1)
    allowance.answered()
    for _ in range(THROTTLED - 1):
        allowance.wait(0.1)
    with pytest.raises(Inconclusive, match=f"throttled {THROTTLED} requests in a row"):
        allowance.wait(0.1)
    with pytest.raises(Inconclusive, match="throttled"):
        allowance.take()


def test_patience_is_also_one_of_seconds(no_waiting):
    allowance = Allowance.begun(Limits())
    allowance.wait(PATIENCE / 2)
    with pytest.raises(Inconclusive, match="throttled 2 requests"):
        allowance.wait(PATIENCE)


def test_asks_without_an_answer_count_in_a_row():
    allowance = Allowance.begun(Limits())
    assert [allowance.unanswered() for _ in range(UNANSWERED)] == [False] * (UNANSWERED - 1) + [True]
    allowance.answered()
    assert not allowance.unanswered()


def test_the_first_reason_to_stop_counts():
    allowance = Allowance.begun(Limits())
    allowance.stop("of this")
    allowance.stop("of that")
    with pytest.raises(Inconclusive, match="because of this"):
        allowance.take()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), (" 0 ", 0.0), ("9" * 5000, 999_999_999.0), ("²", None), ("-1", None), ("soon", None), ("", None),
     ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)  # fmt: skip
def test_what_retry_after_asks_for(text, seconds):
    assert retry_after(text) == seconds


def test_retry_after_may_be_a_date():
    assert 3000 < (retry_after(formatdate(time.time() + 3600, usegmt=True)) or 0) <= 3600
