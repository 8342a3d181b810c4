"""One sequence of requests over the things of a resource, and what each of its steps has to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from attrs import define, field

from conformance.contract.model import Parameter
from conformance.endpoint.absence import NOT_THERE
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.book import BrokenSequence
from conformance.endpoint.lifecycle.guard import DRY_RUN, OURS, TOKEN, marker, texts_at, texts_of
from conformance.endpoint.lifecycle.own import OwnThings
from conformance.endpoint.lifecycle.relations import Naming
from conformance.endpoint.lifecycle.search import Search, documented_absence
from conformance.endpoint.lifecycle.sight import Living
from conformance.endpoint.lifecycle.tasks import follow, task_of

# how long a token is of which nothing is documented: like a UUID
USUAL_TOKEN = 36


@define(eq=False)
class Story(Search):
    """A sequence as it goes on: each method that asks for something is a step. `names` gives a part of a name for each
    new thing; with `dry_first` nothing is created that a dry run refuses; `own` makes what things are made of.

    A step raises BrokenSequence for what is not as it must be, Inconclusive for what cannot be judged.
    """

    names: Iterator[str | None] = field(kw_only=True)
    dry_first: bool = field(default=False, kw_only=True)
    own: OwnThings | None = field(default=None, kw_only=True)
    # the things on which tasks were begun first, by the ids of these
    tasks: dict[str, str] = field(factory=dict, init=False)
    tokens: int = field(default=0, init=False)
    token_head: str | None = field(default=None, init=False)

    # --------------------------------------------------------------------------------------------------- creating

    def create(self, described: bool = True) -> None:
        """Make one more thing, and look."""
        sent = self._wanted(described)
        if self.dry_first and not self.things:
            self._try_dry(sent)
        self._take(self._create(sent))
        self.look()

    def create_again(self) -> None:
        """Make one more thing, twice with one token, and look."""
        self.create()
        first = self._one_of(self.alive, -1)
        again = self.asker.ask(self.lifecycle.create, first.sent, self.regions[0])
        if not again.accepted:
            self._patiently(lambda: self._once(first))
            self.book.met("sequences.token-once")
            return
        ids = self._ids(again)
        if ids and first.id not in ids:
            self._take(again)
        self._claim(
            "sequences.token-once",
            ids == [first.id],
            "the same request with the same ClientToken makes another thing",
            first.id,
            ", ".join(ids) or "no id",
            again,
        )

    def create_other(self) -> None:
        """Make one more thing, ask for another one with its token, and look."""
        self.create()
        first = self._one_of(self.alive, -1)
        other = texts_of(self.lifecycle, self.asker.contract(self.lifecycle.create), next(self.names))
        changed = {name: text for name, text in other.items() if name in first.sent}
        again = self.asker.ask(self.lifecycle.create, {**first.sent, **changed}, self.regions[0])
        message = "another request with a ClientToken that was used makes a second thing"
        if not again.accepted:
            self._patiently(lambda: self._none_called(list(changed.values())[:1], message))
            self.book.met("sequences.token-other")
            return
        ids = self._ids(again)
        if ids and first.id not in ids:
            self._take(again)
        shown = ", ".join(ids) or "no id"
        self._claim("sequences.token-other", ids == [first.id], message, f"an error, or {first.id}", shown, again)

    def _none_called(self, texts: Iterable[str], message: str) -> Iterator[BrokenSequence]:
        listing = self.listings.every(self.regions[0], [t.id for t in self.things], self._sent)
        for text in texts:
            if found := listing.with_text(text):
                yield self._broken("sequences.token-other", message, "no such item", found, listing.answer)

    def _once(self, thing: Living) -> Iterator[BrokenSequence]:
        listing = self.listings.every(self.regions[0], [t.id for t in self.things], self._sent)
        for text in list(thing.texts.values())[:1]:
            if (found := listing.times(text)) > 1:
                message = "the same request with the same ClientToken makes another thing"
                yield self._broken("sequences.token-once", message, "one thing", f"{found} things", listing.answer)

    def try_out(self) -> None:
        """Ask for a thing with DryRun, and look that there is none."""
        wanted = {**self._wanted(True), DRY_RUN: "true"}
        answer = self.asker.ask(self.lifecycle.create, wanted, self.regions[0])
        texts = list(self._texts(dict(answer.exchange.call.parameters)).values())
        if not texts:
            raise Inconclusive("not judged: nothing tells the thing that there must not be from others")
        self.never += texts
        self.look()
        self.book.met("sequences.dry-run")

    def _wanted(self, described: bool) -> dict[str, str]:
        contract = self.asker.contract(self.lifecycle.create)
        texts = texts_of(self.lifecycle, contract, next(self.names))
        kept = dict(list(texts.items())[: None if described else 1])
        needed = self.own.beside(self.lifecycle) if self.own else self.listings.needed(self.regions[0])
        token = {TOKEN: self._token(parameter)} if (parameter := contract.parameter(TOKEN)) else {}
        return {**needed, **kept, **token}

    def _token(self, parameter: Parameter) -> str:
        """A token as long as may be, and like the others of this sequence but for its end: it is compared whole."""
        self.tokens += 1
        self.token_head = self.token_head or marker(None, next(self.names)) or OURS
        longest = int(parameter.value("max_length") or USUAL_TOKEN)
        end = f"{self.tokens:04x}"
        return self.token_head.ljust(longest - len(end), "0")[: longest - len(end)] + end

    def _try_dry(self, sent: Mapping[str, str]) -> None:
        """Where DryRun is documented, a request that would be refused is not sent in earnest. Raises Inconclusive."""
        if self.asker.contract(self.lifecycle.create).parameter(DRY_RUN) is None:
            return
        # by names of its own: what is only tried is then told from what is made
        other = texts_of(self.lifecycle, self.asker.contract(self.lifecycle.create), next(self.names))
        tried = {name: other.get(name, value) for name, value in sent.items() if name != TOKEN}
        answer = self.asker.ask(self.lifecycle.create, {**tried, DRY_RUN: "true"}, self.regions[0])
        self.never += self._texts(tried).values()
        if not answer.accepted and not (answer.code or "").casefold().startswith(DRY_RUN.casefold()):
            raise Inconclusive(f"not judged: {self._refusal(self.lifecycle.create, answer)}", answer.exchange)

    def _create(self, sent: Mapping[str, str]) -> Answer:
        answer = self.asker.ask(self.lifecycle.create, sent, self.regions[0])
        if not answer.accepted:
            raise Inconclusive(f"not judged: {self._refusal(self.lifecycle.create, answer)}", answer.exchange)
        return answer

    def _take(self, answer: Answer) -> None:
        """What an answer says was made is there from here on."""
        sent = dict(answer.exchange.call.parameters)
        ids = self._ids(answer)
        if not ids:
            raise Inconclusive(f"not judged: the answer gives no {self.lifecycle.path}", answer.exchange)
        for id in ids:
            # of what is gone an id may come again: no page says that it does not
            known = id in self.listed or any(t.id == id for t in self.alive)
            if known and "sequences.ids-differ" in self.book.failures:
                why = "not judged, because it has the id of another thing"
                raise Inconclusive(why, answer.exchange, because="sequences.ids-differ")
            self._claim(
                "sequences.ids-differ", not known, "two things have one id", "an id that no thing has", id, answer
            )
            self.things = [t for t in self.things if t.id != id]
            self.things.append(Living(id, self._texts(sent), sent))

    def _ids(self, answer: Answer) -> list[str]:
        return list(dict.fromkeys(texts_at(answer.tree, self.lifecycle.path.split("."))))

    def _texts(self, sent: Mapping[str, str]) -> dict[str, str]:
        return {t.member: sent[t.parameter] for t in self.lifecycle.texts if sent.get(t.parameter)}

    # --------------------------------------------------------------------------------------------------- changing

    def modify(self, which: int) -> None:
        """Give one thing another text, and look."""
        thing, naming, edit = self._one_of(self.alive, which), self._part(self.lifecycle.modify), self.lifecycle.edit
        contract = self.asker.contract(naming.operation)
        assert edit is not None, "what modifies has a text that it changes"
        text = marker(contract.parameter(edit.parameter), next(self.names))
        if text is None:
            raise Inconclusive(f"not judged: {edit.parameter} is too short for a name of this run")
        sent = {**naming.sent([thing.called(naming)]), edit.parameter: text}
        answer = self.asker.ask(naming.operation, sent, self.regions[0])
        if not answer.accepted:
            raise Inconclusive(f"not judged: {self._refusal(naming.operation, answer)}", answer.exchange)
        thing.former = {edit.member: thing.texts[edit.member]} if thing.texts.get(edit.member) else {}
        thing.texts[edit.member], thing.edited = text, True
        self.look()
        thing.edited = False
        get = self.lifecycle.get if thing in self.things else None
        if get is not None and self.book.judged["sequences.created-got"]:
            self._patiently(lambda: self._got(thing, get, "sequences.changed-as-asked"))

    def begin(self, which: int) -> None:
        """Begin a task on one thing, and follow its progress."""
        thing, naming = self._one_of(self.alive, which), self._part(self.lifecycle.begin)
        answer = self._begun(thing, naming)
        shown = follow(self.asker, naming.operation, answer, self.regions[0], self.patience)
        for check, found in shown.items():
            if isinstance(found, Inconclusive):
                self.book.unjudged((check,), found)
            elif found is None:
                self.book.met(check)
        against = (f for f in shown.values() if isinstance(f, BrokenSequence) and self.book.is_open(f.check))
        if (found := next(against, None)) is not None:
            raise found

    def begin_another(self, which: int) -> None:
        """Begin a task on another thing: it is another task."""
        thing, naming = self._one_of(self.alive, which), self._part(self.lifecycle.begin)
        answer = self._begun(thing, naming)
        id = task_of(self.asker, naming.operation, answer)[1]
        others = [task for task, about in self.tasks.items() if about != thing.id]
        if not others:
            raise Inconclusive("not judged: no task was begun on another thing")
        message = "two tasks, on two things, have one id"
        self._claim("sequences.task-own", id not in others, message, "an id that no task has", id, answer)

    def _begun(self, thing: Living, naming: Naming) -> Answer:
        answer = self.asker.ask(naming.operation, naming.sent([thing.called(naming)]), self.regions[0])
        if not answer.accepted:
            raise Inconclusive(f"not judged: {self._refusal(naming.operation, answer)}", answer.exchange)
        self.tasks.setdefault(task_of(self.asker, naming.operation, answer)[1], thing.id)
        return answer

    # --------------------------------------------------------------------------------------------------- deleting

    def delete(self, which: int) -> None:
        """Delete one thing, and look."""
        thing, naming = self._one_of(self.alive, which), self._part(self.lifecycle.delete)
        shown_in = [name for name in self.lifecycle.others if self._is_shown_by(name, thing)]
        answer = self._delete(thing, naming)
        if not answer.accepted:
            raise Inconclusive(f"not judged: {self._refusal(naming.operation, answer)}", answer.exchange)
        thing.gone = True
        self.look()
        if not thing.vanished:
            return
        for sent, _ in self.listings.views(self.regions[0], thing.id, thing.texts):
            self._patiently(lambda sent=sent: self._found_by(thing, sent))  # type: ignore[misc]
        for name in shown_in:
            self._patiently(lambda name=name: self._listed_by(thing, name))  # type: ignore[misc]

    def delete_again(self, which: int) -> None:
        """Delete what was deleted."""
        thing, naming = self._one_of(self.dead, which), self._part(self.lifecycle.delete)
        self._need_gone(thing)
        answer = self._delete(thing, naming)
        documented = documented_absence(self.asker, naming)
        if not documented:
            holds, expected = answer.accepted or answer.refused, "a result or a 4xx error"
        else:
            known = {e.code for e in self.asker.contract(naming.operation).errors}
            says_so = answer.code in known or any(word in (answer.code or "") for word in NOT_THERE)
            holds, expected = answer.refused and answer.status < 500 and says_so, " or ".join(documented)
        message = "the second deletion of one thing is not answered as documented"
        self._claim("sequences.second-deletion", holds, message, expected, answer.outline(), answer)

    def end(self) -> None:
        """Take away what is left. What cannot be taken away now is left to whoever keeps account of it."""
        if self.lifecycle.delete is None:
            return
        for thing in reversed(self.alive):
            self._delete(thing, self.lifecycle.delete)
            self.listed.discard(thing.id)

    def _delete(self, thing: Living, naming: Naming) -> Answer:
        return self.asker.ask(naming.operation, naming.sent([thing.called(naming)]), self.regions[0])


def names_from(seed: int | None) -> Iterator[str | None]:
    """A part of a name for each thing: the same at the same seed; None where names have to be new in every run."""
    return (None if seed is None else f"{seed % 2**32:08x}{number:04x}" for number in count(1))
