"""One cause is counted once: by the requirement that is about it, and what follows from it names that one."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.sdk.judging import certify


def _failing(done):
    return {r.removeprefix("DescribeTasks.sdk.") for r, v in done.summary().items() if v == "failed"}


@pytest.mark.parametrize(
    ("fault", "select", "failing"),
    [
        ("object-form-only", ("responses.*",), {"responses.list-form-loses-nothing"}),
        ("loses-last", ("responses.*", "paging.*"), {"responses.no-silent-loss", "paging.walk"}),
        ("reads-no-list", ("responses.*", "paging.*"), {"responses.list-form"}),
        ("bad-signature", ("requests.*", "signing.*"), {"signing.valid"}),
        ("code-lost", ("errors.code", "errors.gzip", "errors.chunked", "errors.any-message"), {"errors.code"}),
    ],
)
def test_one_cause_fails_one_requirement(plan, miniature, fault, select, failing):
    done = certify(miniature(fault), evolve(plan, select=select))
    assert _failing(done) == failing
    owners = {v.because for v in done.verdicts if v.because}
    assert owners <= {f"DescribeTasks.sdk.{r}" for r in failing}
    assert not done.conformant


def test_what_fails_for_two_reasons_is_counted_twice(plan, miniature):
    done = certify(miniature("raw-plus", "trims", "no-gzip"), evolve(plan, select=("requests.*", "responses.gzip")))
    assert {"requests.plus", "requests.space", "responses.gzip"} <= _failing(done)


def test_a_requirement_that_has_a_failure_of_its_own_beside_one_of_another_still_fails(plan, miniature):
    select = ("responses.one-item", "responses.gzip", "responses.no-silent-loss", "responses.many-items")
    done = certify(miniature("loses-last", "no-gzip"), evolve(plan, select=select))
    assert _failing(done) == {"responses.no-silent-loss", "responses.gzip"}
