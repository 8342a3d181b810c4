"""What is known of an operation, written as a page in every layout, is derived of that page again."""

from __future__ import annotations

from random import Random

import pytest

from conformance.contract.files import load_contract, schemas_root
from conformance.derive import derive
from tests.derive.rendering import LAYOUTS, is_told_without_samples, page, shuffled

ROOT = schemas_root() / "ecs" / "2014-05-26"
# lists in lists, lists of plain values, lists without a wrapper, an object in an item, and no list at all
OPERATIONS = (
    "DescribeDemands",
    "DescribeImagePipelines",
    "DescribeEipAddresses",
    "DescribeDiagnosticMetrics",
    "StopInstance",
)


def written(name, layout, folder):
    """The contract of an operation, and what is derived of its page; None where rows alone do not tell it."""
    contract = load_contract(ROOT / name)
    if not layout.samples and not is_told_without_samples(contract):
        return None
    (folder / "page.2021-01-01.md").write_text(page(contract, layout), "utf-8")
    return contract, derive([folder / "page.2021-01-01.md"])


def agree(name, layout, folder):
    found = written(name, layout, folder)
    if found is None:
        return
    contract, derived = found
    assert {p: f.type for p, f in derived.fields()} == {p: f.type for p, f in contract.fields()}, name
    # repetitions in another way of writing are the matter of other tests
    asked = {p.name: p.required for p in contract.parameters if "." not in p.name and p.type != "array"}
    assert asked.items() <= {p.name: p.required for p in derived.parameters}.items(), name


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_page_says_what_it_was_made_of(layout, name, tmp_path):
    agree(name, LAYOUTS[layout], tmp_path)


def test_the_order_of_columns_means_nothing(tmp_path):
    for seed in range(6):
        agree("DescribeDemands", shuffled(LAYOUTS["2019, marks"], Random(seed)), tmp_path)


@pytest.mark.gate
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_operation_in_every_layout(layout, tmp_path):
    names = sorted(p.name for p in ROOT.iterdir() if (p / "contract.yaml").is_file())
    assert len(names) > 300
    for name in names:
        agree(name, shuffled(LAYOUTS[layout], Random(name)) if layout != "2023" else LAYOUTS[layout], tmp_path)
