"""Variants of pages that are named by tokens."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from conformance.contract.model import Contract
from conformance.reference.context import Context, Query
from conformance.reference.listing import ListingPage
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, MembersStep, PageStep, TokenStep, replacing
from conformance.reference.store import Item
from conformance.reference.variants.variant import Variant

# leads to what comes after the last item
END = "the-end"


def cursors(contract: Contract) -> tuple[Variant, ...]:
    """Ways of tokens that the documentation leaves open, where the operation has them."""
    cursor = contract.semantics.cursor
    if not (cursor and contract.semantics.items):
        return ()
    is_error = any(e.parameter == cursor.token for e in contract.errors)
    return (
        *(() if is_error else _of_unknown()),
        Variant(
            "last-page-lacks-the-token",
            "leaves the member of the token out on the last page",
            replacements=replacing(STEP.result).by(_absent),
        ),
        Variant(
            "every-page-has-a-token",
            "gives a token with every page that is not empty, of which the last leads to an empty one",
            replacements=replacing(STEP.page_by_token).by(_always),
        ),
        Variant(
            "token-keeps-its-size",
            "refuses a token together with another page size than that of the page before",
            replacements=replacing(STEP.token_at).by(_with_size),
        ),
    )


def _of_unknown() -> tuple[Variant, ...]:
    """What may become of a token that no answer gave, where no error for it is documented."""
    return (
        Variant(
            "unknown-token-counts-as-none",
            "answers a token that it did not give with the first page",
            replacements=replacing(STEP.page_by_token).by(_first_page),
        ),
        Variant(
            "unknown-token-brings-nothing",
            "answers a token that it did not give with an empty page",
            replacements=replacing(STEP.page_by_token).by(_nothing),
        ),
    )


def _absent(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    tree, cursor = inner(context, query, page), context.contract.semantics.cursor
    return {n: v for n, v in tree.items() if cursor is None or n != cursor.next or v}


def _first_page(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    try:
        return inner(context, query, listing)
    except RefusedRequest:
        return inner(context, evolve(query, token=""), listing)


def _nothing(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    try:
        return inner(context, query, listing)
    except RefusedRequest:
        return evolve(inner(context, evolve(query, token=""), listing), items=(), next="")


def _always(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    if query.token == END:
        return evolve(inner(context, evolve(query, token=""), listing), items=(), next="")
    page = inner(context, query, listing)
    return evolve(page, next=page.next or (END if page.items else ""))


def _with_size(inner: TokenStep, context: Context, query: Query, first: int) -> str:
    return f"{inner(context, query, first)}-{query.size}"
