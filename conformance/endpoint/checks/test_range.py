"""Time ranges: a start and an end keep the items created between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of, need_filterable
from conformance.endpoint.claims import claim, claim_listing, claim_never_breaks, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, NotApplicable, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.times import format_time, leeway, parse_time, precision_of
from conformance.generate.views import View, equalities, moments, ranges, request_time_format
from conformance.wire.exchange import Channel, Format

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def timed(target: Target) -> tuple[Item, ...]:
    """Items to draw ranges from, one of which has a time at least, and one that can be read."""
    items, name = need_items(target, field=target.time_range.field), target.time_range.field
    texts = [text for item in items if (text := item.get(name))]
    if texts and not any(map(parse_time, texts)):
        about = f"fields.{target.contract.semantics.items}.{name}.time-format"
        raise Inconclusive(f"not judged, because no {name} can be read as a time, such as {texts[0]!r}", because=about)
    return items


def times_of(target: Target) -> list[datetime]:
    """The shown times of the inventory, sorted."""
    name = target.time_range.field
    times = sorted(t for item in timed(target) if (t := parse_time(item.get(name))))
    if not times:
        raise Inconclusive("no item has a time to look for")
    return times


@requirement("range.scope", shared=True)
@given(st.data())
def test_scope(target: Target, format: Format, data: Draws) -> None:
    """What comes for a required range, from one item's time to another's, was created in it."""
    span = target.span
    if span is None or span.start is None or span.end is None:
        raise NotApplicable("no time range is required")
    times = sorted(t for item in need_items(target) if (t := parse_time(item.get(span.field))))
    if not times:
        raise Inconclusive("no item has a time to look for")
    chosen = sorted(data.draw(st.lists(st.sampled_from(times), min_size=2, max_size=2), label="start and end"))
    forms = [request_time_format(target.contract, name) for name in (span.start, span.end)]
    start, end = (format_time(time, form) for time, form in zip(chosen, forms, strict=True))
    answer = target.ask({span.start: start, span.end: end}, channel_of(target, format, data)).listing()
    earliest, latest = (parse_time(text) or time for text, time in zip((start, end), chosen, strict=True))
    for item in answer.items:
        text = item.get(span.field)
        time = parse_time(text)
        is_in = time is None or (time + leeway(text) >= earliest and time <= latest + leeway(end))
        claim(is_in, "an item was created outside of the range", f"{start} to {end}", text, answer)


def claim_range(target: Target, view: View, channel: Channel) -> list[str]:
    """The items of a view are those that the inventory has there."""
    keys, answer = target.keys_of(view, target.largest_page, channel)
    claim_listing(str(view), target.expect(view), keys, answer)
    return keys


def exact_moments(target: Target) -> list[datetime]:
    """Moments to the second at which an item is known to have been created, so that a bound can be put right on it."""
    return sorted(set(target.oracle().exact_times.values())) or times_of(target)


def beside(target: Target) -> st.SearchStrategy[datetime]:
    """The last moment that is surely before an item, and the first that is surely after it, as its time is shown."""
    name = target.time_range.field
    shown = sorted({(t, str(text)) for item in timed(target) if (t := parse_time(text := item.get(name)))})
    spans = {text: timedelta(minutes=1) if precision_of(text) == "minutes" else SECOND for _, text in shown}
    around = [moment for t, text in shown for moment in (t - SECOND, t + spans[text])]
    return st.sampled_from(around or exact_moments(target))


@requirement("range.start", shared=True)
@given(st.data())
def test_start(target: Target, format: Format, data: Draws) -> None:
    """With a start, exactly the items created at or after it come back."""
    start = data.draw(st.one_of(moments(target.contract, timed(target)), st.sampled_from(exact_moments(target))))
    for bound in (start, data.draw(beside(target), label="beside an item")):
        claim_range(target, View(start=bound), channel_of(target, format, data))


@requirement("range.end", shared=True)
@given(st.data())
def test_end(target: Target, format: Format, data: Draws) -> None:
    """With an end, exactly the items created at or before it come back."""
    end = data.draw(st.one_of(moments(target.contract, timed(target)), st.sampled_from(exact_moments(target))))
    for bound in (end, data.draw(beside(target), label="beside an item")):
        claim_range(target, View(end=bound), channel_of(target, format, data))


@requirement("range.splits", shared=True)
@given(st.data())
def test_splits(target: Target, format: Format, data: Draws) -> None:
    """A range cut in two gives the same items as the whole, none lost at the cut."""
    start, end = data.draw(ranges(target.contract, timed(target)))
    cut = data.draw(st.one_of(st.sampled_from(exact_moments(target)), moments(target.contract, timed(target))))
    channel = channel_of(target, format, data)
    start, end = start or times_of(target)[0] - timedelta(days=1), end or times_of(target)[-1] + timedelta(days=1)
    cut = min(max(cut, start), end)
    whole = set(claim_range(target, View(start=start, end=end), channel))
    parts = set(claim_range(target, View(start=start, end=cut), channel))
    parts |= set(claim_range(target, View(start=cut, end=end), channel))
    lost = whole - parts - (at(target, cut) if may_exclude_both_bounds(target) else set())
    claim(not lost, "items are lost where a range is cut", whole, f"without {', '.join(sorted(lost)[:5])}", None)
    claim(parts <= whole, "a part of a range has items that the whole has not", whole, parts - whole, None)


def at(target: Target, moment: datetime) -> set[str]:
    """The keys of the items that may have been created at just that moment."""
    key, oracle = target.contract.semantics.key or "", target.oracle()
    return {item.get(key) or "" for item in target.inventory().items if oracle.may_be_at(item, moment)}


def may_exclude_both_bounds(target: Target) -> bool:
    """Whether an item that is exactly on a bound may be outside on either side, as far as was seen."""
    bounds = (target.time_range.start or "", target.time_range.end or "")
    return "inclusive" not in [target.watch.dialect.taken("range-bound", p) for p in bounds]


@requirement("range.whole", shared=True)
@given(st.data())
def test_whole(target: Target, format: Format, data: Draws) -> None:
    """A range that covers every item gives the whole listing."""
    times = times_of(target)
    margin = timedelta(minutes=data.draw(st.sampled_from([2, 60, 60 * 24 * 365])))
    view = View(start=times[0] - margin, end=times[-1] + margin)
    claim_range(target, view, channel_of(target, format, data))


@requirement("range.outside", shared=True)
@given(st.data())
def test_outside(target: Target, format: Format, data: Draws) -> None:
    """A range that lies before or after every item gives none."""
    times, length = times_of(target), timedelta(days=data.draw(st.sampled_from([1, 30, 3650])))
    gap = timedelta(minutes=data.draw(st.sampled_from([2, 60])))
    before = View(start=times[0] - gap - length, end=times[0] - gap)
    after = View(start=times[-1] + gap, end=times[-1] + gap + length)
    view = data.draw(st.sampled_from([before, after]), label="range")
    answer = target.see(view, channel_of(target, format, data)).listing()
    wanted = target.expect(view)
    claim_listing("outside every item", wanted, answer.keys, answer)
    claim(
        answer.lacks_total or wanted.admits_total(answer.count), "the total outside every item", 0, answer.count, answer
    )


@requirement("range.inverted", shared=True)
@given(st.data())
def test_inverted(target: Target, format: Format, data: Draws) -> None:
    """A start after the end matches nothing, is ignored, or is an error."""
    times = times_of(target)
    # bounds among the items tell a server that swaps them from one that ignores them
    late, early = data.draw(st.sampled_from([(times[-1], times[0]), (times[-1] + DAY, times[0] - DAY), middle(times)]))
    view = View(start=late + SECOND, end=early - SECOND)
    answer = target.see(view, channel_of(target, format, data))
    subject = target.time_range.start or ""
    target.watch.dialect.observe("inverted-range", subject, way_of(target, answer), answer.exchange)


def middle(times: Sequence[datetime]) -> tuple[datetime, datetime]:
    """Two moments among the items, the later one first."""
    return times[len(times) * 3 // 4], times[len(times) // 4]


def way_of(target: Target, answer: Answer) -> str:
    """Which of the documented ways a range whose start is after its end goes."""
    claim_never_breaks(answer, "a start after the end")
    if answer.refused:
        return "rejected"
    if answer.accepted and not answer.items and not answer.count:
        return "matches-nothing"
    if answer.accepted and answer.count == target.inventory().count:
        return "ignored"
    if (
        answer.accepted
        and not (answer.is_whole and answer.count is not None)
        and answer.keys == target.ask().listing().keys
    ):
        return "ignored"  # the first of several pages
    raise Violation(
        "a start after the end matches something",
        expected="nothing, the whole listing, or an error",
        received=answer.outline(),
        exchange=answer.exchange,
        counts=not answer.items,
    )


@requirement("range.with-filters", shared=True)
@given(st.data())
def test_with_filters(target: Target, format: Format, data: Draws) -> None:
    """A time range and a filter together keep the items that both keep."""
    timed(target)
    items = need_filterable(target)
    start, end = data.draw(ranges(target.contract, items))
    view = View(data.draw(equalities(target.contract, items, at_least=1), label="filters"), None, start, end)
    claim_range(target, view, channel_of(target, format, data))
