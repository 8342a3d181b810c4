"""A requirement that is judged alone accuses no conformant variant: the checks that find out its choices do not run."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.ledger.files import load_ledger
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
REQUIREMENTS = [r.id for r in load_ledger(FOLDER).requirements if r.side == "endpoint"]


def test_ids_are_sent_as_they_are_read_here(tmp_path) -> None:
    """A list of ids stands beside what is judged, and no check has seen in which way this endpoint reads one."""
    test_a_requirement_alone_accuses_nobody(
        tmp_path, "DescribeTasks.parameters.PageSize.minimum", "every-choice-otherwise"
    )


@pytest.mark.gate
@pytest.mark.parametrize("variant", ["every-choice-last", "every-choice-otherwise"])
@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_a_requirement_alone_accuses_nobody(tmp_path, requirement, variant) -> None:
    found = certified(
        FOLDER, CONTRACT, PROTOCOL, tmp_path, variants=[variant], select=(requirement,), seed=5, max_examples=4
    )
    assert not found.breakdowns
    assert not found.with_verdict("failed", "errored")
