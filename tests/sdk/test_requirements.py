"""The table of requirements: whole, cited, generic, and every row judged by something."""

from __future__ import annotations

import re

import pytest
from attrs import evolve

from conformance.contract.model import Semantics
from conformance.drivers.protocol import Ready
from conformance.sdk.cases import expanded
from conformance.sdk.judges.table import ANSWERS, CASES, REQUESTS
from conformance.sdk.plan import Plan
from conformance.sdk.requirements import read_row, requirements, table_text

READY = Ready("sdk", "1", "x", {}, "typed", ("GET", "POST"), ("v1", "v3"), ("json", "xml"))


def test_there_are_enough_and_each_id_is_its_own(plan):
    ids = [r.id for r in plan.requirements()]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("DescribeTasks.sdk.") for id in ids)


def test_each_is_cited_or_has_a_reason(plan):
    for one in plan.requirements():
        assert one.requirement.citations or one.reason
        if one.level == "MUST":
            assert one.requirement.citations, one.id


def test_each_has_a_judge_and_something_to_judge(plan):
    for one in plan.requirements():
        if one.over == "case":
            assert one.judge in CASES
            assert one.cases
        elif one.over == "requests":
            assert one.judge in REQUESTS or one.problems
        elif one.over == "answers":
            assert one.judge in ANSWERS


def test_the_table_names_no_operation_parameter_or_field(plan):
    names = {plan.contract.operation} | {p.name for p in plan.contract.parameters if p.name not in ("Action",)}
    names |= {f.name for _, f in plan.contract.fields() if f.name != "RequestId"}
    table = table_text()
    assert [n for n in sorted(names) if f" {n}:" in table or f"[{n}]" in table] == []


def test_cases_are_expanded_for_the_operation(plan):
    used = plan.roles()
    made = {
        one.id: [c for spec in one.cases for c in expanded(spec, used, plan.protocol, READY)]
        for one in plan.requirements()
    }
    named = {id.partition(".sdk.")[2]: {c.name for c in cases} for id, cases in made.items()}
    assert named["requests.each-parameter"] == {p.name for p in used.own_parameters}
    assert "TaskSet.Task.TaskId" in named["responses.each-field"]
    assert named["responses.list-form"] == {"TaskSet.list-form=object", "TaskSet.list-form=array-of-one"}
    assert {"MissingParameter/400", "InvalidRegionId.NotFound/400"} <= named["errors.code"]
    assert named["requests.each-offered-method"] == {"GET", "POST"}


def test_an_operation_without_a_listing_has_fewer(plan):
    bare = evolve(plan.contract, semantics=Semantics(region="RegionId"))
    ids = {r.id for r in requirements(bare)}
    assert "DescribeTasks.sdk.paging.walk" not in ids
    assert "DescribeTasks.sdk.requests.plus" in ids


def test_selection_by_glob_and_level(plan):
    assert {r.id for r in evolve(plan, select=("paging.*",)).requirements()} == {
        f"DescribeTasks.sdk.paging.{n}" for n in ("walk", "beyond-the-end", "total-is-not-the-page")
    }
    assert {r.level for r in Plan(plan.contract, plan.protocol, levels=("MAY",)).requirements()} == {"MAY"}


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ({"expand": "alternative", "kind": "lst-form"}, "'lst-form' is no kind of choice"),
        ({"reply": {"transfer": "by pigeon"}}, "by pigeon not in literal"),
        ({"reply": {"itmes": 3}}, "extra fields found (itmes)"),
    ],
)
def test_a_bad_case_is_told(case, problem):
    row = {"id": "a.b", "level": "MUST", "statement": "It holds.", "judge": "j", "cases": [case]}
    with pytest.raises(ValueError, match=re.escape(problem)):
        read_row(row)
