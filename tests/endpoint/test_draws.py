"""Drawn values follow from the seed, are kept as JSON, and come back as they were."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from conformance.endpoint.draws import Discarded, FreshDraws, KeptDraws, exploring, from_plain, to_plain
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.own_hypothesis import own_hypothesis
from conformance.generate.views import View
from conformance.wire.exchange import Channel

texts = st.text(st.characters(), max_size=8)  # half surrogate pairs among them
times = st.datetimes(timezones=st.just(UTC)) | st.datetimes()
scalars = st.none() | st.booleans() | st.integers() | texts | times | st.timedeltas(timedelta(0), timedelta(days=9))
channels = st.builds(
    Channel, st.sampled_from(["json", "xml", None]), st.sampled_from(["v1", "v3"]), st.sampled_from(["GET", "POST"])
)
views = st.builds(
    View, st.dictionaries(texts, texts, max_size=3), st.none() | st.lists(texts, max_size=3).map(tuple), times, times
)
drawn = st.recursive(
    scalars | channels | views,
    lambda inner: (
        st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)


@given(drawn)
def test_there_and_back(value: object) -> None:
    text = json.dumps(to_plain(value), ensure_ascii=False)
    text.encode("utf-8")
    back = from_plain(json.loads(text))
    assert back == value
    assert type(back) is type(value)


def test_a_value_without_such_a_form_is_no_silent_loss() -> None:
    with pytest.raises(TypeError, match="complex"):
        to_plain([1j])


def test_what_is_no_drawn_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no drawn value"):
        from_plain({"eval": "1"})


def test_kept_draws_are_given_in_order_and_again() -> None:
    draws = KeptDraws([("a", 1), (None, {"tuple": [2]})])
    for _ in range(2):
        draws.again()
        assert [draws.draw(None, "a"), draws.draw(None)] == [1, (2,)]


@pytest.mark.parametrize(
    ("kept", "labels", "message"),
    [([("a", 1)], ["b"], "draws b where a was recorded"), ([("a", 1)], ["a", "b"], r"more than was recorded \(b\)")],
)
def test_another_check_than_the_recorded_one_cannot_be_judged(kept, labels, message) -> None:
    draws = KeptDraws(kept)
    *before, last = labels
    for label in before:
        draws.draw(None, label)
    with pytest.raises(Inconclusive, match=message):
        draws.draw(None, last)


def test_an_example_that_ended_early_ends_there_again() -> None:
    with pytest.raises(Discarded):
        KeptDraws([], whole=False).draw(None)


@given(st.data())
def test_draws_are_kept_with_their_labels(data: st.DataObject) -> None:
    draws = FreshDraws(data)
    value = draws.draw(st.integers(), "number")
    draws.again()
    assert draws.draw(st.integers(), "number") == value
    assert draws.plain() == [("number", value)]


def drawn_by_the_seed() -> list[int]:
    numbers: list[int] = []

    @seed("a seed")
    @exploring(100)
    @given(st.integers(0, 10**12))
    def explore(number: int) -> None:
        numbers.append(number)

    with own_hypothesis():
        explore()
    return numbers


def test_a_module_that_happens_to_be_loaded_changes_nothing_that_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn_by_the_seed()
    (tmp_path / "somebodys_numbers.py").write_text("NUMBERS = (" + ", ".join(map(str, range(10**6, 10**6 + 99))) + ")")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("somebodys_numbers")
    assert drawn_by_the_seed() == before

    @exploring(300)
    @given(st.integers(0, 10**12))
    def of_somebody(number: int) -> None:
        found.add(number)

    found: set[int] = set()
    of_somebody()
    assert found & set(range(10**6, 10**6 + 99)), "Hypothesis draws no constants of modules: the test shows nothing"
