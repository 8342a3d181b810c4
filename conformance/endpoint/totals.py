"""Totals: where they are not the number of what is there, nothing follows from what a request brings."""

from __future__ import annotations

from itertools import islice

from conformance.endpoint.findings import Disturbed, Explained, Inconclusive
from conformance.endpoint.steadiness import KEPT_CHANGING
from conformance.endpoint.suspicion import Suspicion
from conformance.endpoint.target import Target
from conformance.generate.nothing import empty_views
from conformance.generate.views import View
from conformance.wire.exchange import Exchange

COUNTS, CONSTANT, NOTHING = "paging.total-counts-the-listing", "paging.total-is-constant", "emptiness.total"
# how many requests that no item matches, and how many pages, are looked at; where requests are scarce fewer pages
FEW_REASONS, FEW_PAGES, FEWER_PAGES = 2, 16, 3
# what judges pages and totals themselves, or what no total explains
ABOUT_PAGES = (
    "paging.pages-", "paging.last-", "paging.total-", "paging.repeatable", "paging.page-size-", "stability.",
)  # fmt: skip
ABOUT_REGIONS = "regions."


def about_the_total(of: Suspicion) -> Inconclusive | None:
    """Whether the pages of the whole listing do not hold what their total says, or small pages say another: then what
    is there is not known, and nothing follows from it.
    """
    target, check, paging = of.target, of.check, of.target.contract.semantics.paging
    if not of.relies or (check.startswith(ABOUT_REGIONS) and not of.violation.counts):
        return None
    if paging is None or check.startswith(ABOUT_PAGES) or f".{paging.size}." in check or f".{paging.number}." in check:
        return None
    whole, size = target.inventory(), _size_of(target, of.exchange)
    most = FEWER_PAGES if target.thrift.scarce else FEW_PAGES
    pages = tuple(islice(target.pages(View(), size), most)) if size else ()
    small = target.ask({paging.size: str(target.smallest_size)}).listing()
    if whole.total is None or small.total is None:
        return None
    on_pages = sum(len(page.items) for page in pages)
    wanted = min(whole.total, most * size) if size else 0
    if whole.total == whole.on_pages == small.total and on_pages == wanted:
        return None
    if target.has_moved():
        return Disturbed(KEPT_CHANGING)
    if whole.total != whole.on_pages:
        why = f"the total of the listing is {whole.total}, and its pages hold {whole.on_pages} items"
        return Explained(f"not judged, because {why}", because=COUNTS)
    if whole.total == small.total:
        why = f"the total of the listing is {whole.total}, and {len(pages)} pages of {size} hold {on_pages} items"
        return Explained(f"not judged, because {why}", because=COUNTS)
    why = f"the total of the listing is {whole.total} on its largest page, and {small.total} on its smallest"
    return Explained(f"not judged, because {why}", small.exchange, because=CONSTANT)


def _size_of(target: Target, exchange: Exchange | None) -> int | None:
    """The size of the page that a request asks for."""
    paging = target.contract.semantics.paging
    text = dict(exchange.call.parameters).get(paging.size, "") if exchange is not None and paging else ""
    return int(text) if text.isdecimal() and 0 < int(text) < target.largest_size else None


def about_the_total_of_nothing(of: Suspicion) -> Inconclusive | None:
    """Whether an answer without items has the same total as one to a request that no item matches for certain."""
    target, answer, paging = of.target, of.answer, of.target.contract.semantics.paging
    if paging is None or answer is None or not of.violation.counts or answer.items or not answer.total:
        return None
    for why, view in islice(empty_views(target.contract, target.inventory().items), FEW_REASONS):
        other = target.see(view, answer.exchange.call.channel).listing()
        if not other.items and other.total == answer.total:
            message = f"not judged, because the total of {why} is {other.total}"
            return Explained(message, answer.exchange, because=NOTHING)
    return None
