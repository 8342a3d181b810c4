"""Least and greatest values of numbers and times, and patterns: exactly the items within, or that fit, come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import all_keys, drawn_or_first
from conformance.endpoint.claims import claim_complete, claim_listing, claim_selected, lack_of, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.narrowings import bound_values
from conformance.generate.views import View
from conformance.wire.exchange import Format


def bounded(target: Target, subject: str, data: Draws) -> View:
    """A value of a bound, at one that an item has, beside it or between two."""
    bound = next(b for b in target.contract.semantics.bounds if b.parameter == subject)
    values = bound_values(target.contract, bound, need_items(target, field=bound.field))
    if not values:
        raise Inconclusive(f"no item has a value of {bound.field} to compare with", lack=lack_of(target, bound.field))
    return View(bounds={subject: drawn_or_first(target, data, values[len(values) // 2 :], subject)})


@requirement("bounds.selects", shared=True)
@given(st.data())
def test_selects(target: Target, subject: str, format: Format, data: Draws) -> None:
    """No item beyond the bound comes back."""
    view = bounded(target, subject, data)
    keys, answer = all_keys(target, view, format, data)
    claim_selected(f"{view}", target.expect(view), keys, answer)


@requirement("bounds.complete", shared=True)
@given(st.data())
def test_complete(target: Target, subject: str, format: Format, data: Draws) -> None:
    """Every item within the bound comes back."""
    view = bounded(target, subject, data)
    keys, answer = all_keys(target, view, format, data)
    claim_complete(f"{view}", target.expect(view), keys, answer)


@requirement("filters.pattern", shared=True)
@given(st.data())
def test_pattern(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A * stands for any text, at either end and in the middle."""
    field = next(f.field for f in target.contract.semantics.filters if f.parameter == subject)
    items = need_items(target, field=field)
    values = sorted({v for item in items if (v := item.get(field)) and "*" not in v and v == v.strip()})
    if not values:
        raise Inconclusive(f"no item has a value to look for with {subject}", lack=lack_of(target, field))
    value = data.draw(st.sampled_from(values), label="value")
    cut = data.draw(st.integers(1, max(1, len(value) - 1)), label="cut")
    patterns = [f"{value[:cut]}*", f"*{value[cut:]}", f"*{value[cut:]}*", f"{value[0]}*{value[cut:]}", f"{value}*"]
    text = data.draw(st.sampled_from([p for p in patterns if p.strip("* ")]), label=subject)
    view = View({subject: text})
    keys, answer = all_keys(target, view, format, data)
    claim_listing(f"{view}", target.expect(view), keys, answer)
