"""What is known of an operation, written as a page in every layout, is derived of that page again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, schemas_root
from conformance.contract.model import Constraint, Contract, Field
from conformance.derive import derive
from conformance.derive.coverage import coverage
from conformance.derive.reading import identified, read_page
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


def written(contract: Contract, layout: Layout, folder: Path) -> Path:
    file = folder / "page.2021-01-01.md"
    file.write_text(page(contract, layout), "utf-8")
    return file


def lost(contract: Contract, derived: Contract) -> Iterator[tuple[str, str, str]]:
    """What was derived in another way: where, whether it is a field or which rule, and what both have."""
    mine, read = dict(contract.fields()), dict(derived.fields())
    for path in dict.fromkeys((*mine, *read)):
        types = tuple(f.type if (f := side.get(path)) else None for side in (mine, read))
        if types[0] != types[1]:
            yield ".".join(path), "field", f"{types[0]}, read as {types[1]}"
    for parameter in contract.parameters:
        # repetitions in another way of writing are the matter of other tests
        if "." in parameter.name or parameter.type == "array":
            continue
        found = derived.parameter(parameter.name)
        told = (parameter.required, parameter.type)
        if found is None or (found.required, found.type) != told:
            yield parameter.name, "parameter", f"{told}, read as {found}"
            continue
        for rule in RULES:
            if (is_read := found.value(rule)) != parameter.value(rule):
                yield parameter.name, rule, f"{parameter.value(rule)}, read as {is_read}"


def untold(contract: Contract, file: Path) -> list[tuple[str, str, str]]:
    """What is not as it was, and of which the report of the derivation says nothing."""
    derived = derive([file])
    report = coverage(identified([read_page(file)])[0], derived)
    rows = {gap.citation.row for gap in report.gaps}
    return [one for one in lost(contract, derived) if one[0] not in rows and not _is_noted(one[0], report.notes)]


def _is_noted(name: str, notes: tuple[str, ...]) -> bool:
    """Whether a note begins with a name, or with that of the list which it stands in."""
    places = {name, name.rpartition(".")[0]} - {""}
    return any(note.startswith(tuple(f"{place} " for place in places)) for note in notes)


@pytest.mark.parametrize(("layout", "name"), list(cases()))
def test_a_page_says_what_it_was_made_of(layout: str, name: str, tmp_path: Path) -> None:
    contract = load_contract(ROOT / name)
    assert not list(lost(contract, derive([written(contract, LAYOUTS[layout], tmp_path)])))


def test_layouts_without_samples_are_tried_as_well() -> None:
    tried = {layout for layout, _ in cases()}
    assert tried == set(LAYOUTS)


def test_the_order_of_columns_means_nothing(tmp_path: Path) -> None:
    contract = load_contract(ROOT / "DescribeDemands")
    for seed in range(6):
        layout = shuffled(LAYOUTS["2019, marks"], Random(seed))
        assert not list(lost(contract, derive([written(contract, layout, tmp_path)])))


def test_what_is_lost_is_found() -> None:
    contract = load_contract(ROOT / "DescribeDemands")
    first, second = contract.parameters[:2]
    other = evolve(first, constraints=(*first.constraints, Constraint("default", "no such default")))
    more = Field("Extra", "string", ())
    changed = evolve(contract, parameters=(other, *contract.parameters[2:]), response=(*contract.response, more))
    assert [one[:2] for one in lost(contract, changed)] == [
        ("Extra", "field"), (first.name, "default"), (second.name, "parameter"),
    ]  # fmt: skip


def test_a_list_of_values_that_is_not_read_is_told_of(tmp_path: Path) -> None:
    # values of three words and more, which bullets that describe look like
    contract = load_contract(ROOT / "DescribeInstanceTypes")
    file = written(contract, LAYOUTS["2021"], tmp_path)
    assert [one[:2] for one in lost(contract, derive([file]))] == [("InstanceCategory", "enum")]
    assert not untold(contract, file)


@pytest.mark.gate
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_operation_in_every_layout(layout: str, tmp_path: Path) -> None:
    drawn = LAYOUTS[layout]
    contracts = [load_contract(file.parent) for file in sorted(schemas_root().glob("*/*/*/contract.yaml"))]
    told = [contract for contract in contracts if can_be_told(contract, drawn)]
    assert len(told) > (300 if drawn.samples else 200)
    silent = {}
    for contract in told:
        order = shuffled(drawn, Random(contract.operation)) if layout != "2023" else drawn
        if found := untold(contract, written(contract, order, tmp_path)):
            silent[contract.operation] = found
    assert not silent
