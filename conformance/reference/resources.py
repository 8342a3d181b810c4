"""What exists in a mocked service: things by resource, region and id, which requests make, change and remove."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define, field, frozen


@frozen
class Change:
    """What becomes of a thing at a time (seconds since 1970): values to take, or its end."""

    at: float
    values: Mapping[str, Any] = {}
    gone: bool = False


@define
class Thing:
    """One thing. `values` are by documented member name; None for a value that does not exist yet."""

    resource: str
    id: str
    region: str
    values: dict[str, Any] = field(factory=dict)
    changes: list[Change] = field(factory=list)
    gone: bool = False

    def advance(self, now: float) -> None:
        """Make the changes that are due."""
        for change in sorted((c for c in self.changes if c.at <= now), key=lambda c: c.at):
            self.values |= change.values
            self.gone = self.gone or change.gone
        self.changes = [c for c in self.changes if c.at > now]


@define
class Resources:
    """Every thing of a service. One lock guards it: whoever changes several things holds it throughout."""

    things: dict[tuple[str, str], dict[str, Thing]] = field(factory=dict)
    lock: threading.RLock = field(factory=threading.RLock)

    def add(self, thing: Thing) -> Thing:
        """Keep a thing. Where there is one of that id it is replaced."""
        with self.lock:
            self.things.setdefault((thing.resource, thing.region), {})[thing.id] = thing
            return thing

    def remove(self, thing: Thing) -> None:
        """Forget a thing."""
        with self.lock:
            self.things.get((thing.resource, thing.region), {}).pop(thing.id, None)

    def find(self, resource: str, id: str, region: str, now: float) -> Thing | None:
        """The thing of that id in a region; in any where the region is the empty string."""
        with self.lock:
            return next((t for t in self.every(resource, region, now) if t.id == id), None)

    def every(self, resource: str, region: str, now: float) -> tuple[Thing, ...]:
        """The things of a resource in a region, or in all, in the order in which they came."""
        with self.lock:
            return tuple(self._current(resource, region, now))

    def _current(self, resource: str, region: str, now: float) -> Iterator[Thing]:
        for (of, where), things in list(self.things.items()):
            if of != resource or region not in ("", where):
                continue
            for thing in list(things.values()):
                thing.advance(now)
                if thing.gone:
                    del things[thing.id]
                else:
                    yield thing

    def named(self, resource: str, ids: Iterable[str], region: str, now: float) -> dict[str, Thing | None]:
        """The things of the ids, each or None."""
        known = {t.id: t for t in self.every(resource, region, now)}
        return {id: known.get(id) for id in ids}
