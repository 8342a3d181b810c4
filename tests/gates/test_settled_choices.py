"""A choice that the pages of a date leave one alternative of is required like anything else that they state."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.as_of import as_of
from conformance.contract.files import CONTRACT_FILE, dump_contract, load_contract, load_protocol, schemas_root
from conformance.contract.model import Citation, Contract
from conformance.ledger.files import ledger_of
from conformance.reference.faults import all_faults
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26"
CONTRACT, PROTOCOL = load_contract(FOLDER / "DescribeTasks"), load_protocol(FOLDER / "common")
OLD, NEW = CONTRACT.revisions
# each choice that pages contradict each other on, and the way that the older page has here
OLDER = {
    "TaskSet.list-form": "array-of-one",
    "SupportCancel.json-type": "boolean",
    "TaskAction.spelling": "capitals",
    "response.time-precision": "seconds",
    "TaskIds.id-syntax": "json-array",
}
FEW = ("choices.*", "filters.known-store", "envelope.success-body", "formats.agree", "ids.selects", "range.start")


def contradicting(section: str = "response") -> Contract:
    """The contract, where each of the two pages has one way of its own."""

    def parted(choice):
        ways = tuple(
            evolve(a, citations=(Citation((OLD if a.id == OLDER[choice.id] else NEW).id, section),))
            for a in choice.alternatives
        )
        return evolve(choice, alternatives=ways)

    return evolve(CONTRACT, choices=tuple(parted(c) if c.id in OLDER else c for c in CONTRACT.choices))


BEFORE = as_of(contradicting(), OLD.date)


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / BEFORE.operation
    folder.mkdir()
    (folder / CONTRACT_FILE).write_text(dump_contract(BEFORE), "utf-8")

    def judged(*faults: str):
        return certified(folder, BEFORE, PROTOCOL, tmp_path, faults=faults, select=FEW, traffic=FEW, max_examples=2)

    return judged


def settled(contract: Contract) -> dict[str, str]:
    return {c.id: c.alternatives[0].id for c in contract.choices if c.is_settled}


def test_one_way_is_left_of_each() -> None:
    assert settled(BEFORE) == OLDER
    assert not settled(CONTRACT)
    assert {f"choice-otherwise:{c}" for c in OLDER} <= {f.name for f in all_faults(BEFORE, PROTOCOL)}


def test_it_is_a_must_unless_only_samples_show_it() -> None:
    for section, level in (("response", "MUST"), ("examples", "SHOULD")):
        ledger = ledger_of(as_of(contradicting(section), OLD.date), PROTOCOL)
        found = {r.subject: r for r in ledger.requirements if r.check == "choices.one-alternative"}
        assert {found[c].level for c in OLDER} == {level}
        assert all("One way is documented" in found[c].statement for c in OLDER)


def test_the_way_that_is_left_is_conformant(run) -> None:
    found = run()
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored")


@pytest.mark.parametrize("choice", OLDER)
def test_another_way_is_not(choice, run) -> None:
    found = run(f"choice-otherwise:{choice}")
    assert not found.breakdowns
    assert f"DescribeTasks.choices.{choice}.one-alternative" in found.with_verdict("failed")
