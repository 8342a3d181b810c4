"""What need not be there may be left out: an echo, a member that is filtered by; and where no page says that an unknown
region is an error, there may be nothing in it. What is there and wrong is found all the same.
"""

from __future__ import annotations

import pytest

from conformance.contract.files import load_protocol, schemas_root
from conformance.contract.service import load_service
from conformance.endpoint.traffic import Limits
from conformance.reference.variants.omissions import omissions
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26"
PROTOCOL, SERVICE = load_protocol(FOLDER / "common"), load_service(FOLDER)
NAME = "DescribeSecurityGroups"
BUDGET = 250
THEMES = (
    "parameters.RegionId.*", "filters.*", "emptiness.total", "isolation.mixed", "regions.*", "envelope.success-body",
)  # fmt: skip
NAMES = ("without-echoes", "without-total", "without-filtered-members", "unknown-region-brings-nothing")


def judged(scratch, **settings):
    folder = SERVICE.contract_folder(NAME)
    return certified(folder, SERVICE.contract(NAME), PROTOCOL, scratch, seed=3, max_examples=1, **settings)


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_left_out_is_no_fault(name, tmp_path):
    limits = Limits(max_requests=BUDGET)
    found = judged(tmp_path, variants=[name], select=THEMES, traffic=THEMES, limits=limits, budget=BUDGET)
    assert not found.breakdowns
    assert not found.with_verdict("failed", "warned", "errored")
    assert found.with_verdict("passed")


@pytest.mark.parametrize(
    ("fault", "id"),
    [
        ("not-echoed:RegionId", "parameters.RegionId.echoed"),
        ("padded-region-is-another", "parameters.RegionId.padded-value"),
        ("blank-region-is-the-first", "parameters.RegionId.blank-value"),
    ],
)
def test_what_is_there_and_wrong_is_one(fault, id, tmp_path):
    found = judged(tmp_path, faults=[fault], select=[f"{NAME}.{id}"], traffic=("parameters.*", "regions.*"))
    assert set(found.with_verdict("failed")) == {f"{NAME}.{id}"}


def test_what_is_always_there_is_missed_and_an_unknown_region_documented():
    tasks, groups = (SERVICE.contract(name) for name in ("DescribeTasks", NAME))
    assert {v.name for v in omissions(groups)} == set(NAMES)
    assert not omissions(tasks)


def test_what_has_no_list_has_no_empty_region(tmp_path):
    name, fault = "CreateDiagnosticReport", "blank-region-is-the-first"
    id = f"{name}.parameters.RegionId.blank-value"
    contract = SERVICE.contract(name)
    found = certified(
        SERVICE.contract_folder(name), contract, PROTOCOL, tmp_path, faults=[fault], select=[id], traffic=[id], seed=3,
        max_examples=1,
    )  # fmt: skip
    assert set(found.with_verdict("failed")) == {id}
