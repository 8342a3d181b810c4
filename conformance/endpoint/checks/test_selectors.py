"""Lists of values: the items that have one of them come back, whichever it is, and no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.narrowing import Selector
from conformance.endpoint.checks.drawing import all_keys, channel_of, known_ids
from conformance.endpoint.claims import (
    claim_complete,
    claim_listing,
    claim_never_breaks,
    claim_selected,
    lack_of,
    need_items,
)
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive, NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.generate.narrowings import most_values, selector_values, several
from conformance.generate.views import View, equalities
from conformance.wire.exchange import Format

UNKNOWN = "zz0zz-no-item-has-it"


def selector_of(target: Target, subject: str) -> Selector:
    """The list of values that a parameter is."""
    return next(s for s in target.contract.semantics.selectors if s.parameter == subject)


def need_values(target: Target, selector: Selector, least: int = 1) -> tuple[Item, ...]:
    """Items, and so many values of them that can be asked for."""
    items = need_items(target, field=selector.field)
    if most_values(selector) < least:
        raise NotApplicable(f"the documentation allows {selector.limit} values, and this needs {least}")
    known = len(selector_values(target.contract, selector, items))
    if known < least:
        why = f"the items have {known} values of {selector.field}; this needs at least {least}"
        raise Inconclusive(why, lack=lack_of(target, selector.field, known, least))
    return items


def drawn(target: Target, subject: str, data: Draws) -> View:
    """Values of a list that items have."""
    selector = selector_of(target, subject)
    items = need_values(target, selector)
    return View(among={subject: data.draw(several(target.contract, selector, items), label=subject)})


@requirement("selectors.selects", shared=True)
@given(st.data())
def test_selects(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Only items that have one of the values come back."""
    view = drawn(target, subject, data)
    keys, answer = all_keys(target, view, format, data)
    claim_selected(f"{view}", target.expect(view), keys, answer)


@requirement("selectors.complete", shared=True)
@given(st.data())
def test_complete(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Every item that has one of the values comes back: of one, and of as many as there are."""
    selector = selector_of(target, subject)
    known = selector_values(target.contract, selector, need_values(target, selector))
    every = tuple(known[: most_values(selector)])
    views = st.one_of(st.just(every), several(target.contract, selector, need_items(target)))
    view = View(among={subject: data.draw(views, label=subject)})
    keys, answer = all_keys(target, view, format, data)
    claim_complete(f"{view}", target.expect(view), keys, answer)


@requirement("selectors.order-irrelevant", shared=True)
@given(st.data())
def test_order_irrelevant(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The order of the values, and one named twice, do not matter."""
    selector = selector_of(target, subject)
    items = need_values(target, selector, least=2)
    values = data.draw(several(target.contract, selector, items, least=2), label=subject)
    repeated = (*values[: most_values(selector) - 1], values[0])
    other = data.draw(st.sampled_from([tuple(sorted(values, reverse=True)), values[::-1], repeated]), label="again")
    view = View(among={subject: other})
    keys, answer = all_keys(target, view, format, data)
    claim_listing(f"{view}", target.expect(view), keys, answer)


@requirement("selectors.unknown-value", shared=True)
@given(st.data())
def test_unknown_value(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A value that no item has matches nothing and does not disturb the others, or is an error."""
    selector = selector_of(target, subject)
    items = need_values(target, selector)
    known = data.draw(several(target.contract, selector, items), label=subject)[: most_values(selector) - 1]
    values = data.draw(st.sampled_from([(UNKNOWN,), (UNKNOWN, *known), (*known, UNKNOWN)]), label="with an unknown one")
    view, channel = View(among={subject: values}), channel_of(target, format, data)
    first = target.see(view, channel)
    claim_never_breaks(first, f"{view}")
    if not first.refused:
        keys, answer = target.keys_of(view, target.largest_page, channel)
        claim_listing(f"{view}", target.expect(view), keys, answer)


@requirement("selectors.intersect", shared=True)
@given(st.data())
def test_intersect(target: Target, format: Format, data: Draws) -> None:
    """A list of values and something else that keeps items, together keep what both keep."""
    contract, items = target.contract, need_items(target)
    there = [s for s in contract.semantics.selectors if selector_values(contract, s, items)]
    others = there[1:2]
    ways = [name for name, has in (("list", others), ("filter", contract.semantics.filters)) if has]
    ways += ["ids"] if contract.semantics.ids else []
    if not there or not ways:
        raise NotApplicable("there is nothing else that keeps items, or no value of a list is known")
    way = data.draw(st.sampled_from(ways), label="beside it")
    among = {s.parameter: data.draw(several(contract, s, items), label=s.parameter) for s in there[:1]}
    equals: dict[str, str] = {}
    ids: tuple[str, ...] | None = None
    if way == "list":
        among |= {s.parameter: data.draw(several(contract, s, items), label=s.parameter) for s in others}
    elif way == "filter":
        equals = data.draw(equalities(contract, items, at_least=1), label="filters")
    else:
        ids = data.draw(known_ids(target), label="ids")
    view = View(equals, ids, among=among)
    keys, answer = all_keys(target, view, format, data)
    claim_listing(f"{view}", target.expect(view), keys, answer)
