"""The endpoint suite on other operations, derived from their pages: references pass, faults are found."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.ledger.files import load_ledger
from conformance.reference.faults import all_faults
from tests.documentation import operations
from tests.gates.runs import all_but_sweeps, certified

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
OPERATIONS = operations(
    own=("ecs__DescribeErrands", "ecs__DescribeLanterns"),
    real=("ecs__DescribeSnapshotLinks", "ecs__DescribeDeploymentSets", "ecs__DescribeAutoProvisioningGroupInstances"),
)
# the first is judged in every run of the tests, the others by `make gate`
JUDGED = [OPERATIONS[0], *(pytest.param(one, marks=pytest.mark.gate) for one in OPERATIONS[1:])]
FAULTS = (
    "last-item-is-lost",
    "pages-overlap",
    "total-is-of-the-page",
    "second-page-repeats-the-first-in-xml",
    "errors-have-status-200",
    "field-missing:RequestId",
)
LITTLE = ("errors.*", "protocol.*", "formats.*", "paging.total-is-constant")


@pytest.fixture(scope="module", params=JUDGED, ids=lambda one: one[0])
def derived(request, tmp_path_factory):
    """The folder that one command made of an operation's pages."""
    name, pages = request.param
    folder = tmp_path_factory.mktemp("derived") / name
    done = CliRunner().invoke(main, ["derive", *map(str, pages), "-o", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def test_its_reference_is_conformant(derived, tmp_path):
    """But for the sweeps, which are judged of the first operation."""
    ledger = load_ledger(derived)
    musts = {r.id for r in ledger.requirements if r.level == "MUST"}
    judged = all_but_sweeps(ledger)
    found = certified(
        derived, load_contract(derived), PROTOCOL, tmp_path, seed=1, max_examples=2, select=judged, traffic=judged
    )
    assert not found.breakdowns
    assert not found.with_verdict("failed", "errored")
    assert not musts & set(found.with_verdict("inconclusive"))


def test_generic_faults_are_found_in_it(derived, tmp_path):
    contract = load_contract(derived)
    faults = {fault.name: fault for fault in all_faults(contract, PROTOCOL)}
    chosen = [faults[name] for name in FAULTS if name in faults]
    assert len(chosen) >= 4
    for fault in chosen:
        expected = {f"{contract.operation}.{kill}" for kill in fault.killed_by}
        found = certified(
            derived,
            contract,
            PROTOCOL,
            tmp_path,
            faults=[fault.name],
            select=fault.killed_by,
            traffic=LITTLE,
            seed=7,
            shrinks=0,
        )
        assert expected <= set(found.with_verdict("failed", "warned")), fault.name
