"""Each packaged driver with the newest release of its SDK, from its registry. Slow and not local, so only on demand."""

from __future__ import annotations

import os
from typing import Any

import pytest

from conformance.drivers.installation import InstallFailed, install, known_releases, missing_toolchain
from conformance.drivers.process import DriverProcess
from conformance.drivers.protocol import DriverCall, DriverOperation
from conformance.drivers.recipe import packaged
from conformance.drivers.releases import selected
from conformance.drivers.self_test import self_test
from conformance.sdk.endpoint import InstrumentedEndpoint, Reply
from conformance.wire.exchange import Credentials

OPERATION = DriverOperation("Ecs", "2014-05-26", "DescribeTasks")
KEYS = Credentials("LTAIaKeyOfATest0", "ASecretOfATest0ASecretOfATest0")
# of each kind an operation of ECS that has it, what is given, and how it may arrive
JSON = {"Parameters": '{"name":"Jack"}'}
KINDS: dict[str, tuple[str, dict[str, Any], tuple[dict[str, str], ...]]] = {
    "structure": ("CreateInstance", {"SystemDisk": {"Size": 40}}, ({"SystemDisk.Size": "40"},)),
    "structures": ("CreateInstance", {"Tag": [{"Key": "a"}, {"Key": "b"}]}, ({"Tag.1.Key": "a", "Tag.2.Key": "b"},)),
    "map": ("RunCommand", {"Parameters": {"name": "Jack"}}, (JSON, {"Parameters.name": "Jack"})),
    "boolean": ("StartInstance", {"DryRun": True}, ({"DryRun": "true"}, {"DryRun": "True"})),
    "integer": ("DescribeTasks", {"PageSize": 50}, ({"PageSize": "50"},)),
    "beyond 2^53": (
        "ModifySecurityGroupRule",
        {"SourceGroupOwnerId": 2**53 + 1},
        ({"SourceGroupOwnerId": str(2**53 + 1)},),
    ),
    "list": ("StartInstances", {"InstanceId": ["a", "b"]}, ({"InstanceId.1": "a", "InstanceId.2": "b"},)),
    "nulls": ("DescribeTasks", {"TaskIds": None}, ({},)),
    "bytes": ("DescribeTasks", {"TaskIds": "t-1"}, ({"TaskIds": "t-1"}, {"TaskIds": "dC0x"})),
}
# what SDKs make of null and of bytes is theirs, and what a verdict is about
OPEN = ("nulls", "bytes")


@pytest.fixture(params=packaged(), ids=lambda r: r.name)
def installed(request):
    """The newest release of an SDK with its driver."""
    if os.environ.get("ACS_CONFORMANCE_INSTALL") != "1":
        pytest.skip("installs from registries: ACS_CONFORMANCE_INSTALL=1")
    recipe = request.param
    missing = missing_toolchain(recipe)
    if missing:
        pytest.skip(f"{recipe.name} {missing}")
    try:
        release = selected(known_releases(recipe), "latest:1")[0]
        return install(recipe, release), release
    except InstallFailed as error:
        pytest.skip(f"{recipe.name} cannot be had here: {error}")


def test_the_driver_keeps_to_the_protocol_with_the_newest_release(installed):
    installation, release = installed
    steps = self_test(installation.command, OPERATION, {"RegionId": "cn-hangzhou"}, release)
    assert [s for s in steps if s.problem] == []


def test_each_kind_of_value_is_given_or_a_reason_is(installed):
    """The table in the README of the drivers says which."""
    installation, _ = installed
    reply = Reply(200, (("Content-Type", "application/json"),), b'{"RequestId": "R-1"}')
    with InstrumentedEndpoint(lambda _: reply, KEYS) as endpoint, DriverProcess(installation.command) as driver:
        assert set(OPEN) <= {*driver.ready.can}
        for kind, (action, given, forms) in KINDS.items():
            if kind in ("structure", "structures", "map") and not driver.ready.structures:
                continue
            seen = len(endpoint.recorded)
            answer = driver.call(
                DriverCall(
                    endpoint.url,
                    DriverOperation("Ecs", "2014-05-26", action),
                    "cn-hangzhou",
                    KEYS.access_key_id,
                    KEYS.access_key_secret,
                    given,
                    5.0,
                    binary=tuple(given) if kind == "bytes" else (),
                ),
                30.0,
            )
            if answer.unsupported is not None:
                assert answer.by == "sdk" or answer.because, kind
                assert endpoint.recorded[seen:] == [], kind
                continue
            arrived = dict(endpoint.recorded[seen].arrival.parameters)
            assert kind in OPEN or any(form.items() <= arrived.items() for form in forms), (kind, arrived)
