"""How the things of a sequence are searched for: by filters and ids, by other operations, in other regions, and after
their end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define, evolve

from conformance.endpoint.absence import NOT_THERE
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.book import BrokenSequence
from conformance.endpoint.lifecycle.listings import Listings
from conformance.endpoint.lifecycle.relations import Naming, folded
from conformance.endpoint.lifecycle.sight import Living, Sight, is_ending


@define(eq=False)
class Search(Sight):
    """The steps of a sequence that change nothing."""

    def narrow(self, which: int) -> None:
        """Ask for one thing by each filter and id list of the list, and for none by a value that none has, or that a
        thing has no more.
        """
        thing = self._one_of(self.alive, which)
        views = list(self.listings.views(self.regions[0], thing.id, thing.texts))
        for sent, telling in views:
            self._patiently(lambda sent=sent, telling=telling: self._narrowed(thing, sent, telling))  # type: ignore[misc]
        former = {m: text for m, text in thing.former.items() if thing.texts.get(m) != text}
        by_former = self.listings.views(self.regions[0], thing.id, former)
        for sent in [sent for sent, telling in by_former if telling is not None]:
            self._patiently(lambda sent=sent: self._called_so(thing, sent))  # type: ignore[misc]
        if not views:
            raise Inconclusive("not judged: the thing has nothing that the list could be narrowed by")
        self.book.met("sequences.narrowed")

    def _called_so(self, thing: Living, sent: Mapping[str, str]) -> Iterator[BrokenSequence]:
        """By a text that was changed nothing is found."""
        listing = self.listings.narrowed(self.regions[0], sent, self._sent)
        if listing.find(thing.id, {}) is not None:
            message = f"a thing is found by the {', '.join(sent)} that it has no more"
            yield self._broken("sequences.narrowed", message, "no such item", thing.id, listing.answer)

    def _narrowed(self, thing: Living, sent: Mapping[str, str], telling: str | None) -> Iterator[BrokenSequence]:
        listing = self.listings.narrowed(self.regions[0], sent, self._sent)
        said = ", ".join(f"{name}={value}" for name, value in sent.items())
        if listing.find(thing.id, thing.texts) is None:
            yield self._broken(
                "sequences.narrowed", f"what was created is not found by {', '.join(sent)}",
                f"{thing.id} for {said}", listing.shown, listing.answer,
            )  # fmt: skip
        for other in self.alive:
            differs = telling is None or other.texts.get(telling) != thing.texts.get(telling)
            if other is not thing and differs and listing.find(other.id, other.texts) is not None:
                yield self._broken(
                    "sequences.narrowed", f"another thing is found by {', '.join(sent)}",
                    f"only {thing.id} for {said}", other.id, listing.answer,
                )  # fmt: skip

    def elsewhere(self) -> None:
        """Look into another region: nothing of this one is there."""
        self._one_of(self.alive, 0)
        if len(self.regions) < 2:
            raise Inconclusive("not judged: only one region is known")
        self._patiently(self._apart)
        self.book.met("sequences.regions-apart")

    def _apart(self) -> Iterator[BrokenSequence]:
        listing = self.listings.every(self.regions[1], [t.id for t in self.alive], self._sent)
        for thing in self.alive:
            if listing.find(thing.id, thing.texts) is not None:
                yield self._broken(
                    "sequences.regions-apart",
                    "what was created in one region is listed in another",
                    f"{thing.id} in {self.regions[0]} only",
                    f"{thing.id} in {self.regions[1]}",
                    listing.answer,
                )

    def get(self, which: int) -> None:
        """Get one thing that is there."""
        thing, naming = self._one_of(self.alive, which), self._part(self.lifecycle.get)
        self._patiently(lambda: self._got(thing, naming))
        self.book.met("sequences.created-got")

    def _got(self, thing: Living, naming: Naming, check: str = "sequences.created-got") -> Iterator[BrokenSequence]:
        answer = self.asker.ask(naming.operation, naming.sent([thing.called(naming)]), self.regions[0])
        if answer.refused and not any(word in (answer.code or "") for word in NOT_THERE):
            # it may be there, and not be got in the state that it is in
            raise Inconclusive(f"not judged: {self._refusal(naming.operation, answer)}", answer.exchange)
        if not answer.accepted or not self._brings(answer, thing):
            yield self._broken(check, "what was created is not brought", thing.id, answer.outline(), answer)
            return
        for member, text in thing.texts.items():
            got = answer.text(member)
            if got is not None and got != text:
                message = f"{naming.operation} brings it with another {member}"
                yield self._broken(check, message, text, got, answer)

    def _brings(self, answer: Answer, thing: Living) -> bool:
        return any(answer.text(member) == thing.id for member in self.lifecycle.ids)

    def _found_by(self, thing: Living, sent: Mapping[str, str]) -> Iterator[BrokenSequence]:
        """What the list shows no more is found by nothing either."""
        try:
            listing = self.listings.narrowed(self.regions[0], sent, self._sent)
        except Inconclusive:
            return  # an error for an id that there is not
        item = listing.find(thing.id, thing.texts)
        if item is not None and not is_ending(item):
            message = f"what was deleted is found by {', '.join(sent)}, and not without"
            yield self._broken("sequences.gone", message, "no such item", thing.id, listing.answer)

    def _listed_by(self, thing: Living, lister: str) -> Iterator[BrokenSequence]:
        """What one list shows no more is in no other either."""
        if (answer := self._is_shown_by(lister, thing)) is not None:
            message = f"what was deleted is listed by {lister}"
            yield self._broken("sequences.gone", message, "no such item", thing.id, answer)

    def _is_shown_by(self, lister: str, thing: Living) -> Answer | None:
        """The answer of another list that shows a thing, in no state that says of its end; None where none does."""
        key = self.asker.contract(lister).semantics.key or ""
        other = Listings(self.asker, evolve(self.lifecycle, list=lister, ids=(key,)))
        try:
            listing = other.every(self.regions[0], [thing.id], self._sent)
        except Inconclusive:
            return None
        item = listing.find(thing.id, {})
        return listing.answer if item is not None and not is_ending(item) else None

    def get_gone(self, which: int) -> None:
        """Get what was deleted."""
        thing, naming = self._one_of(self.dead, which), self._part(self.lifecycle.get)
        self._need_gone(thing)
        documented = documented_absence(self.asker, naming)

        def looks() -> Iterator[BrokenSequence]:
            answer = self.asker.ask(naming.operation, naming.sent([thing.called(naming)]), self.regions[0])
            if answer.accepted and self._brings(answer, thing) and not is_ending(dict(answer.facts)):
                yield self._broken(
                    "sequences.not-got-when-gone", "what was deleted is still brought",
                    "an error, or nothing", thing.id, answer,
                )  # fmt: skip
            elif answer.accepted and documented and not is_ending(dict(answer.facts)):
                message = "for what was deleted there is a result, and an error is documented"
                expected = " or ".join(documented)
                yield self._broken("sequences.not-got-when-gone", message, expected, answer.outline(), answer)

        self._patiently(looks)
        self.book.met("sequences.not-got-when-gone")

    def _refusal(self, operation: str, answer: Answer) -> str:
        said = f"{answer.code}: {answer.message}" if answer.message else answer.outline()
        return f"{operation} is refused ({said}); values that are there are given with --values"


def documented_absence(asker: Asker, naming: Naming) -> list[str]:
    """The documented codes for a thing that is not there."""
    errors = [e for e in asker.contract(naming.operation).errors if any(word in e.code for word in NOT_THERE)]
    resource = folded(asker.service.operation(naming.operation).resource or naming.member)
    about = [e.code for e in errors if e.parameter == naming.parameter or resource in folded(e.code.replace(".", ""))]
    return list(dict.fromkeys(about))
