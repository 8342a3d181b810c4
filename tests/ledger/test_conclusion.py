"""The word on conformance, from what was found of each requirement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.ledger.conclusion import EXIT_STATUS, RequirementVerdicts, decide, together
from conformance.ledger.verdicts import ORDER


def found(level, *verdicts, unexplained=False):
    return RequirementVerdicts(level, frozenset(verdicts), unexplained)


@pytest.mark.parametrize(
    ("requirements", "word", "why"),
    [
        ([found("MUST", "passed"), found("SHOULD", "warned")], "conformant", "met"),
        ([found("MUST", "passed"), found("MUST", "not-applicable")], "conformant", "met"),
        ([found("SHOULD", "passed")], "conformant", "met"),
        ([found("MUST", "known-failing")], "conformant-but-for-known-failures", "known-failing"),
        ([found("MUST", "failed", "passed")], "not-conformant", "failed"),
        ([found("MUST", "failed"), found("MUST", "inconclusive")], "not-conformant", "failed"),
        ([found("SHOULD", "unexpectedly-passed"), found("MUST")], "not-conformant", "unexpectedly-passed"),
        ([found("MUST", "passed"), found("MUST", "inconclusive")], "not-established", "unjudged"),
        ([found("MUST", "passed"), found("MUST", "errored")], "not-established", "unjudged"),
        ([found("MUST", "passed"), found("MUST")], "not-established", "unjudged"),
        ([found("MUST", "passed"), found("MUST", "not-applicable", unexplained=True)], "not-established", "unjudged"),
        ([found("MUST", "not-applicable"), found("SHOULD", "passed")], "not-established", "nothing-applied"),
        ([found("MUST"), found("SHOULD")], "not-established", "nothing-judged"),
        ([], "not-established", "nothing-judged"),
    ],
)  # fmt: skip
def test_the_word_and_the_rule_that_led_to_it(requirements, word, why):
    decision = decide(requirements, finished=True)
    assert (decision.word, decision.why) == (word, why)


anything = st.lists(
    st.builds(
        RequirementVerdicts,
        st.sampled_from(["MUST", "SHOULD", "MAY"]),
        st.frozensets(st.sampled_from(ORDER), max_size=3),
        st.booleans(),
    ),
    max_size=5,
)


@given(anything)
def test_what_was_broken_off_is_never_established(requirements):
    assert decide(requirements, finished=False).word == "not-established"


@given(anything)
def test_conformant_means_that_every_must_was_judged_and_none_fails(requirements):
    if decide(requirements, finished=True).conformant:
        musts = [r for r in requirements if r.level == "MUST"]
        assert all(r.verdicts and r.verdicts <= {"passed", "not-applicable"} for r in musts)
        assert any(r.verdicts - {"not-applicable"} for r in musts or requirements)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["conformant", "conformant"], 0),
        (["conformant", "not-established", "not-conformant"], 1),
        (["conformant", "not-established"], 3),
        (["not-established"], 3),
        ([], 3),
    ],
)
def test_several_targets_together(words, status):
    assert EXIT_STATUS[together(words)] == status
