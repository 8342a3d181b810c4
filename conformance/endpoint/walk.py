"""A walk over the pages of a listing, which comes to an end whatever the endpoint says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.traffic import Limits

NO_END = "a listing without an end"
# a page beyond it may be refused for its number alone
MOST_COUNTED = 2**31 - 1


@define
class TokenWalk:
    """The pages of one listing, each asked for with the token of the one before, which it has at the path `next`."""

    limits: Limits
    next: str
    items: int = 0
    pages: int = 0
    _tokens: set[str] = field(factory=set)

    def after(self, page: Answer) -> str | None:
        """The token that leads on from a page; None at the end. Raises Violation for one that was there before,
        since it leads round, Inconclusive for a listing of more than a run reads.
        """
        token = page.text(self.next)
        if token is None:
            return None
        if token in self._tokens:
            raise Violation(
                "the tokens of the pages have no end",
                expected="no token, or an empty one, on the last page",
                received=f"the token {token} again after {self.pages} pages",
                exchange=page.exchange,
                cause=NO_END,
            )
        self._tokens.add(token)
        self.items += len(page.items)
        self.pages += 1
        if self.items > self.limits.max_items or self.pages >= self.limits.max_pages:
            raise Inconclusive(
                f"the listing goes on after {self.items:,} items on {self.pages:,} pages, and a run reads no further"
            )
        return token


def pages_by_token(
    walk: TokenWalk, ask: Callable[[str | None, int | None], Answer], sizes: Sequence[int | None]
) -> Iterator[Answer]:
    """All pages, each a result or a violation; `ask` brings that of a token, in one of the sizes in turn."""
    page = ask(None, sizes[0]).listing()
    yield page
    while (token := walk.after(page)) is not None:
        page = ask(token, sizes[walk.pages % len(sizes)]).listing()
        yield page


@define
class PageWalk:
    """The pages of one listing, seen one after the other. `ask` brings a page of it by its number."""

    limits: Limits
    ask: Callable[[int], Answer]
    _keys: set[str] = field(factory=set)
    _pages: int = 0

    def goes_on(self, page: Answer, number: int, step: int) -> bool:
        """Whether there is a page after this one, which is the `number`th, of `step` items.

        A page that brings nothing new is the last that is read: others would tell no more. Raises Violation for a
        total that the last page belies, Inconclusive for a listing of more than a run reads.
        """
        total = page.total or 0
        keys = set(page.keys) - {""}
        if not page.items or (keys and keys <= self._keys):
            return False
        # without a total only a page that is not full says that it is the last
        if len(page.items) < step if page.lacks_total else number * step >= total:
            return False
        self._keys |= keys
        self._pages += 1
        if total > self.limits.max_items:
            self._refuse_a_lie(total, step)
            raise Inconclusive(f"the listing holds {total:,} items, and a run reads at most {self.limits.max_items:,}")
        if self._pages >= self.limits.max_pages:
            raise Inconclusive(f"the listing has more than the {self.limits.max_pages:,} pages that a run reads")
        return True

    def _refuse_a_lie(self, total: int, step: int) -> None:
        """Ask for the page that must be the last, or for the last that a number of 32 bits counts. What it says is the
        total by then counts, so that no change of the listing is taken for a lie.
        """
        last = -(-min(total, MOST_COUNTED) // step)
        page = self.ask(last)
        if not page.accepted or page.total is None:
            return
        rest = min(max(page.total - (last - 1) * step, 0), step)
        if len(page.items) != rest:
            raise Violation(
                "the total is not the number of items: the last page does not hold the rest",
                expected=f"{rest} items on page {last} of {step} each, for a total of {page.total}",
                received=f"{len(page.items)} items",
                exchange=page.exchange,
                cause=NO_END,
            )
