"""Requests that are to be under way together: each asks for something of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from conformance.contract.model import Contract
from conformance.generate.views import Items, View, views


def crowds(
    contract: Contract, items: Mapping[str, Items], sizes: Sequence[int], ways: int
) -> st.SearchStrategy[list[tuple[str, View, int, int, int]]]:
    """Four to eight requests: region, view, page size, page (from 1), and which of so many ways it travels.

    `items` are those of each region.
    """
    one = st.sampled_from(sorted(items)).flatmap(
        lambda region: st.tuples(
            st.just(region),
            views(contract, items[region]),
            st.sampled_from(sorted(sizes)),
            st.integers(1, 3),
            st.integers(0, ways - 1),
        )
    )
    return st.lists(one, min_size=4, max_size=8)
