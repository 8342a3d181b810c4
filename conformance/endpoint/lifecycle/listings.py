"""How the things of a resource are listed, wholly and by filters, and which things its creation needs beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from attrs import Factory, define, field, frozen

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.pool import Pool
from conformance.endpoint.lifecycle.relations import Lifecycle
from conformance.endpoint.response_reading import Item
from conformance.generate.required import as_sent, sent_name
from conformance.generate.views import IdSyntax, View

# pages of one listing that are read; of a longer one only what is asked for by id
MOST_PAGES = 10
MOST_COMBINATIONS = 8


@frozen
class Listed:
    """Items of a list, by the members that identify them, and the last answer."""

    items: tuple[Item, ...]
    ids: tuple[str, ...]
    answer: Answer

    def find(self, id: str, texts: Mapping[str, str]) -> Item | None:
        """The item of a thing, or None: the one that has its id, or the name that a list knows it by."""
        names = {m: texts[m] for m in self.ids[:1] if m in texts}
        return next(
            (i for i in self.items if any(i.get(m) in (id, names.get(m, id)) for m in self.ids)),
            None,
        )

    def with_text(self, text: str) -> str | None:
        """The id of an item that says a text, or None."""
        found = next((i for i in self.items if text in i.values()), None)
        return None if found is None else next((found[m] or "" for m in self.ids if found.get(m)), "an item")

    def ids_with(self, text: str) -> list[str]:
        """The ids of the items that say a text."""
        found = (next((i[m] for m in self.ids if i.get(m)), None) for i in self.items if text in i.values())
        return [id for id in found if id]

    def times(self, text: str) -> int:
        """How many items say a text."""
        return sum(text in i.values() for i in self.items)

    @property
    def shown(self) -> str:
        """Which ids came, in a few words."""
        found = [next((i[m] or "" for m in self.ids if i.get(m)), "") for i in self.items]
        return f"{len(found)} items: {', '.join(found[:8])}" if found else "no items"


@define(eq=False)
class Listings:
    """The list of a resource."""

    asker: Asker
    lifecycle: Lifecycle
    _syntax: IdSyntax | None = None
    _pool: Pool = field(init=False, default=Factory(lambda self: Pool(self.asker), takes_self=True))

    @property
    def contract(self) -> Contract:
        """That of the list."""
        if self.lifecycle.list is None:
            raise Inconclusive("not judged: no operation lists these things")
        return self.asker.contract(self.lifecycle.list)

    def hiding(self, listing: Listed) -> tuple[str, ...]:
        """The filters that are there when they are not given, so that a list need not show everything: not those whose
        default no item can have, or is not that of one that is listed.
        """
        found = []
        fields = {f.name: f for f in self.contract.item_fields}
        for f in self.contract.semantics.filters:
            parameter = self.contract.parameter(f.parameter)
            default = parameter.value("default") if parameter else None
            known = fields[f.field].value("enum") if f.field in fields else None
            if default is None or (known and default not in known):
                continue
            if all(i.get(f.field) == as_sent(default) for i in listing.items):
                found.append(f.parameter)
        return tuple(found)

    def combinations(self, parameters: Sequence[str]) -> list[dict[str, str]]:
        """Every combination of the documented values of some filters; none where they are not all known, or many."""
        values = []
        for name in parameters:
            parameter = self.contract.parameter(name)
            listed = (parameter.value("effective_values") or parameter.value("enum") or ()) if parameter else ()
            truths = ("true", "false") if parameter and parameter.type == "boolean" else ()
            values.append([as_sent(v) for v in listed] or list(truths))
        if prod(map(len, values)) > MOST_COMBINATIONS:
            return []
        return [dict(zip(parameters, chosen, strict=True)) for chosen in product(*values)]

    def every(self, region: str, ids: Sequence[str], sent: Mapping[str, str]) -> Listed:
        """All items in a region; of a long list those of the ids. Raises Inconclusive for one that cannot be read."""
        try:
            return self.narrowed(region, {}, sent)
        except TooLong:
            if not ids or self.contract.semantics.ids is None:
                raise
            return self.narrowed(region, self._by_ids(ids, region), sent)

    def with_texts(self, region: str, texts: Mapping[str, str]) -> Listed:
        """The items of a long list that have one of the texts. Raises Inconclusive where that cannot be asked for."""
        semantics = self.contract.semantics
        view = next(({f.parameter: texts[f.field]} for f in semantics.filters if f.field in texts), None)
        if view is None:
            raise TooLong(f"{self.contract.operation} lists too much, and cannot be asked for a name")
        return self.narrowed(region, view, texts)

    def narrowed(self, region: str, narrowing: Mapping[str, str], sent: Mapping[str, str]) -> Listed:
        """All items under filters. `sent` has values that the list may require, too."""
        contract, items = self.contract, list[Item]()
        required = {sent_name(p.name) for p in contract.parameters if p.required}
        given = {name: sent[name] for name in required if name in sent and name != contract.semantics.region}
        for answer in self._pages(contract, region, {**given, **narrowing}):
            items += answer.items
        return Listed(tuple(items), self.lifecycle.ids, answer)

    def views(self, region: str, id: str, texts: Mapping[str, str]) -> Iterator[tuple[dict[str, str], str | None]]:
        """The narrowings that a thing meets: parameters, and the text that they are about; None for its id."""
        semantics = self.contract.semantics
        if semantics.ids is not None:
            yield self._by_ids([texts.get(semantics.key or "", id)], region), None
        for f in semantics.filters:
            parameter = self.contract.parameter(f.parameter)
            if f.field in texts and parameter and not parameter.value("enum"):
                yield {f.parameter: texts[f.field]}, f.field

    def _by_ids(self, ids: Sequence[str], region: str) -> dict[str, str]:
        """The ids as the list takes them: where the documentation leaves open how, as it is seen to."""
        semantics = self.contract.semantics
        first = self.asker.target(self.contract.operation).id_syntax
        about = semantics.ids.parameter if semantics.ids else ""
        if self._syntax is None and self.contract.choice_about("id-syntax", about) is not None:
            other: IdSyntax = "json-array" if first == "comma" else "comma"
            one = View(ids=tuple(ids[:1]))
            taken = (
                s for s in (first, other)
                if self.asker.ask(self.contract.operation, one.parameters(self.contract, s), region).accepted
            )  # fmt: skip
            self._syntax = next(taken, None)
        return View(ids=tuple(ids)).parameters(self.contract, self._syntax or first)

    def _pages(self, contract: Contract, region: str, sent: Mapping[str, str]) -> Iterator[Answer]:
        paging, cursor = contract.semantics.paging, contract.semantics.cursor
        size = str(self.asker.target(contract.operation).largest_size)
        page: dict[str, str] = {paging.number: "1", paging.size: size} if paging else {}
        seen = 0
        for number in range(1, MOST_PAGES + 1):
            answer = self.asker.ask(contract.operation, {**sent, **page}, region)
            if not answer.accepted:
                raise Inconclusive(f"not judged: {contract.operation} answers {answer.outline()}", answer.exchange)
            yield answer
            seen += len(answer.items)
            token = answer.text(cursor.next) if cursor and not paging else None
            # without a total only a page that is not full says that it is the last
            more = len(answer.items) >= int(size) if answer.lacks_total else seen < (answer.total or 0)
            if not (token or (paging and answer.items and more)):
                return
            page = {paging.number: str(number + 1), paging.size: size} if paging else {}
            page |= {cursor.token: token} if cursor and token else {}
        raise TooLong(f"not judged: {contract.operation} lists more than {MOST_PAGES} pages")

    def needed(self, region: str) -> dict[str, str]:
        """What a creation needs beside it that has to be there: the first of each that a list brings."""
        return self._pool.needed(self.lifecycle.create, region, but=(self.lifecycle.resource,))


class TooLong(Inconclusive):
    """A listing that is not read to its end."""
