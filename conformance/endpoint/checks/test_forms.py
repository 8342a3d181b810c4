"""Forms of values: blank, padded, hostile, repeated, in another case. Each is an error, or no other value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Given, Tried, did_no_harm, kept_nothing
from conformance.endpoint.checks.drawing import every_way, long_way, turn_of
from conformance.endpoint.checks.ways import NoValue, Way, count_of, same, shortened, use_of
from conformance.endpoint.claims import claim, claim_certain, claim_never_breaks, need_items
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate import texts
from conformance.generate.required import allowed_value
from conformance.generate.times import format_time, parse_time
from conformance.generate.views import View, filter_values, request_time_format
from conformance.wire.exchange import Channel

BLANK = "parameters.blank-value"
HOSTILE = "parameters.hostile-text"
# texts near an id that are tried one by one where requests are scarce
FEW_NEAR = 3
# what stands for any text in patterns, as a part of a word
OF_PATTERNS = {ord(sign): "0" for sign in "%_*?."}
# of the form of a region, and none
NO_REGION = "zz-nowhere"
# a value left out, as the blank that it may be read as
AS_LEFT_OUT: tuple[Way, ...] = ("left-out", "nothing")


@requirement(BLANK, shared=True)
def test_blank_value(target: Target, subject: str) -> None:
    """No value, or white space alone, is an error, counts as left out, or matches nothing."""
    need_items(target, 0)
    no_value, channels, use = NoValue(target, subject), every_way(target, subject), use_of(target, subject)
    optional = use in ("ids", "filter") or (use == "region" and not target.parameter(subject).required)
    for text in blanks_of(target, subject):
        no_value.claim(text, no_value.send(text, next(channels)), AS_LEFT_OUT if optional else ())


def blanks_of(target: Target, subject: str) -> Sequence[str]:
    """The blanks to try: all of them, or where requests are scarce two, but those that did no harm in company."""
    lists = texts.BLANK_LISTS if use_of(target, subject) == "ids" else ()
    if not target.thrift.on:
        return (*texts.BLANKS, *lists)
    empty, *white = texts.BLANKS
    in_white = Tried(BLANK, lambda parameter: (turned(target, parameter.name, white),), "white")
    left = [] if did_no_harm(target, subject, Tried(BLANK, given(empty))) else [empty]
    if not (did_no_harm(target, subject, in_white) or kept_nothing(target, subject, in_white)):
        left.append(turned(target, subject, white))
    return (*left, *lists[:1])


def turned(target: Target, subject: str, several: Sequence[str]) -> str:
    """One of several texts, another for each parameter."""
    return several[turn_of(target, subject) % len(several)]


def given(text: str) -> Given:
    """The same text for each parameter."""
    return lambda parameter: (text,)


@requirement(HOSTILE, shared=True)
def test_hostile_text(target: Target, subject: str) -> None:
    """Quotes, markup, wildcards and query language never break the server, and never bring what they do not name."""
    need_items(target, 0)
    no_value, channels = NoValue(target, subject), every_way(target, subject)
    in_each, more, long = list({c.format: c for c in target.channels}.values()), texts.hostile_texts(), texts.LONG
    if target.thrift.on:
        at_once, much = Tried(HOSTILE, given(texts.ALL_AT_ONCE)), Tried(HOSTILE, given(texts.LONG), "long")
        several = [did_no_harm(target, subject, one) for one in (at_once, much)]
        kept_nothing(target, subject, at_once)
        several[1] = several[1] or kept_nothing(target, subject, much)
        in_each = in_each if use_of(target, subject) == "region" else [next(channels)]
        more, long = texts.IN_A_LIST if use_of(target, subject) == "ids" else (), "" if several[1] else texts.LONG
        in_each = [] if all(several) else in_each
    for channel in in_each:
        answer = no_value.send(written(target, subject, texts.ALL_AT_ONCE), channel)
        # what is unreadable without anything hostile in it, too, is another's finding
        if (
            answer.kind == "unreadable"
            and no_value.send(written(target, subject, texts.PLAIN), channel).kind != "unreadable"
        ):
            what = f"{subject} of {shortened(texts.ALL_AT_ONCE)} makes the answer unreadable"
            claim_certain(False, what, "JSON or XML", answer.outline(), answer)
        no_value.claim(texts.ALL_AT_ONCE, answer)
        form = long_way(target, channel)
        if form is not None and long:
            no_value.claim(long, no_value.send(written(target, subject, long), form))
        long = "" if target.thrift.on else long
    for text in more:
        no_value.claim(text, no_value.send(written(target, subject, text), next(channels)))


def written(target: Target, subject: str, text: str) -> str:
    """A text as the only value of its parameter."""
    return target.parameters_of(View(ids=(text,)))[subject] if use_of(target, subject) == "ids" else text


def known_values(target: Target, subject: str) -> tuple[str, ...]:
    """Two values that the parameter has, or one; they ask for different things where two such values are known.

    Raises NotApplicable where none is known.
    """
    use, contract = use_of(target, subject), target.contract
    values: list[str] = []
    if use == "region":
        values = [r for r in target.regions if r][:2]
    elif use == "page":
        values = [str(size) for size in target.page_sizes(2, 3)[:2]]
        values = ["1", "2"] if contract.semantics.paging and subject == contract.semantics.paging.number else values
    elif use == "time":
        times = sorted({t for i in need_items(target, 0) if (t := parse_time(i.get(target.time_range.field)))})
        moments = dict.fromkeys((times[len(times) // 3], times[len(times) * 2 // 3])) if times else {}
        values = [format_time(moment, request_time_format(contract, subject)) for moment in moments]
    elif use == "ids":
        values = [written(target, subject, id) for item in plain_first(target)[:2] if (id := item.get(target.key))]
    elif subject in {f.parameter for f in contract.semantics.filters}:
        values = filter_values(contract, subject, need_items(target, 0))[:2]
    values = values or list(target.parameter(subject).examples[:1])
    if not values and use in ("filter", "ids", "names", "region"):
        raise NotApplicable(f"no value of {subject} is known")
    return tuple(values or (allowed_value(target.parameter(subject)),))


def plain_first(target: Target) -> list[dict[str, str | None]]:
    """The items, those first whose ids are plain words: white space around others could be their own."""
    return sorted(map(dict, need_items(target, 0)), key=lambda item: not is_word(item.get(target.key)))


def is_word(text: str | None) -> bool:
    """Whether a text is letters, digits and hyphens of ASCII alone."""
    return bool(text) and text is not None and text.isascii() and text.replace("-", "").isalnum()


@requirement("parameters.padded-value", shared=True)
def test_padded_value(target: Target, subject: str) -> None:
    """White space around a value is trimmed, or makes it a value that does not exist."""
    need_items(target, 0)
    tried = Tried("parameters.padded-value", padded)
    if did_no_harm(target, subject, tried):
        return
    kept_nothing(target, subject, tried)
    values, no_value, channels = (
        known_values(target, subject),
        NoValue(target, subject, respelled=True),
        every_way(target, subject),
    )
    if target.thrift.on and use_of(target, subject) != "ids":
        values = values[:1]
    meant = [no_value.send(value, next(channels)) for value in values]
    for pad in (texts.ON_BOTH_SIDES,) if target.thrift.on else texts.PADDED:
        text = pad.format(values[0])
        answer = no_value.send(text, next(channels))
        if not (answer.accepted and meant[0].accepted and same(answer, meant[0])):
            no_value.claim(text, answer)
        claim_no_other_region(no_value, values[0], text, answer)
    if use_of(target, subject) == "ids" and target.id_syntax == "comma" and target.longest_id_list > 1 < len(values):
        for separator in texts.SEPARATORS[: 1 if target.thrift.on else None]:
            text = separator.format(*values)
            claim_only(no_value, text, no_value.send(text, next(channels)), {k for a in meant for k in a.keys})


def claim_no_other_region(no_value: NoValue, value: str, text: str, answer: Answer) -> None:
    """What a response repeats of a region with white space around it may be written in any way, and is no other one."""
    target = no_value.target
    echo = target.contract.semantics.region_echo if use_of(target, no_value.subject) == "region" else None
    shown = answer.text(echo) if echo and answer.accepted else None
    others = {*target.protocol.regions, *target.regions} - {value}
    claim(shown not in others, f"{no_value.subject} of {shortened(text)} is another region", value, shown, answer)


def claim_only(no_value: NoValue, text: str, answer: Answer, keys: set[str]) -> None:
    """An error, or no other items than these."""
    claim_never_breaks(answer, f"{no_value.subject} of {shortened(text)}")
    if not answer.refused:
        what = f"{no_value.subject} of {shortened(text)}"
        claim(keys.issuperset(answer.keys), f"{what} brings items that it does not name", keys, answer.keys, answer)
        count = count_of(answer)
        claim(count <= len(keys), f"{what} counts more items than it names", f"at most {len(keys)}", count, answer)


def sent_twice(parameter: Parameter) -> Sequence[str] | None:
    """An allowed value two times, where a name can be there twice."""
    return (allowed_value(parameter),) * 2 if parameter.place == "query" else None


def padded(parameter: Parameter) -> Sequence[str]:
    """An allowed value with white space around it."""
    return (texts.ON_BOTH_SIDES.format(allowed_value(parameter)),)


@requirement("parameters.repeated", shared=True)
def test_repeated(target: Target, subject: str) -> None:
    """Sent twice, a parameter has one of its two values, or is an error; the same value twice is no other value."""
    need_items(target, 0)
    tried = Tried("parameters.repeated", sent_twice)
    if did_no_harm(target, subject, tried):
        return
    kept_nothing(target, subject, tried)
    values, no_value, channels = (
        known_values(target, subject),
        NoValue(target, subject, respelled=True),
        every_way(target, subject),
    )
    channel = next(channels)
    first = no_value.send(values[0], channel)
    twice = no_value.send(values[0], channel, values[0])
    if not (twice.accepted and first.accepted and same(twice, first)):
        # the two joined are no value: `2,2`
        more = AS_LEFT_OUT if use_of(target, subject) == "names" else ()
        no_value.claim(f"{values[0]}, sent twice,", twice, more, unlike=(first,))
    if use_of(target, subject) == "region" and not target.contract.semantics.items and first.accepted:
        observe_which_counts(no_value, values[0], channels)
        return
    if len(values) < 2 or (target.thrift.on and use_of(target, subject) != "region"):
        return
    other = no_value.send(values[1], channel)
    seen: list[tuple[str, Answer]] = []
    for one, two in ((first, other), (other, first)):
        pair = values if one is first else values[::-1]
        answer = no_value.send(pair[0], next(channels), pair[1])
        if (way := way_of_repeated(no_value, pair, (one, two), answer)) is not None:
            seen.append((way, answer))
    # which of two values counts shows where they ask for different things; that one is taken and one refused, anywhere
    if not same(first, other) or len({way == "rejected" for way, _ in seen}) > 1:
        for way, answer in seen:
            target.watch.dialect.observe("repeated-parameter", "request", way, answer.exchange)


def observe_which_counts(no_value: NoValue, value: str, channels: Iterator[Channel]) -> None:
    """Which of two values counts where no list shows it: of a region and what is none, by what is refused. Where what
    is no region is answered too, nothing tells the two apart.
    """
    target = no_value.target
    if not no_value.send(NO_REGION, next(channels)).refused:
        return
    with target.thrift.afresh():
        # each order twice in a row, so that a server that goes one way and then the other is seen to
        orders = ((value, NO_REGION),) * 2 + ((NO_REGION, value),) * 2
        answers = [(one == value, no_value.send(one, next(channels), other)) for one, other in orders]
    for _, answer in answers:
        claim_never_breaks(answer, f"{no_value.subject} of {value} and {NO_REGION}")
    fits = {
        "first": all(answer.accepted == begins for begins, answer in answers),
        "last": all(answer.accepted != begins for begins, answer in answers),
        "rejected": not any(answer.accepted for _, answer in answers),
    }
    for begins, answer in answers:
        alone = ("first" if begins else "last") if answer.accepted else "rejected"
        way = next((way for way, all_fit in fits.items() if all_fit), alone)
        target.watch.dialect.observe("repeated-parameter", "request", way, answer.exchange)


def way_of_repeated(
    no_value: NoValue, pair: tuple[str, ...], meant: tuple[Answer, Answer], answer: Answer
) -> str | None:
    """`first`, `last`, `rejected`, or None where the two together are read as one value."""
    text = " and ".join(pair)
    claim_never_breaks(answer, f"{no_value.subject} of {text}")
    if answer.refused:
        return "rejected" if all(a.accepted for a in meant) else None
    for way, expected in zip(("first", "last"), meant, strict=True):
        if expected.accepted and same(answer, expected):
            return way
    both = {key for a in meant for key in a.keys}
    most = sum(count_of(a) for a in meant if a.accepted)
    joined = use_of(no_value.target, no_value.subject) in ("ids", "names", "filter") and count_of(answer) <= most
    if joined and (len(answer.items) < count_of(answer) or both.issuperset(answer.keys)):
        return None
    no_value.claim(text, answer, unlike=meant)
    return None


@requirement("parameters.letter-case", shared=True)
def test_letter_case(target: Target, subject: str) -> None:
    """A value in other letters, capital or small, is the same value or one that does not exist."""
    need_items(target, 0)
    no_value, channels = NoValue(target, subject, respelled=True), every_way(target, subject)
    asked = [(value, text) for value in known_values(target, subject) for text in cases(target, subject, value)]
    asked = asked[: 1 if target.thrift.on else None]
    if not asked:
        raise NotApplicable(f"no known value of {subject} has letters")
    for value, text in asked:
        meant = no_value.send(value, next(channels))
        # twice in a row, so that a server that goes one way and then the other is seen to
        with target.thrift.afresh():
            both = [no_value.send(text, next(channels)) for _ in range(2)]
        for answer in both:
            folded = answer.accepted and meant.accepted and same(answer, meant) and bool(answer.items)
            if not folded:
                no_value.claim(text, answer)
            elif same(answer, no_value.bare) and use_of(target, subject) == "names":
                continue  # the filter keeps everything, or was dropped
            way = "ignored" if folded else "distinguished"
            target.watch.dialect.observe("letter-case", subject, way, answer.exchange)


def cases(target: Target, subject: str, value: str) -> Iterator[str]:
    """The value in other letters, where that is not another value that there is."""
    known = set(map(str, target.parameter(subject).value("enum") or target.regions))
    if use_of(target, subject) == "ids":
        known = {written(target, subject, key) for key in target.inventory().keys(target.key)}
    yield from (text for text in texts.other_cases(value) if text not in known)


@requirement("ids.near-id", shared=True)
def test_near_id(target: Target) -> None:
    """What is a part of an id, longer than it, or a pattern that fits it, matches nothing, or is an error."""
    need_items(target)
    name, channels = target.id_list.parameter, every_way(target)
    known = set(target.inventory().keys(target.key))
    ids = [item.get(target.key) or "" for item in plain_first(target)]
    near = list(texts.near_texts(ids[len(ids) // 2] if is_word(ids[len(ids) // 2]) else ids[0]))
    if target.thrift.on:
        near = near_together(target, near)
    for text in near:
        answer = target.ask(target.parameters_of(View(ids=(text,))), next(channels))
        claim_never_breaks(answer, f"{name} of {shortened(text)}")
        if answer.refused:
            continue
        named = {part.strip() for part in (text, *text.split(","))} & known
        what, count = f"{name} of {shortened(text)}", count_of(answer)
        fits = named.issuperset(answer.keys)
        claim(fits, f"{what} brings items that it does not name", named or "nothing", answer.keys, answer)
        claim(count <= len(named), f"{what} counts more items than it names", len(named), count, answer)


def near_together(target: Target, near: Sequence[str]) -> list[str]:
    """Which of the texts are left to try one by one: none of the words and patterns that one list of many brought
    nothing for; all where it brought something; a few where it was refused, and of the rest.
    """
    words = [text for text in near if is_word(text)]
    patterns = [text for text in near if not is_word(text) and is_word(text.translate(OF_PATTERNS))]
    left = [text for text in near if text not in words and text not in patterns][::2]
    for group in (words, patterns):
        together = tuple(group[: target.longest_id_list])
        answer = target.ask(target.parameters_of(View(ids=together))) if len(together) > 1 else None
        if answer is None or answer.refused:
            left += group[:FEW_NEAR]
        elif answer.items or count_of(answer):
            left += group
    return left
