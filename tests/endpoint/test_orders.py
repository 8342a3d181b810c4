"""An order that depends on the page size is a choice, and said; one that depends on the reading is a finding."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
CHOICE = "PageSize.order-over-sizes"
SELECTED = (f"choices.{CHOICE}.*", "choices.TaskSet.Task.order.*", "paging.repeatable", "stability.order")


def judged(scratch, **settings):
    outcome = certified(
        FOLDER, CONTRACT, PROTOCOL, scratch, select=SELECTED, traffic=SELECTED, seed=7, max_examples=4, **settings
    )
    assert not outcome.with_verdict("errored")
    return {s.alternative for s in outcome.dialect.seen(CHOICE)}, set(outcome.with_verdict("failed", "warned"))


@pytest.mark.parametrize(
    ("variants", "way"), [((), "one"), ((f"{CHOICE}=each",), "each"), (("large-pages-turn-round",), "each")]
)
def test_an_order_of_each_size_is_said_and_accuses_nobody(variants, way, tmp_path):
    assert judged(tmp_path, variants=variants) == ({way}, set())


def test_an_order_of_each_size_shows_in_few_items(tmp_path):
    assert judged(tmp_path, variants=(f"{CHOICE}=each",), sizes=(3, 1)) == ({"each"}, set())


def test_an_order_of_each_format_is_no_order_of_each_size(tmp_path):
    seen, found = judged(tmp_path, faults=(f"choice-turns:{CHOICE}",))
    assert seen == {"one", "each"}
    assert f"DescribeTasks.choices.{CHOICE}.one-alternative" in found


@pytest.mark.parametrize(
    ("fault", "about"),
    [
        ("small-pages-begin-elsewhere-at-every-reading", "paging.repeatable"),
        ("order-moves-on-with-every-reading", "stability.order"),
    ],
)
def test_an_order_of_each_reading_is_a_finding_and_no_choice(fault, about, tmp_path):
    seen, found = judged(tmp_path, faults=(fault,))
    assert not seen
    assert f"DescribeTasks.{about}" in found
