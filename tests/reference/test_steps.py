"""The pipeline's steps: what replaces them exists, nests, and changes nothing else."""

import attrs
import pytest

from conformance.contract.files import load_contract, load_protocol
from conformance.reference.faults import all_faults
from conformance.reference.steps import STEP, Replacement, Steps, pipeline_with, replacing
from conformance.reference.variants import MIDDLEWARE, all_variants
from tests.reference.contracts import ECS

CONTRACT, PROTOCOL = load_contract(ECS / "DescribeTasks"), load_protocol(ECS / "common")
NAMES = {step.name for step in attrs.fields(Steps)}


@pytest.mark.parametrize("fault", all_faults(CONTRACT, PROTOCOL), ids=lambda fault: fault.name)
def test_each_fault_replaces_steps_that_exist(fault):
    replaced = [replacement.step for replacement in fault.replacements]
    assert replaced
    assert set(replaced) <= NAMES


def test_each_variant_replaces_steps_that_exist_or_takes_a_dialect():
    for variant in all_variants(CONTRACT, PROTOCOL):
        assert {replacement.step for replacement in variant.replacements} <= NAMES
        assert variant.replacements or variant.dialect or variant.restock, variant.name
    assert not [variant.name for variant in MIDDLEWARE if variant.dialect]


def test_nothing_replaced_is_the_pipeline_itself():
    assert pipeline_with() == Steps()


def test_only_the_step_named_is_replaced():
    changed = pipeline_with(replacing(STEP.total).by(lambda inner, context, query, listing, items: 7))
    assert {name for name in NAMES if getattr(changed, name) != getattr(Steps(), name)} == {"total"}
    assert changed.total(None, None, [], []) == 7


def test_replacements_of_one_step_nest_the_last_outermost():
    first = replacing(STEP.escape).by(lambda inner, context, text: f"({inner(context, text)})")
    second = replacing(STEP.escape).by(lambda inner, context, text: f"[{inner(context, text)}]")
    assert pipeline_with(first + second).escape(None, "a<b") == "[(a&lt;b)]"


def test_a_step_that_does_not_exist_is_an_error_where_it_is_named():
    with pytest.raises(AttributeError, match="pages"):
        replacing(STEP.pages)
    with pytest.raises(ValueError, match="no such step: pages; steps: answer, "):
        pipeline_with([Replacement("pages", lambda inner: None)])
