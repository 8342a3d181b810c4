"""Nothing but data is special to one operation: the right miniature passes for others, derived from their pages."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.derive.derivation import derive
from conformance.sdk.judging import certify
from tests.documentation import operations

OPERATIONS = operations(
    own=("ecs__DescribeStallQuotas", "ecs__RenameStall", "ecs__DescribeParcels", "ecs__DescribeErrands"),
    real=("ecs__DescribeAccountAttributes", "ecs__JoinSecurityGroup", "ecs__DescribeSnapshotLinks"),
)


@pytest.mark.parametrize("pages", [p for _, p in OPERATIONS], ids=[name for name, _ in OPERATIONS])
def test_the_right_miniature_passes_for_another_operation(pages, plan, miniature):
    contract = derive(pages)
    select = (
        "requests.*",
        "signing.*",
        "responses.each-field",
        "responses.many-items",
        "responses.types",
        "errors.code",
    )
    done = certify(miniature(), evolve(plan, contract=contract, select=select))
    wrong = [(v.requirement, v.case, v.message) for v in done.verdicts if v.verdict in ("failed", "warned")]
    assert wrong == []
    assert len(done.summary()) > 40
