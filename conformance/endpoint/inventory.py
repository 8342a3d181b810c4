"""The inventory: the whole listing of a region, which what a request must bring is computed from."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, evolve, field, frozen

from conformance.endpoint.response_reading import Item
from conformance.generate.times import parse_time

# how often a listing that is not what it was is read again, until two readings in a row agree on the change
READINGS = 4


@frozen
class Inventory:
    """The whole listing of a region at one moment. `items` in the order of the pages.

    `facts` are what an operation without a list says, by path. `shown` is how many items its pages had, each time that
    one was there, where other readings had to say what there is.
    """

    region: str
    items: tuple[Item, ...]
    total: int | None
    facts: tuple[tuple[str, str | None], ...] = ()
    shown: int | None = None

    @property
    def on_pages(self) -> int:
        """How many items the pages showed."""
        return len(self.items) if self.shown is None else self.shown

    @property
    def count(self) -> int:
        """How many items there are: the total that is shown, or the items themselves where none is."""
        return len(self.items) if self.total is None else self.total

    @property
    def moving(self) -> tuple[object, ...]:
        """What of a listing a change can move: neither its order, nor a time that an item has.

        What differs in these from reading to reading was answered wrongly.
        """
        return self.region, self.total, tuple(sorted(map(_moving, self.items))), self.facts

    def keys(self, name: str) -> tuple[str, ...]:
        """The values of the field `name`, which identifies items."""
        return tuple(item.get(name) or "" for item in self.items)


def _moving(item: Item) -> tuple[tuple[str, str], ...]:
    return tuple((name, "a time" if parse_time(text) else text or "") for name, text in sorted(item.items()))


def _text(item: Item) -> str:
    return "\n".join(text or "" for text in item.values())


@define
class Inventories:
    """The inventories of a run by region, each read once, and again where a listing may have moved: `read` takes a
    region, and which part of the largest page its pages have. `gives_away` says
    of a text whether it holds a secret of the run: no request is drawn from such an item. `key` is the field that
    identifies items, if one does.
    """

    read: Callable[..., Inventory]
    gives_away: Callable[[str], bool] = lambda text: False
    key: str | None = None
    _kept: dict[str, Inventory] = field(factory=dict)
    _former: dict[str, set[str]] = field(factory=dict)
    _samples: dict[str, tuple[Item, ...]] = field(factory=dict)
    _harmless: dict[str, tuple[Inventory, tuple[Item, ...]]] = field(factory=dict)
    _never_whole: set[str] = field(factory=set)

    def of(self, region: str) -> Inventory:
        """The inventory of a region, as it was read last."""
        if region not in self._kept:
            self._kept[region] = self._whole(region)
        return self._kept[region]

    def _whole(self, region: str) -> Inventory:
        """A reading of a region. Where its pages show an item twice and another not at all, as those of an order that
        turns do, further readings say what there is, if they come to the total.
        """
        read = self.read(region)
        by_key = {item.get(self.key): item for item in read.items if self.key}
        if not by_key or read.total is None or len(by_key) >= read.total or region in self._never_whole:
            return read
        for smaller in range(2, READINGS):
            again = self.read(region, smaller)
            by_key |= {item.get(self.key or ""): item for item in again.items}
            if again.total == read.total == len(by_key):
                return evolve(read, items=tuple(by_key.values()), shown=len(read.items))
        self._never_whole.add(region)
        return read

    def sample(self, region: str) -> tuple[Item, ...]:
        """The items of a region as they were at the first call since `resample`, without those that hold a secret."""
        if region not in self._samples:
            inventory = self.of(region)
            known, items = self._harmless.get(region, (None, ()))
            if known is not inventory:  # items may be long, and are looked over once
                items = inventory.items
                if self.gives_away("\n".join(map(_text, items))):
                    items = tuple(item for item in items if not self.gives_away(_text(item)))
                self._harmless[region] = (inventory, items)
            self._samples[region] = items
        return self._samples[region]

    def gone(self, region: str) -> frozenset[str]:
        """What identified items that were there at an earlier reading and are not any more."""
        former = self._former.get(region)
        return frozenset(former).difference(self.of(region).keys(self.key)) if former and self.key else frozenset()

    def lost(self, region: str) -> frozenset[str]:
        """What identified items of a region that are not there when it is read again."""
        if self.key is None or region not in self._kept:
            return frozenset()
        return frozenset(self._kept[region].keys(self.key)).difference(self._whole(region).keys(self.key))

    def resample(self) -> None:
        """From here on, `sample` is what the inventory is now."""
        self._samples = {}

    def have_moved(self) -> bool:
        """Whether listings that were read are no longer what they were, and are not merely answered wrongly.

        Two readings in a row must agree on the change: an answer that is wrong once in a while is no movement.
        """
        for region, before in tuple(self._kept.items()):
            previous = self._whole(region)
            for _ in range(READINGS):
                now = self._whole(region)
                if now.moving == previous.moving:
                    break
                previous = now
            if now.moving != before.moving:
                self._kept[region] = now
                if self.key:
                    self._former.setdefault(region, set()).update(before.keys(self.key))
                return True
        return False
