"""Takes away what a run created and what is still there, by what the run wrote down and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from attrs import define, evolve, field, frozen

from conformance.endpoint.absence import GONE, NOT_THERE
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Finding
from conformance.endpoint.lifecycle.asker import Asker, without_secrets
from conformance.endpoint.lifecycle.creations import Creation, Creations
from conformance.endpoint.lifecycle.guard import OURS
from conformance.endpoint.lifecycle.listings import Listed, Listings, TooLong
from conformance.endpoint.lifecycle.relations import Lifecycle, folded, lifecycle_of
from conformance.endpoint.lifecycle.sight import FIRST_PAUSE, LONGEST_PAUSE, is_ending
from conformance.endpoint.response_reading import Item

FORCE = "Force"
# how many things that were gone already, and that were removed, are told one by one
FEW, MANY = 3, 20


@frozen
class Cleaning:
    """What was removed, what was already gone, and what could not be removed, each a line."""

    removed: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.already or self.left)


@define(eq=False)
class Cleaner:
    """Works through the creations of a run, the newest first. `patience` is in seconds, for each of them."""

    creations: Creations
    asker: Asker
    patience: float
    removed: list[str] = field(factory=list)
    already: list[str] = field(factory=list)
    left: list[str] = field(factory=list)
    _lives: dict[str, Lifecycle | None] = field(factory=dict)
    _read: dict[tuple[str, str], Listed] = field(factory=dict)
    _handled: set[str] = field(factory=set)
    _in_vain: set[str] = field(factory=set)
    # how many things were removed when the deletion of one was refused
    _refused_at: list[int] = field(factory=list)

    def run(self) -> Cleaning:
        """Take away what is there. What stands in the way of one does not keep another; where it was a thing that has
        been taken away since, the one is tried again.
        """
        self._once()
        while self._refused_at and min(self._refused_at) < len(self.removed):
            self.left.clear()
            self._refused_at.clear()
            self._once()
        self.left += self._alike()
        return Cleaning(tuple(self.removed), tuple(self.already), tuple(self.left))

    def _once(self) -> None:
        for creation in reversed(self.creations.all):
            if creation.is_over:
                continue
            intent = creation.intent
            lifecycle = self._life(intent.operation)
            if lifecycle is None or lifecycle.delete is None:
                self.left.append(f"{intent.resource}: nothing is known that takes away what {intent.operation} makes")
                continue
            try:
                self._one(creation, lifecycle)
            except Finding as found:
                line = f"{intent.resource} {_called(creation)} in {intent.region}: {found.message}"
                self.left.append(without_secrets(line, found.exchange))

    def _alike(self) -> Iterator[str]:
        """What is called as something that is away, and is none that an answer told of: whose it is nobody knows."""
        self._read.clear()
        over = [c for c in self.creations.all if c.is_over]
        for operation, region in dict.fromkeys((c.intent.operation, c.intent.region) for c in over):
            lifecycle = self._life(operation)
            if lifecycle is None or lifecycle.list is None:
                continue
            of_it = [c for c in over if c.intent.operation == operation]
            try:
                listing = self._listing(lifecycle, region, {})
            except Finding:
                continue  # a list that cannot be read as a whole shows nothing more
            told = {id for c in of_it for id in c.ids or ()}
            for text in dict.fromkeys(t for c in of_it for t in c.intent.texts.values()):
                for id in {*listing.ids_with(text)} - told:
                    told.add(id)
                    line = f"{lifecycle.resource} {id} in {region}: it is called {text}, and no answer told of it"
                    yield without_secrets(f"{line}; it is left alone")

    def _life(self, operation: str) -> Lifecycle | None:
        if operation not in self._lives:
            known = operation in self.asker.service.operations
            self._lives[operation] = lifecycle_of(self.asker.service, operation) if known else None
        return self._lives[operation]

    def _one(self, creation: Creation, lifecycle: Lifecycle) -> None:
        number = creation.intent.number
        ids = creation.ids or self._found(creation, lifecycle)
        if creation.ids is None:
            if not ids:
                self.creations.settled(number)
                return
            self.creations.created(number, ids)
        for id in ids:
            if id in self._handled:  # two requests with one token have made one thing
                self.creations.gone(number, id, "already")
            elif id not in creation.gone:
                self._take_away(number, id, creation, lifecycle)

    def _found(self, creation: Creation, lifecycle: Lifecycle) -> tuple[str, ...]:
        """What a request made whose answer gave no id. What was refused need not be looked for where nothing can be."""
        try:
            return self._by_name(creation, lifecycle, creation.intent.region)
        except Finding:
            if creation.refused:
                return ()
            if creation.intent.region in self._regions:
                raise
        # the service has no such region, so what was asked for there is nowhere, or where everything else is
        for region in sorted({c.intent.region for c in self.creations.all} & self._regions):
            if found := self._by_name(creation, lifecycle, region):
                creation.intent = evolve(creation.intent, region=region)
                return found
        return ()

    @property
    def _regions(self) -> frozenset[str]:
        """The regions that there are: those that are documented, and those that the run was given."""
        return frozenset((*self.asker.protocol.regions, *self.asker.settings.regions))

    # ----------------------------------------------------------------------------------------------------- finding

    def _by_name(self, creation: Creation, lifecycle: Lifecycle, region: str) -> tuple[str, ...]:
        """What goes by the names that were given. Where nobody saw the answer, it may appear a moment later."""
        until, pause = time.monotonic() + (0 if creation.refused else self.patience), FIRST_PAUSE
        while True:
            listing = self._listing(lifecycle, region, creation.intent.texts)
            ids = tuple(dict.fromkeys(i for text in creation.intent.texts.values() for i in listing.ids_with(text)))
            if ids or time.monotonic() + pause > until:
                return ids
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._read.clear()

    def _listing(self, lifecycle: Lifecycle, region: str, texts: Mapping[str, str]) -> Listed:
        """The list of a region: read once for all that is looked for in it, and by name where it is long."""
        key, listings = (lifecycle.list or "", region), Listings(self.asker, lifecycle)
        if key not in self._read:
            try:
                self._read[key] = listings.narrowed(region, {}, texts)
            except TooLong:
                return listings.with_texts(region, texts)
        return self._read[key]

    # ---------------------------------------------------------------------------------------------------- removing

    def _take_away(self, number: int, id: str, creation: Creation, lifecycle: Lifecycle) -> None:
        """Delete one thing, and see that it is gone. What is in the way may pass: it is tried until patience ends."""
        intent = creation.intent
        line = without_secrets(f"{intent.resource} {id} in {intent.region}")
        item = self._item(lifecycle, intent.region, id, creation)
        named = item is None or any(OURS in (text or "") for text in item.values())
        if not named and id not in creation.seen:
            self.left.append(f"{line}: it is not called as this run calls what it makes, and is left alone")
            return
        # where deletions do nothing, that is waited for once and not for each thing
        operation = lifecycle.delete.operation if lifecycle.delete else ""
        patience = 0.0 if operation in self._in_vain else self.patience
        until, pause, accepted = time.monotonic() + patience, FIRST_PAUSE, False
        while True:
            answer = self._delete(lifecycle, creation, id)
            accepted = accepted or answer.accepted
            absent = answer.status == GONE or any(word in (answer.code or "") for word in NOT_THERE)
            unknown = answer.refused and absent
            if (answer.accepted or unknown) and self._is_gone(lifecycle, intent.region, id, creation):
                self._handled.add(id)
                self.creations.gone(number, id, "removed" if accepted else "already")
                (self.removed if accepted else self.already).append(line)
                return
            if time.monotonic() + pause > until:
                self._in_vain |= {operation} if accepted else set()
                self._refused_at += [] if accepted else [len(self.removed)]
                said = "it is still listed after its deletion" if accepted else f"the answer is {answer.outline()}"
                self.left.append(without_secrets(f"{line}: {said}", answer.exchange))
                return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _delete(self, lifecycle: Lifecycle, creation: Creation, id: str) -> Answer:
        naming = lifecycle.delete
        assert naming is not None, "seen to by whoever calls this"
        named = (t for m, t in creation.intent.texts.items() if folded(m) == folded(naming.member))
        sent = naming.sent([next(named, id)])
        force = self.asker.contract(naming.operation).parameter(FORCE)
        if force is not None and force.type == "boolean":
            sent[FORCE] = "true"
        return self.asker.ask(naming.operation, sent, creation.intent.region)

    def _is_gone(self, lifecycle: Lifecycle, region: str, id: str, creation: Creation) -> bool:
        item = self._item(lifecycle, region, id, creation)
        return item is None or is_ending(item)

    def _item(self, lifecycle: Lifecycle, region: str, id: str, creation: Creation) -> Item | None:
        listing = Listings(self.asker, lifecycle).every(region, [id], creation.intent.texts)
        return listing.find(id, creation.intent.texts)


def _called(creation: Creation) -> str:
    return ", ".join(creation.ids or creation.intent.texts.values())


def lines(cleaning: Cleaning) -> Iterator[str]:
    """What came of it, one line each; of many things that are away how many they were, which the file tells by id."""
    for word, found, most in (("removed", cleaning.removed, MANY), ("already gone", cleaning.already, FEW)):
        if len(found) > most:
            yield f"{word}: {len(found)} things, such as {found[0]}"
        else:
            yield from (f"{word}: {line}" for line in found)
    yield from (f"could not be removed: {line}" for line in cleaning.left)
