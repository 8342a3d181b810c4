"""Whatever a listing has or lacks in its documentation, and however it is asked: its reference is conformant."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.generated.certified import Asked, asked, certified
from tests.generated.operations import Operation, operations

# reasons for not judging a MUST that are true of listings with few items or none
FEW = re.compile(
    r"(?:region [\w-]+|the listing) holds (\d+) items?(?: with a value of \w+)?; this needs at least (\d+)"
)
NOTHING_TO_SHOW = "no exchange of this run could show it"
PLENTY = 30


# hundreds of requests that are all alike, whatever the contract
SWEEPS = ("stability.after-many", "stability.every-time")


def claim_conformant(operation: Operation, how: Asked, left_out: tuple[str, ...] = (), examples: int = 2) -> None:
    verdicts, levels, breakdowns = certified(operation, how, left_out, examples)
    assert not breakdowns
    wrong = [v for v in verdicts if v.verdict in ("failed", "warned", "errored", "unexpectedly-passed")]
    assert not [f"{v.requirement}: {v.message}; expected {v.expected}, received {v.received}" for v in wrong]
    for v in verdicts:
        if v.verdict == "inconclusive" and levels[v.requirement] == "MUST":
            few = FEW.fullmatch(v.message)
            assert few or v.message == NOTHING_TO_SHOW, f"{v.requirement}: {v.message}"
            assert few is None or int(few[1]) < int(few[2])
            assert min(how.sizes) < PLENTY, f"{v.requirement} is not judged although there is plenty: {v.message}"


def over(examples: int, start: int):
    """Small contracts, the same for everybody; one that fails is shown as small as it can be made."""

    def decorate(test):
        phases = (Phase.generate, Phase.shrink)
        chosen = settings(
            max_examples=examples, deadline=None, database=None, phases=phases,
            suppress_health_check=list(HealthCheck), print_blob=False,
        )  # fmt: skip
        return seed(start)(chosen(given(operation=operations(), how=asked())(test)))

    return decorate


@over(examples=16, start=20140526)
def test_a_generated_contract_is_conformant(operation: Operation, how: Asked) -> None:
    claim_conformant(operation, how, left_out=SWEEPS, examples=1)


@pytest.mark.gate
@pytest.mark.parametrize("start", range(10))
def test_many_generated_contracts_are_conformant(start: int) -> None:
    @over(examples=50, start=start)
    def conformant(operation: Operation, how: Asked) -> None:
        claim_conformant(operation, how)

    conformant()
