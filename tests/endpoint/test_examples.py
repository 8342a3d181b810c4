"""The running of a check: drift, flaky failures, what cannot be judged, and the search for a plainer example."""

from __future__ import annotations

from unittest import SkipTest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint import examples
from conformance.endpoint.allowance import SPENT
from conformance.endpoint.examples import run_check
from conformance.endpoint.findings import Inconclusive, NotApplicable, Violation
from conformance.endpoint.thrift import Thrift
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse


class Listing:
    """A target of which only the movement matters: it moves `moves` times, each time it is looked at."""

    def __init__(self, moves: int = 0) -> None:
        self.moves, self.kept, self.thrift = moves, 0, Thrift()

    def resample(self) -> None:
        self.kept += 1

    def has_moved(self) -> bool:
        self.moves -= 1
        return self.moves >= 0


@pytest.fixture(autouse=True)
def nothing_else_is_found(monkeypatch):
    """The endpoint answers, and no other requirement is about what it says."""
    monkeypatch.setattr(examples, "found_elsewhere", lambda target, violation, check: None)
    monkeypatch.setattr(examples, "asks_for_what_is_gone", lambda target, exchange: False)


def exchange(text: str) -> Exchange:
    call = Call("A", "1", (("Text", text),))
    return Exchange(1, call, HttpRequest("GET", f"http://127.0.0.1/?Text={text}"), HttpResponse(200, (), b""))


def judged(check, target=None, **options):
    return run_check(check, {}, target or Listing(), seed_of="1", **{"max_examples": 50, "shrinks": 200, **options})


def test_a_check_that_raises_nothing_has_found_nothing():
    assert judged(lambda: None) == (None, 1)


def test_a_violation_is_found():
    def check():
        raise Violation("wrong")

    finding, tried = judged(check)
    assert isinstance(finding, Violation)
    assert tried == 1


def test_a_violation_that_drift_explains_is_tried_again():
    attempts = []

    def check():
        attempts.append(1)
        if len(attempts) < 3:
            raise Violation("other items than a moment ago")

    assert judged(check, Listing(moves=2)) == (None, 1)
    assert len(attempts) == 3


@pytest.mark.parametrize("where", ["in what explains it", "when it is tried again"])
def test_a_violation_is_told_where_the_requests_come_to_an_end_before_it_is_known_whose_it_is(where, monkeypatch):
    tried, target = [], Listing(moves=1)

    def check():
        tried.append(1)
        if len(tried) > 1:
            raise Inconclusive(SPENT)
        raise Violation("a page too many")

    if where == "in what explains it":
        monkeypatch.setattr(examples, "found_elsewhere", lambda target, violation, check: Inconclusive(SPENT))
    finding, count = judged(check, target)
    assert isinstance(finding, Inconclusive)
    assert finding.message.endswith("whose finding this is: a page too many")
    assert SPENT not in finding.message
    assert count == 0


def test_where_nothing_was_seen_the_end_of_the_requests_is_all_that_is_told():
    def check():
        raise Inconclusive(SPENT)

    finding, _ = judged(check)
    assert finding.message == SPENT


def test_draws_that_depend_on_what_changes_are_no_failure_of_the_suite():
    """What can be drawn comes from what the endpoint answers, which may be another thing at each look."""
    seen = []

    @given(st.data())
    def check(data):
        seen.append(1)
        data.draw(st.integers(0, 3))
        if len(seen) % 2:
            data.draw(st.integers(0, 3))

    finding, tried = judged(check)
    assert finding is None
    assert tried == len(seen) > 1


@pytest.mark.parametrize("shrinks", [0, 1, 7])
def test_a_search_for_a_plainer_example_ends_with_a_whole_one(monkeypatch, shrinks):
    """One that ended before it drew what it draws would look to Hypothesis like draws that depend on something else."""
    ends, explore = [], examples._explore

    def watched(*arguments):
        try:
            explore(*arguments)
        except BaseException as end:
            ends.append(type(end))
            raise

    monkeypatch.setattr(examples, "_explore", watched)
    seen = []

    @given(st.data())
    def check(data):
        drawn = [data.draw(st.integers(0, 10**9)) for _ in range(3)]
        seen.append(sum(drawn) > 1000)
        if seen[-1]:
            raise Violation("too much", exchange=exchange("u"))

    finding, _ = judged(check, shrinks=shrinks)
    assert isinstance(finding, Violation)
    assert ends == [SkipTest]
    assert len(seen) - seen.index(True) == shrinks + 1


def test_a_listing_that_never_rests_is_inconclusive():
    def check():
        raise Violation("other items than a moment ago")

    finding, _ = judged(check, Listing(moves=10**6))
    assert isinstance(finding, Inconclusive)


def test_an_example_that_is_run_again_draws_the_same_values():
    seen = []

    @given(st.data())
    def check(data):
        seen.append(data.draw(st.integers(0, 10**9)))
        if len(seen) == 1:
            raise Violation("other items than a moment ago")

    finding, _ = judged(check, Listing(moves=1), max_examples=1)
    assert finding is None
    assert seen[0] == seen[1]


def test_the_plainest_failing_example_is_shown():
    @given(st.data())
    def check(data):
        n = data.draw(st.integers(0, 10**6))
        if n >= 1000:
            raise Violation("too large", received=n, exchange=exchange("u" * len(str(n))))

    finding, _ = judged(check)
    assert dict(finding.exchange.call.parameters)["Text"] == "uuuu"


def test_a_failure_that_does_not_repeat_is_still_a_failure():
    state = {"failed": False}

    @given(st.data())
    def check(data):
        data.draw(st.integers())
        if not state["failed"]:
            state["failed"] = True
            raise Violation("once in a while", exchange=exchange("u"))

    finding, _ = judged(check)
    assert isinstance(finding, Violation)
    assert finding.message == "once in a while"


def test_what_cannot_be_judged_ends_the_check_at_once():
    calls = []

    @given(st.data())
    def check(data):
        data.draw(st.integers())
        calls.append(1)
        raise NotApplicable("not here")

    finding, tried = judged(check)
    assert isinstance(finding, NotApplicable)
    assert tried == 0
    assert len(calls) == 1


def test_a_search_for_plainer_examples_is_bounded():
    calls = []

    @given(st.data())
    def check(data):
        calls.append(data.draw(st.lists(st.integers(), min_size=1)))
        raise Violation("always", exchange=exchange("u" * len(calls)))

    judged(check, shrinks=5)
    assert len(calls) <= 7


def test_a_fault_of_the_suite_is_no_finding():
    def check():
        raise KeyError("a bug")

    try:
        judged(check)
    except KeyError:
        return
    raise AssertionError("the suite's own fault was taken for a finding")
