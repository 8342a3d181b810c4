"""No conformant variant is accused, whatever the seed."""

from __future__ import annotations

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.ledger.files import load_ledger
from conformance.reference.variants import all_variants
from tests.gates.runs import SWEEPS, all_but_sweeps, certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
LEDGER = load_ledger(FOLDER)
MUSTS = {r.id for r in LEDGER.requirements if r.level == "MUST"}
VARIANTS = [v.name for v in all_variants(CONTRACT, PROTOCOL)]
SEEDS = (1, 20, 300, 4000, 50000)


ALL_BUT_SWEEPS = all_but_sweeps(LEDGER)


def claim_innocent(
    tmp_path, variants: list[str], seed: int, max_examples: int, select: tuple[str, ...] = (), strict: bool = True
) -> None:
    """Nothing is accused, and nothing errored; where `strict` every MUST is judged, too."""
    certificate = certified(
        FOLDER, CONTRACT, PROTOCOL, tmp_path, variants=variants, seed=seed, max_examples=max_examples, select=select,
        traffic=select or ("*",),
    )  # fmt: skip
    assert not certificate.breakdowns
    assert not certificate.with_verdict("failed", "errored")
    inconclusive = certificate.with_verdict("inconclusive")
    assert not (strict and {id: why for id, why in inconclusive.items() if id in MUSTS})


def test_there_are_many_variants() -> None:
    assert len(VARIANTS) == len(set(VARIANTS)) >= 14


def test_the_plain_reference_is_conformant_in_every_sweep(tmp_path) -> None:
    claim_innocent(tmp_path, [], SEEDS[0], max_examples=1, select=SWEEPS)


@pytest.mark.gate
@pytest.mark.parametrize("seed", SEEDS)
def test_the_plain_reference_is_conformant_whatever_the_seed(tmp_path, seed) -> None:
    """With as many examples as a run of a user."""
    claim_innocent(tmp_path, [], seed, max_examples=8)


def dealt(groups: int = 3) -> list[list[str]]:
    """Every variant once, in groups in which no choice is taken twice; what takes none is dealt like cards."""
    choices = [v for v in VARIANTS if "=" in v]
    others = [v for v in VARIANTS if v not in choices and not v.startswith("every-choice")]
    hands = [others[number::groups] for number in range(groups)]
    for variant in choices:
        about = variant.partition("=")[0].partition("@")[0]
        free = [h for h in hands if not any(v.startswith((f"{about}=", f"{about}@")) for v in h)]
        min(free, key=len).append(variant)
    return hands


GROUPS = [(group, SEEDS[number % len(SEEDS)]) for number, group in enumerate(dealt())]


def test_every_variant_is_dealt() -> None:
    assert sorted(v for group, _ in GROUPS for v in group) == sorted(
        v for v in VARIANTS if not v.startswith("every-choice")
    )


@pytest.mark.parametrize(("variants", "seed"), GROUPS, ids=lambda dealt: dealt[0] if isinstance(dealt, list) else None)
def test_variants_together_are_not_accused(tmp_path, variants, seed) -> None:
    """Each variant with others, one of the seeds, without the sweeps. `make gate` runs each alone, with all seeds."""
    claim_innocent(tmp_path, variants, seed, max_examples=1, select=ALL_BUT_SWEEPS)


@pytest.mark.gate
@pytest.mark.parametrize("variant", [v for v in VARIANTS if v.startswith("every-choice")])
def test_every_choice_at_once_is_not_accused(tmp_path, variant) -> None:
    claim_innocent(tmp_path, [variant], SEEDS[0], max_examples=2)


# what an endpoint is like on a bad day, all of it at once
DISTURBANCES = ("throttling", "throttling-429", "drops-now-and-then", "closes-now-and-then", "slow", "progressing")


BAD_DAYS = [
    *(([v for v in group if v not in DISTURBANCES], seed) for group, seed in GROUPS),
    *(([v], SEEDS[0]) for v in VARIANTS if v.startswith("every-choice")),
]


def test_every_variant_has_a_bad_day() -> None:
    assert {*DISTURBANCES, *(v for group, _ in BAD_DAYS for v in group)} == set(VARIANTS)


@pytest.mark.gate
@pytest.mark.parametrize(("variants", "seed"), BAD_DAYS, ids=range(len(BAD_DAYS)))
def test_variants_together_are_not_accused_on_a_bad_day(tmp_path, variants, seed) -> None:
    """Every variant in one of a few runs, each with all the disturbances; the next test takes each variant alone."""
    claim_innocent(tmp_path, [*variants, *DISTURBANCES], seed, max_examples=2, strict=False)


@pytest.mark.gate
@pytest.mark.parametrize("variant", [v for v in VARIANTS if v not in DISTURBANCES])
def test_a_variant_is_not_accused_on_a_bad_day(tmp_path, variant) -> None:
    claim_innocent(tmp_path, [variant, *DISTURBANCES], SEEDS[0], max_examples=2, strict=False)


@pytest.mark.gate
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_is_not_accused_whatever_the_seed(tmp_path, variant, seed) -> None:
    claim_innocent(tmp_path, [variant], seed, max_examples=8)
