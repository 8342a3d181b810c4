"""Changes between two revisions, and for whom they break something."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, schemas_root
from conformance.contract.model import Constraint, Contract, Field, Parameter
from conformance.derive.diff import ContractChange, diff, side
from conformance.derive.diff_report import FORMATS, summary
from conformance.derive.page import PageError
from tests.documentation import Documented

CONTRACT = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks")


def with_parameter(name: str, **changes: object) -> Contract:
    return evolve(
        CONTRACT, parameters=tuple(evolve(p, **changes) if p.name == name else p for p in CONTRACT.parameters)
    )


def with_constraint(name: str, kind: str, value: object) -> Contract:
    p = CONTRACT.parameter(name)
    others = tuple(c for c in p.constraints if c.kind != kind)
    return with_parameter(name, constraints=others if value is None else (*others, Constraint(kind, value)))


def without(name: str) -> Contract:
    return evolve(CONTRACT, parameters=tuple(p for p in CONTRACT.parameters if p.name != name))


def with_response(*fields: Field) -> Contract:
    return evolve(CONTRACT, response=(*CONTRACT.response, *fields))


EXTRA = Parameter("Extra", "string", False, ())


@pytest.mark.parametrize(
    ("new", "kind", "what"),
    [
        (without("TaskIds"), "breaking for clients", "parameters.TaskIds was removed"),
        (evolve(CONTRACT, parameters=(*CONTRACT.parameters, EXTRA)), "compatible", "was added, optional"),
        (
            evolve(CONTRACT, parameters=(*CONTRACT.parameters, evolve(EXTRA, required=True))),
            "breaking for clients",
            "was added, required",
        ),
        (with_parameter("TaskIds", required=True), "breaking for clients", "became required"),
        (with_parameter("RegionId", required=False), "breaking for servers", "became optional"),
        (with_parameter("PageSize", type="string"), "breaking for clients", "type integer became string"),
        (with_constraint("PageSize", "maximum", 50), "breaking for clients", "maximum 100 became 50"),
        (with_constraint("PageSize", "maximum", 200), "breaking for servers", "maximum 100 became 200"),
        (with_constraint("PageSize", "maximum", None), "compatible", "maximum is no longer stated"),
        (with_constraint("PageSize", "default", 20), "breaking for clients", "default 10 became 20"),
        (with_constraint("TaskIds", "max_length", 9), "breaking for clients", "max_length 9 is stated now"),
        (with_constraint("TaskAction", "enum", ["ImportImage"]), "breaking for clients", "enum lost ExportImage"),
        (
            with_constraint("TaskAction", "enum", ["ImportImage", "ExportImage", "RedeployInstance", "New"]),
            "breaking for servers",
            "enum gained New",
        ),
        (evolve(CONTRACT, response=CONTRACT.response[1:]), "breaking for clients", "response.PageNumber was removed"),
        (with_response(Field("New", "string", ())), "compatible", "response.New was added"),
        (evolve(CONTRACT, errors=CONTRACT.errors[1:]), "compatible", "errors.MissingParameter was removed"),
        (
            evolve(CONTRACT, errors=tuple(evolve(e, status=404) for e in CONTRACT.errors)),
            "breaking for clients",
            "status 400 became 404",
        ),
        (evolve(CONTRACT, parameters=CONTRACT.parameters[::-1]), "editorial", "stand in another order"),
        (
            evolve(
                CONTRACT,
                choices=tuple(
                    evolve(c, preferred="array-of-one") if c.kind == "list-form" else c for c in CONTRACT.choices
                ),
            ),
            "breaking for clients",
            "object became array-of-one",
        ),
    ],
)
def test_a_change_is_classed(new: Contract, kind: str, what: str) -> None:
    found = diff(CONTRACT, new)
    assert any(c.kind == kind and what in f"{c.where} {c.what}" for c in found), found


def test_nothing_changed_is_no_change() -> None:
    assert diff(CONTRACT, CONTRACT) == ()
    assert summary(()) == "no change"


def test_a_field_that_moved_is_not_removed_and_added() -> None:
    total = CONTRACT.at("TotalCount")
    rest = tuple(f for f in CONTRACT.response if f.name != "TotalCount")
    new = evolve(CONTRACT, response=(*rest, Field("Page", "object", (), (total,))))
    found = {c.what for c in diff(CONTRACT, new) if "TotalCount" in c.where}
    assert found == {"moved to Page.TotalCount"}


def test_another_operation_is_refused() -> None:
    with pytest.raises(PageError, match="is another operation than DescribeTasks"):
        diff(CONTRACT, evolve(CONTRACT, operation="DescribeDisks"))


def test_the_seeds_differ_where_they_do(documented: Documented) -> None:
    new, old = (side(p) for p in documented.pages)
    found = {f"{c.where} {c.what}": c.kind for c in diff(old, new)}
    assert found["parameters.Action became required"] == "breaking for clients"
    assert found[f"choices.{documented.ids}.id-syntax json-array is no longer documented"] == "breaking for clients"
    assert found["parameters.PageSize minimum is no longer stated"] == "compatible"
    assert found[f"parameters.{documented.kind} the list of values is lost in the text"] == "editorial"
    assert all(c.old or c.new for c in diff(old, new) if c.breaking)


def test_reports_say_the_same_in_every_format() -> None:
    new = without("TaskIds")
    changes = diff(CONTRACT, new)
    data = json.loads(FORMATS["json"](CONTRACT, new, changes))
    assert data["breaking"] is True
    assert sum(data["counts"].values()) == len(data["changes"]) == len(changes)
    for name in ("text", "markdown"):
        text = FORMATS[name](CONTRACT, new, changes)
        assert all(c.what in text and c.where in text for c in changes)
        assert "2019-08-06 / parameters / TaskIds" in text


def test_a_breaking_change_is_one_for_either_side() -> None:
    assert ContractChange("breaking for servers", "x", "y").breaking
    assert not ContractChange("compatible", "x", "y").breaking
