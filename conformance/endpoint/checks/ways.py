"""What may become of a text that is no value of its parameter: the few ways that documentation leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Literal

from attrs import define

from conformance.endpoint.answer import Answer
from conformance.endpoint.claims import claim, claim_equal, claim_never_breaks
from conformance.endpoint.findings import Violation
from conformance.endpoint.steadiness import how_much
from conformance.endpoint.target import Target
from conformance.generate.texts import near_values
from conformance.generate.views import filter_values
from conformance.wire.exchange import Channel

# what the operation does with a parameter
Use = Literal["region", "page", "time", "names", "filter", "ids", "integer", "other"]
# ways beside an error: as if it were not sent, an empty listing, or some of the items that there are
Way = Literal["rejected", "left-out", "nothing", "within"]
WAYS: dict[Use, tuple[Way, ...]] = {
    "region": (),
    "page": ("left-out",),
    "time": ("left-out", "nothing"),
    "names": ("left-out", "nothing"),
    "filter": ("nothing",),
    "ids": ("nothing",),
    "integer": ("left-out", "nothing"),
    "other": ("within",),
}


# the family of codes that say that something is not there
NOT_FOUND = "*NotFound*"


def use_of(target: Target, name: str) -> Use:
    """What the operation does with a parameter."""
    semantics, parameter = target.contract.semantics, target.parameter(name)
    if name == semantics.region:
        return "region"
    if semantics.paging and name in (semantics.paging.number, semantics.paging.size):
        return "page"
    if semantics.range and name in (semantics.range.start, semantics.range.end):
        return "time"
    if semantics.ids and name == semantics.ids.parameter:
        return "ids"
    if not semantics.items or name not in {f.parameter for f in semantics.filters} or parameter.value("matching"):
        return "other"  # by a pattern or a part, a text may find anything
    if parameter.type == "string":
        return "names" if parameter.value("enum") else "filter"
    return "integer" if parameter.type == "integer" else "other"


def ways_of(target: Target, name: str) -> tuple[Way, ...]:
    """The ways that are open to a text that is no value of a parameter. A region that there is not is an error
    where one is documented; elsewhere nobody says so, and a list may have nothing in it.
    """
    use, errors = use_of(target, name), target.contract.errors
    is_listed = use == "region" and target.contract.semantics.items
    if is_listed and not any(e.parameter == name and fnmatchcase(e.code, NOT_FOUND) for e in errors):
        return (*WAYS[use], "nothing")
    return WAYS[use]


def count_of(answer: Answer) -> int:
    """How many items a request matches: the total, or where there is none, the items of the page."""
    return len(answer.items) if answer.total is None else answer.total


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers hold the same items and the same total."""
    return (one.keys, one.total) == (other.keys, other.total)


def region_to_leave_out(target: Target, subject: str) -> str | None:
    """A subject, where it is a region that may be left out."""
    return subject if use_of(target, subject) == "region" and not target.parameter(subject).required else None


@define
class NoValue:
    """The ways of a text that is no value of `subject`: `claim` says which one an answer goes.

    `respelled`: the text is a value in another spelling. What a response repeats of a region so spelt is the server's
    affair, and not judged.
    """

    target: Target
    subject: str
    respelled: bool = False
    _bare: Answer | None = None

    @property
    def bare(self) -> Answer:
        """The answer to a request that does without the parameter, or would. Without a region that may be left out
        another one than those of the run may be meant.
        """
        if self._bare is None:
            self._bare = self.target.ask(without=region_to_leave_out(self.target, self.subject)).listing()
        return self._bare

    def send(self, text: str, channel: Channel, *more: str) -> Answer:
        """The answer to a request with the text (and more of them) as the parameter's value."""
        call = self.target.call([(self.subject, t) for t in (text, *more)], channel)
        if self.respelled and use_of(self.target, self.subject) == "region":
            return self.target.send(call, watched=False)
        return self.target.send(call).with_a_list()

    def claim(self, text: str, answer: Answer, more: tuple[Way, ...] = (), unlike: Sequence[Answer] = ()) -> Way:
        """The way that the answer goes. Raises Violation where it is none of those for this use, or of `more`; the
        caller has seen that it is none of those that it is `unlike`.
        """
        claim_never_breaks(answer, f"{self.subject} of {shortened(text)}")
        ways = (*ways_of(self.target, self.subject), *more)
        if answer.refused:
            return "rejected"
        if "nothing" in ways and not answer.items and not answer.total:
            return "nothing"
        if "left-out" in ways and same(answer, self.bare):
            return "left-out"
        if "within" in ways and self.is_within(answer):
            return "within"
        # as many items as there may be might be the right ones in another order
        alike = [*([self.bare] if "left-out" in ways else []), *unlike]
        raise Violation(
            f"{self.subject} of {shortened(text)} has a meaning of its own",
            expected=" or ".join(("an error", *(WORDS[way] for way in ways))),
            received=answer.outline(),
            exchange=answer.exchange,
            counts=how_much(answer) not in map(how_much, alike),
            compares="within" not in ways,
        )

    def is_within(self, answer: Answer) -> bool:
        """Whether an answer has no more than some of the items that there are."""
        inventory = self.target.inventory()
        key = self.target.contract.semantics.key
        known = key is None or set(inventory.keys(key)).issuperset(answer.keys)
        return known and count_of(answer) <= max(len(inventory.items), inventory.total or 0)


WORDS: dict[Way, str] = {
    "rejected": "an error",
    "left-out": "the answer without it",
    "nothing": "nothing",
    "within": "items of the listing",
}


def shortened(text: str) -> str:
    """A text as a message shows it."""
    return repr(text) if len(text) <= 60 else f"{text[:40]!r}… ({len(text)} characters)"


def ends_of_a_value(target: Target, subject: str) -> tuple[str, ...]:
    """What the first listed value begins with, and what it ends with, as far as they are no listed values; one that
    items have comes first.
    """
    parameter = target.parameter(subject)
    is_filter = any(f.parameter == subject for f in target.contract.semantics.filters)
    used = filter_values(target.contract, subject, target.sample()) if is_filter else ()
    listed = tuple(map(str, parameter.value("enum")))
    value, near = (*used, *listed)[0], near_values(listed)
    return tuple(text for text in (value[:-1], value[1:]) if text in near)


def claim_unlisted(target: Target, subject: str, value: str, channel: Channel) -> None:
    """The value takes one of the ways that are documented for unlisted ones."""
    documented = target.contract.choice_about("unknown-value", subject)
    answer = target.ask({subject: value}, channel)
    claim_never_breaks(answer, f"{subject} of {value!r}")
    way = "rejected" if answer.refused else "matches-nothing" if not count_of(answer) else "drops-filter"
    if way == "drops-filter":
        bare, what = target.ask().listing(), f"{subject} of {value!r} is neither dropped nor matches nothing"
        claim_equal(what, count_of(bare), count_of(answer), answer)
        if bare.total is None:
            claim_equal(what, bare.keys, answer.keys, answer)
    allowed = [a.id for a in documented.alternatives] if documented else [way]
    claim(way in allowed, f"{subject} of {value!r}", " or ".join(allowed), way, answer)
    if target.inventory().items:
        target.watch.dialect.observe("unknown-value", subject, way, answer.exchange)
