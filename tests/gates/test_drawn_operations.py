"""Faults and variants of operations that nobody chose: drawn over all kinds of a whole service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from functools import partial

import pytest
from attrs import define, field

from tests.gates.drawn import NotShown, accused, drawn, found_early, missed

# some are found by traffic that a short run does not have
SHARE, EARLY_SHARE = 0.95, 0.9
SEEDS = (1, 2)


def test_what_is_drawn_is_of_every_kind_and_of_many_families():
    every = [one for seed in SEEDS for one in drawn(seed, operations=30, faults=12)]
    names = {one.contract.operation for one in every}
    families = {fault.name.partition(":")[0] for one in every for fault, _ in one.faults}
    assert len(names) >= 40
    assert len(families) >= 150


@define
class Tally:
    """How many faults were found, which were not, and how many cannot be by whom knows the documentation alone."""

    found: int = 0
    missing: list[str] = field(factory=list)
    left_out: Counter[str] = field(factory=Counter)

    def note(self, name: str, look: Callable[[], Collection[str] | bool]) -> None:
        """`look` says what missed a fault, or whether one was not found. Raises nothing for one that does not show."""
        try:
            missing = look()
        except NotShown as why:
            self.left_out[str(why)] += 1
            return
        self.found += not missing
        self.missing += [f"{name}: {missing}"] if missing else []

    @property
    def share(self) -> float:
        """The share that was found, of those that can be."""
        return self.found / (self.found + len(self.missing))

    def __str__(self) -> str:
        counts = f"{self.found} of {self.found + len(self.missing)} faults found ({self.share:.1%})"
        return "\n".join([counts, *self.missing, *(f"{n} left out. {why}" for why, n in self.left_out.items())])


@pytest.mark.parametrize(
    "one", list(drawn(3, operations=1, faults=8, variants=2)), ids=lambda one: one.contract.operation
)
def test_its_faults_are_found_and_its_variants_are_not_accused(one, tmp_path):
    tally = Tally()
    for fault, about in one.faults:
        tally.note(fault.name, lambda fault=fault, about=about: missed(one, fault, about, tmp_path))
    assert tally.found
    assert not tally.missing, tally
    for variant in one.variants:
        assert not accused(one, variant, tmp_path), variant


def tallied(seed: int, look: Callable[..., Collection[str] | bool]) -> Tally:
    """What came of 12 faults of each of 30 operations; `look` says what missed one."""
    tally = Tally()
    for one in drawn(seed, operations=30, faults=12):
        for fault, about in one.faults:
            tally.note(f"{one.contract.operation} {fault.name}", partial(look, one, fault, about))
    print(tally)
    return tally


@pytest.mark.gate
@pytest.mark.parametrize("seed", SEEDS)
def test_nearly_all_faults_of_30_operations_are_found(seed, tmp_path):
    tally = tallied(seed, lambda one, fault, about: missed(one, fault, about, tmp_path))
    assert tally.found >= 300
    assert tally.share >= SHARE, tally


@pytest.mark.gate
@pytest.mark.parametrize("seed", SEEDS)
def test_most_faults_are_found_in_the_first_hundred_requests_of_an_operation(seed, tmp_path):
    tally = tallied(seed, lambda one, fault, about: not found_early(one, fault, about, tmp_path))
    assert tally.found >= 50
    assert tally.share >= EARLY_SHARE, tally


@pytest.fixture(scope="module")
def thirty():
    """Drawn when the gate runs, not whenever tests are collected."""
    return list(drawn(1, operations=30, faults=0, variants=15))


@pytest.mark.gate
@pytest.mark.parametrize("place", range(30))
def test_no_variant_is_accused(place, thirty, tmp_path):
    one = thirty[place]
    for variant in one.variants:
        assert not accused(one, variant, tmp_path), (one.contract.operation, variant)
