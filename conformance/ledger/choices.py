"""The kinds of choice: the table in `choices.yaml`, as values.

Derivation makes choices of these kinds for a contract, the reference acts on them, and the suites observe them.
The id of a choice is `<subject>.<kind>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from conformance.ledger.tables import RequirementTable, shipped_table

SCHEMA = "choices.schema.json"


@frozen
class KindAlternative:
    """A documented way; `where` is a condition on the subject without which it is none."""

    id: str
    statement: str
    where: str | None = None


@frozen
class ChoiceKind:
    """One row of the table, whose head says what each member means. `preferred` is None where an `error` lists its own
    alternatives, `customary` where the contract's own facts decide.
    """

    id: str
    statement: str
    subject: str
    alternatives: tuple[KindAlternative, ...] = ()
    preferred: str | None = None
    customary: str | None = None
    contradiction: str | None = None
    silence: str | None = None
    unless: str | None = None
    format: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the alternatives."""
        return tuple(a.id for a in self.alternatives)

    def says(self, alternative: str) -> str:
        """An alternative in words. Raises KeyError."""
        return {a.id: a.statement for a in self.alternatives}[alternative]


@cache
def kinds() -> Mapping[str, ChoiceKind]:
    """Every kind, by its id, in the order of the table. Raises BadTable."""
    return kinds_in(shipped_table("conformance.ledger", "choices.yaml", SCHEMA))


def kinds_in(table: RequirementTable) -> Mapping[str, ChoiceKind]:
    """The kinds of a table. Raises BadTable."""
    found = {}
    for number, row in enumerate(table.rows):
        kind = _kind(row)
        for name in ("preferred", "customary"):
            if kind.alternatives and getattr(kind, name) not in (*kind.ids, None):
                raise table.bad(number, f"is none of the alternatives: {', '.join(kind.ids)}", (name,))
        found[kind.id] = kind
    return found


def choice_id(kind: str, subject: str) -> str:
    """The id of a choice: `PageSize.above-maximum`. Raises ValueError for a kind that does not exist."""
    if kind not in kinds():
        raise ValueError(f"no such kind of choice: {kind!r}; known: {', '.join(kinds())}")
    return f"{subject}.{kind}"


def _kind(row: Mapping[str, Any]) -> ChoiceKind:
    ways = tuple(
        KindAlternative(id, **({"statement": way} if isinstance(way, str) else way))
        for id, way in row.get("alternatives", {}).items()
    )
    preferred = row.get("preferred")
    return ChoiceKind(**{**row, "alternatives": ways, "customary": row.get("customary", preferred)})
