"""What is known of an operation, written as a page in every layout, is derived of that page again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from conformance.contract.files import load_contract, schemas_root
from conformance.contract.model import Contract
from conformance.derive import derive
from tests.derive.rendering import LAYOUTS, RULES, Layout, is_told_without_samples, page, shuffled

ROOT = schemas_root() / "ecs" / "2014-05-26"
# lists in lists, lists of plain values, lists without a wrapper, an object in an item, and no list at all
OPERATIONS = (
    "DescribeDemands",
    "DescribeImagePipelines",
    "DescribeEipAddresses",
    "DescribeDiagnosticMetrics",
    "StopInstance",
    "AuthorizeSecurityGroup",
)


def can_be_told(contract: Contract, layout: Layout) -> bool:
    """Whether a page of this layout says what the response is: one without samples may leave it open."""
    return bool(layout.samples) or is_told_without_samples(contract)


def cases() -> Iterator[tuple[str, str]]:
    for name in OPERATIONS:
        contract = load_contract(ROOT / name)
        yield from ((layout, name) for layout in LAYOUTS if can_be_told(contract, LAYOUTS[layout]))


def agree(contract: Contract, layout: Layout, folder: Path) -> None:
    (folder / "page.2021-01-01.md").write_text(page(contract, layout), "utf-8")
    derived = derive([folder / "page.2021-01-01.md"])
    name = contract.operation
    assert {p: f.type for p, f in derived.fields()} == {p: f.type for p, f in contract.fields()}, name
    found = {p.name: p for p in derived.parameters}
    for parameter in contract.parameters:
        # repetitions in another way of writing are the matter of other tests
        if "." not in parameter.name and parameter.type != "array":
            read = found[parameter.name]
            assert (read.required, read.type) == (parameter.required, parameter.type), (name, parameter.name)
            for rule in RULES:
                assert read.value(rule) == parameter.value(rule), (name, parameter.name, rule)


@pytest.mark.parametrize(("layout", "name"), list(cases()))
def test_a_page_says_what_it_was_made_of(layout: str, name: str, tmp_path: Path) -> None:
    agree(load_contract(ROOT / name), LAYOUTS[layout], tmp_path)


def test_layouts_without_samples_are_tried_as_well() -> None:
    tried = {layout for layout, _ in cases()}
    assert tried == set(LAYOUTS)


def test_the_order_of_columns_means_nothing(tmp_path: Path) -> None:
    for seed in range(6):
        agree(load_contract(ROOT / "DescribeDemands"), shuffled(LAYOUTS["2019, marks"], Random(seed)), tmp_path)


@pytest.mark.gate
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_operation_in_every_layout(layout: str, tmp_path: Path) -> None:
    drawn = LAYOUTS[layout]
    contracts = [load_contract(file.parent) for file in sorted(schemas_root().glob("*/*/*/contract.yaml"))]
    told = [contract for contract in contracts if can_be_told(contract, drawn)]
    assert len(told) > (300 if drawn.samples else 200)
    for contract in told:
        order = shuffled(drawn, Random(contract.operation)) if layout != "2023" else drawn
        agree(contract, order, tmp_path)
