"""Which items an answer holds: filtering, ordering and paging."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import frozen

from conformance.contract.model import Contract, Filter, Parameter
from conformance.reference.context import Query
from conformance.reference.store import Item

if TYPE_CHECKING:
    from conformance.reference.context import Context


@frozen
class ListingPage:
    """The items of one page in order, the number of items over all pages, and what the response repeats.

    `next` is the token of the page after it, empty where there is none.
    """

    items: tuple[Item, ...]
    total: int
    number: int
    size: int
    next: str = ""


def value_at(item: Item, path: str, prefix: str | None = None) -> Any:
    """The value at a dotted path of an item, or None. A path from the response root loses its `prefix`."""
    if "." not in path:
        return item.get(path)
    value: Any = item
    for name in path.removeprefix(f"{prefix}.").split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def stored(context: Context, region: str) -> Sequence[Item]:
    """All items of a region, as they are now."""
    return context.server.store.items(region, context.server.clock())


def select(context: Context, query: Query) -> list[Item]:
    """The items that every condition of the query keeps, in order."""
    if query.nothing:
        return []
    items, keeps = context.steps.stored(context, query.region), context.steps.keeps
    kept = [item for item in items if keeps(context, query, item)] if query.is_selective else list(items)
    if query.ids is not None:
        context.steps.check_unknown_ids(context, query, items)
    return order_of_the_size(context, query, context.steps.order(context, kept))


def keeps(context: Context, query: Query, item: Item) -> bool:
    """Whether every condition keeps the item."""
    steps = context.steps
    return (
        all(steps.matches(context, f, value, item) for f, value in query.filters)
        and (query.ids is None or steps.named(context, query.ids, item))
        and steps.narrowed(context, query, item)
        and steps.within(context, query.start, query.end, item)
    )


def matches(context: Context, filter: Filter, value: str, item: Item) -> bool:
    """Whether an item has the value that a filter asks for."""
    found = value_at(item, filter.field, context.contract.semantics.items)
    if isinstance(found, bool):
        return ("true" if found else "false") == value.lower()
    parameter = context.contract.parameter(filter.parameter)
    how = parameter.value("matching") if parameter else None
    if found is None:
        return False
    if how is not None:
        return fits_pattern(how, str(found), value)
    return str(found) == value or _respelled(parameter, value, str(found))


def _respelled(parameter: Parameter | None, value: str, found: str) -> bool:
    """Whether an item shows a listed value of a parameter in another spelling, as samples do: IMPORT_IMAGE."""
    listed = parameter.value("enum") if parameter else None
    return value in (listed or ()) and found.replace("_", "").casefold() == value.replace("_", "").casefold()


def fits_pattern(how: str, found: str, value: str) -> bool:
    """Whether a text is what a pattern (`*` for any text) or a part asks for."""
    if how == "part":
        return value in found
    return re.fullmatch(".*".join(map(re.escape, value.split("*"))), found, re.DOTALL) is not None


def named(context: Context, ids: Sequence[str], item: Item) -> bool:
    """Whether an item is among the listed ids."""
    return key_of(context, item) in ids


def key_of(context: Context, item: Item) -> str:
    """The id by which an item is listed."""
    semantics = context.contract.semantics
    field = semantics.ids.field if semantics.ids else semantics.key
    return str(value_at(item, field or "", semantics.items))


def check_unknown_ids(context: Context, query: Query, items: Sequence[Item]) -> None:
    """Ids that no item has. Raises RefusedRequest where they are rejected."""
    ids = context.contract.semantics.ids
    if ids and context.take("unknown-id", ids.parameter) == "rejected":
        known = {key_of(context, item) for item in items}
        if any(id not in known for id in query.ids or ()):
            context.steps.invalid(context, ids.parameter)


def within(context: Context, start: str | None, end: str | None, item: Item) -> bool:
    """Whether an item's time lies in the range. ISO 8601 times of one form compare as text."""
    semantics = context.contract.semantics
    if semantics.range is None or (start is None and end is None):
        return True
    time = value_at(item, semantics.range.field, semantics.items)
    if time is None:
        return False
    if start is not None and not context.steps.from_start(context, time, start):
        return False
    return end is None or context.steps.to_end(context, time, end)


def from_start(context: Context, time: str, start: str) -> bool:
    """Whether a time is not before the start of the range."""
    range = context.contract.semantics.range
    inclusive = context.take("range-bound", (range and range.start) or "") != "exclusive"
    return time >= start if inclusive else time > start


def to_end(context: Context, time: str, end: str) -> bool:
    """Whether a time is not after the end of the range."""
    range = context.contract.semantics.range
    inclusive = context.take("range-bound", (range and range.end) or "") != "exclusive"
    return time <= end if inclusive else time < end


def order(context: Context, items: list[Item]) -> list[Item]:
    """The items in the order that is taken; the key decides between equal times, so that pages hold still."""
    semantics = context.contract.semantics
    taken = context.take("order", semantics.items or "", "listing", "response")
    return context.server.orders.of(items, taken, partial(_ordered, context.contract, taken))


def order_of_the_size(context: Context, query: Query, items: list[Item]) -> list[Item]:
    """The items in the order of the page size, where each has one of its own; pages by token have one for all."""
    paging = context.contract.semantics.paging
    if paging is None or query.by_token or context.take("order-over-sizes", paging.size) != "each":
        return items
    how = partial(_mixed, context.contract, str(query.size))
    return context.server.orders.of(items, query.size, how)


def _ordered(contract: Contract, taken: str | None, items: list[Item]) -> list[Item]:
    time, prefix = time_field_of(contract), contract.semantics.items
    identity = partial(_identity, contract)
    if taken == "other":
        return _mixed(contract, "", items)
    if taken == "by-key" or time is None:
        return sorted(items, key=identity)
    newest_first = taken == "newest-first"
    return sorted(items, key=lambda item: (value_at(item, time, prefix) or "", identity(item)), reverse=newest_first)


def _mixed(contract: Contract, salt: str, items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: hashlib.sha256((salt + _identity(contract, item)).encode()).digest())


def _identity(contract: Contract, item: Item) -> str:
    """What tells an item from others: its key, or all that it holds where no member is a key."""
    key = contract.semantics.key
    return str(value_at(item, key, contract.semantics.items)) if key else repr(sorted(item.items()))


def time_field_of(contract: Contract) -> str | None:
    """The field that says how old an item is."""
    if contract.semantics.range:
        return contract.semantics.range.field
    return next((f.name for f in contract.item_fields if f.value("time_format")), None)


def page(context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    """The page of the listing that the query asks for. Raises RefusedRequest."""
    if query.by_token:
        return context.steps.page_by_token(context, query, listing)
    number = query.number
    if number > 1 and (number - 1) * query.size >= len(listing):
        number = context.steps.beyond_the_end(context, query, listing)
    first = (number - 1) * query.size
    items = tuple(listing[first : first + max(0, query.size)])
    total = context.steps.total(context, query, listing, items)
    return ListingPage(items, total, query.number_echo, query.size_echo)


def page_by_token(context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
    """The page that a token leads to, with the token of the next one. Raises RefusedRequest for an unknown token."""
    cursor, first = context.contract.semantics.cursor, 0
    if query.token:
        starts = range(1, len(listing))
        known = next((n for n in starts if context.steps.token_at(context, query, n) == query.token), None)
        if known is None:
            context.steps.invalid(context, cursor.token if cursor else "")
        first = known
    items = tuple(listing[first : first + query.size])
    after = first + len(items)
    token = context.steps.token_at(context, query, after) if after < len(listing) else ""
    total = context.steps.total(context, query, listing, items)
    return ListingPage(items, total, query.number_echo, query.size_echo, token)


def token_at(context: Context, query: Query, first: int) -> str:
    """The token of the page that begins with an item, by its number in the listing; of this listing alone."""
    kept = (query.ids, query.start, query.end, query.filters, query.among, query.tags, query.bounds)
    about = (context.contract.operation, query.region, kept)
    return f"{hashlib.sha256(repr((about, first)).encode()).hexdigest()[:32]}{first:x}"


def beyond_the_end(context: Context, query: Query, listing: Sequence[Item]) -> int:
    """The number of the page that is answered in place of one that does not exist. Raises RefusedRequest."""
    paging = context.contract.semantics.paging
    name = paging.number if paging else ""
    taken = context.take("beyond-the-end", name)
    if taken == "rejected":
        context.steps.invalid(context, name)
    return max(1, -(-len(listing) // query.size)) if taken == "last-page" else query.number


def total(context: Context, query: Query, listing: Sequence[Item], items: Sequence[Item]) -> int:
    """The number of items over all pages."""
    return len(listing)
