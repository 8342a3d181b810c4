"""Many requirements of one kind are one line to people, and none is lost."""

from __future__ import annotations

from fnmatch import fnmatchcase

from conformance.contract.catalogue import operation_folder
from conformance.ledger.files import load_ledger
from conformance.ledger.gathering import MOST, gathered
from conformance.ledger.requirement import Level, Requirement


def optional(number: int, level: Level = "MUST") -> list[Requirement]:
    names, check = [f"P{i}" for i in range(number)], "parameters.optional"
    return [
        Requirement(f"Do.parameters.{n}.optional", level, "endpoint", f"{n} may be left out.", check, (), n)
        for n in names
    ]


def test_what_is_more_than_enough_of_a_kind_is_one_line() -> None:
    alone = Requirement("Do.envelope.type", "MUST", "endpoint", "The type.", "envelope.type")
    lines = gathered([alone, *optional(MOST + 1), *optional(2, "SHOULD")])
    assert [(x.id, x.level, x.number) for x in lines] == [
        ("Do.envelope.type", "MUST", 1),
        ("Do.parameters.*.optional", "MUST", MOST + 1),
        ("Do.parameters.P0.optional", "SHOULD", 1),
        ("Do.parameters.P1.optional", "SHOULD", 1),
    ]
    assert lines[1].statement == "<subject> may be left out. (4 subjects: P0, P1 and 2 more)"


def test_enough_of_a_kind_stay_as_they_are() -> None:
    assert [x.id for x in gathered(optional(MOST))] == [r.id for r in optional(MOST)]


def test_the_largest_ledger_is_readable_and_whole() -> None:
    ledger = load_ledger(operation_folder("RunInstances", None))
    lines = gathered(ledger.requirements)
    assert sum(x.number for x in lines) == len(ledger.requirements)
    assert len(lines) < len(ledger.requirements) / 5
    for r in ledger.requirements:
        assert any(fnmatchcase(r.id, x.id) and x.level == r.level for x in lines), r.id
