"""What a sequence of requests made, and how it is looked at: what must be listed is, as it was given."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.book import Book, BrokenSequence
from conformance.endpoint.lifecycle.guard import OURS
from conformance.endpoint.lifecycle.listings import Listed, Listings
from conformance.endpoint.lifecycle.relations import Lifecycle, Naming, folded
from conformance.endpoint.response_reading import Item

# seconds before the first look again, and the most between two
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
# what the state of a thing says that is on its way out, or stays to be seen for a while after its end
ENDING = ("delet", "releas", "terminat", "recycl", "destroy")
# what the state of a thing says that is not made yet
BEGINNING = ("creating", "pending", "progressing", "initializ", "initialis", "preparing", "building")

Looks = Callable[[], Iterator[BrokenSequence]]


@define(eq=False)
class Living:
    """A thing that a story made: its id, what it was given, by the member that shows it, and what became of it.

    `sent` is the request that made it, `former` what it was given before a change. `seen` once it was listed, `shown`
    once it was as it was given, `gone` once it was deleted, and `vanished` once it was not listed any more.
    """

    id: str
    texts: dict[str, str]
    sent: Mapping[str, str]
    former: dict[str, str] = field(factory=dict)
    seen: bool = False
    shown: bool = False
    edited: bool = False
    gone: bool = False
    vanished: bool = False

    def called(self, naming: Naming) -> str:
        """What it is called by an operation that is told what it is about: its id, or its name."""
        own = (value for name, value in self.sent.items() if folded(name) == folded(naming.member))
        return next(own, self.id)


@define(eq=False)
class Sight:
    """The things of a sequence as it goes on. `patience` is how many seconds an endpoint may take to show what it did.

    What is not as it must be raises BrokenSequence, what cannot be judged Inconclusive.
    """

    asker: Asker
    lifecycle: Lifecycle
    book: Book
    regions: tuple[str, ...]
    patience: float
    things: list[Living] = field(factory=list)
    never: list[str] = field(factory=list)
    # ids that the last look saw listed, of this story or of the one before
    listed: set[str] = field(factory=set)
    # texts of which it is known that other items have them
    spread: set[str] = field(factory=set)
    _last: Listed | None = None
    listings: Listings = field(init=False)

    @listings.default
    def _made(self) -> Listings:
        return Listings(self.asker, self.lifecycle)

    @property
    def alive(self) -> list[Living]:
        """The things that are there."""
        return [t for t in self.things if not t.gone]

    @property
    def dead(self) -> list[Living]:
        """The things that were deleted."""
        return [t for t in self.things if t.gone]

    # ---------------------------------------------------------------------------------------------------- looking

    def look(self) -> None:
        """See that everything that is there is listed as it was given, and nothing else that this story made."""
        try:
            self._patiently(self._listed)
        finally:
            if self._last is not None:
                self.listed.clear()
                self.listed.update(id for i in self._last.items for m in self._last.ids if (id := i.get(m)))
        self._take_as_seen()
        for thing in self.alive:
            thing.seen = thing.shown = True
        if any(t.edited for t in self.things):
            self.book.met("sequences.changed-as-asked")
        if self.alive:
            self.book.met("sequences.created-listed", *(["sequences.created-as-asked"] if self.lifecycle.texts else []))
        if len(self.things) > 1:
            self.book.met("sequences.ids-differ", "sequences.unchanged-by-others")
        if self.dead:
            self.book.met("sequences.gone", *(["sequences.stays"] if self.alive else []))

    def _take_as_seen(self) -> None:
        """What is known not to be as it must be is taken as it is from here on: one cause is found once."""
        assert self._last is not None, "there was a look"
        self.spread |= {text for _, _, text, _ in self._spread_over(self._last)}
        kept = []
        for thing in self.things:
            item = self._last.find(thing.id, thing.texts)
            if thing.gone == (item is None) or (thing.gone and item is not None and is_ending(item)):
                thing.texts = {n: item.get(n) or "" for n in thing.texts} if item else thing.texts
                kept.append(thing)
        self.things = kept

    def _listed(self) -> Iterator[BrokenSequence]:
        listing = self._last = self.listings.every(self.regions[0], [t.id for t in self.things], self._sent)
        for thing in self.things:
            item = listing.find(thing.id, thing.texts)
            if thing.gone:
                thing.vanished = item is None
                if item is not None and not is_ending(item):
                    yield self._broken(
                        "sequences.gone", "what was deleted is listed", "no such item", thing.id, listing.answer
                    )
            elif item is None:
                check = "sequences.stays" if thing.seen else "sequences.created-listed"
                message = "what was not deleted is no longer listed" if thing.seen else "what was created is not listed"
                broken = self._broken(check, message, f"an item with the id {thing.id}", listing.shown, listing.answer)
                if not thing.seen and (hiding := self.listings.hiding(listing)) and not self._is_nowhere(thing, hiding):
                    said = f"not judged: {message}, and the default of {' or '.join(hiding)} may leave it out"
                    broken.instead = Inconclusive(said, listing.answer.exchange)
                yield broken
            else:
                yield from self._as_given(thing, item, listing.answer)
        yield from self._on_others(listing)
        for text in self.never:
            if found := listing.with_text(text):
                yield self._broken("sequences.dry-run", "a dry run made a thing", "no such item", found, listing.answer)

    def _on_others(self, listing: Listed) -> Iterator[BrokenSequence]:
        """Things that no request of this story was about, and that have what it gave to one of its own."""
        for thing, member, text, other in self._spread_over(listing):
            if text not in self.spread:
                id = next((other[m] for m in listing.ids if other.get(m)), "an item")
                check = "unchanged-by-others" if thing.shown or id in self.listed else "created-listed"
                message = f"another item has the {member} of what was {'changed' if thing.edited else 'created'}"
                expected = f"{member} {text} of {thing.id} alone"
                yield self._broken(f"sequences.{check}", message, expected, id, listing.answer)

    def _spread_over(self, listing: Listed) -> Iterator[tuple[Living, str, str, Item]]:
        """What was given to a thing of this story, by its member, and another item that has it."""
        known, ids = [listing.find(t.id, t.texts) for t in self.things], {t.id for t in self.things}
        others = [i for i in listing.items if i not in known and ids.isdisjoint(i.get(m) for m in listing.ids)]
        for thing in self.alive:
            for member, text in thing.texts.items():
                found = (i for i in others if OURS in text and i.get(member) == text)
                yield from ((thing, member, text, other) for other in islice(found, 1))

    def _is_nowhere(self, thing: Living, hiding: Sequence[str]) -> bool:
        """Whether a thing is not listed under any values of the filters that may hide it, where all are known."""
        views = self.listings.combinations(hiding)
        region = self.regions[0]
        return bool(views) and not any(
            self.listings.narrowed(region, view, self._sent).find(thing.id, thing.texts) for view in views
        )

    def _as_given(self, thing: Living, item: Item, answer: Answer) -> Iterator[BrokenSequence]:
        for member, text in thing.texts.items():
            if (item.get(member) or "") == text:
                continue
            check, message = "sequences.created-as-asked", f"what was created has another {member}"
            if thing.edited:
                check, message = "sequences.changed-as-asked", f"what was changed has another {member}"
            elif thing.shown:
                check, message = "sequences.unchanged-by-others", f"{member} has changed, and no request was about it"
            yield self._broken(check, message, f"{member}: {text}", f"{member}: {item.get(member)}", answer)

    # ------------------------------------------------------------------------------------------------------ parts

    @property
    def _sent(self) -> Mapping[str, str]:
        """What the requests that made things said: a list may have to be told some of it."""
        return self.things[-1].sent if self.things else {}

    def _patiently(self, looks: Looks) -> None:
        """Look until there is nothing against it, or patience is at its end. Raises what there is then."""
        until, pause = time.monotonic() + self.patience, FIRST_PAUSE
        while True:
            found = [broken for broken in looks() if self.book.is_open(broken.check)]
            if not found:
                return
            if time.monotonic() + pause > until:
                raise found[0].instead or found[0]
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _claim(self, check: str, holds: bool, message: str, expected: object, received: object, answer: Answer) -> None:
        if not holds and self.book.is_open(check):
            raise self._broken(check, message, expected, received, answer)
        if holds and check != "sequences.ids-differ":  # which takes two things
            self.book.met(check)

    @staticmethod
    def _broken(check: str, message: str, expected: object, received: object, answer: Answer) -> BrokenSequence:
        return BrokenSequence(check, message, expected=expected, received=received, exchange=answer.exchange)

    def _one_of(self, things: list[Living], which: int) -> Living:
        seen = [t for t in things if t.seen]
        if seen:
            return seen[which % len(seen)]
        lost = next((c for c in ("created-listed", "stays", "gone") if f"sequences.{c}" in self.book.failures), None)
        because = f"sequences.{lost}" if lost else None
        raise Inconclusive("not judged: there is nothing to do this with", because=because)

    @staticmethod
    def _part(naming: Naming | None) -> Naming:
        if naming is None:
            raise Inconclusive("not judged: no operation does this")
        return naming

    @staticmethod
    def _need_gone(thing: Living) -> None:
        if not thing.vanished:
            raise Inconclusive("not judged: what was deleted is still shown, in a state that says so")


def is_ending(item: Mapping[str, str | None]) -> bool:
    """Whether a state says that a thing is on its way out, or is only shown still."""
    return _is_in_a_state(item, ENDING)


def is_beginning(item: Mapping[str, str | None]) -> bool:
    """Whether a state says that a thing is still being made."""
    return _is_in_a_state(item, BEGINNING)


def _is_in_a_state(item: Mapping[str, str | None], words: Sequence[str]) -> bool:
    states = (v for name, v in item.items() if name.rsplit(".", 1)[-1].endswith(("Status", "State")))
    return any(word in (state or "").casefold() for state in states for word in words)
