"""Nothing but data is special to one operation: the right miniature passes for others, derived from their pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.derive.derivation import derive
from conformance.sdk.judging import certify

PAGES = Path(__file__).parents[3] / "shared" / "pages"


@pytest.mark.skipif(not PAGES.is_dir(), reason="the documentation pages lie in ../shared beside the checkout")
@pytest.mark.parametrize(
    "operation", ["ecs__DescribeAccountAttributes", "ecs__JoinSecurityGroup", "ecs__DescribeSnapshotLinks"]
)
def test_the_right_miniature_passes_for_another_operation(operation, plan, miniature):
    contract = derive(sorted((PAGES / operation).glob("*.md")))
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
