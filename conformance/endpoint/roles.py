"""What the parameters and fields of an operation are for, as the checks ask for it: its paging, ids, range, sizes."""

from __future__ import annotations

from typing import Literal

from attrs import define

from conformance.contract.model import Contract, Cursor, IdList, Paging, Parameter, TimeRange
from conformance.endpoint.findings import NotApplicable

# the largest page that is asked for where no maximum is documented, so that any size is allowed
MOST_A_PAGE = 100
# the longest id list that is sent where no limit is documented
MOST_IDS = 100


@define(slots=False, eq=False)
class ContractRoles:
    """The roles in one contract. What the operation has not is NotApplicable."""

    contract: Contract

    @property
    def key(self) -> str:
        """The field that identifies an item. Raises NotApplicable where none is documented."""
        if self.contract.semantics.key is None:
            raise NotApplicable("the items of the operation have no documented key")
        return self.contract.semantics.key

    @property
    def paging(self) -> Paging:
        """Raises NotApplicable where the operation has none."""
        if self.contract.semantics.paging is None:
            raise NotApplicable("the operation does not page its listing")
        return self.contract.semantics.paging

    @property
    def cursor(self) -> Cursor:
        """Raises NotApplicable where the operation has none."""
        if self.contract.semantics.cursor is None:
            raise NotApplicable("the pages of the operation are not named by tokens")
        return self.contract.semantics.cursor

    @property
    def id_list(self) -> IdList:
        """Raises NotApplicable where the operation has none."""
        if self.contract.semantics.ids is None:
            raise NotApplicable("the operation takes no list of ids")
        return self.contract.semantics.ids

    @property
    def time_range(self) -> TimeRange:
        """Raises NotApplicable where the operation has none."""
        if self.contract.semantics.range is None:
            raise NotApplicable("the operation takes no time range")
        return self.contract.semantics.range

    def parameter(self, name: str) -> Parameter:
        """The documented parameter of that name. Raises NotApplicable where there is none."""
        found = self.contract.parameter(name)
        if found is None:
            raise NotApplicable(f"the operation has no parameter {name}")
        return found

    @property
    def largest_page(self) -> int | None:
        """The documented maximum of the page size."""
        return self._of_the_size("maximum")

    @property
    def largest_size(self) -> int:
        """The largest page size that a check asks for: the documented maximum, or where there is none, our own."""
        return self.largest_page or MOST_A_PAGE

    @property
    def smallest_size(self) -> int:
        """The documented minimum of the page size, and 1 where there is none."""
        return max(1, self._of_the_size("minimum") or 1)

    @property
    def default_size(self) -> int:
        """How many items an answer holds at most where no size is asked for."""
        default = self._of_the_size("default")
        return self.largest_size if default is None else default

    def page_sizes(self, *wanted: int) -> list[int]:
        """Those of the wanted sizes that the documentation allows, and the largest one; in order."""
        smallest = min(self.smallest_size, self.largest_size)
        return sorted({size for size in (*wanted, self.largest_size) if smallest <= size <= self.largest_size})

    def _of_the_size(self, constraint: Literal["default", "minimum", "maximum"]) -> int | None:
        semantics = self.contract.semantics
        pages = semantics.paging or semantics.cursor
        parameter = self.contract.parameter(pages.size) if pages and pages.size else None
        value = parameter.value(constraint) if parameter else None
        return None if value is None else int(value)

    @property
    def longest_id_list(self) -> int:
        """How many ids a check names at most: the documented limit, or where there is none, our own."""
        return self.id_list.limit or MOST_IDS
