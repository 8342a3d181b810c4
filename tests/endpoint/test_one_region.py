"""What is listed in two regions is a leak only where it is one thing, which cannot be in both."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from conformance.contract.catalogue import service_of
from conformance.endpoint.checks.test_regions import claim_apart, has_one_region
from conformance.endpoint.findings import Violation
from tests.reference.contracts import parameter, scalar
from tests.reference.small_contracts import NAME, listing

HERE, THERE = "cn-hangzhou", "cn-beijing"
BOATS = listing(scalar("BoatId", "b-12345678"), NAME, scalar("RegionId", HERE), parameters=(parameter("RegionId"),))


def target(contract, key, **items):
    listed = {HERE: items["here"], THERE: items["there"]}
    return SimpleNamespace(
        contract=contract, key=key, regions=[HERE, THERE], inventory=lambda r: SimpleNamespace(items=listed[r])
    )


def keyed(key):
    return listing(*(f for f in BOATS.item_fields), parameters=BOATS.parameters, key=key, region="RegionId")


def test_a_thing_that_is_listed_in_two_regions_leaks():
    here = {"BoatId": "b-1", "Name": "Ann", "RegionId": HERE}
    for there in (here, {**here, "RegionId": THERE}):
        with pytest.raises(Violation, match="items are listed in cn-hangzhou and in cn-beijing"):
            claim_apart(target(keyed("BoatId"), "BoatId", here=[here], there=[there]))


def test_two_things_may_have_one_name_or_number_in_two_regions():
    one = {"BoatId": "1", "Name": "Ann", "RegionId": HERE}
    claim_apart(target(keyed("BoatId"), "BoatId", here=[one], there=[{**one, "Name": "Bea"}]))
    claim_apart(target(keyed("Name"), "Name", here=[one], there=[one]))


@pytest.mark.parametrize(
    ("operation", "is_one_regions"),
    [
        ("DescribeDisks", True),
        ("DescribeTasks", True),
        ("DescribeVpcs", True),
        ("DescribeKeyPairs", False),
        ("DescribeInstanceTypeFamilies", False),
        ("DescribeImages", False),
        ("DescribeCommands", False),
    ],
)
def test_what_the_cloud_offers_is_in_every_region(operation, is_one_regions):
    assert has_one_region(service_of("ecs").contract(operation)) is is_one_regions
