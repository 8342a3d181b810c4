"""Integers that are documented to be of 64 bits: none is narrowed in silence, and nobody is accused of other ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.contract.files import schemas_root
from conformance.contract.model import Constraint, Field, Parameter, Semantics
from conformance.ledger.roles import long_fields, may_exceed
from conformance.ledger.specification import Specification
from conformance.sdk.judging import certify
from conformance.sdk.listing import result
from conformance.sdk.plan import Plan
from tests.sdk.faults import OF_LONGS

SELECT = ("requests.each-parameter", "responses.each-field", "*.long-integer", "*.integer-beyond-2-53")


def _plan(operation: str) -> Plan:
    folder: Path = schemas_root() / "ecs" / "2014-05-26" / operation
    found = Specification.of_rpc(folder)
    return Plan(found.contract, found.protocol, select=SELECT)


@pytest.fixture
def judged(miniature):
    """The verdicts of a miniature on operations with a parameter, and with a field, of 64 bits."""

    def run(*faults):
        found = {}
        for operation in ("ModifySecurityGroupRule", "DescribeSnapshotMonitorData"):
            done = certify(miniature("structures", *faults), _plan(operation), workers=1)
            found |= {id.split(".sdk.")[1]: v for id, v in done.summary().items()}
            for one in done.verdicts:
                if one.verdict in ("failed", "warned"):
                    assert one.message
        return found

    return run


@pytest.mark.parametrize("fault", OF_LONGS)
def test_a_narrowed_integer_is_found_by_the_requirement_meant_for_it(fault, judged):
    wanted = OF_LONGS[fault][0]
    found = judged(fault)
    assert found[wanted] == ("warned" if "2-53" in wanted else "failed")
    # each of the others is met, or follows from that one
    assert {v for id, v in found.items() if id.endswith("long-integer") and id != wanted} <= {"passed"}


@pytest.mark.parametrize("custom", [(), ("refuses-odd-parameters", "refuses-odd-answers")])
def test_who_keeps_them_or_refuses_what_no_floating_number_is_passes(custom, judged):
    found = judged(*custom)
    assert {"requests.long-integer", "responses.long-integer", "requests.integer-beyond-2-53"} <= set(found)
    assert set(found.values()) <= {"passed", "not-applicable"}


def test_a_long_with_a_smaller_limit_or_listed_values_is_not_taken_beyond_them():
    long = Constraint("bits", 64)
    thing = Parameter("Size", "integer", False, (), (long,))
    assert may_exceed(thing, 2**31)
    assert not may_exceed(evolve(thing, constraints=()), 2**31)
    for limit in (Constraint("maximum", 50), Constraint("enum", [1, 2])):
        assert not may_exceed(evolve(thing, constraints=(long, limit)), 2**31)
        contract = evolve(_plan("DescribeSnapshotMonitorData").contract, semantics=Semantics())
        field = Field("Size", "integer", (), constraints=(long, limit))
        assert long_fields(evolve(contract, response=(field,))) == ()
        assert result(evolve(contract, response=(field,)), long=2**31) == {"Size": 1}


def test_who_documents_no_long_asks_for_none(plan, miniature):
    ids = {r.requirement.check for r in evolve(plan, select=()).requirements()}
    assert not [id for id in ids if id.endswith(("long-integer", "beyond-2-53"))]
    done = certify(miniature("wraps-long-parameters"), evolve(plan, select=("requests.each-parameter",)))
    assert set(done.counts) <= {"passed", "not-applicable"}
