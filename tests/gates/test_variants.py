"""No conformant variant is accused, whatever the seed."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.ledger.files import load_ledger
from conformance.reference.variants import all_variants
from tests.gates.runs import certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
MUSTS = {r.id for r in load_ledger(FOLDER).requirements if r.level == "MUST"}
VARIANTS = [v.name for v in all_variants(CONTRACT, PROTOCOL)]
SEEDS = (1, 20, 300, 4000, 50000)


# the sweeps over every page size and every pair of values: most of a run's requests, and alike in every wire_form
SWEEPS = ("paging.pages-are-full", "paging.last-page-holds-the-rest", "filters.intersect")
ALL_BUT_SWEEPS = tuple(
    r.id for r in load_ledger(FOLDER).requirements if r.side == "endpoint" and r.id.split(".", 1)[1] not in SWEEPS
)


def claim_innocent(tmp_path, variants: list[str], seed: int, max_examples: int, select: tuple[str, ...] = ()) -> None:
    certificate = certified(
        FOLDER, CONTRACT, PROTOCOL, tmp_path, variants=variants, seed=seed, max_examples=max_examples, select=select,
        traffic=select or ("*",),
    )  # fmt: skip
    assert not certificate.breakdowns
    assert not certificate.with_verdict("failed", "errored")
    inconclusive = certificate.with_verdict("inconclusive")
    assert not {id: why for id, why in inconclusive.items() if id in MUSTS}


def test_there_are_many_variants() -> None:
    assert len(VARIANTS) == len(set(VARIANTS)) >= 14


@pytest.mark.parametrize("seed", [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.gate) for seed in SEEDS[1:])])
def test_the_plain_reference_is_conformant(tmp_path, seed) -> None:
    """With as many examples as a run of a user. `make gate` takes the other seeds."""
    claim_innocent(tmp_path, [], seed, max_examples=8)


@pytest.mark.parametrize(("variant", "seed"), [(v, SEEDS[i % len(SEEDS)]) for i, v in enumerate(VARIANTS)])
def test_a_variant_is_not_accused(tmp_path, variant, seed) -> None:
    """Each variant with one of the seeds, most without the sweeps. `make gate` runs all of them with all seeds."""
    select = () if variant.startswith("every-choice") else ALL_BUT_SWEEPS
    claim_innocent(tmp_path, [variant], seed, max_examples=2, select=select)


@pytest.mark.gate
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_not_accused_whatever_the_seed(tmp_path, variant, seed) -> None:
    claim_innocent(tmp_path, [variant], seed, max_examples=8)
