"""Tests shared out among processes: each runs once, the parts come together, and a part that is lost is noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, field

from conformance.endpoint.sharing import ShareLost, Sharer, Sharing


@define(eq=False)
class Item:
    """Stands in for a test: what it does, and how long it is said to take."""

    name: str
    cost: float = 1.0
    act: Callable[[], None] = lambda: None
    config: Any = None


@define(eq=False)
class Bench:
    """Runs items in shares, and keeps where each ran."""

    ran: list[tuple[str, int]] = field(factory=list)
    begun: list[tuple[set[str], set[str], bool]] = field(factory=list)
    came: list[list[tuple[str, int]]] = field(factory=list)

    def run(self, items: list[Item], count: int) -> None:
        config = SimpleNamespace(hook=SimpleNamespace(pytest_runtest_protocol=self._one))
        for item in items:
            item.config = config
        sharer = Sharer(
            lambda item: item.name.startswith("first"), lambda item: item.cost, self._begin, lambda: self.ran,
            self.came.append,
        )  # fmt: skip
        assert Sharing(sharer, count).pytest_runtestloop(SimpleNamespace(items=items))

    def _one(self, item: Item, nextitem: Item | None) -> None:
        self.ran.append((item.name, os.getpid()))
        item.act()

    def _begin(self, mine: list[Item], others: list[Item], child: bool) -> None:
        self.begun.append(({i.name for i in mine}, {i.name for i in others}, child))
        if child:
            self.ran.clear()


@pytest.mark.parametrize("count", [2, 3, 7])
def test_each_runs_once_the_first_here_and_the_others_shared_out(count: int) -> None:
    bench, names = Bench(), [f"test-{n}" for n in range(6)]
    bench.run([Item("first"), *map(Item, names)], count)
    everywhere = [*bench.ran, *(entry for share in bench.came for entry in share)]
    assert sorted(name for name, _ in everywhere) == ["first", *names]
    assert dict(everywhere)["first"] == os.getpid()
    assert len({pid for _, pid in everywhere}) == min(count, len(names))
    assert len(bench.came) == count - 1


def test_the_longest_are_dealt_first_and_the_order_is_kept() -> None:
    bench = Bench()
    bench.run([Item("a", 1), Item("b", 5), Item("c", 2), Item("d", 3), Item("e", 1)], 2)
    ((mine, others, child),) = bench.begun
    assert not child
    assert [name for name, _ in bench.ran] == ["a", "b"]
    assert [name for name, _ in bench.came[0]] == ["c", "d", "e"]
    assert mine | others == {"a", "b", "c", "d", "e"}
    assert not mine & others


def test_a_process_that_dies_is_noticed() -> None:
    here = os.getpid()

    def die() -> None:
        if os.getpid() != here:
            os._exit(3)

    with pytest.raises(ShareLost, match="ended early"):
        Bench().run([Item("a", act=die), Item("b", act=die)], 2)


def test_what_breaks_in_a_process_is_told() -> None:
    here = os.getpid()

    def break_down() -> None:
        if os.getpid() != here:
            raise KeyError("what was looked for")

    with pytest.raises(ShareLost, match="broke down: KeyError: 'what was looked for'"):
        Bench().run([Item("a", act=break_down), Item("b", act=break_down)], 2)
