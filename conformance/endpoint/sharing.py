"""Tests shared out among forked processes, for runs that wait for nothing but the processor, such as replays."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import pytest
from attrs import define, frozen

from conformance.interrupts import held_back, interrupted_once

Items = Sequence[pytest.Item]


def available(wanted: int) -> int:
    """How many processes a run can be shared out among: as many as wanted, where processes can be forked."""
    return wanted if "fork" in multiprocessing.get_all_start_methods() else 1


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@frozen
class Sharer:
    """What a run knows of its tests.

    `first` says which run before any other, in this process; `cost` how long one takes, in any unit. In each process
    `begin` is told its own tests, those of the others, and whether it is a child. At the end of a child `outcome` makes
    what it has to hand over, which can be pickled; `absorb` takes it here.
    """

    first: Callable[[pytest.Item], bool]
    cost: Callable[[pytest.Item], float]
    begin: Callable[[Items, Items, bool], None]
    outcome: Callable[[], Any]
    absorb: Callable[[Any], None]


@define(eq=False)
class Sharing:
    """A pytest plugin that runs the tests in `count` processes, this one among them."""

    sharer: Sharer
    count: int

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the first checks here, then each share in a process of its own."""
        first = [item for item in session.items if self.sharer.first(item)]
        mine, *others = self._shares([item for item in session.items if not self.sharer.first(item)])
        _run(first)
        children = [self._child(share, session.items) for share in others]
        try:
            self._begin(mine, session.items, False)
            _run(mine)
            for reader, _ in children:
                self.sharer.absorb(_received(reader))
        finally:
            for reader, process in children:
                process.kill()
                process.join()
                reader.close()
        return True

    def _shares(self, items: Items) -> list[list[pytest.Item]]:
        """The longest first, each to who has least; within a share in the order of the run."""
        shares: list[list[pytest.Item]] = [[] for _ in range(self.count)]
        load = [0.0] * self.count
        for item in sorted(items, key=self.sharer.cost, reverse=True):
            least = load.index(min(load))
            shares[least].append(item)
            load[least] += self.sharer.cost(item)
        place = {item: n for n, item in enumerate(items)}
        return [sorted(share, key=place.__getitem__) for share in shares]

    def _begin(self, share: Items, items: Items, child: bool) -> None:
        mine = set(share)
        others = [item for item in items if item not in mine and not self.sharer.first(item)]
        self.sharer.begin(share, others, child)

    def _child(self, share: Items, items: Items) -> tuple[Connection, Any]:
        forked = multiprocessing.get_context("fork")
        reader, writer = forked.Pipe(duplex=False)
        process = forked.Process(target=self._work, args=(share, items, writer), daemon=True)
        with held_back():
            process.start()
        writer.close()
        return reader, process

    def _work(self, share: Items, items: Items, writer: Connection) -> None:
        """In a child: its share, and what came of it. What breaks here breaks there."""
        try:
            interrupted_once()
            self._begin(share, items, True)
            _run(share)
            result: Any = self.sharer.outcome()
        except BaseException as e:
            result = Broken(f"{type(e).__name__}: {e}")
        writer.send_bytes(pickle.dumps(result))


@frozen
class Broken:
    """In place of an outcome: what went wrong in a child."""

    what: str


class ShareLost(RuntimeError):
    """A process did not come to the end of its share."""


def _run(items: Items) -> None:
    for place, item in enumerate(items, 1):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=items[place] if place < len(items) else None)


def _received(reader: Connection) -> Any:
    try:
        found = pickle.loads(reader.recv_bytes())
    except EOFError:
        raise ShareLost("a process that judged a share of the checks ended early") from None
    if isinstance(found, Broken):
        raise ShareLost(f"a process that judged a share of the checks broke down: {found.what}")
    return found
