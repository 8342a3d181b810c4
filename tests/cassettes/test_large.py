"""A cassette of long answers is read in little more memory than its text takes, and says the same."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from conformance.cassettes import file, layout
from conformance.cassettes.cassette import Interaction
from tests.cassettes.test_file import cassette, interaction

MB = 1 << 20
# one rare character makes four bytes of each in the text that it stands in
RARE = "\U0001f600"


def answers(count: int, size: int) -> tuple[Interaction, ...]:
    random = Random(1)
    return tuple(
        interaction(n, f'{{"A":"{RARE}{random.randbytes(size // 2).hex()}"}}'.encode()) for n in range(1, count)
    )


def test_a_long_answer_is_kept_as_it_stands_until_it_is_asked_for() -> None:
    whole = evolve(cassette(), interactions=(interaction(1), *answers(5, 20_000)))
    text = file.dump(whole)
    kept = layout.data_of(text.encode(), "it")[layout.INTERACTIONS]
    assert [isinstance(one, layout.Packed) for one in kept] == [False, True, True, True, True]
    assert set(kept[1]) == {"request", "response", "acs"} == set(kept[0])
    assert len(kept[1]) == 3
    loaded = file.parse(text, "it")
    assert loaded.cassette == whole
    assert not loaded.changes


@pytest.mark.parametrize("place", [1, 3])
def test_what_was_changed_in_a_long_answer_is_named(place: int) -> None:
    lines = file.dump(evolve(cassette(), interactions=answers(5, 20_000))).split("\n")
    start = lines.index("interactions:")
    lines[start + place] = lines[start + place].replace('"code": 200', '"code": 201')
    assert file.parse("\n".join(lines), "it").changes == [f"interaction {place} was changed"]


def test_reading_takes_a_few_times_what_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml.gz"
    file.save(path, evolve(cassette(), interactions=answers(65, MB // 4)))
    tracemalloc.start()
    try:
        loaded = file.load(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(loaded.cassette.interactions) == 64
    assert most < 3 * 16 * MB
