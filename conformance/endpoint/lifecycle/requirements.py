"""What is required of the things of a resource over several requests: the rows of `sequences.yaml` × its lifecycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.contract.model import Contract
from conformance.contract.service import Service
from conformance.endpoint.lifecycle.guard import DRY_RUN, TOKEN
from conformance.endpoint.lifecycle.relations import Lifecycle, ShownText
from conformance.ledger.requirement import Requirement
from conformance.ledger.tables import RequirementTable, shipped_table

PACKAGE, FILE, SCHEMA = "conformance.endpoint", "sequences.yaml", "sequences.schema.json"


def table() -> RequirementTable:
    """The rows. Raises BadTable."""
    return shipped_table(PACKAGE, FILE, SCHEMA)


def requirements_of(service: Service, lifecycle: Lifecycle, regions: Sequence[str] = ()) -> tuple[Requirement, ...]:
    """What is required of the things of a resource. Whether regions are apart shows in two `regions` or more."""
    creator, lister = service.contract(lifecycle.create), service.contract(lifecycle.list or lifecycle.create)
    there = set(_there(lifecycle, creator, lister, regions))
    words = {
        "resource": lifecycle.resource,
        "create": lifecycle.create,
        "list": lifecycle.list,
        "get": lifecycle.get and lifecycle.get.operation,
        "modify": lifecycle.modify and lifecycle.modify.operation,
        "delete": lifecycle.delete and lifecycle.delete.operation,
        "begin": lifecycle.begin and lifecycle.begin.operation,
        "texts": " and ".join(t.parameter for t in _told(lifecycle, lister)),
    }
    given = creator.at(lifecycle.path)
    shown = lister.at(f"{lister.semantics.items}.{lister.semantics.key}")
    citations = tuple(dict.fromkeys(c for f in (given, shown) if f is not None for c in f.citations))
    return tuple(
        Requirement(
            id=f"{lifecycle.resource}.{row['check']}",
            level=row["level"],
            side="endpoint",
            statement=row["statement"].format(**words),
            check=row["check"],
            citations=citations,
            subject=lifecycle.resource,
        )
        for row in table().rows
        if there.issuperset(row["needs"])
    )


def _told(lifecycle: Lifecycle, lister: Contract) -> tuple[ShownText, ...]:
    """The texts that can be shown otherwise than they were given: not a name by which alone a list knows a thing, for
    with another name it is another thing.
    """
    ids = [f.name for f in lister.item_fields if f.name in lifecycle.ids]
    return tuple(t for t in lifecycle.texts if ids != [t.member])


def _there(lifecycle: Lifecycle, creator: Contract, lister: Contract, regions: Sequence[str]) -> Iterator[str]:
    """What of the `needs` a service has for a resource."""
    parts = {"get": lifecycle.get, "modify": lifecycle.modify, "delete": lifecycle.delete, "task": lifecycle.begin}
    yield from (name for name, part in parts.items() if part is not None)
    if _told(lifecycle, lister):
        yield "texts"
    if lister.semantics.ids or any(f.field == t.member for f in lister.semantics.filters for t in lifecycle.texts):
        yield "narrowing"
    if lister.semantics.region and creator.semantics.region and len(regions) > 1:
        yield "regions"
    if creator.parameter(TOKEN) is not None:
        yield "token"
    if creator.parameter(DRY_RUN) is not None:
        yield "dry-run"
