"""A list whose items the documentation names in two ways: an SDK has to read one of them, and need not read both."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, schemas_root
from conformance.sdk.judging import certify

PRICES, RULES = "ResourcePriceModel", "PriceInfo.Price.DetailInfos.ResourcePriceModel.SubRules.Rule"


@pytest.fixture(scope="module")
def renewal(plan):
    contract = load_contract(schemas_root() / "ecs" / "2014-05-26" / "DescribeRenewalPrice")
    return evolve(
        plan, contract=contract, select=("responses.each-field", "responses.*item-name", "responses.one-item")
    )


def told(done):
    """The verdicts, by the last part of the requirement and the choice, without those that all have passed."""
    worst: dict[tuple[str, str], set[str]] = {}
    for v in done.verdicts:
        worst.setdefault((v.requirement.rpartition(".")[2], (v.case or "").partition(".item-name")[0]), set()).add(
            v.verdict
        )
    return {key: found for key, found in worst.items() if found != {"passed"}}


def test_who_reads_every_name_passes_everything(renewal, miniature):
    assert told(certify(miniature(), renewal)) == {}


@pytest.mark.parametrize(
    ("known", "warned"),
    [
        (("knows-no-ResourcePriceModel",), {PRICES, RULES}),
        (("knows-no-DetailInfo",), {PRICES, RULES}),
        (("knows-no-SubRule",), {RULES}),
        (("knows-no-ResourcePriceModel", "knows-no-SubRule"), {PRICES, RULES}),
    ],
)
def test_who_reads_one_of_the_names_is_warned_and_not_failed(renewal, miniature, known, warned):
    done = certify(miniature(*known), renewal)
    assert done.conformant
    assert told(done) == {("every-item-name", subject): {"warned", "passed"} for subject in warned}
    assert {v.message for v in done.verdicts if v.requirement.endswith("responses.item-name") and v.message} == {
        "another documented alternative is understood, which is enough"
    }


def test_who_reads_neither_name_fails(renewal, miniature):
    done = certify(miniature("knows-no-ResourcePriceModel", "knows-no-DetailInfo"), renewal)
    found = told(done)
    assert not done.conformant
    assert "failed" in found["item-name", PRICES]


def test_who_loses_a_member_of_the_items_fails(renewal, miniature):
    """What is below the list is judged with it, under whichever name it came."""
    found = told(certify(miniature("knows-no-TradePrice"), renewal))
    assert "failed" in found["item-name", PRICES]


def test_who_loses_an_inner_list_fails(renewal, miniature):
    found = told(certify(miniature("knows-no-DetailInfo", "knows-no-SubRule", "knows-no-SubRules"), renewal))
    assert "failed" in found["item-name", RULES]
