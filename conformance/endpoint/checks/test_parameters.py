"""Parameters: defaults, limits, forms and enumerations, each documented rule kept, and broken alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import JSON_TEXT, Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Tried, did_no_harm, is_trial, were_taken
from conformance.endpoint.checks.defaults import claim_default_region, default_of, same_page
from conformance.endpoint.checks.drawing import channel_of, every_way
from conformance.endpoint.checks.limits import claim_taken_as_is, way_below
from conformance.endpoint.checks.ways import claim_unlisted, ends_of_a_value, region_to_leave_out, same
from conformance.endpoint.claims import (
    claim,
    claim_equal,
    claim_never_breaks,
    claim_refused,
    claim_same_items,
    claim_same_page,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable, Violation
from conformance.endpoint.inventory import Inventory
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate import values
from conformance.generate.required import allowed_value, as_sent
from conformance.generate.texts import near_values
from conformance.generate.times import format_time
from conformance.generate.views import View, request_time_format, views
from conformance.wire.exchange import Format

# the beginning of the codes that answer a request which was only tried
DRY_RUN = "dryrun"


def default_page(target: Target, without: str | None = None) -> Answer:
    """The answer to the barest request, whose page every dropped parameter leads back to."""
    return target.ask(without=without).listing()


@requirement("parameters.optional", shared=True)
@given(st.data())
def test_optional(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A request without the parameter, and with others, is accepted."""
    items = need_items(target, 0)
    if target.thrift.on:
        # one without any of those that may be left out
        claim_not_demanded(target, subject, {}, target.ask((), target.channels_for(format)[0])).listing()
        return
    view = data.draw(views(target.contract, items), label="view")
    sent = {k: v for k, v in target.parameters_of(view).items() if k != subject}
    claim_not_demanded(target, subject, sent, target.ask(sent, channel_of(target, format, data))).listing()


def claim_not_demanded(target: Target, subject: str, sent: Mapping[str, str], without: Answer) -> Answer:
    """The answer to a request without the parameter. Where that is refused, so is the same with it: else it is for want
    of it. What creates something is not sent for this.
    """
    if without.wants_more:
        raise NotApplicable(f"the documentation has an error for what is left out here: {without.code}")
    if without.refused and target.guard is None:
        given = {**sent, subject: allowed_value(target.parameter(subject))}
        what = f"a request without {subject} is refused, and the same with it is not"
        accepted = target.ask(given, without.exchange.call.channel).accepted
        claim(not accepted, what, "a result of both", without.outline(), without)
    return without


@requirement("parameters.required", shared=True)
@given(st.data())
def test_required(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A request without the parameter is refused; the same request with it is not."""
    channel = channel_of(target, format, data)
    target.ask((), target.channels_for(format)[0] if target.thrift.on else channel).listing()
    claim_refused(target.ask((), channel, without=subject), f"a request without {subject}")


@requirement("parameters.time-format", shared=True)
@given(st.data())
def test_time_format(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A time written as documented is accepted; beside another that is required, the usual one, since which of the two
    has to be the earlier no rule says.
    """
    times = [p.name for p in target.contract.parameters if p.is_required and p.value("time_format")]
    if set(times) - {subject}:
        usual = dict(target.call().parameters).get(subject) or allowed_value(target.parameter(subject))
        target.ask({subject: usual}, channel_of(target, format, data)).listing()
        return
    moment = data.draw(st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)), label="time")
    text = format_time(moment, request_time_format(target.contract, subject))
    # a bound is one only beside the key that says so
    words = {b.key: b.word for b in target.contract.semantics.bounds if b.word and b.parameter == subject}
    target.ask({subject: text, **words}, channel_of(target, format, data)).listing()


@requirement("parameters.default", shared=True)
@given(st.data())
def test_default(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Leaving the parameter out is the same as sending its default."""
    default = as_sent(target.parameter(subject).value("default"))
    if region_to_leave_out(target, subject):
        claim_default_region(target, subject, default, channel_of(target, format, data))
        return
    items = need_items(target)
    bare = default_page(target) if target.thrift.on else None
    if bare and were_taken(
        target, subject, Tried("parameters.default", default_of(target), "", True, partial(same_page, bare))
    ):
        return
    view = View() if target.thrift.on else data.draw(views(target.contract, items), label="view")
    # what is left out is left out of the view, too
    view = evolve(view, equals={name: value for name, value in view.equals.items() if name != subject})
    paging, channel = target.contract.semantics.paging, channel_of(target, format, data)
    other = {paging.size: str(target.page_sizes(7)[0])} if paging and subject == paging.number else {}
    without = target.see(view, channel, more=other).listing()
    sent = target.see(view, channel, more={**other, subject: default}).listing()
    claim_same_page(f"{subject} left out", sent, without)
    pages = paging or target.contract.semantics.cursor
    if pages and subject == pages.size:
        count = len(without.items)
        claim(count <= int(default), "more items than the default size", f"at most {default}", count, without)


@requirement("parameters.minimum", shared=True)
@given(st.data())
def test_minimum(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The minimum is accepted as it is."""
    claim_taken_as_is(target, subject, "minimum", format, data)


@requirement("parameters.maximum", shared=True)
@given(st.data())
def test_maximum(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The maximum is accepted as it is."""
    claim_taken_as_is(target, subject, "maximum", format, data)


@requirement("parameters.above-maximum", shared=True)
@given(st.data())
def test_above_maximum(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A value over the maximum is rejected, or treated as the maximum; it never has its way."""
    maximum = int(target.parameter(subject).value("maximum"))
    value, channel = data.draw(values.above(maximum), label=subject), channel_of(target, format, data)
    # twice in a row, so that a server that goes one way and then the other is seen to; with a single example the next
    # number, too
    asked = (str(maximum + 1), value) if target.thrift.on else (value, value)
    with target.thrift.afresh():
        both = [(value, target.ask({subject: value}, channel)) for value in asked]
    for value, answer in both:
        claim_never_breaks(answer, f"{subject} of {value}")
        if answer.refused:
            target.watch.dialect.observe("above-maximum", subject, "rejected", answer.exchange)
            continue
        clamped = target.ask({subject: str(maximum)}, channel).listing()
        claim_same_page(f"{subject} of {value} has its way", clamped, answer.listing())
        target.watch.dialect.observe("above-maximum", subject, "clamped", answer.exchange)
        observe_echo(target, subject, answer, value, maximum)


def observe_echo(target: Target, subject: str, answer: Answer, requested: str, effective: int) -> None:
    """Which of two sizes the response repeats when the one asked for is not the one in force."""
    paging = target.contract.semantics.paging
    if paging is None or subject != paging.size or not paging.size_echo:
        return
    echo = answer.text(paging.size_echo)
    claim(echo in (str(requested), str(effective)), "the echo is neither size", effective, echo, answer)
    kind = "effective" if echo == str(effective) else "requested"
    target.watch.dialect.observe("clamped-echo", subject, kind, answer.exchange)


@requirement("parameters.below-minimum", shared=True)
@given(st.data())
def test_below_minimum(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A value under the minimum is rejected, or treated as the minimum or as the default."""
    parameter = target.parameter(subject)
    minimum, channel = int(parameter.value("minimum")), channel_of(target, format, data)
    if not target.thrift.on:
        way_below(target, subject, data.draw(values.below(minimum), label=subject), channel)
    # zero is often the same as nothing sent, so only a plain zero says which way the implementation goes
    for _ in range(2):
        way, exchange = way_below(target, subject, str(minimum - 1), channel)
        target.watch.dialect.observe("below-minimum", subject, way, exchange)


@requirement("parameters.malformed", shared=True)
@given(st.data())
def test_malformed(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A value that is not of the documented form is rejected or leaves no trace, and never breaks the server."""
    parameter = target.parameter(subject)
    clear, barely = values.not_a_time(), values.barely_times()
    if parameter.type == "integer":
        clear, barely = values.not_an_integer(), values.barely_integers()
    elif parameter.value("syntax") == JSON_TEXT:
        clear, barely = values.not_json(), values.barely_json()
    is_clear = target.thrift.on or data.draw(st.booleans(), label="clearly malformed")
    value = data.draw(clear if is_clear else barely, label=subject)
    channel = channel_of(target, format, data)
    with target.thrift.afresh():
        # with a single example twice in a row, so that a server that goes one way and then the other is seen to
        answers = [target.ask({subject: value}, channel) for _ in range(2 if target.thrift.on else 1)]
    for answer in answers:
        claim_never_breaks(answer, f"{subject} of {value!r}")
        if is_clear:
            way = "rejected" if answer.refused else way_of_malformed(target, answer)
            target.watch.dialect.observe("malformed", subject, way, answer.exchange)


def way_of_malformed(target: Target, answer: Answer) -> str:
    """Which of the documented ways a result goes whose request had a malformed value."""
    bare = default_page(target)
    if same(answer, bare):
        return "ignored"
    if not answer.items and not answer.count:
        return "matches-nothing"
    raise Violation(
        "a malformed value changes the answer",
        expected="an error, the answer without it, or nothing",
        received=answer.outline(),
        exchange=answer.exchange,
    )


@requirement("parameters.listed-values", shared=True)
def test_listed_values(target: Target, subject: str, format: Format) -> None:
    """Every value that the documentation lists is accepted."""
    for i, value in enumerate(target.parameter(subject).value("enum")):
        if were_taken(target, subject, Tried("parameters.listed-values", partial(listed_at, i), str(i), allowed=True)):
            continue
        channels = target.channels_for(format)
        answer = target.ask({subject: as_sent(value)}, channels[i % len(channels)])
        if not tells_of_a_dry_run(answer):
            answer.listing()


def listed_at(place: int, parameter: Parameter) -> tuple[str, ...] | None:
    """The value of a parameter that is listed at a place, if there are so many."""
    listed = parameter.value("enum") or ()
    return (as_sent(listed[place]),) if place < len(listed) and not is_trial(parameter) else None


def tells_of_a_dry_run(answer: Answer) -> bool:
    """Whether an answer is the documented one to a request that was only tried: such a parameter had its way."""
    documented = {e.code for e in answer.contract.errors if e.code.casefold().startswith(DRY_RUN)}
    documented |= {str(p.value("dry_run_code")) for p in answer.contract.parameters if p.value("dry_run_code")}
    return answer.kind == "refusal" and answer.code in documented


@requirement("parameters.dry-run")
@given(st.data())
def test_dry_run(target: Target, format: Format, data: Draws) -> None:
    """A request that is only tried gets no result: where it would succeed it gets the documented error."""
    parameter = next(p for p in target.contract.parameters if p.value("dry_run_code"))
    code, channel = str(parameter.value("dry_run_code")), channel_of(target, format, data)
    answer = target.ask({parameter.name: "true"}, channel)
    claim_refused(answer, f"a request with {parameter.name}")
    # what changes something is not sent in earnest, and what it names need not be there
    if target.contract.semantics.items and target.ask((), channel).accepted:
        claim_equal(f"the code that answers a request with {parameter.name}", code, answer.code, answer)


@requirement("parameters.ignored-values", shared=True)
def test_ignored_values(target: Target, subject: str, format: Format) -> None:
    """A listed value that the documentation calls ignored does not make the request fail: dropped, or nothing
    matches.
    """
    parameter, inventory = target.parameter(subject), target.inventory()
    ignored = [v for v in parameter.value("enum") if v not in parameter.value("effective_values")]
    for i, value in enumerate(ignored):
        channels = target.channels_for(format)
        answer = target.ask({subject: as_sent(value)}, channels[i % len(channels)]).listing()
        claim_dropped_or_nothing(target, subject, value, answer, inventory)


def claim_dropped_or_nothing(target: Target, subject: str, value: str, answer: Answer, inventory: Inventory) -> None:
    """The two ways to ignore a filter's value. Items that do have the value may come, too: then it was not ignored."""
    if not answer.is_whole or answer.lacks_total:
        return  # how many there are in all a first page does not say
    matching = target.expect(View({subject: value}))
    ways = {inventory.count, 0, matching.fewest}
    claim(
        answer.count in ways, f"{subject} of {value} is neither dropped nor matches nothing", ways, answer.count, answer
    )


@requirement("parameters.unknown-value", shared=True)
@given(st.data())
def test_unknown_value(target: Target, subject: str, format: Format, data: Draws) -> None:
    """An unlisted value drops the filter, matches nothing, or is an error, one of them throughout."""
    listed = tuple(map(str, target.parameter(subject).value("enum")))
    value = data.draw(values.unlisted(target.parameter(subject)), label=subject)
    channel, near = channel_of(target, format, data), near_values(listed)
    if target.thrift.on and (ends := ends_of_a_value(target, subject)):
        for end in ends:
            claim_unlisted(target, subject, end, channel)
        return
    claim_unlisted(target, subject, value, channel)
    # so does one that a listed value begins or ends with, or that is longer than one
    if near:
        value = data.draw(st.sampled_from(near), label="near")
        claim_unlisted(target, subject, value, channel_of(target, format, data))


def empty_text(parameter: Parameter) -> tuple[str, ...] | None:
    """Nothing, for what is a text."""
    return ("",) if parameter.type == "string" else None


@requirement("parameters.empty-value", shared=True)
@given(st.data())
def test_empty_value(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Sent empty is the same as left out, matches nothing or what has no value, or is an error."""
    bare = default_page(target, region_to_leave_out(target, subject))
    tried = Tried("parameters.empty-value", empty_text, holds=partial(same_page, bare))
    if did_no_harm(target, subject, tried):
        return
    # where requests are scarce, what was asked about a blank value
    channel = next(every_way(target, subject)) if target.thrift.on else channel_of(target, format, data)
    answer = target.ask({subject: ""}, channel)
    claim_never_breaks(answer, f"an empty {subject}")
    dropped = answer.accepted and same(answer, bare)
    way = "rejected" if answer.refused else "ignored" if dropped else "matches-nothing" if not answer.items else "other"
    target.watch.dialect.observe("empty-value", subject, way, answer.exchange)
    fields = [f.field for f in target.contract.semantics.filters if f.parameter == subject]
    valueless = all(not item.get(field) for field in fields for item in answer.items)
    wanted = "an error, no items, or the listing without it"
    claim(
        way != "other" or (bool(fields) and valueless),
        f"an empty {subject} brings something else",
        wanted,
        answer.outline(),
        answer,
    )


@requirement("parameters.order-irrelevant", shared=True)
@given(st.data())
def test_order_irrelevant(target: Target, format: Format, data: Draws) -> None:
    """The order in which parameters are sent does not change the answer."""
    view, channel = (
        data.draw(views(target.contract, need_items(target)), label="view"),
        channel_of(target, format, data),
    )
    sent = {**target.parameters_of(view), **page_of(target)}
    call = target.call(sent, channel)
    order = [call.parameters.index(pair) for pair in data.draw(st.permutations(call.parameters), label="order")]
    one = target.send(call).listing()
    with target.thrift.afresh():
        # what is taken away is another thing now
        again = target.call(sent, channel)
        other = target.send(evolve(again, parameters=tuple(again.parameters[place] for place in order))).listing()
    claim_same_page("another order of parameters", one, other)


def page_of(target: Target) -> dict[str, str]:
    """The parameters that ask for a first page of a size of its own."""
    paging = target.contract.semantics.paging
    return {paging.number: "1", paging.size: str(target.page_sizes(20)[0])} if paging else {}


@requirement("parameters.unknown-parameter", shared=True)
@given(st.data())
def test_unknown_parameter(target: Target, format: Format, data: Draws) -> None:
    """A parameter that the documentation does not know does not change the answer."""
    name = data.draw(st.sampled_from(["NoSuchParameter", "X-Unknown", "debug"]), label="name")
    view, channel = (
        data.draw(views(target.contract, need_items(target)), label="view"),
        channel_of(target, format, data),
    )
    more = {name: data.draw(values.awkward_texts(), label="value")}
    with target.thrift.afresh():
        # twice in a row, so that a server that goes one way and then the other is seen to
        both = [target.see(view, channel, more=more) for _ in range(2)]
    for answer in both:
        claim_never_breaks(answer, "a parameter that nobody knows")
        if answer.refused:
            target.watch.dialect.observe("unknown-parameter", "request", "rejected", answer.exchange)
            continue
        claim_same_page("a parameter that nobody knows", target.see(view, channel).listing(), answer.listing())
        claim_same_items(target, target.inventory().items, answer.items, "with a parameter that nobody knows", answer)
        target.watch.dialect.observe("unknown-parameter", "request", "ignored", answer.exchange)
